//! From a request to an answer: which operation, who calls, what they get.
//!
//! The query protocol (STS, IAM) says in its parameters what is asked; what else there is has a path of its own, and
//! [`Route`] is the table of those.

use std::time::SystemTime;

use super::answer::{Answer, Refusal, Service};
use super::call::Call;
use super::caller::Caller;
use super::cloudtrail::{self, Noted};
use super::estate::Estate;
use super::log::Record;
use super::sigv4::Signature;
use super::{
    analyzer, cognito, federation, iam, iam_details, identity_center, issuer, organizations, regions, s3, sts,
};

/// What was asked, and of whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    /// The query protocol: a service, and an operation that it has.
    Query { service: Service, operation: Option<Operation> },
    /// What has a path of its own.
    Route(Route),
}

/// An operation of the query protocol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Sts(sts::Operation),
    Iam(iam::Operation),
    IamDetails,
}

/// A service, or a page, that is found by its path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route {
    IdentityCenter(identity_center::Operation),
    Federation(federation::Operation),
    Issuer(issuer::Operation),
    Cognito(cognito::Operation),
    Analyzer(analyzer::Operation),
    CloudTrail(cloudtrail::Operation),
    Organizations(organizations::Operation),
    Regions(regions::Operation),
    S3(s3::Operation),
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sts(operation) => operation.name(),
            Self::Iam(operation) => operation.name(),
            Self::IamDetails => iam_details::NAME,
        }
    }
}

impl Route {
    /// Returns the route of a request, if it has one.
    fn of(call: &Call) -> Option<Self> {
        if let Some(operation) = s3::Operation::of(call) {
            return Some(Self::S3(operation));
        }
        let identity_center = identity_center::Operation::of(call).map(Self::IdentityCenter);
        let federation = || federation::Operation::of(call).map(Self::Federation);
        let issuer = || issuer::Operation::of(call).map(Self::Issuer);
        let cognito = || cognito::Operation::of(call).map(Self::Cognito);
        let analyzer = || analyzer::Operation::of(call).map(Self::Analyzer);
        let cloudtrail = || cloudtrail::Operation::of(call).map(Self::CloudTrail);
        let regions = || regions::Operation::of(call).map(Self::Regions);
        let organizations = || organizations::Operation::of(call).map(Self::Organizations);
        let more = || cloudtrail().or_else(regions).or_else(organizations);
        identity_center.or_else(federation).or_else(issuer).or_else(cognito).or_else(analyzer).or_else(more)
    }

    /// Returns the service's name, for the log.
    fn service(self) -> &'static str {
        match self {
            Self::IdentityCenter(operation) => operation.service(),
            Self::Federation(_) => "signin",
            Self::Issuer(_) => "tokens",
            Self::Cognito(_) => "cognito-identity",
            Self::Analyzer(_) => "access-analyzer",
            Self::CloudTrail(_) => "cloudtrail",
            Self::Organizations(_) => "organizations",
            Self::Regions(_) => "account",
            Self::S3(_) => "s3",
        }
    }

    /// Returns the operation's name, for the log and for ordered failures.
    fn name(self) -> &'static str {
        match self {
            Self::IdentityCenter(operation) => operation.name(),
            Self::Federation(operation) => operation.name(),
            Self::Issuer(operation) => operation.name(),
            Self::Cognito(operation) => operation.name(),
            Self::Analyzer(operation) => operation.name(),
            Self::CloudTrail(operation) => operation.name(),
            Self::Organizations(operation) => operation.name(),
            Self::Regions(operation) => operation.name(),
            Self::S3(operation) => operation.name(),
        }
    }

    fn answer(self, call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Answer {
        match self {
            Self::IdentityCenter(operation) => identity_center::answer(operation, call, estate, now, record),
            Self::Federation(operation) => federation::answer(operation, call, estate, now, record),
            Self::Issuer(operation) => issuer::answer(operation, call, estate),
            Self::Cognito(operation) => cognito::answer(operation, call, estate, now, record),
            Self::Analyzer(operation) => analyzer::answer(operation, call, estate, now, record),
            Self::CloudTrail(operation) => cloudtrail::answer(operation, call, estate, now, record),
            Self::Organizations(operation) => organizations::answer(operation, call, estate, now, record),
            Self::Regions(regions::Operation::ListRegions) => regions::answer(call, estate, now, record),
            Self::S3(operation) => s3::answer(operation, call, estate, now, record),
        }
    }

    /// Returns a refusal in the service's own form.
    fn refuse(self, refusal: &Refusal, request_id: &str) -> Answer {
        match self {
            Self::IdentityCenter(operation) => identity_center::refuse(operation, refusal, request_id),
            Self::Cognito(_) => cognito::refuse(refusal, request_id),
            Self::Analyzer(_) => analyzer::refuse(refusal),
            Self::CloudTrail(_) => cloudtrail::refuse(refusal),
            Self::Organizations(_) => organizations::refuse(refusal),
            Self::Regions(_) => regions::refuse(refusal),
            Self::S3(_) => s3::refuse(refusal, request_id),
            Self::Federation(_) => federation::refuse(refusal),
            Self::Issuer(_) => issuer::refuse(refusal),
        }
    }
}

