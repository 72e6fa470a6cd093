//! What STS may answer, and what somebody in between may answer in its place: read by the real client, over loopback.
//!
//! The first byte chooses call and status, the rest is the body. A call with a code goes out once, so nothing waits.
#![no_main]

use assume::aws::{Line, Tries};
use assume::config::Catalog;
use assume::plan::{Plan, Start};
use assume::session::Credentials;
use assume::sts::{assume_role, session_token};
use assume::terms::SecretString;
use assume::vault::Vault;
use assume::world::World;
use assume_fuzz::{Home, Loopback, hand_over, plan_of, says};
use libfuzzer_sys::fuzz_target;

const STATUS: [u16; 8] = [200, 200, 400, 403, 404, 429, 500, 503];

fuzz_target!(|data: &[u8]| STAGE.with(|stage| {
    let Some((which, body)) = data.split_first() else { return };
    let (which, code) = (usize::from(*which), SecretString::from("123456"));
    stage.loopback.lay(STATUS[which / 2 % STATUS.len()], body);
    let Start::MfaSession(session) = &stage.plan.start else { panic!("the plan has one") };
    let answer = match which % 2 {
        0 => assume_role(&stage.line, &stage.plan.hops[0], &stage.keys, Some((&code, Tries::Once)), &[])
            .map(|(credentials, _)| credentials),
        _ => session_token(&stage.line, session, &stage.keys, (&code, Tries::Once)),
    };
    match answer {
        Ok(credentials) => hand_over(&credentials, stage.world),
        Err(error) => says(error),
    }
}));

/// A plan whose endpoint is the loopback's, and an open line.
struct Stage {
    loopback: Loopback,
    plan: Plan,
    keys: Credentials,
    line: Line<'static>,
    world: &'static World,
}

thread_local! {
    static STAGE: Stage = {
        let (loopback, home) = (Loopback::start(), Box::leak(Box::new(Home::new())));
        let url = loopback.url();
        home.write(&home.world.folders.aws_config, format!(
            "[profile base]\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\nregion = eu-west-1\nendpoint_url = {url}\n\
             aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n\
             [profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\n\
             region = eu-west-1\nendpoint_url = {url}\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n"
        ));
        let world: &'static World = &home.world;
        let plan = plan_of(&Catalog::open(world).unwrap(), "prod").unwrap();
        let line = Line::new(world);
        let vault = Vault::new(&Default::default(), world);
        let Start::MfaSession(session) = &plan.start else { panic!("the plan has one") };
        let keys = assume::identity::base_credentials(&session.keys, &vault, &line, world).unwrap();
        Stage { loopback, plan, keys, line, world }
    };
}
