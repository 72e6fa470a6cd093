//! The table: what stands at its top, and its rows.
//!
//! ```toml
//! snapshot = "snapshot.toml"            # or profile = "prod-read", or neither: then roles are files
//! role = "Deploy"                       # what is said here is so of every row that does not say otherwise
//! as = "arn:aws:iam::444455556666:role/Scanner"
//!
//! [[test]]
//! says = "the scanner, with its external ID"
//! external_id = "acme-5f0c7d1e9a3b"     # also: action, mfa (true or "5m"), session_name, source_identity, tags,
//! expect = "allowed"                    #   organization, source_ip, context = { "aws:PrincipalTag/team" = "core" }
//!
//! [[test]]
//! as = "mallory"
//! expect = "refused"                    # because: a side, a Sid, a policy's name, or a key whose condition fails
//! because = "trust"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use super::super::asked::{Question, With};
use crate::cli::input;
use crate::error::{Error, Kind};
use crate::terms::Tag;

/// A table that was read.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) tests: Vec<Test>,
    /// Where the files that it names lie.
    pub(super) folder: PathBuf,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) says: Option<String>,
    /// Where it begins.
    pub(super) line: usize,
    pub(super) source: Source,
    pub(super) question: Question,
    pub(super) allowed: bool,
    /// In small letters.
    pub(super) because: Option<String>,
}

/// Where its role is known from.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Source {
    File,
    Snapshot(PathBuf),
    Accounts(Vec<String>),
}

impl Test {
    /// What it is called.
    pub(super) fn name(&self) -> String {
        let told = || format!("{} for {}", self.question.who, self.question.role);
        self.says.clone().unwrap_or_else(told)
    }
}

