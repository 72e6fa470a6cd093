//! What lies in our own folders and stores, damaged or foreign: a session, its card, a lock's status.
#![no_main]

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use assume::config::VaultSettings;
use assume::session::{Cache, Cards, Flight, Taken};
use assume::terms::SecretString;
use assume::vault::Vault;
use assume_fuzz::{Home, hand_over};
use libfuzzer_sys::fuzz_target;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fuzz_target!(|data: &[u8]| HOME.with(|home| {
    let Some((which, data)) = data.split_first() else { return };
    let world = &home.world;
    let state = &world.folders.state;
    match which % 3 {
        0 => {
            let vault = Vault::new(&VaultSettings::default(), world);
            let item = SecretString::from(String::from_utf8_lossy(data).into_owned());
            if let Some(credentials) = Cache::new(&vault, world).unpack(&item) {
                hand_over(&credentials, world);
            }
        }
        1 => {
            home.write(&state.join("sessions").join(format!("{KEY}.json")), data);
            let cards = Cards::new(world);
            for (key, card) in cards.all() {
                assert_eq!(cards.read(&key).as_ref(), Some(&card));
                cards.write(&key, &card).unwrap();
                assert_eq!(cards.read(&key), Some(card), "it says the same when it is written again");
            }
        }
        _ => {
            home.write(&state.join("locks").join("step"), data);
            match Flight::new(world).take("step", false, |_| ()) {
                Ok(Taken::Turn(turn)) => assert!(turn.refused_meanwhile().is_none(), "nobody was watched"),
                other => panic!("the lock is free: {other:?}"),
            }
        }
    }
}));

thread_local! {
    static HOME: Home = {
        let home = Home::new();
        for folder in ["sessions", "locks"] {
            private(&home.world.folders.state.join(folder));
        }
        home
    };
}

fn private(folder: &Path) {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).unwrap();
}
