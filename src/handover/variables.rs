//! Which variables a switch sets and removes, and what was there before the first one. Pure functions over `Env`.
//!
//! A switch sets the credentials and removes every AWS variable that could outrank or contradict them. What they replace
//! goes into `ASSUME_BEFORE`, once: the second switch starts from what was there before the first, so that `unset` is
//! always one step and our own credentials never become somebody's identity.

use std::io;
use std::path::Path;

use super::stash::{BEFORE, Stash};
use crate::session::Credentials;
use crate::terms::{ExposeSecret, Region, SecretString, show_time};
use crate::world::Env;

/// The profile that a shell or a command has become: for prompts and for `status`.
pub const PROFILE: &str = "ASSUME_PROFILE";
/// When its credentials end, RFC 3339 in UTC. Not set where nobody knows.
pub const EXPIRES_AT: &str = "ASSUME_EXPIRES_AT";

/// The keys, and what says that they are temporary.
const KEYS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    // The old name of the session token, which botocore reads first.
    "AWS_SECURITY_TOKEN",
];

/// Every variable of other programs that a switch may touch.
/// Source: botocore `credentials.py`, AWS SDKs and Tools Reference Guide, environment variables.
pub(super) const MANAGED: [&str; 20] = [
    KEYS[0],
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    "AWS_ACCOUNT_ID",
    "AWS_REGION",
    // botocore reads only this one.
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    // Beats AWS_PROFILE in botocore.
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_CONFIG_FILE",
    // The first Go SDK reads the config file only with this.
    "AWS_SDK_LOAD_CONFIG",
];

/// Variables that a switch leaves as they were unless it has something to say about them.
const KEPT: [&str; 4] = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SDK_LOAD_CONFIG"];

/// Variables of ours, in the order they are written.
const OURS: [&str; 3] = [PROFILE, EXPIRES_AT, BEFORE];

/// Why credentials cannot be handed over so.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// A variable that a switch would have to restore later holds no text.
    #[error("{variable} is set to something that is no text, and could not be restored later")]
    NotText {
        /// The variable.
        variable: String,
    },
    /// The format has no way to write that value.
    #[error("{format} has no way to write the value of {variable}: {why}")]
    NotExpressible {
        /// The format, as the person names it.
        format: &'static str,
        /// The variable, or the field.
        variable: String,
        /// What is in the value.
        why: &'static str,
    },
    /// There is no `$GITHUB_ENV` to write to.
    #[error("GITHUB_ENV is not set: this is no step of GitHub Actions")]
    NotInGithubActions,
    /// Standard output, or a file that takes its place, cannot be written.
    #[error("cannot write {what}")]
    Write {
        /// What was to be written.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// What is handed over.
#[derive(Clone, Copy, Debug)]
pub enum Hand<'a> {
    /// The credentials themselves.
    Keys(&'a Credentials),
    /// No keys: an AWS config file, and the profile in it that names us as its `credential_process`.
    Profile {
        /// The file.
        config_file: &'a Path,
        /// The profile.
        name: &'a str,
    },
}

/// One variable.
#[derive(Clone, Debug)]
pub enum Change {
    /// It becomes this.
    Set(&'static str, SecretString),
    /// It goes.
    Unset(&'static str),
}

impl Change {
    /// The variable's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Set(name, _) | Self::Unset(name) => name,
        }
    }
}

/// What becomes of the environment.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Each variable once.
    pub list: Vec<Change>,
    /// What a shell that has variables of its own, which it does not export, does with those of the same names.
    pub aside: Aside,
}

