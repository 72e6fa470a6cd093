//! An AWS config file of our own making, in which one profile asks us for its credentials, so that SDKs refresh them.
//!
//! It is the person's own file, with that profile put in its place: tools that name another profile still find it. Keys that
//! stand in the person's file are not copied. It holds no secret, is 0600 in a folder that is 0700, and goes when the
//! command ends, at `assume unset`, or when its owner is gone.
//! Source: botocore and the SDKs read `role_arn`, `sso_*` and web identity settings before `credential_process`, so those go.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::format::is_section_character;
use super::variables::HandoverError;
use crate::session::private_folder;
use crate::terms::Region;
use crate::world::{Clock, Env, Folders};

/// Who needs the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// This process, as long as it lives.
    ThisProcess,
    /// A shell, and what it started: they may live on when the shell is gone.
    Shell(u32),
}

/// The file, and the name of our profile in it.
#[derive(Debug)]
pub struct PrivateConfig {
    /// The file.
    pub file: PathBuf,
    /// The profile that asks us.
    pub profile: String,
}

/// What a role session lasts at most, so that what a dead shell left behind may still need the file.
const LONGEST_SESSION: Duration = Duration::from_secs(12 * 60 * 60);

impl PrivateConfig {
    /// Writes the file.
    ///
    /// `words` is the command line by which an SDK asks us, `folders` is where the person's own files lie.
    pub fn write(
        owner: Owner,
        profile: &str,
        region: Option<&Region>,
        words: &[String],
        folders: &Folders,
        clock: &Clock,
    ) -> Result<Self, HandoverError> {
        let process = command_line(words)?;
        let failed = |source| HandoverError::Write { what: "the private AWS config".to_owned(), source };
        let theirs = read(&folders.aws_config).map_err(failed)?;
        let keys = read(&folders.aws_credentials).map_err(failed)?;
        let name = name_for(profile, &keys);
        let text = patched(&theirs, &name, &process, region);
        let place = place(folders);
        private_folder(&folders.state).and_then(|()| private_folder(&place)).map_err(failed)?;
        sweep(&place, clock);
        let file = new_folder(&place, owner).map_err(failed)?.join("config");
        write_new(&file, &text).map_err(failed)?;
        Ok(Self { file, profile: name })
    }

    /// Removes the file.
    pub fn remove(&self) {
        remove(&self.file);
    }
}

/// Removes the file that a shell was given by an earlier switch, if it was.
pub fn forget_private_config(env: &Env, folders: &Folders) {
    if let Some(file) = env.path("AWS_CONFIG_FILE")
        && file.parent().and_then(Path::parent) == Some(place(folders).as_path())
    {
        remove(&file);
    }
}

fn place(folders: &Folders) -> PathBuf {
    folders.state.join("handover")
}

fn remove(file: &Path) {
    let _ = fs::remove_file(file);
    if let Some(folder) = file.parent() {
        let _ = fs::remove_dir(folder);
    }
}

fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

