//! IAM Identity Center, end to end beside the sandbox: declared, signed in by a browser, refreshed, shared with the AWS
//! CLI, ended.

use std::process::Child;
use std::time::{Duration, Instant};

use assume::sandbox::{Options, Scenario};

use crate::support::home::{Home, Ran, ran};
use crate::support::python;
use crate::support::sandbox::Sandbox;
use crate::support::{aws_cli, terminal};

const ACCOUNTS: &str = r#"
[[account]]
id = "111122223333"
name = "Development"
[[account]]
id = "123456789012"
name = "Production"
[[account.role]]
name = "Deploy"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}'
"#;

const PEOPLE: &str = r#"
[[identity_center.permission_set]]
name = "ReadOnly"
[[identity_center.permission_set]]
name = "Admin"
session_duration = 7200
policies = { All = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
[[identity_center.user]]
name = "carol"
assignments = [
    { accounts = ["*"], permission_sets = ["ReadOnly"] },
    { accounts = ["111122223333"], permission_sets = ["Admin"] },
]
"#;

const OURS: &str = "
[role.dev]
identity = \"corp\"
account_id = \"111122223333\"
role_name = \"ReadOnly\"
[role.admin]
identity = \"corp\"
account_id = \"111122223333\"
role_name = \"Admin\"
[role.deploy]
via = \"admin\"
role_arn = \"arn:aws:iam::123456789012:role/Deploy\"
";

/// Tokens of an hour, as AWS gives them.
fn office() -> Sandbox {
    sandbox("", "")
}

/// Tokens that have ended for us as soon as they are there: each use begins with refreshing.
fn office_with_short_tokens() -> Sandbox {
    sandbox("token_duration = 30", "")
}

pub(crate) fn sandbox(center: &str, top: &str) -> Sandbox {
    sandbox_with(center, top, Options::default())
}

pub(crate) fn sandbox_with(center: &str, top: &str, options: Options) -> Sandbox {
    let scenario = Scenario::parse(&format!("{ACCOUNTS}[identity_center]\n{center}\n{PEOPLE}")).unwrap();
    let sandbox = Sandbox::start(scenario, options);
    let (start_url, region) = sandbox.server.identity_center();
    let identity = format!("[identity.corp]\nsso = {{ start_url = \"{start_url}\", region = \"{region}\" }}\n");
    sandbox.home.config(&format!("{top}\n{identity}{OURS}"));
    sandbox
}

impl Sandbox {
    /// Puts somebody in front of the browser.
    pub(crate) fn person(&mut self, how: &str) -> &mut Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
        self.home.set("BROWSER", format!("python3 {script} {how} carol %s"));
        self
    }

    pub(crate) fn signed_in(&mut self) -> &mut Self {
        self.person("allow");
        let ran = self.home.run(&["login", "corp"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self
    }

    fn called(&self, operation: &str) -> usize {
        self.operations().iter().filter(|known| *known == operation).count()
    }
}

fn lines_of(home: &Home, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(home.path().join(file)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// What a browser leaves behind comes a moment after we have what we need.
fn title(home: &Home) -> String {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if let Some(title) = lines_of(home, "titles").into_iter().next() {
            return title;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the browser came to no page")
}

fn who(home: &Home, profile: &str) -> Ran {
    let aws = aws_cli::program().display().to_string();
    let words = ["exec", profile, "--", &aws, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    home.run(&words)
}

#[test]
fn a_fresh_user_declares_it_signs_in_with_a_real_browser_and_is_who_they_became() {
    let mut sandbox = Sandbox::of(&format!("{ACCOUNTS}[identity_center]\n{PEOPLE}"));
    let (start_url, region) = sandbox.server.identity_center();
    let home = &sandbox.home;
    for words in [
        vec!["identity", "add", "corp", "--sso", &start_url, "--sso-region", &region],
        vec!["role", "add", "dev", "--identity", "corp", "--account-id", "111122223333", "--role-name", "ReadOnly"],
    ] {
        let ran = home.run(&words);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    sandbox.person("chromium-allow");
    let login = sandbox.home.run(&["login"]);
    assert_eq!(login.code, 0, "{}", login.stderr);
    assert!(login.stderr.contains("assume: note: sign in at http://127.0.0.1:"), "{}", login.stderr);
    assert!(login.stderr.contains("signed in at `corp`"), "{}", login.stderr);
    assert_eq!(title(&sandbox.home), "Signed in");
    let arn = who(&sandbox.home, "dev").stdout;
    assert!(arn.starts_with("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_"), "{arn}");
    assert!(arn.trim_end().ends_with("/carol"), "{arn}");
}

#[test]
fn a_device_is_authorized_in_a_real_browser() {
    let mut sandbox = office();
    sandbox.person("chromium-allow");
    let login = sandbox.home.run(&["login", "corp", "--device"]);
    assert_eq!(login.code, 0, "{}", login.stderr);
    assert_eq!(title(&sandbox.home), "Request approved");
    assert_eq!(sandbox.called("StartDeviceAuthorization"), 1);
    assert_eq!(who(&sandbox.home, "dev").code, 0);
}

#[test]
fn over_ssh_a_code_is_shown_by_itself_and_nothing_is_opened() {
    let mut sandbox = office();
    sandbox.home.set("SSH_TTY", "/dev/pts/1").set("DISPLAY", ":10.0");
    let mut child = sandbox.home.command(&["login", "corp"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let page = said(&mut child, "or at ").split(',').next().unwrap().to_owned();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
    let person = ran(sandbox.home.program("python3").args([script, "allow", "carol", &page]), "");
    assert_eq!(person.code, 0, "{}", person.stderr);
    assert!(child.wait().unwrap().success());
    assert_eq!(lines_of(&sandbox.home, "visits"), [page], "and the only visit is that of the test");
}

/// Reads standard error up to that text, and returns what stands behind it in its line.
fn said(child: &mut Child, text: &str) -> String {
    use std::io::BufRead;
    let mut talk = std::io::BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert!(talk.read_line(&mut line).unwrap() > 0, "it never said {text}");
        if let Some((_, rest)) = line.trim_end().split_once(text) {
            let rest = rest.to_owned();
            // Whoever speaks on is heard.
            std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
            return rest;
        }
    }
}

#[test]
fn a_role_is_reached_from_a_permission_set_and_both_are_remembered() {
    let mut sandbox = office();
    sandbox.signed_in();
    let arn = who(&sandbox.home, "deploy");
    assert!(arn.stdout.starts_with("arn:aws:sts::123456789012:assumed-role/Deploy/"), "{}{}", arn.stdout, arn.stderr);
    assert_eq!(who(&sandbox.home, "deploy").code, 0);
    assert_eq!((sandbox.called("GetRoleCredentials"), sandbox.called("AssumeRole")), (1, 1));
}

#[test]
fn every_form_of_the_aws_files_works_by_its_name() {
    let mut sandbox = office();
    let (start_url, region) = sandbox.server.identity_center();
    sandbox.home.aws_config(&format!(
        "[sso-session my-sso]\nsso_start_url = {start_url}\nsso_region = {region}\n\
         [profile by-session]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile older]\nsso_start_url = {start_url}\nsso_region = {region}\nsso_account_id = 111122223333\n\
         sso_role_name = ReadOnly\n\
         [profile further]\nrole_arn = arn:aws:iam::123456789012:role/Deploy\nsource_profile = by-session\n"
    ));
    sandbox
        .home
        .config("[role.ours]\nidentity = \"my-sso\"\naccount_id = \"111122223333\"\nrole_name = \"ReadOnly\"\n");
    sandbox.person("allow");
    for (name, role) in [
        ("by-session", "AWSReservedSSO_Admin_"),
        ("older", "AWSReservedSSO_ReadOnly_"),
        ("ours", "AWSReservedSSO_ReadOnly_"),
    ] {
        let login = sandbox.home.run(&["login", name]);
        assert_eq!(login.code, 0, "{name}: {}", login.stderr);
        let arn = who(&sandbox.home, name);
        assert!(arn.stdout.contains(role), "{name}: {}{}", arn.stdout, arn.stderr);
    }
    let arn = who(&sandbox.home, "further").stdout;
    assert!(arn.starts_with("arn:aws:sts::123456789012:assumed-role/Deploy/"), "{arn}");
}

#[test]
fn without_a_terminal_no_window_opens_and_forty_hear_within_a_second_what_to_do() {
    let mut sandbox = office();
    sandbox.person("allow");
    let answers = at_once(&sandbox.home, 40);
    for (ran, took) in &answers {
        assert_eq!((ran.code, ran.stdout.as_str()), (6, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: in a terminal: `assume login corp`\n"), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 3, "{}", ran.stderr);
        // Forty at once on a few cores: the second is each one's own, with room for those before it.
        assert!(*took < Duration::from_secs(10), "{took:?}");
    }
    assert_eq!(lines_of(&sandbox.home, "visits"), Vec::<String>::new());
    let alone = at_once(&sandbox.home, 1);
    assert!(alone[0].1 < Duration::from_secs(1), "{:?}", alone[0].1);
    assert_eq!(sandbox.operations(), Vec::<String>::new());
}

#[test]
fn with_auto_login_forty_ask_for_one_sign_in_and_all_are_answered() {
    let mut sandbox = sandbox("", "auto_login = true");
    sandbox.person("allow");
    for (ran, _) in at_once(&sandbox.home, 40) {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains("\"SessionToken\""), "{}", ran.stdout);
    }
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
    assert_eq!((sandbox.called("CreateToken"), sandbox.called("GetRoleCredentials")), (1, 1));
}

#[test]
fn with_an_expired_token_forty_wait_for_one_refresh() {
    let mut sandbox = office_with_short_tokens();
    sandbox.signed_in();
    for (ran, _) in at_once(&sandbox.home, 40) {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    assert_eq!(sandbox.called("CreateToken"), 2, "the sign-in, and one refresh");
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
}

/// Asks so often at once, each without a terminal, and tells how long each took.
fn at_once(home: &Home, count: usize) -> Vec<(Ran, Duration)> {
    std::thread::scope(|scope| {
        let one = || {
            let began = Instant::now();
            (home.run(&["credential-process", "dev"]), began.elapsed())
        };
        let asking: Vec<_> = (0..count).map(|_| scope.spawn(one)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn a_sign_in_that_was_declined_is_not_opened_again_by_itself() {
    let mut sandbox = sandbox("", "auto_login = true");
    sandbox.person("deny");
    let first = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(first.code, 7, "{}", first.stderr);
    assert!(first.stderr.contains("access_denied"), "{}", first.stderr);
    sandbox.person("allow");
    let second = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(second.code, 6, "{}", second.stderr);
    assert!(second.stderr.contains("the sign-in was not finished"), "{}", second.stderr);
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
    // A person who asks for it gets it.
    sandbox.signed_in();
    assert_eq!(sandbox.home.run(&["credential-process", "dev"]).code, 0);
}

#[test]
fn a_window_that_was_left_and_a_process_that_was_killed_open_no_second_one() {
    let mut sandbox = sandbox("", "auto_login = true");
    sandbox.person("leave");
    let mut left =
        sandbox.home.command(&["credential-process", "dev"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    said(&mut left, "sign in at ");
    while lines_of(&sandbox.home, "visits").is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    left.kill().unwrap();
    left.wait().unwrap();
    let second = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(second.code, 6, "{}", second.stderr);
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
}

#[test]
fn a_refresh_token_that_was_revoked_ends_in_one_clear_refusal_and_no_more_calls() {
    let mut sandbox = office_with_short_tokens();
    sandbox.signed_in();
    sandbox.server.revoke_sign_ins();
    for calls in [2, 2] {
        let ran = sandbox.home.run(&["credential-process", "dev"]);
        assert_eq!(ran.code, 6, "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: in a terminal: `assume login corp`"), "{}", ran.stderr);
        assert_eq!(sandbox.called("CreateToken"), calls);
    }
}

/// A token that has ended and cannot be refreshed: nothing but a person makes another.
fn office_whose_token_has_ended(top: &str) -> Sandbox {
    let mut sandbox = sandbox("", top);
    sandbox.signed_in();
    let (vault, item) = (sandbox.home.kernel_vault(), assume::vault::ItemName::keepsake("sso", "corp"));
    let kept = vault.read_keepsake(&item).unwrap().unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(assume::terms::ExposeSecret::expose_secret(&kept)).unwrap();
    kept["expiresAt"] = "2020-01-01T00:00:00Z".into();
    kept["refreshToken"].take();
    vault.write_keepsake(&item, &kept.to_string().into()).unwrap();
    sandbox
}

#[test]
fn forty_whose_token_has_ended_for_good_open_no_window_and_each_says_within_a_second_what_to_do() {
    let sandbox = office_whose_token_has_ended("");
    let alone = at_once(&sandbox.home, 1);
    assert!(alone[0].0.code == 6 && alone[0].1 < Duration::from_secs(1), "{:?}", alone[0]);
    for (ran, took) in at_once(&sandbox.home, 40) {
        assert_eq!((ran.code, ran.stdout.as_str()), (6, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: in a terminal: `assume login corp`\n"), "{}", ran.stderr);
        // Forty at once on a few cores: the second is each one's own, with room for those before it.
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1, "the first sign-in's");
    assert_eq!(sandbox.called("CreateToken"), 1, "the first sign-in's");
}

#[test]
fn with_auto_login_forty_whose_token_has_ended_for_good_open_one_window_and_all_are_answered() {
    let mut sandbox = office_whose_token_has_ended("auto_login = true");
    sandbox.person("allow");
    for (ran, _) in at_once(&sandbox.home, 40) {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 2, "the first sign-in's, and one more");
    assert_eq!((sandbox.called("CreateToken"), sandbox.called("GetRoleCredentials")), (2, 1));
}

#[test]
fn a_token_that_the_portal_does_not_know_any_more_is_refreshed() {
    let mut sandbox = office();
    sandbox.signed_in();
    sandbox.server.expire_tokens();
    let ran = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!((sandbox.called("CreateToken"), sandbox.called("GetRoleCredentials")), (2, 2));
}

#[test]
fn somebody_elses_sign_in_finds_none_of_the_first_ones_sessions_and_a_refresh_finds_all() {
    let mut sandbox = office_with_short_tokens();
    sandbox.signed_in();
    let key = |sandbox: &Sandbox| sandbox.home.run(&["credential-process", "dev"]).stdout;
    let first = key(&sandbox);
    assert_eq!(key(&sandbox), first);
    sandbox.home.run(&["credential-process", "admin"]);
    assert_eq!(key(&sandbox), first, "refreshed for another role, and still the same person");
    sandbox.signed_in();
    assert_ne!(key(&sandbox), first);
}

#[test]
fn a_damaged_token_is_a_warning_and_a_sign_in_away() {
    let mut sandbox = office();
    sandbox.signed_in();
    let item = assume::vault::ItemName::keepsake("sso", "corp");
    sandbox.home.kernel_vault().write_keepsake(&item, &"{\"accessToken\": 7".into()).unwrap();
    let ran = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let said = "assume: warning: the token of `corp` in the vault is damaged, so that you have to sign in again\n";
    assert_eq!(ran.stderr.matches(said).count(), 1, "{}", ran.stderr);
    sandbox.signed_in();
    assert_eq!(sandbox.home.run(&["credential-process", "dev"]).stderr, "");
}

#[test]
fn signing_out_ends_the_token_everywhere_and_says_what_lives_on() {
    let mut sandbox = office();
    sandbox.signed_in();
    assert_eq!(who(&sandbox.home, "deploy").code, 0);
    let out = sandbox.home.run(&["logout", "--sso"]);
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert!(out.stdout.starts_with("signed out at `corp`"), "{}", out.stdout);
    assert!(out.stdout.contains("2 sessions removed from this machine"), "{}", out.stdout);
    assert!(out.stdout.contains("AWS honours copies of these until they end:"), "{}", out.stdout);
    assert_eq!(sandbox.called("Logout"), 1);
    let after = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(after.code, 6, "{}", after.stderr);
    assert!(sandbox.home.run(&["logout", "--sso"]).stdout.starts_with("nobody was signed in"));
}

#[test]
fn on_a_terminal_becoming_a_role_begins_the_sign_in_by_itself() {
    let mut sandbox = office();
    sandbox.person("allow");
    let mut shell =
        terminal::Terminal::of(&sandbox.home.command(&["exec", "dev", "--", "printenv", "AWS_ACCESS_KEY_ID"]));
    shell.expect("sign in at http://127.0.0.1:");
    shell.expect("ASIA");
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
}

const SHARED: &str = "[sso-session corp-cli]\nsso_start_url = START\nsso_region = eu-west-1\n\
    sso_registration_scopes = sso:account:access\n\
    [profile theirs]\nsso_session = corp-cli\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";

#[test]
fn botocore_works_with_the_token_that_we_wrote_and_we_with_the_one_that_it_left() {
    let mut sandbox = sandbox("token_duration = 30", "share_token_with_aws_cli = true");
    let (start_url, _) = sandbox.server.identity_center();
    sandbox.home.aws_config(&SHARED.replace("START", &start_url));
    sandbox.signed_in();
    let files = || {
        let folder = sandbox.home.path().join(".aws/sso/cache");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    };
    let file = &files()[0];
    assert_eq!(files().len(), 1);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let ours = std::fs::read_to_string(file).unwrap();
    // The token has ended for botocore too, so that it refreshes it, and leaves its own in the same file.
    let theirs = python::as_profile(&sandbox.home, "theirs", python::WHO);
    assert!(theirs.stdout.contains("AWSReservedSSO_ReadOnly_"), "{}{}", theirs.stdout, theirs.stderr);
    let left = std::fs::read_to_string(file).unwrap();
    assert_ne!(left, ours);
    assert_eq!(keys(&left), keys(&ours), "the same fields in the same order");
    assert_eq!(sandbox.called("CreateToken"), 2);
    // Both may end in the same second, and no more than seconds is written.
    let end = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap()["expiresAt"].to_string();
    std::fs::write(file, left.replace(&end(&left), &end(&ours))).unwrap();
    // Our own refresh token was spent by botocore: that we go on shows that we took what it left.
    let ran = sandbox.home.run(&["credential-process", "dev"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(sandbox.called("CreateToken"), 3);
    // And botocore goes on from there.
    let again = python::as_profile(&sandbox.home, "theirs", python::WHO);
    assert!(again.stdout.contains("AWSReservedSSO_ReadOnly_"), "{}{}", again.stdout, again.stderr);
    assert_eq!(lines_of(&sandbox.home, "visits").len(), 1);
}

fn keys(json: &str) -> Vec<String> {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
    map.keys().cloned().collect()
}

#[test]
fn nothing_is_written_for_the_aws_cli_unless_that_was_asked_for() {
    let mut sandbox = office();
    sandbox.signed_in();
    assert_eq!(sandbox.home.run(&["credential-process", "dev"]).code, 0);
    assert!(!sandbox.home.path().join(".aws/sso").exists());
}

#[test]
fn no_token_reaches_a_log_a_card_or_standard_error() {
    let mut sandbox = office();
    sandbox.signed_in();
    let item = assume::vault::ItemName::keepsake("sso", "corp");
    let kept = sandbox.home.kernel_vault().read_keepsake(&item).unwrap().unwrap();
    let kept: serde_json::Value = serde_json::from_str(assume::terms::ExposeSecret::expose_secret(&kept)).unwrap();
    sandbox.person("deny");
    let mut told = sandbox.home.run(&["login", "corp"]).stderr;
    told.push_str(&sandbox.home.run(&["explain", "dev", "--json"]).stdout);
    let mut open = vec![sandbox.home.path().to_owned()];
    while let Some(path) = open.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => open.extend(entries.map(|entry| entry.unwrap().path())),
            Err(_) => told.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default())),
        }
    }
    for secret in ["accessToken", "refreshToken", "clientSecret"] {
        assert!(!told.contains(kept[secret].as_str().unwrap()), "{secret}");
    }
}

#[test]
fn a_sign_in_that_no_store_keeps_serves_the_command_that_asked_for_it() {
    let mut sandbox = sandbox("", "auto_login = true");
    // There is no such folder, and none can be made: what is read is not there, and nothing can be written.
    let set =
        [("ASSUME_VAULT", "file"), ("ASSUME_VAULT_PASSPHRASE", "a passphrase"), ("XDG_DATA_HOME", "/proc/nowhere")];
    for (name, value) in set {
        sandbox.home.set(name, value);
    }
    sandbox.person("allow");
    let ran = sandbox.home.run(&["credential-process", "deploy"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("SessionToken"), "{}", ran.stdout);
    assert!(ran.stderr.contains("the token of `corp` is not kept, and serves this command only: "), "{}", ran.stderr);
    assert_eq!(sandbox.called("CreateToken"), 1, "one sign-in was enough");
    let login = sandbox.home.run(&["login", "corp"]);
    assert_eq!(login.code, 8, "{}", login.stderr);
    assert!(login.stderr.contains("signed in at `corp` for nothing: no store keeps the token"), "{}", login.stderr);
}
