//! A shell with the hook, as a person uses it on a real terminal: the role becomes the shell's, a code is typed, the real
//! AWS CLI answers as the role, and in the end everything is as it was.

use crate::support::sandbox::{ALICES_DEVICE, Sandbox};
use crate::support::terminal::{Shell, Terminal};

const WHO: &str = "aws sts get-caller-identity --query Arn --output text";

/// A shell whose settings evaluate the hook, as README says.
fn hooked(sandbox: &Sandbox, shell: Shell) -> Terminal {
    let line = match shell {
        Shell::Bash => "eval \"$(assume init bash)\"",
        Shell::Zsh => "eval \"$(assume init zsh)\"",
        Shell::Fish => "assume init fish | source",
    };
    Terminal::shell(&sandbox.home, shell, line)
}

/// How many shells deep we are. What is shown holds the line as it is typed too, drawn as often as the shell likes.
fn level(terminal: &mut Terminal) -> u32 {
    let shown = terminal.run("echo \"<$SHLVL>\"");
    let last = shown.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    last.expect("a level in brackets").0.parse().unwrap()
}

/// Switches with a typed code, to another role and back, in that shell.
fn a_day_in(shell: Shell) {
    let mut sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    sandbox.home.set("AWS_PROFILE", "bob");
    let mut terminal = hooked(&sandbox, shell);
    let who = |terminal: &mut Terminal, expected: &str| {
        let shown = terminal.run(WHO);
        assert!(shown.contains(expected), "{expected}: {shown}");
    };
    who(&mut terminal, "arn:aws:iam::111122223333:user/bob");

    terminal.begin("assume prod-admin");
    terminal.expect("assume: MFA code of arn:aws:iam::111122223333:mfa/alice for prod-admin: ");
    let code = sandbox.code(ALICES_DEVICE);
    terminal.type_line(&code);
    let (shown, exit) = terminal.code();
    assert!(exit == 0 && !shown.contains(&code), "{shown}");
    who(&mut terminal, "arn:aws:sts::123456789012:assumed-role/Admin/");
    assert!(terminal.run("echo \"<$AWS_PROFILE>\"").contains("<>"), "it would outrank the role, or contradict it");

    let shell_before = level(&mut terminal);
    terminal.run("assume update-app");
    who(&mut terminal, "arn:aws:sts::123456789012:assumed-role/UpdateApp/");
    assert_eq!(level(&mut terminal), shell_before, "no shell in a shell");

    terminal.begin("assume denied");
    let (shown, exit) = terminal.code();
    assert!(exit == 4 && shown.contains("AccessDenied"), "{exit}: {shown}");
    who(&mut terminal, "arn:aws:sts::123456789012:assumed-role/UpdateApp/");

    terminal.run("assume unset");
    who(&mut terminal, "arn:aws:iam::111122223333:user/bob");
    assert!(terminal.run("echo \"<$AWS_PROFILE><$AWS_ACCESS_KEY_ID>\"").contains("<bob><>"));

    // Declining leaves the shell as it is, and alive.
    terminal.run("assume logout --all");
    terminal.begin("assume prod-admin");
    terminal.expect("for prod-admin: ");
    terminal.control('c');
    assert_eq!(terminal.code().1, 7);
    who(&mut terminal, "arn:aws:iam::111122223333:user/bob");
}

#[test]
fn bash_becomes_a_role_another_and_what_it_was() {
    a_day_in(Shell::Bash);
}

#[test]
fn zsh_becomes_a_role_another_and_what_it_was() {
    a_day_in(Shell::Zsh);
}

#[test]
fn fish_becomes_a_role_another_and_what_it_was() {
    a_day_in(Shell::Fish);
}

#[test]
fn a_shell_that_gets_a_profile_instead_of_keys_serves_the_aws_cli_too() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let config = std::fs::read_to_string(sandbox.home.path().join(".config/assume/config.toml")).unwrap();
    sandbox.home.config(&format!("hand_over = \"profile\"\n{config}"));
    let mut terminal = hooked(&sandbox, Shell::Bash);
    terminal.begin("assume prod-admin");
    terminal.expect("for prod-admin: ");
    terminal.type_line(&sandbox.code(ALICES_DEVICE));
    assert_eq!(terminal.code().1, 0);
    for (profile, arn) in [("prod-admin", "assumed-role/Admin/"), ("update-app", "assumed-role/UpdateApp/")] {
        terminal.run(&format!("assume {profile}"));
        let shown = terminal.run(&format!("{WHO}; echo \"<$AWS_ACCESS_KEY_ID>\""));
        assert!(shown.contains(arn) && shown.contains("<>"), "{shown}");
    }
    terminal.run("assume unset");
    assert!(terminal.run("echo \"<$AWS_CONFIG_FILE><$AWS_PROFILE>\"").contains("<><>"));
}
