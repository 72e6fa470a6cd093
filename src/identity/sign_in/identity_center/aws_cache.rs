//! The AWS CLI's token cache: `~/.aws/sso/cache/SHA1.json`, read as it is and written in its exact form.
//!
//! Source: botocore `utils.py`, `SSOTokenLoader` and `JSONFileCache`: the name is the SHA-1 of the session's name, or of
//! the start URL in the form without a session.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::token::{Home, Token, wipe};
use crate::plan::Center;
use crate::world::World;

/// More than any token has.
const LONGEST: u64 = 64 * 1024;

/// Returns the newest token that the AWS CLI, or another program of AWS's, keeps for that sign-in, apart from the one of
/// that mark, which is ours. A damaged file is none.
pub(super) fn read(center: &Center, world: &World, ours: Option<&str>) -> Option<Token> {
    let tokens = center.shared.iter().filter_map(|name| {
        let mut map = load(name, world)?;
        let token = Token::of_map(&map, center, Home::AwsCli(name.clone()));
        wipe(&mut map);
        token
    });
    tokens.filter(|token| Some(token.mark().as_str()) != ours).max_by_key(|token| token.expires_at)
}

/// Returns a file of it that cannot be understood.
pub(super) fn damaged(center: &Center, world: &World) -> Option<PathBuf> {
    let mut paths =
        center.shared.iter().filter(|name| load(name, world).is_none()).filter_map(|name| path(name, world));
    paths.find(|path| path.is_file())
}

/// Writes the token under one name. What else stood in the file stays.
pub(super) fn write(name: &str, token: &Token, center: &Center, world: &World) -> io::Result<()> {
    let path = path(name, world).ok_or_else(|| io::Error::other("there is no home folder"))?;
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    make_folder(&folder)?;
    let mut map = load(name, world).unwrap_or_default();
    for stale in ["refreshToken", "clientId", "clientSecret", "registrationExpiresAt"] {
        map.shift_remove(stale);
    }
    map.extend(token.to_map(center));
    let text = Zeroizing::new(python_json(&map));
    wipe(&mut map);
    // A temporary file is 0600 from its first byte.
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Removes what is kept under that name. Returns whether there was something.
pub(super) fn remove(name: &str, world: &World) -> bool {
    path(name, world).is_some_and(|path| std::fs::remove_file(path).is_ok())
}

/// Says where it lies.
pub(super) fn path(name: &str, world: &World) -> Option<PathBuf> {
    let file = format!("{}.json", hex::encode(Sha1::digest(name)));
    Some(world.folders.home.as_ref()?.join(".aws").join("sso").join("cache").join(file))
}

fn load(name: &str, world: &World) -> Option<Map<String, Value>> {
    let path = path(name, world)?;
    // What is no file, or too large, is no token.
    let metadata = std::fs::metadata(&path).ok().filter(|metadata| metadata.is_file() && metadata.len() <= LONGEST)?;
    let mut text = Zeroizing::new(Vec::with_capacity(metadata.len() as usize));
    io::Read::read_to_end(&mut std::fs::File::open(&path).ok()?, &mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Returns a map of texts as Python's `json.dumps` writes it: with a space after each comma and colon.
fn python_json(map: &Map<String, Value>) -> String {
    let pair = |(key, value): (&String, &Value)| format!("{}: {value}", Value::from(key.as_str()));
    format!("{{{}}}", map.iter().map(pair).collect::<Vec<_>>().join(", "))
}

#[cfg(unix)]
fn make_folder(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_folder(path: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_pythons_and_the_name_is_the_aws_clis() {
        let map: Map<String, Value> = serde_json::from_str(r#"{"startUrl":"https://x/start","n":[1]}"#).unwrap();
        assert_eq!(python_json(&map), r#"{"startUrl": "https://x/start", "n": [1]}"#);
        let mut world = World::new();
        world.folders.home = Some("/home/alice".into());
        // printf %s my-sso | sha1sum
        let expected = "/home/alice/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json";
        assert_eq!(path("my-sso", &world).unwrap().to_str(), Some(expected));
    }
}
