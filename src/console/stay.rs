//! Whether credentials open the console, and whether it may be told how long: decided from their lineage alone.
//!
//! Source: IAM User Guide, "Enable custom identity broker access to the AWS console": credentials of AssumeRole, or of
//! GetFederationToken; `SessionDuration` only with those of AssumeRole that were asked for with a long-term key, else the
//! endpoint answers 400. Without it the console session lasts as long as the credentials.

use std::fmt;

use super::ConsoleError;
use crate::session::{Lineage, Via};
use crate::terms::RoleDuration;

/// How long a console session lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stay {
    /// As long as the credentials.
    WithCredentials,
    /// So long, which the sign-in service is told: 15 minutes to 12 hours.
    For(RoleDuration),
}

/// What of their lineage is in the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WhyNot {
    /// They are a long-term key.
    LongTermKey,
    /// They are an MFA session.
    SessionToken,
    /// They are those of an account's root, for one task.
    Root,
    /// The role was assumed with another role's session.
    Chained,
    /// The role was assumed with an MFA session.
    FromSessionToken,
    /// They, or those that the role was assumed with, are somebody else's gift.
    Given,
    /// Nothing is known of them.
    Unknown,
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LongTermKey => "they are a long-term key, and only a role's session opens it",
            Self::SessionToken => "they are those of an MFA session, and only a role's session opens it",
            Self::Root => "they are good for one root task only",
            Self::Chained => {
                "the role is assumed with another role (role chaining), so the console session ends with its credentials"
            }
            Self::FromSessionToken => {
                "the role is assumed with an MFA session, so the console session ends with its credentials"
            }
            Self::Given => {
                "the credentials that it starts from are temporary already, so the console session ends with them"
            }
            Self::Unknown => "nothing is known of how the credentials were had, so the console session ends with them",
        })
    }
}

impl Stay {
    /// Returns how long a console session lasts that `asked` for so much. Credentials that open no console are refused.
    pub fn of(lineage: &Lineage, asked: Option<RoleDuration>) -> Result<Self, ConsoleError> {
        opens(lineage).map_err(|why| ConsoleError::NoEntry { why })?;
        match asked {
            None => Ok(Self::WithCredentials),
            Some(length) => {
                takes_length(lineage).map(|()| Self::For(length)).map_err(|why| ConsoleError::NoLength { why })
            }
        }
    }
}

fn opens(lineage: &Lineage) -> Result<(), WhyNot> {
    match lineage.0.last() {
        // What a container, an instance or a process gives is mostly a role's; if not, the sign-in service says so.
        Some(Via::AssumeRole | Via::WebIdentity | Via::Saml | Via::RoleCredentials | Via::Pool | Via::Given) | None => {
            Ok(())
        }
        Some(Via::LongTermKey) => Err(WhyNot::LongTermKey),
        Some(Via::SessionToken) => Err(WhyNot::SessionToken),
        Some(Via::AssumeRoot) => Err(WhyNot::Root),
    }
}

fn takes_length(lineage: &Lineage) -> Result<(), WhyNot> {
    let Some((last, before)) = lineage.0.split_last() else { return Err(WhyNot::Unknown) };
    match (last, before.last()) {
        (Via::WebIdentity | Via::Saml, None) | (Via::AssumeRole, Some(Via::LongTermKey)) => Ok(()),
        (Via::AssumeRole, Some(Via::AssumeRole | Via::WebIdentity | Via::Saml | Via::RoleCredentials | Via::Pool)) => {
            Err(WhyNot::Chained)
        }
        (Via::AssumeRole, Some(Via::SessionToken)) => Err(WhyNot::FromSessionToken),
        (Via::AssumeRole, Some(Via::Given)) | (Via::Given | Via::RoleCredentials | Via::Pool, _) => Err(WhyNot::Given),
        (Via::AssumeRole, None | Some(Via::AssumeRoot))
        | (Via::WebIdentity | Via::Saml, Some(_))
        | (Via::LongTermKey | Via::SessionToken | Via::AssumeRoot, _) => Err(WhyNot::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lineage_alone_says_whether_the_console_opens_and_may_be_told_how_long() {
        use Via::{AssumeRole, AssumeRoot, Given, LongTermKey, RoleCredentials, Saml, SessionToken, WebIdentity};
        // Lineage; whether it opens; whether it takes a length.
        type Said = Result<(), WhyNot>;
        let cases: [(&[Via], Said, Said); 17] = [
            (&[Saml], Ok(()), Ok(())),
            (&[Saml, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[RoleCredentials], Ok(()), Err(WhyNot::Given)),
            (&[RoleCredentials, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[WebIdentity], Ok(()), Ok(())),
            (&[WebIdentity, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[LongTermKey, AssumeRole], Ok(()), Ok(())),
            (&[LongTermKey, AssumeRole, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[LongTermKey, SessionToken, AssumeRole], Ok(()), Err(WhyNot::FromSessionToken)),
            (&[LongTermKey, SessionToken, AssumeRole, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[Given, AssumeRole], Ok(()), Err(WhyNot::Given)),
            (&[Given, AssumeRole, AssumeRole], Ok(()), Err(WhyNot::Chained)),
            (&[Given], Ok(()), Err(WhyNot::Given)),
            (&[LongTermKey, AssumeRoot], Err(WhyNot::Root), Err(WhyNot::Unknown)),
            (&[], Ok(()), Err(WhyNot::Unknown)),
            (&[LongTermKey], Err(WhyNot::LongTermKey), Err(WhyNot::Unknown)),
            (&[LongTermKey, SessionToken], Err(WhyNot::SessionToken), Err(WhyNot::Unknown)),
        ];
        for (vias, entry, length) in cases {
            let lineage = Lineage(vias.to_vec());
            assert_eq!(opens(&lineage), entry, "{vias:?}");
            assert_eq!(takes_length(&lineage), length, "{vias:?}");
        }
        let asked = RoleDuration::DEFAULT;
        let (first, chained) =
            (Lineage(vec![LongTermKey, AssumeRole]), Lineage(vec![LongTermKey, AssumeRole, AssumeRole]));
        assert!(matches!(Stay::of(&first, Some(asked)), Ok(Stay::For(length)) if length == asked));
        assert!(matches!(Stay::of(&first, None), Ok(Stay::WithCredentials)));
        assert!(matches!(Stay::of(&chained, None), Ok(Stay::WithCredentials)));
        assert!(matches!(Stay::of(&chained, Some(asked)), Err(ConsoleError::NoLength { why: WhyNot::Chained })));
    }
}
