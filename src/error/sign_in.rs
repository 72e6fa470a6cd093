//! What a person is told when AWS does not take a proof: the token, or the role's trust policy, is told apart by the code.

use super::Kind;
use crate::acquire::{SignedIn, Step};
use crate::aws::Refusal;
use crate::identity::{Claims, InvalidAssertion, SamlError, Unfit};
use crate::person::browser::CatchError;
use crate::terms::show_time;

/// Returns what helps, where the refusal is about the proof.
///
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, "Errors"; the texts are those of STS in the field.
pub(super) fn hint(refusal: &Refusal, step: &Step, sign_in: &SignedIn) -> Option<String> {
    let SignedIn { name, by, claims, .. } = sign_in;
    if *by == "AssumeRoleWithSAML" {
        return saml(refusal, step, name);
    }
    let text = match (refusal.code.as_str(), claims) {
        ("InvalidParameterException", _) if refusal.message.contains("enhanced flow") => {
            "say `flow = \"enhanced\"` (then the pool decides the role), or have the basic flow allowed for the pool"
                .to_owned()
        }
        ("NotAuthorizedException", _) if refusal.message.contains("Unauthenticated") => {
            format!(
                "the pool takes no guests: give `{name}` a login, `logins = {{ \"PROVIDER\" = {{ token_file = \"…\" }} }}`"
            )
        }
        ("NotAuthorizedException", _) => {
            format!(
                "the pool does not take what `{name}` shows: see its providers, and that the token is for its client"
            )
        }
        ("ExpiredTokenException", Some(Claims { expires_at: Some(end), .. })) => {
            format!("the token of `{name}` ended at {}: have a new one issued", show_time(*end))
        }
        ("ExpiredTokenException", _) => format!("the token of `{name}` has ended: have a new one issued"),
        ("InvalidIdentityToken", Some(claims)) if refusal.message.contains("audience") => format!(
            "the token is for \"{}\", and the account's provider {} does not list that: ask for a token with an audience \
             that it lists (sts.amazonaws.com, mostly), or add this one to it",
            claims.audience.join("\", \""),
            claims.provider()
        ),
        ("InvalidIdentityToken", Some(claims)) if refusal.message.contains("No OpenIDConnect provider") => format!(
            "have the provider made in account {}: `aws iam create-open-id-connect-provider --url {} --client-id-list {}`",
            account(step),
            claims.issuer,
            claims.audience.first().map_or("AUDIENCE", String::as_str)
        ),
        ("InvalidIdentityToken", Some(claims)) => {
            format!("the token says that it is of {claims}: is it an ID token, as its issuer signed it?")
        }
        ("InvalidIdentityToken", None) => {
            format!("what `{name}` has is no ID token: an access token is another thing, and no JWT at all mostly")
        }
        ("AccessDenied", _) if refusal.message.contains("sts:TagSession") => {
            "the token carries session tags: the role's trust policy has to allow sts:TagSession to its provider, too"
                .to_owned()
        }
        ("AccessDenied", _) if refusal.message.contains("sts:SetSourceIdentity") => {
            "the token carries a source identity: the role's trust policy has to allow sts:SetSourceIdentity to its \
             provider, too"
                .to_owned()
        }
        ("AccessDenied", Some(claims)) => format!(
            "the token is good, and the role's trust policy refuses it: it has to name the provider {} (Federated), and its \
             conditions to fit {}:sub = \"{}\" and :aud = \"{}\"",
            claims.provider(),
            claims.provider(),
            claims.subject,
            claims.audience.join("\", \"")
        ),
        ("AccessDenied", None) => {
            "the token is good, and the role's trust policy refuses it: its provider, `sub` and `aud` have to fit"
                .to_owned()
        }
        ("IDPCommunicationError", Some(claims)) => format!(
            "AWS could not fetch the keys of {}: they have to be reachable from the internet; try again",
            claims.issuer
        ),
        _ => return None,
    };
    Some(text)
}

/// Source: IAM User Guide, "Troubleshoot SAML federation with IAM".
fn saml(refusal: &Refusal, step: &Step, name: &str) -> Option<String> {
    let text = match refusal.code.as_str() {
        "ExpiredTokenException" => format!(
            "an assertion is good for five minutes: try again; if that fails too, the clock of `{name}`'s provider is off"
        ),
        "InvalidIdentityToken" if refusal.message.contains("Signature") => format!(
            "the provider in account {} has other keys than the one that signed: upload its metadata anew (`aws iam \
             update-saml-provider`)",
            account(step)
        ),
        "InvalidIdentityToken" if refusal.message.contains("used before") => {
            "each assertion is taken once: have a new one made".to_owned()
        }
        "InvalidIdentityToken" => format!(
            "the assertion is not as account {} expects it: look at its issuer, its audience (urn:amazon:webservices), its \
             Recipient (https://signin.aws.amazon.com/saml) and RoleSessionName",
            account(step)
        ),
        "AccessDenied" => {
            "the assertion is good, and the role's trust policy refuses it: it has to name the provider's ARN (Federated), \
             allow sts:AssumeRoleWithSAML (and sts:TagSession with PrincipalTag attributes), and its SAML:aud to be \
             https://signin.aws.amazon.com/saml"
                .to_owned()
        }
        _ => return None,
    };
    Some(text)
}

