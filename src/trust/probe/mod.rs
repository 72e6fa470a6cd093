//! The probe: STS is asked for a role as its deputy would ask, with the right external ID and then with wrong ones.
//!
//! `attempts` says what is tried and what has to come of it, before anything is; `call` tries it; [`judge`] says what the
//! answers prove. The right ID comes first: without that control a refusal proves nothing, since AWS gives the same one for
//! a role that does not exist. Only AWS's plain refusal counts as kept out: whatever else goes wrong is inconclusive.
//!
//! Source: AWS Security Blog and IAM User Guide on the confused deputy: the vendor tests a customer's role with and without
//! the right external ID before it keeps the role's ARN.

mod attempts;
mod call;
mod report;

pub use attempts::{Asked, Attempt, Expected, Extra, Variation, attempts};
pub use call::{Caller, Unharmful, probe};
pub use report::{attack, facts, trail};

use crate::aws::AwsError;

/// What came of an attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The role was had. The session was dropped at once.
    LetIn,
    /// AWS refused, in the words that it has for a trust policy that does not let in.
    KeptOut {
        /// For support.
        request_id: Option<String>,
    },
    /// Whatever happened says nothing about the trust policy.
    Inconclusive {
        /// What happened.
        because: String,
    },
}

/// What all answers prove.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Let in was who should be, and nobody else.
    AsExpected,
    /// Somebody was let in who should not be.
    LetsInTooMuch,
    /// The right external ID was refused: nothing is proved.
    ControlRefused,
    /// Some attempt had no clear answer, and no other was let in.
    Inconclusive,
}

/// Returns what an answer of STS says of the role's trust policy.
///
/// AccessDenied is given for many things. Where AWS says that the caller's own side refused, the role was not tested.
pub fn outcome<T>(answer: &Result<T, AwsError>) -> Outcome {
    let inconclusive = |because: String| Outcome::Inconclusive { because };
    match answer {
        Ok(_) => Outcome::LetIn,
        Err(AwsError::Refused(refusal)) if refusal.code == "AccessDenied" && !refusal.is_passing() => {
            let text = refusal.message.to_ascii_lowercase();
            match OWN_SIDE.iter().find(|words| text.contains(*words)) {
                Some(_) => inconclusive(format!("the caller's own side refused: {refusal}")),
                None if text.contains("not authorized to perform") => {
                    Outcome::KeptOut { request_id: refusal.request_id.clone() }
                }
                None => inconclusive(refusal.to_string()),
            }
        }
        Err(error) => inconclusive(error.to_string()),
    }
}

/// How AWS says that it was not the role's trust policy.
/// Source: IAM User Guide, "Troubleshoot access denied error messages".
const OWN_SIDE: [&str; 7] = [
    "no identity-based policy allows",
    "in an identity-based policy",
    "no permissions boundary allows",
    "permissions boundary",
    "session policy",
    "service control policy",
    "vpc endpoint policy",
];

/// Judges the attempts by what came of them. The control is the first one.
pub fn judge(all: &[(Attempt, Outcome)]) -> Judgement {
    if all.iter().any(|(attempt, outcome)| attempt.expected == Expected::KeptOut && *outcome == Outcome::LetIn) {
        return Judgement::LetsInTooMuch;
    }
    match all.first() {
        Some((_, Outcome::LetIn)) => {}
        Some((_, Outcome::KeptOut { .. })) => return Judgement::ControlRefused,
        Some((_, Outcome::Inconclusive { .. })) | None => return Judgement::Inconclusive,
    }
    let unclear = all.iter().any(|(_, outcome)| matches!(outcome, Outcome::Inconclusive { .. }));
    if unclear { Judgement::Inconclusive } else { Judgement::AsExpected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Refusal;

    fn refused(code: &str, message: &str, status: u16) -> Result<(), AwsError> {
        Err(AwsError::Refused(Box::new(Refusal {
            service: "STS".to_owned(),
            operation: "AssumeRole".to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            request_id: Some("r".to_owned()),
            status,
        })))
    }

    #[test]
    fn only_the_plain_refusal_counts_as_kept_out() {
        let plain = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::999999999999:role/R";
        assert!(matches!(outcome(&refused("AccessDenied", plain, 403)), Outcome::KeptOut { .. }));
        for (code, message, status) in [
            ("AccessDenied", "Roles may not be assumed by root accounts.", 403),
            ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403),
            ("Throttling", "Rate exceeded", 400),
            ("ValidationError", "1 validation error detected", 400),
            ("RegionDisabledException", "STS is not activated", 403),
            ("ExpiredToken", "The security token included in the request is expired", 403),
            ("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
            ("SignatureDoesNotMatch", "Signature expired", 403),
            ("InternalFailure", "", 500),
            ("ServiceUnavailable", "", 503),
            ("PackedPolicyTooLarge", "", 400),
        ] {
            assert!(
                matches!(outcome(&refused(code, message, status)), Outcome::Inconclusive { .. }),
                "{code} {message}"
            );
        }
        for own in [
            " because no identity-based policy allows the sts:AssumeRole action",
            " with an explicit deny in an identity-based policy",
            " with an explicit deny in a service control policy",
            " because no session policy allows the sts:AssumeRole action",
            " because no permissions boundary allows the sts:AssumeRole action",
        ] {
            let answer = refused("AccessDenied", &format!("{plain}{own}"), 403);
            assert!(matches!(outcome(&answer), Outcome::Inconclusive { .. }), "{own}");
        }
        let silent: Result<(), _> = Err(AwsError::NoAnswer {
            service: "STS",
            operation: "AssumeRole",
            reason: "it took too long".to_owned(),
            sent: true,
        });
        assert!(matches!(outcome(&silent), Outcome::Inconclusive { .. }));
        assert_eq!(outcome(&Ok(())), Outcome::LetIn);
    }

    #[test]
    fn nothing_is_proved_without_the_control_and_what_is_let_in_outweighs_what_is_unclear() {
        let control = || Attempt::control(None);
        let wrong = || Attempt { variation: Variation::Missing, expected: Expected::KeptOut, ..Attempt::control(None) };
        let out = || Outcome::KeptOut { request_id: None };
        let unclear = || Outcome::Inconclusive { because: String::new() };
        for (control_says, wrong_says, expected) in [
            (Outcome::LetIn, out(), Judgement::AsExpected),
            (Outcome::LetIn, Outcome::LetIn, Judgement::LetsInTooMuch),
            (Outcome::LetIn, unclear(), Judgement::Inconclusive),
            (out(), out(), Judgement::ControlRefused),
            (out(), Outcome::LetIn, Judgement::LetsInTooMuch),
            (unclear(), out(), Judgement::Inconclusive),
            (unclear(), Outcome::LetIn, Judgement::LetsInTooMuch),
        ] {
            let all = [(control(), control_says), (wrong(), wrong_says)];
            assert_eq!(judge(&all), expected, "{all:?}");
        }
        assert_eq!(judge(&[]), Judgement::Inconclusive);
    }
}
