//! What a person is told when a file that they named cannot be read: the same wherever they named it.

use std::io;
use std::path::Path;

use super::{Error, Kind};

/// Returns the error of a file, or a folder, that somebody named on the command line.
///
/// What is not there, is of another kind, or is no text is the command line's fault; what the machine refuses is not.
pub fn unreadable(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Error::text(Kind::Usage, format!("{shown} is not there")).with_hint(nearest(path))
        }
        io::ErrorKind::IsADirectory => {
            Error::text(Kind::Usage, format!("{shown} is a folder, and a file is wanted")).with_hint(listing(path))
        }
        io::ErrorKind::InvalidData => Error::text(Kind::Usage, format!("{shown} is no text")),
        _ => Error::text(Kind::System, format!("{shown} cannot be read: {error}")),
    }
}

/// A name beside it that it may be meant for, else how to look.
fn nearest(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST).map(|entry| entry.file_name());
    let near = names
        .map(|name| name.to_string_lossy().into_owned())
        .map(|other| (strsim::damerau_levenshtein(&name, &other), other))
        .filter(|(distance, _)| *distance <= 2.max(name.len() / 4))
        .min();
    match near {
        Some((_, other)) => format!("did you mean `{}`?", path.with_file_name(other).display()),
        None => listing(folder),
    }
}

/// More names than anybody reads.
const MOST: usize = 1_000;

fn listing(folder: &Path) -> String {
    format!("`ls {}` shows what is there", folder.display())
}
