//! Clients for the calls of a plan.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region as SdkRegion;
use aws_types::sdk_config::SdkConfig;
use secrecy::ExposeSecret;

use super::error::AwsError;
use super::http;
use super::retry::{NotForCertificates, OnlyForTheClock, TellRetries};
use crate::plan::Reach;
use crate::session::Credentials;
use crate::terms::Region;
use crate::world::World;

/// What every client of one run shares: the HTTP client with its TLS roots and connections.
#[derive(Clone, Debug)]
pub struct Clients {
    http: SharedHttpClient,
    web: SharedHttpConnector,
}

/// How often a call is sent at most. A call with an MFA code goes out once: a code that was possibly taken is spent. So does
/// one that makes a key. Each try after the first is told to whoever waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tries {
    /// Three, with growing, jittered pauses between them.
    Several,
    /// One.
    Once,
    /// One; another only where our clock is off, so that AWS refused the signature before it looked at anything else.
    OnceByAwsClock,
}

impl Clients {
    /// Returns what clients need, with the roots and the proxy of this world.
    pub fn new(world: &World) -> Result<Self, AwsError> {
        let (http, web) = http::client(world)?;
        Ok(Self { http, web })
    }

    /// Returns a client of STS.
    pub fn sts(&self, reach: &Reach, credentials: &Credentials, tries: Tries) -> aws_sdk_sts::Client {
        Self::sts_of(reach, tries, self.config(credentials, tries))
    }

    /// Returns a client of STS for the calls that are not signed, since a proof in them says who calls.
    pub fn sts_unsigned(&self, reach: &Reach) -> aws_sdk_sts::Client {
        Self::sts_of(reach, Tries::Several, self.unsigned(Tries::Several))
    }

