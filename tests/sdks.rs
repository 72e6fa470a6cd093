//! Other people's programs become the role: the AWS CLI and boto3, through `credential_process`, through `exec`, and from
//! what `export` prints; against the sandbox, which checks what they send, and against moto, which is not ours. And where
//! other people's machines say who we are: the environment, a container's endpoint, an instance's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::home::{Home, Ran, ran};
use crate::support::metadata::{CONTAINER_TOKEN, INSTANCE_TOKEN, Metadata};
use crate::support::moto::Moto;
use crate::support::python::{self, WHO};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};
use crate::support::{aws_cli, terminal};

const UPDATE_APP: &str = "arn:aws:sts::123456789012:assumed-role/UpdateApp/";
const REPORTS: &str = "arn:aws:sts::444455556666:assumed-role/Reports/";

/// The classic scenario with its profiles declared.
fn classic() -> Sandbox {
    let mut sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    sandbox.home.set("PATH", terminal::path_with_assume());
    sandbox
}

/// The same, and SDKs that are told to ask us for these.
fn set_up(profiles: &[&str]) -> Sandbox {
    let sandbox = classic();
    let ran = set_up_in(&sandbox.home, profiles);
    assert_eq!(ran.code, 0, "{ran:?}");
    sandbox
}

fn set_up_in(home: &Home, profiles: &[&str]) -> Ran {
    home.run(&[["setup", "credential-process"].as_slice(), profiles].concat())
}

