//! The files of a trail, as they lie in a folder that a bucket was synced to: one record after the other, never a whole
//! file at once.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Why a folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It cannot be opened.
    #[error("cannot read {}", path.display())]
    Open {
        /// The folder, or a file in it.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not what a trail writes.
    #[error("{} is no file of a trail", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
}

/// The files of a folder, by path: those of one account and Region in the order of time.
#[derive(Debug)]
pub struct Files {
    paths: Vec<PathBuf>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Read {
    /// Files that were read.
    pub files: usize,
    /// Files that there are.
    pub of: usize,
    /// Records that were in them.
    pub records: u64,
}

/// What CloudTrail writes has some 50 MB at most; what grows beyond all measure is no file of its.
pub(super) const LONGEST: u64 = 2 * 1024 * 1024 * 1024;

impl Files {
    /// Finds the files (`.json.gz`, `.json`) below a folder, or takes the one that is named. Links to folders are not
    /// followed. Digest files have no events in them and are left out.
    pub fn below(path: &Path) -> Result<Self, FilesError> {
        let open = |path: &Path, source| FilesError::Open { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(|error| open(path, error))?.is_file() {
            return Ok(Self { paths: vec![path.to_owned()] });
        }
        let (mut paths, mut folders) = (Vec::new(), vec![path.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(|error| open(&folder, error))? {
                let entry = entry.map_err(|error| open(&folder, error))?;
                let kind = entry.file_type().map_err(|error| open(&folder, error))?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if kind.is_dir() && !name.starts_with("CloudTrail-Digest") {
                    folders.push(entry.path());
                } else if !kind.is_dir() && (name.ends_with(".json.gz") || name.ends_with(".json")) {
                    paths.push(entry.path());
                }
            }
        }
        paths.sort();
        Ok(Self { paths })
    }

    /// Gives each record of all files to `each`, and says after each file how far it is.
    pub fn read(&self, mut each: impl FnMut(&Value), mut progress: impl FnMut(Read)) -> Result<Read, FilesError> {
        let mut read = Read { of: self.paths.len(), ..Read::default() };
        for path in &self.paths {
            let file = File::open(path).map_err(|source| FilesError::Open { path: path.clone(), source })?;
            let whole = BufReader::with_capacity(64 * 1024, file);
            let mut count = |record: &Value| {
                read.records += 1;
                each(record);
            };
            let done = if path.extension().is_some_and(|extension| extension == "gz") {
                records(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(whole).take(LONGEST)), &mut count)
            } else {
                records(whole.take(LONGEST), &mut count)
            };
            done.map_err(|source| FilesError::Form { path: path.clone(), source })?;
            read.files += 1;
            progress(read);
        }
        Ok(read)
    }
}

/// Reads `{"Records": […]}`, which trails write, or `{"Events": […]}`, which LookupEvents answers.
pub(super) fn records(from: impl io::Read, each: &mut dyn FnMut(&Value)) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_reader(from);
    reader.deserialize_map(Document(each))?;
    reader.end()
}

struct Document<'a>(&'a mut dyn FnMut(&Value));

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object with `Records` or `Events`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Records" | "Events" => map.next_value_seed(Records(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Records<'a>(&'a mut dyn FnMut(&Value));

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(record) = list.next_element::<Value>()? {
            // LookupEvents carries the record as a text.
            let inner = record.get("CloudTrailEvent").and_then(Value::as_str);
            match inner.map(serde_json::from_str::<Value>) {
                None => (self.0)(&record),
                Some(Ok(inner)) => (self.0)(&inner),
                Some(Err(_)) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(files: &Files) -> (Vec<String>, Result<Read, FilesError>) {
        let mut found = Vec::new();
        let done = files.read(|record| found.push(record["eventID"].as_str().unwrap().to_owned()), |_| {});
        (found, done)
    }

    #[test]
    fn a_synced_bucket_is_read_whole_by_account_region_and_day_and_digests_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        let zipped = |text: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let day = "AWSLogs/o-1/111122223333/CloudTrail/eu-west-1/2026/11/24";
        // Two members one after the other, as some tools join them.
        let halves = [zipped("{\"Records\":[{\"eventID\":\"1\"},"), zipped("{\"eventID\":\"2\"}]}")].concat();
        write(&format!("{day}/a.json.gz"), &halves);
        write(&format!("{day}/b.json"), b"{\"more\":[{}],\"Records\":[{\"eventID\":\"3\"}]}");
        write("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/x.json.gz", b"no gzip at all");
        write(
            "lookup.json",
            br#"{"Events":[{"EventId":"4","CloudTrailEvent":"{\"eventID\":\"4\"}"}],"NextToken":"x"}"#,
        );
        write("notes.txt", b"not of a trail");
        let files = Files::below(folder.path()).unwrap();
        let (found, done) = read(&files);
        assert_eq!(found, ["1", "2", "3", "4"]);
        assert_eq!(done.unwrap(), Read { files: 3, of: 3, records: 4 });
    }

    #[test]
    fn a_file_that_is_cut_off_or_no_trails_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.json");
        for text in ["{\"Records\":[{\"eventID\":\"1\"}", "[]", "", "{\"Records\":{}}"] {
            std::fs::write(&path, text).unwrap();
            let (_, done) = read(&Files::below(folder.path()).unwrap());
            let error = done.unwrap_err();
            assert!(error.to_string().ends_with("cut.json is no file of a trail"), "{text:?}: {error}");
        }
    }
}
