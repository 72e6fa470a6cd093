//! The kernel's keyring.

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
        !Vault::new(&VaultSettings::default(), &kernel.world).order(SecretKind::Keepsake).contains(&StoreName::Kernel)
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
    assert_eq!(kernel.write("shortest", &value, Duration::from_secs(60)), StoreName::None, "it ends before all others");
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