fn new_folder(place: &Path, owner: Owner) -> io::Result<PathBuf> {
    let prefix = match owner {
        Owner::ThisProcess => format!("exec-{}-", std::process::id()),
        Owner::Shell(shell) => format!("shell-{shell}-"),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    Ok(builder.tempdir_in(place)?.keep())
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// Removes what owners left behind that were killed.
fn sweep(place: &Path, clock: &Clock) {
    for folder in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let mut parts = name.to_str().unwrap_or_default().split('-');
        let (Some(kind), Some(Ok(process))) = (parts.next(), parts.next().map(str::parse::<i32>)) else { continue };
        let age =
            || folder.metadata().and_then(|m| m.modified()).ok().and_then(|at| clock.now().duration_since(at).ok());
        let needed = match kind {
            "shell" => is_alive(process) || age().is_none_or(|age| age < LONGEST_SESSION),
            _ => is_alive(process),
        };
        if !needed {
            remove(&folder.path().join("config"));
        }
    }
}

#[cfg(unix)]
fn is_alive(process: i32) -> bool {
    let id = rustix::process::Pid::from_raw(process);
    id.is_some_and(|id| rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(_process: i32) -> bool {
    true
}

/// Returns a name for our profile: the one that was asked for, unless keys of that name would win over ours.
fn name_for(profile: &str, credentials_file: &str) -> String {
    let taken = credentials_file.lines().any(|line| section(line) == Some(profile));
    if !taken && !profile.is_empty() && profile.chars().all(is_section_character) {
        return profile.to_owned();
    }
    let safe = profile.chars().map(|c| if is_section_character(c) { c } else { '-' });
    format!("assume-{}", safe.collect::<String>())
}

/// Returns the person's config with our profile in it.
fn patched(theirs: &str, name: &str, process: &str, region: Option<&Region>) -> String {
    let mut ours = format!("credential_process = {process}\n");
    if let Some(region) = region {
        ours.push_str(&format!("region = {}\n", region.as_str()));
    }
    let mut text = String::with_capacity(theirs.len() + ours.len() + 64);
    let mut in_ours = false;
    let mut found = false;
    let mut dropping = false;
    for line in theirs.lines() {
        if let Some(section) = section(line) {
            in_ours = profile_of(section) == Some(name);
            dropping = false;
            text.push_str(line);
            text.push('\n');
            if in_ours {
                found = true;
                text.push_str(&ours);
            }
            continue;
        }
        let continues = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if !continues {
            let key = line.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
            dropping = is_key(&key) || in_ours && (is_way_to_credentials(&key) || key == "region" && region.is_some());
        }
        if !dropping {
            text.push_str(line);
            text.push('\n');
        }
    }
    if !found {
        let section = if name == "default" { "[default]".to_owned() } else { format!("[profile {name}]") };
        text.push_str(&format!("\n{section}\n{ours}"));
    }
    text
}

/// Returns what stands between the brackets of a section's first line.
fn section(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('[')?;
    Some(rest.split(']').next().unwrap_or_default().trim())
}

fn profile_of(section: &str) -> Option<&str> {
    match section.strip_prefix("profile") {
        Some(rest) if rest.starts_with([' ', '\t']) => Some(rest.trim()),
        _ => (section == "default").then_some(section),
    }
}

fn is_key(key: &str) -> bool {
    matches!(key, "aws_access_key_id" | "aws_secret_access_key" | "aws_session_token" | "aws_security_token")
}

fn is_way_to_credentials(key: &str) -> bool {
    key.starts_with("sso_")
        || matches!(
            key,
            "role_arn"
                | "source_profile"
                | "credential_source"
                | "external_id"
                | "mfa_serial"
                | "role_session_name"
                | "duration_seconds"
                | "web_identity_token_file"
                | "login_session"
                | "credential_process"
        )
}

/// Returns the words as one line that every SDK splits into the same words: botocore by Python's `shlex`, Rust, Go and Java
/// by `sh -c`.
pub fn command_line(words: &[String]) -> Result<String, HandoverError> {
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.,:=@%+".contains(c));
        if plain {
            line.push_str(word);
        } else if cfg!(windows) {
            line.push_str(&format!("\"{word}\""));
        } else {
            line.push_str(&format!("'{}'", word.replace('\'', r"'\''")));
        }
    }
    let why = if line.chars().any(char::is_control) {
        Some("a line end or another control character is in it")
    } else if [" #", " ;", "\t#", "\t;"].iter().any(|comment| line.contains(comment)) {
        Some("what follows a space and `#` or `;` is a comment there")
    } else if cfg!(windows) && words.iter().any(|word| word.contains('"')) {
        Some("a double quote is in it")
    } else {
        None
    };
    match why {
        Some(why) => Err(HandoverError::NotExpressible {
            format: "an AWS config file",
            variable: "credential_process".to_owned(),
            why,
        }),
        None => Ok(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "# mine\n[default]\nregion = eu-west-1\naws_access_key_id = AKIA\naws_secret_access_key = secret\n\
                          [profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = default\n\
                          s3 =\n  max_queue_size = 10\noutput = json\nregion = us-east-1\n\n[sso-session prod]\nsso_region = x\n";

    #[test]
    fn our_profile_takes_the_place_of_theirs_and_nothing_else_moves() {
        let region = "ap-south-1".parse().unwrap();
        let expected = "# mine\n[default]\nregion = eu-west-1\n[profile prod]\ncredential_process = us\n\
                        region = ap-south-1\ns3 =\n  max_queue_size = 10\noutput = json\n\n[sso-session prod]\nsso_region = x\n";
        assert_eq!(patched(THEIRS, "prod", "us", Some(&region)), expected);
        assert!(patched(THEIRS, "prod", "us", None).contains("region = us-east-1"));
        let added = patched(THEIRS, "new", "us", None);
        assert!(added.contains("role_arn") && added.ends_with("\n[profile new]\ncredential_process = us\n"), "{added}");
        assert!(!added.contains("secret"));
        assert_eq!(patched("", "default", "us", None), "\n[default]\ncredential_process = us\n");
    }

    #[test]
    fn our_profile_has_a_name_that_counts() {
        for (profile, expected) in [
            ("prod", "prod"),
            ("taken", "assume-taken"),
            ("prod admin", "assume-prod-admin"),
            ("arn:aws:iam::123456789012:role/Admin", "arn:aws:iam::123456789012:role/Admin"),
        ] {
            assert_eq!(name_for(profile, "[taken]\naws_access_key_id = AKIA\n"), expected);
        }
    }

    #[test]
    fn every_sdk_splits_the_line_into_the_same_words() {
        let words = ["/opt/my tools/assume", "credential-process", "--tag=team=it's $HOME", "zoë"].map(str::to_owned);
        let line = command_line(&words).unwrap();
        let expected: Vec<&str> = words.iter().map(String::as_str).collect();
        for (program, arguments) in [
            ("sh", vec!["-c".to_owned(), format!("printf '%s\\n' {line}")]),
            (
                "python3",
                vec![
                    "-c".to_owned(),
                    "import shlex,sys; print(*shlex.split(sys.argv[1]), sep='\\n')".to_owned(),
                    line.clone(),
                ],
            ),
        ] {
            let output = std::process::Command::new(program).args(arguments).output().unwrap();
            let read = String::from_utf8(output.stdout).unwrap();
            assert_eq!(read.lines().collect::<Vec<_>>(), expected, "{program}");
        }
        for word in ["two\nlines", "a #comment", "a ;comment"] {
            assert!(command_line(&[word.to_owned()]).is_err(), "{word}");
        }
    }
}
