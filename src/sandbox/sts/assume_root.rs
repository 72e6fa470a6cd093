//! AssumeRoot: a quarter of an hour as the root user of a member account, for one task.
//!
//! Source: STS API Reference, `AssumeRoot`; IAM User Guide, "Perform a privileged task on an AWS Organizations member
//! account".

use std::time::SystemTime;

use super::super::answer::Refusal;
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{ARN, Constraints, TARGET_PRINCIPAL};
use super::super::estate::{Estate, SessionOf};
use super::request::{is_allowed_in, not_authorized};

const MOST: u64 = 900;

const TASKS: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

pub(super) fn run(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let target = constraints.required(parameters, "TargetPrincipal", TARGET_PRINCIPAL);
    let policy = constraints.required(parameters, "TaskPolicyArn.arn", ARN);
    let seconds = constraints.number(parameters, "DurationSeconds", 0, MOST)?.unwrap_or(MOST);
    constraints.verdict()?;
    let own = caller.account(estate);
    let partition = own.partition;
    let is_task = TASKS.iter().any(|task| policy == format!("arn:{partition}:iam::aws:policy/root-task/{task}"));
    if !is_task {
        return Err(Refusal::invalid(format!("{policy} is not a supported task policy")));
    }
    let id = target.strip_prefix(&format!("arn:{partition}:iam::")).and_then(|rest| rest.strip_suffix(":root"));
    let id = id.unwrap_or(target);
    let arn = format!("arn:{partition}:iam::{id}:root");
    let context = caller.context(estate, now).with("sts:TaskPolicyArn", policy);
    is_allowed_in(&context, "sts:AssumeRoot", &arn, caller, estate)?;
    let is_member = |known: &super::super::estate::LiveAccount| {
        known.id.as_str() == id
            && known.id != own.id
            && known.organization.is_some()
            && known.organization == own.organization
    };
    let account = estate.accounts.iter().position(is_member).filter(|_| own.manages_root);
    let account = account.ok_or_else(|| not_authorized("sts:AssumeRoot", &arn, caller, estate))?;
    let key_id = estate.open_session(SessionOf::Root { account }, now, seconds);
    Ok(super::credentials(estate, &key_id))
}
