//! Text that others chose: config, cards, what a server or a program answers. None of it drives the terminal, makes a line
//! of its own, takes a name or runs anything; and what we write is ours alone.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use assume::config::{Catalog, Declared};
use assume::person::is_unsafe;
use assume::world::World;
use proptest::prelude::*;
use serde_json::json;

use crate::support::home::{Home, Ran};

/// Moves the cursor three ways, starts a line, reverses the rest.
const HOSTILE: &str = "x\u{1b}[2J\u{9b}2J\r\n\u{2028}assume: error: forged\u{202e}\u{2066}\u{7}";
const ARN: &str = "arn:aws:iam::123456789012:role/Admin";

/// What is shown is lines of ours, and nothing in them drives a terminal.
fn is_harmless(what: &str, ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.replace('\n', "").contains(is_unsafe), "{what}: {text:?}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("assume: error: forged")), "{what}: {text}");
    }
}

/// As a TOML string on one line: JSON's strings are that too.
fn toml(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn nothing_in_a_config_drives_the_terminal_whichever_command_shows_it() {
    let home = Home::new();
    let hostile = toml(HOSTILE);
    let role = |name: &str, line: &str| format!("[role.{name}]\nidentity = \"work\"\nrole_arn = \"{ARN}\"\n{line}\n");
    let lines = [
        ("external", format!("external_id = {hostile}")),
        ("session", format!("session_name = {hostile}")),
        ("source", format!("source_identity = {hostile}")),
        ("tag", format!("tags = {{ {hostile} = {hostile} }}")),
        ("transitive", format!("transitive_tags = [{hostile}]")),
        ("policy", format!("policy = {hostile}")),
        ("file", format!("policy_file = {hostile}")),
        ("duration", format!("duration = {hostile}")),
        ("region", format!("region = {hostile}")),
        ("endpoint", format!("endpoint_url = {hostile}")),
        ("device", format!("mfa_serial = {hostile}")),
        ("code", format!("mfa_serial = \"GAHT12345678\"\nmfa_process = {hostile}")),
        ("key", format!("{hostile} = 1")),
        ("good", "tags = { \"a b\" = \"東京\" }".to_owned()),
    ];
    let mut config = "[identity.work]\nprocess = \"false\"\n".to_owned();
    config.extend(lines.iter().map(|(name, line)| role(name, line)));
    config.push_str(&format!("[role.via]\nvia = {hostile}\nrole_arn = \"{ARN}\"\n"));
    config.push_str(&format!("[role.arn]\nidentity = {hostile}\nrole_arn = {hostile}\n"));
    home.config(&config);
    home.aws_config(&format!(
        "[profile a]\nrole_arn = {ARN}\nsource_profile = {0}\n[profile b]\nregion = {0}\nrole_arn = {0}\n\
         [profile c]\ncredential_process = false {0}\n[profile {0}]\n",
        "x\u{1b}[2J\u{9b}2J\u{202e}"
    ));

    for command in ["list", "status", "identity list", "mfa list", "vault", "setup credential-process --all --dry-run"]
    {
        is_harmless(command, &home.run(&command.split(' ').collect::<Vec<_>>()));
    }
    for command in ["list", "status", "identity list", "mfa list", "vault"] {
        let ran = home.run(&command.split(' ').chain(["--json"]).collect::<Vec<_>>());
        is_harmless(command, &ran);
        if ran.code == 0 {
            serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
        }
    }
    let names = lines.iter().map(|(name, _)| *name).chain(["via", "arn", "a", "b", "c", HOSTILE]);
    for name in names {
        for command in
            [&["explain", name][..], &["explain", name, "--json"], &["export", name], &["role", "edit", name]]
        {
            let ran = home.run(command);
            is_harmless(&command.join(" "), &ran);
            assert!(name == "good" || ran.code != 0 || !command.contains(&"export"), "{name}: {ran:?}");
        }
    }
    assert!(home.run(&["explain", "good"]).stdout.contains("東京"), "what is harmless is shown as it is");
}

#[test]
fn a_name_that_could_not_be_shown_is_no_name() {
    let home = Home::new();
    for name in ["pr\\u202Eod", "a\\u001b[2J", "a\\u009bK", "a b", "a\\nb", "a\\u2066b"] {
        home.config(&format!("[role.\"{name}\"]\nrole_arn = \"{ARN}\"\n"));
        let ran = home.run(&["list"]);
        assert_eq!(ran.code, 3, "{name}: {ran:?}");
        is_harmless(name, &ran);
    }
    for words in [["--hook=complete", "--", "assume", ""], ["--hook=complete", "--", "assume", "a"]] {
        let ran = home.run(&words);
        // A tab stands between a word and what it means.
        is_harmless("completion", &Ran { stdout: ran.stdout.replace('\t', " "), ..ran });
    }
}

/// A card that somebody damaged is in the folder that `status`, `logout` and `explain` read.
#[test]
fn nothing_in_a_card_drives_the_terminal_or_stops_a_command() {
    let home = Home::new();
    let folder = home.path().join(".local/state/assume/sessions");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).unwrap();
    let ends = [4_102_444_800u64, 253_402_300_800, u64::MAX / 4, u64::MAX];
    for (at, expires_at) in ends.into_iter().enumerate() {
        let card = json!({
            "version": 1, "store": "kernel", "profile": HOSTILE, "identity": HOSTILE, "role_arn": HOSTILE,
            "issued_at": expires_at, "expires_at": expires_at,
        });
        fs::write(folder.join(format!("{at:064}.json")), card.to_string()).unwrap();
    }
    for words in [&["status"][..], &["status", "--json"], &["logout", "--all"]] {
        let ran = home.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
        is_harmless(words[0], &ran);
    }
}

