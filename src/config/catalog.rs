//! All that was declared, found by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::aws_file::{AwsFile, Family};
use super::aws_profile::AwsFiles;
use super::environment;
use super::error::ConfigError;
use super::model::{Connection, Declared, Defaults};
use super::origin::{Origin, Sourced};
use super::ours::{NameOf, OurFile};
use super::read::{self, Trust};
use super::role::Around;
use super::section::nearest;
use crate::world::World;

/// Every declared profile and identity, and what holds for all of them.
///
/// Files are read once, when it is opened; what a name says is looked at when that name is asked for.
#[derive(Clone, Debug)]
pub struct Catalog {
    main: Option<OurFile>,
    included: Vec<OurFile>,
    aws: AwsFiles,
    defaults: Defaults,
    environment: Connection,
    home: Option<PathBuf>,
}

/// A name in the catalog, as `list` shows it.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The profile's name.
    pub name: String,
    /// What it is, in a word: `role`, `identity`, `profile`.
    pub kind: &'static str,
    /// Where it is declared.
    pub origin: Origin,
    /// The role it leads to, where it leads to one.
    pub role_arn: Option<crate::terms::RoleArn>,
    /// Where the name is declared again, so that this declaration is never reached.
    pub shadowed_by: Option<Origin>,
    /// Why it cannot be used as it is declared.
    pub error: Option<String>,
}

impl Catalog {
    /// Reads our file (with what it includes) and the AWS shared files. A file that does not exist is an empty one.
    pub fn open(world: &World) -> Result<Self, ConfigError> {
        let folders = &world.folders;
        let home = folders.home.clone();
        let main = OurFile::open(&folders.config_file)?;
        let included = main.as_ref().map_or(Ok(Vec::new()), |main| main.included(home.as_deref()))?;
        let mut defaults = main.as_ref().map_or(Ok(Defaults::default()), |main| main.defaults(world))?;
        if let Some(named) = environment::vault(&world.env)? {
            defaults.vault.keepsakes = Some(named);
        }
        if let Some(path) = world.env.path("ASSUME_AGE_IDENTITY_FILE") {
            let origin = Origin::Environment("ASSUME_AGE_IDENTITY_FILE".to_owned());
            defaults.vault.age_identity = Some(Sourced::new(path, origin));
        }
        let aws_file = |path, family| match read::text(path, Trust::AsTheSdksDo)? {
            Some(text) => AwsFile::parse(path, text, family).map(Some),
            None => Ok(None),
        };
        let aws = AwsFiles {
            config: aws_file(&folders.aws_config, Family::Config)?,
            credentials: aws_file(&folders.aws_credentials, Family::Credentials)?,
            ignore_endpoints: environment::ignores_endpoints(&world.env)?,
        };
        let environment = environment::connection(&world.env)?;
        Ok(Self { main, included, aws, defaults, environment, home })
    }

