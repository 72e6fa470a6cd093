//! A long-term key of one's own: kept, listed, removed, and rotated so that no death on the way loses a key.

use std::time::Duration;

use assume::identity::LongTermKey;
use assume::sandbox::{Options, Scenario};
use assume::terms::ExposeSecret;
use assume::world::World;

use crate::support::home::{Home, Ran};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn add(home: &Home, arguments: &[&str], input: &str) -> Ran {
    let mut line = vec!["identity", "add", "work"];
    line.extend(arguments);
    let ran = home.run_with_input(&line, input);
    assert!(!ran.stderr.contains("wJal") && !ran.stdout.contains("wJal"), "{ran:?}");
    ran
}

fn held(home: &Home) -> LongTermKey {
    LongTermKey::load("work", &home.kernel_vault(), &World::new().with_env(home.env())).unwrap().unwrap()
}

mod kept {
    use super::*;

    #[test]
    fn a_key_that_is_added_is_declared_and_kept_and_nothing_else_in_the_config_moves() {
        let home = Home::new();
        let config = home.config("# mine\nregion = \"eu-west-1\"   # and this\n");
        let ran = add(&home, &["--mfa-serial", ALICES_DEVICE], &format!("{KEY_ID}\n{SECRET}\n"));
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        assert!(ran.stderr.contains(&format!("the key {KEY_ID} of `work` is kept in `kernel`")), "{ran:?}");
        assert_eq!(
            std::fs::read_to_string(&config).unwrap(),
            format!(
                "# mine\nregion = \"eu-west-1\"   # and this\n\n[identity.work]\nkeyring = true\nmfa_serial = \"{ALICES_DEVICE}\"\n"
            )
        );
        assert_eq!(held(&home).secret_key.expose_secret(), SECRET);

        let list = home.run(&["identity", "list"]);
        assert_eq!(list.code, 0);
        assert!(list.stdout.contains(&format!("work  {KEY_ID} in kernel  {ALICES_DEVICE}  (")), "{list:?}");
        let list = home.run(&["identity", "list", "--json"]);
        let document: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
        assert_eq!(document[0]["key_id"], KEY_ID);
        assert_eq!(document[0]["store"], "kernel");
    }

    #[test]
    fn a_list_opens_no_secret_store() {
        let mut home = Home::new();
        assert_eq!(add(&home, &[], &format!("{KEY_ID} {SECRET}")).code, 0);
        // A bus that is not there would be an error, and a passphrase nobody can be asked for another.
        home.set("ASSUME_VAULT", "os").set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        let list = home.run(&["identity", "list"]);
        assert_eq!((list.code, list.stderr.as_str()), (0, ""), "{list:?}");
        assert!(list.stdout.starts_with("work  key not used yet  no MFA  ("), "{list:?}");
    }

