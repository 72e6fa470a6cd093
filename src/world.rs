//! What the program finds around it: the environment, the clock, the folders. Read once, in `main`, and handed down.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The outside world, as far as a command may look at it without asking anybody.
#[derive(Clone, Debug)]
pub struct World {
    /// The environment variables of this process.
    pub env: Env,
    /// What time it is.
    pub clock: Clock,
    /// Where files lie.
    pub folders: Folders,
}

impl World {
    /// Returns the world as this process finds it.
    pub fn new() -> Self {
        let env = Env::of_process();
        let folders = Folders::from_env(&env);
        Self { env, clock: Clock::System, folders }
    }

    /// Returns this world with another environment, and with the folders that follow from it.
    pub fn with_env(&self, env: Env) -> Self {
        let folders = Folders::from_env(&env);
        Self { env, clock: self.clock.clone(), folders }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Environment variables, read once. An empty value counts as unset, as in the AWS SDKs.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// Returns the variables of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// Returns the variable's value if it is set, not empty and text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.os(name).and_then(OsStr::to_str)
    }

    /// Returns the variable's value if it is set and not empty.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Returns the variable's value as a path if it is set and not empty.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.os(name).map(PathBuf::from)
    }

    /// Sets a variable in this copy.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// Removes a variable from this copy.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(OsStr::new(name));
    }

    /// All variables, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

/// Values stay out: the environment holds other programs' secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// The time of day.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that stands still, for tables.
    Fixed(SystemTime),
}

impl Clock {
    /// Returns the time by this clock.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            Self::Fixed(time) => *time,
        }
    }
}

/// Where files lie. A path here need not exist; reading never makes one.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The person's home folder, if they have one.
    pub home: Option<PathBuf>,
    /// Our config file.
    pub config_file: PathBuf,
    /// Locks, cards and the ledger: what may be lost without harm.
    pub state: PathBuf,
    /// The encrypted file vault, and what belongs to it.
    pub data: PathBuf,
    /// The AWS shared config file.
    pub aws_config: PathBuf,
    /// The AWS shared credentials file.
    pub aws_credentials: PathBuf,
}

impl Folders {
    /// Returns the folders that these variables lead to.
    ///
    /// On macOS too, our config lies in `~/.config`, where people keep such files.
    pub fn from_env(env: &Env) -> Self {
        let home = env.path("HOME").or_else(dirs::home_dir);
        let under_home = |rest: &str| home.as_deref().unwrap_or(Path::new("/nonexistent")).join(rest);
        let xdg = |variable: &str, fallback: &str| {
            // The XDG specification: a relative path is to be ignored.
            env.path(variable).filter(|path| path.is_absolute()).unwrap_or_else(|| under_home(fallback))
        };
        let config = if cfg!(windows) {
            env.path("APPDATA").unwrap_or_else(|| under_home("AppData/Roaming"))
        } else {
            xdg("XDG_CONFIG_HOME", ".config")
        };
        let aws = |variable: &str, fallback: &str| match env.path(variable) {
            Some(path) => expand_home(&path, home.as_deref()),
            None => under_home(fallback),
        };
        Self {
            config_file: env.path("ASSUME_CONFIG").unwrap_or_else(|| config.join("assume").join("config.toml")),
            state: xdg("XDG_STATE_HOME", ".local/state").join("assume"),
            data: xdg("XDG_DATA_HOME", ".local/share").join("assume"),
            aws_config: aws("AWS_CONFIG_FILE", ".aws/config"),
            aws_credentials: aws("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
            home,
        }
    }
}

/// Returns the path with a leading `~` replaced by the home folder, as the SDKs do.
pub fn expand_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