fn aws_cli_as(home: &Home, profile: &str) -> Ran {
    let mut command = home.program(aws_cli::program());
    command.args(["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]);
    ran(command.env("AWS_PROFILE", profile), "")
}

#[track_caller]
fn is(ran: &Ran, arn: &str) {
    assert!(ran.code == 0 && ran.stdout.starts_with(arn), "{arn}: {ran:?}");
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.operations().iter().filter(|name| *name == operation).count()
}

#[test]
fn the_aws_cli_and_boto3_ask_us_and_are_the_role() {
    let sandbox = set_up(&["update-app", "third-party"]);
    for (profile, arn) in [("update-app", UPDATE_APP), ("third-party", REPORTS)] {
        is(&aws_cli_as(&sandbox.home, profile), arn);
        is(&python::as_profile(&sandbox.home, profile, WHO), arn);
    }
    assert_eq!(count(&sandbox, "AssumeRole"), 2, "one for each role, however many programs ask");
}

#[test]
fn they_understand_a_server_that_is_not_ours_too() {
    let mut home = Home::new();
    let moto = Moto::start(&home);
    home.set("AWS_ENDPOINT_URL_STS", moto.url()).set("AWS_REGION", "eu-west-1").set("AWS_DEFAULT_REGION", "eu-west-1");
    home.aws_credentials("[alice]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = of-alice\n");
    home.config(
        "[role.app]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::123456789012:role/App\"\nsession_name = \"us\"\n\
         [role.two]\nvia = \"app\"\nrole_arn = \"arn:aws:iam::444455556666:role/Two\"\nsession_name = \"us\"\n",
    );
    assert_eq!(set_up_in(&home, &["--all"]).code, 0);
    for (profile, arn) in [
        ("app", "arn:aws:sts::123456789012:assumed-role/App/us"),
        ("two", "arn:aws:sts::444455556666:assumed-role/Two/us"),
    ] {
        is(&aws_cli_as(&home, profile), arn);
        is(&python::as_profile(&home, profile, WHO), arn);
    }
}

#[test]
fn a_code_typed_once_serves_the_sdks_that_cannot_ask() {
    let sandbox = set_up(&["prod-admin"]);
    let refused = aws_cli_as(&sandbox.home, "prod-admin");
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("run `assume prod-admin` in a terminal"), "{refused:?}");

    let code = sandbox.code(ALICES_DEVICE);
    let typed = sandbox.home.run_with_input(&["exec", "prod-admin", "--mfa-code-file", "-", "--", "true"], &code);
    assert_eq!(typed.code, 0, "{typed:?}");
    let arn = "arn:aws:sts::123456789012:assumed-role/Admin/";
    is(&aws_cli_as(&sandbox.home, "prod-admin"), arn);
    is(&python::as_profile(&sandbox.home, "prod-admin", WHO), arn);
    assert_eq!(count(&sandbox, "GetSessionToken"), 1);
}

#[test]
fn a_profile_whose_role_the_sdks_would_assume_themselves_gets_a_sibling() {
    let sandbox = classic();
    let theirs = "# kept\n[profile reports]\nrole_arn = arn:aws:iam::444455556666:role/partners/Reports\n\
                  source_profile = alice\nexternal_id = b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35\nrole_session_name = theirs\n";
    let file = sandbox.home.aws_config(theirs);
    let ran = set_up_in(&sandbox.home, &["reports"]);
    assert!(ran.code == 0 && ran.stderr.contains("AWS_PROFILE=reports-assume"), "{ran:?}");
    assert!(fs::read_to_string(&file).unwrap().starts_with(theirs));
    for profile in ["reports", "reports-assume"] {
        is(&aws_cli_as(&sandbox.home, profile), &format!("{REPORTS}theirs"));
        is(&python::as_profile(&sandbox.home, profile, WHO), &format!("{REPORTS}theirs"));
    }
    // The sibling's session is ours: asked for once.
    assert_eq!(count(&sandbox, "AssumeRole"), 3, "{:?}", sandbox.operations());
}

/// Prints the key that the SDK uses before and after our cache is emptied, and who it is then.
const REFRESH: &str = "
import boto3, subprocess
session = boto3.Session()
sts = session.client('sts')
keys = []
def use():
    sts.get_caller_identity()
    keys.append(session.get_credentials().get_frozen_credentials().access_key)
use()
use()
subprocess.run(['assume', 'logout', '--all'], check=True, stdout=subprocess.DEVNULL)
use()
print(keys[0] == keys[1], keys[1] == keys[2], sts.get_caller_identity()['Arn'])
";

#[test]
fn a_long_running_sdk_asks_again_before_the_end() {
    let sandbox = set_up(&["update-app"]);
    // botocore asks again when less than 15 minutes are left, so at every call of the shortest session that there is.
    let config = sandbox.home.path().join(".config/assume/config.toml");
    let text =
        fs::read_to_string(&config).unwrap().replace("[role.update-app]", "[role.update-app]\nduration = \"15m\"");
    sandbox.home.config(&text);
    let ran = python::as_profile(&sandbox.home, "update-app", REFRESH);
    is(&ran, &format!("True False {UPDATE_APP}"));
    assert_eq!(count(&sandbox, "AssumeRole"), 2, "while ours is good it is handed out again");
}

#[test]
fn exec_runs_them_as_the_role() {
    let sandbox = classic();
    let aws = ["exec", "update-app", "--", "aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    is(&sandbox.home.run(&aws), UPDATE_APP);
    is(&sandbox.home.run(&["exec", "third-party", "--", "python", "-c", WHO]), REPORTS);
    is(&sandbox.home.run(&["update-app", "--", "python", "-c", WHO]), UPDATE_APP);
    let refused = sandbox.home.run(&["exec", "denied", "--", "python", "-c", WHO]);
    assert!(refused.code == 4 && refused.stdout.is_empty(), "{refused:?}");
}

/// Says where the SDK's config is and whether a key stands in the environment; then does `REFRESH`.
const UNDER_REFRESH: &str = "
import os, stat
file = os.environ['AWS_CONFIG_FILE']
print(file, oct(stat.S_IMODE(os.stat(file).st_mode)))
print([name for name in os.environ if 'KEY' in name or 'TOKEN' in name or 'PASSPHRASE' in name])
";

#[test]
fn exec_refresh_gives_no_keys_but_a_file_by_which_sdks_ask_again() {
    let sandbox = classic();
    let script = format!("{UNDER_REFRESH}{REFRESH}");
    let words = ["exec", "--refresh", "--duration", "15m", "update-app", "--", "python", "-c"];
    let ran = sandbox.home.run(&[words.as_slice(), &[&script]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<_> = ran.stdout.lines().collect();
    let (file, mode) = lines[0].rsplit_once(' ').unwrap();
    assert_eq!((mode, lines[1]), ("0o600", "[]"), "{ran:?}");
    assert!(lines[2].starts_with(&format!("True False {UPDATE_APP}")), "{ran:?}");
    assert!(!Path::new(file).exists() && !Path::new(file).parent().unwrap().exists(), "{file}");
    assert_eq!(fs::metadata(sandbox.home.path().join(".local/state/assume")).unwrap().permissions().mode() & 0o77, 0);
    assert!(!sandbox.home.path().join(".aws/config").exists(), "the person's own is left alone");
}

#[test]
fn exec_refresh_ends_as_its_command_ends_and_the_file_goes() {
    let sandbox = classic();
    for (end, expected) in [("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)] {
        let script = format!("echo $AWS_CONFIG_FILE; test -e $AWS_CONFIG_FILE && {end}");
        let ran = sandbox.home.run(&["exec", "--refresh", "update-app", "--", "sh", "-c", &script]);
        assert_eq!(ran.code, expected, "{end}: {ran:?}");
        assert!(!Path::new(ran.stdout.trim_end()).exists(), "{end}");
    }
}

#[test]
fn what_export_prints_is_read_by_their_own_readers() {
    let sandbox = classic();
    let read: [(&str, &str); 4] = [
        ("json", "import json; given = json.load(open('out'))"),
        // dotenv has no reader in Python's library; sh reads what it has in common with it.
        (
            "dotenv",
            "import subprocess; names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION']\n\
             text = subprocess.check_output(['sh', '-ac', '. ./out; env'], env={'PATH': '/usr/bin:/bin'}, text=True)\n\
             given = dict(line.split('=', 1) for line in text.splitlines() if line.split('=')[0] in names)",
        ),
        // docker takes each line as it stands.
        ("docker-env", "given = dict(line.rstrip('\\n').split('=', 1) for line in open('out'))"),
        (
            "ini",
            "import configparser; ini = configparser.RawConfigParser(); ini.read('out'); ini = ini['update-app']\n\
             given = {name.upper(): ini[name] for name in ini}; given['AWS_REGION'] = given.pop('REGION')",
        ),
    ];
    let who = "import boto3\n\
               s = boto3.Session(given['AWS_ACCESS_KEY_ID'], given['AWS_SECRET_ACCESS_KEY'], given['AWS_SESSION_TOKEN'], \
               given['AWS_REGION'])\nprint(s.client('sts').get_caller_identity()['Arn'])";
    for (format, reader) in read {
        let out = sandbox.home.run(&["export", "update-app", "--format", format]);
        assert_eq!(out.code, 0, "{out:?}");
        sandbox.home.write("out", &out.stdout);
        is(&ran(&mut python::script(&sandbox.home, &format!("{reader}\n{who}")), ""), UPDATE_APP);
    }
}

#[test]
fn an_exported_ini_section_is_a_profile_of_the_credentials_file() {
    let sandbox = classic();
    let out = sandbox.home.run(&["export", "update-app", "--format", "ini"]);
    sandbox.home.aws_credentials(&out.stdout);
    is(&aws_cli_as(&sandbox.home, "update-app"), UPDATE_APP);
}

/// A role that machines have, and one that it may become.
const MACHINES: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
[[account.role]]
name = "Task"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }, Action = "sts:AssumeRole" }]
[account.role.policies.Switch]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::123456789012:role/Deploy" }]

[[account]]
id = "123456789012"
[[account.role]]
name = "Deploy"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/Task" }, Action = "sts:AssumeRole" }]
"#;

const ON_MACHINES: &str = r#"
[identity.box]
container = true
[identity.host]
instance = true
[identity.job]
environment = true

[role.task]
identity = "alice"
role_arn = "arn:aws:iam::111122223333:role/Task"
[role.from-container]
identity = "box"
role_arn = "arn:aws:iam::123456789012:role/Deploy"
[role.from-instance]
identity = "host"
role_arn = "arn:aws:iam::123456789012:role/Deploy"
[role.from-environment]
identity = "job"
role_arn = "arn:aws:iam::123456789012:role/Deploy"
"#;

const DEPLOY: &str = "arn:aws:sts::123456789012:assumed-role/Deploy/";

/// A sandbox of machines, and the two endpoints with the credentials of their role.
fn machines() -> (Sandbox, Metadata, String) {
    let mut sandbox = Sandbox::of(MACHINES);
    sandbox.home.config(ON_MACHINES);
    sandbox.home.set("PATH", terminal::path_with_assume());
    let task = sandbox.home.run(&["export", "task", "--format", "json"]);
    assert_eq!(task.code, 0, "{task:?}");
    let metadata = Metadata::serve(&task.stdout);
    (sandbox, metadata, task.stdout)
}

fn who(sandbox: &Sandbox, profile: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = sandbox.home.command(&["exec", profile, "--", "python", "-c", WHO]);
    ran(command.envs(variables.iter().copied()), "")
}

#[test]
fn a_container_says_who_we_are() {
    let (sandbox, metadata, _) = machines();
    let uri = format!("{}/task", metadata.url());
    let right =
        [("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str()), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN)];
    let refused = who(&sandbox, "from-container", &right[..1]);
    assert!(refused.code == 9 && refused.stderr.contains("container endpoint"), "{refused:?}");
    is(&who(&sandbox, "from-container", &right), DEPLOY);
    assert_eq!(metadata.asked().last().unwrap(), "GET /task 200");

    let nowhere = who(&sandbox, "from-container", &[]);
    assert_eq!(nowhere.code, 9, "{nowhere:?}");
}

#[test]
fn a_broken_answer_is_not_shown_to_anybody() {
    let (mut sandbox, _, _) = machines();
    sandbox.home.unset("AWS_EC2_METADATA_DISABLED");
    let metadata = Metadata::broken();
    let ran = who(&sandbox, "from-instance", &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())]);
    assert_eq!(metadata.asked(), ["PUT /latest/api/token 200"]);
    assert!(ran.code == 9 && ran.stderr.contains("instance metadata service gave no credentials"), "{ran:?}");
    assert!(!ran.stderr.contains(INSTANCE_TOKEN), "{ran:?}");
}

#[test]
fn an_instance_says_who_we_are() {
    let (mut sandbox, metadata, _) = machines();
    sandbox.home.unset("AWS_EC2_METADATA_DISABLED");
    is(&who(&sandbox, "from-instance", &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())]), DEPLOY);
    let asked = metadata.asked();
    assert_eq!(asked[0], "PUT /latest/api/token 200", "{asked:?}");
    assert_eq!(asked.last().unwrap(), "GET /latest/meta-data/iam/security-credentials/Task 200", "{asked:?}");
}

#[test]
fn the_environment_says_who_we_are() {
    let (sandbox, _, task) = machines();
    let task: Value = serde_json::from_str(&task).unwrap();
    let variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let variables = variables.map(|name| (name, task[name].as_str().unwrap()));
    is(&who(&sandbox, "from-environment", &variables), DEPLOY);
    let nowhere = who(&sandbox, "from-environment", &[]);
    assert!(nowhere.code == 9 && nowhere.stderr.contains("AWS_ACCESS_KEY_ID is not set"), "{nowhere:?}");
}

#[test]
fn an_aws_profile_names_the_container_as_its_source() {
    let (sandbox, metadata, _) = machines();
    sandbox.home.aws_config(
        "[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/Deploy\ncredential_source = EcsContainer\n",
    );
    let uri = format!("{}/task", metadata.url());
    let variables =
        [("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str()), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN)];
    is(&who(&sandbox, "deploy", &variables), DEPLOY);
    // As the AWS CLI understands the same profile.
    let mut command = sandbox.home.program(aws_cli::program());
    command.args(["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]).env("AWS_PROFILE", "deploy");
    is(&ran(command.envs(variables), ""), DEPLOY);
}
