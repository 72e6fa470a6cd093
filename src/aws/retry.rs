//! What happens between two tries of a call: whoever waits is told why, and a call with an MFA code is not sent again.

use std::sync::{Mutex, PoisonError};

use aws_sdk_accessanalyzer::operation::get_finding_v2::GetFindingV2Error;
use aws_sdk_accessanalyzer::operation::list_analyzers::ListAnalyzersError;
use aws_sdk_accessanalyzer::operation::list_findings_v2::ListFindingsV2Error;
use aws_sdk_accessanalyzer::operation::update_findings::UpdateFindingsError;
use aws_sdk_account::operation::list_regions::ListRegionsError;
use aws_sdk_iam::operation::delete_access_key::DeleteAccessKeyError;
use aws_sdk_iam::operation::list_access_keys::ListAccessKeysError;
use aws_sdk_iam::operation::update_access_key::UpdateAccessKeyError;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_ssooidc::operation::create_token::CreateTokenError;
use aws_sdk_ssooidc::operation::register_client::RegisterClientError;
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_saml::AssumeRoleWithSAMLError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_sdk_sts::operation::assume_root::AssumeRootError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_sdk_sts::operation::get_session_token::GetSessionTokenError;
use aws_sdk_sts::operation::get_web_identity_token::GetWebIdentityTokenError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, Error, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;

use super::error::{innermost, is_about_certificates};
use crate::person;

/// Says that a call is tried again, and why: who waits would else see a program that does nothing.
#[derive(Debug, Default)]
pub(super) struct TellRetries {
    /// What came of the last try.
    failed: Mutex<Option<String>>,
}

impl Intercept for TellRetries {
    fn name(&self) -> &'static str {
        "TellRetries"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let failed = context.output_or_error().and_then(Result::err).map(|error| said(error, context.response()));
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(failed), Some(call), Some(number)) =
            (failed, cfg.load::<Metadata>(), cfg.load::<RequestAttempts>().map(RequestAttempts::attempts))
        {
            let most = cfg.load::<RetryConfig>().map_or(number, RetryConfig::max_attempts);
            person::note(&format!("{} {} {failed}; trying again ({number} of {most})", call.service(), call.name()));
        }
        Ok(())
    }
}

fn said(error: &OrchestratorError<Error>, response: Option<&HttpResponse>) -> String {
    let status = response.map_or(0, |response| response.status().as_u16());
    match error.as_operation_error().map(code) {
        // A call is tried again after these only if the server's Date differs much from our clock.
        Some(Some(code)) if CLOCK.contains(&code) => format!("answered {code}, since this machine's clock is off"),
        Some(Some(code)) => format!("answered {code}"),
        Some(None) => format!("answered HTTP {status} with a body that is not AWS's"),
        None if error.is_response_error() => format!("answered HTTP {status} with a body that is not AWS's"),
        None if error.is_timeout_error() => "took too long".to_owned(),
        None => "had no answer".to_owned(),
    }
}

/// The code of an answer to one of the calls that are tried again.
fn code(error: &Error) -> Option<&str> {
    fn of<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(error: &Error) -> Option<&str> {
        error.downcast_ref::<E>()?.code()
    }
    of::<AssumeRoleError>(error)
        .or_else(|| of::<AssumeRoleWithSAMLError>(error))
        .or_else(|| of::<AssumeRoleWithWebIdentityError>(error))
        .or_else(|| of::<AssumeRootError>(error))
        .or_else(|| of::<GetSessionTokenError>(error))
        .or_else(|| of::<GetWebIdentityTokenError>(error))
        .or_else(|| of::<GetCallerIdentityError>(error))
        .or_else(|| of::<ListAccessKeysError>(error))
        .or_else(|| of::<UpdateAccessKeyError>(error))
        .or_else(|| of::<DeleteAccessKeyError>(error))
        .or_else(|| of::<ListAnalyzersError>(error))
        .or_else(|| of::<ListFindingsV2Error>(error))
        .or_else(|| of::<GetFindingV2Error>(error))
        .or_else(|| of::<UpdateFindingsError>(error))
        .or_else(|| of::<ListRegionsError>(error))
        .or_else(|| of::<GetRoleCredentialsError>(error))
        .or_else(|| of::<CreateTokenError>(error))
        .or_else(|| of::<RegisterClientError>(error))
        .or_else(|| of::<StartDeviceAuthorizationError>(error))
}

/// Forbids to send a call again, unless its signature was refused: AWS looks at that before it looks at a code, so the
/// code is not spent, and the next try is signed by AWS's clock.
#[derive(Debug)]
pub(super) struct OnlyForTheClock;

impl ClassifyRetry for OnlyForTheClock {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err).and_then(OrchestratorError::as_operation_error);
        match error.and_then(code) {
            // Whether it is the clock, the SDK's own classifier has said.
            Some(code) if CLOCK.contains(&code) => RetryAction::NoActionIndicated,
            Some(_) | None => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "OnlyForTheClock"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Forbids to send a call again to whom nobody vouches for: a second look at the same certificate finds the same. A
/// connection that is refused is tried again, since a server or a proxy may be on its way up.
#[derive(Debug)]
pub(super) struct NotForCertificates;

impl ClassifyRetry for NotForCertificates {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err).and_then(OrchestratorError::as_connector_error);
        match error {
            Some(error) if is_about_certificates(&innermost(error)) => RetryAction::RetryForbidden,
            Some(_) | None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "NotForCertificates"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// What AWS answers to a signature of another time.
const CLOCK: [&str; 3] = ["SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignatureException"];
