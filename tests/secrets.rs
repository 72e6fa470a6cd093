//! Where secrets are not: in what is said, in the words and variables of what we start, in any file of the home.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assume::config::{Sourced, VaultSettings};
use assume::sandbox::{Options, Scenario, Server};
use assume::terms::ExposeSecret;
use assume::vault::{SecretKind, Vault};
use assume::world::World;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::support::home::{Home, Ran, ran};
use crate::support::lane::{Lane, LaneHome, on_each_lane};
use crate::support::plain_user::PlainUser;
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

on_each_lane!(no_secret_is_where_it_does_not_belong);

const SEEDS: [&str; 3] =
    ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"];

fn device(number: usize) -> String {
    format!("{ALICES_DEVICE}-{number}")
}

/// The built-in scenario, in which Alice has three devices whose seeds we know.
fn scenario() -> Scenario {
    let devices: Vec<String> =
        (0..3).map(|i| format!("{{ serial = {:?}, seed = {:?} }}", device(i), SEEDS[i])).collect();
    let classic = include_str!("../src/sandbox/classic.toml");
    let seeded = classic.replace(&format!("mfa = [{ALICES_DEVICE:?}]"), &format!("mfa = [{}]", devices.join(", ")));
    assert_ne!(seeded, classic);
    Scenario::parse(&seeded).unwrap()
}

/// Each child that we start writes down its words and variables and those of its parents, up to this test.
const SPY: &str = r#"
{
  env
  p=$$
  while [ "$p" -gt 1 ] && [ "$p" != "$TEST_PROGRAM" ]; do
    tr '\0' ' ' <"/proc/$p/cmdline"; echo
    tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null
    while read -r key value; do [ "$key" != PPid: ] || p=$value; done <"/proc/$p/status"
  done
} >>"$SPY/children"
"#;

/// A home before a sandbox, and beside it a folder for what spies saw and what they answer.
struct Place {
    home: LaneHome,
    server: Server,
    spies: tempfile::TempDir,
}

impl Place {
    fn new(lane: Lane) -> Self {
        let mut home = lane.home();
        let log = home.path().join("calls.jsonl");
        let server = Server::start(&scenario(), Options { log: Some(log), ..Options::default() }).unwrap();
        let spies = tempfile::tempdir().unwrap();
        let temp = home.path().join("tmp");
        std::fs::create_dir(&temp).unwrap();
        let own = std::process::id().to_string();
        home.set("AWS_ENDPOINT_URL", server.url()).set("AWS_REGION", "eu-west-1").set("RUST_LOG", "trace");
        home.set("RUST_BACKTRACE", "full").set("SPY", spies.path()).set("TEST_PROGRAM", own).set("TMPDIR", temp);
        let place = Self { home, server, spies };
        let spies = place.spies.path().display();
        place.home.config(&format!(
            r#"
[identity.work]
keyring = true
[identity.process]
process = "sh {spies}/source.sh"
[role.by-seed]
identity = "work"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "{0}"
[role.by-process]
identity = "work"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "{1}"
mfa_process = "sh {spies}/code.sh"
[role.by-pinentry]
identity = "work"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "{2}"
[role.from-process]
identity = "process"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"
[role.refused]
identity = "work"
role_arn = "arn:aws:iam::444455556666:role/partners/Reports"
external_id = "wrong-one"
"#,
            device(0),
            device(1),
            device(2)
        ));
        place
    }

    /// Writes a script that spies, and then does that.
    fn script(&self, name: &str, then: &str) -> PathBuf {
        let path = self.spies.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{SPY}\n{then}")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
        path
    }

    fn code(&self, number: usize) -> String {
        let devices = self.server.devices();
        let device = devices.iter().find(|known| known.serial == device(number)).unwrap();
        device.seed.code_at(self.server.now()).expose_secret().to_owned()
    }

    /// The secret keys and tokens of all sessions that lie in the store.
    fn sessions(&self, lane: Lane) -> Vec<String> {
        let texts: Vec<String> = match lane {
            Lane::SecretService => {
                let env = self.home.env();
                let name = env.text("ASSUME_VAULT_NAME").unwrap();
                let found =
                    self.home.program("secret-tool").args(["search", "--all", "service", name]).output().unwrap();
                let text = String::from_utf8(found.stdout).unwrap();
                text.lines().filter_map(|line| line.strip_prefix("secret = ")).map(str::to_owned).collect()
            }
            Lane::Kernel | Lane::File => {
                let named = assume::vault::StoreName::ALL.into_iter().find(|store| store.as_str() == lane.store());
                let named = named.map(Sourced::by_default);
                let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
                let vault = Vault::new(&settings, &World::new().with_env(self.home.env()));
                let names = vault.names(SecretKind::Session).unwrap().into_iter();
                names
                    .filter_map(|(name, store)| vault.read_session(&name, store).unwrap())
                    .map(|text| text.expose_secret().to_owned())
                    .collect()
            }
        };
        let items = texts.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
        items
            .flat_map(|item| {
                ["secret_access_key", "session_token"].map(|key| item[key].as_str().unwrap_or_default().to_owned())
            })
            .filter(|secret| !secret.is_empty())
            .collect()
    }
}

