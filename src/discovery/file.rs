//! The generated file: roles, and above them in comments what made it and how, so that the next run does the same.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::DiscoveryError;
use super::naming::Named;
use super::settings::Settings;
use crate::person::plain;
use crate::terms::Partition;

/// How a generated file begins, and how its line of settings does.
const FIRST: &str = "# Made by `assume discover ";
const SETTINGS: &str = "# settings: ";

/// A generated file, as it was read.
#[derive(Clone, Debug)]
pub struct Generated {
    /// How it was made.
    pub settings: Settings,
    roles: BTreeMap<String, Role>,
}

/// A role in it: what it is called stands before it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
struct Role {
    identity: String,
    account_id: String,
    role_name: String,
    #[serde(default)]
    partition: Option<String>,
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    role: BTreeMap<String, Role>,
}

/// What came and went between two runs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Difference {
    /// Names that are new.
    pub added: Vec<String>,
    /// Names that mean another role than before.
    pub changed: Vec<String>,
    /// Names that are no more.
    pub gone: Vec<String>,
    /// How many are as they were.
    pub unchanged: usize,
}

impl Generated {
    /// Returns which identity a file was generated for, if it is a generated one.
    pub fn sign_in_of(text: &str) -> Option<String> {
        settings(text)?.ok().map(|settings| settings.sign_in)
    }

    /// Reads a file that was generated for that identity. One that is not there, or empty, is none; any other is refused:
    /// somebody wrote it.
    pub fn read(path: &Path, text: Option<&str>, sign_in: &str) -> Result<Option<Self>, DiscoveryError> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let not = |why: String| DiscoveryError::NotGenerated { path: path.to_owned(), why };
        let settings =
            settings(text).ok_or_else(|| not("`assume discover` did not make it".to_owned()))?.map_err(not)?;
        if settings.sign_in != sign_in {
            return Err(not(format!("it was made for `{}`", settings.sign_in)));
        }
        let form: Form = toml::from_str(text).map_err(|error| not(error.message().to_owned()))?;
        Ok(Some(Self { settings, roles: form.role }))
    }

    /// Returns the text of the file. `partition` is written where the roles are elsewhere than config's Region says.
    pub fn text(settings: &Settings, named: &[Named], partition: Option<Partition>) -> String {
        let remembered = serde_json::to_string(settings).unwrap_or_default();
        let mut text = format!(
            "{FIRST}{} --write`, which makes it anew each time: what is changed here is lost.\n{SETTINGS}{remembered}\n",
            settings.sign_in
        );
        let value = |text: &str| toml_edit::Value::from(text).to_string();
        let identity = value(&settings.sign_in);
        for Named { name, reached } in named {
            let (key, account) = (toml_edit::Key::new(name), plain(&reached.account_name));
            let account: String = account.chars().take(LONGEST).collect();
            text.push_str(&format!("\n[role.{key}]  # {account}\nidentity = {identity}\n"));
            let (id, role) = (value(reached.account_id.as_str()), value(reached.role.as_str()));
            text.push_str(&format!("account_id = {id}\nrole_name = {role}\n"));
            if let Some(partition) = partition {
                text.push_str(&format!("partition = {}\n", value(partition.as_str())));
            }
        }
        text
    }

    /// Returns what differs in these from a file that was made before.
    pub fn difference(before: Option<&Self>, named: &[Named], settings: &Settings) -> Difference {
        let mut gone: BTreeMap<&str, &Role> =
            before.into_iter().flat_map(|before| &before.roles).map(|(name, role)| (name.as_str(), role)).collect();
        let mut difference = Difference::default();
        for Named { name, reached } in named {
            let is_same = |role: &Role| {
                let said = (role.account_id.as_str(), role.role_name.as_str(), role.identity.as_str());
                said == (reached.account_id.as_str(), reached.role.as_str(), settings.sign_in.as_str())
            };
            match gone.remove(name.as_str()) {
                None => difference.added.push(name.clone()),
                Some(role) if is_same(role) => difference.unchanged += 1,
                Some(_) => difference.changed.push(name.clone()),
            }
        }
        difference.added.sort();
        difference.changed.sort();
        difference.gone = gone.into_keys().map(str::to_owned).collect();
        difference
    }
}

