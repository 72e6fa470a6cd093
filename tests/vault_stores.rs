//! Every secret store, on the real thing: the kernel's keyring, a real Secret Service, the encrypted file.

mod kernel {
    use std::time::Duration;

    use assume::config::{Sourced, StoreName, VaultSettings};
    use assume::terms::{ExposeSecret, SecretString};
    use assume::vault::{ItemName, SecretKind, Vault};
    use assume::world::{Env, World};

    use crate::support::plain_user;

    /// A vault that keeps everything in the kernel, under a name of its own, and nothing when it is dropped.
    struct Kernel {
        vault: Vault,
        world: World,
    }

    fn kernel(name: &str) -> Kernel {
        let namespace = format!("assume-test-{}-{name}", std::process::id());
        let world = World::new().with_env(Env::from_iter([("ASSUME_VAULT_NAME", namespace)]));
        let named = Some(Sourced::by_default(StoreName::Kernel));
        let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
        Kernel { vault: Vault::new(&settings, &world), world }
    }

    impl Drop for Kernel {
        fn drop(&mut self) {
            let _ = self.vault.clear_namespace(StoreName::Kernel);
        }
    }

    impl Kernel {
        fn write(&self, name: &str, value: &str, life: Duration) -> StoreName {
            let end = self.world.clock.now() + life;
            self.vault.write_session(&ItemName::session(name), &SecretString::from(value), end)
        }

        fn read(&self, name: &str) -> Option<String> {
            let found = self.vault.read_session(&ItemName::session(name), StoreName::Kernel).unwrap();
            found.map(|value| value.expose_secret().to_owned())
        }
    }

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_session_is_found_again_by_its_name_only_and_until_it_is_removed() {
        let kernel = kernel("round");
        assert_eq!(kernel.write("a", "{\"token\":\"zoë\"}\n", HOUR), StoreName::Kernel);
        assert_eq!(kernel.read("a").as_deref(), Some("{\"token\":\"zoë\"}\n"));
        assert_eq!(kernel.read("b"), None);
        assert_eq!(kernel.write("a", "second", HOUR), StoreName::Kernel);
        assert_eq!(kernel.read("a").as_deref(), Some("second"));
        assert!(kernel.vault.remove_session(&ItemName::session("a"), StoreName::Kernel).unwrap());
        assert!(!kernel.vault.remove_session(&ItemName::session("a"), StoreName::Kernel).unwrap());
        assert_eq!(kernel.read("a"), None);
    }

    #[test]
    fn a_long_value_comes_back_whole() {
        let kernel = kernel("long");
        let value = "x".repeat(9_000);
        kernel.write("a", &value, HOUR);
        assert_eq!(kernel.read("a"), Some(value));
    }

    #[test]
    fn another_thread_finds_what_this_one_wrote() {
        let kernel = kernel("thread");
        kernel.write("a", "value", HOUR);
        let found = std::thread::scope(|scope| scope.spawn(|| kernel.read("a")).join().unwrap());
        assert_eq!(found.as_deref(), Some("value"));
    }

