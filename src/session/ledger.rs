//! The ledger: which sessions were made here, for whom, and from which program; and what AWS refused.
//!
//! One line of JSON for each step that was done at AWS. Names are in it, never arguments or secrets; an access key's ID is
//! a name, and CloudTrail knows the session by it. What the cache answers is not written down.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::lock_file::try_lock;
use super::state::{is_private, private_folder};
use crate::terms::show_time;
use crate::world::World;

/// What became of one step.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When, by this machine's clock, in RFC 3339.
    pub time: String,
    /// The profile that was asked for.
    pub asked: String,
    /// The profile that declares the step, or the identity.
    pub profile: String,
    /// The identity that it started from.
    pub identity: String,
    /// The role, or `None` for an MFA session.
    pub role_arn: Option<String>,
    /// The program that asked: a name and a path.
    pub program: Option<String>,
    /// The ID of the session's access key, by which CloudTrail knows it. `None` where AWS refused.
    #[serde(default)]
    pub access_key_id: Option<String>,
    /// When the session ends, in RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// AWS's error code, where it refused.
    #[serde(default)]
    pub code: Option<String>,
    /// The request that AWS refused.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl Entry {
    /// When it was; `None` where that cannot be understood.
    pub fn at(&self) -> Option<SystemTime> {
        humantime::parse_rfc3339(&self.time).ok()
    }
}

/// The ledger of this user on this machine.
#[derive(Clone, Debug)]
pub struct Ledger {
    folder: PathBuf,
    now: SystemTime,
}

/// A ledger that is longer is put aside, and the one before it is removed: half a year of busy days.
const LONGEST: u64 = 1024 * 1024;

impl Ledger {
    /// Returns the ledger. Reads nothing yet.
    pub fn new(world: &World) -> Self {
        Self { folder: world.folders.state.clone(), now: world.clock.now() }
    }

    /// Where it lies: the present file, and the one that was put aside.
    pub fn files(&self) -> [PathBuf; 2] {
        [self.folder.join("ledger.jsonl"), self.folder.join("ledger.1.jsonl")]
    }

    /// Returns what time it is, as an entry says it.
    pub fn time(&self) -> String {
        show_time(self.now)
    }

    /// Adds a line, in one piece, whoever else adds one.
    pub fn write(&self, entry: &Entry) -> io::Result<()> {
        private_folder(&self.folder)?;
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let [present, aside] = self.files();
        let mut file = open_to_append(&present)?;
        file.write_all(&line)?;
        if file.metadata()?.len() > LONGEST {
            self.put_aside(&present, &aside)?;
        }
        Ok(())
    }

    /// Two that find it too long at once would put the new one over the old.
    fn put_aside(&self, present: &Path, aside: &Path) -> io::Result<()> {
        let Some(_lock) = try_lock(&self.folder.join("ledger.lock"))? else { return Ok(()) };
        if std::fs::metadata(present)?.len() > LONGEST { std::fs::rename(present, aside) } else { Ok(()) }
    }

    /// Returns all that is written down, oldest first. Lines that cannot be understood are left out.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        if !self.folder.exists() {
            return Ok(entries);
        }
        if !is_private(&self.folder) {
            let text = format!("{} is not yours alone, so what it says is not believed", self.folder.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        let [present, aside] = self.files();
        for path in [aside, present] {
            let file = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for line in BufReader::new(file).split(b'\n') {
                entries.extend(serde_json::from_slice::<Entry>(&line?).ok());
            }
        }
        Ok(entries)
    }
}

#[cfg(unix)]
fn open_to_append(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_follow).open(path)
}

#[cfg(not(unix))]
fn open_to_append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(folder: &Path) -> Ledger {
        Ledger { folder: folder.join("assume"), now: SystemTime::UNIX_EPOCH }
    }

    fn entry(profile: &str) -> Entry {
        Entry {
            time: "2026-11-24T16:00:00Z".to_owned(),
            asked: profile.to_owned(),
            profile: profile.to_owned(),
            identity: "work".to_owned(),
            role_arn: None,
            program: None,
            access_key_id: None,
            expires_at: None,
            code: None,
            request_id: None,
        }
    }

    #[test]
    fn lines_of_many_at_once_stay_whole_and_a_long_ledger_is_put_aside_once() {
        let home = tempfile::tempdir().unwrap();
        let ledger = ledger(home.path());
        let name = "x".repeat(2_000);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..40).for_each(|_| ledger.write(&entry(&name)).unwrap()));
            }
        });
        // 320 lines of 4 kB: a little more than one file holds.
        let entries = ledger.entries().unwrap();
        assert_eq!(entries.len(), 320);
        assert!(entries.iter().all(|found| *found == entry(&name)));
        let [present, aside] = ledger.files().map(|file| std::fs::metadata(file).unwrap().len());
        assert!(present < LONGEST && aside > LONGEST, "{present} {aside}");
    }

    #[test]
    fn a_line_that_is_not_ours_is_left_out() {
        let home = tempfile::tempdir().unwrap();
        let ledger = ledger(home.path());
        ledger.write(&entry("one")).unwrap();
        let [present, _] = ledger.files();
        std::fs::OpenOptions::new().append(true).open(present).unwrap().write_all(b"{\"time\":\n\xff\n").unwrap();
        ledger.write(&entry("two")).unwrap();
        assert_eq!(ledger.entries().unwrap(), [entry("one"), entry("two")]);
    }
}
