//! A real terminal, and whoever sits before it.

use std::process::Command;
use std::sync::OnceLock;

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use super::home::{Home, assume};

/// A shell that people type into.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    /// Its program.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }
}

/// A terminal of its own. What is written to it is waited for, 60 s at most.
pub(crate) struct Terminal {
    session: PtySession,
    shell: Shell,
}

const DEADLINE_MS: u64 = 60_000;

/// What a shell on such a terminal shows when it waits for a line.
const PROMPT: &str = "you> ";

impl Terminal {
    /// Starts a command on a terminal that echoes and has wide lines.
    pub(crate) fn of(command: &Command) -> Self {
        let mut wrapped = Command::new("sh");
        wrapped.args(["-c", "stty sane rows 50 cols 250 && exec \"$@\"", "sh"]);
        wrapped.arg(command.get_program()).args(command.get_args()).env_clear();
        wrapped.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = command.get_current_dir() {
            wrapped.current_dir(folder);
        }
        let mut session = spawn_command(wrapped, Some(DEADLINE_MS)).unwrap();
        // An interactive shell shrugs off the signal that asks it to go.
        session.process_mut().set_kill_timeout(Some(100));
        Self { session, shell: Shell::Bash }
    }

    /// Starts an interactive shell that finds our program and the AWS CLI by their names, with these settings.
    pub(crate) fn shell(home: &Home, shell: Shell, settings: &str) -> Self {
        let (file, prompt) = match shell {
            Shell::Bash => (".bashrc", format!("PS1='{PROMPT}'")),
            Shell::Zsh => (".zshrc", format!("PS1='{PROMPT}'; unsetopt prompt_cr prompt_sp")),
            Shell::Fish => (".config/fish/config.fish", format!("function fish_prompt; echo -n '{PROMPT}'; end")),
        };
        home.write(file, &format!("{prompt}\n{settings}"));
        let program = shell.program();
        let mut command = home.program(program);
        command.arg("-i").env("PATH", path_with_assume()).env("SHELL", format!("/usr/bin/{program}"));
        // No colours, no brackets around what is pasted.
        command.env("TERM", "dumb").env("INPUTRC", "/dev/null").env("LC_ALL", "C.UTF-8");
        let mut terminal = Self { shell, ..Self::of(&command) };
        terminal.expect(PROMPT);
        terminal
    }

    /// Starts a bash as it comes.
    pub(crate) fn bash(home: &Home) -> Self {
        Self::shell(home, Shell::Bash, "")
    }

    /// Waits until that is shown, and returns what was shown before it.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> String {
        self.session.exp_string(text).unwrap_or_else(|error| panic!("`{text}` is not shown: {error}"))
    }

    /// Waits until something is shown that fits the expression, and returns what was shown before it, and it.
    #[track_caller]
    pub(crate) fn expect_like(&mut self, expression: &str) -> (String, String) {
        self.session.exp_regex(expression).unwrap_or_else(|error| panic!("`{expression}` is not shown: {error}"))
    }

    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        self.session.send_line(line).unwrap();
    }

    /// Types a key together with Ctrl.
    pub(crate) fn control(&mut self, key: char) {
        self.session.send_control(key).unwrap();
    }

    /// Has the shell run a line; [`Terminal::code`] waits for its end.
    pub(crate) fn begin(&mut self, line: &str) {
        let status = match self.shell {
            Shell::Bash | Shell::Zsh => "$?",
            Shell::Fish => "$status",
        };
        // What is echoed of this is not what is printed.
        self.type_line(&format!("{line}; echo \"ended:\"{status}\":\""));
    }

    /// Waits for the end of the line that was begun. Returns what was shown meanwhile, and its exit code.
    #[track_caller]
    pub(crate) fn code(&mut self) -> (String, i32) {
        let (before, end) = self.expect_like(r"ended:\d+:");
        let code = end.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        self.expect(PROMPT);
        (before, code)
    }

    /// Has the shell run a line, which must succeed, and returns what was shown meanwhile.
    #[track_caller]
    pub(crate) fn run(&mut self, line: &str) -> String {
        self.begin(line);
        let (shown, code) = self.code();
        assert_eq!(code, 0, "{line}: {shown}");
        shown
    }

    /// Waits for the end of the program that the terminal was made for. Returns what was shown, and the exit code.
    pub(crate) fn end(&mut self) -> (String, i32) {
        let shown = self.session.exp_eof().unwrap();
        let code = match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}"),
        };
        (shown, code)
    }
}

/// The machine's `PATH`, with the folders of our program and of the test environment before it.
pub(crate) fn path_with_assume() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = |program: &std::path::Path| program.parent().unwrap().display().to_string();
        #[expect(clippy::disallowed_methods, reason = "the path of programs is the machine's, not the test's")]
        let path = std::env::var("PATH").unwrap_or_default();
        format!("{}:{}:{path}", folder(assume()), folder(&super::aws_cli::program()))
    })
}