    #[test]
    fn an_ended_session_is_a_miss_and_can_be_written_again() {
        let kernel = kernel("ended");
        kernel.write("a", "old", Duration::from_secs(1));
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while kernel.read("a").is_some() {
            assert!(std::time::Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(kernel.write("a", "new", HOUR), StoreName::Kernel);
        assert_eq!(kernel.read("a").as_deref(), Some("new"));
    }

    #[test]
    fn nobody_but_the_possessor_may_touch_a_key() {
        let kernel = kernel("perms");
        kernel.write("a", "value", HOUR);
        let keys = std::fs::read_to_string("/proc/keys").unwrap();
        let name = format!("assume-test-{}-perms:session/a", std::process::id());
        // /proc/keys shows only what may be viewed, which our own possession allows.
        let line = keys.lines().find(|line| line.contains(&name)).unwrap();
        assert!(line.contains(" 3f000000 "), "{line}");
        assert!(line.contains(" 59m ") || line.contains(" 60m ") || line.contains(" 1h "), "{line}");
    }

    #[test]
    fn clearing_and_sweeping_stay_within_their_namespaces() {
        let (ours, theirs) = (kernel("clear-a"), kernel("clear-b"));
        ours.write("a", "value", HOUR);
        ours.write("b", "value", HOUR);
        theirs.write("a", "value", HOUR);
        assert_eq!(ours.vault.clear_namespace(StoreName::Kernel).unwrap(), 2);
        assert_eq!(theirs.vault.names(SecretKind::Session).unwrap().len(), 1);
        let prefix = format!("assume-test-{}-clear-", std::process::id());
        assert_eq!(assume::vault::sweep(&prefix, |namespace| namespace.ends_with("clear-b")).unwrap(), 0);
        assert_eq!(assume::vault::sweep(&prefix, |_| false).unwrap(), 1);
        assert_eq!(theirs.read("a"), None);
    }

    #[test]
    fn the_kernel_keeps_keepsakes_only_when_named_outright() {
        let kernel = kernel("keepsake");
        let name = ItemName::keepsake("key", "work");
        assert_eq!(kernel.vault.write_keepsake(&name, &SecretString::from("secret")).unwrap(), StoreName::Kernel);
        assert_eq!(kernel.vault.read_keepsake(&name).unwrap().unwrap().expose_secret(), "secret");
        assert!(
            !Vault::new(&VaultSettings::default(), &kernel.world)
                .order(SecretKind::Keepsake)
                .contains(&StoreName::Kernel)
        );
    }

    /// Within a plain user's quota: 200 keys and 20,000 bytes.
    #[test]
    fn as_a_plain_user_the_sessions_that_end_first_make_room() {
        for inner in ["many_large_sessions", "many_small_sessions"] {
            let output = plain_user::rerun_as_plain_user(&format!("vault_stores::kernel::{inner}"), &[]);
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
        }
    }

    #[test]
    #[ignore = "run as a plain user by the test above"]
    fn many_large_sessions() {
        let kernel = kernel("quota");
        let foreign = linux_keyutils::KeyRing::get_persistent(linux_keyutils::KeyRingIdentifier::Process).unwrap();
        let theirs = foreign.add_key("krb_ccache:someone", "ticket").unwrap();
        let value = "x".repeat(1_400);
        // Written in the order of their ends, last first: every later one ends before all that are there.
        let stay: Vec<String> = (0..10).map(|i| format!("long-{i}")).collect();
        for name in &stay {
            assert_eq!(kernel.write(name, &value, 2 * HOUR), StoreName::Kernel);
        }
        for i in 0..20 {
            assert_eq!(kernel.write(&format!("short-{i}"), &value, HOUR + Duration::from_secs(i)), StoreName::Kernel);
        }
        assert!(stay.iter().all(|name| kernel.read(name).is_some()), "a session that ends later was evicted");
        assert_eq!(kernel.read("short-0"), None);
        assert!(kernel.read("short-19").is_some() && kernel.read("short-18").is_some(), "more was evicted than needed");
        assert_eq!(
            kernel.write("shortest", &value, Duration::from_secs(60)),
            StoreName::None,
            "it ends before all others"
        );
        assert_eq!(theirs.read_to_vec().unwrap(), b"ticket");
        // What found no room leaves no older value behind.
        assert_eq!(kernel.write("long-0", &"x".repeat(19_990), 2 * HOUR), StoreName::None);
        assert_eq!(kernel.read("long-0"), None);
        foreign.unlink_key(theirs).unwrap();
    }

    #[test]
    #[ignore = "run as a plain user by the test above"]
    fn many_small_sessions() {
        let kernel = kernel("count");
        for i in 0..260 {
            assert_eq!(kernel.write(&format!("{i}"), "x", HOUR + Duration::from_secs(i)), StoreName::Kernel, "{i}");
        }
        assert!(kernel.read("259").is_some());
        assert_eq!(kernel.read("0"), None);
        let kept = kernel.vault.names(SecretKind::Session).unwrap().len();
        assert!(kept > 150, "{kept}");
    }
}

mod file {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use assume::config::{Sourced, StoreName, VaultSettings};
    use assume::terms::{ExposeSecret, SecretString};
    use assume::vault::{ItemName, SecretKind, Vault};
    use assume::world::{Env, World};

    use crate::support::home::ran;

    /// A person's folders, and what opens their encrypted file.
    struct Place {
        folder: tempfile::TempDir,
        variables: Vec<(&'static str, String)>,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let home = folder.path().to_str().unwrap().to_owned();
            // A folder on the disk is no place for a key: without this one the user's own would be tried.
            let runtime = format!("{home}/run");
            Self { folder, variables: vec![("HOME", home), ("XDG_RUNTIME_DIR", runtime)] }
        }

        fn with(mut self, name: &'static str, value: impl AsRef<Path>) -> Self {
            self.variables.push((name, value.as_ref().to_str().unwrap().to_owned()));
            self
        }

        /// One with an age identity of its own.
        fn with_identity() -> Self {
            let place = Self::new();
            let identity = place.path("keys/identity.txt");
            place.write("keys/identity.txt", &format!("# created: today\n{IDENTITY}\n"), 0o600);
            place.with("ASSUME_AGE_IDENTITY_FILE", identity)
        }

        fn path(&self, rest: &str) -> PathBuf {
            self.folder.path().join(rest)
        }

        fn write(&self, rest: &str, text: &str, mode: u32) {
            let path = self.path(rest);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }

        fn world(&self) -> World {
            World::new().with_env(Env::from_iter(self.variables.iter().cloned()))
        }

        /// A vault as a process of its own would have it.
        fn vault(&self) -> Vault {
            let named = Some(Sourced::by_default(StoreName::File));
            let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
            Vault::new(&settings, &self.world())
        }

        fn keep(&self, name: &str, value: &str) -> Result<StoreName, String> {
            let kept = self.vault().write_keepsake(&item(name), &SecretString::from(value));
            kept.map_err(|error| error.to_string())
        }

        fn read(&self, name: &str) -> Result<Option<String>, String> {
            let found = self.vault().read_keepsake(&item(name)).map_err(|error| error.to_string())?;
            Ok(found.map(|value| value.expose_secret().to_owned()))
        }

        fn file(&self) -> PathBuf {
            self.path(".local/share/assume/assume.age")
        }
    }

    fn item(name: &str) -> ItemName {
        ItemName::keepsake("key", name)
    }

    fn value(text: &str) -> Result<Option<String>, String> {
        Ok(Some(text.to_owned()))
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    const OTHER: &str = "AGE-SECRET-KEY-1G6K3LREYEUDA8HS64QLTNXJ7MMKYRYQUEXL7KYDTURFYS9UDN92S0X3854";

    #[test]
    fn an_age_identity_keeps_what_is_written_until_it_is_removed() {
        let place = Place::with_identity();
        assert_eq!(place.read("work"), Ok(None));
        assert!(!place.file().exists(), "reading made a file");
        assert_eq!(place.keep("work", "{\"secret\":\"zoë\"}\n"), Ok(StoreName::File));
        assert_eq!(place.read("work"), value("{\"secret\":\"zoë\"}\n"));
        place.keep("work", "second").unwrap();
        assert_eq!(place.read("work"), value("second"));
        assert_eq!(place.vault().names(SecretKind::Keepsake).unwrap(), [(item("work"), StoreName::File)]);
        assert_eq!(place.vault().names(SecretKind::Session).unwrap(), []);
        assert!(place.vault().remove_keepsake(&item("work")).unwrap());
        assert!(!place.vault().remove_keepsake(&item("work")).unwrap());
        assert_eq!(place.read("work"), Ok(None));
    }

    #[test]
    fn nothing_readable_lies_on_the_disk_and_nobody_else_may_look() {
        let place = Place::with_identity();
        place.keep("work", "canary-secret").unwrap();
        let bytes = std::fs::read(place.file()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary" || window == b"key/wo"));
        assert_eq!((mode(&place.file()), mode(place.file().parent().unwrap())), (0o600, 0o700));
        let left: Vec<_> =
            std::fs::read_dir(place.file().parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "the vault and its lock, and no temporary file: {left:?}");
    }

    #[test]
    fn an_ended_session_is_a_miss() {
        let place = Place::with_identity();
        let (vault, now) = (place.vault(), World::new().clock.now());
        let name = ItemName::session("a");
        assert_eq!(vault.write_session(&name, &"old".into(), now - Duration::from_secs(1)), StoreName::File);
        assert!(vault.read_session(&name, StoreName::File).unwrap().is_none());
        assert_eq!(vault.write_session(&name, &"new".into(), now + Duration::from_secs(60)), StoreName::File);
        assert_eq!(vault.read_session(&name, StoreName::File).unwrap().unwrap().expose_secret(), "new");
        assert_eq!(vault.names(SecretKind::Session).unwrap().len(), 1);
    }

    #[test]
    fn writers_that_come_together_lose_nothing() {
        let place = Place::with_identity();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let place = &place;
                scope.spawn(move || {
                    for i in 0..10 {
                        place.keep(&format!("{writer}-{i}"), "value").unwrap();
                    }
                });
            }
        });
        assert_eq!(place.vault().names(SecretKind::Keepsake).unwrap().len(), 80);
    }

    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let place = Place::with_identity();
        place.keep("work", "first").unwrap();
        let elsewhere = place.path("elsewhere.age");
        std::fs::rename(place.file(), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, place.file()).unwrap();
        place.keep("work", "second").unwrap();
        assert!(std::fs::symlink_metadata(place.file()).unwrap().is_symlink());
        assert_eq!(place.read("work"), value("second"));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_never_replaced() {
        let place = Place::with_identity();
        place.keep("work", "first").unwrap();
        let good = std::fs::read(place.file()).unwrap();

        let mut cut = good.clone();
        cut.pop();
        for (bytes, expected) in [(&cut[..], "is damaged"), (b"", "is damaged"), (b"not age", "is damaged")] {
            std::fs::write(place.file(), bytes).unwrap();
            for error in [place.read("work").unwrap_err(), place.keep("work", "second").unwrap_err()] {
                assert!(error.contains(expected), "{error}");
            }
            assert_eq!(std::fs::read(place.file()).unwrap(), bytes);
        }

        std::fs::write(place.file(), &good).unwrap();
        place.write("keys/identity.txt", OTHER, 0o600);
        for error in [place.read("work").unwrap_err(), place.keep("work", "second").unwrap_err()] {
            assert!(error.contains("identity.txt does not open"), "{error}");
        }
        place.write("keys/identity.txt", IDENTITY, 0o600);
        assert_eq!(place.read("work"), value("first"));
    }

    #[test]
    fn an_identity_that_others_can_read_or_that_lies_beside_the_vault_is_refused() {
        let place = Place::with_identity();
        place.write("keys/identity.txt", IDENTITY, 0o640);
        let error = place.keep("work", "value").unwrap_err();
        assert!(error.contains("open to other users (0640): chmod 600"), "{error}");

        let place = Place::new();
        let beside = place.path(".local/share/assume/identity.txt");
        place.write(".local/share/assume/identity.txt", IDENTITY, 0o600);
        let place = place.with("ASSUME_AGE_IDENTITY_FILE", beside);
        let error = place.keep("work", "value").unwrap_err();
        assert!(error.contains("lies beside the vault"), "{error}");
        assert!(!place.file().exists());

        let place = Place::new().with("ASSUME_AGE_IDENTITY_FILE", "/nonexistent/identity");
        assert!(
            place.keep("work", "value").unwrap_err().contains("cannot read the age identity /nonexistent/identity")
        );
    }

    #[test]
    fn a_passphrase_keeps_too_and_a_wrong_one_says_so() {
        let place = Place::new().with("ASSUME_VAULT_PASSPHRASE", "correct horse");
        place.keep("work", "value").unwrap();
        place.keep("home", "other").unwrap();
        assert_eq!(place.read("work"), value("value"));
        let key = place.file().with_extension("key.age");
        assert_eq!(mode(&key), 0o600);

        let wrong = Place { folder: place.folder, variables: Vec::new() };
        let home = wrong.path("").to_str().unwrap().to_owned();
        let wrong =
            Place { variables: vec![("HOME", home), ("ASSUME_VAULT_PASSPHRASE", "battery".to_owned())], ..wrong };
        for error in [wrong.read("work").unwrap_err(), wrong.keep("work", "second").unwrap_err()] {
            assert!(error.contains("the passphrase does not open"), "{error}");
        }
    }

    #[test]
    fn without_a_passphrase_or_a_person_it_is_not_there() {
        let place = Place::new();
        let vault = place.vault();
        assert_eq!(
            vault.write_session(&ItemName::session("a"), &"x".into(), World::new().clock.now()),
            StoreName::None
        );
        assert!(!place.file().exists());
    }

    /// In memory a copy of the key makes the second process fast; on a disk there is none.
    #[test]
    fn scrypt_is_paid_once_for_each_login() {
        let memory = tempfile::Builder::new().prefix("assume-test-").tempdir_in("/dev/shm").unwrap();
        std::fs::set_permissions(memory.path(), PermissionsExt::from_mode(0o700)).unwrap();
        let mut place = Place::new().with("ASSUME_VAULT_PASSPHRASE", "correct horse");
        place.keep("work", "value").unwrap();
        assert!(!place.path("run").exists());
        let timed = |place: &Place| {
            let begin = Instant::now();
            assert_eq!(place.read("work"), value("value"));
            begin.elapsed()
        };
        let slow = timed(&place);
        place.variables[1].1 = memory.path().to_str().unwrap().to_owned();
        timed(&place);
        let copies: Vec<_> =
            std::fs::read_dir(memory.path().join("assume")).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!(copies.len(), 1);
        assert_eq!((mode(&memory.path().join("assume")), mode(&copies[0])), (0o700, 0o600));
        let fast = (0..5).map(|_| timed(&place)).min().unwrap();
        println!("scrypt {slow:?}, with the copy {fast:?}");
        assert!(fast * 5 < slow, "{fast:?} and {slow:?}");
        // The copy serves no other passphrase.
        place.variables[2].1 = "battery".to_owned();
        assert!(place.read("work").unwrap_err().contains("does not open"));
    }

    /// Should this program be gone, the secrets are not.
    #[test]
    fn age_itself_opens_the_file() {
        let place = Place::with_identity();
        place.keep("work", "value").unwrap();
        let mut age = std::process::Command::new("age");
        age.args(["--decrypt", "-i"]).arg(place.path("keys/identity.txt")).arg(place.file());
        let ran = ran(age.env("PATH", "/usr/bin:/bin"), "");
        assert_eq!(ran.code, 0, "{ran:?}; the package `age` is needed");
        assert!(ran.stdout.contains("\"key/work\":{\"value\":\"value\""), "{ran:?}");
    }
}

mod os {
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
                    Ok(vault
                        .write_session(&ItemName::session(name), &SecretString::from(value), end)
                        .as_str()
                        .to_owned())
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
        let output =
            service.program("secret-tool").args(["lookup", "service", "assume", "username", "key/work"]).output();
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
}

/// `assume vault` tells which store keeps what, why, and whether it answers.
mod told {
    use crate::support::home::Home;
    use crate::support::secret_service::SecretService;

