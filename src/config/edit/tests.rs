//! What an edit changes, and that it changes nothing else.

use proptest::prelude::*;

use super::*;

fn edit(text: &str) -> ConfigEdit {
    ConfigEdit { path: PathBuf::from("config.toml"), home: None, before: Some(text.to_owned()), text: text.to_owned() }
}

const ODD: &str = "\u{feff}# mine\r\nregion = 'eu-west-1' # home\r\n\r\n# first\r\n[role.a]   # why\r\nidentity=\"work\"\r\n  # inside\r\nrole_arn = \"arn:aws:iam::123456789012:role/A\"  # keep\r\n\r\n# second\r\n[role.\"b\"]\r\nvia = \"a\"\r\n";

#[test]
fn a_value_is_replaced_where_it_stands() {
    let mut file = edit(ODD);
    file.set(TableKind::Role, "a", "role_arn", "arn:aws:iam::123456789012:role/B").unwrap();
    assert_eq!(file.text, ODD.replace("role/A", "role/B"));
}

#[test]
fn a_new_key_stands_after_the_last_one_of_its_table() {
    let mut file = edit(ODD);
    file.set(TableKind::Role, "a", "external_id", "x\"y").unwrap();
    assert_eq!(file.text, ODD.replace("# keep\r\n", "# keep\r\nexternal_id = 'x\"y'\r\n"));
}

#[test]
fn a_new_table_stands_at_the_end() {
    let mut file = edit("[role.a]\nvia = \"b\"");
    file.set(TableKind::Role, "c d", "via", "a").unwrap();
    file.set(TableKind::Role, "c d", "confirm", true).unwrap();
    assert_eq!(file.text, "[role.a]\nvia = \"b\"\n\n[role.\"c d\"]\nvia = \"a\"\nconfirm = true\n");
}

#[test]
fn removing_takes_the_table_and_leaves_the_comments_around_it() {
    let mut file = edit(ODD);
    assert!(file.remove(TableKind::Role, "a").unwrap());
    let (before, after) = (ODD.find("[role.a]").unwrap(), ODD.find("\r\n# second").unwrap());
    assert_eq!(file.text, format!("{}{}", &ODD[..before], &ODD[after..]));
    assert!(!file.remove(TableKind::Role, "a").unwrap());
}

#[test]
fn every_form_of_a_table_is_edited_or_refused_and_never_damaged() {
    for (before, key, expected) in [
        ("[role]\na = { via = \"b\" }\n", "via", Some("[role]\na = { via = \"new\" }\n")),
        ("[role]\na = { via = \"b\" }\n", "identity", None),
        ("role.a.via = \"b\" # so\n", "via", Some("role.a.via = \"new\" # so\n")),
        ("[role.a.tags]\nx = \"1\"\n", "via", None),
        (
            "[role.a]\ntags.x = \"1\"\nvia = \"b\"\ntags.y = \"2\"\n",
            "tags",
            Some("[role.a]\nvia = \"b\"\ntags = \"new\"\n"),
        ),
        (
            "[role.a]\nvia = \"b\"\n[role.c]\nvia = \"a\"\n[role.a.tags]\nx = \"1\"\n",
            "tags",
            Some("[role.a]\nvia = \"b\"\ntags = \"new\"\n[role.c]\nvia = \"a\"\n"),
        ),
    ] {
        let mut file = edit(before);
        let outcome = file.set(TableKind::Role, "a", key, "new");
        match expected {
            Some(after) => assert_eq!(file.text, after, "{outcome:?}"),
            None => {
                assert!(matches!(outcome, Err(ConfigError::NotEditable { .. })), "{outcome:?}");
                assert_eq!(file.text, before);
            }
        }
    }
}

#[test]
fn an_include_is_added_where_it_belongs_and_once() {
    for (before, after) in [
        ("", "include = [\"found/a.toml\"]\n"),
        ("# mine\n\n[role.a]\nvia = \"b\"\n", "# mine\n\ninclude = [\"found/a.toml\"]\n\n[role.a]\nvia = \"b\"\n"),
        ("# of a\n[role.a]\nvia = \"b\"\n", "include = [\"found/a.toml\"]\n\n# of a\n[role.a]\nvia = \"b\"\n"),
        (
            "region = 'eu-west-1' # home\r\n\r\n[role.a]\r\nvia = 'b'\r\n",
            "region = 'eu-west-1' # home\r\ninclude = [\"found/a.toml\"]\r\n\r\n[role.a]\r\nvia = 'b'\r\n",
        ),
        ("region = 'eu-west-1'", "region = 'eu-west-1'\ninclude = [\"found/a.toml\"]\n"),
        ("include = []\n", "include = [\"found/a.toml\"]\n"),
        ("include = [\"x.toml\"] # team\n", "include = [\"x.toml\", \"found/a.toml\"] # team\n"),
        (
            "include = [\n    \"x.toml\", # team\n    { path = \"y\", allow = [\"commands\"] },\n]\n[role.a]\nvia = \"b\"\n",
            "include = [\n    \"x.toml\", # team\n    { path = \"y\", allow = [\"commands\"] },\n    \"found/a.toml\",\n]\n[role.a]\nvia = \"b\"\n",
        ),
        ("include = [\"found/a.toml\"]\n", "include = [\"found/a.toml\"]\n"),
        ("include = [\"found\"]\n", "include = [\"found\"]\n"),
    ] {
        let mut file = edit(before);
        let changed = file.include(Path::new("found/a.toml")).unwrap();
        assert_eq!((file.text.as_str(), changed), (after, before != after));
        assert!(!file.include(Path::new("found/a.toml")).unwrap(), "{after}");
    }
}

