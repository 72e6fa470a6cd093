//! The tour: our own program, run as a person would, and what the sandbox's log says of it.

use std::fmt::Write as _;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;

use super::super::stdout;
use super::Sandbox;
use super::script::{Call, Machine, STOPS, Stop};
use crate::error::{Error, Kind};
use crate::person::plain;
use crate::terms::{ExposeSecret, SecretString};

/// Walks the built-in scenario. The exit code is 0 only if everything came out as the scenario promises.
pub(super) fn run(sandbox: &Sandbox) -> Result<ExitCode, Error> {
    let stopped = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        // The home has to be cleared away, so the tour ends between two stops. Where that cannot be had, the next sandbox sweeps.
        let _ = signal_hook::flag::register(signal, Arc::clone(&stopped));
    }
    let mut walk = Walk { sandbox, code: None, logged: 0, calls: 0, refused: 0 };
    let mut wrong = Vec::new();
    stdout::print(&opening(sandbox))?;
    for (index, stop) in STOPS.iter().enumerate() {
        let mut page = format!("{} · {}\n{}\n", index + 1, stop.title, indented("    ", stop.says));
        let differs = walk.stop(stop, &mut page)?;
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::text(Kind::Declined, "the tour was broken off"));
        }
        for what in &differs {
            // Writing into a string never fails.
            let _ = writeln!(page, "    NOT AS PROMISED: {}", plain(what));
        }
        if !differs.is_empty() {
            wrong.push(index + 1);
        }
        page.push('\n');
        stdout::print(&page)?;
    }
    let calls = format!("{} calls to STS, of which it refused {}", walk.calls, walk.refused);
    if wrong.is_empty() {
        stdout::print(&format!("All {} stops came out as the scenario promises: {calls}.\n", STOPS.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    stdout::print(&format!("NOT as the scenario promises: stop {} of {}; {calls}.\n", wrong.join(", "), STOPS.len()))?;
    Ok(ExitCode::FAILURE)
}

struct Walk<'a> {
    sandbox: &'a Sandbox,
    /// The code that is typed in by hand.
    code: Option<SecretString>,
    /// How much of the log was read.
    logged: u64,
    calls: usize,
    refused: usize,
}

/// What the log says of one request.
#[derive(Debug, Deserialize)]
struct Logged {
    operation: Option<String>,
    principal: Option<String>,
    role_arn: Option<String>,
    status: Option<u16>,
    code: Option<String>,
}

impl Walk<'_> {
    /// Runs one stop, writes what happened, and returns what differs from what has to happen.
    fn stop(&mut self, stop: &Stop, page: &mut String) -> Result<Vec<String>, Error> {
        if stop.machine != Machine::Own && self.code.is_none() {
            self.code = Some(next_code(self.sandbox)?);
        }
        let output = self.assume(stop)?;
        let logged = self.log()?;
        let _ = writeln!(page, "    $ {}", self.line(stop));
        let home = self.sandbox.home.path().to_string_lossy();
        for stream in [&output.stdout, &output.stderr] {
            for line in String::from_utf8_lossy(stream).lines() {
                let _ = writeln!(page, "      {}", plain(&line.replace(home.as_ref(), "~")));
            }
        }
        if logged.is_empty() {
            page.push_str("    STS was not asked\n");
        }
        for call in &logged {
            let _ = writeln!(page, "    STS {}", plain(&call.told()));
        }
        let exit = output.status.code();
        let differs = stop.differs(&logged, exit);
        if stop.exit != 0 && exit == Some(i32::from(stop.exit)) {
            let _ = writeln!(page, "    exit code {}, as it should be", stop.exit);
        }
        self.calls += logged.len();
        self.refused += logged.iter().filter(|call| call.code.is_some()).count();
        Ok(differs)
    }

    /// Runs our own program in the home.
    fn assume(&self, stop: &Stop) -> Result<Output, Error> {
        let home = &self.sandbox.home;
        let failed = |error| Error::text(Kind::System, format!("cannot run {}: {error}", home.program().display()));
        let mut command = Command::new(home.program());
        command.args(stop.words).env_clear().envs(home.env().iter()).current_dir(home.path());
        // The AWS CLI's profiles of the same names would only double the list.
        command.env("AWS_CONFIG_FILE", home.path().join("none"));
        if let Some(folder) = stop.machine.folder() {
            command.env("XDG_STATE_HOME", home.path().join(folder));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        if let (Some(mut input), Some(code)) = (child.stdin.take(), self.typed(stop)) {
            // Who does not read it has failed already, and says so.
            let _ = writeln!(input, "{code}");
        }
        child.wait_with_output().map_err(failed)
    }

    /// The command as a person would type it.
    fn line(&self, stop: &Stop) -> String {
        let line = format!("assume {}", stop.words.join(" "));
        self.typed(stop).map_or(line.clone(), |code| format!("echo {code} | {line}"))
    }

    /// What is typed in on another machine.
    fn typed(&self, stop: &Stop) -> Option<&str> {
        let code = self.code.as_ref().map(|code| code.expose_secret());
        code.filter(|_| stop.machine != Machine::Own)
    }

    /// Returns what the server logged since the last time.
    fn log(&mut self) -> Result<Vec<Logged>, Error> {
        let path = self.sandbox.home.log();
        let failed = |error: std::io::Error| {
            Error::text(Kind::System, format!("cannot read the sandbox's log {}: {error}", path.display()))
        };
        let mut text = String::new();
        let mut file = std::fs::File::open(&path).map_err(failed)?;
        file.seek(SeekFrom::Start(self.logged)).map_err(failed)?;
        file.read_to_string(&mut text).map_err(failed)?;
        self.logged += text.len() as u64;
        let read = |line: &str| serde_json::from_str(line).map_err(|error| failed(std::io::Error::other(error)));
        text.lines().map(read).collect()
    }
}

impl Stop {
    /// Returns what differs from what had to happen.
    fn differs(&self, logged: &[Logged], exit: Option<i32>) -> Vec<String> {
        let mut differs = Vec::new();
        let is_as_promised = logged.len() == self.calls.len()
            && logged.iter().zip(self.calls).all(|(logged, promised)| logged.is(promised));
        if !is_as_promised {
            let promised: Vec<String> = self.calls.iter().map(Call::told).collect();
            let promised = if promised.is_empty() { "nothing".to_owned() } else { promised.join(", ") };
            differs.push(format!("STS was to be asked {promised}"));
        }
        if exit != Some(i32::from(self.exit)) {
            let came = exit.map_or("a signal's".to_owned(), |code| code.to_string());
            differs.push(format!("the exit code was to be {}, and is {came}", self.exit));
        }
        differs
    }
}

impl Machine {
    /// The state folder of a machine that is not the first.
    fn folder(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::Second => Some("second-machine"),
            Self::Third => Some("third-machine"),
        }
    }
}

