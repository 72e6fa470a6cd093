//! Seeing in a `credential_process` that it leads back to us.

/// Returns the profile that a command line asks us for, if it is `assume credential-process NAME`, however it is quoted
/// and wherever the program lies.
pub fn asks_us_for(command: &str) -> Option<String> {
    let words = words(command);
    let program = words.first()?.rsplit(['/', '\\']).next()?;
    if program.strip_suffix(".exe").unwrap_or(program) != "assume" {
        return None;
    }
    let mut rest = words.iter().skip(1);
    rest.find(|word| *word == "credential-process")?;
    rest.find(|word| !word.starts_with('-')).cloned()
}

/// Splits as the SDKs do: by white space, with single and double quotes kept together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut begun = false;
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                begun = true;
            }
            None if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            None => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::asks_us_for;

    #[test]
    fn our_own_command_is_known_by_any_spelling() {
        for (command, expected) in [
            ("assume credential-process prod", Some("prod")),
            ("\"/opt/my tools/assume\" credential-process 'prod admin'", Some("prod admin")),
            ("/usr/bin/assume.exe credential-process --duration=1h prod", Some("prod")),
            ("assume export prod", None),
            ("other credential-process prod", None),
            ("", None),
        ] {
            assert_eq!(asks_us_for(command).as_deref(), expected, "{command}");
        }
    }
}