    fn sts_of(reach: &Reach, tries: Tries, shared: aws_types::sdk_config::Builder) -> aws_sdk_sts::Client {
        let shared = shared.region(SdkRegion::new(reach.region.value.as_str().to_owned())).build();
        let mut config = aws_sdk_sts::config::Builder::from(&shared);
        config.set_use_fips(Some(reach.fips));
        config.set_use_dual_stack(Some(reach.dual_stack));
        config.set_endpoint_url(reach.endpoint_url.as_ref().map(|url| trimmed(url.value.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        if tries == Tries::OnceByAwsClock {
            config.push_retry_classifier(SharedRetryClassifier::new(OnlyForTheClock));
        }
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// Returns a client of Identity Center's OIDC service. Its calls are not signed.
    pub fn sso_oidc(&self, reach: &Reach, tries: Tries) -> aws_sdk_ssooidc::Client {
        let region = SdkRegion::new(reach.region.value.as_str().to_owned());
        let mut config = aws_sdk_ssooidc::config::Builder::from(&self.unsigned(tries).region(region).build());
        config.set_use_fips(Some(reach.fips));
        config.set_use_dual_stack(Some(reach.dual_stack));
        config.set_endpoint_url(reach.endpoint_url.as_ref().map(|url| trimmed(url.value.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        aws_sdk_ssooidc::Client::from_conf(config.build())
    }

    /// Returns a client of Identity Center's access portal. Its calls are not signed.
    pub fn sso(&self, reach: &Reach, tries: Tries) -> aws_sdk_sso::Client {
        let region = SdkRegion::new(reach.region.value.as_str().to_owned());
        let mut config = aws_sdk_sso::config::Builder::from(&self.unsigned(tries).region(region).build());
        config.set_use_fips(Some(reach.fips));
        config.set_use_dual_stack(Some(reach.dual_stack));
        config.set_endpoint_url(reach.endpoint_url.as_ref().map(|url| trimmed(url.value.as_str())));
        // Whoever asks once for each of many is told of tries elsewhere: what failed of one call is no news of the next.
        if tries != Tries::Once {
            config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        }
        aws_sdk_sso::Client::from_conf(config.build())
    }

    /// Returns a client of IAM. `endpoint_url` is for another host than AWS's own.
    pub fn iam(
        &self,
        reach: &Reach,
        endpoint_url: Option<&url::Url>,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_iam::Client {
        let region = SdkRegion::new(reach.region.value.as_str().to_owned());
        let shared = self.config(credentials, tries).region(region).build();
        let mut config = aws_sdk_iam::config::Builder::from(&shared);
        config.set_endpoint_url(endpoint_url.map(|url| trimmed(url.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        if tries == Tries::OnceByAwsClock {
            config.push_retry_classifier(SharedRetryClassifier::new(OnlyForTheClock));
        }
        aws_sdk_iam::Client::from_conf(config.build())
    }

    /// Returns a client of IAM Access Analyzer.
    pub fn access_analyzer(
        &self,
        reach: &Reach,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_accessanalyzer::Client {
        let region = SdkRegion::new(reach.region.value.as_str().to_owned());
        let shared = self.config(credentials, tries).region(region).build();
        let mut config = aws_sdk_accessanalyzer::config::Builder::from(&shared);
        config.set_endpoint_url(reach.endpoint_url.as_ref().map(|url| trimmed(url.value.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        aws_sdk_accessanalyzer::Client::from_conf(config.build())
    }

    /// Returns a client of Organizations. `endpoint_url` is for another host than AWS's own.
    pub fn organizations(
        &self,
        reach: &Reach,
        endpoint_url: Option<&url::Url>,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_organizations::Client {
        let region = SdkRegion::new(reach.region.value.as_str().to_owned());
        let shared = self.config(credentials, tries).region(region).build();
        let mut config = aws_sdk_organizations::config::Builder::from(&shared);
        config.set_endpoint_url(endpoint_url.map(|url| trimmed(url.as_str())));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        aws_sdk_organizations::Client::from_conf(config.build())
    }

    /// Returns a client of CloudTrail in a Region. `endpoint_url` is for another host than AWS's own.
    pub fn cloudtrail(
        &self,
        region: &Region,
        endpoint_url: Option<&url::Url>,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_cloudtrail::Client {
        let shared = self.config(credentials, tries).region(SdkRegion::new(region.as_str().to_owned())).build();
        let mut config = aws_sdk_cloudtrail::config::Builder::from(&shared);
        config.set_endpoint_url(endpoint_url.map(|url| trimmed(url.as_str())));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        aws_sdk_cloudtrail::Client::from_conf(config.build())
    }

    /// Returns a client of Account Management. Any Region of the partition serves. `endpoint_url` is for another host than
    /// AWS's own.
    pub fn account(
        &self,
        region: &Region,
        endpoint_url: Option<&url::Url>,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_account::Client {
        let shared = self.config(credentials, tries).region(SdkRegion::new(region.as_str().to_owned())).build();
        let mut config = aws_sdk_account::config::Builder::from(&shared);
        config.set_endpoint_url(endpoint_url.map(|url| trimmed(url.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        aws_sdk_account::Client::from_conf(config.build())
    }

    /// Returns a client of S3 in a Region. `endpoint_url` is for another host than AWS's own, which is asked by path.
    pub fn s3(
        &self,
        region: &Region,
        endpoint_url: Option<&url::Url>,
        credentials: &Credentials,
        tries: Tries,
    ) -> aws_sdk_s3::Client {
        let shared = self.config(credentials, tries).region(SdkRegion::new(region.as_str().to_owned())).build();
        let mut config = aws_sdk_s3::config::Builder::from(&shared);
        config.set_endpoint_url(endpoint_url.map(|url| trimmed(url.as_str())));
        config.set_force_path_style(endpoint_url.map(|_| true));
        config.push_retry_classifier(SharedRetryClassifier::new(NotForCertificates));
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Returns a client of Cognito identity pools, whose calls are not signed.
    pub fn cognito(&self, reach: &Reach) -> aws_sdk_cognitoidentity::Client {
        let shared =
            self.unsigned(Tries::Several).region(SdkRegion::new(reach.region.value.as_str().to_owned())).build();
        let mut config = aws_sdk_cognitoidentity::config::Builder::from(&shared);
        config.set_endpoint_url(reach.endpoint_url.as_ref().map(|url| trimmed(url.value.as_str())));
        config.push_interceptor(SharedInterceptor::new(TellRetries::default()));
        aws_sdk_cognitoidentity::Client::from_conf(config.build())
    }

    /// The HTTP client, for the leaf providers of `aws-config`.
    pub(crate) fn http(&self) -> SharedHttpClient {
        self.http.clone()
    }

    /// The connector, for what is no AWS call.
    pub(super) fn web(&self) -> &SharedHttpConnector {
        &self.web
    }

    fn config(&self, credentials: &Credentials, tries: Tries) -> aws_types::sdk_config::Builder {
        self.unsigned(tries).credentials_provider(SharedCredentialsProvider::new(sdk_credentials(credentials)))
    }

    fn unsigned(&self, tries: Tries) -> aws_types::sdk_config::Builder {
        let retries = match tries {
            Tries::Several => RetryConfig::standard().with_max_attempts(3).with_max_backoff(Duration::from_secs(4)),
            Tries::Once => RetryConfig::disabled(),
            Tries::OnceByAwsClock => RetryConfig::standard().with_max_attempts(2),
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_attempt_timeout(Duration::from_secs(10))
            .operation_timeout(Duration::from_secs(25))
            .build();
        SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(self.http.clone())
            .sleep_impl(Arc::new(TokioSleep::new()))
            .retry_config(retries)
            .timeout_config(timeouts)
    }
}

/// The SDK keeps copies of its own, which we cannot zeroize.
fn sdk_credentials(credentials: &Credentials) -> SdkCredentials {
    let token = credentials.session.as_ref().map(|session| session.token.expose_secret().to_owned());
    SdkCredentials::new(
        credentials.key_id.as_str(),
        credentials.secret_key.expose_secret(),
        token,
        credentials.expires_at(),
        "assume",
    )
}

/// A path of its own is kept; the slash that `Url` adds to a bare host is not.
fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}
