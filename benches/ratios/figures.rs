//! What does not depend on the machine's speed, held against what it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use super::places::Places;
use super::support::home::assume;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures.toml");

/// How much worse a figure may be before that is news.
const TOLERANCE: f64 = 1.03;

/// Counts, prints, and says whether anything became worse.
pub(crate) fn compare(places: &Places, accept: bool) -> ExitCode {
    let now = count(places);
    let before: BTreeMap<String, u64> =
        std::fs::read_to_string(FILE).ok().map(|text| toml::from_str(&text).unwrap()).unwrap_or_default();
    let mut worse = false;
    for (name, figure) in &now {
        let change = match before.get(name) {
            Some(before) => {
                let ratio = *figure as f64 / *before as f64;
                worse |= ratio > TOLERANCE;
                format!("{before} before, {:+.1} %", (ratio - 1.0) * 100.0)
            }
            None => "new".to_owned(),
        };
        println!("{name} = {figure} ({change})");
    }
    if accept {
        let lines: String = now.iter().map(|(name, figure)| format!("{name} = {figure}\n")).collect();
        let head = "# Written by `cargo bench --bench ratios -- --accept`, which compares them each time it runs.\n";
        std::fs::write(FILE, head.to_owned() + &lines).unwrap();
    } else if worse {
        println!("worse than benches/figures.toml says; if it has to be, `cargo bench --bench ratios -- --accept`");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn count(places: &Places) -> BTreeMap<String, u64> {
    let own = assume().to_owned();
    let size = |path: PathBuf| std::fs::metadata(path).unwrap().len();
    BTreeMap::from([
        ("warm_instructions".to_owned(), instructions(places)),
        ("warm_peak_memory_kib".to_owned(), peak_memory(places)),
        ("size_of_assume".to_owned(), size(own.clone())),
        ("size_of_assume_engine".to_owned(), size(own.with_file_name("assume-engine"))),
    ])
}

/// Instructions of a warm answer, by callgrind: those of the C library and the loader too.
fn instructions(places: &Places) -> u64 {
    let mut valgrind = places.single().program("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(assume());
    let output = valgrind.args(["credential-process", "one"]).output().expect("valgrind is needed");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = text.lines().find_map(|line| line.split_once("Collected : ")).expect("callgrind's summary");
    collected.1.trim().parse().unwrap()
}

fn peak_memory(places: &Places) -> u64 {
    let mut time = places.single().program("time");
    let output = time.args(["-f", "%M"]).arg(assume()).args(["credential-process", "one"]).output().unwrap();
    String::from_utf8_lossy(&output.stderr).trim().parse().unwrap()
}