    /// Returns what a name stands for: our file wins over the AWS files, and both over what our file includes.
    pub fn find(&self, name: &str) -> Result<Option<Declared>, ConfigError> {
        if let Some(main) = &self.main
            && let Some(found) = main.find(name, self.around())?
        {
            return Ok(Some(found));
        }
        // A profile that only points back to us, as `setup credential-process` writes them, takes nobody's name.
        let is_pointer = self.is_ours(name) && self.aws.points_to_itself(name);
        if !is_pointer && let Some(profile) = self.aws.profile(name)? {
            return Ok(Some(Declared::AwsProfile(profile)));
        }
        for file in &self.included {
            if let Some(found) = file.find(name, self.around())? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether our file, or one that it includes, declares that name.
    pub fn is_ours(&self, name: &str) -> bool {
        self.our_names().any(|(_, _, entry)| entry.key == name)
    }

    /// Whether a name means something apart from a profile of that name which only points back to us.
    pub fn leads_somewhere(&self, name: &str) -> bool {
        self.is_ours(name) || (self.aws.begins(name).is_some() && !self.aws.points_to_itself(name))
    }

    /// The roles of our file and of those that it includes, sorted.
    pub fn roles(&self) -> Vec<String> {
        self.names_of(NameOf::Role)
    }

    /// Returns what keeps a `credential_process` of ours in that AWS profile from being asked, if anything does.
    pub fn outranking(&self, profile: &str) -> Option<Origin> {
        self.aws.outranking(profile)
    }

    /// Returns the AWS profiles whose `credential_process` asks us, each with the name that it asks for.
    pub fn pointers(&self) -> Vec<(String, String)> {
        let names: BTreeSet<&str> = self.aws.names().collect();
        let pointer = |name: &str| Some((name.to_owned(), self.aws.asks_us_for(name)?));
        names.into_iter().filter_map(pointer).collect()
    }

    fn names_of(&self, kind: NameOf) -> Vec<String> {
        let names: BTreeSet<&str> =
            self.our_names().filter(|(_, what, _)| *what == kind).map(|(_, _, entry)| entry.key.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Returns the names that a mistyped one may have meant, nearest first.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        let names: BTreeSet<&str> = self.names().collect();
        nearest(name, names.into_iter())
    }

    /// The names of our identities, sorted.
    pub fn identities(&self) -> Vec<String> {
        self.names_of(NameOf::Identity)
    }

    /// Whether nothing at all is declared.
    pub fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }

    /// Every name, sorted; a name that is declared twice comes with the declaration that counts first.
    pub fn listings(&self) -> Vec<Listing> {
        let ours = |file: &OurFile| -> Vec<(String, &'static str, Origin)> {
            file.names().map(|(what, entry)| (entry.key.clone(), what.word(), file.origin(what, entry))).collect()
        };
        let mut found: Vec<(String, &'static str, Origin)> = self.main.iter().flat_map(ours).collect();
        let profiles: BTreeSet<&str> = self.aws.names().collect();
        let pointer = |name: &str| self.is_ours(name) && self.aws.points_to_itself(name);
        let profiles = profiles.into_iter().filter(|name| !pointer(name));
        let profile = |name: &str| self.aws.begins(name).map(|origin| (name.to_owned(), "profile", origin));
        found.extend(profiles.filter_map(profile));
        found.extend(self.included.iter().flat_map(ours));
        let mut first: BTreeMap<String, Origin> = BTreeMap::new();
        let mut listings: Vec<Listing> = Vec::with_capacity(found.len());
        for (name, kind, origin) in found {
            let shadowed_by = first.get(&name).cloned();
            first.entry(name.clone()).or_insert_with(|| origin.clone());
            let (role_arn, error) = match shadowed_by {
                None => self.role_arn(&name).map_or_else(|error| (None, Some(error.to_string())), |arn| (arn, None)),
                Some(_) => (None, None),
            };
            listings.push(Listing { name, kind, origin, role_arn, shadowed_by, error });
        }
        listings.sort_by(|a, b| a.name.cmp(&b.name).then(a.shadowed_by.is_some().cmp(&b.shadowed_by.is_some())));
        listings
    }

    fn role_arn(&self, name: &str) -> Result<Option<crate::terms::RoleArn>, ConfigError> {
        Ok(match self.find(name)? {
            Some(Declared::Role(role)) => Some(role.call.role_arn.value),
            Some(Declared::AwsProfile(profile)) => profile.role.map(|call| call.role_arn.value),
            Some(Declared::Identity(_)) | None => None,
        })
    }

    /// What our file says for everybody.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// What the environment says of Region and endpoint (`AWS_REGION`, `AWS_ENDPOINT_URL_STS`, …).
    pub fn environment(&self) -> &Connection {
        &self.environment
    }

    fn around(&self) -> Around<'_> {
        Around {
            home: self.home.as_deref(),
            region: self.defaults.region.as_ref().map(|region| &region.value),
            ignore_endpoints: self.aws.ignore_endpoints,
        }
    }

    fn our_names(&self) -> impl Iterator<Item = (&OurFile, NameOf, &super::document::Entry)> {
        let files = self.main.iter().chain(&self.included);
        files.flat_map(|file| file.names().map(move |(what, entry)| (file, what, entry)))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.our_names().map(|(_, _, entry)| entry.key.as_str()).chain(self.aws.names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{From, Source};
    use crate::world::{Env, World};

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
        crate::error::Error::from(error).to_string().replace(&files.folder.path().display().to_string(), "HOME")
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
        ] {
            let files = Files::new("include = [\"team.toml\"]\n", "", "");
            files.write("team.toml", said);
            let message = refusal(&files, "x");
            assert!(message.contains(&format!("and {what} in it has to be allowed")), "{message}");
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
        assert!(refusal(&files, "x").contains("and `process` in it has to be allowed"));
    }

    #[test]
    fn an_include_that_is_not_there_or_misspelt_is_named() {
        let files = Files::new("include = [\"nowhere.toml\"]\n", "", "");
        assert!(
            refusal(&files, "x")
                .contains("include: HOME/nowhere.toml is not there\n  where: HOME/config.toml:1, include")
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
    #[cfg(unix)]
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
        let mut files =
            Files::new("vault = \"file\"\nage_identity_file = \"~/key\"\nsession_vault = \"none\"\n", "", "");
        let vault = |files: &Files| files.open().unwrap().defaults().vault.clone();
        assert!(vault(&files).keepsakes.unwrap().origin.to_string().ends_with("config.toml:1, vault"));
        assert_eq!(vault(&files).age_identity.unwrap().value, files.folder.path().join("key"));
        files.variables = vec![("ASSUME_VAULT", "kernel".to_owned()), ("ASSUME_AGE_IDENTITY_FILE", "/k".to_owned())];
        assert_eq!(vault(&files).keepsakes.unwrap().origin.to_string(), "$ASSUME_VAULT");
        assert_eq!(vault(&files).sessions.unwrap().value, crate::config::StoreName::None);
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
}