impl Call {
    fn told(&self) -> String {
        let role = self.role.map(|role| format!(" {role}")).unwrap_or_default();
        let answer = self.code.unwrap_or("granted");
        format!("{}{role}: {answer}", self.operation)
    }
}

impl Logged {
    fn is(&self, promised: &Call) -> bool {
        let role_fits = match (&self.role_arn, promised.role) {
            (Some(arn), Some(end)) => arn.ends_with(end),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.operation.as_deref() == Some(promised.operation) && role_fits && self.code.as_deref() == promised.code
    }

    fn told(&self) -> String {
        let by = self.principal.as_deref().unwrap_or("nobody it knows");
        let operation = self.operation.as_deref().unwrap_or("something it does not know");
        let role = self.role_arn.as_ref().map(|arn| format!(" {arn}")).unwrap_or_default();
        let status = self.status.map_or("cut".to_owned(), |status| status.to_string());
        let answer = self.code.as_deref().unwrap_or("granted");
        format!("was asked {operation}{role} by {by}: {status} {answer}")
    }
}

/// Returns a code that no stop sends before it is typed in: the device's next one, which STS takes half a minute early.
fn next_code(sandbox: &Sandbox) -> Result<SecretString, Error> {
    let now = sandbox.home.world().clock.now();
    let device = sandbox.server.devices().into_iter().find(|device| device.serial == ALICES_DEVICE);
    let code = device.map(|device| device.seed.code_at(now + Duration::from_secs(30)));
    code.ok_or_else(|| Error::text(Kind::System, format!("the scenario has no MFA device {ALICES_DEVICE}")))
}

const ALICES_DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

fn opening(sandbox: &Sandbox) -> String {
    format!(
        "An STS of our own listens on {}; nothing here reaches AWS. Every command below is run for real.\n\n",
        sandbox.server.url()
    )
}

/// Returns the text in lines of at most 100 characters, each behind a margin.
fn indented(margin: &str, text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || margin.len() + line.len() + word.len() < 100);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(operation: &str, role_arn: Option<&str>, code: Option<&str>) -> Logged {
        Logged {
            operation: Some(operation.to_owned()),
            principal: None,
            role_arn: role_arn.map(str::to_owned),
            status: None,
            code: code.map(str::to_owned),
        }
    }

    #[test]
    fn whatever_comes_out_otherwise_than_promised_is_seen() {
        const STOP: Stop = Stop {
            title: "",
            says: "",
            words: &[],
            machine: Machine::Own,
            calls: &[
                Call { operation: "GetSessionToken", role: None, code: None },
                Call { operation: "AssumeRole", role: Some(":role/Admin"), code: Some("AccessDenied") },
            ],
            exit: 4,
        };
        let first = || logged("GetSessionToken", None, None);
        let admin = |code| logged("AssumeRole", Some("arn:aws:iam::123456789012:role/Admin"), code);
        assert!(STOP.differs(&[first(), admin(Some("AccessDenied"))], Some(4)).is_empty());
        let cases = [
            (vec![first(), admin(Some("AccessDenied"))], Some(0)),
            (vec![first(), admin(Some("AccessDenied"))], None),
            (vec![first(), admin(None)], Some(4)),
            (vec![first(), admin(Some("ValidationError"))], Some(4)),
            (vec![first()], Some(4)),
            (vec![admin(Some("AccessDenied")), first()], Some(4)),
            (vec![first(), admin(Some("AccessDenied")), first()], Some(4)),
            (vec![first(), logged("AssumeRole", Some("arn:aws:iam::1:role/Other"), Some("AccessDenied"))], Some(4)),
            (vec![first(), logged("AssumeRole", None, Some("AccessDenied"))], Some(4)),
        ];
        for (calls, exit) in cases {
            assert_eq!(STOP.differs(&calls, exit).len(), 1, "{calls:?} {exit:?}");
        }
    }

    #[test]
    fn a_long_text_is_broken_between_words() {
        let text = "word ".repeat(40);
        for line in indented("    ", text.trim_end()).lines() {
            assert!(line.len() <= 100 && line.starts_with("    word"), "{line}");
        }
    }
}
