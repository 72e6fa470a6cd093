//! The hand-over into real shells: every value survives, `unset` brings everything back, hooks work under strict options.
//!
//! Credentials come from a profile whose `credential_process` prints them, so that no server is needed and every value can
//! be as hard as one likes.

mod exec;
mod formats;
mod powershell;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use assume::handover::{Aside, Change, Changes, Dialect};
use assume::terms::SecretString;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::home::{Home, Ran, assume, ran};

const SECRET: &str = "it's \"a\" $HOME \\ `x` \n zoë 東京 😀 %PATH% !x ''\\''";
const TOKEN: &str = "--tok\ten\n\n-";

/// A home with the profiles `prod`, whose credentials are hard to quote, `other`, and `refused`, which has none.
fn home() -> Home {
    let mut home = Home::new();
    let answer = |id: &str| {
        let json = serde_json::json!({
            "Version": 1, "AccessKeyId": id, "SecretAccessKey": SECRET, "SessionToken": TOKEN,
            "Expiration": "2099-01-15T08:00:00Z", "AccountId": "123456789012",
        });
        home.write(&format!("{id}.json"), &json.to_string()).display().to_string()
    };
    let (prod, other) = (answer("ASIAROLEROLEROLEROLE"), answer("ASIAOTHEROTHEROTHER0"));
    home.aws_config(&format!(
        "[profile prod]\nregion = eu-west-1\ncredential_process = cat {prod}\n\
         [profile other]\ncredential_process = cat {other}\n[profile refused]\ncredential_process = false\n"
    ));
    let path = format!("{}:{}", assume().parent().unwrap().display(), path());
    home.set("PATH", path).set("TERM", "xterm");
    home
}

fn path() -> String {
    #[expect(clippy::disallowed_methods, reason = "the path of programs is the machine's, not the test's")]
    std::env::var("PATH").unwrap()
}

/// Returns the shell, or says how to get it.
fn shell(name: &str) -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-env").join(name);
    let found = std::env::split_paths(&path()).map(|folder| folder.join(name)).find(|path| path.is_file());
    if ours.is_file() { ours } else { found.unwrap_or_else(|| panic!("{name} is needed; tests/setup installs it")) }
}

/// Runs a script in a shell that reads no configuration but the script.
fn script(home: &Home, name: &str, text: &str) -> Ran {
    let file = home.write(&format!("script.{name}"), text);
    let mut command = home.program(shell(name));
    match name {
        "bash" => command.args(["--norc", "--noprofile"]),
        "zsh" => command.arg("-f"),
        "nu" => command.arg("--no-config-file"),
        "elvish" => command.arg("-norc"),
        "xonsh" => command.arg("--no-rc"),
        "ksh" | "dash" | "fish" => &mut command,
        other => panic!("{other} is no shell of ours"),
    };
    ran(command.arg(file), "")
}

