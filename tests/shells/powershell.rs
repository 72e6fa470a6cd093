//! The shells of Windows, by their grammar and their rules of quoting: they do not run here.

use super::*;

#[test]
fn powershell_by_its_grammar() {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let home = home();
    let mut exports = home.run(&["export", "prod", "--format", "powershell"]).stdout;
    assert!(exports.is_ascii(), "{exports}");
    assert!(exports.contains("$env:AWS_SECRET_ACCESS_KEY = 'it''s \"a\" $HOME \\ `x` ' + [char]0x000A"), "{exports}");
    exports.push_str(Dialect::PowerShell.failure());
    for (text, says) in [(exports, "exports"), (home.run(&["init", "powershell"]).stdout, "hook")] {
        let tree = parser.parse(&text, None).unwrap();
        assert!(!tree.root_node().has_error(), "{says}: {}", tree.root_node().to_sexp());
        for evaluating in ["Invoke-Expression", "iex", "ScriptBlock]::Create"] {
            assert!(!text.contains(evaluating), "{says} evaluates");
        }
    }
}

/// Reads what we write for PowerShell: a variable, and between single quotes and `[char]` its value.
fn powershell_value(line: &str) -> (String, String) {
    let (name, mut rest) = line.strip_prefix("$env:").unwrap().split_once(" = ").unwrap();
    let mut units: Vec<u16> = Vec::new();
    while !rest.is_empty() {
        if let Some(code) = rest.strip_prefix("[char]0x") {
            units.push(u16::from_str_radix(&code[..4], 16).unwrap());
            rest = &code[4..];
        } else {
            let mut characters = rest.strip_prefix('\'').unwrap().char_indices().peekable();
            let text = &rest[1..];
            let mut end = 0;
            while let Some((at, c)) = characters.next() {
                if c != '\'' {
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                    units.push(u16::from(b'\''));
                } else {
                    end = at + 1;
                    break;
                }
            }
            rest = &text[end..];
        }
        rest = rest.strip_prefix(" + ").unwrap_or(rest);
    }
    (name.to_owned(), String::from_utf16(&units).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn powershell_by_its_quoting_rules(value in hard_value()) {
        let list = vec![Change::Set("V0", SecretString::from(value.clone()))];
        let text = Dialect::PowerShell.write(&Changes { list, aside: Aside::Lay(Vec::new()) }).unwrap();
        prop_assert!(text.is_ascii() && text.ends_with('\n') && text.matches('\n').count() == 1);
        prop_assert_eq!(powershell_value(text.trim_end_matches('\n')), ("V0".to_owned(), value));
    }

    #[test]
    fn the_command_prompt_gets_a_value_as_it_is_or_not_at_all(value in hard_value()) {
        let list = vec![Change::Set("V0", SecretString::from(value.clone()))];
        let special = value.is_empty() || value.chars().any(|c| !(' '..='~').contains(&c) || "\"%!".contains(c));
        match Dialect::Cmd.write(&Changes { list, aside: Aside::Lay(Vec::new()) }) {
            Ok(text) => prop_assert_eq!((special, text.to_string()), (false, format!("set \"V0={}\"\n", value))),
            Err(error) => prop_assert!(special && error.to_string().contains("cmd has no way to write the value of V0")),
        }
    }
}
