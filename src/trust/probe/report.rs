//! What a probe found, in plain words: what an attacker could do, and what stands in which trail.

use super::attempts::{Attempt, Extra, Variation};
use crate::terms::RoleArn;

/// Returns what somebody could do who is let in so.
pub fn attack(attempt: &Attempt, role: &RoleArn, caller: &str) -> String {
    let deputy = account_of(caller).map_or_else(|| "the caller".to_owned(), |account| format!("account {account}"));
    match &attempt.variation {
        Variation::Control => String::new(),
        Variation::Missing => format!(
            "whoever gets {deputy} to ask for {role}, and knows nothing but that ARN, is in: any other customer can name it as theirs"
        ),
        Variation::Random => format!(
            "the external ID that is sent does not matter: any other customer of {deputy} can name {role} as theirs"
        ),
        Variation::Decoy => {
            format!("any external ID that looks like yours opens {role}: another customer's own, real one does")
        }
        Variation::Case => {
            "the case of the external ID does not matter: where IDs differ in case only, one customer reaches another"
                .to_owned()
        }
        Variation::Prefix => {
            "a part of the external ID is enough: a customer whose ID begins alike reaches this role".to_owned()
        }
        Variation::OneCharacter => {
            "the external ID is not compared to its end: a neighbouring one reaches this role".to_owned()
        }
        Variation::Extra(Extra::WithoutMfa) => {
            "a stolen access key is enough: nobody's MFA device is asked for".to_owned()
        }
        Variation::Extra(Extra::SessionName(_)) => {
            "the session name is free: whoever asks can write somebody else's name into the trail".to_owned()
        }
        Variation::Extra(Extra::SourceIdentity(_)) => {
            "the source identity is free: whoever asks can put the blame on somebody else".to_owned()
        }
        Variation::Extra(Extra::Tag(tag)) => format!(
            "whoever asks picks the session tag {}: policies that trust it (aws:PrincipalTag) are theirs to choose",
            tag.key().as_str()
        ),
        Variation::Extra(Extra::As(profile)) => {
            format!("{profile} gets the role as well, who should not: the trust policy names too many")
        }
    }
}

/// Returns what CloudTrail shows of a probe.
///
/// Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail": of a call between accounts, the
/// account of the role logs only what succeeded.
pub fn trail(role: &RoleArn, caller: &str, session_name: &str, region: &str) -> Vec<String> {
    let own = account_of(caller);
    let target = role.account().as_str();
    let of_all = |account: &str| {
        format!(
            "CloudTrail of {account}, in {region}: an AssumeRole event for each call, those refused with errorCode AccessDenied; roleSessionName is {session_name}"
        )
    };
    match own {
        Some(account) if account == target => vec![of_all(account)],
        Some(account) => vec![
            of_all(account),
            format!(
                "CloudTrail of {target}: only what was let in. A refused call from another account is not logged there: the role's owner sees neither these refusals nor an attacker's"
            ),
        ],
        None => vec![of_all("the caller's account")],
    }
}

/// What has to be known of the proof.
pub fn facts() -> [&'static str; 2] {
    [
        "each session lasted 900 s at most, could do nothing (a session policy denies all), and was dropped at once",
        "a policy of the caller's own that looks at sts:ExternalId would refuse in the role's place; then this proves less",
    ]
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12)
}