    fn told(home: &Home) -> String {
        let ran = home.run(&["vault"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        ran.stdout
    }

    #[test]
    fn with_nothing_set_the_first_store_that_answers_serves() {
        let mut home = Home::new();
        home.unset("ASSUME_VAULT").set("XDG_RUNTIME_DIR", "/nonexistent");
        let page = told(&home);
        assert!(page.contains("sessions   kernel (the first that answers of kernel, os, file)\n"), "{page}");
        assert!(page.contains("keepsakes  file, once a terminal is there to ask for its passphrase\n"), "{page}");
        assert!(page.contains("os         does not answer: there is no session bus\n"), "{page}");

        let service = SecretService::unlocked();
        for (name, value) in service.variables() {
            home.set(name, value);
        }
        let page = told(&home);
        assert!(page.contains("keepsakes  os (the first that answers of os, file)\n"), "{page}");
        assert!(page.contains("os         answers: the Secret Service\n"), "{page}");

        service.lock();
        let prompts = service.prompts_during(|| {
            let page = told(&home);
            assert!(page.contains("os         does not answer: it is locked\n"), "{page}");
            assert!(page.contains("keepsakes  os, once it is unlocked\n"), "{page}");
        });
        assert_eq!(prompts, 0);
        service.hang();
        assert!(told(&home).contains("os         does not answer: it did not answer within 2 s\n"));
    }

    #[test]
    fn a_store_that_was_named_is_told_with_where_it_was_named() {
        let mut home = Home::new();
        let page = told(&home);
        assert!(page.contains("keepsakes  kernel ($ASSUME_VAULT)\n"), "{page}");
        home.unset("ASSUME_VAULT").config("vault = \"file\"\nsession_vault = \"none\"\n");
        home.set("ASSUME_VAULT_PASSPHRASE", "canary-passphrase");
        let page = told(&home);
        assert!(page.contains("sessions   nowhere: `none` is set ("), "{page}");
        assert!(page.contains("config.toml:2, session_vault)\n"), "{page}");
        assert!(page.contains("keepsakes  file ("), "{page}");
        assert!(page.contains("made when something is kept, opened by ASSUME_VAULT_PASSPHRASE\n"), "{page}");
        assert!(!page.contains("canary"));

        let ran = home.run(&["vault", "--json"]);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["keepsakes"]["serving"], "file");
        assert_eq!(document["sessions"]["stores"], serde_json::json!(["none"]));
        assert_eq!(document["stores"][2]["name"], "file");
        assert_eq!(document["stores"][2]["answers"], true);
        assert!(!home.path().join(".local/share/assume").exists(), "a probe made something");
    }
}
