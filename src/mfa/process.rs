//! A code from a command: `ykman oath accounts code --single aws`, a password manager, a script.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Device, MfaError, Way, parse_code};
use crate::terms::SecretString;
use crate::world::World;

/// How long a command gets: somebody may have to touch a key, or to unlock a password manager.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);

/// A code has six characters; what says much more is something else.
const LONGEST: u64 = 4_096;

/// How often we look whether a command that has printed its code has ended. Most have.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Runs the command, and returns the code in the first line of its output.
///
/// It is told the device in `ASSUME_MFA_SERIAL`, its standard error is the person's, and its standard input is empty.
pub(super) fn run(command: &str, device: &Device, deadline: Duration, world: &World) -> Result<SecretString, MfaError> {
    let failed =
        |reason: String| MfaError::Process { program: program(command), serial: device.serial.clone(), reason };
    let mut child = shell(command)
        .env_clear()
        .envs(world.env.iter())
        .env("ASSUME_MFA_SERIAL", device.serial.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("it cannot be started: {error}")))?;

    let until = Instant::now() + deadline;
    let late = || failed(format!("it took longer than {} s", deadline.as_secs()));
    let line = match first_line(&mut child).recv_timeout(deadline) {
        Ok(Ok(line)) => line,
        Ok(Err(error)) => {
            stop(&mut child);
            return Err(failed(format!("its output cannot be read: {error}")));
        }
        Err(_) => {
            stop(&mut child);
            return Err(late());
        }
    };
    match end(&mut child, until) {
        Ok(Some(status)) if status.success() => {}
        Ok(Some(status)) => return Err(failed(format!("it ended with {status}"))),
        Ok(None) => {
            stop(&mut child);
            return Err(late());
        }
        Err(error) => return Err(failed(error.to_string())),
    }
    parse_code(&String::from_utf8_lossy(&line)).ok_or(MfaError::NotACode { way: Way::Process })
}

/// Reads in a thread, so that the deadline holds. What follows the first line is read too, since a command that cannot
/// write it would fail; a daemon that it leaves behind may keep the pipe open for ever.
fn first_line(child: &mut Child) -> mpsc::Receiver<io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Zeroizing::new(Vec::with_capacity(64));
            let read = (&mut output).take(LONGEST).read_until(b'\n', &mut line);
            let _ = sender.send(read.map(|_| line));
            let _ = io::copy(&mut output, &mut io::sink());
        });
    }
    receiver
}

/// Returns how the command ended, if it ended in time.
fn end(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() >= until => return Ok(None),
            None => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let mut shell = Command::new(shell);
    shell.arg(flag).arg(command);
    shell
}

fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Returns the command's program. Its arguments stay out of errors: a password may stand in them.
fn program(command: &str) -> String {
    command.split_whitespace().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn run_in_time(command: &str, deadline: Duration) -> Result<SecretString, MfaError> {
        let device = Device {
            serial: "arn:aws:iam::111122223333:mfa/alice".parse().unwrap(),
            process: Some(command.to_owned()),
            for_whom: "prod-admin".to_owned(),
        };
        run(command, &device, deadline, &World::new())
    }

    #[test]
    fn the_first_line_is_the_code_and_the_command_knows_the_device() {
        for command in [
            "echo 123456",
            "printf '123 456\\nand more\\n'",
            "case $ASSUME_MFA_SERIAL in *mfa/alice) echo 123456;; esac",
            "test -z \"$(cat)\" && echo 123456",
        ] {
            assert_eq!(run_in_time(command, DEADLINE).unwrap().expose_secret(), "123456", "{command}");
        }
    }

    #[test]
    fn a_command_that_gives_no_code_is_named_without_its_arguments() {
        let cases = [
            ("echo hunter2", Duration::from_secs(60), "something else than a code"),
            ("true", Duration::from_secs(60), "something else than a code"),
            ("echo 123456; exit 3", Duration::from_secs(60), "exit status: 3"),
            ("exec sleep 100", Duration::from_millis(50), "took longer"),
            ("/nonexistent hunter2 2>&-", Duration::from_secs(60), "(`/nonexistent`)"),
        ];
        for (command, deadline, expected) in cases {
            let message = run_in_time(command, deadline).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains("hunter2"), "{command}: {message}");
        }
    }
}
