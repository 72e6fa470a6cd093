//! The federation endpoint: credentials go in, a link that signs in as them comes out.
//!
//! Source: IAM User Guide, "Enable custom identity broker access to the AWS console". The form is posted, so that no
//! credentials stand in an address that a proxy writes down.

use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::hosts::sign_in_host;
use super::{ConsoleError, Stay};
use crate::aws::{Asking, AwsError, Line, Refusal, Reply};
use crate::session::Credentials;
use crate::terms::{ExposeSecret, Partition, Region, SecretString, is_confidential};

/// A federation endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Federation {
    url: Url,
}

const ASKING: Asking = Asking { service: "AWS sign-in", operation: "getSigninToken" };

impl Federation {
    /// Returns that of a partition, or one that somebody runs instead (`AWS_ENDPOINT_URL_SIGNIN`). Credentials go over
    /// https or to this machine, and nowhere else.
    pub fn of(partition: Partition, region: &Region, instead: Option<&Url>) -> Result<Self, ConsoleError> {
        let base = instead.map_or_else(
            || format!("https://{}", sign_in_host(partition, region)),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        );
        let setup = |_| AwsError::Setup { reason: format!("{base} is no address that can be asked") };
        let url: Url = format!("{base}/federation").parse().map_err(setup)?;
        if !is_confidential(&url) {
            return Err(ConsoleError::InTheClear { host: url.host_str().unwrap_or_default().to_owned() });
        }
        Ok(Self { url })
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SigninToken")]
    signin_token: Zeroizing<String>,
}

/// Asks for a sign-in token and returns the link that signs in with it: good for 15 minutes, and as strong as the
/// credentials meanwhile.
pub fn sign_in_link(
    line: &Line<'_>,
    federation: &Federation,
    credentials: &Credentials,
    stay: Stay,
    destination: &str,
) -> Result<SecretString, ConsoleError> {
    let session = session(credentials);
    let action = SecretString::from("getSigninToken");
    let seconds = match stay {
        Stay::WithCredentials => None,
        Stay::For(length) => Some(SecretString::from(length.seconds().to_string())),
    };
    let mut fields = vec![("Action", &action), ("Session", &session)];
    fields.extend(seconds.iter().map(|seconds| ("SessionDuration", seconds)));
    let reply = line.call(|clients| {
        let (clients, fields) = (clients.clone(), fields.clone());
        let url = federation.url.clone();
        async move { clients.post_form(&url, &fields, ASKING).await }
    })??;
    let token = token(&reply, credentials)?;
    let mut link = federation.url.clone();
    link.query_pairs_mut()
        .append_pair("Action", "login")
        .append_pair("Destination", destination)
        .append_pair("SigninToken", &token);
    Ok(SecretString::from(String::from(link)))
}

fn session(credentials: &Credentials) -> SecretString {
    let text = |text: &SecretString| serde_json::Value::from(text.expose_secret());
    let token = credentials.session.as_ref().map(|session| text(&session.token));
    let session = serde_json::json!({
        "sessionId": credentials.key_id.as_str(),
        "sessionKey": text(&credentials.secret_key),
        "sessionToken": token,
    });
    SecretString::from(session.to_string())
}

fn token(reply: &Reply, credentials: &Credentials) -> Result<Zeroizing<String>, AwsError> {
    let body = reply.body.expose_secret();
    if reply.status == 200 {
        let answer: Result<Answer, _> = serde_json::from_str(body);
        return answer.map(|answer| answer.signin_token).map_err(|_| AwsError::NoAnswer {
            service: ASKING.service,
            operation: ASKING.operation,
            reason: "HTTP 200 with a body that is not AWS's".to_owned(),
            sent: true,
        });
    }
    Err(AwsError::Refused(Box::new(Refusal {
        service: ASKING.service.to_owned(),
        operation: ASKING.operation.to_owned(),
        code: if reply.status == 400 { "BadRequest" } else { "Refused" }.to_owned(),
        message: words(body, credentials),
        request_id: reply.request_id.clone(),
        status: reply.status,
    })))
}

/// The endpoint refuses with a page of HTML: its words are what is outside the tags. Should it repeat what it was sent,
/// nothing of it is shown.
fn words(body: &str, credentials: &Credentials) -> String {
    const LONGEST: usize = 200;
    let secrets = [Some(&credentials.secret_key), credentials.session.as_ref().map(|session| &session.token)];
    if secrets.into_iter().flatten().any(|secret| body.contains(secret.expose_secret())) {
        return String::new();
    }
    let mut shown = String::new();
    let mut outside = true;
    for c in body.chars() {
        match c {
            '<' => outside = false,
            '>' => {
                outside = true;
                shown.push(' ');
            }
            c if outside => shown.push(c),
            _ => {}
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Destination, console_host};
    use crate::session::{Lineage, Session};

    #[test]
    fn each_partition_has_its_own_links() {
        let cases = [
            ("eu-west-1", "signin.aws.amazon.com", "console.aws.amazon.com"),
            ("cn-north-1", "signin.amazonaws.cn", "console.amazonaws.cn"),
            ("us-gov-east-1", "signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"),
            ("eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu", "console.amazonaws-eusc.eu"),
            ("us-iso-east-1", "signin.c2shome.ic.gov", "console.c2shome.ic.gov"),
            ("us-isob-east-1", "signin.sc2shome.sgov.gov", "console.sc2shome.sgov.gov"),
            ("eu-isoe-west-1", "signin.csphome.adc-e.uk", "console.csphome.adc-e.uk"),
            ("us-isof-south-1", "signin.csphome.hci.ic.gov", "console.csphome.hci.ic.gov"),
        ];
        for ((region, sign_in, console), partition) in cases.into_iter().zip(all()) {
            let region: Region = region.parse().unwrap();
            assert_eq!(Partition::of_region(&region), partition);
            let federation = Federation::of(partition, &region, None).unwrap();
            assert_eq!(federation.url().as_str(), format!("https://{sign_in}/federation"));
            assert_eq!(console_host(partition), console);
            let home = Destination::Home.address(partition, &region).unwrap();
            assert_eq!(home, format!("https://{console}/console/home?region={}", region.as_str()));
        }
        assert_eq!(cases.len(), Partition::ALL.len());
    }

    /// In the order of the table above.
    fn all() -> [Partition; 8] {
        use Partition::{Aws, AwsCn, AwsEusc, AwsIso, AwsIsoB, AwsIsoE, AwsIsoF, AwsUsGov};
        [Aws, AwsCn, AwsUsGov, AwsEusc, AwsIso, AwsIsoB, AwsIsoE, AwsIsoF]
    }

    #[test]
    fn credentials_go_over_https_or_to_this_machine() {
        let region: Region = "eu-west-1".parse().unwrap();
        let at = |url: &str| {
            let url = url.parse().unwrap();
            Federation::of(Partition::Aws, &region, Some(&url)).map(|f| f.url.to_string()).map_err(|e| e.to_string())
        };
        assert_eq!(at("http://127.0.0.1:4000/").as_deref(), Ok("http://127.0.0.1:4000/federation"));
        assert_eq!(at("https://signin.example/x").as_deref(), Ok("https://signin.example/x/federation"));
        let refused = "signin.example is to be given credentials without https";
        assert_eq!(at("http://signin.example").as_ref().map_err(String::as_str), Err(refused));
    }

    #[test]
    fn a_refusal_is_read_out_of_its_page_and_repeats_no_secret() {
        let token = SecretString::from("the-token");
        let credentials = Credentials {
            key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
            secret_key: SecretString::from("the-secret"),
            session: Some(Session { token, expires_at: None }),
            account: None,
            arn: None,
            lineage: Lineage::default(),
        };
        let page = "<html><head><title>400</title></head><body><p>Invalid credentials\n parameter</p></body></html>";
        assert_eq!(words(page, &credentials), "400 Invalid credentials parameter");
        assert_eq!(words("<p>the-secret was wrong</p>", &credentials), "");
        assert_eq!(words("the-token was wrong", &credentials), "");
    }
}
