//! A question in a window of its own, through `pinentry`.

use pinentry::{ConfirmationDialog, PassphraseInput};
use secrecy::SecretString;

use super::ask::PersonError;

/// How long a window stays open. The process that asks holds a lock on the person, and others wait behind it.
const DEADLINE_SECONDS: u16 = 300;

/// The person pressed the button that says no.
/// Source: libgpg-error, `err-codes.h`, `GPG_ERR_NOT_CONFIRMED`.
const NOT_CONFIRMED: u16 = 114;

/// Assuan's lines have at most 1,000 bytes, and the crate breaks off with a panic beyond.
/// Source: libassuan manual, "Client requests".
const LONGEST: usize = 900;

/// Returns whether that program can be run.
pub(super) fn is_there(program: &str) -> bool {
    PassphraseInput::with_binary(program).is_some()
}

/// Asks for a secret.
pub(super) fn ask(program: &str, prompt: &str) -> Result<SecretString, PersonError> {
    let mut input = PassphraseInput::with_binary(program).ok_or_else(|| gone(program))?;
    let description = cut(prompt);
    input.with_title("assume").with_description(&description).with_prompt("Answer:").with_timeout(DEADLINE_SECONDS);
    input.interact().map_err(|error| failed(program, &error))
}

/// Asks for a yes.
pub(super) fn confirm(program: &str, question: &str) -> Result<bool, PersonError> {
    let mut dialog = ConfirmationDialog::with_binary(program).ok_or_else(|| gone(program))?;
    dialog.with_ok("Yes").with_cancel("No").with_timeout(DEADLINE_SECONDS);
    match dialog.confirm(&cut(question)) {
        Ok(agreed) => Ok(agreed),
        Err(pinentry::Error::Gpg(error)) if error.code() == NOT_CONFIRMED => Ok(false),
        Err(error) => Err(failed(program, &error)),
    }
}

fn gone(program: &str) -> PersonError {
    PersonError::Pinentry { program: program.to_owned(), reason: "it is not there any more".to_owned() }
}

fn failed(program: &str, error: &pinentry::Error) -> PersonError {
    match error {
        // A window that nobody answered is no agreement.
        pinentry::Error::Cancelled | pinentry::Error::Timeout => PersonError::Declined,
        pinentry::Error::Io(_) | pinentry::Error::Gpg(_) | pinentry::Error::Encoding(_) => {
            PersonError::Pinentry { program: program.to_owned(), reason: error.to_string() }
        }
    }
}

fn cut(text: &str) -> String {
    let mut bytes = 0;
    text.chars()
        .take_while(|&c| {
            // A percent sign is sent as three characters.
            bytes += if c == '%' { 3 } else { c.len_utf8() };
            bytes <= LONGEST
        })
        .collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    /// A program that speaks pinentry's protocol, answers `GETPIN` and `CONFIRM` so, and writes down what it was told.
    fn pinentry(answer: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("pinentry");
        let log = folder.path().join("log");
        let script = format!(
            "#!/bin/sh\necho OK hello\nwhile read -r line; do\n  printf '%s\\n' \"$line\" >> {}\n  case $line in\n    \
             GETPIN|CONFIRM) {answer} ;;\n    BYE) echo OK; exit ;;\n    *) echo OK ;;\n  esac\ndone\n",
            log.display()
        );
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let program = program.to_str().unwrap().to_owned();
        (folder, program)
    }

    #[test]
    fn pinentry_is_told_the_question_and_gives_the_answer() {
        let (folder, program) = pinentry("echo 'D 123%25456'; echo OK");
        assert_eq!(ask(&program, "MFA code of alice, 100% sure").unwrap().expose_secret(), "123%456");
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(log.contains("SETDESC MFA code of alice, 100%25 sure\n"), "{log}");
    }

    #[test]
    fn what_pinentry_may_answer_besides_a_secret() {
        let outcomes = [
            ("echo 'ERR 83886179 Operation cancelled'", "the question was declined"),
            ("echo 'ERR 83886142 Timeout'", "the question was declined"),
            ("exit 1", "cannot ask through"),
        ];
        for (answer, expected) in outcomes {
            let (_folder, program) = pinentry(answer);
            let error = ask(&program, "code").unwrap_err().to_string();
            assert!(error.contains(expected), "{answer}: {error}");
        }
    }

    #[test]
    fn a_button_is_a_yes_or_a_no() {
        for (answer, expected) in
            [("echo OK", true), ("echo 'ERR 83886179 cancelled'", false), ("echo 'ERR 83886194 not confirmed'", false)]
        {
            let (_folder, program) = pinentry(answer);
            assert_eq!(confirm(&program, "hand over?").unwrap(), expected, "{answer}");
        }
    }

    #[test]
    fn a_long_question_is_cut_before_it_breaks_the_protocol() {
        let (_folder, program) = pinentry("echo OK");
        assert!(confirm(&program, &"%é".repeat(2_000)).unwrap());
    }
}
