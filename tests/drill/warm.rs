//! A thousand warm calls in a row, and fifty at a time: whether anything grows or is left over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use assume::config::StoreName;
use serde_json::Value;

use crate::support::home::{Ran, assume};
use crate::support::lane::{Lane, LaneHome};
use crate::support::sandbox::Sandbox;

const CONFIG: &str = r#"
[role.app]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"
"#;

const IN_A_ROW: usize = 1_000;
const AT_ONCE: usize = 50;

/// What must not grow by a call.
#[derive(Debug, PartialEq)]
struct Traces {
    /// Every file, folder and socket in the home: cards, locks and temporary files too.
    files: BTreeSet<PathBuf>,
    /// Processes that have this home's variables.
    processes: usize,
    /// Open files of the bus and the keyring daemon.
    handles: usize,
    /// Open files of this program, which starts the calls.
    own_handles: usize,
    calls: usize,
}

/// A call's result, and the most memory that it had, in KiB.
struct Call {
    ran: Ran,
    peak: u64,
    took: Duration,
}

/// Plays it on each store, and returns how many bounds were broken.
pub(crate) fn play(rounds: usize) -> usize {
    let mut broken = 0;
    for lane in [Lane::Kernel, Lane::SecretService] {
        let wrong = on(lane, rounds);
        for what in &wrong {
            println!("     BROKEN: {what}");
        }
        broken += wrong.len();
    }
    broken
}

fn on(lane: Lane, rounds: usize) -> Vec<String> {
    let sandbox = Sandbox::classic();
    let mut home = lane.home();
    for (name, value) in [("AWS_ENDPOINT_URL_STS", sandbox.url()), ("AWS_REGION", "eu-west-1")] {
        home.set(name, value);
    }
    home.config(CONFIG);
    home.aws_credentials(&std::fs::read_to_string(sandbox.home.path().join(".aws/credentials")).unwrap());
    std::fs::create_dir(home.path().join("tmp")).unwrap();
    let temp = home.path().join("tmp");
    home.set("TMPDIR", temp);
    let stage = Stage { sandbox, home };

    let first = stage.call();
    assert_eq!(first.ran.code, 0, "{:?}", first.ran);
    // The next call remembers where the name leads.
    stage.home.until_files_are_settled();
    stage.call();
    stage.call();
    let before = stage.traces();
    let mut wrong = Vec::new();

    let row: Vec<Call> = (0..IN_A_ROW).map(|_| stage.call()).collect();
    wrong.extend(row.iter().filter_map(|call| call.wrong(&first)));
    let tenth = IN_A_ROW / 10;
    let (begin, end) = (peak(&row[..tenth]), peak(&row[IN_A_ROW - tenth..]));
    let most = row.iter().map(|call| call.peak).max().unwrap_or_default();
    let mut times: Vec<Duration> = row.iter().map(|call| call.took).collect();
    times.sort();
    println!(
        "warm, {}: {IN_A_ROW} in a row: median {:.2} ms, longest {:.1} ms; peak memory {begin} KiB at the beginning, {end} \
         KiB at the end, {most} KiB at most",
        lane.store(),
        times[IN_A_ROW / 2].as_secs_f64() * 1e3,
        times[IN_A_ROW - 1].as_secs_f64() * 1e3,
    );
    if end * 20 > begin * 21 || most * 4 > begin * 5 {
        wrong.push("memory grows".to_owned());
    }
    wrong.extend(stage.against(&before));

    let mut walls = Vec::new();
    let mut longest = Duration::ZERO;
    let mut most = 0;
    for _ in 0..rounds {
        let began = Instant::now();
        let calls: Vec<Call> = thread::scope(|scope| {
            let started: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| stage.call())).collect();
            started.into_iter().map(|one| one.join().unwrap()).collect()
        });
        walls.push(began.elapsed());
        wrong.extend(calls.iter().filter_map(|call| call.wrong(&first)));
        longest = longest.max(calls.iter().map(|call| call.took).max().unwrap_or_default());
        most = most.max(calls.iter().map(|call| call.peak).max().unwrap_or_default());
    }
    walls.sort();
    println!(
        "warm, {}: {rounds} times {AT_ONCE} at once: median {:.0} ms for all, longest call {:.0} ms, peak memory {most} KiB",
        lane.store(),
        walls[rounds / 2].as_secs_f64() * 1e3,
        longest.as_secs_f64() * 1e3,
    );
    wrong.extend(stage.against(&before));
    let items = stage.items(lane);
    println!(
        "warm, {}: left: {} files in the home, {} processes, {items} items in the store, {} calls of STS in all",
        lane.store(),
        before.files.len(),
        before.processes,
        before.calls,
    );
    if items != 1 {
        wrong.push(format!("{items} items in the store, and there is one session"));
    }
    wrong
}

