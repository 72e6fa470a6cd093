//! Our plans against what botocore does: the same roles in the same order, with the same parameters, from the same key.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assume::config::Catalog;
use assume::plan::{BaseSource, Overrides, Plan, Start, plan};
use assume::world::{Env, World};
use serde_json::{Value, json};

const CONFIG: &str = "
[default]
region = eu-west-1

[profile one]
role_arn = arn:aws:iam::111111111111:role/One
source_profile = base
external_id = ext-1
role_session_name = somebody
duration_seconds = 1800
region = eu-north-1

[profile two]
role_arn = arn:aws:iam::222222222222:role/path/Two
source_profile = one
role_session_name = somebody

[profile three]
role_arn = arn:aws:iam::333333333333:role/Three
source_profile = two
role_session_name = somebody

[profile self]
role_arn = arn:aws:iam::111111111111:role/Self
source_profile = self
role_session_name = somebody
aws_access_key_id = AKIASELF000000000000
aws_secret_access_key = secret

[profile keys-and-role]
role_arn = arn:aws:iam::111111111111:role/KeysAndRole
source_profile = base
role_session_name = somebody
aws_access_key_id = AKIAOWN0000000000000
aws_secret_access_key = secret

[profile over-keys]
role_arn = arn:aws:iam::111111111111:role/OverKeys
source_profile = keys-and-role
role_session_name = somebody

[profile env]
role_arn = arn:aws:iam::111111111111:role/Env
credential_source = Environment
role_session_name = somebody

[profile tool]
credential_process = printf '{\"Version\":1,\"AccessKeyId\":\"AKIATOOL000000000000\",\"SecretAccessKey\":\"s\"}'

[profile by-tool]
role_arn = arn:aws:iam::111111111111:role/ByTool
source_profile = tool
role_session_name = somebody

[profile device]
role_arn = arn:aws:iam::111111111111:role/Device
source_profile = base
role_session_name = somebody
mfa_serial = arn:aws:iam::111111111111:mfa/alice
duration_seconds = 7200

[profile process-and-config-keys]
credential_process = printf '{\"Version\":1,\"AccessKeyId\":\"AKIATOOL000000000000\",\"SecretAccessKey\":\"s\"}'
aws_access_key_id = AKIAOWN0000000000000
aws_secret_access_key = secret

[profile process-and-credentials]
credential_process = printf '{\"Version\":1,\"AccessKeyId\":\"AKIATOOL000000000000\",\"SecretAccessKey\":\"s\"}'

[profile split]
role_arn = arn:aws:iam::111111111111:role/FromConfig
source_profile = base
role_session_name = somebody

[profile loop-a]
role_arn = arn:aws:iam::111111111111:role/A
source_profile = loop-b

[profile loop-b]
role_arn = arn:aws:iam::111111111111:role/B
source_profile = loop-a

[profile no-source]
role_arn = arn:aws:iam::111111111111:role/NoSource

[profile both]
role_arn = arn:aws:iam::111111111111:role/Both
source_profile = base
credential_source = Environment

[profile lost]
role_arn = arn:aws:iam::111111111111:role/Lost
source_profile = nobody

[profile bad-source]
role_arn = arn:aws:iam::111111111111:role/BadSource
credential_source = Moon

[profile half]
aws_access_key_id = AKIAHALF000000000000

[profile nothing]
region = us-east-1
";

const CREDENTIALS: &str = "
[base]
aws_access_key_id = AKIABASE000000000000
aws_secret_access_key = secret

[process-and-credentials]
aws_access_key_id = AKIABASE000000000000
aws_secret_access_key = secret

[split]
role_arn = arn:aws:iam::111111111111:role/FromCredentials
";

const PROFILES: [&str; 20] = [
    "one",
    "two",
    "three",
    "self",
    "keys-and-role",
    "over-keys",
    "env",
    "tool",
    "by-tool",
    "device",
    "process-and-config-keys",
    "process-and-credentials",
    "split",
    "base",
    "loop-a",
    "no-source",
    "both",
    "lost",
    "bad-source",
    "half",
];

