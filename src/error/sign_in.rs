//! What a person is told when AWS does not take a proof: the token, or the role's trust policy, is told apart by the code.

use crate::acquire::{SignedIn, Step};
use crate::aws::Refusal;
use crate::identity::Claims;
use crate::terms::show_time;

/// Returns what helps, where the refusal is about the proof.
///
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, "Errors"; the texts are those of STS in the field.
pub(super) fn hint(refusal: &Refusal, step: &Step, sign_in: &SignedIn) -> Option<String> {
    let SignedIn { name, claims, .. } = sign_in;
    let text = match (refusal.code.as_str(), claims) {
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

fn account(step: &Step) -> &str {
    step.role_arn.as_deref().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default()
}
