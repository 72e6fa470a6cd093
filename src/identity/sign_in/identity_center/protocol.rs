//! The calls of the OIDC service, none of them signed. Nothing is decided here.
//!
//! Source: IAM Identity Center OIDC API Reference; aws-cli v2 `awscli/botocore/utils.py`, `SSOTokenFetcherAuth`, for the
//! authorization code with PKCE.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use url::Url;

use super::token::{Client, Refresh};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Center;
use crate::terms::{Partition, SecretString};

/// Registered without a port: any is taken then.
pub(super) const CALLBACK: &str = "/oauth/callback";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SERVICE: &str = "Identity Center";

/// How a person's answer comes back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flow {
    /// By the browser, to our loopback address.
    Code,
    /// By a code that the person types in.
    Device,
}

/// What a call for a token gave.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) access: SecretString,
    pub(super) refresh: Option<SecretString>,
    pub(super) life: Duration,
}

/// A device authorization: what the person is shown, and what we ask with.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) code: SecretString,
    pub(super) user_code: String,
    pub(super) page: String,
    pub(super) page_with_code: String,
    pub(super) life: Duration,
    pub(super) interval: Duration,
}

/// A proof of an authorization that is ours: the verifier is shown with the code only.
pub(super) struct Pkce {
    pub(super) verifier: SecretString,
    pub(super) state: SecretString,
}

impl Pkce {
    /// Returns one that nobody can guess.
    /// Source: RFC 7636, section 4.1: 32 random bytes, base64url without padding.
    pub(super) fn new() -> Self {
        let random = || SecretString::from(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        Self { verifier: random(), state: random() }
    }

    /// Returns where the person signs in.
    pub(super) fn page(&self, center: &Center, client: &Client, redirect: &str) -> Result<Url, AwsError> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()));
        let mut url = endpoint(center)?.join("authorize").map_err(|error| setup(&error))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge_method", "S256")
            .append_pair("scopes", &center.scopes.join(" "))
            .append_pair("code_challenge", &challenge);
        // As the AWS CLI writes it: a space is %20 there, and never a plus.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        Ok(url)
    }
}

/// Makes us known to the service.
pub(super) fn register(line: &Line<'_>, center: &Center, flow: Flow) -> Result<Client, AwsError> {
    let operation = "RegisterClient";
    let answer = line.call(|clients| {
        let call = clients.sso_oidc(&center.oidc, Tries::Several).register_client();
        let call = call.client_name("assume").client_type("public").set_scopes(Some(center.scopes.clone()));
        match flow {
            Flow::Code => call
                .grant_types("authorization_code")
                .grant_types("refresh_token")
                .redirect_uris(format!("http://127.0.0.1{CALLBACK}"))
                .issuer_url(center.start_url.value.as_str()),
            Flow::Device => call.grant_types(DEVICE_GRANT).grant_types("refresh_token"),
        }
        .send()
    })?;
    let answer = answer.map_err(|error| from_sdk(SERVICE, operation, error))?;
    let seconds = u64::try_from(answer.client_secret_expires_at()).unwrap_or_default();
    match (answer.client_id(), answer.client_secret()) {
        (Some(id), Some(secret)) => Ok(Client {
            id: id.to_owned(),
            secret: SecretString::from(secret),
            expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
        }),
        _ => Err(strange(operation, "the answer holds no client")),
    }
}

/// Begins a device authorization.
pub(super) fn start_device(line: &Line<'_>, center: &Center, client: &Client) -> Result<Device, AwsError> {
    let operation = "StartDeviceAuthorization";
    let answer = line.call(|clients| {
        let call = clients.sso_oidc(&center.oidc, Tries::Several).start_device_authorization();
        let call = call.client_id(&client.id).client_secret(client.secret.expose_secret());
        call.start_url(center.start_url.value.as_str()).send()
    })?;
    let answer = answer.map_err(|error| from_sdk(SERVICE, operation, error))?;
    let seconds = |number: i32| Duration::from_secs(u64::try_from(number).unwrap_or_default());
    match (answer.device_code(), answer.user_code(), answer.verification_uri()) {
        (Some(code), Some(user_code), Some(page)) => Ok(Device {
            code: SecretString::from(code),
            user_code: user_code.to_owned(),
            page: page.to_owned(),
            page_with_code: answer.verification_uri_complete().unwrap_or(page).to_owned(),
            life: seconds(answer.expires_in()),
            // What the service leaves out is five seconds (RFC 8628, section 3.2).
            interval: if answer.interval() > 0 { seconds(answer.interval()) } else { Duration::from_secs(5) },
        }),
        _ => Err(strange(operation, "the answer holds no code")),
    }
}

