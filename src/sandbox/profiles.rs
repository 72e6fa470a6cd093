//! A scenario's profiles as config files: ours, and one that the AWS CLI reads without us. Pure functions.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use toml::{Table, Value};

use super::scenario::{Profile, ProfileSource};
use super::surroundings::REGION;
use crate::terms::SessionName;

/// The users that profiles start from: an identity's name for each ARN. The name is the user's own, unless it is taken.
pub(super) type Identities = BTreeMap<String, String>;

/// Returns the identities of these profiles.
pub(super) fn identities(profiles: &[Profile]) -> Identities {
    let mut identities = Identities::new();
    for arn in profiles.iter().filter_map(user) {
        let own = arn.rsplit(['/', ':']).next().unwrap_or(arn);
        let is_taken = profiles.iter().any(|profile| profile.name == own)
            || identities.iter().any(|(other, name)| other != arn && name == own);
        let account = arn.split(':').nth(4).unwrap_or_default();
        let name = if is_taken { format!("{own}-{account}") } else { own.to_owned() };
        identities.insert(arn.to_owned(), name);
    }
    identities
}

/// Returns our config file. Who names no identity starts as the user that most profiles start from. `center` is the start
/// URL and the Region of the scenario's Identity Center.
pub(super) fn our_config(profiles: &[Profile], identities: &Identities, center: Option<&(String, String)>) -> String {
    let text = |value: &str| Value::String(value.to_owned());
    let starts = |arn: &str| profiles.iter().filter(|profile| user(profile) == Some(arn)).count();
    let mut file = Table::from_iter([("region".to_owned(), text(REGION))]);
    let default = identities.iter().max_by_key(|(arn, _)| starts(arn));
    file.extend(default.map(|(_, name)| ("default_identity".to_owned(), text(name))));
    let named = identities
        .values()
        .map(|name| (name.clone(), Value::Table(Table::from_iter([("keyring".to_owned(), Value::Boolean(true))]))));
    let sign_in = center.map(|(start_url, region)| {
        let sso = [("start_url".to_owned(), text(start_url)), ("region".to_owned(), text(region))];
        (
            sign_in(profiles, identities),
            Value::Table(Table::from_iter([("sso".to_owned(), Value::Table(sso.into_iter().collect()))])),
        )
    });
    file.insert("identity".to_owned(), Value::Table(named.chain(sign_in).collect()));
    let roles = profiles.iter().map(|profile| {
        let from = match &profile.from {
            ProfileSource::User(arn) => ("identity", identities.get(arn).unwrap_or(arn)),
            ProfileSource::Profile(via) => ("via", via),
        };
        let role_arn = profile.role_arn.to_string();
        let said = [
            Some((from.0, from.1.as_str())),
            Some(("role_arn", role_arn.as_str())),
            profile.external_id.as_ref().map(|id| ("external_id", id.as_str())),
            profile.mfa_serial.as_ref().map(|serial| ("mfa_serial", serial.as_str())),
        ];
        let said = said.into_iter().flatten().map(|(key, value)| (key.to_owned(), text(value)));
        (profile.name.clone(), Value::Table(said.collect()))
    });
    file.insert("role".to_owned(), Value::Table(roles.collect()));
    format!("# Made by `assume sandbox`, and gone when it ends.\n{file}")
}

/// What the sign-in at Identity Center is called.
fn sign_in(profiles: &[Profile], identities: &Identities) -> String {
    let is_taken =
        profiles.iter().any(|profile| profile.name == SIGN_IN) || identities.values().any(|name| name == SIGN_IN);
    if is_taken { format!("{SIGN_IN}-sign-in") } else { SIGN_IN.to_owned() }
}

const SIGN_IN: &str = "corp";