    #[test]
    fn a_key_is_not_written_over_unless_that_is_said() {
        let home = Home::new();
        assert_eq!(add(&home, &[], &format!("{KEY_ID} {SECRET}")).code, 0);
        let before = held(&home);
        let other = "AKIAI44QH8DHBEXAMPLE je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";
        let ran = add(&home, &[], other);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(&format!("a key of `work` is kept already: {KEY_ID}")), "{ran:?}");
        assert!(ran.stderr.contains("assume identity rotate work"), "{ran:?}");
        assert_eq!(add(&home, &["--replace"], other).code, 0);
        let after = held(&home);
        assert_eq!(after.key_id.as_str(), "AKIAI44QH8DHBEXAMPLE");
        assert_ne!(after.generation, before.generation, "sessions of the first key would be served");
    }

    #[test]
    fn what_is_no_key_is_refused_and_leaves_nothing() {
        let cases = [
            ("", 2, "cannot read the key from standard input: it is empty"),
            (KEY_ID, 2, "this has 1 word"),
            ("ASIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 2, "is the key of a session"),
            ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI", 2, "has 13 characters, and AWS's have 40"),
        ];
        for (input, code, expected) in cases {
            let home = Home::new();
            let ran = add(&home, &[], input);
            assert_eq!(ran.code, code, "{ran:?}");
            assert!(ran.stderr.contains(expected), "{ran:?}");
            assert!(!home.path().join(".config").exists() && !home.path().join(".local").exists(), "{input}");
        }
    }

    #[test]
    fn a_key_that_also_stands_in_the_clear_is_told() {
        let home = Home::new();
        home.aws_credentials(&format!("[old]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"));
        let ran = add(&home, &[], &format!("{KEY_ID} {SECRET}"));
        assert_eq!(ran.code, 0);
        assert!(ran.stderr.contains("still stands in the clear at "), "{ran:?}");
        assert!(ran.stderr.contains("credentials:2"), "{ran:?}");
    }

    #[test]
    fn removing_asks_and_then_leaves_nothing() {
        let home = Home::new();
        let config =
            home.config("[role.deploy]\nrole_arn = \"arn:aws:iam::123456789012:role/Deploy\"\nidentity = \"work\"\n");
        let before = std::fs::read_to_string(&config).unwrap();
        assert_eq!(add(&home, &[], &format!("{KEY_ID} {SECRET}")).code, 0);
        let ran = home.run(&["identity", "remove", "work"]);
        assert_eq!(ran.code, 6, "{ran:?}");
        assert!(ran.stderr.contains("or say --yes"), "{ran:?}");
        let ran = home.run(&["identity", "remove", "work", "--yes"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains(&format!("aws iam delete-access-key --access-key-id {KEY_ID}")), "{ran:?}");
        assert!(ran.stderr.contains("the role `deploy` still names it"), "{ran:?}");
        assert_eq!(std::fs::read_to_string(&config).unwrap().trim_end(), before.trim_end());
        assert!(home.kernel_vault().names(assume::vault::SecretKind::Keepsake).unwrap().is_empty());
        let ran = home.run(&["identity", "remove", "wrok", "--yes"]);
        assert_ne!(ran.code, 0);
    }
}

mod rotated {
    use super::*;

    fn sandbox(options: Options) -> Sandbox {
        let sandbox = Sandbox::start(Scenario::classic().unwrap(), options);
        let key = sandbox.key_of("alice");
        let ran = add(&sandbox.home, &[], &format!("{} {}", key.id, key.secret.expose_secret()));
        assert_eq!(ran.code, 0, "{ran:?}");
        sandbox
    }

    fn alices_keys(sandbox: &Sandbox) -> Vec<String> {
        let keys = sandbox.server.keys().into_iter().filter(|key| key.user_arn.ends_with("/alice"));
        keys.map(|key| key.id).collect()
    }

    fn rotate(sandbox: &Sandbox) -> Ran {
        sandbox.home.run(&["identity", "rotate", "work"])
    }

    /// One key at AWS, the vault's, and nothing else of a rotation in the vault.
    fn assert_done(sandbox: &Sandbox, first: &str) {
        let held = held(&sandbox.home);
        assert_eq!(alices_keys(sandbox), [held.key_id.to_string()]);
        assert_ne!(held.key_id.as_str(), first);
        let secret = sandbox.server.keys().into_iter().find(|key| key.id == held.key_id.as_str()).unwrap().secret;
        assert_eq!(held.secret_key.expose_secret(), secret.expose_secret());
        let left = sandbox.home.kernel_vault().names(assume::vault::SecretKind::Keepsake).unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_new_key_takes_the_old_ones_place_and_sessions_stay() {
        let sandbox = sandbox(Options { key_delay: Duration::from_secs(2), ..Options::default() });
        let (first, generation) = (alices_keys(&sandbox)[0].clone(), held(&sandbox.home).generation);
        let ran = rotate(&sandbox);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        assert_done(&sandbox, &first);
        assert_eq!(held(&sandbox.home).generation, generation);
        let operations = sandbox.operations();
        let mut kinds = operations.clone();
        kinds.dedup();
        assert_eq!(
            kinds,
            ["ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"],
            "{operations:?}"
        );
        assert!(operations.len() > kinds.len(), "the sandbox knew the key at once: {operations:?}");
    }

    #[test]
    fn wherever_it_stops_no_key_is_lost_and_running_it_again_finishes() {
        let faults = [
            "500*9@ListAccessKeys",
            "cut*9@CreateAccessKey",
            "truncated@CreateAccessKey",
            "500*9@GetCallerIdentity",
            "cut*9@GetCallerIdentity",
            "500*9@UpdateAccessKey",
            "truncated*9@UpdateAccessKey",
            "500*9@DeleteAccessKey",
            "truncated*9@DeleteAccessKey",
        ];
        for fault in faults {
            let sandbox = sandbox(Options::default());
            let first = alices_keys(&sandbox)[0].clone();
            sandbox.fail(fault);
            let ran = rotate(&sandbox);
            assert!(matches!(ran.code, 4 | 5), "{fault}: {ran:?}");
            assert!(ran.stderr.contains("assume identity rotate work"), "{fault}: {ran:?}");
            // Whatever happened, the key in use is one that AWS knows.
            let in_use = held(&sandbox.home).key_id.to_string();
            assert!(alices_keys(&sandbox).contains(&in_use), "{fault}");
            sandbox.server.recover();
            let ran = rotate(&sandbox);
            assert_eq!(ran.code, 0, "{fault}: {ran:?}");
            assert_done(&sandbox, &first);
        }
    }

    #[test]
    fn a_second_key_is_named_and_deleted_only_when_that_is_said() {
        let sandbox = sandbox(Options::default());
        let first = alices_keys(&sandbox)[0].clone();
        // A second key that the vault knows nothing of, as the console would have made it.
        let other = sandbox.create_key_for_alice();
        let ran = rotate(&sandbox);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(
            ran.stderr.contains(&format!("beside {first} the user of `work` has {other} (active, made ")),
            "{ran:?}"
        );
        assert!(ran.stderr.contains(&format!("assume identity rotate work --delete {other}")), "{ran:?}");
        assert_eq!(alices_keys(&sandbox).len(), 2);
        let ran = sandbox.home.run(&["identity", "rotate", "work", "--delete", KEY_ID]);
        assert_eq!((ran.code, alices_keys(&sandbox).len()), (4, 2), "{ran:?}");
        let ran = sandbox.home.run(&["identity", "rotate", "work", "--delete", &other]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_done(&sandbox, &first);
    }

    #[test]
    fn where_a_device_is_declared_its_session_asks_iam() {
        let sandbox = Sandbox::classic();
        let key = sandbox.key_of("alice");
        let pair = format!("{} {}", key.id, key.secret.expose_secret());
        assert_eq!(add(&sandbox.home, &["--mfa-serial", ALICES_DEVICE], &pair).code, 0);
        let code = sandbox.code(ALICES_DEVICE);
        let ran = sandbox.home.run_with_input(&["identity", "rotate", "work", "--mfa-code-file", "-"], &code);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_done(&sandbox, &key.id);
        assert_eq!(sandbox.operations()[0], "GetSessionToken");
        assert!(!ran.stderr.contains(&code), "{ran:?}");
    }

    #[test]
    fn a_refusal_says_what_the_user_may_need() {
        let sandbox = Sandbox::classic();
        let key = sandbox.key_of("bob");
        assert_eq!(add(&sandbox.home, &[], &format!("{} {}", key.id, key.secret.expose_secret())).code, 0);
        let ran = rotate(&sandbox);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.stderr.contains("IAM ListAccessKeys answered AccessDenied"), "{ran:?}");
        assert!(ran.stderr.contains("iam:CreateAccessKey"), "{ran:?}");
    }

    #[test]
    fn a_key_is_not_added_beside_a_rotation_that_broke_off() {
        let sandbox = sandbox(Options::default());
        sandbox.fail("500*9@GetCallerIdentity");
        assert_ne!(rotate(&sandbox).code, 0);
        let ran = add(&sandbox.home, &["--replace"], &format!("{KEY_ID} {SECRET}"));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("a rotation of `work` broke off"), "{ran:?}");
    }
}

mod sessions {
    use super::*;
    use crate::support::secret_service::SecretService;

    const NAMESPACE: &str = "assume-test-swept";
    const ROLE: &str = "[role.app]\nidentity = \"work\"\nrole_arn = \"arn:aws:iam::123456789012:role/UpdateApp\"\n";

    fn pair(sandbox: &Sandbox, user: &str) -> String {
        let key = sandbox.key_of(user);
        format!("{} {}", key.id, key.secret.expose_secret())
    }

    fn become_app(sandbox: &Sandbox) -> Ran {
        sandbox.home.run(&["export", "app", "--format", "json"])
    }

    fn count(sandbox: &Sandbox, operation: &str) -> usize {
        sandbox.operations().iter().filter(|known| *known == operation).count()
    }

    #[test]
    fn rotating_keeps_them_and_another_persons_key_of_the_same_name_gets_none_of_them() {
        let sandbox = Sandbox::classic();
        sandbox.home.config(ROLE);
        assert_eq!(add(&sandbox.home, &[], &pair(&sandbox, "alice")).code, 0);
        assert_eq!(become_app(&sandbox).code, 0);
        let first = become_app(&sandbox);
        assert_eq!((first.code, count(&sandbox, "AssumeRole")), (0, 1), "{first:?}");

        assert_eq!(sandbox.home.run(&["identity", "rotate", "work"]).code, 0);
        let rotated = become_app(&sandbox);
        assert_eq!((rotated.stdout, count(&sandbox, "AssumeRole")), (first.stdout.clone(), 1));

        // Bob may not become the role, and alice's session would still be good.
        assert_eq!(add(&sandbox.home, &["--replace"], &pair(&sandbox, "bob")).code, 0);
        let refused = become_app(&sandbox);
        assert_eq!((refused.code, count(&sandbox, "AssumeRole")), (4, 2), "{refused:?}");

        // The same key again is a new one to us: it may have been anybody's in between.
        assert_eq!(add(&sandbox.home, &["--replace"], &pair(&sandbox, "alice")).code, 0);
        assert_eq!((become_app(&sandbox).code, count(&sandbox, "AssumeRole")), (0, 3));
    }

    #[test]
    fn what_ended_long_ago_is_swept_when_another_session_is_kept() {
        let mut sandbox = Sandbox::classic();
        let service = SecretService::unlocked();
        sandbox.home.set("ASSUME_VAULT", "os").config(&format!(
            "{ROLE}[role.deploy]\nidentity = \"work\"\nrole_arn = \"arn:aws:iam::111122223333:role/Deploy\"\n"
        ));
        for (name, value) in service.variables() {
            sandbox.home.set(name, value);
        }
        let items = || {
            let keyring =
                service.program("secret-tool").args(["search", "--all", "service", NAMESPACE]).output().unwrap();
            String::from_utf8_lossy(&keyring.stdout).matches("session/").count()
        };
        sandbox.home.set("ASSUME_VAULT_NAME", NAMESPACE);
        assert_eq!(add(&sandbox.home, &[], &pair(&sandbox, "alice")).code, 0);
        assert_eq!(become_app(&sandbox).code, 0);
        assert!(items() > 0);
        let cards = sandbox.home.path().join(".local/state/assume/sessions");
        let card = std::fs::read_dir(&cards).unwrap().next().unwrap().unwrap().path();
        let mut form: serde_json::Value = serde_json::from_slice(&std::fs::read(&card).unwrap()).unwrap();
        form["expires_at"] = 1_000_000.into();
        std::fs::write(&card, form.to_string()).unwrap();
        let before = items();
        assert_eq!(sandbox.home.run(&["export", "deploy", "--format", "json"]).code, 0);
        assert!(!card.exists(), "the card is still there");
        assert_eq!(items(), before, "one came and one went");
    }

    #[test]
    fn a_lost_card_costs_one_call_and_an_identity_that_is_gone_serves_nobody() {
        let sandbox = Sandbox::classic();
        sandbox.home.config(ROLE);
        assert_eq!(add(&sandbox.home, &[], &pair(&sandbox, "alice")).code, 0);
        assert_eq!(become_app(&sandbox).code, 0);
        let cards = sandbox.home.path().join(".local/state/assume/identities");
        std::fs::remove_dir_all(&cards).unwrap();
        assert_eq!(become_app(&sandbox).code, 0);
        // The vault's own generation is the same, so what was cached is found again.
        assert_eq!(count(&sandbox, "AssumeRole"), 1);

        let removed = sandbox.home.run(&["identity", "remove", "work", "--yes"]);
        assert!(removed.stderr.contains("and 1 cached session(s) of it"), "{removed:?}");
        let names = sandbox.home.kernel_vault().names(assume::vault::SecretKind::Session).unwrap();
        assert!(names.is_empty(), "{names:?}");
        assert_ne!(become_app(&sandbox).code, 0);
    }
}

/// On a terminal each part is asked for by itself, and the secret is not shown.
mod typed {
    use rexpect::session::spawn_command;

    use super::*;

    #[test]
    fn a_key_is_asked_for_on_the_terminal() {
        let home = Home::new();
        let mut terminal = spawn_command(home.command(&["identity", "add", "work"]), Some(20_000)).unwrap();
        terminal.exp_string("assume: access key id of work: ").unwrap();
        terminal.send_line(KEY_ID).unwrap();
        terminal.exp_string("assume: secret access key: ").unwrap();
        terminal.send_line(SECRET).unwrap();
        let before = terminal.exp_string("is kept in `kernel`").unwrap();
        assert!(!before.contains(SECRET), "{before}");
        terminal.exp_eof().unwrap();
        assert_eq!(held(&home).secret_key.expose_secret(), SECRET);
    }

    #[test]
    fn without_an_os_keyring_a_passphrase_is_asked_for_and_asked_again() {
        let mut home = Home::new();
        home.unset("ASSUME_VAULT");
        let mut terminal = spawn_command(home.command(&["identity", "add", "work"]), Some(20_000)).unwrap();
        terminal.exp_string("access key id of work: ").unwrap();
        terminal.send_line(KEY_ID).unwrap();
        terminal.exp_string("secret access key: ").unwrap();
        terminal.send_line(SECRET).unwrap();
        terminal.exp_string("new passphrase for ").unwrap();
        terminal.send_line("correct horse").unwrap();
        terminal.exp_string("the same passphrase again: ").unwrap();
        terminal.send_line("correct horse").unwrap();
        terminal.exp_string("is kept in `file`").unwrap();
        terminal.exp_eof().unwrap();

        let mut terminal = spawn_command(home.command(&["identity", "rotate", "work"]), Some(20_000)).unwrap();
        terminal.exp_string("passphrase of ").unwrap();
        terminal.send_line("battery").unwrap();
        terminal.exp_string("that passphrase does not open it; try again").unwrap();
        terminal.exp_string("passphrase of ").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_string("no passphrase: the question was declined").unwrap();
        terminal.exp_eof().unwrap();
    }

    #[test]
    fn two_passphrases_that_differ_keep_nothing() {
        let mut home = Home::new();
        home.unset("ASSUME_VAULT");
        let mut terminal = spawn_command(home.command(&["mfa", "add", ALICES_DEVICE]), Some(20_000)).unwrap();
        terminal.exp_string("(base32 or otpauth URI): ").unwrap();
        terminal.send_line("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        terminal.exp_string("new passphrase for ").unwrap();
        terminal.send_line("correct horse").unwrap();
        terminal.exp_string("again: ").unwrap();
        terminal.send_line("correct house").unwrap();
        terminal.exp_string("the two passphrases differ, and nothing was kept").unwrap();
        terminal.exp_eof().unwrap();
        let made = home.path().join(".local/share/assume");
        assert!(
            !made.join("assume.age").exists()
                && std::fs::read_dir(made)
                    .unwrap()
                    .all(|entry| { entry.unwrap().file_name().to_str().unwrap().ends_with(".lock") })
        );
    }
}