/// What stands at the top is so of every row that does not say otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    snapshot: Option<PathBuf>,
    profile: Option<OneOrMore>,
    role: Option<String>,
    role_arn: Option<Spanned<String>>,
    r#as: Option<String>,
    #[serde(default)]
    test: Vec<Spanned<WireTest>>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Mfa {
    Given(bool),
    Ago(String),
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireTest {
    says: Option<String>,
    snapshot: Option<PathBuf>,
    profile: Option<OneOrMore>,
    role: Option<String>,
    role_arn: Option<Spanned<String>>,
    r#as: Option<String>,
    action: Option<String>,
    external_id: Option<Spanned<String>>,
    mfa: Option<Mfa>,
    session_name: Option<Spanned<String>>,
    source_identity: Option<Spanned<String>>,
    #[serde(default)]
    tags: BTreeMap<String, Spanned<String>>,
    organization: Option<String>,
    source_ip: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, OneOrMore>,
    expect: Spanned<String>,
    because: Option<String>,
}

impl Table {
    /// Reads a table. The snapshot takes the place of the one that it names.
    pub(super) fn read(file: &Path, snapshot: Option<&Path>) -> Result<Self, Error> {
        let (_, text) = input::text(file)?;
        Self::parse(&text, file, snapshot)
    }

    fn parse(text: &str, file: &Path, snapshot: Option<&Path>) -> Result<Self, Error> {
        let place = Place { text, file };
        let wire: Wire = toml::from_str(text).map_err(|error| place.not_read(&error))?;
        if wire.test.is_empty() {
            let hint = "a row is like:\n[[test]]\nas = \"arn:aws:iam::444455556666:role/Scanner\"\nexternal_id = \"ID\"\n\
                        expect = \"allowed\"";
            return Err(
                Error::text(Kind::Usage, format!("{} has no [[test]]", file.display())).with_hint(hint.to_owned())
            );
        }
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let Wire { snapshot: top, profile, role, role_arn, r#as, test } = wire;
        let role_arn = role_arn.map(|arn| place.read(&arn, "role_arn")).transpose()?;
        let mut tests = Vec::new();
        for row in test {
            let begins = row.span().start;
            let row = row.into_inner();
            let missing = |key: &str| place.wrong(begins, &format!("the row has no `{key}`, and the top has none"));
            let who = row.r#as.clone().or_else(|| r#as.clone()).ok_or_else(|| missing("as"))?;
            let named = row.role.clone().or_else(|| role.clone()).ok_or_else(|| missing("role"))?;
            let profiles = row.profile.clone().or_else(|| profile.clone()).map(OneOrMore::all);
            let file = row.snapshot.clone().or_else(|| top.clone()).map(|path| folder.join(path));
            let source = match (snapshot.map(Path::to_owned).or(file), profiles) {
                (Some(file), None) => Source::Snapshot(file),
                (None, Some(profiles)) => Source::Accounts(profiles),
                (None, None) => Source::File,
                (Some(_), Some(_)) => {
                    return Err(place.wrong(begins, "a role comes from a `snapshot` or from a `profile`'s account"));
                }
            };
            let arn = row.role_arn.as_ref().map(|arn| place.read(arn, "role_arn")).transpose()?;
            let question =
                Question { who, role: named, role_arn: arn.or_else(|| role_arn.clone()), with: place.with(&row)? };
            let allowed = match row.expect.get_ref().as_str() {
                "allowed" => true,
                "refused" => false,
                other => {
                    let text = format!("expect is `allowed` or `refused`, not `{other}`");
                    return Err(place.wrong(row.expect.span().start, &text));
                }
            };
            let because = row.because;
            tests.push(Test { says: row.says, line: place.line(begins), source, question, allowed, because });
        }
        Ok(Self { tests, folder })
    }
}

impl OneOrMore {
    fn all(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::More(all) => all,
        }
    }
}

/// The text that is read, for saying where something is wrong in it.
#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Place<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }

    fn wrong(&self, at: usize, what: &str) -> Error {
        let hint = "`man assume-trust-test` and docs/trust.md show a table".to_owned();
        Error::text(Kind::Usage, format!("{}:{}: {what}", self.file.display(), self.line(at))).with_hint(hint)
    }

    fn not_read(&self, error: &toml::de::Error) -> Error {
        let message = error.message();
        match error.span() {
            Some(span) => self.wrong(span.start, message),
            None => Error::text(Kind::Usage, format!("{}: {message}", self.file.display())),
        }
    }

    fn read<T: FromStr<Err: std::fmt::Display>>(&self, text: &Spanned<String>, key: &str) -> Result<T, Error> {
        let read = text.get_ref().parse();
        read.map_err(|error: T::Err| self.wrong(text.span().start, &format!("{key}: {error}")))
    }

    fn with(&self, row: &WireTest) -> Result<With, Error> {
        let tag = |(key, value): (&String, &Spanned<String>)| {
            Tag::new(key, value.get_ref()).map_err(|error| self.wrong(value.span().start, &format!("tags: {error}")))
        };
        let each = |(key, values): (&String, &OneOrMore)| {
            values.clone().all().into_iter().map(move |value| format!("{key}={value}")).collect::<Vec<_>>()
        };
        Ok(With {
            action: row.action.clone(),
            external_id: row.external_id.as_ref().map(|id| self.read(id, "external_id")).transpose()?,
            mfa: row.mfa.as_ref().and_then(|mfa| match mfa {
                Mfa::Given(given) => given.then(|| "0s".to_owned()),
                Mfa::Ago(ago) => Some(ago.clone()),
            }),
            session_name: row.session_name.as_ref().map(|name| self.read(name, "session_name")).transpose()?,
            source_identity: row.source_identity.as_ref().map(|one| self.read(one, "source_identity")).transpose()?,
            tag: row.tags.iter().map(tag).collect::<Result<_, _>>()?,
            organization: row.organization.clone(),
            source_ip: row.source_ip.clone(),
            context: row.context.iter().flat_map(each).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, String> {
        Table::parse(text, Path::new("rules/t.toml"), None).map_err(|error| error.to_string())
    }

    #[test]
    fn what_stands_at_the_top_is_so_of_every_row_that_does_not_say_otherwise() {
        let text = "snapshot = \"s.toml\"\nrole = \"R\"\nas = \"alice\"\n\n[[test]]\nexpect = \"allowed\"\n\n\
                    [[test]]\nas = \"bob\"\nrole = \"S\"\nmfa = \"5m\"\ntags = { team = \"core\" }\n\
                    context = { \"aws:PrincipalTag/x\" = [\"1\", \"2\"] }\nexpect = \"refused\"\nbecause = \"Trust\"\n";
        let read = table(text).unwrap();
        let short = |test: &Test| (test.line, test.question.who.clone(), test.question.role.clone(), test.allowed);
        let rows: Vec<_> = read.tests.iter().map(short).collect();
        assert_eq!(rows, [(5, "alice".to_owned(), "R".to_owned(), true), (8, "bob".to_owned(), "S".to_owned(), false)]);
        assert!(read.tests.iter().all(|test| test.source == Source::Snapshot(PathBuf::from("rules/s.toml"))));
        let with = &read.tests[1].question.with;
        assert_eq!((with.mfa.as_deref(), with.tag.len(), with.context.len()), (Some("5m"), 1, 2));
        assert_eq!(read.tests[1].because.as_deref(), Some("Trust"));
    }

    #[test]
    fn what_is_mistyped_is_named_with_its_line() {
        let row = |rest: &str| format!("role = \"r.json\"\n\n[[test]]\nas = \"alice\"\nexpect = \"allowed\"\n{rest}");
        let cases = [
            (row("extenal_id = \"x1\""), "rules/t.toml:6: unknown field `extenal_id`"),
            (row("external_id = \"!\""), "rules/t.toml:6: external_id: "),
            (row("tags = { \"\" = \"x\" }"), "rules/t.toml:6: tags: "),
            (format!("rolle = \"r\"\n{}", row("")), "rules/t.toml:1: unknown field `rolle`"),
            ("[[test]]\nas = \"a\"\nexpect = \"refused\"".to_owned(), "rules/t.toml:1: the row has no `role`"),
            ("role = \"r\"\n[[test]]\nas = \"a\"\nexpect = \"denied\"".to_owned(), "rules/t.toml:4: expect is"),
            ("role = \"r\"\n[[test]]\nas = \"a\"".to_owned(), "missing field `expect`"),
            ("role = \"r\"\n".to_owned(), "rules/t.toml has no [[test]]"),
            (row("snapshot = \"s\"\nprofile = \"p\""), "rules/t.toml:3: a role comes from"),
        ];
        for (text, expected) in cases {
            let message = table(&text).unwrap_err();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