struct Stage {
    sandbox: Sandbox,
    home: LaneHome,
}

impl Stage {
    fn call(&self) -> Call {
        let mut command = self.home.program("/usr/bin/time");
        command.args(["--format=%M"]).arg(assume()).args(["credential-process", "app"]);
        let began = Instant::now();
        let mut ran = Ran::from(command.output().expect("the package `time` is needed"));
        let took = began.elapsed();
        let peak = ran.stderr.lines().last().and_then(|line| line.parse().ok());
        // What remains is what was said.
        ran.stderr = ran.stderr.lines().rev().skip(1).collect();
        Call { ran, peak: peak.expect("time says it last"), took }
    }

    fn traces(&self) -> Traces {
        let name = self.home.env().text("ASSUME_VAULT_NAME").unwrap().to_owned();
        let mut traces = Traces {
            files: BTreeSet::new(),
            processes: 0,
            handles: 0,
            own_handles: handles("self"),
            calls: self.sandbox.calls().len(),
        };
        walk(self.home.path(), &mut traces.files);
        let own = std::process::id().to_string();
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            let id = process.file_name().to_string_lossy().into_owned();
            let read = |file: &str| std::fs::read(process.path().join(file)).unwrap_or_default();
            let has = |text: &[u8], part: &str| text.windows(part.len()).any(|window| window == part.as_bytes());
            traces.processes += usize::from(has(&read("environ"), &name));
            if has(&read("status"), &format!("\nPPid:\t{own}\n")) {
                traces.handles += handles(&id);
            }
        }
        traces
    }

    /// Compares with before; the bus and the daemon close a connection a moment after its other end is gone.
    fn against(&self, before: &Traces) -> Option<String> {
        let began = Instant::now();
        loop {
            let now = self.traces();
            if now == *before {
                return None;
            }
            if began.elapsed() > Duration::from_secs(5) {
                return Some(format!("left over: before {before:?}, now {now:?}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn items(&self, lane: Lane) -> usize {
        if lane.store() == "kernel" {
            return self.home.kernel_vault().clear_namespace(StoreName::Kernel).unwrap();
        }
        let name = self.home.env().text("ASSUME_VAULT_NAME").unwrap().to_owned();
        let found = self.home.program("secret-tool").args(["search", "--all", "service", &name]).output().unwrap();
        String::from_utf8_lossy(&found.stdout).lines().filter(|line| line.starts_with('[')).count()
    }
}

impl Call {
    /// Says what is wrong with a warm call: it gives what the first one gave, and says nothing.
    fn wrong(&self, first: &Self) -> Option<String> {
        let key = |ran: &Ran| {
            serde_json::from_str::<Value>(&ran.stdout).ok().map(|document| document["AccessKeyId"].to_string())
        };
        let is_right = self.ran.code == 0 && self.ran.stderr.is_empty() && key(&self.ran) == key(&first.ran);
        (!is_right).then(|| format!("{} {}", self.ran.code, self.ran.stderr))
    }
}

fn peak(calls: &[Call]) -> u64 {
    let mut peaks: Vec<u64> = calls.iter().map(|call| call.peak).collect();
    peaks.sort_unstable();
    peaks[peaks.len() / 2]
}

fn handles(process: &str) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count)
}

fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        files.insert(entry.path());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), files);
        }
    }
}
