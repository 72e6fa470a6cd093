//! The way that a name went is gone again only while nothing has changed that shaped it.

use std::path::Path;
use std::process::Command;

use crate::support::sandbox::Sandbox;

const APP: &str = "[role.x]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::123456789012:role/UpdateApp\"\n";
const PARTNER: &str = "[role.x]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::444455556666:role/partners/Reports\"\n\
                       external_id = \"";

/// Returns the account that the answer for a name is for.
fn account(sandbox: &Sandbox, words: &[&str]) -> String {
    let ran = sandbox.home.run(words);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    answer["AccountId"].as_str().unwrap().to_owned()
}

/// A home in which the way to `x`, which is UpdateApp, is known.
fn known(config: &str) -> Sandbox {
    let sandbox = Sandbox::classic();
    sandbox.home.config(config);
    assert_eq!(account(&sandbox, &["credential-process", "x"]), "123456789012");
    sandbox.home.until_the_way_is_known("x");
    sandbox
}

/// Gives a file the times of another one, as `rsync` and archives do.
fn with_times_of(file: &Path, other: &Path) {
    assert!(Command::new("touch").arg("-r").arg(other).arg(file).status().unwrap().success());
}

/// The same name as another role, which demands an external ID.
fn partner() -> String {
    let profiles = assume::sandbox::Scenario::classic().unwrap();
    let profile = profiles.profiles().iter().find(|profile| profile.name == "third-party").unwrap();
    format!("{PARTNER}{}\"\n", profile.external_id.as_ref().unwrap())
}

#[test]
fn a_changed_config_is_read_again_even_if_its_times_are_old() {
    let sandbox = known(APP);
    let config = sandbox.home.path().join(".config/assume/config.toml");
    let old = sandbox.home.write("old", "");
    with_times_of(&old, &config);
    sandbox.home.config(&partner());
    with_times_of(&config, &old);
    assert_eq!(account(&sandbox, &["credential-process", "x"]), "444455556666");
}

/// An AWS profile takes a name from an included file.
#[test]
fn a_file_that_was_not_there_counts_as_soon_as_it_is() {
    let sandbox = Sandbox::classic();
    sandbox.home.write(".config/assume/team/roles.toml", APP);
    sandbox.home.config("include = [\"team\"]\n");
    sandbox.home.until_the_way_is_known("x");
    let profile = "[profile x]\nsource_profile = alice\nrole_arn = arn:aws:iam::444455556666:role/partners/Reports\n";
    let external_id = partner().rsplit_once("external_id = ").unwrap().1.replace('"', "");
    sandbox.home.aws_config(&format!("{profile}external_id = {external_id}"));
    assert_eq!(account(&sandbox, &["credential-process", "x"]), "444455556666");
}

#[test]
fn a_file_that_is_gone_from_an_included_folder_declares_nothing_more() {
    let sandbox = Sandbox::classic();
    let roles = sandbox.home.write(".config/assume/team/roles.toml", APP);
    sandbox.home.write(".config/assume/team/more.toml", "[role.y]\nidentity = \"alice\"\naccount_id = \"1\"\n");
    sandbox.home.config("include = [\"team\"]\n");
    sandbox.home.until_the_way_is_known("x");
    std::fs::remove_file(roles).unwrap();
    let ran = sandbox.home.run(&["credential-process", "x"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn another_flag_is_another_way() {
    let sandbox = known(APP);
    let calls = sandbox.operations().len();
    assert_eq!(account(&sandbox, &["credential-process", "x"]), "123456789012");
    assert_eq!(sandbox.operations().len(), calls);
    assert_eq!(account(&sandbox, &["credential-process", "--duration=15m", "x"]), "123456789012");
    assert_eq!(sandbox.operations().len(), calls + 1);
}

#[test]
fn another_key_under_the_same_name_is_served_nothing() {
    let sandbox = known(APP);
    let calls = sandbox.operations().len();
    let credentials = std::fs::read_to_string(sandbox.home.path().join(".aws/credentials")).unwrap();
    let key = sandbox.key_of("alice");
    sandbox.home.aws_credentials(&credentials.replace(&key.id, "AKIAIOSFODNN7EXAMPLE"));
    let ran = sandbox.home.run(&["credential-process", "x"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(sandbox.operations().len() > calls);
}
