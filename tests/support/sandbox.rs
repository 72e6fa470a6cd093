//! A local STS and IAM of a test's own, and a home whose programs talk to it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use assume::sandbox::{Failure, Key, Options, ProfileSource, Scenario, Server};
use assume::terms::ExposeSecret;
use serde::Deserialize;

use super::home::Home;

/// A running sandbox and a home that points at it.
///
/// `~/.aws/credentials` has the first key of each user under the user's name; there is no config of ours until
/// [`Sandbox::declare_profiles`] writes one.
pub(crate) struct Sandbox {
    pub(crate) server: Server,
    pub(crate) home: Home,
    scenario: Scenario,
    log: PathBuf,
}

/// One line of the sandbox's log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub(crate) struct LoggedCall {
    pub(crate) operation: Option<String>,
    pub(crate) principal: Option<String>,
    pub(crate) role_arn: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) region: Option<String>,
}

/// Alice's device in the classic scenario.
pub(crate) const ALICES_DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

impl Sandbox {
    /// Starts the built-in scenario.
    pub(crate) fn classic() -> Self {
        Self::start(Scenario::classic().unwrap(), Options::default())
    }

    /// Starts a scenario of the test's own, in TOML.
    pub(crate) fn of(scenario: &str) -> Self {
        Self::start(Scenario::parse(scenario).unwrap(), Options::default())
    }

    /// Starts a scenario. The log is put into the home.
    pub(crate) fn start(scenario: Scenario, options: Options) -> Self {
        let mut home = Home::new();
        let log = home.path().join("sandbox.log");
        let server = Server::start(&scenario, Options { log: Some(log.clone()), ..options }).unwrap();
        for variable in ["STS", "IAM", "SSO", "SSO_OIDC", "SIGNIN", "ACCESSANALYZER", "ACCOUNT", "ORGANIZATIONS"]
            .map(|service| format!("AWS_ENDPOINT_URL_{service}"))
        {
            home.set(variable, server.url());
        }
        // No program of a test may look for credentials on the machine that it runs on.
        home.set("AWS_REGION", "eu-west-1")
            .set("AWS_DEFAULT_REGION", "eu-west-1")
            .set("AWS_EC2_METADATA_DISABLED", "true");
        let sandbox = Self { server, home, scenario, log };
        sandbox.home.aws_credentials(&sandbox.credentials_file());
        sandbox
    }

    /// The endpoint.
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// The first key of the user of that name.
    pub(crate) fn key_of(&self, user: &str) -> Key {
        let suffix = format!("/{user}");
        let keys = self.server.keys().into_iter();
        keys.into_iter().find(|key| key.user_arn.ends_with(&suffix)).expect("a user of the scenario, with a key")
    }

    /// Makes a second key for alice, as somebody would in the console, and returns its id.
    pub(crate) fn create_key_for_alice(&self) -> String {
        use assume::aws::{Clients, Runtime, Tries};
        use assume::config::Sourced;
        use assume::session::{Credentials, Lineage};
        let key = self.key_of("alice");
        let credentials = Credentials {
            key_id: key.id.parse().unwrap(),
            secret_key: key.secret,
            session: None,
            account: None,
            arn: None,
            lineage: Lineage::default(),
        };
        let region = Sourced::by_default("us-east-1".parse().unwrap());
        let reach = assume::plan::Reach { region, endpoint_url: None, fips: false, dual_stack: false };
        let clients = Clients::new(&assume::world::World::new()).unwrap();
        let iam = clients.iam(&reach, Some(&self.url().parse().unwrap()), &credentials, Tries::Once);
        let answer = Runtime::new().unwrap().block_on(iam.create_access_key().send()).unwrap();
        answer.access_key().unwrap().access_key_id().to_owned()
    }

    /// The code that the device shows now.
    pub(crate) fn code(&self, serial: &str) -> String {
        self.code_at(serial, self.server.now())
    }

    /// The code that the device shows at that time.
    pub(crate) fn code_at(&self, serial: &str, time: SystemTime) -> String {
        let devices = self.server.devices();
        let device = devices.iter().find(|device| device.serial == serial).expect("a device of the scenario");
        device.seed.code_at(time).expose_secret().to_owned()
    }

    /// Tells the sandbox to fail, as on its command line: `throttle*2@AssumeRole`.
    pub(crate) fn fail(&self, failure: &str) {
        self.server.fail(failure.parse::<Failure>().unwrap());
    }

    /// What was asked so far.
    pub(crate) fn calls(&self) -> Vec<LoggedCall> {
        let log = std::fs::read_to_string(&self.log).unwrap();
        log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The sandbox's log.
    pub(crate) fn log_file(&self) -> &Path {
        &self.log
    }

    /// The names of the operations that were asked so far.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.calls().into_iter().filter_map(|call| call.operation).collect()
    }

    /// Writes our config: the scenario's profiles as roles, whose identities are the users' profiles of the AWS files.
    pub(crate) fn declare_profiles(&self) {
        let role = |profile: &assume::sandbox::Profile| {
            let start = match &profile.from {
                ProfileSource::User(arn) => format!("identity = {:?}", arn.rsplit('/').next().unwrap()),
                ProfileSource::Profile(name) => format!("via = {name:?}"),
            };
            let optional =
                |key: &str, value: Option<String>| value.map(|v| format!("{key} = {v:?}\n")).unwrap_or_default();
            format!(
                "[role.{}]\n{start}\nrole_arn = {:?}\n{}{}\n",
                profile.name,
                profile.role_arn.to_string(),
                optional("external_id", profile.external_id.as_ref().map(ToString::to_string)),
                optional("mfa_serial", profile.mfa_serial.as_ref().map(ToString::to_string)),
            )
        };
        self.home.config(&self.scenario.profiles().iter().map(role).collect::<String>());
    }

    fn credentials_file(&self) -> String {
        let mut seen = std::collections::BTreeSet::new();
        let keys = self.server.keys().into_iter().filter(|key| seen.insert(key.user_arn.clone()));
        keys.map(|key| {
            let user = key.user_arn.rsplit(['/', ':']).next().unwrap_or_default();
            let secret = key.secret.expose_secret();
            format!("[{user}]\naws_access_key_id = {}\naws_secret_access_key = {secret}\n", key.id)
        })
        .collect()
    }
}
