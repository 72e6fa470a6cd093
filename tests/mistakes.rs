//! What people do wrong, and what they are told: every row of `mistakes.toml`, done with the real program.
//!
//! A row fails when a word of what is said differs, when the exit code does, or when something is left behind: a file, a
//! mode, a byte of a file that was there, a secret in the state folder, an item in the vault. What was got instead lies in
//! `target/tmp/mistakes.toml`: where it is right, it takes the table's place.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;

use assume::sandbox::{Options, Scenario};
use assume::terms::ExposeSecret;
use assume::vault::SecretKind;
use assume::world::Clock;
use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Value};

use crate::support::home::{Home, Ran, assume, install_into, ran};
use crate::support::sandbox::Sandbox;

const TABLE: &str = include_str!("mistakes.toml");

/// One row. The table's head tells what each field means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    says: String,
    #[serde(default)]
    scenario: Option<String>,
    #[serde(default)]
    clock: Option<String>,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    config: Option<String>,
    #[serde(default)]
    aws_config: Option<String>,
    #[serde(default)]
    aws_credentials: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    before: Option<String>,
    #[serde(default)]
    plain_user: bool,
    run: String,
    code: i32,
    #[serde(default)]
    stdout: String,
    stderr: String,
    #[serde(default)]
    sessions: usize,
}

#[test]
fn in_our_config() {
    each_is_told("our_config");
}

#[test]
fn in_aws_files() {
    each_is_told("aws_files");
}

#[test]
fn on_the_command_line() {
    each_is_told("command_line");
}

#[test]
fn with_identities_and_mfa() {
    each_is_told("mfa");
}

#[test]
fn in_what_aws_answers() {
    each_is_told("sts");
}

#[test]
fn when_credentials_are_handed_over() {
    each_is_told("hand_over");
}

#[test]
fn with_secret_stores() {
    each_is_told("stores");
}

#[test]
fn there_are_forty_at_least_and_each_is_tried() {
    let rooms: BTreeMap<String, Vec<Mistake>> = toml::from_str(TABLE).unwrap();
    let known = ["aws_files", "command_line", "hand_over", "mfa", "our_config", "stores", "sts"];
    assert_eq!(rooms.keys().collect::<Vec<_>>(), known);
    assert!(rooms.values().map(Vec::len).sum::<usize>() >= 40);
    for (room, rows) in &rooms {
        let mut says: Vec<&str> = rows.iter().map(|mistake| mistake.says.as_str()).collect();
        says.sort_unstable();
        assert!(says.windows(2).all(|pair| pair[0] != pair[1]), "{room} says one thing twice: {says:#?}");
    }
}

