//! What AWS answered, in its own words: code, message, request id.

use std::fmt;
use std::path::PathBuf;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::{Deserialize, Serialize};

/// Why a call had no result.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// AWS answered, and the answer was no.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// Nothing that could be understood came back.
    #[error("{service} {operation} had no answer: {reason}")]
    NoAnswer {
        /// The service.
        service: &'static str,
        /// The call.
        operation: &'static str,
        /// What went wrong on the way.
        reason: String,
        /// Whether the request may have reached AWS, so that a code in it may be spent.
        sent: bool,
    },
    /// `AWS_CA_BUNDLE` names a file that cannot serve.
    #[error("the certificates of AWS_CA_BUNDLE ({}) cannot be used", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The client itself cannot be made.
    #[error("no connection can be made: {reason}")]
    Setup {
        /// Why not.
        reason: String,
    },
}

/// An answer that says no.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The service, as AWS calls it.
    pub service: String,
    /// The call.
    pub operation: String,
    /// AWS's error code, such as `AccessDenied`.
    pub code: String,
    /// AWS's own words.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} answered {}", self.service, self.operation, self.code)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (HTTP {}, request {id})", self.status),
            None => write!(f, " (HTTP {})", self.status),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// Returns whether AWS is busy or broken rather than of another opinion.
    pub fn is_passing(&self) -> bool {
        self.status >= 500
            || matches!(
                self.code.as_str(),
                "Throttling"
                    | "ThrottlingException"
                    | "RequestLimitExceeded"
                    | "TooManyRequestsException"
                    | "IDPCommunicationError"
            )
    }

    /// Returns whether the caller has no permission for the call.
    pub fn is_access_denied(&self) -> bool {
        matches!(self.code.as_str(), "AccessDenied" | "AccessDeniedException")
    }

    /// Returns whether it is the MFA code that AWS did not take: wrong, or used before. Of a device that is not the user's
    /// AWS says that it is "unable to validate" the code, and no other code would help.
    /// Source: there is no code of its own for it; the texts are those of STS in the field.
    pub fn is_wrong_mfa_code(&self) -> bool {
        self.code == "AccessDenied"
            && self.message.contains("MultiFactorAuthentication failed")
            && !self.message.contains("unable to validate")
    }
}

/// Returns what an SDK error says, in our words and AWS's.
pub fn from_sdk<E>(service: &'static str, operation: &'static str, error: SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let no_answer = |reason: String, sent: bool| AwsError::NoAnswer { service, operation, reason, sent };
    match &error {
        SdkError::ServiceError(service_error) => {
            let meta = service_error.err().meta();
            let status = service_error.raw().status().as_u16();
            match meta.code() {
                Some(code) => AwsError::Refused(Box::new(Refusal {
                    service: service.to_owned(),
                    operation: operation.to_owned(),
                    code: code.to_owned(),
                    message: meta.message().map_or_else(|| described(service_error.raw()), str::to_owned),
                    request_id: meta.extra("aws_request_id").map(str::to_owned),
                    status,
                })),
                // Of a portal that is asked too often, only the status is sure to come.
                None if status == 429 => AwsError::Refused(Box::new(Refusal {
                    service: service.to_owned(),
                    operation: operation.to_owned(),
                    code: "TooManyRequestsException".to_owned(),
                    message: String::new(),
                    request_id: None,
                    status,
                })),
                None => no_answer(format!("HTTP {status} with a body that is not AWS's"), true),
            }
        }
        SdkError::ResponseError(response) => {
            no_answer(format!("HTTP {} with a body that is not AWS's", response.raw().status().as_u16()), true)
        }
        SdkError::TimeoutError(_) => no_answer("it took too long".to_owned(), true),
        SdkError::DispatchFailure(failure) => {
            let reason =
                failure.as_connector_error().map_or_else(|| "the connection failed".to_owned(), |e| innermost(e));
            no_answer(reason, !failure.is_user())
        }
        other => no_answer(innermost(other), false),
    }
}

/// OAuth's own field for what other services call a message.
/// Source: RFC 6749, section 5.2.
fn described(response: &HttpResponse) -> String {
    let body = response.body().bytes().and_then(|body| serde_json::from_slice::<serde_json::Value>(body).ok());
    let text = body.as_ref().and_then(|body| body.get("error_description")?.as_str());
    text.unwrap_or_default().to_owned()
}

/// Returns the last cause, where the reason stands ("connection refused"); what is above it only says that there is one.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error.source();
    let mut text = error.to_string();
    while let Some(cause) = last {
        text = cause.to_string();
        last = cause.source();
    }
    text
}

/// Returns whether it is the other side's certificate that is wrong.
pub fn is_about_certificates(reason: &str) -> bool {
    reason.contains("certificate")
}
