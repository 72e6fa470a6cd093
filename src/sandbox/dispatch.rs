//! From a request to an answer: which operation, who calls, what they get.

use std::time::SystemTime;

use super::answer::{Answer, Refusal, Service};
use super::call::Call;
use super::caller::Caller;
use super::estate::Estate;
use super::log::Record;
use super::sigv4::Signature;
use super::{iam, sts};

/// An operation of either service.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Sts(sts::Operation),
    Iam(iam::Operation),
}

/// Which service was spoken to, and what of it was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) service: Service,
    pub(super) operation: Option<Operation>,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sts(operation) => operation.name(),
            Self::Iam(operation) => operation.name(),
        }
    }
}

impl Asked {
    /// Reads `Version` and `Action`.
    pub(super) fn of(call: &Call) -> Self {
        let version = call.parameters.text("Version");
        let service =
            Service::ALL.into_iter().find(|service| version == Some(service.version())).unwrap_or(Service::Sts);
        let action = call.parameters.text("Action").unwrap_or_default();
        let operation = match service {
            Service::Sts => sts::Operation::ALL.into_iter().find(|op| op.name() == action).map(Operation::Sts),
            Service::Iam => iam::Operation::ALL.into_iter().find(|op| op.name() == action).map(Operation::Iam),
        };
        Self { service, operation: operation.filter(|_| version == Some(service.version())) }
    }
}

/// Answers, and writes into the record what there is to know.
pub(super) fn answer(
    call: &Call,
    asked: Asked,
    path: &str,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let result = check_address(call, asked, path).and_then(|operation| {
        let caller = Caller::of(call, asked.service, estate, now)?;
        record.principal = Some(caller.arn(estate));
        record.region = Some(caller.region.clone());
        let parameters = &call.parameters;
        let result = match operation {
            Operation::Sts(operation) => sts::run(operation, &caller, parameters, estate, now)?,
            Operation::Iam(operation) => iam::run(operation, &caller, parameters, estate, now)?,
        };
        Ok((operation.name(), result))
    });
    match result {
        Ok((name, result)) => Answer::result(asked.service, name, &result, &record.request_id),
        Err(refusal) => Answer::refusal(asked.service, &refusal, &record.request_id),
    }
}

/// Says which operation is meant, if it is one that is here.
fn check_address(call: &Call, asked: Asked, path: &str) -> Result<Operation, Refusal> {
    if let Some(operation) = asked.operation.filter(|_| path == "/") {
        return Ok(operation);
    }
    let known = |name: &str| Service::ALL.iter().any(|service| service.name() == name);
    if let Ok(other) = Signature::of(call)
        .map(|signature| signature.service)
        .map_err(|_| ())
        .and_then(|name| if known(&name) { Err(()) } else { Ok(name) })
    {
        let message = format!("The sandbox answers for STS and IAM, not for {other}.");
        return Err(Refusal::new(501, "NotImplemented", message));
    }
    match (call.parameters.text("Action"), call.parameters.text("Version")) {
        (Some(action), version) => {
            let version = version.unwrap_or("null");
            Err(Refusal::new(400, "InvalidAction", format!("Could not find operation {action} for version {version}")))
        }
        (None, _) => Err(Refusal::new(400, "MissingAction", "The request must contain the parameter Action")),
    }
}
