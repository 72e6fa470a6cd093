//! The stop-watch: hyperfine, called in turns, so that what disturbs one job disturbs the others too.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

/// What is measured: a command in a place.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    /// The words, as a shell would read them.
    pub(crate) line: String,
    /// What is done before each run, and not measured.
    pub(crate) before: Option<String>,
    pub(crate) variables: Vec<(OsString, OsString)>,
    /// How many runs in each turn.
    pub(crate) runs: u32,
}

/// The times of all runs, in milliseconds.
pub(crate) struct Times(BTreeMap<&'static str, Vec<f64>>);

const TURNS: u32 = 12;

/// Measures every job in turns.
pub(crate) fn take_turns(jobs: &[Job]) -> Times {
    let mut times = BTreeMap::<&'static str, Vec<f64>>::new();
    for turn in 1..=TURNS {
        println!("turn {turn} of {TURNS}");
        for job in jobs {
            times.entry(job.name).or_default().extend(measure(job));
        }
    }
    times.values_mut().for_each(|times| times.sort_by(f64::total_cmp));
    Times(times)
}

fn measure(job: &Job) -> Vec<f64> {
    let result = tempfile::NamedTempFile::new().unwrap();
    let mut hyperfine = Command::new("hyperfine");
    hyperfine.args(["--shell=none", "--style=none", "--warmup=1"]);
    hyperfine.arg(format!("--runs={}", job.runs.max(2)));
    hyperfine.arg("--export-json").arg(result.path());
    if let Some(before) = &job.before {
        hyperfine.args(["--prepare", before]);
    }
    hyperfine.arg(&job.line).env_clear().envs(job.variables.iter().cloned());
    let output = hyperfine.output().expect("hyperfine is needed");
    assert!(output.status.success(), "{}: {}", job.name, String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(result.path()).unwrap()).unwrap();
    report["results"][0]["times"].as_array().unwrap().iter().map(|time| time.as_f64().unwrap() * 1_000.0).collect()
}

impl Times {
    /// The middle of the job's times; `None` for a job that there was not.
    pub(crate) fn median(&self, name: &str) -> Option<f64> {
        let times = self.0.get(name)?;
        Some(times[times.len() / 2])
    }

    /// Every job with the middle of its times.
    pub(crate) fn medians(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().map(|(name, times)| (*name, times[times.len() / 2]))
    }
}
