//! What a person is told when the console does not open.

use super::{Error, Kind};
use crate::aws::AwsError;
use crate::console::{ConsoleError, WhyNot};
use crate::person::browser::BrowserError;

impl From<ConsoleError> for Error {
    fn from(error: ConsoleError) -> Self {
        let kind = match &error {
            ConsoleError::NoEntry { .. } | ConsoleError::NoLength { .. } | ConsoleError::NoSwitch { .. } => Kind::Usage,
            ConsoleError::InTheClear { .. } => Kind::Config,
            ConsoleError::Aws(AwsError::Refused(refusal)) if !refusal.is_passing() => Kind::Refused,
            ConsoleError::Aws(AwsError::Refused(_) | AwsError::NoAnswer { .. }) => Kind::Unreachable,
            ConsoleError::Aws(AwsError::CaBundle { .. } | AwsError::Setup { .. }) => Kind::System,
        };
        let hint = match &error {
            ConsoleError::NoEntry { why: WhyNot::LongTermKey | WhyNot::SessionToken } => {
                Some("name a role: `assume list` shows which there are".to_owned())
            }
            ConsoleError::NoEntry { .. } => None,
            ConsoleError::NoLength { .. } => Some("leave out the console's duration".to_owned()),
            ConsoleError::NoSwitch { .. } => {
                Some("without --switch-role the console opens with the role's own credentials".to_owned())
            }
            ConsoleError::InTheClear { .. } => Some("an https address, or one of this machine".to_owned()),
            ConsoleError::Aws(AwsError::Refused(refusal)) if refusal.status == 400 => Some(
                "credentials that have just been revoked are refused so too: `assume logout --all`, then again"
                    .to_owned(),
            ),
            ConsoleError::Aws(_) => None,
        };
        Self::new(kind, error).with_hint(hint)
    }
}

impl From<BrowserError> for Error {
    fn from(error: BrowserError) -> Self {
        let kind = match &error {
            BrowserError::NotFound { .. } | BrowserError::Cannot { .. } => Kind::Config,
            BrowserError::Start { .. } | BrowserError::Failed { .. } | BrowserError::Page(_) => Kind::System,
            BrowserError::NotFetched { .. } => Kind::System,
        };
        Self::new(kind, error)
    }
}
