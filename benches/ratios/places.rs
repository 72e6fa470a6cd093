//! Where it is measured: homes with a sandbox's STS behind them, each with a session that is there already.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Job;
use super::support::home::{Home, assume};
use super::support::lane::{Lane, LaneHome};
use super::support::sandbox::Sandbox;

/// All homes, furnished.
pub(crate) struct Places {
    sandbox: Sandbox,
    few: Home,
    many: Home,
    discovered: Home,
    service: LaneHome,
    file: LaneHome,
    empty: PathBuf,
    _folder: tempfile::TempDir,
}

/// Three roles in a chain, without MFA: what is measured here is not a person.
const SCENARIO: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
policies = { All = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}' }
[[account.role]]
name = "One"
trust = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}'
policies = { All = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}' }
[[account.role]]
name = "Two"
trust = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}'
policies = { All = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}' }
[[account.role]]
name = "Three"
trust = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}'
[[identity_center.permission_set]]
name = "One"
[[identity_center.user]]
name = "carol"
assignments = [{ accounts = ["*"], permission_sets = ["One"] }]
"#;

const ROLES: &str = r#"
[role.one]
identity = "alice"
role_arn = "arn:aws:iam::111122223333:role/One"
[role.two]
via = "one"
role_arn = "arn:aws:iam::111122223333:role/Two"
[role.three]
via = "two"
role_arn = "arn:aws:iam::111122223333:role/Three"
"#;

