//! The main job on each kind of store: from a named profile to credentials, with the calls that it takes and no more.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use assume::sandbox::{Options, Scenario, Server};
use assume::terms::ExposeSecret;
use serde_json::Value;

use crate::support::home::Ran;
use crate::support::lane::{Lane, LaneHome, on_each_lane};

on_each_lane!(
    a_cold_chain_takes_three_calls_and_a_warm_one_none,
    what_a_cold_run_gets_is_what_a_warm_one_hands_over,
    roles_of_two_regions_share_one_mfa_session,
    many_at_once_make_one_call_for_each_step,
    another_key_under_the_same_name_is_served_nothing_of_the_first_one,
    logout_forgets_what_it_names_and_nothing_else,
    who_leaves_takes_everything_along_and_learns_what_lives_on,
    a_refused_role_leaves_nothing_behind,
);

const CONFIG: &str = r#"
region = "eu-west-1"

[identity.work]
keyring = true

[role.update-app]
identity = "work"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"

[role.prod-admin]
identity = "work"
account_id = "123456789012"
role_name = "Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"

[role.prod-admin-us]
identity = "work"
account_id = "123456789012"
role_name = "Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
region = "us-west-2"

[role.chain]
via = "prod-admin"
role_arn = "arn:aws:iam::777788889999:role/Restore"

[role.third-party]
identity = "work"
role_arn = "arn:aws:iam::444455556666:role/partners/Reports"
external_id = "wrong-one"
"#;

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// The built-in scenario, with a seed that we know.
fn scenario() -> String {
    let classic = include_str!("../src/sandbox/classic.toml");
    let seeded =
        classic.replace(&format!("mfa = [{DEVICE:?}]"), &format!("mfa = [{{ serial = {DEVICE:?}, seed = {SEED:?} }}]"));
    assert_ne!(seeded, classic);
    seeded
}

/// Alice's home, with her key and her seed in its store, before the sandbox.
struct Place {
    home: LaneHome,
    server: Server,
    log: PathBuf,
}

impl Place {
    fn new(lane: Lane) -> Self {
        let mut home = lane.home();
        home.config(CONFIG);
        let log = home.path().join("calls.jsonl");
        let options = Options { log: Some(log.clone()), ..Options::default() };
        let server = Server::start(&Scenario::parse(&scenario()).unwrap(), options).unwrap();
        home.set("AWS_ENDPOINT_URL", server.url());
        let place = Self { home, server, log };
        place.add_key_of("alice");
        let added = place.home.run_with_input(&["mfa", "add", DEVICE, "--same-store"], &format!("{SEED}\n"));
        assert_eq!(added.code, 0, "{added:?}");
        place
    }

    fn add_key_of(&self, user: &str) {
        let key = self.server.keys().into_iter().find(|key| key.user_arn.ends_with(&format!("user/{user}"))).unwrap();
        let pair = format!("{}\n{}\n", key.id, key.secret.expose_secret());
        let added = self.home.run_with_input(&["identity", "add", "work"], &pair);
        assert_eq!(added.code, 0, "{added:?}");
    }

