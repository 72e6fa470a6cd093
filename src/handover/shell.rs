//! The shells that have a hook, and the one that called us.

use super::dialect::{Dialect, SecretText};
use super::json;
use super::variables::{Changes, HandoverError};

/// A shell with a hook.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shell {
    /// bash, from 3.2 on.
    Bash,
    /// zsh.
    Zsh,
    /// fish, from 3.1 on.
    Fish,
    /// PowerShell, from 5.1 on.
    PowerShell,
    /// Nushell.
    Nushell,
    /// Elvish.
    Elvish,
    /// xonsh.
    Xonsh,
}

impl Shell {
    /// Every one of them.
    pub const ALL: [Self; 7] =
        [Self::Bash, Self::Zsh, Self::Fish, Self::PowerShell, Self::Nushell, Self::Elvish, Self::Xonsh];

    /// Returns its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Nushell => "nushell",
            Self::Elvish => "elvish",
            Self::Xonsh => "xonsh",
        }
    }

    /// Returns its hook, to be evaluated when the shell starts.
    pub fn hook(self) -> &'static str {
        match self {
            Self::Bash => include_str!("hooks/assume.bash"),
            Self::Zsh => include_str!("hooks/assume.zsh"),
            Self::Fish => include_str!("hooks/assume.fish"),
            Self::PowerShell => include_str!("hooks/assume.ps1"),
            Self::Nushell => include_str!("hooks/assume.nu"),
            Self::Elvish => include_str!("hooks/assume.elv"),
            Self::Xonsh => include_str!("hooks/assume.xsh"),
        }
    }

    /// Returns the changes as the hook takes them. Where a shell can set a variable by its name, nothing is evaluated.
    pub fn write(self, changes: &Changes) -> Result<SecretText, HandoverError> {
        match self {
            Self::Bash | Self::Zsh => Dialect::Posix.write(changes),
            Self::Fish => Dialect::Fish.write(changes),
            Self::PowerShell | Self::Nushell | Self::Elvish | Self::Xonsh => Ok(json::changes(changes)),
        }
    }
}

/// Returns the language of the shell that started us: what it will evaluate is for it. A script's own name says nothing, so
/// it is the program that counts; whatever is no known shell reads `sh`.
pub fn calling_dialect() -> Dialect {
    caller().map_or(Dialect::Posix, |(program, arguments)| dialect_of(&program, &arguments))
}

fn dialect_of(program: &str, arguments: &str) -> Dialect {
    match program.trim_end_matches(" (deleted)").trim_end_matches(".exe") {
        "fish" => Dialect::Fish,
        "pwsh" | "powershell" => Dialect::PowerShell,
        "cmd" => Dialect::Cmd,
        "nu" => Dialect::Nushell,
        "elvish" => Dialect::Elvish,
        "xonsh" => Dialect::Xonsh,
        python if python.starts_with("python") && arguments.contains("xonsh") => Dialect::Xonsh,
        _ => Dialect::Posix,
    }
}

#[cfg(target_os = "linux")]
fn caller() -> Option<(String, String)> {
    let parent = rustix::process::getppid()?.as_raw_nonzero().get();
    let program = std::fs::read_link(format!("/proc/{parent}/exe")).ok()?;
    let arguments = std::fs::read(format!("/proc/{parent}/cmdline")).ok()?;
    // The program and the script that it runs; what follows is somebody else's business.
    let mut words = arguments.split(|&byte| byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let first = [words.next(), words.next()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some((program.file_name()?.to_str()?.to_owned(), first))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn caller() -> Option<(String, String)> {
    let parent = rustix::process::getppid()?.as_raw_nonzero().get().to_string();
    let output = std::process::Command::new("ps").args(["-o", "comm=", "-p", &parent]).output().ok()?;
    let program = String::from_utf8(output.stdout).ok()?;
    let name = program.trim().rsplit('/').next()?.trim_start_matches('-').to_owned();
    Some((name, program))
}

#[cfg(not(unix))]
fn caller() -> Option<(String, String)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_called_us_says_what_it_reads() {
        for (program, arguments, expected) in [
            ("bash", "bash ./deploy.sh", Dialect::Posix),
            ("fish", "fish", Dialect::Fish),
            ("pwsh", "pwsh -NoProfile", Dialect::PowerShell),
            ("python3.11", "/usr/bin/python3 /usr/bin/xonsh", Dialect::Xonsh),
            ("python3.11", "python3 build.py", Dialect::Posix),
            ("make", "make", Dialect::Posix),
        ] {
            assert_eq!(dialect_of(program, arguments), expected, "{program} {arguments}");
        }
    }
}
