//! What a person is told when the rotation of a key stopped. Each time running it again goes on from there.

use super::{Error, Kind};
use crate::aws::AwsError;
use crate::rotation::RotationError;

impl From<RotationError> for Error {
    fn from(error: RotationError) -> Self {
        let (kind, hint) = match error {
            RotationError::Acquire(error) => return (*error).into(),
            RotationError::Flight(error) => return error.into(),
            RotationError::Vault { ref identity, doing, source } => {
                let what = format!("the rotation of `{identity}` stopped: {doing}");
                let again = format!("nothing is lost; then run it again: `assume identity rotate {identity}`");
                return Self::from(source).while_doing(what).with_hint(again);
            }
            RotationError::Aws { ref identity, ref source, .. } => (kind(source), refused(source, identity)),
            RotationError::NoKey { ref identity } => {
                (Kind::Identity, format!("store one: `assume identity add {identity}`"))
            }
            RotationError::Left { ref key_id, .. } => {
                (Kind::Vault, format!("delete it: `aws iam delete-access-key --access-key-id {key_id}`"))
            }
            RotationError::NoRoom { ref identity, ref other, .. } => (
                Kind::Refused,
                format!("if nobody needs it: `assume identity rotate {identity} --delete {}`", other.key_id),
            ),
            RotationError::Foreign { ref identity, .. } => {
                (Kind::Identity, format!("store the key that is in use: `assume identity add {identity} --replace`"))
            }
            RotationError::NotYet { .. } => (Kind::Unreachable, "run it again in a minute".to_owned()),
        };
        Self::new(kind, error).with_hint(hint)
    }
}

fn kind(error: &AwsError) -> Kind {
    match error {
        AwsError::Refused(refusal) if !refusal.is_passing() => Kind::Refused,
        AwsError::Refused(_) | AwsError::NoAnswer { .. } | AwsError::Setup { .. } => Kind::Unreachable,
        AwsError::CaBundle { .. } => Kind::Config,
    }
}

fn refused(error: &AwsError, identity: &str) -> String {
    let again = format!("nothing is lost; run it again: `assume identity rotate {identity}`");
    match error {
        AwsError::Refused(refusal) if refusal.code == "AccessDenied" => {
            "the user needs iam:ListAccessKeys, iam:CreateAccessKey, iam:UpdateAccessKey and iam:DeleteAccessKey on itself; \
             if its policy demands MFA, declare the identity's mfa_serial"
                .to_owned()
        }
        AwsError::Refused(refusal) if refusal.code == "InvalidClientTokenId" => format!(
            "AWS does not know the key any more, or it is inactive; store another: `assume identity add {identity} --replace`"
        ),
        AwsError::Refused(_) | AwsError::NoAnswer { .. } | AwsError::Setup { .. } | AwsError::CaBundle { .. } => again,
    }
}