impl Places {
    /// Starts the sandbox and makes every session that is to be warm.
    pub(crate) fn furnish() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::of(SCENARIO);
        let credentials = std::fs::read_to_string(sandbox.home.path().join(".aws/credentials")).unwrap();
        let furnish = |home: &mut Home, roles: usize| {
            home.config(&config(roles));
            home.aws_credentials(&credentials);
            home.set("AWS_ENDPOINT_URL_STS", sandbox.url()).set("AWS_REGION", "eu-west-1");
            for role in ["one", "three"] {
                let cold = home.run(&["credential-process", role]);
                assert_eq!((cold.code, cold.stderr.as_str()), (0, ""));
            }
        };
        let (mut few, mut many) = (Home::new(), Home::new());
        furnish(&mut few, 5);
        furnish(&mut many, 5_000);
        let mut discovered = Home::new();
        furnish_discovered(&mut discovered, &sandbox);
        let (mut service, mut file) = (Lane::SecretService.home(), Lane::File.home());
        furnish(&mut service, 5);
        furnish(&mut file, 5);
        let places =
            Self { empty: empty(folder.path()), sandbox, few, many, discovered, service, file, _folder: folder };
        // A config younger than two seconds is read anew each time.
        for home in [&places.few, &places.many, &places.discovered, &*places.service, &*places.file] {
            home.until_files_are_settled();
        }
        places.keep_with_secret_tool();
        places
    }

    /// An item as long as a session, for `secret-tool` to look up.
    fn keep_with_secret_tool(&self) {
        let line = format!("head -c 900 /dev/zero | tr '\\0' x | secret-tool store --label=bench {ITEM}");
        assert!(self.service.program("sh").args(["-c", &line]).status().unwrap().success());
    }

    /// Everything that is measured.
    pub(crate) fn jobs(&self) -> Vec<Job> {
        let assume = assume().display();
        let warm = |role: &str| format!("{assume} credential-process {role}");
        let quick = |name, line: String, home: &Home| Job {
            name,
            line,
            before: None,
            variables: home.env().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            runs: 25,
        };
        let touched = |name, home: &Home| {
            let config = home.path().join(".config/assume/config.toml");
            Job { before: Some(format!("touch {}", config.display())), runs: 5, ..quick(name, warm("one"), home) }
        };
        let key = self.sandbox.key_of("alice");
        let forget = format!("rm -rf {0}/sessions {0}/ways", self.few.path().join(".local/state/assume").display());
        let curl = format!(
            "curl -sS --fail -o /dev/null --aws-sigv4 aws:amz:eu-west-1:sts --user {}:{} --data \
             Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/One&RoleSessionName=bench {}",
            key.id,
            assume::terms::ExposeSecret::expose_secret(&key.secret),
            self.sandbox.url()
        );
        let mut jobs = vec![
            quick("empty", self.empty.display().to_string(), &self.few),
            quick("kernel", warm("one"), &self.few),
            quick("hop 3", warm("three"), &self.few),
            quick("5 profiles", warm("one"), &self.few),
            quick("5,000 profiles", warm("one"), &self.many),
            quick("5,000 discovered", warm("one"), &self.discovered),
            quick("version", format!("{assume} --version"), &self.few),
            quick("file", warm("one"), &self.file),
            quick("secret service", warm("one"), &self.service),
            quick("secret-tool", format!("secret-tool lookup {ITEM}"), &self.service),
            touched("5 profiles, changed", &self.few),
            touched("5,000 profiles, changed", &self.many),
            touched("5,000 discovered, changed", &self.discovered),
            Job { runs: 5, ..quick("curl", curl, &self.few) },
            // Last of those in this home: it leaves the session, and no way to it.
            Job { before: Some(forget), runs: 5, ..quick("cold", warm("one"), &self.few) },
        ];
        jobs.extend(self.others());
        jobs
    }

    /// Other tools at the same job: a role's credentials that they have already.
    fn others(&self) -> Vec<Job> {
        self.sandbox.home.aws_config(
            "[profile one]\nrole_arn = arn:aws:iam::111122223333:role/One\nsource_profile = alice\nregion = eu-west-1\n",
        );
        let variables = |program: &Path| -> Vec<(OsString, OsString)> {
            let mut variables: Vec<_> =
                self.sandbox.home.env().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            variables.retain(|(name, _)| name != "PATH");
            let folder = program.parent().unwrap().to_owned();
            variables.push(("PATH".into(), std::env::join_paths([folder, "/usr/bin".into(), "/bin".into()]).unwrap()));
            variables
        };
        let job = |name, program: PathBuf, words: &str| Job {
            name,
            line: format!("{} {words}", program.display()),
            before: None,
            variables: variables(&program),
            runs: 2,
        };
        let export = "configure export-credentials --profile one --format process";
        // Version 1 cannot print them: with the role that it has in its cache it asks who it is.
        let use_them = "sts get-caller-identity --profile one";
        let of_version = |version: &str| {
            let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/test-env/python/bin/aws"));
            [own, "/usr/local/bin/aws".into(), "/usr/bin/aws".into()]
                .into_iter()
                .find(|program| said(program, "--version").starts_with(&format!("aws-cli/{version}.")))
        };
        let awsume = on_path("awsumepy");
        [
            of_version("1").map(|program| job("aws v1", program, use_them)),
            of_version("2").map(|program| job("aws v2", program, export)),
            awsume.map(|program| job("awsume", program, "one -s")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The home of the single role, for what is counted and not timed.
    pub(crate) fn single(&self) -> &Home {
        &self.few
    }
}

const ITEM: &str = "service assume-bench item one";

fn config(roles: usize) -> String {
    let other = |number: usize| {
        format!(
            "[role.team-{number}]\nidentity = \"alice\"\naccount_id = \"111122223333\"\nrole_name = \"Team{number}\"\n\
             external_id = \"partner-{number}\"\n"
        )
    };
    ROLES.to_owned() + &(3..roles).map(other).collect::<String>()
}

/// A home whose 5,000 roles stand in a file of `assume discover`, and somebody signed in at Identity Center.
fn furnish_discovered(home: &mut Home, sandbox: &Sandbox) {
    let (start_url, region) = sandbox.server.identity_center();
    home.config(&format!(
        "include = [\"discovered/corp.toml\"]\n[identity.corp]\nsso = {{ start_url = \"{start_url}\", region = \"{region}\" }}\n"
    ));
    let role = |name: &str, account: &str| {
        format!("\n[role.{name}]\nidentity = \"corp\"\naccount_id = \"{account}\"\nrole_name = \"One\"\n")
    };
    let others =
        (1..5_000_u64).map(|number| role(&format!("team-{number}-one"), &format!("{:012}", 200_000_000_000 + number)));
    home.write(".config/assume/discovered/corp.toml", &(role("one", "111122223333") + &others.collect::<String>()));
    for variable in ["STS", "SSO", "SSO_OIDC"].map(|service| format!("AWS_ENDPOINT_URL_{service}")) {
        home.set(variable, sandbox.url());
    }
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
    home.set("AWS_REGION", "eu-west-1").set("BROWSER", format!("python3 {page} allow carol %s"));
    let signed_in = home.run(&["login", "corp"]);
    assert_eq!(signed_in.code, 0, "{}", signed_in.stderr);
    let cold = home.run(&["credential-process", "one"]);
    assert_eq!((cold.code, cold.stderr.as_str()), (0, ""));
}

/// An ordinary release build of a program that does nothing.
fn empty(folder: &Path) -> PathBuf {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n").unwrap();
    let built = Command::new("rustc").args(["-C", "opt-level=3", "-o"]).args([&program, &source]).status().unwrap();
    assert!(built.success());
    program
}

fn said(program: &Path, word: &str) -> String {
    let output = Command::new(program).arg(word).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the path of programs is the machine's")]
fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|program| program.is_file())
}