/// Returns what kind of failure it is where no assertion is had, or one that does not serve.
pub(super) fn saml_kind(error: &SamlError) -> Kind {
    match error {
        SamlError::NeedsPerson { .. } | SamlError::Waiting { .. } => Kind::PersonNeeded,
        SamlError::Page { reason, .. } => match reason {
            CatchError::NeedsPerson | CatchError::NoWindow { .. } => Kind::PersonNeeded,
            CatchError::Closed | CatchError::Abandoned { .. } => Kind::Declined,
            CatchError::Unreachable { .. } => Kind::Unreachable,
            CatchError::Page { status, .. } if *status >= 500 => Kind::Unreachable,
            CatchError::Page { .. }
            | CatchError::NoBrowser { .. }
            | CatchError::Browser(_)
            | CatchError::Ended { .. }
            | CatchError::NoField { .. } => Kind::Identity,
        },
        SamlError::None { .. } | SamlError::Invalid { .. } | SamlError::Unfit { .. } => Kind::Identity,
    }
}

/// Returns what helps where no assertion is had, or one that does not serve.
pub(super) fn saml_hint(error: &SamlError) -> String {
    let login = |identity: &str| format!("in a terminal, where there is a display: `assume login {identity}`");
    match error {
        SamlError::NeedsPerson { identity } | SamlError::Waiting { identity, .. } => login(identity),
        SamlError::None { place, .. } => {
            format!("see that {place} gives the base64 of the SAML response that a browser would post as SAMLResponse")
        }
        SamlError::Page { identity, reason, .. } => match reason {
            CatchError::NeedsPerson => login(identity),
            CatchError::Closed | CatchError::Abandoned { .. } => {
                format!("sign in to the end, until the window closes by itself: `assume login {identity}`")
            }
            CatchError::NoWindow { .. } => format!(
                "sign in where there is a display, or have the assertion fetched by a program: \
                 `saml = {{ assertion_command = \"…\" }}` in [identity.{identity}]"
            ),
            CatchError::NoBrowser { .. } => {
                "install Chromium, Chrome, Edge or Brave, or name one: `browser = \"…\"` in `saml`".to_owned()
            }
            CatchError::Browser(_) | CatchError::Ended { .. } => {
                format!(
                    "is another window open with that profile? see it at work: `assume login {identity} --browser-visible`"
                )
            }
            CatchError::Page { status, .. } if *status >= 500 => {
                format!(
                    "the provider is in trouble: try again later, or see it: `assume login {identity} --browser-visible`"
                )
            }
            CatchError::Page { .. } | CatchError::Unreachable { .. } | CatchError::NoField { .. } => {
                format!(
                    "check `url` of [identity.{identity}], and see the page: `assume login {identity} --browser-visible`"
                )
            }
        },
        SamlError::Invalid { reason, .. } => match reason {
            InvalidAssertion::WebPage => {
                "see what the page says: the provider has something to tell instead of an assertion".to_owned()
            }
            InvalidAssertion::Refused { .. } => {
                "that is the provider's own refusal: its administrators know why".to_owned()
            }
            InvalidAssertion::Empty
            | InvalidAssertion::NotBase64
            | InvalidAssertion::NotXml { .. }
            | InvalidAssertion::NotAResponse { .. }
            | InvalidAssertion::Count { .. } => {
                "AWS takes the base64 of the whole SAML response, as a browser posts it as SAMLResponse".to_owned()
            }
        },
        SamlError::Unfit { identity, unfit } => match unfit {
            Unfit::Ended(_) => "have a new one made: an assertion is good for minutes".to_owned(),
            Unfit::NotYet(_) => "this machine's clock, or the provider's, is off".to_owned(),
            Unfit::Audience(_) => {
                "set the audience to urn:amazon:webservices at the provider (for China and GovCloud: \
                 urn:amazon:webservices:cn-north-1, :govcloud)"
                    .to_owned()
            }
            Unfit::NoSuchRole(_, offered) if offered.is_empty() => {
                "have roles added at the provider: attribute https://aws.amazon.com/SAML/Attributes/Role".to_owned()
            }
            Unfit::NoSuchRole(..) => "ask for one of these, or have the role added at the provider".to_owned(),
            Unfit::OtherProvider(..) => format!("correct or remove `provider` of [identity.{identity}]"),
            Unfit::NoSessionName => {
                "have it added at the provider: attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName"
                    .to_owned()
            }
            Unfit::SessionDuration(_) => {
                "correct it at the provider: attribute https://aws.amazon.com/SAML/Attributes/SessionDuration"
                    .to_owned()
            }
            Unfit::Encrypted => format!(
                "say which provider it is: `provider = \"NAME\"` (the last part of its ARN) in `saml` of [identity.{identity}]"
            ),
        },
    }
}

fn account(step: &Step) -> &str {
    step.role_arn.as_deref().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default()
}
