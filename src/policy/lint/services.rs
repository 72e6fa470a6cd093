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
        let sends = SENDING.contains(&name.split('.').next().unwrap_or_default());
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

const SOURCES: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

/// Services whose documentation shows a role's trust policy with `aws:SourceArn` or `aws:SourceAccount` against the
/// cross-service confused deputy. Those that are not here may not send them: a policy that demands them would shut them out.
const SENDING: [&str; 44] = [
    "airflow",
    "amplify",
    "apigateway",
    "appflow",
    "appsync",
    "backup",
    "batchoperations",
    "bedrock",
    "bedrock-agentcore",
    "braket",
    "cloudformation",
    "cloudtrail",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "comprehend",
    "connect",
    "databrew",
    "datapipeline",
    "datasync",
    "dlm",
    "dms",
    "ecs-tasks",
    "events",
    "export",
    "firehose",
    "fis",
    "forecast",
    "glue",
    "iot",
    "kendra",
    "lex",
    "lexv2",
    "logs",
    "personalize",
    "pipes",
    "rekognition",
    "sagemaker",
    "scheduler",
    "ssm",
    "states",
    "streams",
    "transfer",
    "vpc-flow-logs",
];