/// What is traded in for a token.
pub(super) enum Proof<'a> {
    Code { code: &'a SecretString, verifier: &'a SecretString, redirect: &'a str },
    Device(&'a SecretString),
    Refresh(&'a SecretString),
}

/// Trades a proof in. A code serves once, and goes out once.
pub(super) fn token(line: &Line<'_>, center: &Center, client: &Client, proof: Proof<'_>) -> Result<Given, AwsError> {
    let operation = "CreateToken";
    let tries = match proof {
        Proof::Code { .. } | Proof::Device(_) => Tries::Once,
        Proof::Refresh(_) => Tries::Several,
    };
    let answer = line.call(|clients| {
        let call = clients.sso_oidc(&center.oidc, tries).create_token();
        let call = call.client_id(&client.id).client_secret(client.secret.expose_secret());
        match proof {
            Proof::Code { code, verifier, redirect } => call
                .grant_type("authorization_code")
                .code(code.expose_secret())
                .code_verifier(verifier.expose_secret())
                .redirect_uri(redirect),
            Proof::Device(code) => call.grant_type(DEVICE_GRANT).device_code(code.expose_secret()),
            Proof::Refresh(token) => call.grant_type("refresh_token").refresh_token(token.expose_secret()),
        }
        .send()
    })?;
    let answer = answer.map_err(|error| from_sdk(SERVICE, operation, error))?;
    let life = Duration::from_secs(u64::try_from(answer.expires_in()).unwrap_or_default());
    let access = answer.access_token().ok_or_else(|| strange(operation, "the answer holds no token"))?;
    Ok(Given { access: SecretString::from(access), refresh: answer.refresh_token().map(SecretString::from), life })
}

/// Returns the successor of a token. What the service keeps from the first one on stays.
pub(super) fn refresh(line: &Line<'_>, center: &Center, by: &Refresh) -> Result<Given, AwsError> {
    let given = token(line, center, &by.client, Proof::Refresh(&by.token))?;
    Ok(Given { refresh: given.refresh.or_else(|| Some(by.token.clone())), ..given })
}

/// The OIDC service's host: pages are there, too.
/// Source: botocore endpoint rule sets, `sso-oidc`.
fn endpoint(center: &Center) -> Result<Url, AwsError> {
    if let Some(endpoint) = &center.oidc.endpoint_url {
        let mut url = endpoint.value.clone();
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        return Ok(url);
    }
    let region = center.oidc.region.value.as_str();
    let partition = Partition::of_region(&center.oidc.region.value);
    let prefix = if center.oidc.fips { "oidc-fips" } else { "oidc" };
    let suffix = partition.dns_suffix(center.oidc.dual_stack);
    format!("https://{prefix}.{region}.{suffix}/").parse().map_err(|error| setup(&error))
}

fn setup(error: &dyn std::error::Error) -> AwsError {
    AwsError::Setup { reason: error.to_string() }
}

fn strange(operation: &'static str, reason: &str) -> AwsError {
    AwsError::NoAnswer { service: SERVICE, operation, reason: reason.to_owned(), sent: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sourced;
    use crate::plan::Reach;

    /// The scopes are one parameter, parted by spaces before they are encoded.
    /// Source: aws-cli v2 `awscli/botocore/utils.py`, `SSOTokenFetcherAuth._get_authorization_uri`.
    #[test]
    fn the_page_is_asked_for_as_the_aws_cli_does() {
        let region = Sourced::by_default("eu-west-1".parse().unwrap());
        let reach = || Reach { region: region.clone(), endpoint_url: None, fips: false, dual_stack: false };
        let scopes = ["sso:account:access", "codewhisperer:completions"].map(str::to_owned);
        let center = Center {
            called: "corp".to_owned(),
            name: "corp".to_owned(),
            start_url: Sourced::by_default("https://d-1.awsapps.com/start".parse().unwrap()),
            scopes: scopes.to_vec(),
            shared: Vec::new(),
            share: false,
            auto_login: false,
            oidc: reach(),
            portal: reach(),
        };
        let client = Client { id: "me".to_owned(), secret: "s".into(), expires_at: SystemTime::UNIX_EPOCH };
        let pkce = Pkce { verifier: "v".into(), state: "a+b".into() };
        let page = pkce.page(&center, &client, "http://127.0.0.1:4000/oauth/callback").unwrap();
        assert_eq!(
            page.as_str(),
            "https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&client_id=me\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A4000%2Foauth%2Fcallback&state=a%2Bb&code_challenge_method=S256\
             &scopes=sso%3Aaccount%3Aaccess%20codewhisperer%3Acompletions\
             &code_challenge=TJRIXgwhrmxBzh3-e2v6zupato5AokdvUCCOUm9QYIA"
        );
    }
}
