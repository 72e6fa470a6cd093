//! A throwaway home: config, identities and secrets of a scenario, in a temp folder and under a name of their own.
//!
//! Secrets lie in the kernel's keyring, where the kernel keeps any, else in an encrypted file in the folder; the person's
//! own stores and files are never touched. All of it goes when the home is dropped, and what a killed process left goes
//! when the next home is made.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::profiles::{Identities, aws_config, identities, our_config};
use super::scenario::{Profile, Scenario};
use super::server::Server;
use super::surroundings::{AGE_IDENTITY, AWS_CONFIG, OUR_CONFIG, Setting, surroundings};
use crate::config::{Sourced, StoreName, VaultSettings};
use crate::identity::{Generation, LongTermKey};
use crate::terms::ExposeSecret;
use crate::vault::{Vault, VaultError, sweep};
use crate::world::{Env, World};

/// A throwaway home, furnished for one server.
#[derive(Debug)]
pub struct Home {
    place: Place,
    world: World,
    vault: Vault,
    store: StoreName,
}

/// Where a home will stand: an empty folder of our own, and a name for its secrets.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    vault_name: String,
}

/// Why a home could not be furnished.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The temp folder, or a file in it, cannot be made.
    #[error("cannot make the sandbox's home in {}", path.display())]
    Folder {
        /// What was to be made.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No store keeps the scenario's secrets.
    #[error("cannot keep the sandbox's own secrets")]
    Secrets(#[source] VaultError),
}

impl Place {
    /// Makes the folder, 0700, and removes what killed sandboxes left.
    pub fn find() -> Result<Self, HomeError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        sweep_leftovers();
        let pid = std::process::id();
        let vault_name = match COUNT.fetch_add(1, Ordering::Relaxed) {
            0 => format!("{PREFIX}{pid}"),
            more => format!("{PREFIX}{pid}-{more}"),
        };
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder
            .prefix(&format!("{vault_name}."))
            .tempdir()
            .map_err(|source| HomeError::Folder { path: std::env::temp_dir(), source })?;
        Ok(Self { folder, vault_name })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file that the server is to write its lines into.
    pub fn log(&self) -> PathBuf {
        self.path().join("requests.jsonl")
    }

    /// Writes configs and secrets for the server's scenario. `program` is ourselves, as commands in the home will call us;
    /// `parent` is the environment that theirs is made from.
    pub fn furnish(
        self,
        scenario: &Scenario,
        server: &Server,
        program: &Path,
        parent: &World,
    ) -> Result<Home, HomeError> {
        let profiles = scenario.profiles();
        let identities = identities(profiles);
        let ours = self.path().join("bin").join(program_name());
        self.link(program, &ours)?;
        let center = scenario.identity_center.as_ref().map(|_| server.identity_center());
        self.write(OUR_CONFIG, our_config(profiles, &identities, center.as_ref()).as_bytes())?;
        self.write(AWS_CONFIG, aws_config(profiles, &identities, &ours).as_bytes())?;
        // Empty, and there: a variable names it.
        self.write(".aws/credentials", b"")?;
        self.write(".bashrc", b"eval \"$(assume init bash)\"\n")?;
        self.write(".zshrc", b"eval \"$(assume init zsh)\"\n")?;
        self.write(".config/fish/config.fish", b"assume init fish | source\n")?;

        let home = match self.move_in(StoreName::Kernel, profiles, &identities, server, parent) {
            Ok((world, vault)) => Home { place: self, world, vault, store: StoreName::Kernel },
            Err(_) => {
                let identity = age::x25519::Identity::generate().to_string();
                self.write(AGE_IDENTITY, identity.expose_secret().as_bytes())?;
                let moved_in = self.move_in(StoreName::File, profiles, &identities, server, parent);
                let (world, vault) = moved_in.map_err(HomeError::Secrets)?;
                Home { place: self, world, vault, store: StoreName::File }
            }
        };
        Ok(home)
    }

    /// Writes the scenario's secrets into that store.
    fn move_in(
        &self,
        store: StoreName,
        profiles: &[Profile],
        identities: &Identities,
        server: &Server,
        parent: &World,
    ) -> Result<(World, Vault), VaultError> {
        let log = self.log();
        let setting =
            Setting { folder: self.path(), url: server.url(), log: &log, vault_name: &self.vault_name, store };
        let world = parent.with_env(surroundings(&parent.env, &setting));
        let named = Some(Sourced::by_default(store));
        let settings = VaultSettings {
            keepsakes: named.clone(),
            sessions: named,
            age_identity: (store == StoreName::File).then(|| Sourced::by_default(self.path().join(AGE_IDENTITY))),
            ..VaultSettings::default()
        };
        let vault = Vault::new(&settings, &world);
        let keys = server.keys();
        for (arn, name) in identities {
            let key = keys.iter().find(|key| key.is_active && key.user_arn == *arn);
            if let Some((key, key_id)) = key.and_then(|key| Some((key, key.id.parse().ok()?))) {
                let secret_key = key.secret.clone();
                LongTermKey { key_id, secret_key, generation: Generation::new() }.save(name, &vault, &world)?;
            }
        }
        let devices = server.devices();
        for serial in profiles.iter().filter_map(|profile| profile.mfa_serial.as_ref()) {
            if let Some(device) = devices.iter().find(|device| device.serial == serial.as_str()) {
                device.seed.save(serial, &vault)?;
            }
        }
        Ok((world, vault))
    }

    fn write(&self, file: &str, content: &[u8]) -> Result<(), HomeError> {
        let path = self.path().join(file);
        let written = make_parent(&path).and_then(|()| {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&path)?.write_all(content)
        });
        written.map_err(|source| HomeError::Folder { path, source })
    }

    #[cfg(unix)]
    fn link(&self, program: &Path, link: &Path) -> Result<(), HomeError> {
        let linked = make_parent(link).and_then(|()| std::os::unix::fs::symlink(program, link));
        linked.map_err(|source| HomeError::Folder { path: link.to_owned(), source })
    }

    #[cfg(not(unix))]
    fn link(&self, program: &Path, link: &Path) -> Result<(), HomeError> {
        let copied = make_parent(link).and_then(|()| std::fs::copy(program, link).map(drop));
        copied.map_err(|source| HomeError::Folder { path: link.to_owned(), source })
    }
}