fn each_is_told(room: &str) {
    let rooms: BTreeMap<String, Vec<Mistake>> = toml::from_str(TABLE).unwrap();
    let rows = rooms.get(room).unwrap();
    let mut wrong = String::new();
    for (number, row) in rows.iter().enumerate() {
        let Tried { got, left } = row.tried();
        if (got.code, &got.stdout, &got.stderr) != (row.code, &row.stdout, &row.stderr) {
            let file = note(room, number, &got);
            wrong.push_str(&format!(
                "\n=== {}\n$ {}\n--- expected, with exit code {}\n{}{}--- got, with exit code {} (all in {})\n{}{}",
                row.says,
                row.run.trim(),
                row.code,
                row.stdout,
                row.stderr,
                got.code,
                file.display(),
                got.stdout,
                got.stderr,
            ));
        }
        for thing in left {
            wrong.push_str(&format!("\n=== {}\n$ {}\n--- left behind: {thing}\n", row.says, row.run.trim()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

struct Tried {
    got: Ran,
    left: Vec<String>,
}

impl Mistake {
    fn tried(&self) -> Tried {
        let mut sandbox = self.sandbox();
        let programs = self.plain_user.then(programs_for_anybody);
        let folder = programs.as_ref().map_or(assume().parent().unwrap(), tempfile::TempDir::path);
        self.furnish(&mut sandbox, folder);
        if let Some(before) = &self.before {
            let ran = self.shell(&sandbox, before);
            assert_eq!(ran.code, 0, "{}: `before` failed: {ran:?}", self.says);
        }
        let fault = |fault: &String| sandbox.fail(fault);
        self.faults.iter().for_each(fault);
        let (files, sessions) = (listing(sandbox.home.path()), sessions(&sandbox.home));
        let got = self.shell(&sandbox, &self.run);
        let mut left = difference(&files, &listing(sandbox.home.path()));
        left.extend(loose_ends(&sandbox));
        let more = crate::mistakes::sessions(&sandbox.home) - sessions;
        if more != self.sessions {
            left.push(format!("{more} sessions in the vault"));
        }
        Tried { got: shown(got, &sandbox), left }
    }

    fn sandbox(&self) -> Sandbox {
        let scenario = match &self.scenario {
            Some(scenario) => Scenario::parse(scenario).unwrap(),
            None => Scenario::classic().unwrap(),
        };
        let clock = match self.clock.as_deref() {
            None => Clock::System,
            Some(off) => Clock::Fixed(off_by(off)),
        };
        Sandbox::start(scenario, Options { clock, ..Options::default() })
    }

    fn furnish(&self, sandbox: &mut Sandbox, programs: &Path) {
        let filled = |text: &str| filled(text, sandbox);
        match &self.config {
            Some(config) => drop(sandbox.home.config(&filled(config))),
            None => sandbox.declare_profiles(),
        }
        if let Some(text) = &self.aws_config {
            sandbox.home.aws_config(&filled(text));
        }
        if let Some(text) = &self.aws_credentials {
            sandbox.home.aws_credentials(&filled(text));
        }
        for (file, text) in &self.files {
            sandbox.home.write(file, &filled(text));
        }
        let temp = sandbox.home.path().join("tmp");
        std::fs::create_dir(&temp).unwrap();
        let variables: Vec<_> = self.env.iter().map(|(name, value)| (name, filled(value))).collect();
        let home = &mut sandbox.home;
        home.set("PATH", format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", programs.display()));
        home.set("TMPDIR", temp);
        for (name, value) in variables {
            home.set(name, value);
        }
        if self.plain_user {
            give_away(home.path());
        }
    }

    fn shell(&self, sandbox: &Sandbox, line: &str) -> Ran {
        let (home, line) = (&sandbox.home, filled(line, sandbox));
        if !(self.plain_user && rustix::process::geteuid().is_root()) {
            let mut command = home.program("/bin/sh");
            command.args(["-c", &line]);
            return ran(&mut command, "");
        }
        let mut command: Command = home.program("setpriv");
        command.args([format!("--reuid={NOBODY_ELSE}"), format!("--regid={NOBODY_ELSE}")]);
        command.args(["--clear-groups", "--", "/bin/sh", "-c", &line]);
        ran(&mut command, "")
    }
}

/// Puts in what is made anew for each row.
fn filled(text: &str, sandbox: &Sandbox) -> String {
    let mut text = text.replace("<port>", port_of(sandbox));
    for user in ["alice", "bob"] {
        if text.contains(&format!("<{user}'s ")) {
            let key = sandbox.key_of(user);
            text = text.replace(&format!("<{user}'s key id>"), key.id.as_str());
            text = text.replace(&format!("<{user}'s secret key>"), key.secret.expose_secret());
        }
    }
    text
}

/// A user who is not there: modes mean something to them.
const NOBODY_ELSE: u32 = 712_345;

fn give_away(folder: &Path) {
    if rustix::process::geteuid().is_root() {
        for path in tree(folder).into_iter().chain([folder.to_owned()]) {
            chown(path, Some(NOBODY_ELSE), Some(NOBODY_ELSE)).unwrap();
        }
    }
}

/// The build folder may be closed to other users.
fn programs_for_anybody() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    install_into(folder.path());
    folder
}

fn off_by(text: &str) -> SystemTime {
    let (sign, duration) = text.split_at(1);
    let duration = assume::terms::parse_duration(duration).unwrap();
    let now = Clock::System.now();
    if sign == "-" { now - duration } else { now + duration }
}

/// Everything in the home with its mode and its bytes, but for the state folder and the sandbox's own log.
fn listing(home: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let described = |path: PathBuf| {
        let meta = std::fs::symlink_metadata(&path).unwrap();
        let bytes = if meta.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        (path.strip_prefix(home).unwrap().to_owned(), (meta.mode(), bytes))
    };
    let ours = |path: &PathBuf| path.starts_with(STATE) || *path == Path::new("sandbox.log");
    let above = |path: &PathBuf| Path::new(STATE).starts_with(path);
    let all = tree(home).into_iter().map(described);
    all.filter(|(path, (mode, _))| !(ours(path) || above(path) && mode & 0o777 == 0o700)).collect()
}

/// Where locks, cards and the record of spent codes lie.
const STATE: &str = ".local/state/assume";

fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        all.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            all.extend(tree(&entry.path()));
        }
    }
    all
}

fn difference(before: &BTreeMap<PathBuf, (u32, Vec<u8>)>, after: &BTreeMap<PathBuf, (u32, Vec<u8>)>) -> Vec<String> {
    let new_or_changed = after.iter().filter(|(path, file)| before.get(*path) != Some(file)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    new_or_changed.chain(gone).map(|path| format!("{} is not as it was", path.display())).collect()
}

/// What is wrong with the state folder: a mode, or a secret.
fn loose_ends(sandbox: &Sandbox) -> Vec<String> {
    let folder = sandbox.home.path().join(STATE);
    if !folder.is_dir() {
        return Vec::new();
    }
    let mut secrets: Vec<String> =
        sandbox.server.keys().iter().map(|key| key.secret.expose_secret().to_owned()).collect();
    // How every session token of the sandbox begins, and what keys of sessions are called on the wire.
    secrets.extend(["FwoGZXIvYXdzE".to_owned(), "SecretAccessKey".to_owned()]);
    let mut wrong = Vec::new();
    for path in tree(&folder) {
        let meta = std::fs::symlink_metadata(&path).unwrap();
        let expected = if meta.is_dir() { 0o700 } else { 0o600 };
        if meta.mode() & 0o777 != expected {
            wrong.push(format!("{} has mode {:o}", path.display(), meta.mode() & 0o777));
        }
        let text = if meta.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let text = String::from_utf8_lossy(&text);
        if secrets.iter().any(|secret| text.contains(secret.as_str())) {
            wrong.push(format!("{} holds a secret", path.display()));
        }
    }
    wrong
}

fn sessions(home: &Home) -> usize {
    home.kernel_vault().names(SecretKind::Session).unwrap().len()
}

/// What was said, without what differs from run to run.
fn shown(got: Ran, sandbox: &Sandbox) -> Ran {
    let home = sandbox.home.path().display().to_string();
    let port = port_of(sandbox);
    let plain = |text: String| {
        let text = text.replace("\r\n", "\n").replace(&home, "~").replace(&format!(":{port}"), ":PORT");
        PATTERNS.iter().fold(text, |text, (pattern, name)| replaced(&text, pattern, name))
    };
    Ran { code: got.code, stdout: plain(got.stdout), stderr: plain(got.stderr) }
}

fn port_of(sandbox: &Sandbox) -> &str {
    sandbox.url().rsplit(':').next().unwrap()
}

/// `x` is a digit of base 16, `9` one of base 10, `A` one of an access key id; all else is itself.
const PATTERNS: [(&str, &str); 4] = [
    ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "REQUEST"),
    ("9999-99-99T99:99:99Z", "TIME"),
    ("99999999T999999Z", "TIME"),
    ("AKIAAAAAAAAAAAAAAAAA", "KEY"),
];

fn replaced(text: &str, pattern: &str, name: &str) -> String {
    let fits = |(c, p): (char, char)| match p {
        'x' => c.is_ascii_hexdigit(),
        '9' => c.is_ascii_digit(),
        'A' => c.is_ascii_uppercase() || c.is_ascii_digit(),
        other => c == other,
    };
    let mut left = text;
    let mut shown = String::with_capacity(text.len());
    while let Some(c) = left.chars().next() {
        let is_long_enough = left.len() >= pattern.len();
        if is_long_enough && left.chars().zip(pattern.chars()).all(fits) {
            shown.push_str(name);
            left = &left[pattern.len()..];
        } else {
            shown.push(c);
            left = &left[c.len_utf8()..];
        }
    }
    shown
}

/// Writes the table with what was got in the place of what was expected, and returns where.
fn note(room: &str, number: usize, got: &Ran) -> PathBuf {
    static NOTED: OnceLock<Mutex<DocumentMut>> = OnceLock::new();
    let mut table = NOTED.get_or_init(|| Mutex::new(TABLE.parse().unwrap())).lock().unwrap();
    let row = table[room].as_array_of_tables_mut().unwrap().get_mut(number).unwrap();
    row["code"] = Item::Value(i64::from(got.code).into());
    for (key, text) in [("stdout", &got.stdout), ("stderr", &got.stderr)] {
        if !text.is_empty() || row.contains_key(key) {
            let lines = format!("'''\n{text}'''").parse::<Value>();
            row[key] = Item::Value(lines.unwrap_or_else(|_| text.as_str().into()));
        }
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mistakes.toml");
    std::fs::write(&file, table.to_string()).unwrap();
    file
}

#[test]
fn what_differs_from_run_to_run_is_hidden_and_nothing_else() {
    let text =
        "request 0f3a9c1e-7b21-4c55-9a60-5d1f2e3b4c5d at 2026-01-02T03:04:05Z of AKIAIOSFODNN7EXAMPLE in eu-west-1";
    let shown = PATTERNS.iter().fold(text.to_owned(), |text, (pattern, name)| replaced(&text, pattern, name));
    assert_eq!(shown, "request REQUEST at TIME of KEY in eu-west-1");
}
