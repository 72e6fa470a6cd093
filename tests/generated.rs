//! `completions/` and `man/` are made from the command line as clap knows it, and from `docs/ways-in/`, and committed.
//! `REGENERATE=1 cargo test --test it generated::` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use clap_complete_nushell::Nushell;

use crate::ways_in;

#[test]
fn committed_completions_are_current() {
    let mut files = BTreeMap::new();
    for (file, shell) in [
        ("assume.bash", Shell::Bash),
        ("_assume", Shell::Zsh),
        ("assume.fish", Shell::Fish),
        ("_assume.ps1", Shell::PowerShell),
        ("assume.elv", Shell::Elvish),
    ] {
        files.insert(file.to_owned(), completions(shell));
    }
    files.insert("assume.nu".to_owned(), completions(Nushell));
    hold(&folder("completions"), &files);
}

#[test]
fn committed_man_pages_are_current() {
    let mut command = assume::cli::command();
    // So that every subcommand knows its full name and what it inherits.
    command.build();
    let mut files = BTreeMap::new();
    man_pages(&command, &mut files);
    files.extend(ways_in::man_pages());
    hold(&folder("man"), &files);
}

fn completions(shell: impl clap_complete::Generator) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut assume::cli::command(), "assume", &mut text);
    text
}

fn man_pages(command: &clap::Command, files: &mut BTreeMap<String, Vec<u8>>) {
    let source = concat!("assume ", env!("CARGO_PKG_VERSION"));
    let page = clap_mangen::Man::new(command.clone()).manual("User Commands").source(source);
    let mut text = Vec::new();
    page.render(&mut text).unwrap();
    if ["assume", "login", "identity"].contains(&command.get_name()) {
        text.extend(ways_in::see_also(""));
    }
    files.insert(page.get_filename(), text);
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
    {
        man_pages(subcommand, files);
    }
}

/// Holds that the folder has these files and no others; or makes it so.
fn hold(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    #[expect(clippy::disallowed_methods, reason = "a request of the person who runs the tests")]
    if std::env::var_os("REGENERATE").is_some() {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        fs::create_dir(folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let committed: BTreeMap<String, Vec<u8>> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    let names: BTreeSet<&String> = committed.keys().chain(files.keys()).collect();
    let stale: Vec<&String> = names.into_iter().filter(|name| committed.get(*name) != files.get(*name)).collect();
    assert!(stale.is_empty(), "not current: {stale:?}; run `REGENERATE=1 cargo test --test it generated::`");
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
