//! What is tried, and what has to come of it.

use std::fmt;

use crate::policy::{IdForm, Judgement, judge};
use crate::terms::{ExternalId, SessionName, SourceIdentity, Tag};

/// What a probe is about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The right external ID, where the role's owner demands one.
    pub external_id: Option<ExternalId>,
    /// How the registry's external IDs look; without one, like this one, or like a UUID.
    pub form: Option<IdForm>,
    /// The external IDs of other customers: none of them is ever sent, since it would stand in somebody else's trail.
    pub others: Vec<ExternalId>,
    /// Random bits for the made-up IDs.
    pub random: [[u8; 16]; 2],
    /// What is tried besides.
    pub extras: Vec<Extra>,
}

/// What is tried besides the external ID.
#[derive(Clone, Debug)]
pub enum Extra {
    /// Without the MFA session.
    WithoutMfa,
    /// With another session name.
    SessionName(SessionName),
    /// With another source identity.
    SourceIdentity(SourceIdentity),
    /// With a session tag.
    Tag(Tag),
    /// As somebody else, with the right external ID.
    As(String),
}

/// One call.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What is special about it.
    pub variation: Variation,
    /// What has to come of it.
    pub expected: Expected,
    /// The external ID that it sends.
    pub external_id: Option<ExternalId>,
}

/// What has to come of an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// The role is had.
    LetIn,
    /// AWS refuses.
    KeptOut,
}

/// What is special about an attempt.
#[derive(Clone, Debug)]
pub enum Variation {
    /// Nothing: all is as it should be.
    Control,
    /// No external ID.
    Missing,
    /// A random UUID.
    Random,
    /// An ID that looks as if the registry had made it.
    Decoy,
    /// The right one in another case.
    Case,
    /// The right one without its end.
    Prefix,
    /// The right one with another last character.
    OneCharacter,
    /// Something else than the external ID.
    Extra(Extra),
}

impl Variation {
    /// Returns its name, stable for scripts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Missing => "missing",
            Self::Random => "random",
            Self::Decoy => "decoy",
            Self::Case => "case",
            Self::Prefix => "prefix",
            Self::OneCharacter => "one-character",
            Self::Extra(Extra::WithoutMfa) => "without-mfa",
            Self::Extra(Extra::SessionName(_)) => "session-name",
            Self::Extra(Extra::SourceIdentity(_)) => "source-identity",
            Self::Extra(Extra::Tag(_)) => "tag",
            Self::Extra(Extra::As(_)) => "as",
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variation, &self.external_id) {
            (Variation::Control, Some(_)) => f.write_str("the right external ID"),
            (Variation::Control, None) => f.write_str("as declared, without an external ID"),
            (Variation::Missing, _) => f.write_str("no external ID"),
            (Variation::Random, _) => f.write_str("a random external ID"),
            (Variation::Decoy, _) => f.write_str("an external ID of the same form, of nobody"),
            (Variation::Case, _) => f.write_str("the right one in another case"),
            (Variation::Prefix, _) => f.write_str("the right one without its end"),
            (Variation::OneCharacter, _) => f.write_str("the right one but for one character"),
            (Variation::Extra(Extra::WithoutMfa), _) => f.write_str("without MFA"),
            (Variation::Extra(Extra::SessionName(name)), _) => write!(f, "another session name, {name}"),
            (Variation::Extra(Extra::SourceIdentity(name)), _) => write!(f, "another source identity, {name}"),
            (Variation::Extra(Extra::Tag(tag)), _) => {
                write!(f, "the session tag {}={}", tag.key().as_str(), tag.value())
            }
            (Variation::Extra(Extra::As(profile)), _) => write!(f, "as {profile}"),
        }
    }
}

impl Expected {
    /// Returns it in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LetIn => "let in",
            Self::KeptOut => "refused",
        }
    }
}

impl Attempt {
    /// The attempt that has to succeed.
    pub fn control(external_id: Option<ExternalId>) -> Self {
        Self { variation: Variation::Control, expected: Expected::LetIn, external_id }
    }
}

