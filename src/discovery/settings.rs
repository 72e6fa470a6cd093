//! What of all that is reached becomes a role, and what the roles are called. Remembered in the generated file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Reached;
use crate::person::is_unsafe;

/// How one sign-in is discovered.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The identity that the roles name.
    pub sign_in: String,
    /// What roles are called.
    pub template: Template,
    /// Accounts, by name or id; all where none is given.
    pub account: Vec<Glob>,
    /// Accounts that are left out.
    pub not_account: Vec<Glob>,
    /// Roles; all where none is given.
    pub role: Vec<Glob>,
    /// Roles that are left out.
    pub not_role: Vec<Glob>,
}

impl Settings {
    /// Whether the filters let it through.
    pub fn wants(&self, reached: &Reached) -> bool {
        let account = |glob: &Glob| glob.fits(&reached.account_name) || glob.fits(reached.account_id.as_str());
        let role = |glob: &Glob| glob.fits(reached.role.as_str());
        (self.account.is_empty() || self.account.iter().any(account))
            && !self.not_account.iter().any(account)
            && (self.role.is_empty() || self.role.iter().any(role))
            && !self.not_role.iter().any(role)
    }
}

/// A text in which `*` stands for any characters and `?` for one. Large and small letters are the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Glob(String);

impl FromStr for Glob {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.is_empty() || text.contains(is_unsafe) {
            true => Err("a pattern is a text without control characters, such as `prod-*`".to_owned()),
            false => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Glob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.0
    }
}

impl Glob {
    fn fits(&self, text: &str) -> bool {
        let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
        let (glob, text) = (lower(&self.0), lower(text));
        let (mut at, mut seen) = (0, 0);
        // Where the last `*` stands, and how far it has been stretched: one is all that has to be gone back to.
        let mut star: Option<(usize, usize)> = None;
        while seen < text.len() {
            match glob.get(at) {
                Some('*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == text[seen] => {
                    at += 1;
                    seen += 1;
                }
                Some(_) | None => match star {
                    Some((place, stretched)) => {
                        star = Some((place, stretched + 1));
                        at = place + 1;
                        seen = stretched + 1;
                    }
                    None => return false,
                },
            }
        }
        glob[at..].iter().all(|c| *c == '*')
    }
}

/// What roles are called: a text with `{account}`, `{account_id}`, `{role}` and `{sign_in}` in it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    written: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Text(String),
    Account,
    AccountId,
    Role,
    SignIn,
}

/// Why a text is no template.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidTemplate {
    /// A field that there is not.
    #[error("there is no field {{{0}}}; these are: {{account}}, {{account_id}}, {{role}}, {{sign_in}}")]
    Field(String),
    /// A character that no profile's name has.
    #[error("`{}` cannot stand in a profile's name (letters, digits and _-/.%@:+ can)", .0.escape_default())]
    Character(char),
    /// Without the role in it, all roles of an account would be called the same.
    #[error("{{role}} has to stand in it, and {{account}} or {{account_id}}")]
    Same,
}

impl Default for Template {
    fn default() -> Self {
        let parts = vec![Part::Account, Part::Text("-".to_owned()), Part::Role];
        Self { written: "{account}-{role}".to_owned(), parts }
    }
}

impl FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some((text, after)) = rest.split_once('{') {
            parts.extend(literal(text)?);
            let (field, after) = after.split_once('}').ok_or_else(|| InvalidTemplate::Field(after.to_owned()))?;
            parts.push(match field {
                "account" => Part::Account,
                "account_id" => Part::AccountId,
                "role" => Part::Role,
                "sign_in" => Part::SignIn,
                other => return Err(InvalidTemplate::Field(other.to_owned())),
            });
            rest = after;
        }
        parts.extend(literal(rest)?);
        let tells = |part: &Part| matches!(part, Part::Account | Part::AccountId);
        match parts.contains(&Part::Role) && parts.iter().any(tells) {
            true => Ok(Self { written: written.to_owned(), parts }),
            false => Err(InvalidTemplate::Same),
        }
    }
}

fn literal(text: &str) -> Result<Option<Part>, InvalidTemplate> {
    let stands = |c: &char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(*c);
    match text.chars().find(|c| !stands(c)) {
        None => Ok((!text.is_empty()).then(|| Part::Text(text.to_lowercase()))),
        Some(c) => Err(InvalidTemplate::Character(c)),
    }
}

