//! Whether an assertion serves for a role, told in one's own terms before it is sent.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{SamlAssertion, SamlError};
use crate::identity::assertion::Assertion;
use crate::plan::{Provider, WithSaml};
use crate::terms::{is_aws_audience, show_time};

/// Why an assertion does not serve for a role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// It has ended.
    Ended(SystemTime),
    /// It does not hold yet.
    NotYet(SystemTime),
    /// It is for somebody else than AWS.
    Audience(Vec<String>),
    /// It offers other roles.
    NoSuchRole(String, Vec<String>),
    /// It offers the role through another provider.
    OtherProvider(String, Vec<String>),
    /// It says nothing of how the session is called.
    NoSessionName,
    /// Its longest session is none that AWS takes.
    SessionDuration(String),
    /// It is encrypted, and nobody said which provider it is of.
    Encrypted,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, roles: &[String]| match roles {
            [] => write!(f, "it offers no role at all"),
            roles => write!(f, "it offers {}", roles.join(", ")),
        };
        match self {
            Self::Ended(end) => write!(f, "it ended at {} (NotOnOrAfter)", show_time(*end)),
            Self::NotYet(from) => {
                write!(f, "it holds from {} on (NotBefore), by the provider's clock", show_time(*from))
            }
            Self::Audience(audiences) if audiences.is_empty() => {
                write!(f, "it names no audience, and AWS wants urn:amazon:webservices")
            }
            Self::Audience(audiences) => {
                write!(f, "its audience is {}, and not urn:amazon:webservices", audiences.join(", "))
            }
            Self::NoSuchRole(role, offered) => {
                write!(f, "it does not offer {role}: ")?;
                list(f, offered)
            }
            Self::OtherProvider(provider, offered) => {
                write!(f, "it does not offer the role through {provider}, but through {}", offered.join(", "))
            }
            Self::NoSessionName => write!(f, "it has no RoleSessionName"),
            Self::SessionDuration(text) => {
                write!(f, "its SessionDuration is `{text}`, and AWS takes 900 to 43200 seconds")
            }
            Self::Encrypted => {
                write!(f, "it is encrypted, so only AWS can read which provider it is of")
            }
        }
    }
}

/// How far the provider's clock may be from ours before we are sure that AWS refuses.
const TOLERANCE: Duration = Duration::from_secs(60);

impl SamlAssertion {
    /// Finds out whether the assertion serves for whatever role it offers.
    pub fn serves(&self, identity: &str, now: SystemTime) -> Result<(), SamlError> {
        let fit = self.says.as_ref().map_or(Ok(()), |says| serves(says, now));
        fit.map_err(|unfit| SamlError::Unfit { identity: identity.to_owned(), unfit })
    }

    /// Returns the provider to ask through, if the assertion serves for that role now.
    pub fn provider(&self, exchange: &WithSaml, identity: &str, now: SystemTime) -> Result<String, SamlError> {
        let fit = match (&self.says, &exchange.provider) {
            (Some(says), provider) => fitting(says, &exchange.role_arn.value.to_string(), provider, now),
            (None, Provider::Declared(arn)) => Ok(arn.value.clone()),
            (None, Provider::FromAssertion) => Err(Unfit::Encrypted),
        };
        fit.map_err(|unfit| SamlError::Unfit { identity: identity.to_owned(), unfit })
    }
}

/// Returns the provider to ask through, or why the assertion does not serve.
fn fitting(says: &Assertion, role: &str, provider: &Provider, now: SystemTime) -> Result<String, Unfit> {
    serves(says, now)?;
    let offers = says.offers();
    let of_role: Vec<&str> =
        offers.iter().filter(|offer| offer.role.to_string() == role).map(|offer| offer.provider.as_str()).collect();
    let Some(first) = of_role.first() else {
        let offered = offers.iter().map(|offer| offer.role.to_string()).collect();
        return Err(Unfit::NoSuchRole(role.to_owned(), offered));
    };
    match provider {
        Provider::FromAssertion => Ok((*first).to_owned()),
        Provider::Declared(arn) if of_role.contains(&arn.value.as_str()) => Ok(arn.value.clone()),
        Provider::Declared(arn) => {
            let others = of_role.into_iter().map(str::to_owned).collect();
            Err(Unfit::OtherProvider(arn.value.clone(), others))
        }
    }
}