impl Asked {
    /// Finds the path, or reads `Version` and `Action`.
    pub(super) fn of(call: &Call) -> Self {
        if let Some(route) = Route::of(call) {
            return Self::Route(route);
        }
        let version = call.parameters.text("Version");
        let service =
            Service::ALL.into_iter().find(|service| version == Some(service.version())).unwrap_or(Service::Sts);
        let action = call.parameters.text("Action").unwrap_or_default();
        let operation = match service {
            Service::Sts => sts::Operation::ALL.into_iter().find(|op| op.name() == action).map(Operation::Sts),
            Service::Iam if action == iam_details::NAME => Some(Operation::IamDetails),
            Service::Iam => iam::Operation::ALL.into_iter().find(|op| op.name() == action).map(Operation::Iam),
        };
        Self::Query { service, operation: operation.filter(|_| version == Some(service.version())) }
    }

    /// Returns the operation's name, if it is one that is here.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Query { operation, .. } => operation.map(Operation::name),
            Self::Route(route) => Some(route.name()),
        }
    }

    /// Returns the service's name.
    pub(super) fn service(self) -> &'static str {
        match self {
            Self::Query { service, .. } => service.name(),
            Self::Route(route) => route.service(),
        }
    }

    /// Returns a refusal as the service words it.
    pub(super) fn refuse(self, refusal: &Refusal, request_id: &str) -> Answer {
        match self {
            Self::Query { service, .. } => Answer::refusal(service, refusal, request_id),
            Self::Route(route) => route.refuse(refusal, request_id),
        }
    }
}

/// Answers, and writes into the record what there is to know.
pub(super) fn answer(call: &Call, asked: Asked, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Answer {
    let answer = match asked {
        Asked::Query { service, operation } => query(call, service, operation, estate, now, record),
        Asked::Route(route) => route.answer(call, estate, now, record),
    };
    if let (Some(operation), Some(caller)) = (asked.name(), &record.principal) {
        let region = record.region.as_deref().unwrap_or_default();
        estate.used.note(caller, region, (asked.service(), operation), now);
    }
    answer
}

fn query(
    call: &Call,
    service: Service,
    operation: Option<Operation>,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let request_id = record.request_id.clone();
    let note = |caller: Option<&Caller>, operation: Operation, result: Result<&str, &Refusal>, estate: &mut Estate| {
        let (service, operation, request_id) = (service.name(), operation.name(), request_id.as_str());
        cloudtrail::note(&Noted { call, caller, service, operation, result, request_id, now }, estate);
    };
    let result = check_address(call, operation).and_then(|operation| {
        if let Operation::Sts(unsigned) = operation
            && let Some(result) = sts::run_unsigned(unsigned, &call.parameters, estate, now)
        {
            note(None, operation, result.as_deref(), estate);
            return Ok((operation.name(), result?));
        }
        let caller = Caller::of(call, service.name(), estate, now)?;
        record.principal = Some(caller.arn(estate));
        record.region = Some(caller.region.clone());
        let parameters = &call.parameters;
        let result = match operation {
            Operation::Sts(operation) => sts::run(operation, &caller, parameters, estate, now),
            Operation::Iam(operation) => iam::run(operation, &caller, parameters, estate, now),
            Operation::IamDetails => iam_details::run(&caller, parameters, estate, now),
        };
        note(Some(&caller), operation, result.as_deref(), estate);
        Ok((operation.name(), result?))
    });
    match result {
        Ok((name, result)) => Answer::result(service, name, &result, &record.request_id),
        Err(refusal) => Answer::refusal(service, &refusal, &record.request_id),
    }
}

/// Says which operation is meant, if it is one that is here.
fn check_address(call: &Call, operation: Option<Operation>) -> Result<Operation, Refusal> {
    if let Some(operation) = operation.filter(|_| call.path == "/") {
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
