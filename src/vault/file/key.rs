//! What opens the encrypted file: an age identity file, or a passphrase.
//!
//! An age identity file is fast and suits headless machines. It must be the user's alone (0600) and lie in another folder
//! than the vault, or a copy of that folder would be a copy of the secrets.
//!
//! A passphrase never encrypts the vault itself. It opens a key file beside it, which holds an age identity, through
//! scrypt: 2^17 rounds, 350 ms and 128 MiB by design, too much for each answer to an SDK. So whoever has opened it by `ASSUME_VAULT_PASSPHRASE` leaves a copy in the user's runtime folder, in memory (a disk is refused), 0600,
//! gone at log-out, sealed by the same passphrase with 2^10 rounds: 5 ms. That copy gives nothing to a process of the
//! same user that the environment variable did not give. A passphrase that is typed opens the file for one process.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use age::x25519::{Identity, Recipient};
use age::{DecryptError, scrypt};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::{make_folder, open, read, replace, seal};
use crate::person::{self, PersonError};
use crate::terms::SecretString;
use crate::vault::store::StoreError;
use crate::vault::{ItemName, SecretKind};
use crate::world::World;

/// Where the key of one vault file comes from.
pub(in crate::vault) struct KeySource {
    way: Way,
    vault_file: PathBuf,
    world: World,
    /// Opened once for each process.
    opened: Mutex<Option<Identity>>,
}

enum Way {
    IdentityFile(PathBuf),
    Passphrase(SecretString),
    Ask,
}

/// What the file is opened for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// Nobody is asked for a passphrase.
    Session,
    /// A person may be asked.
    Keepsake,
}

impl Need {
    pub(super) fn of(name: &ItemName) -> Self {
        Self::of_kind(name.kind())
    }

    pub(super) fn of_kind(kind: SecretKind) -> Self {
        match kind {
            SecretKind::Session => Self::Session,
            SecretKind::Keepsake => Self::Keepsake,
        }
    }
}

/// An opened key, and what it is called in an error.
pub(super) struct Key {
    identity: Identity,
    name: String,
}

