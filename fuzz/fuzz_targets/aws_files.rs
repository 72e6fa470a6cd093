//! `~/.aws/config` and `~/.aws/credentials` as anybody may have written them: read, planned, printed, edited.
#![no_main]

use assume::config::{AwsConfigEdit, Catalog};
use assume_fuzz::{Home, explore, parts, says};
use libfuzzer_sys::fuzz_target;

const COMMAND: &str = "assume credential-process x";

fuzz_target!(init: { HOME.with(|_| ()) }, |data: &[u8]| HOME.with(|home| {
    let [config, credentials] = parts(data);
    let folders = &home.world.folders;
    home.write(&folders.aws_config, config);
    home.write(&folders.aws_credentials, credentials);
    let catalog = match Catalog::open(&home.world) {
        Ok(catalog) => catalog,
        Err(error) => return says(error),
    };
    explore(&catalog);
    // What cannot be understood is set aside, and is not edited either.
    if let Err(error) = catalog.aws_files_are_whole() {
        return says(error);
    }

    let mut edit = AwsConfigEdit::open(&folders.aws_config).unwrap();
    if edit.put("x", COMMAND, None).is_ok() {
        edit.save().unwrap();
        let after = Catalog::open(&home.world).expect("what we wrote can be read");
        let names: Vec<String> = after.listings().into_iter().map(|listing| listing.name).collect();
        assert!(catalog.listings().iter().all(|listing| names.contains(&listing.name)), "a profile is gone");
        let mut again = AwsConfigEdit::open(&folders.aws_config).unwrap();
        again.put("x", COMMAND, None).unwrap();
        assert!(again.changes().is_empty(), "the second time nothing is left to do");
    }
}));

thread_local! {
    static HOME: Home = Home::new();
}
