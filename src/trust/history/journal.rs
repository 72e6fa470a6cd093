//! What a lookup has brought so far, so that one that was killed goes on where it was: nothing missed, nothing twice.
//!
//! Events are appended to one file; another says how long that file counts and which page is next, and is replaced whole
//! after each page. What stands beyond is of a page that was cut off, and is asked for again.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::event::OPERATIONS;
use crate::session::private_folder;
use crate::terms::Region;
use crate::world::World;

/// What is looked up, page by page.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Where.
    pub region: String,
    /// By what.
    pub by: By,
    /// The page that is next; `None` is the first one.
    pub token: Option<String>,
    /// Whether there is no further page.
    pub is_done: bool,
}

/// What a search goes by: LookupEvents takes one attribute.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum By {
    /// Calls of this name.
    Operation(String),
    /// Calls that were signed with this key.
    Key(String),
}

impl By {
    /// The calls that give somebody a session.
    pub fn operations() -> Vec<Self> {
        OPERATIONS.iter().map(|operation| Self::Operation((*operation).to_owned())).collect()
    }
}

/// How far a lookup is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stand {
    version: u32,
    /// Seconds since 1970: tokens go with the very times that they were asked with.
    from: u64,
    to: u64,
    /// How many bytes of the events count.
    length: u64,
    events: u64,
    searches: Vec<Search>,
}

/// The journal of one question.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    events: File,
    stand: Stand,
    /// Whether it goes on with one that was begun before.
    pub is_resumed: bool,
    _lock: File,
}

/// One that was left for longer is begun anew: who asks wants to know what was done until now.
const STALE: u64 = 3_600;
const VERSION: u32 = 2;

impl Journal {
    /// Opens the journal of a question: that of these credentials' profile, these Regions, what is searched for in each, and
    /// that length of time until now. Fails with `WouldBlock` where another process is at it.
    pub fn open(profile: &str, regions: &[Region], by: &[By], since: Duration, world: &World) -> io::Result<Self> {
        let now = world.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let regions: Vec<&str> = regions.iter().map(Region::as_str).collect();
        let question = serde_json::json!([VERSION, profile, regions, by, since.as_secs()]).to_string();
        let folder = world.folders.state.join("history").join(hex::encode(&Sha256::digest(question)[..16]));
        private_folder(&world.folders.state)?;
        private_folder(&world.folders.state.join("history"))?;
        private_folder(&folder)?;
        let lock = open(&folder.join("lock"))?;
        lock.try_lock().map_err(io::Error::from)?;
        let mut events = open(&folder.join("events.jsonl"))?;
        let before = std::fs::read(folder.join("stand.json")).ok();
        let before = before.and_then(|text| serde_json::from_slice::<Stand>(&text).ok());
        let length = events.metadata()?.len();
        let before = before.filter(|stand| {
            stand.version == VERSION && (stand.to..stand.to + STALE).contains(&now) && stand.length <= length
        });
        let is_resumed = before.is_some();
        let stand = before.unwrap_or_else(|| {
            let search = |region: &str, by: &By| Search {
                region: region.to_owned(),
                by: by.clone(),
                token: None,
                is_done: false,
            };
            let of_region = |region| by.iter().map(move |by| search(region, by));
            let searches = regions.iter().copied().flat_map(of_region).collect();
            let from = now.saturating_sub(since.as_secs());
            Stand { version: VERSION, from, to: now, length: 0, events: 0, searches }
        });
        events.set_len(stand.length)?;
        events.seek(SeekFrom::End(0))?;
        Ok(Self { folder, events, stand, is_resumed, _lock: lock })
    }

    /// From when to when it looks, in seconds since 1970.
    pub fn times(&self) -> (u64, u64) {
        (self.stand.from, self.stand.to)
    }

    /// How many events it has.
    pub fn len(&self) -> u64 {
        self.stand.events
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.stand.events == 0
    }

    /// What is looked up.
    pub fn searches(&self) -> &[Search] {
        &self.stand.searches
    }

    /// Takes a page of the search with that number: first the events, then that they count.
    pub fn take(&mut self, search: usize, events: &[Value], next: Option<String>) -> io::Result<()> {
        let mut lines = Vec::new();
        for event in events {
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
        }
        self.events.write_all(&lines)?;
        self.events.sync_data()?;
        self.stand.length += lines.len() as u64;
        self.stand.events += events.len() as u64;
        if let Some(search) = self.stand.searches.get_mut(search) {
            search.is_done = next.is_none();
            search.token = next;
        }
        self.write()
    }

    /// Begins a search again from its first page: AWS no longer knows the next one. What comes twice then is told by its id.
    pub fn begin_again(&mut self, search: usize) -> io::Result<()> {
        if let Some(search) = self.stand.searches.get_mut(search) {
            search.token = None;
        }
        self.write()
    }

    fn write(&self) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&self.stand)?)?;
        file.persist(self.folder.join("stand.json")).map_err(|error| error.error)?;
        Ok(())
    }

    /// Gives each event to `each`.
    pub fn read(&mut self, mut each: impl FnMut(&Value)) -> io::Result<()> {
        self.events.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new((&self.events).take(self.stand.length));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            if let Ok(event) = serde_json::from_slice(&line) {
                each(&event);
            }
            line.clear();
        }
        Ok(())
    }

    /// Removes it, once all of it was told.
    pub fn remove(self) -> io::Result<()> {
        std::fs::remove_dir_all(&self.folder)
    }
}

#[cfg(unix)]
pub(super) fn open(path: &std::path::Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_follow).open(path)
}

#[cfg(not(unix))]
pub(super) fn open(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Clock, Env};

    fn world(folder: &std::path::Path, seconds: u64) -> World {
        let env: Env = [("HOME", folder)].into_iter().collect();
        let clock = Clock::Fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        World { clock, ..World::new().with_env(env) }
    }

    fn ids(journal: &mut Journal) -> Vec<u64> {
        let mut ids = Vec::new();
        journal.read(|event| ids.push(event["n"].as_u64().unwrap())).unwrap();
        ids
    }

    #[test]
    fn wherever_it_is_cut_off_it_goes_on_with_what_counts() {
        let home = tempfile::tempdir().unwrap();
        let regions = ["eu-west-1".parse().unwrap()];
        let open = |seconds| {
            let world = world(home.path(), seconds);
            Journal::open("audit", &regions, &By::operations(), Duration::from_secs(86_400), &world)
        };
        let event = |n: u64| serde_json::json!({ "n": n });
        let mut journal = open(1_000_000).unwrap();
        assert!(!journal.is_resumed);
        assert_eq!(open(1_000_000).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        journal.take(0, &[event(1), event(2)], Some("two".to_owned())).unwrap();
        // A page that was written, and not counted: as if killed between the two.
        journal.events.write_all(b"{\"n\":3}\n{\"n\"").unwrap();
        drop(journal);
        let mut journal = open(1_000_600).unwrap();
        assert!(journal.is_resumed);
        assert_eq!(journal.times(), (913_600, 1_000_000));
        assert_eq!(journal.searches()[0].token.as_deref(), Some("two"));
        assert_eq!(ids(&mut journal), [1, 2]);
        journal.take(0, &[event(3)], None).unwrap();
        assert!(journal.searches()[0].is_done);
        assert_eq!(ids(&mut journal), [1, 2, 3]);
        drop(journal);
        // An hour later it is begun anew.
        let mut journal = open(1_003_600).unwrap();
        assert!(!journal.is_resumed && ids(&mut journal).is_empty());
        journal.remove().unwrap();
    }
}