/// Variables that a shell has without exporting them, so that we cannot see whether they are there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Aside {
    /// Kept under another name, if they are there.
    Lay(Vec<&'static str>),
    /// Put back, if they were kept.
    TakeBack(Vec<&'static str>),
}

/// Returns the environment as it was before the first switch: the one to plan in.
///
/// Credentials that we exported are never an identity again, and an AWS config that we made is never read as the person's.
/// Keys that somebody put in the place of ours since then are their own, and stay. Without a switch, this is the
/// environment itself.
pub fn before_first_switch(env: &Env) -> Env {
    let Some(stash) = Stash::in_env(env) else { return env.clone() };
    let keys_are_own = env.text(KEYS[0]).is_some_and(|id| stash.is_own_key(id));
    let mut before = env.clone();
    for name in MANAGED {
        if KEYS.contains(&name) && keys_are_own {
            continue;
        }
        match stash.had(name) {
            Some(value) => before.set(name, value),
            None => before.remove(name),
        }
    }
    for name in OURS {
        before.remove(name);
    }
    before
}

/// Returns what makes this environment the profile's.
pub fn switch(env: &Env, profile: &str, region: Option<&Region>, hand: Hand<'_>) -> Result<Changes, HandoverError> {
    let before = before_first_switch(env);
    let gave = match hand {
        Hand::Keys(credentials) => Some(credentials.key_id.as_str()),
        Hand::Profile { .. } => None,
    };
    let stash = Stash::of(&before, gave)?;
    let mut values = given(hand)?;
    values.extend(region.into_iter().flat_map(regions));
    values.push((PROFILE, SecretString::from(profile)));
    if let Hand::Keys(credentials) = hand
        && let Some(end) = credentials.expires_at()
    {
        values.push((EXPIRES_AT, SecretString::from(show_time(end))));
    }
    values.push((BEFORE, stash.to_value()));

    let mut list = Vec::new();
    for name in MANAGED.into_iter().chain(OURS) {
        let now = raw(env, name);
        match values.iter().find(|(given, _)| *given == name) {
            Some((_, value)) => list.push(Change::Set(name, value.clone())),
            None if KEPT.contains(&name) => match stash.had(name) {
                Some(value) if now == Some(value) => {}
                Some(value) => list.push(Change::Set(name, SecretString::from(value))),
                None if now.is_none() => {}
                None => list.push(Change::Unset(name)),
            },
            None => list.push(Change::Unset(name)),
        }
    }
    let hidden = list.iter().map(Change::name).filter(|name| raw(env, name).is_none() && MANAGED.contains(name));
    let aside = Aside::Lay(hidden.collect());
    Ok(Changes { list, aside })
}

/// Returns what makes this environment what it was before the first switch. Nothing, if there was none.
pub fn unset(env: &Env) -> Changes {
    let Some(stash) = Stash::in_env(env) else {
        return Changes { list: Vec::new(), aside: Aside::TakeBack(Vec::new()) };
    };
    let mut list = Vec::new();
    for name in MANAGED {
        match stash.had(name) {
            Some(value) if raw(env, name) == Some(value) => {}
            Some(value) => list.push(Change::Set(name, SecretString::from(value))),
            None => list.push(Change::Unset(name)),
        }
    }
    list.extend(OURS.map(Change::Unset));
    let aside = Aside::TakeBack(MANAGED.into_iter().filter(|name| stash.had(name).is_none()).collect());
    Changes { list, aside }
}

/// Returns the variables that programs other than ours read: the credentials and the Region.
pub(super) fn exported(credentials: &Credentials, region: Option<&Region>) -> Vec<(&'static str, SecretString)> {
    let mut values = keys(credentials);
    values.extend(region.into_iter().flat_map(regions));
    values
}

fn regions(region: &Region) -> [(&'static str, SecretString); 2] {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| (name, SecretString::from(region.as_str())))
}

fn given(hand: Hand<'_>) -> Result<Vec<(&'static str, SecretString)>, HandoverError> {
    match hand {
        Hand::Keys(credentials) => Ok(keys(credentials)),
        Hand::Profile { config_file, name } => {
            let file = config_file
                .to_str()
                .ok_or_else(|| HandoverError::NotText { variable: "AWS_CONFIG_FILE".to_owned() })?;
            let values = [("AWS_CONFIG_FILE", file), ("AWS_PROFILE", name), ("AWS_SDK_LOAD_CONFIG", "1")];
            Ok(values.map(|(name, value)| (name, SecretString::from(value))).into())
        }
    }
}

fn keys(credentials: &Credentials) -> Vec<(&'static str, SecretString)> {
    let mut values =
        vec![(KEYS[0], SecretString::from(credentials.key_id.as_str())), (KEYS[1], credentials.secret_key.clone())];
    if let Some(session) = &credentials.session {
        values.push((KEYS[2], session.token.clone()));
    }
    if let Some(end) = credentials.expires_at() {
        // botocore reads the environment again, and fails clearly, when this has passed.
        values.push((KEYS[3], SecretString::from(show_time(end))));
    }
    if let Some(account) = &credentials.account {
        values.push(("AWS_ACCOUNT_ID", SecretString::from(account.as_str())));
    }
    values
}

/// Unlike `Env::text`, this tells an empty variable from none.
fn raw<'a>(env: &'a Env, name: &str) -> Option<&'a str> {
    env.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.to_str())
}