/// AWS's own bound for an account's name is 50.
const LONGEST: usize = 100;

fn settings(text: &str) -> Option<Result<Settings, String>> {
    let mut lines = text.lines();
    let first = lines.next()?;
    let line = lines.next().and_then(|line| line.strip_prefix(SETTINGS));
    match (first.starts_with(FIRST), line) {
        (false, _) => None,
        (true, None) => Some(Err("its line of settings is gone".to_owned())),
        (true, Some(line)) => {
            Some(serde_json::from_str(line).map_err(|error| format!("its line of settings cannot be read: {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::discovery::{Reached, named};
    use crate::person::is_unsafe;

    fn reached(account: &str, id: &str, role: &str) -> Reached {
        Reached { account_name: account.to_owned(), account_id: id.parse().unwrap(), role: role.parse().unwrap() }
    }

    fn all(reached: Vec<Reached>) -> (Settings, Vec<Named>) {
        let settings = Settings { sign_in: "corp".to_owned(), ..Settings::default() };
        let named = named(reached, &settings, &BTreeMap::new()).0;
        (settings, named)
    }

    #[test]
    fn what_is_written_is_read_again_and_shows_no_difference() {
        let (settings, named) =
            all(vec![reached("Dev", "111122223333", "Read"), reached("Prod", "123456789012", "Read")]);
        let text = Generated::text(&settings, &named, Some(Partition::Aws));
        let read = Generated::read(Path::new("x"), Some(&text), "corp").unwrap().unwrap();
        assert_eq!(read.settings, settings);
        let same = Difference { unchanged: 2, ..Difference::default() };
        assert_eq!(Generated::difference(Some(&read), &named, &settings), same);
        let (_, other) = all(vec![reached("Dev", "444455556666", "Read"), reached("New", "777788889999", "Read")]);
        let difference = Generated::difference(Some(&read), &other, &settings);
        assert_eq!(difference.added, ["new-read"]);
        assert_eq!(difference.changed, ["dev-read"]);
        assert_eq!(difference.gone, ["prod-read"]);
    }

    #[test]
    fn what_somebody_wrote_is_not_replaced() {
        let refused = |text: &str| Generated::read(Path::new("x"), Some(text), "corp").unwrap_err().to_string();
        assert!(Generated::read(Path::new("x"), Some(" \n"), "corp").unwrap().is_none());
        assert_eq!(refused("[role.a]\nvia = \"b\"\n"), "x is not replaced: `assume discover` did not make it");
        let (settings, named) = all(Vec::new());
        let text = Generated::text(&settings, &named, None);
        assert!(refused(&text.replace("\"corp\"", "\"other\"")).ends_with("it was made for `other`"));
        assert!(refused(&text.replace("{account}", "{colour}")).contains("there is no field {colour}"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_portal_says_it_becomes_roles_and_nothing_else(
            accounts in prop::collection::vec((any::<String>(), "[0-9]{12}", "[A-Za-z0-9_+=,.@-]{1,32}"), 0..6)
        ) {
            let reached: Vec<Reached> =
                accounts.iter().map(|(name, id, role)| self::reached(name, id, role)).collect();
            let (settings, named) = all(reached.clone());
            let text = Generated::text(&settings, &named, None);
            prop_assert!(!text.contains(|c| is_unsafe(c) && c != '\n'), "{:?}", text);
            let table: toml::Table = text.parse().unwrap();
            let roles = table.get("role").and_then(toml::Value::as_table).cloned().unwrap_or_default();
            prop_assert!(table.keys().all(|key| key == "role"));
            prop_assert_eq!(roles.len(), reached.len());
            for one in &named {
                let role = roles[&one.name].as_table().unwrap();
                prop_assert_eq!(role.len(), 3);
                prop_assert_eq!(role["account_id"].as_str(), Some(one.reached.account_id.as_str()));
                prop_assert_eq!(role["role_name"].as_str(), Some(one.reached.role.as_str()));
                prop_assert!(crate::config::is_profile_name(&one.name), "{}", one.name);
                prop_assert!(crate::config::not_a_name(&one.name).is_none(), "{}", one.name);
            }
        }
    }
}
