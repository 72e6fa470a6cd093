//! What is declared, shown and edited by the real program.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::home::Home;

const ARN: &str = "arn:aws:iam::123456789012:role/Admin";
const KEYS: &str = "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary\n";

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn without_any_config_five_lines_say_how_to_begin() {
    let home = Home::new();
    for arguments in [&["list"][..], &["explain", "prod"]] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert_eq!(ran.stderr.lines().count(), 5, "{}", ran.stderr);
        assert!(ran.stderr.contains("assume role add admin --identity work"), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "reading makes no file");
}

#[test]
fn a_role_is_added_edited_and_removed_and_the_rest_of_the_file_stays() {
    let home = Home::new();
    let before = "# mine\nregion = 'eu-west-1'  # home\n\n[identity.work]\nkeyring = true\n";
    let path = home.config(before);
    let ran = home.run(&["role", "add", "prod", "--identity", "work", "--role-arn", ARN, "--tag", "team=core"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let added =
        format!("{before}\n[role.prod]\nidentity = \"work\"\nrole_arn = \"{ARN}\"\ntags = {{ team = \"core\" }}\n");
    assert_eq!(read(&path), added);

    let again = home.run(&["role", "add", "prod", "--role-arn", ARN]);
    assert_eq!(again.code, 2, "{}", again.stderr);
    assert!(again.stderr.contains("hint: assume role edit prod"), "{}", again.stderr);

    let edits = ["role", "edit", "prod", "--duration", "90m", "--confirm", "--unset", "tags"];
    assert_eq!(home.run(&edits).code, 0);
    let edited = added.replace("tags = { team = \"core\" }\n", "duration = \"1h 30m\"\nconfirm = true\n");
    assert_eq!(read(&path), edited);
    let same = home.run(&["role", "edit", "prod", "--duration", "1h 30m"]);
    assert!(same.stderr.contains("nothing changed"), "{}", same.stderr);

    assert_eq!(home.run(&["role", "remove", "prod"]).code, 0);
    assert_eq!(read(&path).trim_end(), before.trim_end());
}

#[test]
fn the_way_to_a_role_and_its_arn_are_exchanged_as_a_whole() {
    let home = Home::new();
    let path = home.config(&format!("[role.a]\nidentity = \"base\"\nrole_arn = \"{ARN}\"\n"));
    home.aws_credentials(KEYS);
    let ran = home.run(&["role", "edit", "a", "--via", "b", "--account-id", "111111111111", "--role-name", "X"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(read(&path), "[role.a]\nvia = \"b\"\naccount_id = \"111111111111\"\nrole_name = \"X\"\n");
}

#[test]
fn a_policy_file_is_named_as_it_lies_and_read_when_it_is_used() {
    let home = Home::new();
    home.write("p.json", "{}");
    for given in ["p.json", "~/p.json"] {
        let ran = home.run(&["role", "add", "a", "--role-arn", ARN, "--policy-file", given]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let listed = home.run(&["list", "--json"]);
        let list: Value = serde_json::from_str(&listed.stdout).unwrap();
        assert!(list[0]["error"].is_null(), "{list}");
        assert_eq!(home.run(&["role", "remove", "a"]).code, 0);
    }
    let ran = home.run(&["role", "add", "a", "--role-arn", ARN, "--policy-file", "nowhere.json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("nowhere.json cannot be read"), "{}", ran.stderr);
}

#[test]
fn an_edit_that_would_break_the_file_leaves_it_alone() {
    let home = Home::new();
    let before = format!("[role.a]\nrole_arn = \"{ARN}\"\n");
    let path = home.config(&before);
    for (arguments, says) in [
        (&["role", "edit", "a", "--role-name", "X"][..], "needs `account_id` beside its `role_name`"),
        (&["role", "edit", "a", "--unset", "role_arn"], "needs `role_arn`"),
        (&["role", "edit", "a", "--external-id", "x y"], "a space at position 2"),
        (&["role", "add", "a b", "--role-arn", ARN], "cannot be a name"),
        (&["role", "add", "b"], "a role needs its ARN"),
        (&["role", "edit", "aa", "--duration", "1h"], "did you mean `a`?"),
        (&["role", "remove", "a", "zz"], "declares no role `zz`"),
    ] {
        let ran = home.run(arguments);
        assert_ne!(ran.code, 0, "{arguments:?}");
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
        assert_eq!(read(&path), before, "{arguments:?}");
    }
}

#[test]
fn an_edit_follows_a_link_and_keeps_permissions() {
    let home = Home::new();
    let real = home.write("dotfiles/assume.toml", &format!("[role.a]\nrole_arn = \"{ARN}\"\n"));
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    std::fs::create_dir_all(home.path().join(".config/assume")).unwrap();
    let link = home.path().join(".config/assume/config.toml");
    symlink("../../dotfiles/assume.toml", &link).unwrap();
    assert_eq!(home.run(&["role", "edit", "a", "--region", "eu-west-1"]).code, 0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(read(&real).contains("region = \"eu-west-1\""));
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = std::fs::read_dir(home.path().join("dotfiles")).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left: {left:?}");
}

#[test]
fn a_config_that_is_made_is_the_persons_alone() {
    let home = Home::new();
    assert_eq!(home.run(&["role", "add", "a", "--role-arn", ARN]).code, 0);
    let mode = |path: &str| std::fs::metadata(home.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".config/assume"), mode(".config/assume/config.toml")), (0o700, 0o600));
}

#[test]
fn a_name_that_is_also_a_command_is_said_to_be_one() {
    let home = Home::new();
    let ran = home.run(&["role", "add", "status", "--role-arn", ARN]);
    assert!(ran.stderr.contains("`assume use status` reaches the role"), "{}", ran.stderr);
    let listed = home.run(&["list"]);
    assert!(listed.stdout.contains("`assume use status` reaches it"), "{}", listed.stdout);
}

#[test]
fn the_list_says_what_each_name_is_where_it_stands_and_what_hides_it() {
    let home = Home::new();
    let ours = home.config(&format!(
        "[identity.work]\nkeyring = true\n[role.prod]\nrole_arn = \"{ARN}\"\n[role.broken]\nrole_arn = \"x\"\n"
    ));
    let aws = home.aws_config("[profile prod]\nregion = eu-west-1\n[profile other]\nregion = eu-west-1\n");
    let ran = home.run(&["list", "--json"]);
    let list: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
        let error = if row["error"].is_null() { "" } else { " broken" };
        format!("{} {} {} {}{error}", text("name"), text("kind"), text("role_arn"), text("shadowed_by"))
    };
    let hidden = format!("prod profile - {}:3, [role.prod]", ours.display());
    let expected =
        ["broken role - - broken", "other profile - -", &format!("prod role {ARN} -"), &hidden, "work identity - -"];
    assert_eq!(list.iter().map(row).collect::<Vec<_>>(), expected);
    assert_eq!(list[1]["origin"], format!("{}:3, [profile other]", aws.display()));
}

#[test]
fn a_listed_name_cannot_drive_the_terminal() {
    let home = Home::new();
    home.config(&format!("[role.a]\nrole_arn = \"{ARN}\"\ntags = {{ \"\\u001b[2J\" = \"x\" }}\n"));
    let ran = home.run(&["list"]);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
}

/// A home with three roles of ours and an AWS config that is somebody's own.
fn for_setup() -> (Home, PathBuf) {
    let home = Home::new();
    home.config(&format!(
        "region = \"eu-west-1\"\n[role.new]\nidentity = \"base\"\nrole_arn = \"{ARN}\"\n[role.plain]\nidentity = \"base\"\nrole_arn = \"{ARN}\"\n"
    ));
    home.aws_credentials(KEYS);
    let text = "# mine\r\n[default]\r\nregion = eu-west-1   ; home\r\n\r\n[profile plain]\r\nregion=us-east-1\r\n# trailing\r\n\r\n[profile old]\r\nrole_arn = arn:aws:iam::123456789012:role/Old\r\nsource_profile = base";
    let path = home.aws_config(text);
    (home, path)
}

#[test]
fn setup_adds_its_lines_and_moves_no_other_byte() {
    let (home, path) = for_setup();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let before = read(&path);
    let shown = home.run(&["setup", "credential-process", "--all", "old", "--dry-run"]);
    assert_eq!((shown.code, read(&path)), (0, before.clone()), "{}", shown.stderr);
    let added: Vec<&str> = shown.stdout.lines().filter_map(|line| line.strip_prefix('+')).collect();
    assert!(!shown.stdout.lines().any(|line| line.starts_with('-')), "{}", shown.stdout);

    let ran = home.run(&["setup", "credential-process", "--all", "old"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let after = read(&path);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    // What was there is there still, byte for byte and in order.
    let mut rest = after.as_str();
    for line in before.split_inclusive("\r\n") {
        let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is gone from {after:?}"));
        rest = &rest[at + line.len()..];
    }
    for line in added.iter().filter(|line| !line.is_empty()) {
        assert!(after.contains(&format!("{line}\r\n")), "{line:?} was shown and is not in {after:?}");
    }
    assert!(after.contains(" credential-process plain\r\n"), "{after}");
    assert!(after.contains("[profile new]\r\n"), "{after}");
    assert!(after.contains("region = eu-west-1\r\n"), "{after}");

    let again = home.run(&["setup", "credential-process", "--all", "old"]);
    assert!(again.stderr.contains("was up to date already"), "{}", again.stderr);
    assert_eq!(read(&path), after);
}

#[test]
fn a_profile_that_the_sdks_would_read_otherwise_gets_a_sibling() {
    let (home, path) = for_setup();
    let ran = home.run(&["setup", "credential-process", "old"]);
    assert!(ran.stderr.contains("AWS_PROFILE=old-assume"), "{}", ran.stderr);
    let text = read(&path);
    assert!(text.contains("[profile old-assume]\r\n"), "{text}");
    assert!(text.contains(" credential-process old\r\n"), "{text}");
    let explained = home.run(&["explain", "old-assume", "--json"]);
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    assert_eq!(explained["steps"][0]["role_arn"], "arn:aws:iam::123456789012:role/Old");
}

#[test]
fn prune_takes_out_what_was_set_up_and_is_no_more() {
    let (home, path) = for_setup();
    let before = read(&path);
    assert_eq!(home.run(&["setup", "credential-process", "--all"]).code, 0);
    assert_eq!(home.run(&["role", "remove", "new", "plain"]).code, 0);
    let ran = home.run(&["setup", "credential-process", "--prune"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(read(&path).trim_end(), before.trim_end());
}

#[test]
fn setup_follows_a_link_and_refuses_what_leads_nowhere() {
    let (home, path) = for_setup();
    let real = home.path().join("dotfiles-aws");
    std::fs::rename(&path, &real).unwrap();
    symlink(&real, &path).unwrap();
    assert_eq!(home.run(&["setup", "credential-process", "new"]).code, 0);
    assert!(std::fs::symlink_metadata(&path).unwrap().is_symlink());
    let after = read(&real);
    assert!(after.contains("[profile new]"));
    let ran = home.run(&["setup", "credential-process", "nwe"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `new`?"), "{}", ran.stderr);
    assert_eq!(read(&real), after);
}