impl TryFrom<String> for Template {
    type Error = InvalidTemplate;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.written
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Template {
    /// Returns the name that it gives, of characters that every profile's name can have.
    pub(super) fn name(&self, reached: &Reached, sign_in: &str) -> String {
        let id = reached.account_id.as_str();
        let filled = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Account => worded(&reached.account_name).unwrap_or_else(|| id.to_owned()),
            Part::AccountId => id.to_owned(),
            Part::Role => worded(reached.role.as_str()).unwrap_or_else(|| "role".to_owned()),
            Part::SignIn => worded(sign_in).unwrap_or_default(),
        };
        let name: String = self.parts.iter().map(filled).collect();
        // A name that begins so would be taken for a flag, or for a file that is hidden.
        name.trim_matches(['-', '.']).to_owned()
    }
}

/// Returns a text as a part of a name: in small letters, and whatever cannot stand there as one hyphen.
fn worded(text: &str) -> Option<String> {
    const LONGEST: usize = 64;
    let mut word = String::new();
    for c in text.chars().take(LONGEST) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() || c == '_' || c == '.' => word.push(c),
            _ if word.ends_with('-') => {}
            _ => word.push('-'),
        }
    }
    let word = word.trim_matches(['-', '.']);
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(account: &str, role: &str) -> Reached {
        Reached {
            account_name: account.to_owned(),
            account_id: "111122223333".parse().unwrap(),
            role: role.parse().unwrap(),
        }
    }

    #[test]
    fn a_pattern_fits_whole_texts_whatever_their_case() {
        for (glob, text, fits) in [
            ("prod-*", "Prod-EU", true),
            ("prod-*", "preprod-eu", false),
            ("*prod*", "preprod-eu", true),
            ("111?22223333", "111122223333", true),
            ("*", "", true),
            ("?", "", false),
            ("a*b*c", "axxbxxbxc", true),
            ("a*b*c", "axxbxxbx", false),
            ("Zürich", "zÜrich", true),
        ] {
            assert_eq!(glob.parse::<Glob>().unwrap().fits(text), fits, "{glob} {text}");
        }
        assert!("".parse::<Glob>().is_err());
        assert!("a\u{1b}".parse::<Glob>().is_err());
    }

    #[test]
    fn a_filter_lets_through_what_is_named_and_nothing_that_is_named_against() {
        let settings = |account: &[&str], not_account: &[&str], role: &[&str], not_role: &[&str]| {
            let globs = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
            Settings {
                account: globs(account),
                not_account: globs(not_account),
                role: globs(role),
                not_role: globs(not_role),
                ..Settings::default()
            }
        };
        for (settings, wanted) in [
            (settings(&[], &[], &[], &[]), true),
            (settings(&["prod*"], &[], &[], &[]), true),
            (settings(&["dev*", "prod*"], &[], &[], &[]), true),
            (settings(&["dev*"], &[], &[], &[]), false),
            (settings(&["1111*"], &[], &[], &[]), true),
            (settings(&["prod*"], &["*EU"], &[], &[]), false),
            (settings(&["prod*"], &[], &["read*"], &[]), false),
            (settings(&[], &[], &[], &["adm*"]), false),
        ] {
            assert_eq!(settings.wants(&reached("Prod-EU", "Admin")), wanted, "{settings:?}");
        }
    }

    #[test]
    fn a_name_has_small_letters_digits_and_little_else() {
        for (template, account, role, name) in [
            ("{account}-{role}", "Production", "ReadOnly", "production-readonly"),
            ("{account}-{role}", "Team A / Zürich (old)", "S3+Read,Only", "team-a-z-rich-old-s3-read-only"),
            ("{sign_in}/{account_id}/{role}", "x", "Admin", "my-org/111122223333/admin"),
            ("{account}.{role}", "東京", "Admin", "111122223333.admin"),
            ("-{account}-{role}-", "a\"]\n[x]\u{1b}", "Admin", "a-x-admin"),
            ("{account}-{role}", "", "++", "111122223333-role"),
            ("AWS.{account}@{role}", "a", "b", "aws.a@b"),
        ] {
            let template: Template = template.parse().unwrap();
            assert_eq!(template.name(&reached(account, role), "My Org"), name);
        }
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for (text, expected) in [
            ("{account}-{rol}", InvalidTemplate::Field("rol".to_owned())),
            ("{account}-{role", InvalidTemplate::Field("role".to_owned())),
            ("{account} {role}", InvalidTemplate::Character(' ')),
            ("{account}\u{1b}{role}", InvalidTemplate::Character('\u{1b}')),
            ("{role}", InvalidTemplate::Same),
            ("{account}", InvalidTemplate::Same),
            ("", InvalidTemplate::Same),
        ] {
            assert_eq!(text.parse::<Template>().unwrap_err(), expected, "{text}");
        }
    }
}