/// Answers every request with that status and body, until the test ends.
fn answering(status: u16, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) < 3 {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let _ = reader.read_exact(&mut vec![0; length]);
            let head =
                format!("HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = reader.into_inner().write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn nothing_that_sts_or_a_program_answers_drives_the_terminal() {
    let hostile = "x\u{9b}2J&#13;&#10;\u{2028}assume: error: forged\u{202e}\u{2066}";
    let refusal = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{hostile}</Code><Message>{hostile}</Message></Error><RequestId>{hostile}</RequestId></ErrorResponse>"
    );
    let granted = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
         <AssumedRoleId>{hostile}</AssumedRoleId><Arn>{hostile}</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>9999-12-31T23:59:59Z</Expiration></Credentials>\
         </AssumeRoleResult></AssumeRoleResponse>"
    );
    for (status, body, code) in [(403, refusal, 4), (200, format!("<html>{hostile}"), 5), (200, granted, 0)] {
        let mut home = Home::new();
        home.aws_credentials("[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n");
        home.aws_config(&format!("[profile prod]\nrole_arn = {ARN}\nsource_profile = base\nregion = eu-west-1\n"));
        home.set("AWS_ENDPOINT_URL_STS", answering(status, body));
        let ran = home.run(&["credential-process", "prod"]);
        assert_eq!(ran.code, code, "{ran:?}");
        is_harmless("credential-process", &ran);
        for words in [&["status"][..], &["status", "--json"], &["explain", "prod", "--json"]] {
            is_harmless(words[0], &home.run(words));
        }
    }

    let home = Home::new();
    home.aws_config(&format!(
        "[profile late]\ncredential_process = cat {}\n[profile early]\ncredential_process = cat {}\n",
        expiring(&home, "9999-12-31T23:59:59-12:00").display(),
        expiring(&home, "1960-01-01T00:00:00Z").display(),
    ));
    let late = home.run(&["credential-process", "late"]);
    assert!(late.stdout.contains("\"Expiration\":\"9999-12-31T23:59:59Z\""), "{late:?}");
    let early = home.run(&["credential-process", "early"]);
    assert_eq!(early.code, 9, "{early:?}");
    assert!(early.stderr.contains("ended at 1970-01-01T00:00:00Z"), "{early:?}");
}

fn expiring(home: &Home, expiry: &str) -> PathBuf {
    let answer = json!({
        "Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": expiry,
    });
    home.write(&format!("{}.json", &expiry[..4]), &answer.to_string())
}

/// Every file and folder below, with its permissions; what was there before is left out.
fn modes(folder: &Path, before: &[PathBuf]) -> Vec<(PathBuf, bool, u32, u32)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let meta = fs::symlink_metadata(&path).unwrap();
        if meta.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        if path != folder && !before.contains(&path) {
            found.push((path, meta.is_dir(), meta.permissions().mode() & 0o7777, meta.uid()));
        }
    }
    found
}

