//! The controlling terminal: a line is read from it, shown or hidden, and it is left as it was found.

use secrecy::SecretString;

use super::ask::PersonError;

/// Whether what is typed is seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Echo {
    Shown,
    Hidden,
}

#[cfg(unix)]
pub(super) use unix::{forget_typed_ahead, is_there, read_line};
#[cfg(windows)]
pub(super) use windows::{forget_typed_ahead, is_there, read_line};

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read, Write};

    use rustix::termios::{LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
    use rustix::termios::{tcflush, tcgetattr, tcsetattr};
    use zeroize::Zeroizing;

    use super::{Echo, PersonError, SecretString};

    const CTRL_C: u8 = 0x03;

    /// The kernel keeps at most so much of a line that is not yet ended.
    /// Source: Linux termios(3), canonical mode.
    const LONGEST: usize = 4_096;

    pub(in crate::person) fn is_there() -> bool {
        open().is_ok()
    }

    pub(in crate::person) fn forget_typed_ahead() {
        if let Ok(terminal) = open() {
            let _ = tcflush(&terminal, QueueSelector::IFlush);
        }
    }

    pub(in crate::person) fn read_line(prompt: &str, echo: Echo) -> Result<SecretString, PersonError> {
        let asked = Asked::begin(open().map_err(PersonError::Terminal)?, echo).map_err(PersonError::Terminal)?;
        let mut terminal = &asked.terminal;
        terminal.write_all(prompt.as_bytes()).map_err(PersonError::Terminal)?;

        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        let mut byte = Zeroizing::new([0]);
        loop {
            match terminal.read(byte.as_mut_slice()) {
                Ok(0) => return Err(declined(terminal)),
                Ok(_) if byte[0] == CTRL_C => return Err(declined(terminal)),
                Ok(_) if byte[0] == b'\n' || line.len() == LONGEST => break,
                Ok(_) => line.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PersonError::Terminal(error)),
            }
        }
        match std::str::from_utf8(&line) {
            Ok(text) => Ok(SecretString::from(text.to_owned())),
            Err(_) => Err(PersonError::Terminal(io::ErrorKind::InvalidData.into())),
        }
    }

    /// What follows begins on a line of its own.
    fn declined(mut terminal: &File) -> PersonError {
        let _ = terminal.write_all(b"\n");
        PersonError::Declined
    }

    fn open() -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open("/dev/tty")
    }

    /// A terminal while it is asked. It becomes what it was when this is dropped.
    struct Asked {
        terminal: File,
        before: Termios,
    }

    impl Asked {
        fn begin(terminal: File, echo: Echo) -> io::Result<Self> {
            let before = tcgetattr(&terminal)?;
            let mut during = before.clone();
            // The kernel edits the line. Ctrl-C ends it instead of killing us: who declines gets an answer too.
            during.local_modes |= LocalModes::ICANON | LocalModes::ECHONL;
            during.local_modes &= !LocalModes::ISIG;
            during.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
            during.local_modes.set(LocalModes::ECHO, echo == Echo::Shown);
            tcsetattr(&terminal, OptionalActions::Now, &during)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Asked {
        fn drop(&mut self) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::fs::OpenOptions;
    use std::io::{self, BufRead, BufReader, Write};

    use super::{Echo, PersonError, SecretString};

    pub(in crate::person) fn is_there() -> bool {
        OpenOptions::new().read(true).write(true).open("CONIN$").is_ok()
    }

    pub(in crate::person) fn forget_typed_ahead() {}

    pub(in crate::person) fn read_line(prompt: &str, echo: Echo) -> Result<SecretString, PersonError> {
        let answer = match echo {
            Echo::Hidden => rpassword::prompt_password(prompt),
            Echo::Shown => read_shown(prompt),
        };
        match answer {
            Ok(line) => Ok(SecretString::from(line)),
            Err(e) if matches!(e.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted) => {
                Err(PersonError::Declined)
            }
            Err(error) => Err(PersonError::Terminal(error)),
        }
    }

    fn read_shown(prompt: &str) -> io::Result<String> {
        OpenOptions::new().write(true).open("CONOUT$")?.write_all(prompt.as_bytes())?;
        let mut line = String::new();
        BufReader::new(OpenOptions::new().read(true).write(true).open("CONIN$")?).read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// Each test asks in a process of its own, on a terminal of its own: this test program, run again under a pty.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::Command;

    use rexpect::session::{PtySession, spawn_command};
    use secrecy::ExposeSecret;

    use crate::person::{PersonError, ask_line, ask_secret, confirm};
    use crate::world::World;

    /// Which question the child asks; without it the child is nobody's and asks nothing.
    const QUESTION: &str = "ASSUME_TEST_QUESTION";

    #[test]
    fn child() {
        let world = World::new();
        let answer = match world.env.text(QUESTION) {
            Some("secret") => ask_secret("Code \u{1b}[2J of alice", &world).map(|s| s.expose_secret().to_owned()),
            Some("line") => ask_line("Name", &world),
            Some("confirm") => confirm("Hand prod-admin to code?", &world).map(|yes| yes.to_string()),
            _ => return,
        };
        match answer {
            Ok(answer) => println!("answer <{answer}>"),
            Err(PersonError::Declined) => println!("declined"),
            Err(error) => println!("error {error}"),
        }
        let state = Command::new("stty").arg("-a").output().unwrap();
        let state = String::from_utf8(state.stdout).unwrap();
        println!("echo {}", !state.contains("-echo ") && !state.contains("-isig"));
    }

    fn asked(question: &str) -> PtySession {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "person::terminal::tests::child", "--nocapture"]).env(QUESTION, question);
        spawn_command(command, Some(20_000)).unwrap()
    }

    #[test]
    fn a_secret_is_not_echoed_and_its_question_cannot_drive_the_terminal() {
        let mut terminal = asked("secret");
        terminal.exp_string("assume: Code \\u{1b}[2J of alice: ").unwrap();
        terminal.send_line("123456").unwrap();
        let before = terminal.exp_string("answer <123456>").unwrap();
        assert!(!before.contains("123456"), "{before}");
        terminal.exp_string("echo true").unwrap();
    }

    #[test]
    fn a_line_can_be_edited_and_is_seen() {
        let mut terminal = asked("line");
        terminal.exp_string("assume: Name: ").unwrap();
        terminal.send_line("alicx\u{7f}e").unwrap();
        terminal.exp_string("answer <alice>").unwrap();
        terminal.exp_string("echo true").unwrap();
    }

    #[test]
    fn declining_ends_the_question_and_restores_the_terminal() {
        for key in ['c', 'd'] {
            let mut terminal = asked("secret");
            terminal.exp_string("of alice: ").unwrap();
            terminal.send_control(key).unwrap();
            terminal.exp_string("declined").unwrap();
            terminal.exp_string("echo true").unwrap();
        }
        let mut terminal = asked("secret");
        terminal.exp_string("of alice: ").unwrap();
        terminal.send_line("").unwrap();
        terminal.exp_string("declined").unwrap();
    }

    #[test]
    fn agreement_takes_a_yes() {
        for (typed, expected) in [("y", "answer <true>"), ("n", "answer <false>"), ("", "answer <false>")] {
            let mut terminal = asked("confirm");
            terminal.exp_string("assume: Hand prod-admin to code? [y/N] ").unwrap();
            terminal.send_line(typed).unwrap();
            terminal.exp_string(expected).unwrap();
        }
    }
}
