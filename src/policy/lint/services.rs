//! Whether a service can be talked into using the role for somebody else.

use std::collections::BTreeSet;

use super::super::available::ASSUME_ROLE;
use super::super::classes::Found;
use super::super::principal::{Principal, PrincipalPattern};
use super::case::{Case, Hit};

/// `TP-SERVICE-NO-SOURCE`.
pub(super) fn without_source(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let pin = |name: &str, values: &[String]| !SOURCES.contains(&name) || space.is_other(name, values);
    let mut seen = BTreeSet::new();
    let mut hits = Vec::new();
    for (index, pattern) in case.named() {
        let PrincipalPattern::Service(name) = pattern else { continue };
        let of = |service: &str| name.strip_prefix(service).is_some_and(|rest| rest.starts_with('.'));
        let sends = SENDING.iter().any(|(service, _)| of(service));
        if !sends || !seen.insert(name) {
            continue;
        }
        let principal = Principal::Service { name: name.clone() };
        if let Found::Yes(request) = space.find(case.document(), &principal, ASSUME_ROLE, &pin) {
            let text = format!("{name} gets in for whichever account it works: no source account or ARN is demanded");
            hits.push(Hit::new(text).at(case.letting_in(&request).unwrap_or(index), ["Principal", "Service"]));
        }
    }
    hits
}

/// What says for whom it works. Firehose sends the account as an external ID, too. Source: Amazon Data Firehose Developer
/// Guide, "Controlling access".
const SOURCES: [&str; 5] =
    ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "sts:externalid"];

/// Services whose documentation shows, or asks for, `aws:SourceArn` or `aws:SourceAccount` in the trust policy of a role that
/// they assume, each with where. Those that are not here may not send them: a policy that demands them would shut them out.
/// CloudFormation itself is not here, whose page is about extensions alone.
const SENDING: [(&str, &str); 57] = [
    ("amplify", "Amplify Hosting User Guide, \"Cross-service confused deputy prevention\""),
    ("apigateway", "API Gateway Developer Guide, \"Cross-service confused deputy prevention\""),
    ("appflow", "AppFlow User Guide, \"Cross-service confused deputy prevention\""),
    ("airflow", "MWAA User Guide, \"Cross-service confused deputy prevention\""),
    ("airflow-env", "MWAA User Guide, \"Cross-service confused deputy prevention\""),
    ("autoscaling", "EC2 Auto Scaling User Guide, \"Cross-service confused deputy prevention\""),
    ("backup", "AWS Backup Developer Guide, \"Cross-service confused deputy prevention\""),
    ("batch", "AWS Batch User Guide, \"Cross-service confused deputy prevention\""),
    ("batchoperations.s3", "S3 User Guide, \"Granting permissions for Batch Operations\""),
    ("bedrock", "Bedrock User Guide, \"Create a service role\""),
    ("bedrock-agentcore", "Bedrock AgentCore Developer Guide, \"Permissions for AgentCore Runtime\""),
    ("braket", "Braket Developer Guide, \"Cross-service confused deputy prevention\""),
    ("resources.cloudformation", "CloudFormation User Guide, \"Cross-service confused deputy prevention\""),
    ("hooks.cloudformation", "CloudFormation User Guide, \"Cross-service confused deputy prevention\""),
    ("cloudtrail", "CloudTrail User Guide, \"Sending events to CloudWatch Logs\""),
    ("codebuild", "CodeBuild User Guide, \"Cross-service confused deputy prevention\""),
    ("codedeploy", "CodeDeploy User Guide, \"Cross-service confused deputy prevention\""),
    ("codepipeline", "CodePipeline User Guide, \"Cross-service confused deputy prevention\""),
    ("comprehend", "Comprehend Developer Guide, \"Cross-service confused deputy prevention\""),
    ("databrew", "Glue DataBrew Developer Guide, \"Cross-service confused deputy prevention\""),
    ("datasync", "DataSync User Guide, \"Cross-service confused deputy prevention\""),
    ("datazone", "SageMaker Unified Studio Administrator Guide, \"AmazonSageMakerDomainService role\""),
    ("dlm", "EBS User Guide, \"Amazon Data Lifecycle Manager service roles\""),
    ("dms", "DMS User Guide, \"Cross-service confused deputy prevention\""),
    ("ecs-tasks", "ECS Developer Guide, \"Task IAM role\""),
    ("events", "EventBridge User Guide, \"Cross-service confused deputy prevention\""),
    ("export.rds", "RDS User Guide, \"Providing access to an S3 bucket using an IAM role\""),
    ("firehose", "Data Firehose Developer Guide, \"Controlling access\""),
    ("fis", "FIS User Guide, \"IAM roles for AWS FIS experiments\""),
    ("forecast", "Forecast Developer Guide, \"Cross-service confused deputy prevention\""),
    ("frauddetector", "Fraud Detector User Guide, \"Confused deputy prevention\""),
    ("glue", "Glue Developer Guide, \"Cross-service confused deputy prevention\""),
    ("greengrass", "IoT Greengrass Developer Guide, \"Cross-service confused deputy prevention\""),
    ("iot", "IoT Core Developer Guide, \"Cross-service confused deputy prevention\""),
    ("iotevents", "IoT Events Developer Guide, \"Cross-service confused deputy prevention\""),
    ("iotsitewise", "IoT SiteWise User Guide, \"Cross-service confused deputy prevention\""),
    ("kendra", "Kendra Developer Guide, \"Cross-service confused deputy prevention\""),
    ("lex", "Lex Developer Guide, \"Cross-service confused deputy prevention\""),
    ("lexv2", "Lex V2 Developer Guide, \"Cross-service confused deputy prevention\""),
    ("logs", "CloudWatch Logs User Guide, \"Confused deputy prevention\""),
    ("mediaconvert", "MediaConvert User Guide, \"Cross-service confused deputy prevention\""),
    ("mediatailor", "MediaTailor User Guide, \"Cross-service confused deputy prevention\""),
    ("monitoring.rds", "RDS User Guide, \"Setting up for Enhanced Monitoring\""),
    ("opsworks", "OpsWorks User Guide, \"Cross-service confused deputy prevention\""),
    ("personalize", "Personalize Developer Guide, \"Cross-service confused deputy prevention\""),
    ("pipes", "EventBridge User Guide, \"Permissions for EventBridge Pipes\""),
    ("proton", "Proton User Guide, \"Cross-service confused deputy prevention\""),
    ("rekognition", "Rekognition Developer Guide, \"Cross-service confused deputy prevention\""),
    ("sagemaker", "SageMaker AI Developer Guide, \"Cross-service confused deputy prevention\""),
    ("scheduler", "EventBridge Scheduler User Guide, \"Confused deputy prevention\""),
    ("ssm", "Systems Manager User Guide, \"Cross-service confused deputy prevention\""),
    ("states", "Step Functions Developer Guide, \"Prevent cross-service confused deputy issue\""),
    ("streams.metrics.cloudwatch", "CloudWatch User Guide, \"Trust between CloudWatch and Firehose\""),
    ("textract", "Textract Developer Guide, \"Cross-service confused deputy prevention\""),
    ("transfer", "Transfer Family User Guide, \"Confused deputy prevention\""),
    ("voiceid", "Connect Administrator Guide, \"Cross-service confused deputy prevention\""),
    ("vpc-flow-logs", "VPC User Guide, \"IAM role for publishing flow logs to CloudWatch Logs\""),
];