/// Returns what is tried, in order. White space cannot be sent, so it is not among it.
pub fn attempts(asked: &Asked) -> Vec<Attempt> {
    let mut all = vec![Attempt::control(asked.external_id.clone())];
    if let Some(right) = &asked.external_id {
        let wrong = |variation, external_id| Attempt { variation, expected: Expected::KeptOut, external_id };
        all.push(wrong(Variation::Missing, None));
        let [random, decoy] = asked.random;
        let form = asked.form.clone().or_else(|| IdForm::of(right.as_str())).unwrap_or_default();
        let made_up = [
            (Variation::Random, IdForm::Uuid.make(random).ok()),
            (Variation::Decoy, form.make(decoy).ok()),
            (Variation::Case, other_case(right)),
            (Variation::Prefix, prefix(right)),
            (Variation::OneCharacter, one_character(right)),
        ];
        // What came out as a real one, the right one or somebody else's, is left out.
        let is_real = |id: &ExternalId| id == right || asked.others.contains(id);
        let fresh = made_up.into_iter().filter_map(|(variation, id)| Some((variation, id.filter(|id| !is_real(id))?)));
        all.extend(fresh.map(|(variation, id)| wrong(variation, Some(id))));
    }
    all.extend(asked.extras.iter().map(|extra| Attempt {
        variation: Variation::Extra(extra.clone()),
        expected: Expected::KeptOut,
        external_id: asked.external_id.clone(),
    }));
    all
}

fn other_case(id: &ExternalId) -> Option<ExternalId> {
    let text = id.as_str();
    let upper = text.to_ascii_uppercase();
    let other = if upper == text { text.to_ascii_lowercase() } else { upper };
    other.parse().ok()
}

/// Of an ID that counts, a prefix may be another customer's real one.
fn prefix(id: &ExternalId) -> Option<ExternalId> {
    let text = id.as_str();
    (judge(text) == Judgement::Strong).then(|| text.get(..text.len() - 1)?.parse().ok()).flatten()
}

/// Ends with a letter that no number and no hexadecimal ID ends with, so that it is nobody's.
fn one_character(id: &ExternalId) -> Option<ExternalId> {
    let text = id.as_str();
    let last = if text.ends_with('z') { 'y' } else { 'z' };
    format!("{}{last}", text.get(..text.len() - 1)?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35";

    fn asked(id: &str, others: &[&str]) -> Asked {
        Asked {
            external_id: Some(id.parse().unwrap()),
            form: None,
            others: others.iter().map(|id| id.parse().unwrap()).collect(),
            random: [[1; 16], [2; 16]],
            extras: Vec::new(),
        }
    }

    fn sent(asked: &Asked) -> Vec<(&'static str, Option<String>)> {
        let all = attempts(asked);
        all.iter().map(|a| (a.variation.as_str(), a.external_id.as_ref().map(ToString::to_string))).collect()
    }

    #[test]
    fn the_right_id_comes_first_and_each_wrong_one_is_stated() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            sent(&asked(ID, &[])),
            [
                ("control", some(ID)),
                ("missing", None),
                ("random", some("01010101-0101-4101-8101-010101010101")),
                ("decoy", some("02020202-0202-4202-8202-020202020202")),
                ("case", some("B7E2C1F4-5D3A-4C9E-8F60-2A1D9C7E4B35")),
                ("prefix", some("b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b3")),
                ("one-character", some("b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b3z")),
            ]
        );
        let decoy = sent(&asked("acme-9f86d081884c7d659a2feaa0c55ad015", &[]))[3].1.clone();
        assert_eq!(decoy, some("acme-02020202020202020202020202020202"));
    }

    #[test]
    fn no_other_customers_id_is_ever_sent() {
        let others = ["acme-1", "acme-13", "ACME-12", "acme-1z", "01010101-0101-4101-8101-010101010101"];
        let sent = sent(&asked("acme-12", &others));
        for other in others {
            assert!(!sent.iter().any(|(_, id)| id.as_deref() == Some(other)), "{other}: {sent:?}");
        }
        // Even where nobody told of them: a neighbour of an ID that counts is left alone.
        let sent = super::tests::sent(&asked("acme-12", &[]));
        assert!(!sent.iter().any(|(name, _)| *name == "prefix"), "{sent:?}");
    }

    #[test]
    fn what_has_no_case_is_not_tried_in_another() {
        assert!(!sent(&asked("1234567890123456789012345", &[])).iter().any(|(name, _)| *name == "case"));
    }

    #[test]
    fn without_an_external_id_there_is_the_control_and_what_was_asked_besides() {
        let extras = vec![Extra::WithoutMfa, Extra::As("mallory".to_owned())];
        let asked = Asked { external_id: None, extras, ..asked(ID, &[]) };
        assert_eq!(sent(&asked), [("control", None), ("without-mfa", None), ("as", None)]);
        assert!(attempts(&asked).iter().skip(1).all(|attempt| attempt.expected == Expected::KeptOut));
    }
}
