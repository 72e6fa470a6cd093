//! Our config file and one that it includes: whatever the included one says, it takes no name, runs nothing, and sends
//! nothing elsewhere.
#![no_main]

use assume::config::{Catalog, Declared};
use assume_fuzz::{Home, explore, parts, says};
use libfuzzer_sys::fuzz_target;

const AWS: &str = "[default]\nregion = eu-west-1\n[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Admin\n\
                   source_profile = base\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                   aws_secret_access_key = secret\n";

fuzz_target!(|data: &[u8]| HOME.with(|home| {
    let [main, included] = parts(data);
    let folders = &home.world.folders;
    let open = |first: &[u8]| {
        home.write(&folders.config_file, [first, b"\n", main].concat());
        Catalog::open(&home.world)
    };
    home.write(&folders.config_file.with_file_name("team.toml"), included);
    let alone = match open(b"") {
        Ok(alone) => alone,
        Err(error) => return says(error),
    };
    explore(&alone);
    let both = match open(b"include = ['team.toml']") {
        Ok(both) => both,
        Err(error) => return says(error),
    };
    explore(&both);

    let declared = |catalog: &Catalog, name: &str| format!("{:?}", catalog.find(name));
    let known = alone.listings();
    for listing in &known {
        assert_eq!(declared(&alone, &listing.name), declared(&both, &listing.name), "{}", listing.name);
    }
    for listing in both.listings() {
        if known.iter().any(|own| own.name == listing.name) {
            continue;
        }
        match both.find(&listing.name) {
            Ok(Some(Declared::Role(role))) => {
                assert!(role.call.mfa_process.is_none(), "it runs a command");
                assert!(role.connection.endpoint_url.is_none(), "it sends elsewhere");
            }
            Ok(other) => panic!("{other:?} is no role"),
            Err(error) => says(error),
        }
    }
}));

thread_local! {
    static HOME: Home = {
        let home = Home::new();
        home.write(&home.world.folders.aws_config, AWS);
        home
    };
}