#[test]
fn every_profile_leads_where_botocore_goes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config"), CONFIG).unwrap();
    std::fs::write(folder.path().join("credentials"), CREDENTIALS).unwrap();
    let theirs = botocore(folder.path());
    let env = Env::from_iter([
        ("HOME", folder.path().as_os_str().to_owned()),
        ("AWS_CONFIG_FILE", folder.path().join("config").into_os_string()),
        ("AWS_SHARED_CREDENTIALS_FILE", folder.path().join("credentials").into_os_string()),
    ]);
    let catalog = Catalog::open(&World::new().with_env(env)).unwrap();
    let who = "somebody".parse().unwrap();
    for profile in PROFILES {
        let found = &theirs[profile];
        match plan(&catalog, profile, &Overrides::none(), &who) {
            Err(error) => assert!(found["key"].is_null(), "{profile} is refused: {error}; botocore: {found}"),
            Ok(plan) => {
                assert!(!found["key"].is_null(), "{profile} is planned; botocore: {found}");
                assert_eq!(calls(&plan), their_calls(found), "{profile}");
                let first = &found["calls"][0]["key"];
                let key = if first.is_null() { &found["key"] } else { first };
                assert_eq!(key, first_key(&plan), "{profile} starts from another key");
            }
        }
    }
    assert!(plan(&catalog, "nothing", &Overrides::none(), &who).is_err());
}

/// The AssumeRole calls of a plan, as they are on the wire, without what the clock and the host say.
fn calls(plan: &Plan) -> Vec<Value> {
    let call = |hop: &assume::plan::Hop| {
        // botocore sends a duration only where one is declared.
        let declared = hop.duration.effective.origin != assume::config::Origin::Default;
        json!({
            "RoleArn": hop.role_arn.value.to_string(),
            "ExternalId": hop.external_id.as_ref().map(|id| id.value.to_string()),
            "RoleSessionName": hop.session_name.value.to_string(),
            "SerialNumber": hop.mfa.as_ref().map(|device| device.serial.value.to_string()),
            "DurationSeconds": declared.then(|| hop.duration.effective.value.seconds().to_string()),
        })
    };
    plan.hops.iter().map(call).collect()
}

fn their_calls(found: &Value) -> Vec<Value> {
    let keys = ["RoleArn", "ExternalId", "RoleSessionName", "SerialNumber", "DurationSeconds"];
    let calls = found["calls"].as_array().unwrap().iter();
    calls.map(|call| keys.iter().map(|key| ((*key).to_owned(), call[key].clone())).collect::<Value>()).collect()
}

fn first_key(plan: &Plan) -> &str {
    let base = match &plan.start {
        Start::Keys(base) => base,
        Start::MfaSession(session) => &session.keys,
        Start::SignIn(_) => return "another",
    };
    match &base.source.value {
        BaseSource::FileKeys(keys) => keys.key_id.value.as_str(),
        BaseSource::Environment => "AKIAENV0000000000000",
        BaseSource::Process(command) if command.contains("AKIATOOL") => "AKIATOOL000000000000",
        BaseSource::VaultKey
        | BaseSource::Container
        | BaseSource::Instance
        | BaseSource::LoginSession { .. }
        | BaseSource::Process(_) => "another",
    }
}

fn botocore(folder: &Path) -> Value {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "where the test environment lies is the machine's, not the test's")]
    let python = std::env::var_os("ASSUME_TEST_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| tests.join("target/test-env/python/bin/python"));
    assert!(python.exists(), "{} is not there; tests/setup makes it", python.display());
    let mut child = Command::new(python)
        .arg(tests.join("tests/oracle_botocore.py"))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", folder)
        .env("AWS_ACCESS_KEY_ID", "AKIAENV0000000000000")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        // Without any Region botocore refuses what we send to the one that answers for the partition.
        .env("AWS_DEFAULT_REGION", "eu-west-1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = json!({ "folder": folder, "profiles": PROFILES });
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