fn no_secret_is_where_it_does_not_belong(lane: Lane) {
    let place = Place::new(lane);
    let key = place.server.keys().into_iter().find(|key| key.user_arn.ends_with("user/alice")).unwrap();
    let long_term = key.secret.expose_secret().to_owned();
    let codes = [place.code(1), place.code(2)];
    std::fs::write(
        place.spies.path().join("source.json"),
        format!(r#"{{"Version":1,"AccessKeyId":"{}","SecretAccessKey":"{long_term}"}}"#, key.id),
    )
    .unwrap();
    std::fs::write(place.spies.path().join("code"), &codes[0]).unwrap();
    place.script("source.sh", "cat \"$SPY/source.json\"");
    place.script("code.sh", "cat \"$SPY/code\"");
    place.script("cmd.sh", "env >\"$SPY/cmd\"");
    let answer = format!(
        "echo OK\nwhile read -r line; do case $line in GETPIN) echo \"D {}\"; echo OK;; BYE) echo OK; exit;; *) echo OK;; esac; done",
        codes[1]
    );
    let pinentry = place.script("pinentry", &answer);
    let command = format!("{}/cmd.sh", place.spies.path().display());

    // What a command may say of sessions: nothing, or on standard output all of the role's.
    let mut said: Vec<(String, String, bool)> = Vec::new();
    let mut run = |words: &[&str], input: &str, code: i32, hands_over: bool| -> String {
        let mut command = place.home.command(words);
        if words.contains(&"by-pinentry") {
            command.env("DISPLAY", ":99").env("ASSUME_PINENTRY", &pinentry);
        }
        let Ran { code: got, stdout, stderr } = ran(&mut command, input);
        assert_eq!(got, code, "{words:?}: {stderr}");
        said.push((format!("{words:?}: standard output"), stdout.clone(), hands_over));
        said.push((format!("{words:?}: standard error"), stderr, false));
        stdout
    };
    run(&["identity", "add", "work"], &format!("{}\n{long_term}\n", key.id), 0, false);
    run(&["mfa", "add", &device(0), "--same-store"], &format!("{}\n", SEEDS[0]), 0, false);
    let began = place.server.now();
    // Codes grow old: what was given beforehand goes first.
    for profile in ["by-process", "by-pinentry", "by-seed", "by-seed", "from-process"] {
        run(&["credential-process", profile], "", 0, true);
    }
    run(&["credential-process", "refused"], "", 4, false);
    run(&["export", "by-seed", "--format", "json"], "", 0, true);
    run(&["exec", "by-seed", "--", &command], "", 0, false);
    for words in [&["list"][..], &["explain", "by-seed"], &["explain", "by-seed", "--json"], &["status"], &["vault"]] {
        run(words, "", 0, false);
    }
    let sessions = place.sessions(lane);
    assert!(sessions.len() >= 8, "four sessions at least: {}", sessions.len());
    run(&["logout", "by-process"], "", 0, false);

    let mut always: Vec<(String, String)> = vec![("the long-term key".to_owned(), long_term)];
    always.extend(SEEDS.map(|seed| ("a seed".to_owned(), seed.to_owned())));
    always.extend(codes.map(|code| ("a code".to_owned(), code)));
    let devices = place.server.devices();
    let seeded = devices.iter().find(|known| known.serial == device(0)).unwrap();
    let mut time = began - std::time::Duration::from_secs(30);
    while time < place.server.now() + std::time::Duration::from_secs(60) {
        always.push(("a code".to_owned(), seeded.seed.code_at(time).expose_secret().to_owned()));
        time += std::time::Duration::from_secs(30);
    }
    let sessions: Vec<(String, String)> = sessions.into_iter().map(|it| ("a session".to_owned(), it)).collect();

    let mut found = Vec::new();
    let mut search = |place: &str, text: &[u8], secrets: &[(String, String)]| {
        let hits = secrets.iter().filter(|(_, secret)| holds(text, secret));
        found.extend(hits.map(|(what, _)| format!("{what} in {place}")));
    };
    for (place, text, hands_over) in &said {
        search(place, text.as_bytes(), &always);
        if !hands_over {
            search(place, text.as_bytes(), &sessions);
        }
    }
    let children = std::fs::read(place.spies.path().join("children")).unwrap();
    let seen = String::from_utf8_lossy(&children).into_owned();
    // Each child wrote, and each saw us.
    for name in ["code.sh", "source.sh", "pinentry", "cmd.sh", "credential-process by-process"] {
        assert!(seen.contains(name), "{name} was not seen");
    }
    search("the command of exec", &std::fs::read(place.spies.path().join("cmd")).unwrap(), &always);
    // The command is to have the role, and writes down its own environment too: apart from that, nobody has it.
    let is_of_role = |(words, _, hands_over): &&(String, String, bool)| *hands_over && words.contains("by-seed");
    let role: Value = serde_json::from_str(&said.iter().find(is_of_role).unwrap().1).unwrap();
    let is_its = |secret: &str| role["SecretAccessKey"] == secret || role["SessionToken"] == secret;
    let others: Vec<(String, String)> = sessions.iter().filter(|(_, secret)| !is_its(secret)).cloned().collect();
    search("words and variables of children", &children, &always);
    search("words and variables of children", &children, &others);
    each_file(place.home.path(), &mut |path, bytes| {
        search(&path.display().to_string(), bytes, &always);
        search(&path.display().to_string(), bytes, &sessions);
    });
    assert!(found.is_empty(), "{found:#?}");
}

fn each_file(folder: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        look(&path, path.as_os_str().as_encoded_bytes());
        let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            each_file(&path, look);
        } else if kind.is_file() {
            look(&path, &std::fs::read(&path).unwrap());
        }
    }
}