impl Key {
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn recipient(&self) -> Recipient {
        self.identity.to_public()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl KeySource {
    /// Returns what opens `vault_file`: the identity file if one is named, else the passphrase of the environment, else one
    /// that is asked for. Reads nothing yet.
    pub(in crate::vault) fn new(vault_file: PathBuf, identity_file: Option<PathBuf>, world: &World) -> Self {
        let way = match (identity_file, world.env.text("ASSUME_VAULT_PASSPHRASE")) {
            (Some(path), _) => Way::IdentityFile(path),
            (None, Some(passphrase)) => Way::Passphrase(SecretString::from(passphrase.to_owned())),
            (None, None) => Way::Ask,
        };
        Self { way, vault_file, world: world.clone(), opened: Mutex::new(None) }
    }

    /// Whether a person has to be asked.
    pub(super) fn is_asked_for(&self) -> bool {
        matches!(self.way, Way::Ask)
    }

    /// Says in a few words what opens the file, or why nothing does.
    pub(super) fn describe(&self) -> Result<String, StoreError> {
        match &self.way {
            Way::IdentityFile(path) => Ok(format!("the age identity {}", path.display())),
            Way::Passphrase(_) => Ok("ASSUME_VAULT_PASSPHRASE".to_owned()),
            Way::Ask if read(&self.key_file())?.is_some() => Ok("a passphrase that is asked for".to_owned()),
            Way::Ask => Err(nothing_opens_it()),
        }
    }

    /// Fails where nothing opens the file and nobody is to be asked, before a folder or a lock is made for it.
    pub(super) fn could_open(&self, need: Need) -> Result<(), StoreError> {
        let is_open = self.opened.lock().is_ok_and(|opened| opened.is_some());
        if self.is_asked_for() && need == Need::Session && !is_open { Err(nothing_opens_it()) } else { Ok(()) }
    }

    /// Returns the key of a vault that is there.
    pub(super) fn open(&self, need: Need) -> Result<Key, StoreError> {
        self.once(|| match &self.way {
            Way::IdentityFile(path) => self.by_identity_file(path),
            Way::Passphrase(passphrase) => {
                let sealed = self.sealed()?;
                match self.by_runtime_copy(&sealed, passphrase) {
                    Some(identity) => Ok(identity),
                    None => {
                        let identity = unseal(&sealed, passphrase, &self.key_file())?;
                        self.leave_runtime_copy(&sealed, &identity, passphrase);
                        Ok(identity)
                    }
                }
            }
            Way::Ask if need == Need::Session => Err(nothing_opens_it()),
            Way::Ask => self.by_typed_passphrase(&self.sealed()?),
        })
    }

    /// Returns the key of a vault that is not there yet. Called under the vault's lock.
    pub(super) fn open_or_make(&self, need: Need) -> Result<Key, StoreError> {
        match &self.way {
            Way::IdentityFile(_) => self.open(need),
            // A key file without its vault (which somebody moved away) serves again.
            Way::Passphrase(_) | Way::Ask if read(&self.key_file())?.is_some() => self.open(need),
            Way::Passphrase(passphrase) => self.once(|| {
                let (identity, sealed) = self.make(passphrase)?;
                self.leave_runtime_copy(&sealed, &identity, passphrase);
                Ok(identity)
            }),
            Way::Ask if need == Need::Session => Err(nothing_opens_it()),
            Way::Ask => self.once(|| Ok(self.make(&self.ask_new_passphrase()?)?.0)),
        }
    }

    fn once(&self, find: impl FnOnce() -> Result<Identity, StoreError>) -> Result<Key, StoreError> {
        let mut opened = self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let identity = match &*opened {
            Some(identity) => identity.clone(),
            None => opened.insert(find()?).clone(),
        };
        let name = match &self.way {
            Way::IdentityFile(path) => format!("the age identity {}", path.display()),
            Way::Passphrase(_) | Way::Ask => format!("the key in {}", self.key_file().display()),
        };
        Ok(Key { identity, name })
    }

    fn by_identity_file(&self, path: &Path) -> Result<Identity, StoreError> {
        check_identity_file(path, &self.vault_file).map_err(StoreError::failed)?;
        let bytes = std::fs::read(path).map_err(|error| cannot_read(path, &error))?;
        parse_identity(&SecretString::from(String::from_utf8_lossy(&bytes).into_owned()))
            .ok_or_else(|| StoreError::failed(format!("{} holds no `AGE-SECRET-KEY-1…`", path.display())))
    }

    /// The key file's bytes.
    fn sealed(&self) -> Result<Vec<u8>, StoreError> {
        read(&self.key_file())?.ok_or_else(|| StoreError::WrongKey {
            reason: format!(
                "{} was made with an age identity file, and none is named: set ASSUME_AGE_IDENTITY_FILE",
                self.vault_file.display()
            ),
        })
    }

    fn key_file(&self) -> PathBuf {
        self.vault_file.with_extension("key.age")
    }

    fn make(&self, passphrase: &SecretString) -> Result<(Identity, Vec<u8>), StoreError> {
        let identity = Identity::generate();
        let sealed = seal_key(&identity, passphrase, WORK)?;
        replace(&self.key_file(), &sealed)?;
        Ok((identity, sealed))
    }

    fn by_typed_passphrase(&self, sealed: &[u8]) -> Result<Identity, StoreError> {
        let question = format!("passphrase of {}", self.vault_file.display());
        let mut left: u8 = 3;
        loop {
            left -= 1;
            let passphrase = person::ask_secret(&question, &self.world).map_err(unanswered)?;
            match unseal(sealed, &passphrase, &self.key_file()) {
                Err(StoreError::WrongKey { .. }) if left > 0 => {
                    person::note("that passphrase does not open it; try again");
                }
                outcome => return outcome,
            }
        }
    }

    fn ask_new_passphrase(&self) -> Result<SecretString, StoreError> {
        let question = format!("new passphrase for {}", self.vault_file.display());
        let first = person::ask_secret(&question, &self.world).map_err(unanswered)?;
        let again = person::ask_secret("the same passphrase again", &self.world).map_err(unanswered)?;
        if first.expose_secret() == again.expose_secret() {
            Ok(first)
        } else {
            Err(StoreError::failed("the two passphrases differ, and nothing was kept"))
        }
    }

    /// The runtime copy is named after the key file that it is a copy of: another one has another name.
    fn runtime_copy(&self, sealed: &[u8]) -> Option<PathBuf> {
        let folder = memory_folder(&self.world)?;
        Some(folder.join("assume").join(format!("{}.age", hex::encode(&Sha256::digest(sealed)[..16]))))
    }

    fn by_runtime_copy(&self, sealed: &[u8], passphrase: &SecretString) -> Option<Identity> {
        let copy = self.runtime_copy(sealed)?;
        let bytes = std::fs::read(&copy).ok()?;
        // A copy that does not open is of another passphrase or damaged: the key file decides.
        unseal(&bytes, passphrase, &copy).ok()
    }

    /// Without a copy each command is slower, and no less right: nothing is said.
    fn leave_runtime_copy(&self, sealed: &[u8], identity: &Identity, passphrase: &SecretString) {
        let Some(copy) = self.runtime_copy(sealed) else { return };
        if let (Some(folder), Ok(bytes)) = (copy.parent(), seal_key(identity, passphrase, QUICK_WORK))
            && make_folder(folder).is_ok()
        {
            let _ = replace(&copy, &bytes);
        }
    }
}

fn seal_key(identity: &Identity, passphrase: &SecretString, work: u8) -> Result<Vec<u8>, StoreError> {
    let mut recipient = scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(work);
    seal(identity.to_string().expose_secret().as_bytes(), &recipient).map_err(StoreError::failed)
}

fn unseal(sealed: &[u8], passphrase: &SecretString, file: &Path) -> Result<Identity, StoreError> {
    let mut identity = scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(MOST_WORK);
    let damaged = |reason: String| StoreError::Damaged { what: file.display().to_string(), reason };
    let plaintext = open(sealed, &identity).map_err(|error| match error {
        DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys => {
            StoreError::WrongKey { reason: format!("the passphrase does not open {}", file.display()) }
        }
        error => damaged(error.to_string()),
    })?;
    parse_identity(&SecretString::from(String::from_utf8_lossy(&plaintext).into_owned()))
        .ok_or_else(|| damaged("it holds no age identity".to_owned()))
}

/// The first identity of the text; comments and empty lines are age-keygen's.
fn parse_identity(text: &SecretString) -> Option<Identity> {
    text.expose_secret().lines().find_map(|line| line.trim().parse().ok())
}

/// Returns why that file must not open that vault.
fn check_identity_file(path: &Path, vault_file: &Path) -> Result<(), String> {
    let shown = path.display();
    let real = path.canonicalize().map_err(|error| format!("cannot read the age identity {shown}: {error}"))?;
    if !real.is_file() {
        return Err(format!("the age identity {shown} is no file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = real.metadata().map_err(|error| format!("cannot read the age identity {shown}: {error}"))?;
        if metadata.mode() & 0o077 != 0 {
            let mode = metadata.mode() & 0o777;
            return Err(format!("the age identity {shown} is open to other users ({mode:04o}): chmod 600 {shown}"));
        }
    }
    let folder = |path: &Path| path.parent().map(|folder| folder.canonicalize().unwrap_or(folder.to_owned()));
    let vault = vault_file.canonicalize().unwrap_or(vault_file.to_owned());
    let same = [folder(path), folder(&real)].iter().any(|of_key| *of_key == folder(&vault));
    if same {
        let vault = vault_file.display();
        return Err(format!("the age identity {shown} lies beside the vault {vault}: who copies one folder has both"));
    }
    Ok(())
}

/// The user's runtime folder, where it is theirs alone and lies in memory.
/// Source: XDG Base Directory Specification, `$XDG_RUNTIME_DIR`.
#[cfg(target_os = "linux")]
fn memory_folder(world: &World) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    /// Source: statfs(2), TMPFS_MAGIC.
    const TMPFS: i64 = 0x0102_1994;
    let user = rustix::process::geteuid().as_raw();
    let folder = world.env.path("XDG_RUNTIME_DIR").unwrap_or_else(|| PathBuf::from(format!("/run/user/{user}")));
    let metadata = std::fs::symlink_metadata(&folder).ok()?;
    let private = metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o077 == 0;
    let in_memory = rustix::fs::statfs(&folder).is_ok_and(|fs| fs.f_type == TMPFS);
    (private && in_memory).then_some(folder)
}

/// Elsewhere no folder is known to lie in memory.
#[cfg(not(target_os = "linux"))]
fn memory_folder(_world: &World) -> Option<PathBuf> {
    None
}

fn nothing_opens_it() -> StoreError {
    StoreError::Absent { reason: "neither an age identity file nor a passphrase is set for it".to_owned() }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::failed(format!("cannot read {}: {error}", path.display()))
}

fn unanswered(error: PersonError) -> StoreError {
    match error {
        PersonError::Nobody { .. } => StoreError::Absent {
            reason: "neither an age identity file nor a passphrase is set for it, and nobody can be asked for one"
                .to_owned(),
        },
        error @ (PersonError::Declined | PersonError::Terminal(_) | PersonError::Pinentry { .. }) => {
            StoreError::failed(format!("no passphrase: {error}"))
        }
    }
}

/// log2 of scrypt's rounds for the key file.
/// Source: OWASP Password Storage Cheat Sheet: N = 2^17, r = 8, p = 1; r and p are age's.
const WORK: u8 = 17;

/// For the copy in memory, which whoever can read it could read in the environment too.
const QUICK_WORK: u8 = 10;

/// A key file that asks for more (1 GiB) was not made by us.
const MOST_WORK: u8 = 20;
