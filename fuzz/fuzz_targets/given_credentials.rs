//! What a `credential_process` prints and what a container's endpoint answers.
//!
//! The first byte chooses. The endpoint is asked by the real client, over loopback; what a program prints is read as it
//! comes, and by way of a real program for one first byte in sixteen, since starting one takes a hundred times longer.
#![no_main]

use std::collections::HashMap;

use assume::aws::Line;
use assume::config::{Origin, Sourced};
use assume::identity::{base_credentials, read_answer};
use assume::person::plain;
use assume::plan::{Base, BaseSource};
use assume::vault::Vault;
use assume::world::World;
use assume_fuzz::{Home, Loopback, hand_over, is_plain, says};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| STAGE.with(|stage| {
    let Some((which, body)) = data.split_first() else { return };
    // What is no answer at all, the SDK's provider asks for again, with pauses: that is its own, and would take all the time.
    let is_answer = || {
        let Ok(answer) = serde_json::from_slice::<HashMap<String, serde_json::Value>>(body) else { return false };
        ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
            .iter()
            .all(|key| answer.get(*key).is_some_and(|v| v.is_string()))
            && is_time(&answer["Expiration"])
    };
    let source = if which % 2 == 0 && (which % 4 != 0 || is_answer()) {
        stage.loopback.lay(if which % 4 == 0 { 200 } else { 404 }, body);
        BaseSource::Container
    } else if which % 16 != 1 {
        return match read_answer(body) {
            Ok(credentials) => hand_over(&credentials, stage.world()),
            Err(reason) => is_plain(&plain(&reason)),
        };
    } else {
        let file = stage.home.write("answer".as_ref(), body);
        BaseSource::Process(format!("exec cat {}", file.display()))
    };
    let base = Base { name: "legacy".to_owned(), chosen: Origin::Default, source: Sourced::by_default(source) };
    let vault = Vault::new(&Default::default(), stage.world());
    match base_credentials(&base, &vault, &stage.line, stage.world()) {
        Ok(credentials) => hand_over(&credentials, stage.world()),
        Err(error) => says(error),
    }
}));

fn is_time(text: &serde_json::Value) -> bool {
    let answer = serde_json::json!({
        "Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": text,
    });
    read_answer(answer.to_string().as_bytes()).is_ok()
}

struct Stage {
    loopback: Loopback,
    home: &'static Home,
    line: Line<'static>,
}

impl Stage {
    fn world(&self) -> &'static World {
        &self.home.world
    }
}

thread_local! {
    static STAGE: Stage = {
        let (loopback, home) = (Loopback::start(), &*Box::leak(Box::new(Home::new())));
        // SAFETY: nothing else runs yet that reads the environment: the server's thread does not.
        unsafe { std::env::set_var("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/credentials", loopback.url())) };
        Stage { loopback, home, line: Line::new(&home.world) }
    };
}