/// Whether the secret stands in there: plain, in hex, or in base64 wherever in it.
fn holds(text: &[u8], secret: &str) -> bool {
    let stands = |needle: &str| find(text, needle.as_bytes()).next().is_some();
    if secret.len() < 8 {
        // A code's digits stand in longer numbers by chance.
        let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
        let alone =
            |at: usize| !digit(at.checked_sub(1).and_then(|before| text.get(before))) && !digit(text.get(at + 6));
        return find(text, secret.as_bytes()).any(alone) || stands(&hex::encode(secret));
    }
    let shifted = (0..3).flat_map(|shift: usize| {
        let mut bytes = vec![0; shift];
        bytes.extend_from_slice(secret.as_bytes());
        // What the bytes before and behind it have a part in is left out.
        let first = [0, 2, 3][shift];
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .map(|text| text[first..text.len() - 2].to_owned())
    });
    stands(secret)
        || stands(&hex::encode(secret))
        || stands(&hex::encode_upper(secret))
        || shifted.into_iter().any(|it| stands(&it))
}

fn find<'a>(text: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(needle.len()).enumerate().filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}{secret} and more");
        for written in [text.clone(), hex::encode(&text), hex::encode_upper(&text), STANDARD_NO_PAD.encode(&text)] {
            assert!(holds(written.as_bytes(), secret), "{written}");
        }
        assert!(!holds(text.to_lowercase().as_bytes(), secret));
    }
    assert!(holds(b"code 123456.", "123456") && !holds(b"at 1234567", "123456"));
}

/// The owner of a process's files in /proc is root when it may not be dumped, and its user when it may.
#[test]
fn our_memory_is_closed_and_that_of_what_we_start_is_not() {
    let sandbox = Sandbox::classic();
    let home: &Home = &sandbox.home;
    let parent = r#"
p=$PPID
while read -r name <"/proc/$p/comm" && [ "${name#assume}" = "$name" ]; do
  while read -r key value; do [ "$key" != PPid: ] || q=$value; done <"/proc/$p/status"
  p=$q
done
stat -c %u "/proc/$p/environ" >owner
cat code
"#;
    home.write("code.sh", parent);
    home.write("code", &sandbox.code(ALICES_DEVICE));
    home.config(
        r#"
[role.prod-admin]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"
"#,
    );
    let user = PlainUser::living_in(home.path());
    let mut command = home.program(&user.launcher[0]);
    command.args(&user.launcher[1..]).arg(&user.program);
    command.env("ASSUME_VAULT", "none").args(["exec", "prod-admin", "--", "stat", "-c", "%u", "/proc/self/environ"]);
    let got = ran(&mut command, "");
    assert_eq!((got.code, got.stdout.trim()), (0, user.id.to_string().as_str()), "{got:?}");
    assert_eq!(std::fs::read_to_string(home.path().join("owner")).unwrap(), "0\n");
    assert_ne!(user.id, 0);
}
