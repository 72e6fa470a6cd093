//! What is said to an OpenID Connect provider, by the crate `openidconnect` and through our HTTP client.
//!
//! Source: OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 8252 (native apps), RFC 8628 (device).

use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
    CoreClientAuthMethod, CoreDeviceAuthorizationResponse, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreTokenResponse,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl,
    DeviceCodeErrorResponseType, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, ErrorResponse,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadata, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::aws::{Asking, AwsError, Clients, Line, Refusal};
use crate::config::Oidc;
use crate::person::RedirectError;
use crate::terms::{ExposeSecret, SecretString};

#[derive(Clone, Debug, Deserialize, Serialize)]
struct WithDevice {
    device_authorization_endpoint: Option<DeviceAuthorizationUrl>,
}

impl AdditionalProviderMetadata for WithDevice {}

type Metadata = ProviderMetadata<
    WithDevice,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A provider, once it has said where it is asked for what.
pub(super) struct Provider {
    client: Client,
    device: Option<DeviceAuthorizationUrl>,
}

/// What a provider gave.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) id_token: SecretString,
    pub(super) expires_at: SystemTime,
    /// A provider that refreshes may leave out what has not changed.
    pub(super) refresh: Option<SecretString>,
}

/// A page where a person signs in, and what is asked of whoever brings its answer.
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) state: SecretString,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// A code that a person types in.
pub(super) struct Device {
    details: CoreDeviceAuthorizationResponse,
}

/// Why there is no token: the person, or the provider.
pub(super) enum Failed {
    Declined(RedirectError),
    Aws(AwsError),
}

const ASKING: Asking = Asking { service: "the provider", operation: "sign-in" };

/// Asks the provider where it is asked for what, and for its keys.
pub(super) fn discover(oidc: &Oidc, secret: Option<&SecretString>, line: &Line<'_>) -> Result<Provider, AwsError> {
    let issuer = IssuerUrl::new(without_slash(&oidc.issuer)).map_err(|e| AwsError::Setup { reason: e.to_string() })?;
    let metadata = line.call(|clients| {
        let http = through(clients);
        async move { Metadata::discover_async(issuer, &http).await }
    })?;
    let metadata = metadata.map_err(|error| match error {
        DiscoveryError::Request(error) => error,
        DiscoveryError::Response(_, _, reason) => no_answer(reason),
        DiscoveryError::Parse(_) => no_answer("its configuration cannot be read".to_owned()),
        other => no_answer(other.to_string()),
    })?;
    Ok(Provider::of(metadata, oidc, secret))
}

/// An issuer is written without a slash at its end, which `Url` adds to a bare host.
fn without_slash(url: &Url) -> String {
    if url.path() == "/" { url.as_str().trim_end_matches('/').to_owned() } else { url.as_str().to_owned() }
}