/// Returns the AWS config file: the same profiles, for programs that assume roles by themselves.
///
/// Their users' keys come out of the vault through `credential_process`, so that no secret lies in a file. A name that
/// the file's grammar cannot hold is left out.
pub(super) fn aws_config(profiles: &[Profile], identities: &Identities, program: &Path) -> String {
    let mut file = "# Made by `assume sandbox`, and gone when it ends.\n".to_owned();
    let mut section = |name: &str, settings: &[(&str, Option<&str>)]| {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c)) {
            return;
        }
        let given = settings.iter().filter_map(|(key, value)| value.map(|value| (key, value)));
        // Writing into a string never fails.
        let _ = writeln!(file, "\n[profile {name}]");
        for (key, value) in given {
            let _ = writeln!(file, "{key} = {value}");
        }
    };
    for name in identities.values() {
        let process = format!("\"{}\" credential-process {name}", program.display());
        section(name, &[("credential_process", Some(&process)), ("region", Some(REGION))]);
    }
    for profile in profiles {
        // The AWS CLI caches by what is sent, not by who sends it: two users of one role must not send the same.
        let (source, session_name) = match &profile.from {
            ProfileSource::User(arn) => {
                let name = identities.get(arn).unwrap_or(arn);
                (name, name.parse::<SessionName>().ok())
            }
            ProfileSource::Profile(via) => (via, None),
        };
        let settings = [
            ("role_arn", Some(profile.role_arn.to_string())),
            ("source_profile", Some(source.clone())),
            ("external_id", profile.external_id.as_ref().map(ToString::to_string)),
            ("mfa_serial", profile.mfa_serial.as_ref().map(ToString::to_string)),
            ("role_session_name", session_name.as_ref().map(ToString::to_string)),
            ("region", Some(REGION.to_owned())),
        ];
        section(&profile.name, &settings.each_ref().map(|(key, value)| (*key, value.as_deref())));
    }
    file
}

fn user(profile: &Profile) -> Option<&str> {
    match &profile.from {
        ProfileSource::User(arn) => Some(arn),
        ProfileSource::Profile(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, from: ProfileSource) -> Profile {
        Profile {
            name: name.to_owned(),
            from,
            role_arn: "arn:aws:iam::123456789012:role/Admin".parse().unwrap(),
            external_id: None,
            mfa_serial: None,
        }
    }

    fn by(user: &str) -> ProfileSource {
        ProfileSource::User(format!("arn:aws:iam::{user}"))
    }

    #[test]
    fn users_are_called_by_their_names_unless_those_are_taken() {
        let profiles = [
            profile("admin", by("111122223333:user/alice")),
            profile("next", ProfileSource::Profile("admin".to_owned())),
            profile("other", by("444455556666:user/team/alice")),
            profile("third", by("111122223333:user/admin")),
        ];
        let names: Vec<String> = identities(&profiles).into_values().collect();
        assert_eq!(names, ["admin-111122223333", "alice", "alice-444455556666"]);
    }

    #[test]
    fn both_files_say_the_same() {
        let mut admin = profile("prod-admin", by("111122223333:user/alice"));
        admin.mfa_serial = Some("arn:aws:iam::111122223333:mfa/alice".parse().unwrap());
        admin.external_id = Some("12345".parse().unwrap());
        let profiles = [
            profile("a-denied", by("111122223333:user/bob")),
            admin,
            profile("read", by("111122223333:user/alice")),
            profile("chain", ProfileSource::Profile("prod-admin".to_owned())),
        ];
        let identities = identities(&profiles);
        let center = ("http://127.0.0.1:4000/start".to_owned(), "eu-west-1".to_owned());
        let ours: Table = our_config(&profiles, &identities, Some(&center)).parse().unwrap();
        assert_eq!(ours["identity"]["corp"]["sso"]["start_url"].as_str(), Some("http://127.0.0.1:4000/start"));
        assert_eq!(ours["default_identity"].as_str(), Some("alice"));
        assert_eq!(ours["identity"]["bob"]["keyring"].as_bool(), Some(true));
        assert_eq!(ours["role"]["chain"]["via"].as_str(), Some("prod-admin"));
        assert_eq!(ours["role"]["prod-admin"]["identity"].as_str(), Some("alice"));
        assert_eq!(ours["role"]["prod-admin"]["external_id"].as_str(), Some("12345"));
        let aws = aws_config(&profiles, &identities, Path::new("/tmp/a b/bin/assume"));
        let expected = "\n[profile prod-admin]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = alice\n\
                        external_id = 12345\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\nrole_session_name = alice\nregion = eu-west-1\n";
        assert!(aws.contains(expected), "{aws}");
        assert!(
            aws.contains("[profile alice]\ncredential_process = \"/tmp/a b/bin/assume\" credential-process alice\n")
        );
        assert!(aws.contains(
            "\n[profile chain]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = prod-admin\n"
        ));
    }
}
