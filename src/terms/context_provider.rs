//! Who vouches for what else is known of a session's user.

use std::fmt;
use std::str::FromStr;

/// The ARN of a context provider, such as IAM Identity Center, whose assertions AssumeRole takes along. 20 to 2,048
/// characters.
///
/// Source: STS API Reference, `ProvidedContext`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct ContextProviderArn(String);

/// Why a text is no such ARN.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no context provider's ARN; one looks like arn:aws:iam::aws:contextProvider/IdentityCenter")]
pub struct InvalidContextProvider {
    text: String,
}

impl ContextProviderArn {
    /// Returns the ARN as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ContextProviderArn {
    type Err = InvalidContextProvider;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let fits = matches!(parts.as_slice(), ["arn", partition, "iam", "", owner, resource]
            if !partition.is_empty() && !owner.is_empty()
            && resource.strip_prefix("contextProvider/").is_some_and(|name| !name.is_empty()));
        if fits && (20..=2_048).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidContextProvider { text: text.to_owned() })
        }
    }
}

impl fmt::Display for ContextProviderArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_provider_is_named_by_its_arn() {
        for right in
            ["arn:aws:iam::aws:contextProvider/IdentityCenter", "arn:aws-us-gov:iam::123456789012:contextProvider/Own"]
        {
            assert_eq!(right.parse::<ContextProviderArn>().unwrap().as_str(), right);
        }
        for wrong in [
            "IdentityCenter",
            "arn:aws:iam::aws:contextProvider/",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:sts::aws:contextProvider/IdentityCenter",
            "arn:aws:iam::aws:contextProvider/Identity Center",
        ] {
            assert!(wrong.parse::<ContextProviderArn>().is_err(), "{wrong}");
        }
    }
}
