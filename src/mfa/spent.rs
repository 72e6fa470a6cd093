//! Which codes AWS has seen: it takes each once, and says of the second time only that the code is wrong.
//!
//! A record for each device lies in the state folder, 0600, and holds no secret: salted hashes of codes that are worth
//! nothing any more. Without it (a read-only folder) this process still remembers its own.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::seed::STEP;
use crate::person;
use crate::terms::{MfaSerial, SecretString};
use crate::world::World;

/// How long a code could still come up again: ten minutes, more than AWS's tolerance for a clock that is off.
const REMEMBERED_STEPS: u64 = 20;

/// The codes of one device that were sent lately.
#[derive(Debug)]
pub(super) struct Spent {
    file: PathBuf,
    record: Record,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    salt: String,
    codes: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    hash: String,
    step: u64,
}

impl Spent {
    /// Returns what is known of that device. What cannot be read is unknown.
    pub(super) fn of(serial: &MfaSerial, world: &World) -> Self {
        let file = world.folders.state.join("mfa").join(hex::encode(Sha256::digest(serial.as_str())));
        let record =
            read(&file).unwrap_or_else(|| Record { salt: hex::encode(rand::random::<[u8; 16]>()), codes: Vec::new() });
        Self { file, record }
    }

    /// Returns whether the code was sent lately.
    pub(super) fn holds(&self, code: &SecretString, now: SystemTime) -> bool {
        let hash = self.hash(code);
        self.record.codes.iter().any(|entry| entry.hash == hash && is_recent(entry, step_of(now)))
    }

    /// Remembers the code, before it is sent: who dies in between has spent it too.
    pub(super) fn remember(&mut self, code: &SecretString, now: SystemTime) {
        let now = step_of(now);
        let entry = Entry { hash: self.hash(code), step: now };
        self.record.codes.retain(|entry| is_recent(entry, now));
        self.record.codes.push(entry);
        if let Err(error) = write(&self.file, &self.record) {
            let file = self.file.display();
            person::warn(&format!("cannot note in {file} that this MFA code is spent ({error}); it may be sent twice"));
        }
    }

    fn hash(&self, code: &SecretString) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.record.salt.as_bytes());
        hasher.update(code.expose_secret().as_bytes());
        hex::encode(hasher.finalize())
    }
}

/// Returns the number of the 30 s window that a time falls into.
pub(super) fn step_of(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / STEP.as_secs()
}

/// Either way: a clock may have been set back.
fn is_recent(entry: &Entry, now: u64) -> bool {
    entry.step.abs_diff(now) <= REMEMBERED_STEPS
}

fn read(file: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Replaces the record in one step: who reads meanwhile sees the old one or the new one, and a link there is not followed.
fn write(file: &Path, record: &Record) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    make_private(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut new, record)?;
    new.flush()?;
    new.persist(file)?;
    Ok(())
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn world(folder: &Path) -> World {
        let mut world = World::new();
        world.folders.state = folder.join("state");
        world
    }

    fn code(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn a_spent_code_is_known_to_the_next_process_and_forgotten_when_it_cannot_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        let alice: MfaSerial = "arn:aws:iam::111122223333:mfa/alice".parse().unwrap();
        let bob: MfaSerial = "arn:aws:iam::111122223333:mfa/bob".parse().unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000_000);

        Spent::of(&alice, &world).remember(&code("123456"), now);
        assert!(Spent::of(&alice, &world).holds(&code("123456"), now));
        assert!(!Spent::of(&alice, &world).holds(&code("123457"), now));
        assert!(!Spent::of(&bob, &world).holds(&code("123456"), now));
        assert!(!Spent::of(&alice, &world).holds(&code("123456"), now + Duration::from_secs(1_000)));
    }

    #[cfg(unix)]
    #[test]
    fn the_record_is_private_and_does_not_hold_the_code() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        let serial: MfaSerial = "arn:aws:iam::111122223333:mfa/alice".parse().unwrap();
        Spent::of(&serial, &world).remember(&code("123456"), UNIX_EPOCH + Duration::from_secs(3_000));

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mfa = world.folders.state.join("mfa");
        let file = fs::read_dir(&mfa).unwrap().next().unwrap().unwrap().path();
        assert_eq!((mode(&world.folders.state), mode(&mfa), mode(&file)), (0o700, 0o700, 0o600));
        assert!(!fs::read_to_string(&file).unwrap().contains("123456"));
    }
}