impl Provider {
    fn of(metadata: Metadata, oidc: &Oidc, secret: Option<&SecretString>) -> Self {
        let device = metadata.additional_metadata().device_authorization_endpoint.clone();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(oidc.client_id.clone()), secret)
            .set_auth_type(AuthType::RequestBody);
        Self { client, device }
    }

    /// Returns the page where a person signs in.
    pub(super) fn page(&self, oidc: &Oidc, redirect: &str) -> Result<Page, AwsError> {
        let redirect = redirect_url(redirect)?;
        let client = self.client.clone().set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes(oidc))
            .set_pkce_challenge(challenge);
        if oidc.scopes.iter().any(|scope| scope == OFFLINE) {
            // OpenID Connect Core, section 11: without it no refresh token is given.
            request = request.add_prompt(CoreAuthPrompt::Consent);
        }
        if oidc.issuer.host_str() == Some("accounts.google.com") {
            // Source: Google Identity, "Using OAuth 2.0 for Web Server Applications", `access_type`.
            request = request.add_extra_param("access_type", "offline").add_prompt(CoreAuthPrompt::Consent);
        }
        let (url, state, nonce) = request.url();
        Ok(Page { url, state: SecretString::from(state.secret().clone()), nonce, verifier })
    }

    /// Trades the code that the browser brought in for a token.
    pub(super) fn by_code(
        &self,
        page: Page,
        code: &SecretString,
        redirect: &str,
        line: &Line<'_>,
    ) -> Result<Given, AwsError> {
        let client = self.client.clone().set_redirect_uri(redirect_url(redirect)?);
        let code = AuthorizationCode::new(code.expose_secret().to_owned());
        let request = client.exchange_code(code).map_err(configuration)?.set_pkce_verifier(page.verifier);
        let answer = line.call(|clients| {
            let http = through(clients);
            async move { request.request_async(&http).await }
        })?;
        self.verified(&answer.map_err(refused)?, Some(&page.nonce))
    }

    /// Asks for a new token with what the last one came with.
    pub(super) fn refresh(&self, token: &SecretString, line: &Line<'_>) -> Result<Given, AwsError> {
        let token = RefreshToken::new(token.expose_secret().to_owned());
        let request = self.client.exchange_refresh_token(&token).map_err(configuration)?;
        let answer = line.call(|clients| {
            let http = through(clients);
            async move { request.request_async(&http).await }
        })?;
        self.verified(&answer.map_err(refused)?, None)
    }

    /// Asks for a code that a person types in.
    pub(super) fn device(&self, oidc: &Oidc, line: &Line<'_>) -> Result<Device, AwsError> {
        let url = self.device.clone();
        let url = url.ok_or_else(|| no_answer("it has no sign-in with a code (device flow)".to_owned()))?;
        let client = self.client.clone().set_device_authorization_url(url);
        let request = client.exchange_device_code().add_scopes(scopes(oidc));
        let answer = line.call(|clients| {
            let http = through(clients);
            async move { request.request_async(&http).await }
        })?;
        Ok(Device { details: answer.map_err(refused)? })
    }

    /// Asks until the person has answered.
    pub(super) fn by_device(&self, device: &Device, patience: Duration, line: &Line<'_>) -> Result<Given, Failed> {
        let request = self.client.exchange_device_access_token(&device.details);
        let request = request.map_err(|error| Failed::Aws(configuration(error)))?;
        let answer = line.call(|clients| {
            let http = through(clients);
            async move { request.request_async(&http, tokio::time::sleep, Some(patience)).await }
        });
        let answer = answer.map_err(Failed::Aws)?;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => match said.error() {
                DeviceCodeErrorResponseType::AccessDenied => Failed::Declined(RedirectError::Refused {
                    code: "access_denied".to_owned(),
                    description: said.error_description().cloned().unwrap_or_default(),
                }),
                DeviceCodeErrorResponseType::ExpiredToken => {
                    Failed::Declined(RedirectError::Abandoned { waited: patience })
                }
                _ => Failed::Aws(refusal(said.error().as_ref(), said.error_description())),
            },
            RequestTokenError::Request(error) => Failed::Aws(error),
            RequestTokenError::Parse(..) => Failed::Aws(no_answer("its answer cannot be read".to_owned())),
            RequestTokenError::Other(reason) => Failed::Aws(no_answer(reason)),
        })?;
        self.verified(&answer, None).map_err(Failed::Aws)
    }

    /// Returns what was given, once its signature, issuer, audience and time are found good.
    fn verified(&self, answer: &CoreTokenResponse, nonce: Option<&Nonce>) -> Result<Given, AwsError> {
        let id_token = answer.id_token().ok_or_else(|| no_answer("it gave no ID token".to_owned()))?;
        let same_nonce = |found: Option<&Nonce>| match nonce {
            Some(ours) if found.map(Nonce::secret) != Some(ours.secret()) => Err("it is another sign-in's".to_owned()),
            Some(_) | None => Ok(()),
        };
        let claims = id_token
            .claims(&self.client.id_token_verifier(), same_nonce)
            .map_err(|error| no_answer(format!("its ID token is not good: {error}")))?;
        Ok(Given {
            id_token: SecretString::from(id_token.to_string()),
            expires_at: claims.expiration().into(),
            refresh: answer.refresh_token().map(|token| SecretString::from(token.secret().clone())),
        })
    }
}

impl Device {
    /// What a person types in.
    pub(super) fn user_code(&self) -> &str {
        self.details.user_code().secret()
    }

    /// Where they do it.
    pub(super) fn page(&self) -> &str {
        self.details.verification_uri()
    }

    /// Where the code stands already, if there is such a page.
    pub(super) fn page_with_code(&self) -> Option<&str> {
        self.details.verification_uri_complete().map(|page| page.secret().as_str())
    }

    /// How long the code is good.
    pub(super) fn life(&self) -> Duration {
        self.details.expires_in()
    }
}

const OFFLINE: &str = "offline_access";

fn scopes(oidc: &Oidc) -> impl Iterator<Item = Scope> + '_ {
    oidc.scopes.iter().filter(|scope| *scope != "openid").map(|scope| Scope::new(scope.clone()))
}

