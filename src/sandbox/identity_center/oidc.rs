//! The OIDC service: register, authorize a device, trade a proof in for a token.
//!
//! Source: IAM Identity Center OIDC API Reference; RFC 7636 (PKCE), RFC 8628 (device).

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::directory::{Client, Device, Directory, Given, INTERVAL, Outcome, REGISTRATION, secret};
use super::{body, text, texts};
use crate::sandbox::answer::Refusal;
use crate::sandbox::call::Call;
use crate::sandbox::fresh;
use crate::sandbox::log::Record;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn register(call: &Call, directory: &mut Directory, now: SystemTime) -> Result<Value, Refusal> {
    let asked = body(call)?;
    let invalid = |message: &str| Refusal::new(400, "InvalidClientMetadataException", message);
    if text(&asked, "clientName").is_none_or(str::is_empty) {
        return Err(invalid("clientName is missing"));
    }
    if text(&asked, "clientType") != Some("public") {
        return Err(invalid("Client type is not supported"));
    }
    let redirects = texts(&asked, "redirectUris");
    if let Some(redirect) = redirects.iter().find(|redirect| loopback(redirect).is_none()) {
        let message = format!("{redirect} is no loopback address");
        return Err(Refusal::new(400, "InvalidRedirectUriException", message));
    }
    let known = ["authorization_code", "refresh_token", DEVICE_GRANT];
    if let Some(grant) = texts(&asked, "grantTypes").iter().find(|grant| !known.contains(&grant.as_str())) {
        return Err(Refusal::new(400, "UnsupportedGrantTypeException", format!("{grant} is not supported")));
    }
    if text(&asked, "issuerUrl").is_some_and(|issuer| !is_ours(issuer, directory)) {
        return Err(Refusal::new(400, "InvalidRequestException", "The issuer is unknown"));
    }
    let client_id = secret("cli");
    let client =
        Client { secret: secret("eyJ"), expires: now + REGISTRATION, redirects, scopes: texts(&asked, "scopes") };
    let answer = json!({
        "clientId": client_id,
        "clientSecret": client.secret,
        "clientIdIssuedAt": epoch(now),
        "clientSecretExpiresAt": epoch(client.expires),
        "authorizationEndpoint": Value::Null,
        "tokenEndpoint": Value::Null,
    });
    directory.clients.insert(client_id, client);
    Ok(answer)
}

pub(super) fn start_device(call: &Call, directory: &mut Directory, now: SystemTime) -> Result<Value, Refusal> {
    let asked = body(call)?;
    let client = text(&asked, "clientId").unwrap_or_default();
    directory.client(client, text(&asked, "clientSecret"), now)?;
    if !text(&asked, "startUrl").is_some_and(|start| is_ours(start, directory)) {
        return Err(Refusal::new(400, "InvalidRequestException", "The start URL is unknown"));
    }
    let user_code = user_code();
    let device_code = secret("dev");
    let device = Device {
        client: client.to_owned(),
        user_code: user_code.clone(),
        expires: now + directory.device_life,
        asked: None,
        outcome: Outcome::Pending,
    };
    directory.devices.insert(device_code.clone(), device);
    let page = format!("{}/device", directory.url);
    Ok(json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={user_code}"),
        "expiresIn": directory.device_life.as_secs(),
        "interval": INTERVAL.as_secs(),
    }))
}

pub(super) fn token(
    call: &Call,
    directory: &mut Directory,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let asked = body(call)?;
    let client = text(&asked, "clientId").unwrap_or_default().to_owned();
    directory.client(&client, Some(text(&asked, "clientSecret").unwrap_or_default()), now)?;
    let (person, session) = match text(&asked, "grantType").unwrap_or_default() {
        "authorization_code" => (by_code(&asked, &client, directory, now)?, fresh::request_id()),
        DEVICE_GRANT => (by_device(&asked, &client, directory, now)?, fresh::request_id()),
        "refresh_token" => by_refresh(&asked, &client, directory)?,
        other => {
            let message = format!("The grant type {other} is not supported");
            return Err(Refusal::new(400, "UnsupportedGrantTypeException", message));
        }
    };
    record.principal = Some(person.clone());
    let Given { access, refresh, seconds } = directory.sign_in(&client, &person, &session, now);
    let mut answer = json!({ "accessToken": access, "tokenType": "Bearer", "expiresIn": seconds });
    if let (Some(refresh), Some(fields)) = (refresh, answer.as_object_mut()) {
        fields.insert("refreshToken".to_owned(), refresh.into());
    }
    Ok(answer)
}

