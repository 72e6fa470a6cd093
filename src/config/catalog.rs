//! All that was declared, found by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::aws_file::{AwsFile, Family};
use super::aws_profile::AwsFiles;
use super::console::ConsoleSettings;
use super::environment;
use super::error::ConfigError;
use super::generated::is_same_file;
use super::model::{AwsProfile, Connection, Declared, Defaults, Identity, Source};
use super::origin::{Origin, Sourced};
use super::ours::{NameOf, OurFile};
use super::read::{self, Trust};
use super::role::Around;
use super::section::nearest;
use super::sign_in::{self, CenterEndpoints, IdentityCenter, SignIn, WebIdentity};
use crate::person;
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
    sign_in_endpoint: Option<Sourced<url::Url>>,
    offered: Option<(&'static str, Sourced<WebIdentity>)>,
    center_endpoints: CenterEndpoints,
    cognito_endpoint: Option<Sourced<url::Url>>,
    home: Option<PathBuf>,
    files: Vec<PathBuf>,
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
    /// Reads our file (with what it includes) and the AWS shared files. A file that does not exist is an empty one; an AWS
    /// file that cannot be understood is set aside, and stops only what needs to know what stands in it.
    pub fn open(world: &World) -> Result<Self, ConfigError> {
        let folders = &world.folders;
        let home = folders.home.clone();
        let main = OurFile::open(&folders.config_file)?;
        let mut files = vec![folders.config_file.clone(), folders.aws_config.clone(), folders.aws_credentials.clone()];
        let included = main.as_ref().map_or(Ok(Vec::new()), |main| main.included(home.as_deref(), &mut files))?;
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
        let mut broken = None;
        let mut unless_broken = |file: Result<Option<AwsFile>, ConfigError>| {
            file.unwrap_or_else(|error| {
                broken.get_or_insert(error);
                None
            })
        };
        let config = unless_broken(aws_file(&folders.aws_config, Family::Config));
        let credentials = unless_broken(aws_file(&folders.aws_credentials, Family::Credentials));
        let aws =
            AwsFiles { config, credentials, broken, ignore_endpoints: environment::ignores_endpoints(&world.env)? };
        let center_endpoints = environment::center_endpoints(&world.env)?;
        let environment = environment::connection(&world.env)?;
        let cognito_endpoint = environment::cognito_endpoint(&world.env)?;
        let offered = sign_in::of_environment(&world.env);
        let sign_in_endpoint = environment::sign_in_endpoint(&world.env)?;
        Ok(Self {
            main,
            included,
            aws,
            defaults,
            environment,
            sign_in_endpoint,
            offered,
            center_endpoints,
            cognito_endpoint,
            home,
            files,
        })
    }

    /// Returns what a name stands for: our file wins over the AWS files, and both over what our file includes. Where it is
    /// nothing else, an `sso-session` section is an identity.
    pub fn find(&self, name: &str) -> Result<Option<Declared>, ConfigError> {
        let found = self.find_named(name)?;
        let mut found = match found {
            Some(found) => found,
            None => match self.session(name)? {
                Some(session) => Declared::Identity(session),
                None => return Ok(None),
            },
        };
        if let Declared::Identity(identity) = &mut found
            && let Source::SignIn(SignIn::IdentityCenter(center)) = &mut identity.source.value
        {
            self.share(center);
        }
        Ok(Some(found))
    }

    /// The AWS CLI keeps tokens under the names of its own sessions.
    fn share(&self, center: &mut IdentityCenter) {
        let sessions = self.aws.sessions_at(center);
        if !sessions.is_empty() {
            center.shared = sessions;
        }
    }

    fn session(&self, name: &str) -> Result<Option<Identity>, ConfigError> {
        let (Some(origin), Some(center)) = (self.aws.session_begins(name), self.aws.session(name)?) else {
            return Ok(None);
        };
        Ok(Some(Identity {
            name: name.to_owned(),
            source: Sourced::new(Source::SignIn(SignIn::IdentityCenter(Box::new(center))), origin.clone()),
            origin,
            mfa_serial: None,
            mfa_process: None,
            mfa_session_duration: None,
            connection: Connection::default(),
        }))
    }

    /// Returns the sign-in at Identity Center that a profile of the AWS files names, whether or not it names a role there.
    pub fn center_of_profile(&self, name: &str) -> Result<Option<IdentityCenter>, ConfigError> {
        self.aws.center_of(name)
    }

    /// The names that a sign-in may be declared under: our identities, sessions of the AWS files, and their profiles.
    pub fn sign_in_names(&self) -> Vec<String> {
        let mut names = self.identities();
        names.extend(self.aws.sessions().map(str::to_owned));
        names.extend(self.aws.names().map(str::to_owned));
        names
    }

    /// Where the environment says that Identity Center is.
    pub fn center_endpoints(&self) -> &CenterEndpoints {
        &self.center_endpoints
    }

    fn find_named(&self, name: &str) -> Result<Option<Declared>, ConfigError> {
        if let Some(main) = &self.main
            && let Some(found) = main.find(name, self.around())?
        {
            return Ok(Some(found));
        }
        // A profile that only points back to us, as `setup credential-process` writes them, takes nobody's name.
        let aws = self.aws.whole()?;
        let is_pointer = self.is_ours(name) && aws.points_to_itself(name);
        if !is_pointer && let Some(profile) = aws.profile(name)? {
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
        self.main.iter().chain(&self.included).any(|file| file.declares(name))
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
        self.names().next().is_none() && self.aws.broken.is_none()
    }

    /// Tells that an AWS file is of no use, if one is: what does not need it goes on.
    pub fn tell_of_what_is_set_aside(&self) {
        let Some(error) = &self.aws.broken else { return };
        let at = error.origin().map_or_else(String::new, |origin| format!(" ({origin})"));
        let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
        person::warn(&format!("{error}{cause}{at}; profiles of ~/.aws cannot be used until it is mended"));
    }

    /// Refuses an AWS file that cannot be understood, for what has to know all that stands in both.
    pub fn aws_files_are_whole(&self) -> Result<(), ConfigError> {
        self.aws.whole().map(drop)
    }

    /// Makes it ready to be asked for one name after the other.
    pub fn expect_many(&self) {
        self.aws.sort();
        self.main.iter().chain(&self.included).for_each(OurFile::expect_many);
    }

    /// Every name, sorted; a name that is declared twice comes with the declaration that counts first.
    pub fn listings(&self) -> Vec<Listing> {
        self.expect_many();
        let own: BTreeSet<&str> = self.our_names().map(|(_, _, entry)| entry.key.as_str()).collect();
        let ours = |file: &OurFile| -> Vec<(String, &'static str, Origin)> {
            file.names().map(|(what, entry)| (entry.key.clone(), what.word(), file.origin(what, entry))).collect()
        };
        let mut found: Vec<(String, &'static str, Origin)> = self.main.iter().flat_map(ours).collect();
        let profiles: BTreeSet<&str> = self.aws.names().collect();
        let pointer = |name: &str| own.contains(name) && self.aws.points_to_itself(name);
        let profiles = profiles.into_iter().filter(|name| !pointer(name));
        let profile = |name: &str| self.aws.begins(name).map(|origin| (name.to_owned(), "profile", origin));
        found.extend(profiles.filter_map(profile));
        found.extend(self.included.iter().flat_map(ours));
        let mut first: BTreeMap<String, Origin> = BTreeMap::new();
        let mut listings: Vec<Listing> = Vec::with_capacity(found.len());
        for (name, kind, origin) in found {
            let shadowed_by = first.get(&name).cloned();
            first.entry(name.clone()).or_insert_with(|| origin.clone());
            let role_arn = match (&shadowed_by, kind) {
                (None, _) => self.role_arn(&name),
                (Some(_), "profile") => Ok(self.aws.profile(&name).ok().flatten().and_then(role_arn_of)),
                (Some(_), _) => Ok(None),
            };
            let (role_arn, error) = role_arn.map_or_else(|error| (None, Some(error.to_string())), |arn| (arn, None));
            listings.push(Listing { name, kind, origin, role_arn, shadowed_by, error });
        }
        listings.sort_by(|a, b| a.name.cmp(&b.name).then(a.shadowed_by.is_some().cmp(&b.shadowed_by.is_some())));
        listings
    }

    fn role_arn(&self, name: &str) -> Result<Option<crate::terms::RoleArn>, ConfigError> {
        Ok(match self.find(name)? {
            Some(Declared::Role(role)) => Some(role.call.role_arn.value),
            Some(Declared::AwsProfile(profile)) => role_arn_of(profile),
            Some(Declared::Identity(_)) | None => None,
        })
    }

    /// The files that our file includes: where each lies, and its text.
    pub fn included(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.included.iter().map(OurFile::source)
    }

    /// Every name that stands before one of that included file, or would be hidden by it, and where: all but the file's own
    /// names, and but the profiles that only ask us for one of them.
    pub fn names_beside(&self, file: &Path) -> BTreeMap<String, Origin> {
        self.expect_many();
        let ours = self.main.iter().chain(&self.included).filter(|known| !is_same_file(known.source().0, file));
        let ours =
            ours.flat_map(|known| known.names().map(|(what, entry)| (entry.key.clone(), known.origin(what, entry))));
        let profiles: BTreeSet<&str> = self.aws.names().filter(|name| !self.aws.points_to_itself(name)).collect();
        let profiles = profiles.into_iter().filter_map(|name| Some((name.to_owned(), self.aws.begins(name)?)));
        let sessions = self.aws.sessions().filter_map(|name| Some((name.to_owned(), self.aws.session_begins(name)?)));
        // Of two places the one that counts is named.
        sessions.chain(profiles).chain(ours).collect()
    }

    /// Every file and folder that was read, or looked for and not there: as long as none of them changes, all is as it was.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What our file says for everybody.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// Returns how a name meets its browser: what its role says, and what holds for everybody.
    pub fn console(&self, name: &str) -> Result<ConsoleSettings, ConfigError> {
        let own = match self.find(name)? {
            Some(Declared::Role(role)) => role.console,
            Some(Declared::Identity(_) | Declared::AwsProfile(_)) | None => ConsoleSettings::default(),
        };
        Ok(own.or(&self.defaults.console))
    }

    /// Where people are signed in instead of at AWS (`AWS_ENDPOINT_URL_SIGNIN`).
    pub fn sign_in_endpoint(&self) -> Option<&Sourced<url::Url>> {
        self.sign_in_endpoint.as_ref()
    }

    /// Where the environment says that Cognito is asked.
    pub fn cognito_endpoint(&self) -> Option<&Sourced<url::Url>> {
        self.cognito_endpoint.as_ref()
    }

    /// What this place offers to whoever declares nothing, and what it is called: the token of a job, or of a pod.
    pub fn offered(&self) -> Option<&(&'static str, Sourced<WebIdentity>)> {
        self.offered.as_ref()
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
        let ours = self.our_names().map(|(_, _, entry)| entry.key.as_str());
        ours.chain(self.aws.names()).chain(self.aws.sessions())
    }
}

fn role_arn_of(profile: AwsProfile) -> Option<crate::terms::RoleArn> {
    profile.role.map(|call| call.role_arn.value)
}
