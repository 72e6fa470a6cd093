//! `assume init`

use std::process::ExitCode;

use clap::ValueEnum;

use super::stdout::print;
use crate::error::Error;
use crate::handover::Shell;
use crate::world::World;

/// Print the hook for a shell: `assume NAME` then changes that shell, and names complete
///
/// bash:        eval "$(assume init bash)"                         in ~/.bashrc
/// zsh:         eval "$(assume init zsh)"                          in ~/.zshrc, after compinit
/// fish:        assume init fish | source                          in ~/.config/fish/config.fish
/// PowerShell:  assume init powershell | Out-String | Invoke-Expression   in $PROFILE
/// Nushell:     assume init nushell | save -f ($nu.default-config-dir | path join assume.nu)   once, then `source assume.nu`
/// Elvish:      eval (assume init elvish | slurp)                  in ~/.config/elvish/rc.elv
/// xonsh:       execx($(assume init xonsh))                        in ~/.xonshrc
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct InitArgs {
    /// The shell
    shell: ShellName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    #[value(alias = "nu")]
    Nushell,
    Elvish,
    Xonsh,
}

impl From<ShellName> for Shell {
    fn from(name: ShellName) -> Self {
        match name {
            ShellName::Bash => Self::Bash,
            ShellName::Zsh => Self::Zsh,
            ShellName::Fish => Self::Fish,
            ShellName::PowerShell => Self::PowerShell,
            ShellName::Nushell => Self::Nushell,
            ShellName::Elvish => Self::Elvish,
            ShellName::Xonsh => Self::Xonsh,
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &InitArgs, _world: &World) -> Result<ExitCode, Error> {
    print(Shell::from(args.shell).hook())?;
    Ok(ExitCode::SUCCESS)
}