    /// What STS was asked since the last look: the operation, the role's name, and the code if it said no.
    fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        std::fs::write(&self.log, "").unwrap();
        text.lines()
            .map(|line| {
                let call: Value = serde_json::from_str(line).unwrap();
                let role = call["role_arn"].as_str().and_then(|arn| arn.rsplit('/').next());
                let words = [call["operation"].as_str(), role, call["code"].as_str()];
                words.into_iter().flatten().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    fn key(&self, profile: &str) -> String {
        key_of(&self.home.run(&["credential-process", profile]))
    }

    fn start(&self, profile: &str) -> Child {
        let mut command = self.home.command(&["credential-process", profile]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

fn key_of(ran: &Ran) -> String {
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    answer["AccessKeyId"].as_str().unwrap().to_owned()
}

const COLD_CHAIN: [&str; 3] = ["GetSessionToken", "AssumeRole Admin", "AssumeRole Restore"];

fn a_cold_chain_takes_three_calls_and_a_warm_one_none(lane: Lane) {
    let place = Place::new(lane);
    let first = place.key("chain");
    assert_eq!(place.calls(), COLD_CHAIN);
    assert_eq!(place.key("chain"), first);
    assert_eq!(place.calls(), [""; 0]);
    // The way there is had already.
    place.key("prod-admin");
    assert_eq!(place.calls(), [""; 0]);
}

fn what_a_cold_run_gets_is_what_a_warm_one_hands_over(lane: Lane) {
    let place = Place::new(lane);
    let run = || place.home.run(&["credential-process", "chain"]);
    let (cold, warm) = (run(), run());
    assert_eq!((cold.code, &cold.stdout), (0, &warm.stdout));
    assert_eq!(warm.stderr, "");
    let status: Value = serde_json::from_str(&place.home.run(&["status", "--json"]).stdout).unwrap();
    let stores: BTreeSet<&str> =
        status["cached"].as_array().unwrap().iter().map(|card| card["store"].as_str().unwrap()).collect();
    assert_eq!(stores, BTreeSet::from([lane.store()]));
}

fn roles_of_two_regions_share_one_mfa_session(lane: Lane) {
    let place = Place::new(lane);
    place.key("prod-admin");
    place.key("prod-admin-us");
    assert_eq!(place.calls(), ["GetSessionToken", "AssumeRole Admin", "AssumeRole Admin"]);
}

fn many_at_once_make_one_call_for_each_step(lane: Lane) {
    let place = Place::new(lane);
    let profiles = ["chain", "prod-admin", "prod-admin-us"];
    let children: Vec<Child> = (0..12).map(|i| place.start(profiles[i % 3])).collect();
    let keys: BTreeSet<String> =
        children.into_iter().map(|child| key_of(&Ran::from(child.wait_with_output().unwrap()))).collect();
    assert_eq!(keys.len(), 3);
    let mut calls = place.calls();
    calls.sort();
    assert_eq!(calls, ["AssumeRole Admin", "AssumeRole Admin", "AssumeRole Restore", "GetSessionToken"]);
}

fn another_key_under_the_same_name_is_served_nothing_of_the_first_one(lane: Lane) {
    let place = Place::new(lane);
    place.key("update-app");
    assert_eq!(place.calls(), ["AssumeRole UpdateApp"]);
    assert_eq!(place.home.run_with_input(&["identity", "remove", "work", "--yes"], "").code, 0);
    place.home.config(CONFIG);
    place.add_key_of("bob");
    let refused = place.home.run(&["credential-process", "update-app"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert_eq!(place.calls(), ["AssumeRole UpdateApp AccessDenied"]);
}

fn logout_forgets_what_it_names_and_nothing_else(lane: Lane) {
    let place = Place::new(lane);
    place.key("chain");
    place.key("update-app");
    place.calls();
    assert_eq!(place.home.run(&["logout", "prod-admin"]).code, 0);
    place.key("chain");
    place.key("update-app");
    assert_eq!(place.calls(), [""; 0]);
    place.key("prod-admin");
    assert_eq!(place.calls(), ["AssumeRole Admin"]);
    assert_eq!(place.home.run(&["logout", "--all"]).code, 0);
    place.key("update-app");
    assert_eq!(place.calls(), ["AssumeRole UpdateApp"]);
}

fn who_leaves_takes_everything_along_and_learns_what_lives_on(lane: Lane) {
    let place = Place::new(lane);
    place.key("prod-admin");
    // Nobody can agree here, so nothing is removed without the word.
    assert_eq!(place.home.run(&["logout", "--all", "--forget"]).code, 6);
    place.key("prod-admin");
    let left = place.home.run(&["logout", "--all", "--forget", "--yes"]);
    assert_eq!(left.code, 0, "{left:?}");
    for expected in ["MFA session of work  until ", "role/Admin  until ", "\"aws:TokenIssueTime\":\"2"] {
        assert!(left.stdout.contains(expected), "{}", left.stdout);
    }
    assert!(!place.home.path().join(".local/state/assume").exists());
    let gone = place.home.run(&["credential-process", "prod-admin"]);
    assert_eq!((gone.code, gone.stdout.as_str()), (9, ""));
    assert!(gone.stderr.contains("no key of the identity `work` is stored"), "{}", gone.stderr);
    let seedless = place.home.run(&["mfa", "code", DEVICE]);
    assert!(seedless.code != 0 && seedless.stdout.is_empty(), "{seedless:?}");
}

fn a_refused_role_leaves_nothing_behind(lane: Lane) {
    let place = Place::new(lane);
    let refused = place.home.run(&["credential-process", "third-party"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert!(refused.stderr.contains("AccessDenied"), "{}", refused.stderr);
    assert_eq!(place.home.run(&["status"]).stdout, "this shell: no role\ncached: nothing\n");
}
