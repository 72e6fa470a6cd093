//! `assume vault` tells which store keeps what, why, and whether it answers.

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