fn invalid_grant(message: &str) -> Refusal {
    Refusal::new(400, "InvalidGrantException", message)
}

fn by_code(asked: &Value, client: &str, directory: &mut Directory, now: SystemTime) -> Result<String, Refusal> {
    // It serves once, whatever comes of it.
    let code = text(asked, "code").and_then(|code| directory.codes.remove(code));
    let code = code.filter(|code| code.client == client && code.expires > now);
    let code = code.ok_or_else(|| invalid_grant("The authorization code is invalid or was used before"))?;
    if text(asked, "redirectUri") != Some(code.redirect.as_str()) {
        return Err(invalid_grant("The redirect URI is another one than that of the authorization"));
    }
    let verifier = text(asked, "codeVerifier").unwrap_or_default();
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != code.challenge {
        return Err(invalid_grant("The code verifier does not fit its challenge"));
    }
    Ok(code.person)
}

fn by_device(asked: &Value, client: &str, directory: &mut Directory, now: SystemTime) -> Result<String, Refusal> {
    let code = text(asked, "deviceCode").unwrap_or_default().to_owned();
    let device = directory.devices.get_mut(&code).filter(|device| device.client == client);
    let device = device.ok_or_else(|| invalid_grant("The device code is unknown"))?;
    if device.expires <= now {
        return Err(Refusal::new(400, "ExpiredTokenException", "The device code has expired"));
    }
    let last = device.asked.replace(now);
    match device.outcome.clone() {
        Outcome::Allowed(person) => {
            directory.devices.remove(&code);
            Ok(person)
        }
        Outcome::Denied => Err(Refusal::new(400, "AccessDeniedException", "The request was denied")),
        // A tenth of a second is the wire's.
        Outcome::Pending if last.is_some_and(|last| now < last + INTERVAL * 9 / 10) => {
            Err(Refusal::new(400, "SlowDownException", "The client asks too often"))
        }
        Outcome::Pending => Err(Refusal::new(400, "AuthorizationPendingException", "The person has not answered yet")),
    }
}

fn by_refresh(asked: &Value, client: &str, directory: &mut Directory) -> Result<(String, String), Refusal> {
    let token = text(asked, "refreshToken").unwrap_or_default();
    match directory.refresh.get(token) {
        Some(refresh) if refresh.client == client => {
            let found = (refresh.person.clone(), refresh.session.clone());
            directory.refresh.remove(token);
            Ok(found)
        }
        Some(_) | None => Err(invalid_grant("Invalid refresh token provided")),
    }
}

fn is_ours(start_url: &str, directory: &Directory) -> bool {
    start_url.trim_end_matches(['/', '#']) == directory.start_url()
}

/// Returns a loopback address without its port, which may be any.
/// Source: RFC 8252, section 7.3.
pub(super) fn loopback(redirect: &str) -> Option<(String, String)> {
    let url: url::Url = redirect.parse().ok()?;
    let host = url.host_str().filter(|host| ["127.0.0.1", "[::1]", "localhost"].contains(host))?;
    (url.scheme() == "http" && url.fragment().is_none()).then(|| (host.to_owned(), url.path().to_owned()))
}

/// Eight letters that no two people read differently.
fn user_code() -> String {
    const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
    let letter = || char::from(LETTERS[usize::from(rand::random::<u8>() % 20)]);
    let half = || (0..4).map(|_| letter()).collect::<String>();
    format!("{}-{}", half(), half())
}

fn epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