impl Changes {
    /// Returns the environment after the changes.
    pub fn applied_to(&self, env: &Env) -> Env {
        let mut after = env.clone();
        for change in &self.list {
            match change {
                Change::Set(name, value) => after.set(*name, value.expose_secret()),
                Change::Unset(name) => after.remove(name),
            }
        }
        after
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::session::{Lineage, Session};

    /// Made-up credentials.
    pub(in crate::handover) fn credentials(id: &str) -> Credentials {
        Credentials {
            key_id: id.parse().unwrap(),
            secret_key: SecretString::from(format!("secret of {id}")),
            session: Some(Session {
                token: SecretString::from(format!("token of {id}")),
                expires_at: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
            }),
            account: Some("123456789012".parse().unwrap()),
            arn: None,
            lineage: Lineage::default(),
        }
    }

    fn shown(env: &Env) -> BTreeMap<String, String> {
        env.iter().map(|(n, v)| (n.to_str().unwrap().to_owned(), v.to_str().unwrap().to_owned())).collect()
    }

    fn person() -> Env {
        Env::from_iter([
            ("HOME", "/home/alice"),
            ("AWS_PROFILE", "dev"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAALICEALICEALICE0"),
            ("AWS_SECRET_ACCESS_KEY", "hers \"and\" \n only"),
            ("AWS_SECURITY_TOKEN", ""),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/"),
        ])
    }

    const ROLE: &str = "ASIAROLEROLEROLEROLE";

    fn switched(env: &Env, profile: &str, id: &str, region: Option<&str>) -> Env {
        let region = region.map(|region| region.parse().unwrap());
        switch(env, profile, region.as_ref(), Hand::Keys(&credentials(id))).unwrap().applied_to(env)
    }

    #[test]
    fn a_switch_sets_the_role_and_removes_what_could_outrank_it() {
        let after = shown(&switched(&person(), "prod", ROLE, Some("us-east-1")));
        let expected = [
            ("AWS_ACCESS_KEY_ID", ROLE),
            ("AWS_SECRET_ACCESS_KEY", "secret of ASIAROLEROLEROLEROLE"),
            ("AWS_SESSION_TOKEN", "token of ASIAROLEROLEROLEROLE"),
            ("AWS_CREDENTIAL_EXPIRATION", "2027-01-15T08:00:00Z"),
            ("AWS_ACCOUNT_ID", "123456789012"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("ASSUME_PROFILE", "prod"),
            ("ASSUME_EXPIRES_AT", "2027-01-15T08:00:00Z"),
            ("HOME", "/home/alice"),
        ];
        for (name, value) in expected {
            assert_eq!(after.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(after.len(), expected.len() + 1, "{:?}", after.keys());
    }

    #[test]
    fn a_long_term_key_leaves_no_token_of_the_role_before() {
        let first = switched(&person(), "prod", ROLE, None);
        let mut key = credentials("AKIAOTHEROTHEROTHER0");
        key.session = None;
        key.account = None;
        let after = shown(&switch(&first, "work", None, Hand::Keys(&key)).unwrap().applied_to(&first));
        for name in ["AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "ASSUME_EXPIRES_AT"] {
            assert!(!after.contains_key(name), "{name}");
        }
    }

    #[test]
    fn after_any_number_of_switches_the_person_is_one_step_away() {
        for person in [person(), Env::from_iter([("HOME", "/home/alice")])] {
            let first = switched(&person, "prod", ROLE, Some("us-east-1"));
            let second = switched(&first, "audit", "ASIAOTHEROTHEROTHER0", None);
            let config = Path::new("/run/private/config");
            let third = switch(&second, "third", None, Hand::Profile { config_file: config, name: "third" })
                .unwrap()
                .applied_to(&second);
            let fourth = switched(&third, "prod", ROLE, None);
            for switched in [&first, &second, &third, &fourth] {
                assert_eq!(shown(&before_first_switch(switched)), shown(&person));
                assert_eq!(shown(&unset(switched).applied_to(switched)), shown(&person));
            }
            // The Region of the first role is not the second one's.
            assert_eq!(second.text("AWS_REGION"), person.text("AWS_REGION"));
            assert_eq!(third.text("AWS_CONFIG_FILE"), Some("/run/private/config"));
            assert_eq!(fourth.text("AWS_CONFIG_FILE"), None);
        }
    }

    #[test]
    fn a_handed_over_profile_brings_no_keys() {
        let config = Path::new("/run/private/config");
        let env = person();
        let after = switch(&env, "prod", None, Hand::Profile { config_file: config, name: "prod" }).unwrap();
        let after = after.applied_to(&env);
        assert_eq!(after.text("AWS_PROFILE"), Some("prod"));
        for name in KEYS {
            assert_eq!(after.os(name), None, "{name}");
        }
    }

    #[test]
    fn keys_that_the_person_put_in_the_place_of_ours_are_their_own() {
        let mut env = switched(&person(), "prod", ROLE, Some("us-east-1"));
        env.set("AWS_ACCESS_KEY_ID", "ASIAPASTEDPASTEDPASTE");
        env.set("AWS_SECRET_ACCESS_KEY", "pasted");
        let before = before_first_switch(&env);
        assert_eq!(before.text("AWS_ACCESS_KEY_ID"), Some("ASIAPASTEDPASTEDPASTE"));
        assert_eq!(before.text("AWS_SECRET_ACCESS_KEY"), Some("pasted"));
        assert_eq!(before.text("AWS_PROFILE"), Some("dev"));
    }

    #[test]
    fn a_damaged_stash_does_not_make_our_keys_an_identity() {
        let mut env = switched(&person(), "prod", ROLE, None);
        env.set("ASSUME_BEFORE", "{");
        let before = before_first_switch(&env);
        assert_eq!(before.os("AWS_ACCESS_KEY_ID"), None);
        assert_eq!(before.os("AWS_SECRET_ACCESS_KEY"), None);
        assert_eq!(before.os("ASSUME_PROFILE"), None);
    }

    #[test]
    fn without_a_switch_there_is_nothing_to_undo() {
        assert!(unset(&person()).list.is_empty());
        assert_eq!(shown(&before_first_switch(&person())), shown(&person()));
    }

    #[cfg(unix)]
    #[test]
    fn what_could_not_be_restored_is_not_replaced() {
        use std::os::unix::ffi::OsStringExt;
        let mut env = person();
        env.set("AWS_PROFILE", std::ffi::OsString::from_vec(vec![0xff]));
        let error = switch(&env, "prod", None, Hand::Keys(&credentials(ROLE))).unwrap_err();
        assert!(error.to_string().starts_with("AWS_PROFILE is set to something"), "{error}");
    }
}