fn redirect_url(text: &str) -> Result<RedirectUrl, AwsError> {
    RedirectUrl::new(text.to_owned()).map_err(|error| AwsError::Setup { reason: error.to_string() })
}

fn configuration(error: openidconnect::ConfigurationError) -> AwsError {
    no_answer(format!("its configuration lacks something: {error}"))
}

fn no_answer(reason: String) -> AwsError {
    AwsError::NoAnswer { service: ASKING.service, operation: ASKING.operation, reason, sent: true }
}

fn refusal(code: &str, description: Option<&String>) -> AwsError {
    AwsError::Refused(Box::new(Refusal {
        service: ASKING.service.to_owned(),
        operation: ASKING.operation.to_owned(),
        code: code.to_owned(),
        message: description.cloned().unwrap_or_default(),
        request_id: None,
        status: 400,
    }))
}

fn refused<T: ErrorResponse + std::fmt::Display + 'static>(error: RequestTokenError<AwsError, T>) -> AwsError {
    match error {
        // `invalid_grant: the words that came with it`
        RequestTokenError::ServerResponse(said) => {
            let said = said.to_string();
            let (code, words) = said.split_once(": ").unwrap_or((said.as_str(), ""));
            refusal(code, Some(&words.to_owned()))
        }
        RequestTokenError::Request(error) => error,
        // What came may hold a token.
        RequestTokenError::Parse(..) => no_answer("its answer cannot be read".to_owned()),
        RequestTokenError::Other(reason) => no_answer(reason),
    }
}

/// Returns our HTTP client in the form that `openidconnect` speaks through. Codes and tokens go over https, or to this
/// machine.
fn through(clients: &Clients) -> impl Fn(HttpRequest) -> SendIt + use<> {
    let clients = clients.clone();
    move |request| {
        let clients = clients.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let headers = head.headers.iter();
            let headers: Vec<(String, String)> = headers
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect();
            let url: Url =
                head.uri.to_string().parse().map_err(|_| no_answer("an address in it is none".to_owned()))?;
            let reply = clients.pass_on(head.method.as_str(), &url, &headers, body, ASKING).await?;
            let body = reply.body.expose_secret().as_bytes().to_vec();
            openidconnect::http::Response::builder()
                .status(reply.status)
                .body(body)
                .map_err(|_| no_answer("its status is none".to_owned()))
        })
    }
}

type SendIt = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, AwsError>>>>;

#[cfg(test)]
mod tests {
    use super::*;

    /// Google gives a refresh token to whom it asks for consent, offline, and by no scope; a client of a program has a secret,
    /// and PKCE besides.
    /// Source: Google Identity, "OAuth 2.0 for Desktop Apps"; "Using OAuth 2.0 for Web Server Applications", `access_type`.
    #[test]
    fn google_is_asked_for_a_refresh_token_in_its_own_way_and_others_by_a_scope() {
        let page = |issuer: &str, scope: &str| -> Vec<(String, String)> {
            let metadata = serde_json::json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "jwks_uri": format!("{issuer}/jwks"),
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            });
            let oidc = Oidc {
                issuer: issuer.parse().unwrap(),
                client_id: "me".to_owned(),
                scopes: vec!["email".to_owned(), scope.to_owned()],
                flow: None,
                redirect_port: 4000,
                has_secret: true,
                auto_login: false,
            };
            let provider = Provider::of(serde_json::from_value(metadata).unwrap(), &oidc, Some(&"a secret".into()));
            let page = provider.page(&oidc, "http://127.0.0.1:4000/callback").unwrap();
            assert!(!page.url.as_str().contains("secret"), "{}", page.url);
            let known = ["state", "nonce", "code_challenge"];
            let pairs = page.url.query_pairs().into_owned().filter(|(key, _)| !known.contains(&key.as_str()));
            let mut pairs: Vec<(String, String)> = pairs.collect();
            pairs.sort();
            pairs
        };
        let mut expected = vec![
            ("access_type", "offline"),
            ("client_id", "me"),
            ("code_challenge_method", "S256"),
            ("prompt", "consent"),
            ("redirect_uri", "http://127.0.0.1:4000/callback"),
            ("response_type", "code"),
            ("scope", "openid email profile"),
        ];
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(page("https://accounts.google.com", "profile"), owned(&expected));
        expected.remove(0);
        expected[5].1 = "openid email offline_access";
        assert_eq!(page("https://idp.example.com", "offline_access"), owned(&expected));
    }
}
