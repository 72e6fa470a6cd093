//! The seeds of virtual MFA devices: kept apart from the key that they guard, and shown as codes.

use crate::support::home::Home;
use crate::support::sandbox::ALICES_DEVICE;

const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const PAIR: &str = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn a_seed_that_is_kept_gives_codes_and_is_listed_with_who_declares_its_device() {
    let home = Home::new();
    home.config(&format!("[identity.work]\nenvironment = true\nmfa_serial = \"{ALICES_DEVICE}\"\n"));
    home.aws_config("[profile work]\nregion = eu-west-1\n");
    let list = home.run(&["mfa", "list"]);
    assert!(list.stdout.contains(&format!("{ALICES_DEVICE}  asked for")), "{list:?}");
    let uri = format!("otpauth://totp/Amazon:alice?secret={SEED}&issuer=Amazon");
    let ran = home.run_with_input(&["mfa", "add", "work"], &uri);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(!ran.stderr.contains(SEED), "{ran:?}");
    let list = home.run(&["mfa", "list"]);
    assert!(list.stdout.contains(&format!("{ALICES_DEVICE}  seed in `kernel`")), "{list:?}");
    assert!(list.stdout.ends_with("  work\n"), "{list:?}");

    let shown = home.run(&["mfa", "code"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.trim().len() == 6 && shown.stderr.contains("counted as used"), "{shown:?}");
    let again = home.run(&["mfa", "code", ALICES_DEVICE]);
    // The window may have ended in between; then it is another code.
    assert!(again.stderr.contains("used already") || again.stdout != shown.stdout, "{again:?}");
}

#[test]
fn a_seed_is_refused_by_the_store_that_holds_the_key_which_it_guards() {
    let mut home = Home::new();
    let ran = home.run_with_input(&["identity", "add", "work", "--mfa-serial", ALICES_DEVICE], PAIR);
    assert_eq!(ran.code, 0, "{ran:?}");
    let refused = home.run_with_input(&["mfa", "add", "work"], SEED);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("`kernel` also holds the key of `work`: who opens it has both factors"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("--same-store"), "{refused:?}");
    assert_eq!(home.run(&["mfa", "code", "work"]).code, 3);

    // In another store it is welcome.
    home.set("ASSUME_VAULT", "file").set("ASSUME_VAULT_PASSPHRASE", "correct horse");
    let ran = home.run_with_input(&["mfa", "add", "work"], SEED);
    assert_eq!(ran.code, 0, "{ran:?}");
    home.set("ASSUME_VAULT", "kernel");
    let ran = home.run_with_input(&["mfa", "add", "work", "--same-store"], SEED);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("warning: `kernel` also holds the key of `work`: who opens it has both factors"),
        "{ran:?}"
    );
}

#[test]
fn a_seed_is_replaced_or_removed_only_when_that_is_said() {
    let home = Home::new();
    assert_eq!(home.run_with_input(&["mfa", "add", ALICES_DEVICE], SEED).code, 0);
    let ran = home.run_with_input(&["mfa", "add", ALICES_DEVICE], SEED);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("is kept already") && ran.stderr.contains("--replace"), "{ran:?}");
    assert_eq!(home.run_with_input(&["mfa", "add", ALICES_DEVICE, "--replace"], SEED).code, 0);

    let ran = home.run(&["mfa", "remove", ALICES_DEVICE]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert_eq!(home.run(&["mfa", "remove", ALICES_DEVICE, "--yes"]).code, 0);
    let ran = home.run(&["mfa", "remove", ALICES_DEVICE, "--yes"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(home.kernel_vault().names(assume::vault::SecretKind::Keepsake).unwrap().is_empty());
}

#[test]
fn what_is_no_device_or_no_seed_is_refused() {
    let home = Home::new();
    home.config("[identity.work]\nenvironment = true\n");
    let cases = [
        ("wrok", SEED, 2, "did you mean `work`?"),
        ("work", SEED, 3, "`work` declares no MFA device"),
        (ALICES_DEVICE, "123456", 2, "neither base32 nor an otpauth:// URI"),
        (ALICES_DEVICE, "", 2, "it is empty"),
    ];
    for (device, input, code, expected) in cases {
        let ran = home.run_with_input(&["mfa", "add", device], input);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.stderr.contains(expected), "{ran:?}");
    }
    let ran = home.run(&["mfa", "code"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("no seed is kept"), "{ran:?}");
}
