//! What a bucket has told so far, file by file, so that a reading that was killed goes on where it was.
//!
//! One file is only ever appended to: the events of an object, and behind them a line that names the object. What stands
//! behind the last such line is of an object that was cut off, and is read again.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom, Write};
use std::path::PathBuf;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::journal::open;
use crate::session::private_folder;
use crate::world::World;

/// The pieces of one question.
#[derive(Debug)]
pub(super) struct Pieces {
    folder: PathBuf,
    file: File,
    /// How many bytes count.
    length: u64,
    /// The objects that are told, by their keys' hashes.
    done: HashSet<[u8; 16]>,
    pub(super) events: u64,
    _lock: File,
}

const EVENT: u8 = b'e';
const OBJECT: u8 = b'o';

impl Pieces {
    /// Opens the pieces of a question. Fails with `WouldBlock` where another process is at it.
    pub(super) fn open(question: &Value, world: &World) -> io::Result<Self> {
        let name = hex::encode(&Sha256::digest(question.to_string())[..16]);
        let folder = world.folders.state.join("history").join(name);
        private_folder(&world.folders.state)?;
        private_folder(&world.folders.state.join("history"))?;
        private_folder(&folder)?;
        let lock = open(&folder.join("lock"))?;
        lock.try_lock().map_err(io::Error::from)?;
        let file = open(&folder.join("events"))?;
        let mut pieces = Self { folder, file, length: 0, done: HashSet::new(), events: 0, _lock: lock };
        let (mut at, mut events) = (0, 0);
        let (mut length, mut counted, mut done) = (0, 0, HashSet::new());
        pieces.lines(u64::MAX, |line| {
            at += line.len() as u64;
            match line.split_first() {
                Some((&EVENT, _)) => events += 1,
                Some((&OBJECT, key)) if line.ends_with(b"\n") => {
                    done.insert(hash(key.trim_ascii_end()));
                    (length, counted) = (at, events);
                }
                Some(_) | None => {}
            }
        })?;
        (pieces.length, pieces.events, pieces.done) = (length, counted, done);
        pieces.file.set_len(length)?;
        pieces.file.seek(SeekFrom::End(0))?;
        Ok(pieces)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.done.contains(&hash(key.as_bytes()))
    }

    /// How many objects are told.
    pub(super) fn objects(&self) -> usize {
        self.done.len()
    }

    /// Takes what an object told.
    pub(super) fn take(&mut self, key: &str, events: &[Vec<u8>]) -> io::Result<()> {
        let mut block = Vec::new();
        for event in events {
            block.push(EVENT);
            block.extend_from_slice(event);
            block.push(b'\n');
        }
        block.push(OBJECT);
        block.extend_from_slice(key.as_bytes());
        block.push(b'\n');
        self.file.write_all(&block)?;
        self.length += block.len() as u64;
        self.events += events.len() as u64;
        self.done.insert(hash(key.as_bytes()));
        Ok(())
    }

    /// Gives each event to `each`.
    pub(super) fn read(&mut self, each: &mut dyn FnMut(&Value)) -> io::Result<()> {
        self.lines(self.length, |line| {
            if let Some((&EVENT, event)) = line.split_first()
                && let Ok(event) = serde_json::from_slice(event)
            {
                each(&event);
            }
        })
    }

    fn lines(&mut self, length: u64, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new((&self.file).take(length));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            each(&line);
            line.clear();
        }
        Ok(())
    }

    /// Removes them, once all was told.
    pub(super) fn remove(self) -> io::Result<()> {
        std::fs::remove_dir_all(&self.folder)
    }
}

fn hash(key: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(key)[..16]);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Env;

    #[test]
    fn what_was_cut_off_is_read_again_and_what_is_told_is_not() {
        let home = tempfile::tempdir().unwrap();
        let env: Env = [("HOME", home.path())].into_iter().collect();
        let world = World::new().with_env(env);
        let open = || Pieces::open(&serde_json::json!("question"), &world);
        let mut pieces = open().unwrap();
        assert_eq!(open().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        pieces.take("a", &[b"{\"n\":1}".to_vec(), b"{\"n\":2}".to_vec()]).unwrap();
        pieces.take("b", &[]).unwrap();
        for cut in [&b"e{\"n\":3}\n"[..], b"e{\"n\":3}\noc", b"e{"] {
            pieces.file.write_all(cut).unwrap();
            drop(pieces);
            pieces = open().unwrap();
            let mut found = Vec::new();
            pieces.read(&mut |event| found.push(event["n"].as_u64().unwrap())).unwrap();
            assert_eq!((found, pieces.objects(), pieces.events), (vec![1, 2], 2, 2));
            assert!(pieces.has("a") && pieces.has("b") && !pieces.has("c"));
        }
        pieces.remove().unwrap();
        assert_eq!(open().unwrap().objects(), 0);
    }
}