/// Returns why the assertion serves for no role at all.
fn serves(says: &Assertion, now: SystemTime) -> Result<(), Unfit> {
    if let Some(end) = says.ends().filter(|end| *end + TOLERANCE <= now) {
        return Err(Unfit::Ended(end));
    }
    if let Some(from) = says.not_before.filter(|from| *from > now + TOLERANCE) {
        return Err(Unfit::NotYet(from));
    }
    if !says.audiences.iter().any(|audience| is_aws_audience(audience)) {
        return Err(Unfit::Audience(says.audiences.clone()));
    }
    if says.session_name().is_none() {
        return Err(Unfit::NoSessionName);
    }
    match says.session_duration_text() {
        Some(text) if !text.parse().is_ok_and(|seconds: u64| (900..=43_200).contains(&seconds)) => {
            Err(Unfit::SessionDuration(text.to_owned()))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sourced;

    const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
    const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Example";

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    /// An assertion as it should be, with these pieces of it replaced.
    fn says(changes: &[(&str, &str)]) -> Assertion {
        let mut xml = format!(
            r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"
            ID="_1" IssueInstant="2027-01-15T08:00:00Z"><Conditions NotBefore="2027-01-15T08:00:00Z"
            NotOnOrAfter="2027-01-15T08:05:00Z"><AudienceRestriction><Audience>urn:amazon:webservices</Audience>
            </AudienceRestriction></Conditions><AttributeStatement>
            <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><AttributeValue>{PROVIDER},{ROLE}</AttributeValue>
            </Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><AttributeValue>alice\
            </AttributeValue></Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/SessionDuration">\
            <AttributeValue>3600</AttributeValue></Attribute></AttributeStatement></Assertion></p:Response>"#
        );
        for (from, to) in changes {
            assert!(xml.contains(from), "{from}");
            xml = xml.replace(from, to);
        }
        let document = crate::identity::assertion::parse(&xml).unwrap();
        Assertion::of(crate::identity::assertion::find(&document).unwrap().unwrap())
    }

    #[test]
    fn what_aws_would_refuse_is_told_apart_before_it_is_sent() {
        let no_role = |offered: &[&str]| {
            Err(Unfit::NoSuchRole(ROLE.to_owned(), offered.iter().map(|arn| (*arn).to_owned()).collect()))
        };
        let other = "arn:aws:iam::123456789012:role/Other";
        type Case<'a> = (&'a [(&'a str, &'a str)], u64, Result<String, Unfit>);
        let cases: [Case<'_>; 14] = [
            (&[], 10, Ok(PROVIDER.to_owned())),
            (&[("SAML/Attributes/SessionDuration", "SAML/Attributes/Else")], 10, Ok(PROVIDER.to_owned())),
            // A clock may be a minute off before we are surer than AWS.
            (&[], 359, Ok(PROVIDER.to_owned())),
            (&[], 360, Err(Unfit::Ended(at(300)))),
            (&[("NotBefore=\"2027-01-15T08:00", "NotBefore=\"2027-01-15T08:02")], 30, Err(Unfit::NotYet(at(120)))),
            (&[("urn:amazon:webservices", "urn:other")], 10, Err(Unfit::Audience(vec!["urn:other".to_owned()]))),
            (&[("Audience>", "Other>")], 10, Err(Unfit::Audience(Vec::new()))),
            (
                &[("Audience>urn:amazon:webservices<", "Audience>https://signin.aws.amazon.com/saml<")],
                10,
                Ok(PROVIDER.to_owned()),
            ),
            (&[(ROLE, other)], 10, no_role(&[other])),
            (&[("SAML/Attributes/Role\"", "SAML/Attributes/Roles\"")], 10, no_role(&[])),
            (&[("RoleSessionName", "SessionName")], 10, Err(Unfit::NoSessionName)),
            (&[("3600", "600")], 10, Err(Unfit::SessionDuration("600".to_owned()))),
            (&[("3600", "1h")], 10, Err(Unfit::SessionDuration("1h".to_owned()))),
            (&[("3600", "43201")], 10, Err(Unfit::SessionDuration("43201".to_owned()))),
        ];
        for (changes, now, expected) in cases {
            let found = fitting(&says(changes), ROLE, &Provider::FromAssertion, at(now));
            assert_eq!(found, expected, "{changes:?} {now}");
        }
    }

    #[test]
    fn a_provider_that_is_declared_has_to_be_one_that_is_offered() {
        let declared = |arn: &str| Provider::Declared(Sourced::by_default(arn.to_owned()));
        let found = |arn: &str| fitting(&says(&[]), ROLE, &declared(arn), at(10));
        assert_eq!(found(PROVIDER), Ok(PROVIDER.to_owned()));
        let other = "arn:aws:iam::123456789012:saml-provider/Other";
        assert_eq!(found(other), Err(Unfit::OtherProvider(other.to_owned(), vec![PROVIDER.to_owned()])));
    }
}
