//! What a person is told when it cannot be seen what they can reach.

use super::{Error, Kind};
use crate::aws::AwsError;
use crate::discovery::DiscoveryError;

impl From<DiscoveryError> for Error {
    fn from(error: DiscoveryError) -> Self {
        match error {
            DiscoveryError::SignIn(error) => (*error).into(),
            DiscoveryError::Portal { name, source } => {
                let ended = matches!(&source, AwsError::Refused(refusal) if refusal.status == 401);
                let hint = ended.then(|| format!("sign in anew: `assume login {name}`"));
                Self::from(source)
                    .while_doing(format!("what can be reached through `{name}` is not known"))
                    .with_hint(hint)
            }
            DiscoveryError::NotGenerated { .. } => {
                let hint = "name another file: `--to FILE`; or move that one away".to_owned();
                Self::new(Kind::Config, error).with_hint(hint)
            }
        }
    }
}
