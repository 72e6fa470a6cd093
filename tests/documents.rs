//! What the documents say of the code is there: tests that carry a promise, config keys, exit codes, variables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_test_that_security_md_names_exists() {
    let tests = tests();
    let named: BTreeSet<String> = quoted(&read("SECURITY.md")).into_iter().filter(|text| text.contains("::")).collect();
    assert!(!named.is_empty());
    let gone: Vec<&String> = named.iter().filter(|name| !tests.contains(*name)).collect();
    assert!(gone.is_empty(), "no such tests: {gone:#?}");
}

#[test]
fn readme_names_every_config_key() {
    let readme = quoted(&read("README.md"));
    let mut keys: BTreeSet<String> = lists(&read("src/config/ours.rs"), "TOP_KEYS");
    keys.extend(lists(&read("src/config/role.rs"), "ROLE_KEYS"));
    keys.extend(lists(&read("src/config/role.rs"), "IDENTITY_KEYS"));
    assert!(keys.len() > 30, "{keys:?}");
    let unsaid: Vec<&String> = keys.iter().filter(|key| !readme.contains(*key)).collect();
    assert!(unsaid.is_empty(), "README lacks {unsaid:?}");
}

#[test]
fn readme_names_every_exit_code() {
    let readme = read("README.md");
    let codes: Vec<String> = read("src/error.rs")
        .lines()
        .filter_map(|line| line.split_once("Exit code ")?.1.split(['.', ' ']).next().map(str::to_owned))
        .collect();
    assert!(codes.len() >= 9, "{codes:?}");
    let unsaid: Vec<&String> = codes.iter().filter(|code| !readme.contains(&format!("| {code} |"))).collect();
    assert!(unsaid.is_empty(), "README lacks {unsaid:?}");
}

#[test]
fn readme_names_every_variable_of_ours() {
    let readme = quoted(&read("README.md"));
    let mut variables = BTreeSet::new();
    for file in files(&root().join("src")) {
        let code = fs::read_to_string(&file).unwrap();
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        variables.extend(code.split('"').filter(|text| is_variable(text)).map(str::to_owned));
    }
    assert!(variables.contains("ASSUME_CONFIG"), "{variables:?}");
    let unsaid: Vec<&String> = variables.iter().filter(|name| !readme.contains(*name)).collect();
    assert!(unsaid.is_empty(), "README lacks {unsaid:?}");
}

#[test]
fn architecture_md_shows_every_room_in_its_order() {
    let page = read("ARCHITECTURE.md");
    let shown: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let code = read("src/lib.rs");
    let rooms: Vec<&str> = code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(shown, rooms);
}

#[test]
fn links_between_documents_lead_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"] {
        let text = read(document);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap_or_default();
            let leads = target.is_empty() || target.starts_with("https://") || root().join(target).exists();
            assert!(leads, "{document}: {target}");
        }
    }
}

/// `ASSUME_CONFIG`, but not the beginning of a name such as `ASSUME_`, nor what the tests say to each other.
fn is_variable(text: &str) -> bool {
    let name = text.strip_prefix("ASSUME_").unwrap_or_default();
    !name.is_empty()
        && !name.starts_with("TEST_")
        && !name.ends_with('_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// Every text between backquotes.
fn quoted(document: &str) -> BTreeSet<String> {
    document.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The texts of the constant list of that name.
fn lists(code: &str, name: &str) -> BTreeSet<String> {
    let (_, list) = code.split_once(&format!("const {name}: &[&str] = &[")).unwrap();
    list.split(']').next().unwrap_or_default().split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every test by its path: `plan::planner::tests::name`, `shells::name`.
fn tests() -> BTreeSet<String> {
    let own = std::env::current_exe().unwrap();
    let listed = std::process::Command::new(own).args(["--list", "--format", "terse"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut names: BTreeSet<String> =
        listed.lines().filter_map(|line| line.strip_suffix(": test").map(str::to_owned)).collect();
    let src = root().join("src");
    for file in files(&src) {
        names.extend(unit_tests(&file, &src));
    }
    assert!(names.contains("documents::every_test_that_security_md_names_exists"));
    assert!(names.contains("session::life::tests::a_session_is_handed_on_only_with_enough_life_left"));
    names
}

/// The tests that stand in a file of ours. The program that runs them is not at hand.
fn unit_tests(file: &Path, src: &Path) -> Vec<String> {
    let path = file.strip_prefix(src).unwrap().with_extension("");
    let mut module: Vec<String> =
        path.iter().map(|part| part.to_str().unwrap().to_owned()).filter(|part| part != "mod").collect();
    let depth = module.len();
    let mut names = Vec::new();
    let mut is_test = false;
    for line in fs::read_to_string(file).unwrap().lines() {
        let code = line.trim_start();
        if let Some(name) = word_after(line, "mod ").filter(|_| code.ends_with('{')) {
            module.truncate(depth);
            module.push(name);
        } else if code.starts_with("#[test]") {
            is_test = true;
        } else if let Some(name) = word_after(code, "fn ").filter(|_| is_test) {
            is_test = false;
            names.push(format!("{}::{name}", module.join("::")));
        }
    }
    names
}

fn word_after(code: &str, keyword: &str) -> Option<String> {
    let rest = ["", "pub ", "pub(super) ", "pub(crate) "]
        .into_iter()
        .find_map(|visible| code.strip_prefix(visible)?.strip_prefix(keyword))?;
    Some(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
