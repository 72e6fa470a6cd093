//! What a catalog is made from: our file, what it includes, the AWS files, the environment.

use assume::config::{Catalog, ConfigError, Declared, From, Source, StoreName};
use assume::error::Error;
use assume::plan::{Overrides, PlanError, plan};
use assume::world::{Env, World};

/// A catalog made from these texts, by way of real files.
struct Files {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Files {
    fn new(ours: &str, config: &str, credentials: &str) -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        for (name, text) in [("config.toml", ours), ("aws", config), ("keys", credentials)] {
            files.write(name, text);
        }
        files
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn open(&self) -> Result<Catalog, ConfigError> {
        let path = |name: &str| self.folder.path().join(name).into_os_string();
        let mut env = Env::from_iter([
            ("HOME", self.folder.path().as_os_str().to_owned()),
            ("ASSUME_CONFIG", path("config.toml")),
            ("AWS_CONFIG_FILE", path("aws")),
            ("AWS_SHARED_CREDENTIALS_FILE", path("keys")),
        ]);
        for (name, value) in &self.variables {
            env.set(*name, value);
        }
        Catalog::open(&World::new().with_env(env))
    }
}

const OURS: &str = r#"
region = "eu-west-1"

[identity.work]
keyring = true
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"

[role.prod-admin]
identity = "work"
account_id = "123456789012"
role_name = "teams/Admin"
external_id = "partner-42"
duration = "1h"
tags = { team = "core", cost-centre = "12" }
transitive_tags = ["team"]
"#;

#[test]
fn a_role_of_our_file_has_each_value_with_its_line_and_key() {
    let catalog = Files::new(OURS, "", "").open().unwrap();
    let Some(Declared::Role(role)) = catalog.find("prod-admin").unwrap() else { panic!() };
    assert_eq!(role.call.role_arn.value.to_string(), "arn:aws:iam::123456789012:role/teams/Admin");
    assert_eq!(role.from.unwrap().value, From::Identity("work".to_owned()));
    let external_id = role.call.external_id.unwrap();
    assert_eq!(external_id.value.as_str(), "partner-42");
    assert!(external_id.origin.to_string().ends_with("config.toml:12, external_id"), "{}", external_id.origin);
    assert!(role.call.tags[1].origin.to_string().ends_with("config.toml:14, tags.cost-centre"));
    let Some(Declared::Identity(work)) = catalog.find("work").unwrap() else { panic!() };
    assert_eq!(work.source.value, Source::Keyring);
    assert_eq!(catalog.identities(), ["work"]);
}

#[test]
fn a_profile_of_the_aws_files_is_found_by_its_name() {
    let config = "[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\n";
    let keys = "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n";
    let catalog = Files::new("", config, keys).open().unwrap();
    let Some(Declared::AwsProfile(prod)) = catalog.find("prod").unwrap() else { panic!() };
    assert_eq!(prod.source_profile.unwrap().value, "base");
    let Some(Declared::AwsProfile(base)) = catalog.find("base").unwrap() else { panic!() };
    assert_eq!(base.keys.unwrap().key_id.value.as_str(), "AKIAIOSFODNN7EXAMPLE");
    assert!(catalog.find("Base").unwrap().is_none());
    assert_eq!(catalog.nearest("prdo"), ["prod"]);
}

const TEAM: &str = "[role.team]\nidentity = \"work\"\nrole_arn = \"arn:aws:iam::123456789012:role/Team\"\n";

fn refusal(files: &Files, name: &str) -> String {
    let error = files.open().and_then(|catalog| catalog.find(name).map(|_| ())).unwrap_err();
    Error::from(error).to_string().replace(&files.folder.path().display().to_string(), "HOME")
}

#[test]
fn an_included_file_declares_roles_and_replaces_none() {
    let ours = format!("include = [\"team.toml\", \"more\"]\n{OURS}");
    let files = Files::new(&ours, "[profile aws]\nregion = eu-west-1\n", "");
    files.write("team.toml", &format!("{TEAM}[role.prod-admin]\nrole_arn = \"arn:aws:iam::666666666666:role/Evil\"\n[role.aws]\nrole_arn = \"arn:aws:iam::666666666666:role/Evil\"\n"));
    std::fs::create_dir(files.folder.path().join("more")).unwrap();
    files.write("more/b.toml", "[role.b]\nrole_arn = \"arn:aws:iam::123456789012:role/B\"\n");
    files.write("more/.hidden.toml", "nonsense");
    files.write("more/README.md", "nonsense");
    let catalog = files.open().unwrap();
    let role = |name: &str| match catalog.find(name).unwrap() {
        Some(Declared::Role(role)) => role.call.role_arn.value.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(role("team"), "arn:aws:iam::123456789012:role/Team");
    assert_eq!(role("b"), "arn:aws:iam::123456789012:role/B");
    assert_eq!(role("prod-admin"), "arn:aws:iam::123456789012:role/teams/Admin");
    assert!(matches!(catalog.find("aws").unwrap(), Some(Declared::AwsProfile(_))));
    let shadowed: Vec<String> =
        catalog.listings().into_iter().filter(|l| l.shadowed_by.is_some()).map(|l| l.name).collect();
    assert_eq!(shadowed, ["aws", "prod-admin"]);
}

#[test]
fn what_an_included_file_says_beyond_roles_has_to_be_granted() {
    let context = |key: &str| {
        format!(
            "[role.x]\nrole_arn = \"arn:aws:iam::123456789012:role/X\"\n\
             provided_contexts = [{{ provider_arn = \"arn:aws:iam::aws:contextProvider/Own\", {key} = \"x\" }}]\n"
        )
    };
    for (said, what, grant) in [
        ("[identity.evil]\nkeyring = true\n", "an identity", Some("identities")),
        ("[identity.evil]\nprocess = \"sh\"\n", "an identity", Some("identities")),
        ("region = \"us-east-1\"\n", "`region`", None),
        ("default_identity = \"evil\"\n", "`default_identity`", None),
        ("vault = \"none\"\n", "`vault`", None),
        ("include = [\"/etc\"]\n", "`include`", None),
        (
            "[role.x]\nrole_arn = \"arn:aws:iam::123456789012:role/X\"\nmfa_process = \"sh\"\n",
            "`mfa_process`",
            Some("commands"),
        ),
        (
            "[role.x]\nrole_arn = \"arn:aws:iam::123456789012:role/X\"\nendpoint_url = \"https://evil\"\n",
            "`endpoint_url`",
            Some("endpoints"),
        ),
        (
            "[role.x]\nrole_arn = \"arn:aws:iam::123456789012:role/X\"\npolicy_file = \"/etc/passwd\"\n",
            "`policy_file`",
            Some("files"),
        ),
        (&context("token_file"), "`token_file`", Some("files")),
        (&context("token_command"), "`token_command`", Some("commands")),
    ] {
        let files = Files::new("include = [\"team.toml\"]\n", "", "");
        files.write("team.toml", said);
        let message = refusal(&files, "x");
        assert!(message.contains(&format!("and {what} in this one is not allowed")), "{message}");
        assert!(message.contains("where: HOME/team.toml:"), "{message}");
        let hint = grant.map(|grant| format!("include = [{{ path = \"HOME/team.toml\", allow = [\"{grant}\"] }}]"));
        assert!(hint.is_none_or(|hint| message.contains(&hint)), "{message}");
        if let Some(grant) = grant {
            let allow = if said.contains("process = \"sh\"") {
                "\"commands\", \"identities\""
            } else {
                &format!("\"{grant}\"")
            };
            files.write("config.toml", &format!("include = [{{ path = \"team.toml\", allow = [{allow}] }}]\n"));
            let granted = files.open().unwrap();
            let outcome = granted.find("x").and_then(|_| granted.find("evil"));
            assert!(!matches!(outcome, Err(ConfigError::NotGranted { .. })), "{outcome:?}");
        }
    }
}

#[test]
fn an_included_identity_reads_no_environment_and_runs_no_command_by_the_grant_of_identities_alone() {
    let files = Files::new("include = [{ path = \"team.toml\", allow = [\"identities\"] }]\n", "", "");
    files.write("team.toml", "[identity.x]\nprocess = \"sh\"\n");
    assert!(refusal(&files, "x").contains("and `process` in this one is not allowed"));
}

#[test]
fn an_include_that_is_not_there_or_misspelt_is_named() {
    let files = Files::new("include = [\"nowhere.toml\"]\n", "", "");
    assert!(
        refusal(&files, "x").contains("include: HOME/nowhere.toml is not there\n  where: HOME/config.toml:1, include")
    );
    let files = Files::new("include = [{ path = \"a\", allow = [\"comands\"] }]\n", "", "");
    assert!(refusal(&files, "x").contains("did you mean `commands`?"));
}

#[test]
fn files_that_are_not_there_are_empty_and_reading_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::from_iter([("HOME", folder.path().as_os_str().to_owned())]);
    let catalog = Catalog::open(&World::new().with_env(env)).unwrap();
    assert!(catalog.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_aws_file_that_cannot_be_understood_stops_only_what_needs_it() {
    let ours = format!(
        "include = [\"team.toml\"]\n{OURS}[role.via-ours]\nvia = \"prod-admin\"\nrole_arn = \
         \"arn:aws:iam::123456789012:role/Next\"\n[role.from-aws]\nidentity = \"base\"\nrole_arn = \
         \"arn:aws:iam::123456789012:role/A\"\n"
    );
    let whole = "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n";
    for (config, credentials, file) in [("[profile base\n", whole, "aws"), ("[profile base]\n", "x = 1\n", "keys")] {
        let files = Files::new(&ours, config, credentials);
        files.write("team.toml", TEAM);
        let catalog = files.open().unwrap();
        for (name, needs_it) in [
            ("work", false),
            ("prod-admin", false),
            ("via-ours", false),
            // Its identity stands in the AWS files.
            ("from-aws", true),
            ("base", true),
            // A profile of that name would count, and nobody knows whether there is one.
            ("team", true),
            ("unknown", true),
        ] {
            let plan = plan(&catalog, name, &Overrides::default(), &"alice@host".parse().unwrap());
            let stopped = matches!(&plan, Err(PlanError::Config(ConfigError::AwsFile { origin, .. }))
                if origin.to_string().contains(&format!("{file}:1")));
            assert_eq!(stopped, needs_it, "{name}: {plan:?}");
            assert_eq!(plan.is_err(), needs_it, "{name}: {plan:?}");
        }
        assert!(!catalog.is_empty() && catalog.aws_files_are_whole().is_err());
        let unusable: Vec<String> =
            catalog.listings().into_iter().filter(|l| l.error.is_some()).map(|l| l.name).collect();
        assert_eq!(unusable, ["base", "team"]);
    }
}

#[test]
fn a_list_of_five_thousand_names_takes_a_moment() {
    let role = |n| format!("[role.r{n}]\nidentity = \"work\"\nrole_arn = \"arn:aws:iam::123456789012:role/R{n}\"\n");
    let ours: String = (0..2_500).map(role).collect();
    let profile =
        |n| format!("[profile p{n}]\nrole_arn = arn:aws:iam::123456789012:role/P{n}\nsource_profile = base\n");
    let config: String = (0..2_500).map(profile).collect();
    let catalog = Files::new(&ours, &config, "").open().unwrap();
    let began = std::time::Instant::now();
    let listings = catalog.listings();
    // Without an order to look names up in, it is half a minute.
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(listings.len(), 5_000);
    let last = listings.iter().find(|listing| listing.name == "r2499").unwrap();
    assert!(last.origin.to_string().ends_with("config.toml:7498, [role.r2499]"), "{}", last.origin);
    assert_eq!(last.role_arn.as_ref().unwrap().to_string(), "arn:aws:iam::123456789012:role/R2499");
    let of_aws = listings.iter().find(|listing| listing.name == "p1234").unwrap();
    assert_eq!(of_aws.role_arn.as_ref().unwrap().to_string(), "arn:aws:iam::123456789012:role/P1234");
}

#[test]
fn a_config_file_that_others_can_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let files = Files::new(OURS, "", "");
    let path = files.folder.path().join("config.toml");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
    let message = refusal(&files, "work");
    assert!(message.contains("config.toml is refused: everybody may write to it"), "{message}");
    assert!(message.contains("hint: chmod o-w HOME/config.toml"), "{message}");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o664)).unwrap();
    assert!(files.open().is_ok(), "with a umask of 002 every file of the person's own group is like that");
}

