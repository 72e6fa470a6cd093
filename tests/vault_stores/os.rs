//! The Secret Service: a real one.

use std::time::{Duration, Instant};

use assume::config::{Sourced, StoreName, VaultSettings};
use assume::terms::{ExposeSecret, SecretString};
use assume::vault::{ItemName, SecretKind, Vault};
use assume::world::World;

use crate::support::plain_user::rerun;
use crate::support::secret_service::SecretService;

/// Runs these steps in a process of its own, which finds that Secret Service, and returns what came of each.
fn steps(service: &SecretService, display: bool, steps: &[&str]) -> Vec<String> {
    let mut command = rerun("vault_stores::os::one_process", &std::env::current_exe().unwrap());
    command.env("STEPS", steps.join("\n")).env("HOME", "/nonexistent").envs(service.variables());
    if display {
        command.env("DISPLAY", ":77");
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let outcomes = said.lines().filter_map(|line| line.split_once("> ").map(|(_, outcome)| outcome.to_owned()));
    let outcomes: Vec<String> = outcomes.collect();
    assert_eq!(outcomes.len(), steps.len(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    outcomes
}

#[test]
#[ignore = "run by the tests beside it, in a process of its own"]
fn one_process() {
    let world = World::new();
    let named = Some(Sourced::by_default(StoreName::Os));
    let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
    let vault = Vault::new(&settings, &world);
    for step in world.env.text("STEPS").unwrap().lines() {
        let words: Vec<&str> = step.split(' ').collect();
        let outcome = match words[..] {
            ["keep", name, value] => vault
                .write_keepsake(&ItemName::keepsake("key", name), &SecretString::from(value))
                .map(|store| store.as_str().to_owned()),
            ["keep-long", name] => vault
                .write_keepsake(&ItemName::keepsake("key", name), &SecretString::from("é".repeat(9_000)))
                .map(|store| store.as_str().to_owned()),
            ["read", name] => vault
                .read_keepsake(&ItemName::keepsake("key", name))
                .map(|found| found.map_or("nothing".to_owned(), |value| shown(value.expose_secret()))),
            ["remove", name] => {
                vault.remove_keepsake(&ItemName::keepsake("key", name)).map(|removed| removed.to_string())
            }
            ["names"] => vault
                .names(SecretKind::Keepsake)
                .map(|names| names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(",")),
            ["write-session", name, value] => {
                let end = world.clock.now() + Duration::from_secs(600);
                Ok(vault.write_session(&ItemName::session(name), &SecretString::from(value), end).as_str().to_owned())
            }
            ["read-session", name] => vault
                .read_session(&ItemName::session(name), StoreName::Os)
                .map(|found| found.map_or("nothing".to_owned(), |value| value.expose_secret().to_owned())),
            _ => panic!("{step}"),
        };
        println!("> {}", outcome.unwrap_or_else(|error| error.to_string()));
    }
}

fn shown(value: &str) -> String {
    if value.len() > 100 { format!("{} bytes", value.len()) } else { value.to_owned() }
}

#[test]
fn the_secret_service_keeps_what_is_written_until_it_is_removed() {
    let service = SecretService::unlocked();
    let outcomes = steps(
        &service,
        false,
        &["read work", "keep work {\"a\":\"zoë\"}", "keep-long home", "write-session s value", "read-session s"],
    );
    assert_eq!(outcomes, ["nothing", "os", "os", "os", "value"]);
    let outcomes = steps(
        &service,
        false,
        &[
            "read work",
            "keep work second",
            "read work",
            "read home",
            "names",
            "remove work",
            "remove work",
            "read work",
        ],
    );
    assert_eq!(outcomes[..4], ["{\"a\":\"zoë\"}", "os", "second", "18000 bytes"]);
    let mut names: Vec<&str> = outcomes[4].split(',').collect();
    names.sort_unstable();
    assert_eq!(names, ["key/home", "key/work"]);
    assert_eq!(outcomes[5..], ["true", "false", "nothing"]);
}

/// What we keep is no secret to the other programs that a person has for it.
#[test]
fn secret_tool_reads_what_was_kept() {
    let service = SecretService::unlocked();
    steps(&service, false, &["keep work value"]);
    let output = service.program("secret-tool").args(["lookup", "service", "assume", "username", "key/work"]).output();
    assert_eq!(String::from_utf8_lossy(&output.expect("the package `libsecret-tools` is needed").stdout), "value");
}

#[test]
fn a_damaged_or_doubled_item_is_replaced_when_it_is_written() {
    let service = SecretService::unlocked();
    let store = |secret: &[u8], extra: &[&str]| {
        use std::io::Write;
        let mut command = service.program("secret-tool");
        command.args(["store", "--label=x", "service", "assume", "username", "key/work"]).args(extra);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(secret).unwrap();
        assert!(child.wait().unwrap().success());
    };
    store(b"one", &[]);
    store(b"two", &["more", "attributes"]);
    let outcomes = steps(&service, false, &["read work", "keep work value", "read work", "names"]);
    assert_eq!(outcomes, ["the vault's item `key/work` is damaged", "os", "value", "key/work"]);
}

#[test]
fn a_locked_keyring_is_said_to_be_locked_and_prompts_nobody_who_cannot_see_it() {
    let service = SecretService::unlocked();
    steps(&service, false, &["keep work value", "write-session s value"]);
    service.lock();
    let unseen = service.prompts_during(|| {
        let outcomes = steps(
            &service,
            false,
            &["read work", "keep work second", "keep new value", "remove work", "names", "read-session s"],
        );
        for outcome in &outcomes[..5] {
            assert!(outcome.ends_with("os: it is locked"), "{outcome}");
        }
        assert_eq!(outcomes[5], "nothing");
        // With a display a person could be asked for a keepsake, and still not for a session.
        assert_eq!(steps(&service, true, &["read-session s", "write-session t value"]), ["nothing", "none"]);
    });
    assert_eq!(unseen, 0);
    let seen = service.prompts_during(|| {
        // Here nobody can draw the prompt, which is as good as a person who declines.
        assert!(steps(&service, true, &["read work"])[0].ends_with("os: it is locked"));
    });
    assert_eq!(seen, 1);
}

#[test]
fn without_a_secret_service_there_is_none() {
    let service = SecretService::absent();
    let outcomes = steps(&service, false, &["keep work value", "read-session s"]);
    assert!(outcomes[0].contains("os: no Secret Service on the session bus"), "{outcomes:?}");
    assert_eq!(outcomes[1], "nothing");
}

#[test]
fn a_keyring_that_hangs_costs_one_deadline() {
    let service = SecretService::unlocked();
    steps(&service, false, &["keep work value"]);
    service.hang();
    let begin = Instant::now();
    let outcomes = steps(&service, true, &["read work", "keep work second", "write-session s value", "names"]);
    let waited = begin.elapsed();
    assert!(
        outcomes.iter().all(|outcome| outcome.contains("did not answer within") || outcome == "none"),
        "{outcomes:?}"
    );
    assert!(waited < Duration::from_secs(20), "{waited:?}");
    service.resume();
    assert_eq!(steps(&service, false, &["read work"]), ["value"]);
}