#[test]
fn whatever_the_umask_what_we_write_is_the_persons_alone() {
    let mut home = Home::new();
    let identity = home.write("keys/identity.txt", IDENTITY);
    home.aws_credentials("[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n");
    let granted = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2099-12-31T23:59:59Z</Expiration></Credentials>\
         </AssumeRoleResult></AssumeRoleResponse>";
    home.set("AWS_ENDPOINT_URL_STS", answering(200, granted.to_owned())).set("AWS_REGION", "eu-west-1");
    home.set("ASSUME_VAULT", "file").set("ASSUME_AGE_IDENTITY_FILE", identity);
    let before: Vec<PathBuf> = modes(home.path(), &[]).into_iter().map(|(path, ..)| path).collect();
    let script = "umask 000; set -e\n\
        assume role add prod --role-arn \"$1\" --identity base\n\
        assume identity add work <pair\n\
        assume mfa add GAHT12345678 <seed || true\n\
        assume credential-process prod >/dev/null\n\
        assume setup credential-process prod\n\
        assume exec --refresh prod -- sh -c 'find \"$HOME\" -newer pair -exec ls -ld {} + >during'\n";
    home.write("pair", "AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
    home.write("seed", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
    let own = crate::support::home::assume().parent().unwrap().display().to_string();
    #[expect(clippy::disallowed_methods, reason = "the path of programs is the machine's, not the test's")]
    let path = std::env::var("PATH").unwrap();
    home.set("PATH", format!("{own}:{path}"));
    let mut command = home.program("sh");
    command.args(["-c", script, "sh", ARN]);
    let ran = crate::support::home::ran(&mut command, "");
    assert_eq!(ran.code, 0, "{ran:?}");

    let own_files = ["pair", "seed", "during"].map(|name| home.path().join(name));
    let written = modes(home.path(), &[before, own_files.to_vec()].concat());
    let me = rustix::process::geteuid().as_raw();
    for (path, is_folder, mode, owner) in &written {
        assert_eq!((*mode, *owner), (if *is_folder { 0o700 } else { 0o600 }, me), "{}", path.display());
    }
    let names: Vec<String> = written.iter().map(|(path, ..)| path.display().to_string()).collect();
    for expected in ["config.toml", "/sessions/", "/locks/", ".age", ".aws/config"] {
        assert!(names.iter().any(|name| name.contains(expected)), "{expected}: {names:#?}");
    }
    let during = fs::read_to_string(home.path().join("during")).unwrap();
    let open = during.lines().filter(|line| line.contains("/assume/") && !line[4..10].eq("------"));
    assert_eq!(open.count(), 0, "{during}");
}

/// Opens the encrypted file of tests; worth nothing elsewhere.
const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n";

/// A file that somebody shares, from lines that mean well and lines that do not.
fn shared() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["prod", "mine", "base", "work", "shared", "other", "default"]);
    let head = (prop::sample::select(vec!["role", "identity", "role", "role"]), name())
        .prop_map(|(kind, name)| format!("[{kind}.{name}]"));
    let line = prop::sample::select(vec![
        "identity = \"work\"",
        "via = \"mine\"",
        "via = \"prod\"",
        "role_arn = \"arn:aws:iam::666666666666:role/Evil\"",
        "account_id = \"666666666666\"",
        "role_name = \"Evil\"",
        "external_id = \"acme-1\"",
        "process = \"touch ran\"",
        "mfa_process = \"touch ran\"",
        "mfa_serial = \"GAHT12345678\"",
        "endpoint_url = \"https://evil.example\"",
        "endpoint_url = \"http://127.0.0.1:1\"",
        "policy_file = \"/etc/passwd\"",
        "keyring = true",
        "environment = true",
        "region = \"us-east-1\"",
        "vault = \"none\"",
        "include = [\"/etc\"]",
        "default_identity = \"base\"",
        "role.mine.role_arn = \"arn:aws:iam::666666666666:role/Evil\"",
        "role = 1",
        "\"process\" = \"touch ran\"",
        "tags = { process = \"x\" }",
    ]);
    let table =
        (head, prop::collection::vec(line, 0..4)).prop_map(|(head, lines)| format!("{head}\n{}", lines.join("\n")));
    let top = prop::option::weighted(0.2, prop::sample::select(vec!["region = \"us-east-1\"", "vault = \"none\""]));
    (top, prop::collection::vec(table, 0..4))
        .prop_map(|(top, tables)| format!("{}\n{}\n", top.unwrap_or_default(), tables.join("\n")))
}

const OWN: &str = "default_identity = \"work\"\n[identity.work]\nkeyring = true\n\
                   [role.mine]\nrole_arn = \"arn:aws:iam::123456789012:role/Mine\"\n";
const OWN_AWS: &str = "[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n\
                       [profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_an_included_file_says_it_takes_no_name_and_runs_and_redirects_nothing(text in shared()) {
        let home = Home::new();
        home.aws_config(OWN_AWS);
        home.write(".config/assume/team.toml", &text);
        let world = World::new().with_env(home.env());
        home.config(&format!("\n{OWN}"));
        let alone = Catalog::open(&world).unwrap();
        home.config(&format!("include = [\"team.toml\"]\n{OWN}"));
        let Ok(both) = Catalog::open(&world) else { return Ok(()) };

        let own = alone.listings();
        for listing in &own {
            let says = |catalog: &Catalog| format!("{:?}", catalog.find(&listing.name));
            prop_assert_eq!(says(&alone), says(&both));
        }
        prop_assert_eq!(format!("{:?}", alone.defaults()), format!("{:?}", both.defaults()));
        for listing in both.listings().iter().filter(|listing| own.iter().all(|own| own.name != listing.name)) {
            match both.find(&listing.name) {
                Ok(Some(Declared::Role(role))) => {
                    prop_assert!(role.call.mfa_process.is_none() && role.connection.endpoint_url.is_none(), "{}", text);
                    let from_file = role.call.policy.is_some_and(|policy| policy.value.as_str().contains("root"));
                    prop_assert!(!from_file, "{}", text);
                }
                Ok(other) => prop_assert!(false, "{:?} of {}", other, text),
                Err(_) => {}
            }
        }
    }
}