/// A file of lines as people write them, in either kind of line end.
fn files() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("# a comment".to_owned()),
        Just("  # an indented one, with = and [brackets]".to_owned()),
        "[a-z]{1,3} = \"[^\"\\\\\\p{C}]{0,8}\"( # [a-z]{0,5})?",
        "[a-z]{1,3}\\.[a-z]{1,3} = [0-9]",
        "[a-z]{1,3} = \\{ x = '[a-z]*', y = 1 \\}",
        "[a-z]{1,3} = \\[ 1, 2 \\]",
        "\\[role\\.[a-d]\\]( # [a-z]*)?",
        "\\[role\\.[a-d]\\.tags\\]",
        "\\[ identity . \"[a-d]\" \\]",
    ];
    (proptest::collection::vec(line, 0..14), any::<bool>(), any::<bool>()).prop_map(|(lines, windows, ended)| {
        let end = if windows { "\r\n" } else { "\n" };
        lines.join(end) + if ended { end } else { "" }
    })
}

/// What a file says, but for one key of one table.
fn says_elsewhere(text: &str, name: &str, key: Option<&str>) -> String {
    let mut root: toml::Table = text.parse().unwrap();
    if let Some(toml::Value::Table(roles)) = root.get_mut("role") {
        match (roles.get_mut(name), key) {
            (Some(toml::Value::Table(role)), Some(key)) => drop(role.remove(key)),
            _ => drop(roles.remove(name)),
        }
        if roles.get(name).is_some_and(|role| role.as_table().is_some_and(toml::Table::is_empty)) {
            roles.remove(name);
        }
        if roles.is_empty() {
            root.remove("role");
        }
    }
    format!("{root:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_file_setting_a_key_leaves_all_other_bytes(text in files(), name in "[a-d]", key in "[a-z]{1,3}|tags") {
        prop_assume!(text.parse::<toml::Table>().is_ok());
        let mut file = edit(&text);
        if file.set(TableKind::Role, &name, &key, "new").is_err() {
            prop_assert_eq!(file.text, text);
            return Ok(());
        }
        prop_assert_eq!(says_elsewhere(&file.text, &name, Some(&key)), says_elsewhere(&text, &name, Some(&key)));
        let root: toml::Table = file.text.parse().unwrap();
        prop_assert_eq!(root["role"][&name][&key].as_str(), Some("new"));
        let before: toml::Table = text.parse().unwrap();
        let replaced = before.get("role").and_then(|roles| roles.get(&name)?.get(&key)).is_some_and(|v| v.is_table());
        prop_assume!(!replaced);
        // Every line but those of the key is there still, in order.
        let after: Vec<&str> = file.text.lines().collect();
        let mut rest = after.iter();
        for line in text.lines().filter(|line| !line.contains(&key)) {
            prop_assert!(rest.any(|kept| *kept == line), "{:?} is gone from {:?}", line, after);
        }
    }

    #[test]
    fn whatever_the_file_removing_what_was_added_gives_it_back(text in files(), name in "[x-z]") {
        prop_assume!(text.parse::<toml::Table>().is_ok());
        let mut file = edit(&text);
        if file.set(TableKind::Role, &name, "via", "a").is_ok() {
            prop_assert!(file.remove(TableKind::Role, &name).unwrap());
            prop_assert_eq!(file.text.trim_end(), text.trim_end());
        }
    }

    #[test]
    fn whatever_the_file_removing_a_role_leaves_all_others(text in files(), name in "[a-d]") {
        prop_assume!(text.parse::<toml::Table>().is_ok());
        let mut file = edit(&text);
        match file.remove(TableKind::Role, &name) {
            Ok(_) => prop_assert_eq!(says_elsewhere(&file.text, &name, None), says_elsewhere(&text, &name, None)),
            Err(_) => prop_assert_eq!(file.text, text),
        }
    }
}