#[test]
fn the_environment_names_stores_with_itself_as_origin() {
    let mut files = Files::new("vault = \"file\"\nage_identity_file = \"~/key\"\nsession_vault = \"none\"\n", "", "");
    let vault = |files: &Files| files.open().unwrap().defaults().vault.clone();
    assert!(vault(&files).keepsakes.unwrap().origin.to_string().ends_with("config.toml:1, vault"));
    assert_eq!(vault(&files).age_identity.unwrap().value, files.folder.path().join("key"));
    files.variables = vec![("ASSUME_VAULT", "kernel".to_owned()), ("ASSUME_AGE_IDENTITY_FILE", "/k".to_owned())];
    assert_eq!(vault(&files).keepsakes.unwrap().origin.to_string(), "$ASSUME_VAULT");
    assert_eq!(vault(&files).sessions.unwrap().value, StoreName::None);
    assert_eq!(vault(&files).age_identity.unwrap().origin.to_string(), "$ASSUME_AGE_IDENTITY_FILE");
}

#[test]
fn what_setup_wrote_for_an_included_role_does_not_take_its_place() {
    let pointer = "[profile team]\ncredential_process = /bin/assume credential-process team\n";
    let files = Files::new("include = [\"team.toml\"]\n", pointer, "");
    files.write("team.toml", TEAM);
    let catalog = files.open().unwrap();
    assert!(matches!(catalog.find("team").unwrap(), Some(Declared::Role(_))));
    assert_eq!(catalog.listings().len(), 1);
}

#[test]
fn no_secret_of_a_file_is_in_what_debug_prints() {
    let keys = "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = canary-secret\naws_session_token = canary-token\n";
    let catalog = Files::new("", "", keys).open().unwrap();
    let shown = format!("{catalog:?} {:?}", catalog.find("base").unwrap());
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_file_that_is_there_and_cannot_be_read_is_named() {
    for name in ["config.toml", "aws", "keys"] {
        let files = Files::new("", "", "");
        std::fs::remove_file(files.folder.path().join(name)).unwrap();
        std::fs::create_dir(files.folder.path().join(name)).unwrap();
        let message = refusal(&files, "x");
        assert!(message.contains(&format!("HOME/{name} cannot be read\n  cause: ")), "{message}");
        std::fs::remove_dir(files.folder.path().join(name)).unwrap();
        std::fs::write(files.folder.path().join(name), b"[a]\n# \xff").unwrap();
        assert!(refusal(&files, "x").contains(&format!("HOME/{name} is not UTF-8 text")));
    }
}
