//! What a person can reach through Identity Center: listed, made into a file of roles, and followed from run to run.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::home::Ran;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

/// Three accounts, two of one name; `carol` may read in all of them, and administrate Development.
const OFFICE: &str = r#"
[[account]]
id = "111122223333"
name = "Development"
[[account]]
id = "123456789012"
name = "Production EU"
[[account]]
id = "444455556666"
name = "Production EU"
[identity_center]
[[identity_center.permission_set]]
name = "ReadOnly"
[[identity_center.permission_set]]
name = "Admin"
[[identity_center.user]]
name = "carol"
assignments = [
    { accounts = ["*"], permission_sets = ["ReadOnly"] },
    { accounts = ["111122223333"], permission_sets = ["Admin"] },
]
[[identity_center.user]]
name = "root-of-all"
assignments = [{ accounts = ["*"], permission_sets = ["ReadOnly", "Admin"] }]
"#;

const OURS: &str = "\
# What I wrote myself.
region = \"eu-west-1\" # home

# The company.
[identity.corp]
sso = { start_url = \"START\", region = \"REGION\" }

[role.mine] # kept
identity = \"corp\"
account_id = \"123456789012\"
role_name = \"ReadOnly\"
";

/// A sandbox, and carol signed in there.
fn signed_in(scenario: &str) -> Sandbox {
    let mut sandbox = Sandbox::of(scenario);
    let (start_url, region) = sandbox.server.identity_center();
    sandbox.home.config(&OURS.replace("START", &start_url).replace("REGION", &region));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
    sandbox.home.set("BROWSER", format!("python3 {script} allow carol %s"));
    let ran = sandbox.home.run(&["login", "corp"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    sandbox
}

impl Sandbox {
    fn discover(&self, words: &[&str]) -> Ran {
        let ran = self.home.run(&[&["discover"], words].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    }

    fn config_file(&self) -> PathBuf {
        self.home.path().join(".config/assume/config.toml")
    }

    fn config_text(&self) -> String {
        std::fs::read_to_string(self.config_file()).unwrap()
    }

    fn generated(&self) -> PathBuf {
        self.home.path().join(".config/assume/discovered/corp.toml")
    }

    fn asked_for(&self, operation: &str) -> usize {
        self.operations().iter().filter(|known| *known == operation).count()
    }
}

fn names(json: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(json).unwrap();
    let roles = document["roles"].as_array().unwrap();
    roles.iter().map(|role| role["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_can_be_reached_is_listed_in_order_and_nothing_is_written() {
    let sandbox = signed_in(OFFICE);
    let before = sandbox.config_text();
    let ran = sandbox.discover(&[]);
    let expected = "\
development-admin                    111122223333  Development    Admin
development-readonly                 111122223333  Development    ReadOnly
production-eu-readonly-123456789012  123456789012  Production EU  ReadOnly
production-eu-readonly-444455556666  444455556666  Production EU  ReadOnly
";
    assert_eq!(ran.stdout, expected);
    let expected = "\
assume: note: `production-eu-readonly` is called `production-eu-readonly-123456789012`: several would be called so
assume: note: `production-eu-readonly` is called `production-eu-readonly-444455556666`: several would be called so
assume: note: `corp` reaches 3 accounts, 4 roles
";
    assert_eq!(ran.stderr, expected);
    assert_eq!((sandbox.asked_for("ListAccounts"), sandbox.asked_for("ListAccountRoles")), (1, 3));
    assert_eq!(sandbox.config_text(), before);
    assert!(!sandbox.generated().exists());
}

#[test]
fn written_roles_work_and_the_config_file_gains_one_line() {
    let sandbox = signed_in(OFFICE);
    let before = sandbox.config_text();
    let ran = sandbox.discover(&["corp", "--write"]);
    assert!(ran.stdout.starts_with("+ development-admin  "), "{}", ran.stdout);
    assert!(ran.stderr.contains(": 4 added, 0 gone, 0 unchanged\n"), "{}", ran.stderr);
    let expected = before.replace("# home\n", "# home\ninclude = [\"discovered/corp.toml\"]\n");
    assert_eq!(sandbox.config_text(), expected);
    let mode = std::fs::metadata(sandbox.generated()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(sandbox.generated()).unwrap();
    assert!(text.starts_with("# Made by `assume discover corp --write`"), "{text}");
    let role = "[role.development-admin]  # Development\nidentity = \"corp\"\naccount_id = \"111122223333\"\nrole_name = \"Admin\"\n";
    assert!(text.contains(role), "{text}");
    let ran = sandbox.home.run(&["credential-process", "development-admin"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("SessionToken"), "{}", ran.stdout);
    let list = sandbox.home.run(&["list"]).stdout;
    assert!(list.contains("discovered/corp.toml:4, [role.development-admin]"), "{list}");
}

/// As fast as any other: neither the config nor the thousands of roles in it are read.
#[test]
fn the_way_to_a_discovered_role_is_known_until_somebody_else_signs_in_or_nobody_is_left() {
    let mut sandbox = signed_in(OFFICE);
    sandbox.discover(&["--write"]);
    let ask = |sandbox: &Sandbox| sandbox.home.run(&["credential-process", "development-readonly"]);
    sandbox.home.until_the_way_is_known("development-readonly");
    let (first, calls) = (ask(&sandbox).stdout, sandbox.calls().len());
    let who = |sandbox: &mut Sandbox, name: &str| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
        sandbox.home.set("BROWSER", format!("python3 {script} allow {name} %s"));
        assert_eq!(sandbox.home.run(&["login", "corp"]).code, 0);
    };
    assert_eq!((ask(&sandbox).stdout, sandbox.calls().len()), (first.clone(), calls));
    who(&mut sandbox, "root-of-all");
    let second = ask(&sandbox).stdout;
    assert!(second.contains("SessionToken") && second != first, "{second}");
    sandbox.home.until_the_way_is_known("development-readonly");
    assert_eq!(sandbox.home.run(&["logout", "--sso"]).code, 0);
    assert_eq!(ask(&sandbox).code, 6);
}

/// A newer token of the AWS CLI's may be somebody else's.
#[test]
fn the_way_to_a_discovered_role_ends_with_a_newer_token_of_the_aws_clis() {
    let sandbox = signed_in(OFFICE);
    sandbox.discover(&["--write"]);
    sandbox.home.until_the_way_is_known("development-readonly");
    let calls = sandbox.calls().len();
    let (start_url, region) = sandbox.server.identity_center();
    let file = format!(".aws/sso/cache/{}.json", hex::encode(<sha1::Sha1 as sha1::Digest>::digest("corp")));
    let token = format!(
        "{{\"startUrl\": \"{start_url}\", \"region\": \"{region}\", \"accessToken\": \"somebody-elses\", \
         \"expiresAt\": \"2099-01-01T00:00:00Z\"}}"
    );
    sandbox.home.write(&file, &token);
    let ran = sandbox.home.run(&["credential-process", "development-readonly"]);
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    assert!(sandbox.calls().len() > calls, "the portal was asked with that token");
}

#[test]
fn a_second_run_shows_what_came_and_went_and_writes_nothing_where_nothing_did() {
    let sandbox = signed_in(OFFICE);
    sandbox.discover(&["--write"]);
    let when = || std::fs::metadata(sandbox.generated()).unwrap().modified().unwrap();
    let (written, config) = (when(), std::fs::metadata(sandbox.config_file()).unwrap().modified().unwrap());
    let same = sandbox.discover(&["--write"]);
    assert_eq!(same.stdout, "");
    assert!(same.stderr.contains(": 0 added, 0 gone, 4 unchanged\n"), "{}", same.stderr);
    assert!(same.stderr.contains("corp.toml is as it was\n"), "{}", same.stderr);
    assert_eq!((when(), std::fs::metadata(sandbox.config_file()).unwrap().modified().unwrap()), (written, config));

    sandbox.server.assign("carol", "111122223333", "Admin", false);
    sandbox.server.assign("carol", "123456789012", "Admin", true);
    let looked = sandbox.discover(&[]);
    let expected = "  development-readonly                 111122223333  Development    ReadOnly
+ production-eu-admin                  123456789012  Production EU  Admin
  production-eu-readonly-123456789012  123456789012  Production EU  ReadOnly
  production-eu-readonly-444455556666  444455556666  Production EU  ReadOnly
- development-admin
";
    assert_eq!(looked.stdout, expected);
    assert_eq!(when(), written);
    let document: Value = serde_json::from_str(&sandbox.discover(&["--write", "--json"]).stdout).unwrap();
    assert_eq!(document["added"], serde_json::json!(["production-eu-admin"]));
    assert_eq!(document["gone"], serde_json::json!(["development-admin"]));
    assert_eq!((document["unchanged"].as_u64(), document["written"].as_bool()), (Some(3), Some(true)));
    let known = sandbox.home.run(&["explain", "development-admin"]);
    assert_eq!(known.code, 2, "{}", known.stdout);
    assert_eq!(sandbox.home.run(&["credential-process", "production-eu-admin"]).code, 0);
}

#[test]
fn template_and_filters_are_remembered_until_others_are_given() {
    let sandbox = signed_in(OFFICE);
    let flags = [
        "--template",
        "{sign_in}/{account_id}.{role}",
        "--account",
        "prod*",
        "--account",
        "1111*",
        "--not-role",
        "adm*",
    ];
    let ran = sandbox.discover(&[&["--write", "--json"], &flags[..]].concat());
    let expected = ["corp/111122223333.readonly", "corp/123456789012.readonly", "corp/444455556666.readonly"];
    assert_eq!(names(&ran.stdout), expected);
    assert!(ran.stderr.contains("reaches 3 accounts, 4 roles, of which 3 fit: 3 added"), "{}", ran.stderr);
    assert_eq!(names(&sandbox.discover(&["--json"]).stdout), expected);
    let fewer = sandbox.discover(&["--write", "--json", "--not-account", "*eu"]);
    assert_eq!(names(&fewer.stdout), expected[..1]);
    assert_eq!(names(&sandbox.discover(&["--json"]).stdout), expected[..1]);
    let none = sandbox.home.run(&["discover", "--write", "--role", "nothing*"]);
    assert_eq!(none.code, 2, "{}", none.stderr);
    assert_eq!(names(&sandbox.discover(&["--json"]).stdout), expected[..1], "and nothing was forgotten");
}

#[test]
fn a_name_of_the_main_file_or_of_the_aws_files_is_left_alone() {
    let sandbox = signed_in(OFFICE);
    let ours = sandbox.config_text()
        + "\n[role.development-admin]\nidentity = \"corp\"\naccount_id = \"444455556666\"\nrole_name = \"ReadOnly\"\n";
    sandbox.home.config(&ours);
    sandbox.home.aws_config("[profile development-readonly]\nregion = eu-west-1\n");
    let ran = sandbox.discover(&["--write"]);
    for note in [
        "`development-admin` is called `development-admin-111122223333`: the name is taken at",
        "`development-readonly` is called `development-readonly-111122223333`: the name is taken at",
    ] {
        assert!(ran.stderr.contains(note), "{}", ran.stderr);
    }
    let list = sandbox.home.run(&["list"]).stdout;
    assert!(!list.contains("is not reached"), "{list}");
    assert!(list.contains("development-admin-111122223333"), "{list}");
}

#[test]
fn the_file_can_lie_elsewhere_and_is_found_again() {
    let sandbox = signed_in(OFFICE);
    let ran = sandbox.discover(&["--write", "--to", "team/roles.toml"]);
    assert!(ran.stderr.contains("team/roles.toml is written"), "{}", ran.stderr);
    assert!(sandbox.config_text().contains("include = [\"~/team/roles.toml\"]\n"), "{}", sandbox.config_text());
    sandbox.server.assign("carol", "111122223333", "Admin", false);
    let ran = sandbox.discover(&["--write"]);
    assert_eq!(ran.stdout, "- development-admin\n");
    assert!(!sandbox.generated().exists());
    // What somebody wrote is not replaced, and nobody has to wait to hear it.
    let asked = sandbox.calls().len();
    sandbox.home.write("mine.toml", "[role.x]\nvia = \"mine\"\nrole_arn = \"arn:aws:iam::123456789012:role/X\"\n");
    let refused = sandbox.home.run(&["discover", "--write", "--to", "mine.toml"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("`assume discover` did not make it"), "{}", refused.stderr);
    assert_eq!(sandbox.calls().len(), asked);
}

#[test]
fn setup_for_other_programs_follows_what_came_and_went() {
    let sandbox = signed_in(OFFICE);
    sandbox.home.aws_config("# mine\n[profile other]\nregion = us-east-1\n");
    sandbox.discover(&["--write"]);
    let follow = ["setup", "credential-process", "--all", "--prune"];
    let first = sandbox.home.run(&follow);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert!(first.stderr.contains("5 profiles added, 0 removed"), "{}", first.stderr);
    // A profile that only asks us takes nobody's name.
    let again = sandbox.discover(&["--write"]);
    assert!(again.stderr.contains(": 0 added, 0 gone, 4 unchanged\n"), "{}", again.stderr);
    let before = std::fs::read_to_string(sandbox.home.path().join(".aws/config")).unwrap();

    sandbox.server.assign("carol", "111122223333", "Admin", false);
    sandbox.server.assign("carol", "444455556666", "Admin", true);
    let changed = sandbox.discover(&["--write"]);
    assert!(changed.stderr.contains("`assume setup credential-process --all --prune`"), "{}", changed.stderr);
    let shown = sandbox.home.run(&[&follow[..], &["--dry-run"]].concat());
    assert!(shown.stdout.contains("-[profile development-admin]"), "{}", shown.stdout);
    let second = sandbox.home.run(&follow);
    assert!(second.stderr.contains("1 profile added, 1 removed"), "{}", second.stderr);
    let after = std::fs::read_to_string(sandbox.home.path().join(".aws/config")).unwrap();
    let profiles =
        |text: &str| text.lines().filter(|line| line.starts_with("[profile")).map(str::to_owned).collect::<Vec<_>>();
    let mut expected = profiles(&before);
    expected.retain(|line| line != "[profile development-admin]");
    expected.push("[profile production-eu-admin]".to_owned());
    assert_eq!(profiles(&after), expected);
    assert!(after.starts_with("# mine\n[profile other]\nregion = us-east-1\n"), "{after}");
    let none = sandbox.home.run(&follow);
    assert!(none.stderr.contains("was up to date already"), "{}", none.stderr);
}

/// 300 accounts with four permission sets each.
fn company() -> String {
    let mut scenario = String::new();
    for number in 0..300 {
        let name = if number % 2 == 0 { format!("Team {number:03}") } else { format!("product-{number:03}") };
        writeln!(scenario, "[[account]]\nid = \"{:012}\"\nname = \"{name}\"", 100_000_000_000_u64 + number).unwrap();
    }
    let sets = ["Admin", "Deploy", "Logs", "ReadOnly"];
    for set in sets {
        writeln!(scenario, "[[identity_center.permission_set]]\nname = \"{set}\"").unwrap();
    }
    writeln!(
        scenario,
        "[[identity_center.user]]\nname = \"carol\"\nassignments = [{{ accounts = [\"*\"], permission_sets = {sets:?} }}]"
    )
    .unwrap();
    scenario
}

#[test]
fn three_hundred_accounts_are_asked_at_awss_pace_with_progress_and_the_next_run_shows_the_difference() {
    let sandbox = signed_in(&company());
    let asked = sandbox.calls().len();
    let began = Instant::now();
    let mut terminal = Terminal::of(&sandbox.home.command(&["discover", "--write", "--json"]));
    terminal.expect_like(r"assume: [1-9]\d* of 300 accounts, \d+ roles");
    terminal.expect_like(r"assume: 2\d\d of 300 accounts, \d+ roles");
    let (rest, code) = terminal.end();
    let took = began.elapsed();
    assert_eq!(code, 0, "{rest}");
    assert!(rest.contains("`corp` reaches 300 accounts, 1200 roles: 1200 added, 0 gone, 0 unchanged"), "{rest}");
    assert_eq!((sandbox.asked_for("ListAccounts"), sandbox.asked_for("ListAccountRoles")), (3, 300));
    assert_eq!(sandbox.calls().len() - asked, 303, "and nothing else is asked");
    // 303 calls, 20 in a second: AWS allows no more, and nobody waits for less.
    assert!((Duration::from_secs(15)..Duration::from_secs(40)).contains(&took), "{took:?}");
    let text = std::fs::read_to_string(sandbox.generated()).unwrap();
    assert_eq!(text.matches("\n[role.").count(), 1200);
    assert_eq!(sandbox.home.run(&["credential-process", "product-299-logs"]).code, 0);

    sandbox.server.assign("carol", "100000000007", "Admin", false);
    sandbox.server.assign("carol", "100000000008", "Logs", false);
    sandbox.fail("throttle*12@ListAccountRoles");
    sandbox.fail("throttle@ListAccounts");
    let second = sandbox.discover(&["--write"]);
    assert_eq!(second.stdout, "- product-007-admin\n- team-008-logs\n");
    assert!(second.stderr.contains("300 accounts, 1198 roles"), "{}", second.stderr);
    assert!(second.stderr.contains("(13 calls were one too many, and sent again)"), "{}", second.stderr);
    assert!(second.stderr.contains(": 0 added, 2 gone, 1198 unchanged"), "{}", second.stderr);
    assert_eq!(second.stderr.lines().count(), 2, "no line for each try, and no progress: {}", second.stderr);
    println!("303 calls in {took:?}");
}

#[test]
fn what_fails_for_a_moment_is_asked_again_and_what_fails_for_good_is_said() {
    let sandbox = signed_in(OFFICE);
    for fault in ["503*2@ListAccountRoles", "cut@ListAccounts", "html@ListAccountRoles"] {
        sandbox.fail(fault);
        let ran = sandbox.discover(&["--json"]);
        assert_eq!(names(&ran.stdout).len(), 4, "{fault}");
    }
    sandbox.discover(&["--write"]);
    let before = std::fs::read(sandbox.generated()).unwrap();
    sandbox.fail("500*forever@ListAccountRoles");
    let ran = sandbox.home.run(&["discover", "--write"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("what can be reached through `corp` is not known"), "{}", ran.stderr);
    assert_eq!(std::fs::read(sandbox.generated()).unwrap(), before);
}

#[test]
fn a_token_that_ends_meanwhile_is_refreshed_and_nobody_signed_in_is_said_at_once() {
    let mut sandbox = signed_in(OFFICE);
    sandbox.server.expire_tokens();
    assert_eq!(names(&sandbox.discover(&["--json"]).stdout).len(), 4);
    sandbox.server.revoke_sign_ins();
    sandbox.home.unset("BROWSER");
    let began = Instant::now();
    let ran = sandbox.home.run(&["discover"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: in a terminal: `assume login corp`"), "{}", ran.stderr);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn on_a_terminal_the_sign_in_begins_by_itself() {
    let sandbox = signed_in(OFFICE);
    assert_eq!(sandbox.home.run(&["logout", "--sso"]).code, 0);
    let mut terminal = Terminal::of(&sandbox.home.command(&["discover"]));
    terminal.expect("sign in at http://127.0.0.1:");
    terminal.expect("development-admin");
    assert_eq!(terminal.end().1, 0);
}

#[test]
fn nothing_that_an_account_is_called_reaches_the_terminal_or_the_config_as_it_is() {
    let hostile = [
        "a\\\"]\\n[identity.evil]\\nprocess = \\\"touch pwned\\\"\\n#",
        "\\u001B[2J\\u001B]0;title\\u0007\\u202E",
        "'''\\\"\\\"\\\"\\\\\\u2028#]",
        "${HOME}`id`;$(touch pwned)",
        "-rf",
        "..",
        "",
    ];
    let mut scenario = String::new();
    for (number, name) in hostile.iter().enumerate() {
        writeln!(scenario, "[[account]]\nid = \"{:012}\"\nname = \"{name}\"", 100_000_000_000_u64 + number as u64)
            .unwrap();
    }
    writeln!(scenario, "[[account]]\nid = \"999999999999\"\nname = \"{}\"", "x".repeat(200_000)).unwrap();
    scenario.push_str(
        "[[identity_center.permission_set]]\nname = \"Read+Only,=.@-\"\n[[identity_center.user]]\nname = \"carol\"\n\
         assignments = [{ accounts = [\"*\"], permission_sets = [\"Read+Only,=.@-\"] }]\n",
    );
    let sandbox = signed_in(&scenario);
    for words in [vec![], vec!["--json"], vec!["--write"]] {
        let ran = sandbox.discover(&words);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(|c| c != '\n' && assume::person::is_unsafe(c)), "{text:?}");
        }
        if words != ["--json"] {
            assert!(ran.stdout.lines().all(|line| line.chars().count() < 300), "{}", ran.stdout);
        }
    }
    let names: Vec<String> = names(&sandbox.discover(&["--json"]).stdout);
    assert_eq!(names.len(), 8);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
    assert!(
        names.iter().all(|name| name.len() < 120 && name.chars().all(plain) && !name.starts_with(['-', '.'])),
        "{names:?}"
    );
    let text = std::fs::read_to_string(sandbox.generated()).unwrap();
    assert!(text.len() < 4_000, "{}", text.len());
    let list = sandbox.home.run(&["list"]);
    assert_eq!(list.stdout.matches("  identity  ").count(), 1, "{}", list.stdout);
    for name in &names {
        let ran = sandbox.home.run(&["credential-process", name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
    }
    assert!(!sandbox.home.path().join("pwned").exists());
}

#[test]
fn every_form_of_the_aws_files_can_be_discovered_and_what_has_no_name_is_not_written() {
    let mut sandbox = signed_in(OFFICE);
    let (start_url, region) = sandbox.server.identity_center();
    sandbox.home.aws_config(&format!(
        "[sso-session my-sso]\nsso_start_url = {start_url}\nsso_region = {region}\nsso_registration_scopes = sso:account:access\n\
         [profile by-session]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile older]\nsso_start_url = {start_url}\nsso_region = {region}\nsso_account_id = 111122223333\n\
         sso_role_name = ReadOnly\n"
    ));
    sandbox.home.config("");
    for name in ["my-sso", "older"] {
        assert_eq!(sandbox.home.run(&["login", name]).code, 0);
    }
    sandbox.home.unset("BROWSER");
    let ran = sandbox.discover(&["by-session", "--write"]);
    assert!(ran.stderr.contains("discovered/my-sso.toml is written"), "{}", ran.stderr);
    assert_eq!(sandbox.config_text(), "include = [\"discovered/my-sso.toml\"]\n");
    assert_eq!(sandbox.home.run(&["credential-process", "development-admin"]).code, 0);
    assert_eq!(names(&sandbox.discover(&["older", "--json"]).stdout).len(), 4);
    let refused = sandbox.home.run(&["discover", "older", "--write"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("names no sso-session"), "{}", refused.stderr);
}