impl Home {
    /// The folder.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// The world of a command in this home.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The environment of a command in this home: all of it, nothing is inherited.
    pub fn env(&self) -> &Env {
        &self.world.env
    }

    /// The file that the server writes a line into for each request.
    pub fn log(&self) -> PathBuf {
        self.place.log()
    }

    /// The store that holds this home's secrets.
    pub fn store(&self) -> StoreName {
        self.store
    }

    /// The vault of this home.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Ourselves, as commands in this home find us.
    pub fn program(&self) -> PathBuf {
        self.path().join("bin").join(program_name())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What is in the encrypted file goes with the folder.
        if self.store == StoreName::Kernel {
            let _ = self.vault.clear_namespace(StoreName::Kernel);
        }
    }
}

/// How the names of all sandboxes' folders and secrets begin; the process id follows.
const PREFIX: &str = "assume-sandbox-";

/// Removes secrets and folders of sandboxes whose process has ended without doing so.
fn sweep_leftovers() {
    let _ = sweep(PREFIX, is_alive);
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_left = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && !is_alive(name));
        if is_left && is_own_folder(&entry) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether the sandbox of that name still runs. What is named otherwise than ours counts as alive: it is left alone.
fn is_alive(name: &str) -> bool {
    let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split(['-', '.']).next()?.parse::<i32>().ok());
    pid.is_none_or(process_runs)
}

#[cfg(unix)]
fn process_runs(pid: i32) -> bool {
    let Some(pid) = rustix::process::Pid::from_raw(pid) else { return true };
    // Somebody else's process of that number may not be signalled, and runs all the same.
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

#[cfg(not(unix))]
fn process_runs(_pid: i32) -> bool {
    true
}

#[cfg(unix)]
fn is_own_folder(entry: &std::fs::DirEntry) -> bool {
    use std::os::unix::fs::MetadataExt;
    // A link's own metadata: a link that somebody planted is no folder.
    let is_ours = |meta: std::fs::Metadata| meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw();
    entry.metadata().is_ok_and(is_ours)
}

#[cfg(not(unix))]
fn is_own_folder(_entry: &std::fs::DirEntry) -> bool {
    false
}

fn make_parent(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    path.parent().map_or(Ok(()), |parent| builder.create(parent))
}

fn program_name() -> &'static str {
    if cfg!(windows) { "assume.exe" } else { "assume" }
}
