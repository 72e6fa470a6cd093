//! The house's order: a module imports only what stands above it in the list of `src/lib.rs`, and what stands above
//! `aws` names no SDK and no runtime, so that a cached answer starts none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::home::{assume, engine};

#[test]
fn a_module_imports_only_what_stands_above_it() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        for (file, code) in files_of(room) {
            for imported in imports(&code) {
                let allowed = rooms.iter().position(|known| *known == imported).is_some_and(|found| found <= place);
                if !allowed {
                    wrong.push(format!("{}: crate::{imported}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these look down or aside in the list of src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_above_aws_names_an_sdk_or_a_runtime() {
    let rooms = rooms();
    let sdk = sdk_crates();
    let mut wrong = Vec::new();
    for room in rooms.iter().take_while(|room| *room != "aws") {
        for (file, code) in files_of(room) {
            wrong.extend(named_crates(&code, &sdk).into_iter().map(|name| format!("{}: {name}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "these would bring an SDK onto the warm path:\n{}", wrong.join("\n"));
}

/// What links the engine's libraries into the executable that is started, whatever it imports, makes each start slower.
#[test]
fn the_executable_that_is_started_has_no_sdk_no_secret_service_and_no_encrypted_file_in_it() {
    let holds = |program: &Path, text: &str| {
        let bytes = fs::read(program).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    for text in ["x-amz-security-token", "org.freedesktop.secrets", "age-encryption.org"] {
        assert!(holds(engine(), text), "{text} no longer tells");
        assert!(!holds(assume(), text), "{text}");
    }
}

#[test]
fn every_file_in_src_belongs_to_a_room_of_the_list() {
    let rooms: BTreeSet<String> = rooms().into_iter().collect();
    let found: BTreeSet<String> = fs::read_dir(src())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !["lib", "main", "bin"].contains(&name.as_str()))
        .collect();
    assert_eq!(found, rooms);
}

#[test]
fn the_reader_of_imports_sees_every_way_to_write_one() {
    let cases: &[(&str, &[&str])] = &[
        ("use crate::plan::Plan;", &["plan"]),
        ("use crate::{plan::{Hop, Plan}, terms, vault::Vault};", &["plan", "terms", "vault"]),
        ("use crate::{\n    plan as p,\n    world::World,\n};", &["plan", "world"]),
        ("fn f() -> crate::error::Error {}", &["error"]),
        ("/// [`crate::cli`]\n// crate::cli\nlet a = 1; // crate::cli", &[]),
        ("pub(crate) fn f() {}", &[]),
    ];
    for (code, expected) in cases {
        let found = imports(&without_comments(code));
        assert_eq!(found, expected.iter().map(|name| (*name).to_owned()).collect(), "{code}");
    }
    let code = "use tokio::fs; folders.aws_config.join(1); super::aws_file::read(); aws_types::Region";
    assert_eq!(named_crates(code, &sdk_crates()), ["aws_types", "tokio"]);
}

/// The modules, in the order in which `src/lib.rs` lists them.
fn rooms() -> Vec<String> {
    let list = fs::read_to_string(src().join("lib.rs")).unwrap();
    let name = |line: &str| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    let rooms: Vec<String> = list.lines().filter_map(name).collect();
    assert!(rooms.iter().any(|room| room == "aws") && rooms.last().is_some_and(|room| room == "cli"), "{rooms:?}");
    rooms
}

/// Every file of a module with its code, comments left out.
fn files_of(room: &str) -> Vec<(PathBuf, String)> {
    let mut open = vec![src().join(room), src().join(format!("{room}.rs"))];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.exists() {
            let code = without_comments(&fs::read_to_string(&path).unwrap());
            files.push((path.strip_prefix(src()).unwrap().to_owned(), code));
        }
    }
    assert!(!files.is_empty(), "{room}");
    files
}

fn without_comments(code: &str) -> String {
    // A string that holds "//" (a URL) loses its end, which names no module.
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that the code names, in `use` lines and elsewhere.
fn imports(code: &str) -> BTreeSet<String> {
    code.split("crate::").skip(1).flat_map(after_crate).filter(|name| !name.is_empty()).collect()
}

fn after_crate(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let mut names = Vec::new();
    let mut depth = 1;
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => start = true,
            c if c.is_whitespace() => {}
            _ if start => {
                names.push(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The crates of AWS's SDK, of its HTTP stack and of its runtime that we depend on, as code names them.
fn sdk_crates() -> BTreeSet<String> {
    let manifest = fs::read_to_string(src().parent().unwrap().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap().keys();
    let crates: BTreeSet<String> = dependencies
        .filter(|name| ["aws-", "tokio", "hyper", "http"].iter().any(|start| name.starts_with(start)))
        .map(|name| name.replace('-', "_"))
        .collect();
    assert!(crates.contains("aws_sdk_sts") && crates.contains("tokio"), "{crates:?}");
    crates
}

/// Which of these crates the code names by a path.
fn named_crates(code: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("::") {
        let before: String = code[..at].chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        found.extend(crates.get(&before.chars().rev().collect::<String>()).cloned());
    }
    found.into_iter().collect()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
