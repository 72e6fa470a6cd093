//! The services that a report on their use names, and which of their actions IAM tracks.
//!
//! A good part of AWS's own list. Of what reads and writes data IAM tracks nothing.
//! Source: IAM User Guide, "IAM action last accessed information services and actions"; Service Authorization Reference.

/// A service: its namespace in policies, its name, and the actions that are told one by one.
pub(super) struct Service {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) tracked: &'static [&'static str],
}

const fn service(namespace: &'static str, name: &'static str, tracked: &'static [&'static str]) -> Service {
    Service { namespace, name, tracked }
}

pub(super) static SERVICES: &[Service] = &[
    service(
        "access-analyzer",
        "AWS IAM Access Analyzer",
        &[
            "CheckNoNewAccess",
            "CheckNoPublicAccess",
            "CreateAnalyzer",
            "DeleteAnalyzer",
            "GetFinding",
            "ListAnalyzers",
            "ListFindings",
            "UpdateFindings",
            "ValidatePolicy",
        ],
    ),
    service("account", "AWS Account Management", &["GetRegionOptStatus", "ListRegions"]),
    service("acm", "AWS Certificate Manager", &[]),
    service("apigateway", "Amazon API Gateway", &[]),
    service("athena", "Amazon Athena", &[]),
    service("autoscaling", "Amazon EC2 Auto Scaling", &[]),
    service("cloudformation", "AWS CloudFormation", &["CreateStack", "DeleteStack", "DescribeStacks", "UpdateStack"]),
    service("cloudfront", "Amazon CloudFront", &[]),
    service(
        "cloudtrail",
        "AWS CloudTrail",
        &["CreateTrail", "DeleteTrail", "GetQueryResults", "LookupEvents", "StartQuery", "StopLogging"],
    ),
    service("cloudwatch", "Amazon CloudWatch", &[]),
    service("cognito-identity", "Amazon Cognito Identity", &[]),
    service("dynamodb", "Amazon DynamoDB", &["CreateTable", "DeleteTable", "DescribeTable", "UpdateTable"]),
    service(
        "ec2",
        "Amazon EC2",
        &["CreateSecurityGroup", "DescribeInstances", "RunInstances", "StopInstances", "TerminateInstances"],
    ),
    service("ecr", "Amazon Elastic Container Registry", &[]),
    service("ecs", "Amazon Elastic Container Service", &[]),
    service("eks", "Amazon Elastic Kubernetes Service", &[]),
    service("elasticloadbalancing", "Elastic Load Balancing", &[]),
    service("events", "Amazon EventBridge", &[]),
    service("glue", "AWS Glue", &[]),
    service(
        "iam",
        "AWS Identity and Access Management",
        &[
            "AttachRolePolicy",
            "CreateAccessKey",
            "CreateRole",
            "CreateUser",
            "DeleteAccessKey",
            "DeleteRole",
            "DeleteUser",
            "GenerateServiceLastAccessedDetails",
            "GetAccountAuthorizationDetails",
            "GetPolicy",
            "GetPolicyVersion",
            "GetRole",
            "GetRolePolicy",
            "GetServiceLastAccessedDetails",
            "GetUser",
            "ListAccessKeys",
            "ListAttachedRolePolicies",
            "ListRolePolicies",
            "ListRoles",
            "PutRolePolicy",
            "UpdateAccessKey",
            "UpdateAssumeRolePolicy",
        ],
    ),
    service("kinesis", "Amazon Kinesis Data Streams", &[]),
    service("kms", "AWS Key Management Service", &[]),
    service("lambda", "AWS Lambda", &["CreateFunction", "DeleteFunction", "UpdateFunctionCode"]),
    service("logs", "Amazon CloudWatch Logs", &[]),
    service(
        "organizations",
        "AWS Organizations",
        &[
            "DescribeAccount",
            "DescribeOrganization",
            "DescribePolicy",
            "ListAccounts",
            "ListChildren",
            "ListParents",
            "ListPolicies",
            "ListPoliciesForTarget",
            "ListRoots",
            "ListTargetsForPolicy",
        ],
    ),
    service("rds", "Amazon RDS", &["CreateDBInstance", "DeleteDBInstance", "DescribeDBInstances"]),
    service("route53", "Amazon Route 53", &[]),
    service(
        "s3",
        "Amazon S3",
        &["CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "ListAllMyBuckets", "PutBucketPolicy"],
    ),
    service("secretsmanager", "AWS Secrets Manager", &[]),
    service("ses", "Amazon SES", &[]),
    service("sns", "Amazon SNS", &["CreateTopic", "DeleteTopic"]),
    service("sqs", "Amazon SQS", &["CreateQueue", "DeleteQueue"]),
    service("ssm", "AWS Systems Manager", &[]),
    service("states", "AWS Step Functions", &[]),
    service(
        "sts",
        "AWS Security Token Service",
        &["AssumeRole", "AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetWebIdentityToken"],
    ),
];