/// What `env -0` printed, without what a shell changes by itself.
fn environment(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let own = ["_", "SHLVL", "XONSH_CAPTURE_ALWAYS", "LAST_EXIT_CODE"];
    pairs.filter(|(name, _)| !own.contains(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

const NAMES: [&str; 12] = ["V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11"];

fn hard_value() -> impl Strategy<Value = String> {
    let hard =
        prop::sample::select(" '\"\\$`!%^&|<>(){}[];#~*?=-\n\r\t’‘“éß東😀\u{1b}\u{7f}".chars().collect::<Vec<_>>());
    let character = prop_oneof![3 => hard, 1 => any::<char>().prop_filter("NUL ends a variable", |c| *c != '\0'), 1 => prop::char::range('a', 'f')];
    prop::collection::vec(character, 0..24).prop_map(|characters| characters.into_iter().collect())
}

/// Sets the values in one shell and returns what a program that it starts finds.
fn read_back(name: &str, dialect: Dialect, values: &[String], home: &Home) -> BTreeMap<String, String> {
    let set = |(name, value): (&&'static str, &String)| Change::Set(name, SecretString::from(value.clone()));
    let changes = Changes { list: NAMES.iter().zip(values).map(set).collect(), aside: Aside::Lay(Vec::new()) };
    let file = home.write("statements", &dialect.write(&changes).unwrap()).display().to_string();
    let text = match dialect {
        Dialect::Posix => format!("eval \"$(cat {file})\"\nenv -0 > found\n"),
        Dialect::Fish => format!("cat {file} | source\nenv -0 > found\n"),
        Dialect::Nushell => format!("source {file}\n^env -0 | save -f --raw found\n"),
        Dialect::Elvish => format!("eval (e:cat {file} | slurp)\ne:env -0 > found\n"),
        Dialect::Xonsh => format!("execx(open('{file}', newline='').read())\nenv -0 > found\n"),
        Dialect::PowerShell | Dialect::Cmd => panic!("cannot be had here"),
    };
    let ran = script(home, name, &text);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}: {values:?}");
    environment(&std::fs::read(home.path().join("found")).unwrap())
}

#[test]
fn every_real_shell_reads_back_the_same_bytes() {
    let shells = [
        ("bash", Dialect::Posix),
        ("zsh", Dialect::Posix),
        ("ksh", Dialect::Posix),
        ("dash", Dialect::Posix),
        ("fish", Dialect::Fish),
        ("nu", Dialect::Nushell),
        ("elvish", Dialect::Elvish),
        ("xonsh", Dialect::Xonsh),
    ];
    let home = home();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 8,
        max_shrink_iters: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let values = prop::collection::vec(hard_value(), NAMES.len());
    runner
        .run(&values, |values| {
            for (name, dialect) in shells {
                let found = read_back(name, dialect, &values, &home);
                for (variable, value) in NAMES.iter().zip(&values) {
                    prop_assert_eq!(found.get(*variable), Some(value), "{} {}", name, variable);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_a_program_finds_after_a_switch_is_what_the_role_has() {
    // Each shell's way to evaluate what `export` prints, with nothing but its format in common.
    let ways = [
        ("bash", "set -euo pipefail\neval \"$(assume export prod --format posix)\"\nenv -0 > found\n"),
        ("zsh", "set -euo pipefail\neval \"$(assume export prod --format posix)\"\nenv -0 > found\n"),
        ("ksh", "set -eu\neval \"$(assume export prod)\"\nenv -0 > found\n"),
        ("dash", "set -eu\neval \"$(assume prod)\"\nenv -0 > found\n"),
        ("fish", "assume export prod --format fish | source\nenv -0 > found\n"),
        (
            "nu",
            "^env -0 | save -f --raw found\nnu --no-config-file -c (^assume export prod --format nushell | lines | append '^env -0 | save -f --raw found' | str join (char nl))\n",
        ),
        ("elvish", "eval (assume export prod --format elvish | slurp)\ne:env -0 > found\n"),
        ("xonsh", "execx($(assume export prod --format xonsh))\nenv -0 > found\n"),
    ];
    for (name, text) in ways {
        let mut home = home();
        home.set("AWS_PROFILE", "dev").set("AWS_SECURITY_TOKEN", "old");
        if name == "nu" {
            let path = format!("{}:{}", shell("nu").parent().unwrap().display(), path());
            home.set("PATH", format!("{}:{path}", assume().parent().unwrap().display()));
        }
        let ran = script(&home, name, text);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        let found = environment(&std::fs::read(home.path().join("found")).unwrap());
        assert_eq!(found.get("AWS_SECRET_ACCESS_KEY").map(String::as_str), Some(SECRET), "{name}");
        assert_eq!(found.get("AWS_SESSION_TOKEN").map(String::as_str), Some(TOKEN), "{name}");
        assert_eq!(found.get("AWS_REGION").map(String::as_str), Some("eu-west-1"), "{name}");
        assert_eq!(found.get("ASSUME_PROFILE").map(String::as_str), Some("prod"), "{name}");
        assert!(!found.contains_key("AWS_PROFILE") && !found.contains_key("AWS_SECURITY_TOKEN"), "{name}");
    }
}

#[test]
fn the_calling_shell_is_known_without_being_named() {
    for (name, text) in [
        ("fish", "assume prod | source\nenv -0 > found\n"),
        ("elvish", "eval (assume prod | slurp)\ne:env -0 > found\n"),
        ("xonsh", "execx($(assume prod))\nenv -0 > found\n"),
    ] {
        let home = home();
        let ran = script(&home, name, text);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        let found = environment(&std::fs::read(home.path().join("found")).unwrap());
        assert_eq!(found.get("AWS_SECRET_ACCESS_KEY").map(String::as_str), Some(SECRET), "{name}");
    }
}

#[test]
fn the_eval_of_a_refused_role_fails_and_leaves_the_shell_as_it_was() {
    let refused = [
        ("bash", "set -e\neval \"$(assume refused)\"\necho reached\n"),
        ("bash", "set -e\neval \"$(assume --no-such-flag prod)\"\necho reached\n"),
        ("bash", "set -e\neval \"$(assume nobody)\"\necho reached\n"),
        ("bash", "set -e\neval \"$(assume export refused)\"\necho reached\n"),
        ("zsh", "set -e\neval \"$(assume refused)\"\necho reached\n"),
        ("ksh", "set -e\neval \"$(assume refused)\"\necho reached\n"),
        ("dash", "set -e\neval \"$(assume refused)\"\necho reached\n"),
        ("fish", "assume refused | source; or exit 1\necho reached\n"),
        ("elvish", "eval (assume export refused --format elvish | slurp)\necho reached\n"),
        ("xonsh", "execx($(assume export refused --format xonsh))\necho('reached')\n"),
    ];
    for (name, text) in refused {
        let ran = script(&home(), name, text);
        assert_ne!(ran.code, 0, "{name}: {text}");
        assert!(!ran.stdout.contains("reached"), "{name}: {text}");
        assert!(ran.stderr.contains("error: "), "{name}: {text}: {}", ran.stderr);
    }
    let home = home();
    let statement = home.run(&["export", "refused", "--format", "nushell"]).stdout;
    assert_ne!(script(&home, "nu", &format!("{statement}print reached")).code, 0);
    for format in ["dotenv", "json", "ini", "docker-env", "github"] {
        let ran = home.run(&["export", "refused", "--format", format]);
        assert_eq!((ran.code, ran.stdout.as_str()), (9, ""), "{format}");
    }
}

/// For each shell with a hook: how it is loaded, how all of the shell's variables are listed, and a variable that is not
/// exported.
const HOOKED: [(&str, &str, &str); 4] = [
    (
        "bash",
        "eval \"$(assume init bash)\"\nAWS_PROFILE='not exported'\n",
        "{ declare -p; declare -F; alias; set -o; shopt; trap; } | grep -Ev '^declare -[^ ]* (_|BASH_[A-Z]*|PIPESTATUS|RANDOM|SRANDOM|SECONDS|EPOCH[A-Z]*|LINENO|FUNCNAME)='",
    ),
    (
        "zsh",
        "eval \"$(assume init zsh)\"\nAWS_PROFILE='not exported'\n",
        "{ typeset -p; typeset +f; alias; setopt; } | grep -Ev ' (_|RANDOM|SECONDS|EPOCH[A-Z]*|LINENO|pipestatus|status|TTYIDLE|[?!])='",
    ),
    (
        "fish",
        "assume init fish | source\nset -g AWS_PROFILE not exported\n",
        "begin; set --show; functions -n; end | string match -rv '^.(status|pipestatus|history|last_pid)'",
    ),
    (
        "ksh",
        "AWS_PROFILE='not exported'\n",
        "{ typeset -p; typeset +f; alias; set -o; } | grep -Ev '(^| )(_|RANDOM|SECONDS|LINENO|\\.sh[.a-z]*)='",
    ),
];

#[test]
fn after_unset_a_shell_differs_in_nothing() {
    for (name, load, list) in HOOKED {
        let mut home = home();
        home.set("AWS_REGION", "old").set("AWS_SECURITY_TOKEN", "").set("AWS_ROLE_ARN", "it's\nmine");
        let (switch, again, unset) = match name {
            "ksh" => ("eval \"$(assume prod)\"", "eval \"$(assume use other)\"", "eval \"$(assume unset)\""),
            _ => ("assume prod", "assume use other --region us-east-1", "assume unset"),
        };
        let text = format!(
            "{load}\nassume list > ignored\nassume unset 2> ignored\n{list} > before\nenv -0 > env-before\n{switch}\nenv -0 > during\n\
             {again}\n{unset}\n{list} > after\nenv -0 > env-after\n"
        );
        // fish does not redirect what a command substitution in a function says.
        let text = if name == "bash" || name == "zsh" { text } else { text.replace("assume unset 2>", "true 2>") };
        let ran = script(&home, name, &text);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        let read = |file: &str| std::fs::read(home.path().join(file)).unwrap();
        assert_eq!(
            environment(&read("during")).get("AWS_SECRET_ACCESS_KEY").map(String::as_str),
            Some(SECRET),
            "{name}"
        );
        assert_eq!(environment(&read("during")).get("AWS_PROFILE"), None, "{name}");
        assert_eq!(String::from_utf8_lossy(&read("after")), String::from_utf8_lossy(&read("before")), "{name}");
        assert_eq!(environment(&read("env-after")), environment(&read("env-before")), "{name}");
        assert!(String::from_utf8_lossy(&read("before")).contains("not exported") || name == "fish", "{name}");
    }
}

#[test]
fn after_unset_a_shell_whose_variables_are_all_exported_differs_in_nothing() {
    let elvish = home().run(&["init", "elvish"]).stdout;
    // Elvish defines its completer and its name in the editor, which a script does not have.
    let elvish = elvish.split("edit:add-var").next().unwrap().to_owned();
    let ways = [
        ("dash", String::new(), "env -0 >", "eval \"$(assume prod)\"\nset > during", "eval \"$(assume unset)\""),
        ("nu", home().run(&["init", "nushell"]).stdout, "^env -0 | save -f --raw", "assume prod", "assume unset"),
        ("elvish", elvish, "e:env -0 >", "assume prod", "assume unset"),
        ("xonsh", home().run(&["init", "xonsh"]).stdout, "env -0 >", "assume prod", "assume unset"),
    ];
    for (name, hook, list, switch, unset) in ways {
        let mut home = home();
        home.set("AWS_PROFILE", "it's mine").set("AWS_REGION", "old");
        let text = format!("{hook}\n{list} before\n{switch}\n{list} during\n{unset}\n{list} after\n");
        let ran = script(&home, name, &text);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        let read = |file: &str| environment(&std::fs::read(home.path().join(file)).unwrap());
        assert_eq!(read("during").get("AWS_SECRET_ACCESS_KEY").map(String::as_str), Some(SECRET), "{name}");
        assert_eq!(read("after"), read("before"), "{name}");
    }
}

#[test]
fn a_universal_variable_of_fish_stays_as_it_is() {
    let home = home();
    let text = "set -Ux AWS_ROLE_ARN universal\nset --show AWS_ROLE_ARN > before\nassume init fish | source\nassume prod\n\
                env -0 > during\nassume unset\nset --show AWS_ROLE_ARN > after\n";
    let ran = script(&home, "fish", text);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let read = |file: &str| std::fs::read_to_string(home.path().join(file)).unwrap();
    assert_eq!(environment(read("during").as_bytes()).get("AWS_ROLE_ARN").map(String::as_str), Some(""));
    assert_eq!(read("after"), read("before"));
}

#[test]
fn hooks_work_under_strict_options_and_hostile_aliases_and_trace_no_secret() {
    let aliases = "for name in builtin command eval local return set unset export read true complete emulate unsetopt printf test; do\n\
                   alias $name='echo aliased $name'\ndone\n";
    for (name, options) in [("bash", "shopt -s expand_aliases\n"), ("zsh", "setopt warncreateglobal\n")] {
        let home = home();
        let text = format!(
            "set -euo pipefail\nset -o noclobber\n{options}{aliases}\\eval \"$(assume init {name})\"\n\\set -x\nassume prod\n\
             assume use other\nassume prod\n{{ \\set +x; }} 2>/dev/null\n\\printenv ASSUME_PROFILE\ncase $- in *x*) echo traced;; esac\n\
             assume refused || echo \"refused $?\"\nassume exec prod -- sh -c 'exit 7' || echo \"code $?\"\n\
             assume exec prod -- sh -c 'exit 213' || echo \"code $?\"\nassume list >| listed\nassume unset\n\\set -x\nassume refused\necho reached\n"
        );
        let ran = script(&home, name, &text);
        assert_eq!(ran.stdout, "prod\nrefused 9\ncode 7\ncode 213\n", "{name}: {}", ran.stderr);
        assert_eq!(ran.code, 9, "{name}");
        for secret in ["it's", "東京", "--tok"] {
            assert!(!ran.stderr.contains(secret), "{name} traced a secret: {}", ran.stderr);
        }
        // The trace goes on after the switch as it was before it.
        assert!(
            ran.stderr.contains("assume use other") && ran.stderr.matches("assume refused").count() >= 1,
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("aliased"), "{name}: {}", ran.stderr);
    }
    let home = home();
    let text = "assume init fish | source\nset -g fish_trace 1\nassume prod\nset -e fish_trace\nprintenv ASSUME_PROFILE\n\
                assume refused\necho code $status\n";
    let ran = script(&home, "fish", text);
    assert_eq!(ran.stdout, "prod\ncode 9\n");
    assert!(
        ran.stderr.contains("assume prod") && !ran.stderr.contains("東京") && !ran.stderr.contains("--tok"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_hook_passes_everything_else_through_with_its_own_exit_code() {
    let nu = home().run(&["init", "nushell"]).stdout;
    let xonsh = home().run(&["init", "xonsh"]).stdout;
    let elvish = home().run(&["init", "elvish"]).stdout.split("edit:add-var").next().unwrap().to_owned();
    let ways = [
        (
            "nu",
            nu,
            "try { assume exec prod -- sh -c 'exit 7' } catch { print $\"code ($env.LAST_EXIT_CODE)\" }\ntry { assume refused } catch { print $\"code ($env.LAST_EXIT_CODE)\" }\nassume exec prod -- printenv ASSUME_PROFILE\nassume exec prod -- echo piped | cat\n",
        ),
        (
            "elvish",
            elvish,
            "try { assume exec prod -- sh -c 'exit 7' } catch e { echo code $e[reason][exit-status] }\ntry { assume refused } catch e { echo code $e[reason][exit-status] }\nassume exec prod -- printenv ASSUME_PROFILE\nassume exec prod -- echo piped | cat\n",
        ),
        (
            "xonsh",
            xonsh,
            "print('code', !(assume exec prod -- sh -c 'exit 7').returncode, flush=True)\nprint('code', !(assume refused).returncode, flush=True)\nassume exec prod -- printenv ASSUME_PROFILE\nassume exec prod -- echo piped | cat\n",
        ),
    ];
    for (name, hook, calls) in ways {
        let ran = script(&home(), name, &format!("{hook}\n{calls}"));
        assert_eq!(ran.stdout.trim_end(), "code 7\ncode 9\nprod\npiped", "{name}: {}", ran.stderr);
    }
}

#[test]
fn names_complete_from_the_config_alone() {
    let mut home = home();
    // A vault that cannot be opened, and a network that leads nowhere, are not missed.
    home.set("ASSUME_VAULT", "file").set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let ran = home.run(&["--hook=complete", "--", "assume", "pr"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "prod\tprofile\n", ""));
    let ran = home.run(&["--hook=complete", "--", "assume", "use", ""]);
    assert_eq!(ran.stdout, "other\tprofile\nprod\tprofile\nrefused\tprofile\n");
    assert!(home.run(&["--hook=complete", "--", "assume", "use", "--reg"]).stdout.starts_with("--region\t"));
    for command in ["use", "exec", "export", "credential-process", "explain"] {
        let ran = home.run(&["--hook=complete", "--", "assume", command, "oth"]);
        assert_eq!(ran.stdout, "other\tprofile\n", "{command}");
    }
    let bash = "set -euo pipefail\neval \"$(assume init bash)\"\nCOMP_WORDS=(assume exec pr); COMP_CWORD=2\n\
                _assume_complete assume pr exec\necho \"${COMPREPLY[@]}\"\n";
    let fish = "assume init fish | source\ncomplete -C 'assume exec pr'\n";
    let nu = format!(
        "{}\nprint (nu-complete assume 'assume exec pr' | get value | str join)",
        home.run(&["init", "nushell"]).stdout
    );
    for (name, text, expected) in [("bash", bash, "prod\n"), ("fish", fish, "prod\tprofile\n"), ("nu", &nu, "prod\n")] {
        let ran = script(&home, name, text);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected, ""), "{name}");
    }
}

#[test]
fn a_name_completes_as_it_is_typed() {
    for (name, file, settings) in [
        ("bash", ".bashrc", "eval \"$(assume init bash)\"\nPS1='ready> '\n"),
        ("zsh", ".zshrc", "autoload -Uz compinit; compinit -u\neval \"$(assume init zsh)\"\nPS1='ready> '\n"),
    ] {
        let mut home = home();
        home.set("TERM", "dumb");
        home.write(file, settings);
        let mut command = home.program(shell(name));
        command.arg("-i");
        let mut terminal = rexpect::session::spawn_command(command, Some(20_000)).unwrap();
        terminal.exp_string("ready> ").unwrap();
        terminal.send_line("assume exec oth\t-- printenv ASSUME_PROFILE").unwrap();
        terminal.exp_regex("other\r\n").unwrap_or_else(|error| panic!("{name}: {error}"));
        terminal.send_line("exit").unwrap();
        terminal.exp_eof().unwrap();
    }
}

#[test]
fn a_hook_starts_nothing_when_it_is_loaded() {
    for (name, _, _) in HOOKED.iter().take(3) {
        let home = home();
        // With nothing on the path, whatever it would start is missed.
        let closed = if *name == "fish" { "set -gx PATH /nonexistent" } else { "PATH=/nonexistent" };
        let hook = format!("{closed}\n{}", home.run(&["init", name]).stdout);
        let ran = script(&home, name, &hook);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{name}");
    }
}

#[test]
fn shellcheck_finds_nothing_in_the_hook_of_bash_and_in_what_is_evaluated() {
    let home = home();
    for (file, text) in
        [("hook.sh", home.run(&["init", "bash"]).stdout), ("exports.sh", home.run(&["export", "prod"]).stdout)]
    {
        let path = home.write(file, &text);
        // SC1001: the backslash steps past an alias. SC2312: the status is looked at.
        let dialect = if file == "hook.sh" { "bash" } else { "sh" };
        let output = Command::new(shell("shellcheck"))
            .args(["--shell", dialect, "--severity", "info", "--exclude", "SC1001,SC1003,SC2016,SC2034"])
            .arg(path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_sub_shell_opens_where_there_is_no_hook_and_no_secret_is_shown() {
    let mut home = home();
    home.set("SHELL", shell("dash")).set("PS1", "ready> ");
    let mut terminal = rexpect::session::spawn_command(home.command(&["prod"]), Some(20_000)).unwrap();
    let before = terminal.exp_string("ready> ").unwrap();
    assert!(before.contains("a sub-shell as prod until 2099-01-15T08:00:00Z"), "{before}");
    terminal.send_line("echo $ASSUME_PROFILE ${#AWS_SESSION_TOKEN}; exit 5").unwrap();
    let rest = terminal.exp_eof().unwrap();
    assert!(rest.contains(&format!("prod {}", TOKEN.len())), "{rest}");
    assert!(!before.contains("tok") && !rest.contains("東京"), "{before}{rest}");
}

#[test]
fn an_answer_for_an_sdk_is_not_shown_on_a_terminal() {
    let home = home();
    let mut terminal =
        rexpect::session::spawn_command(home.command(&["credential-process", "prod"]), Some(20_000)).unwrap();
    let shown = terminal.exp_eof().unwrap();
    assert!(shown.contains("assume export prod --format json") && !shown.contains("tok"), "{shown}");
}

#[test]
fn in_a_log_the_bare_form_refuses_and_names_what_to_use() {
    for variable in ["GITHUB_ACTIONS", "GITLAB_CI"] {
        let mut home = home();
        home.set(variable, "true");
        let ran = home.run(&["prod"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, "false\n"));
        assert!(ran.stderr.contains("assume exec prod") && ran.stderr.contains("assume export prod"), "{}", ran.stderr);
        assert_eq!(home.run(&["export", "prod"]).code, 0);
        assert_eq!(home.run(&["exec", "prod", "--", "true"]).code, 0);
    }
}

/// What is there to be waited for, in time.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain for {what}");
}
