//! The console, in a real browser: the link is had at the sandbox's federation endpoint, and its page says who is signed in.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::home::{Home, ran};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

/// Writes a browser into the home: Chromium without a display, which writes the page that it ends at into `page.html` and
/// the words that it was started with into `words`.
fn chromium(home: &Home) -> PathBuf {
    let script = "#!/bin/sh\n\
        printf '%s\\n' \"$@\" >\"$HOME/words\"\n\
        ls -l \"${1#file://}\" >\"$HOME/listing\" 2>/dev/null\n\
        exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=\"$HOME/chromium\" \
        --virtual-time-budget=20000 --dump-dom \"$@\" >\"$HOME/page.tmp\" 2>\"$HOME/chromium.log\" && \
        mv \"$HOME/page.tmp\" \"$HOME/page.html\"\n"
        .replace("exec chromium", "chromium");
    program(home, "chromium-of-the-test", &script)
}

fn program(home: &Home, name: &str, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = home.write(name, script);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// Returns the page that the browser ended at.
fn page(home: &Home) -> String {
    let path = home.path().join("page.html");
    let until = Instant::now() + Duration::from_secs(60);
    while !path.exists() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = std::fs::read_to_string(home.path().join("chromium.log")).unwrap_or_default();
    let page = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no page: {log}"));
    std::fs::remove_file(path).unwrap();
    page
}

/// What the browser of a profile shows.
fn console(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let browser = chromium(&sandbox.home);
    let mut words = vec!["console"];
    words.extend(arguments);
    words.extend(["--browser", browser.to_str().unwrap()]);
    let ran = sandbox.home.run(&words);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("the console is open as"), "{}", ran.stderr);
    page(&sandbox.home)
}

fn cell(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("<td id=\"{id}\">")).unwrap_or_else(|| panic!("no {id}: {page}"));
    rest.split("</td>").next().unwrap().to_owned()
}

#[test]
fn a_role_a_chained_one_and_one_behind_mfa_are_signed_in_in_a_real_browser() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let code = sandbox.home.write("code", &sandbox.code(ALICES_DEVICE));
    let code = code.to_str().unwrap();
    for (arguments, role, account) in [
        (vec!["update-app"], "UpdateApp", "123456789012"),
        (vec!["prod-admin", "--mfa-code-file", code], "Admin", "123456789012"),
        (vec!["chain"], "Restore", "777788889999"),
    ] {
        let page = console(&sandbox, &arguments);
        assert_eq!((cell(&page, "role"), cell(&page, "account")), (role.to_owned(), account.to_owned()));
        assert_eq!(cell(&page, "destination"), "https://console.aws.amazon.com/console/home?region=eu-west-1");
    }
}

#[test]
fn the_browsers_words_hold_no_secret_and_its_page_is_nobody_elses_and_gone() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    console(&sandbox, &["update-app", "--service", "s3"]);
    let read = |file: &str| std::fs::read_to_string(sandbox.home.path().join(file)).unwrap();
    let words = read("words");
    let only = words.trim_end();
    assert!(only.starts_with("file:///") && only.ends_with(".html") && !only.contains('\n'), "{words}");
    assert!(!words.contains("SigninToken") && !words.contains("127.0.0.1"), "{words}");
    assert!(read("listing").starts_with("-rw------- "), "{}", read("listing"));
    assert!(!Path::new(only.trim_start_matches("file://")).exists());
    assert!(!std::fs::read_to_string(sandbox.log_file()).unwrap().contains("SigninToken="));
}

#[test]
fn over_ssh_and_on_request_the_link_is_printed_and_works() {
    let mut sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let printed =
        sandbox.home.run(&["console", "update-app", "--print", "--url", "https://console.aws.amazon.com/s3/x"]);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    let link: url::Url = printed.stdout.trim_end().parse().unwrap();
    assert_eq!(link.path(), "/federation");
    let fetched = ran(sandbox.home.program("curl").args(["-sS", link.as_str()]), "");
    assert_eq!(cell(&fetched.stdout, "destination"), "https://console.aws.amazon.com/s3/x");
    assert_eq!(cell(&fetched.stdout, "role"), "UpdateApp");

    sandbox.home.set("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22").set("DISPLAY", "localhost:10.0");
    let far = sandbox.home.run(&["console", "update-app"]);
    assert_eq!(far.code, 0, "{far:?}");
    assert!(far.stdout.starts_with(sandbox.url()) && far.stdout.ends_with('\n'), "{}", far.stdout);
    assert!(far.stderr.contains("over SSH no browser is opened"), "{}", far.stderr);

    sandbox.home.set("CI", "true");
    let log = sandbox.home.run(&["console", "update-app"]);
    assert_eq!((log.code, log.stdout.as_str()), (2, ""));
    assert!(log.stderr.contains("would end up in a log"), "{}", log.stderr);
}

#[test]
fn how_long_the_console_stays_open_is_said_only_where_aws_listens() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let code = sandbox.home.write("code", &sandbox.code(ALICES_DEVICE));
    let until = |profile: &str, more: &[&str]| {
        let mut words = vec!["console", profile, "--print"];
        words.extend(more);
        let printed = sandbox.home.run(&words);
        assert_eq!(printed.code, 0, "{printed:?}");
        let link = printed.stdout.trim_end().to_owned();
        let end = cell(&ran(sandbox.home.program("curl").args(["-sS", &link]), "").stdout, "until");
        let left = humantime::parse_rfc3339(&end).unwrap().duration_since(sandbox.server.now()).unwrap();
        (left.as_secs() + 60) / 600
    };
    assert_eq!(until("update-app", &["--console-duration", "12h"]), 72);
    assert_eq!(until("update-app", &[]), 6);
    let admin = sandbox.home.run(&["export", "chain", "--mfa-code-file", code.to_str().unwrap()]);
    assert_eq!(admin.code, 0, "{admin:?}");
    assert_eq!(until("chain", &[]), 6);
    let refused = sandbox.home.run(&["console", "chain", "--print", "--console-duration", "2h"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("assumed with another role (role chaining)"), "{}", refused.stderr);
    // What is wished for every role is left out where it cannot be had.
    let config = std::fs::read_to_string(sandbox.home.path().join(".config/assume/config.toml")).unwrap();
    sandbox.home.config(&format!("console = {{ duration = \"2h\" }}\n{config}"));
    assert_eq!(until("update-app", &[]), 12);
    assert_eq!(until("chain", &[]), 6);
    let identity = sandbox.home.run(&["console", "alice", "--print"]);
    assert_eq!(identity.code, 2, "{identity:?}");
    assert!(identity.stderr.contains("they are a long-term key"), "{}", identity.stderr);
}

#[test]
fn a_browser_that_does_not_come_for_the_link_finds_it_gone() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let browser = program(&sandbox.home, "firefox-late", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$HOME/words\"\n");
    let begun = Instant::now();
    let mut command =
        sandbox.home.command(&["console", "update-app", "--container", "prod", "--browser", browser.to_str().unwrap()]);
    let late = command.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&late.stderr);
    assert_eq!(late.status.code(), Some(10), "{stderr}");
    assert!((29..40).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert!(stderr.contains("did not fetch the link within 30 s"), "{stderr}");
    let words = std::fs::read_to_string(sandbox.home.path().join("words")).unwrap();
    let address = words.trim_end().strip_prefix("ext+container:name=prod&url=").expect(&words);
    let address = percent(address);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let gone = ran(sandbox.home.program("curl").args(["-sS", &address]), "");
    assert_eq!(gone.code, 7, "{gone:?}");

    let broken = program(&sandbox.home, "firefox-broken", "#!/bin/sh\nexit 3\n");
    let failed = sandbox.home.run(&["console", "update-app", "--browser", broken.to_str().unwrap()]);
    assert_eq!(failed.code, 10, "{failed:?}");
    assert!(failed.stderr.contains("opened nothing (exit status: 3)"), "{}", failed.stderr);
    let none = sandbox.home.run(&["console", "update-app", "--browser", "no-such-browser"]);
    assert_eq!(none.code, 3, "{none:?}");
}

fn percent(text: &str) -> String {
    url::form_urlencoded::parse(format!("a={text}").as_bytes()).next().unwrap().1.into_owned()
}

#[test]
fn a_switch_role_link_says_what_it_can_and_what_it_cannot() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let link = |arguments: &[&str]| {
        let mut words = vec!["console", "--switch-role", "--print"];
        words.extend(arguments);
        sandbox.home.run(&words)
    };
    let update = link(&["update-app", "--color", "red", "--display-name", "prod & co"]);
    let expected = "https://signin.aws.amazon.com/switchrole?account=123456789012&roleName=UpdateApp&displayName=prod+%26+co&color=F2B0A9\n";
    assert_eq!((update.code, update.stdout.as_str()), (0, expected));
    assert!(update.stderr.contains("the root user cannot switch"), "{}", update.stderr);
    for (profile, why) in [
        ("third-party", "its owner demands an external ID"),
        ("chain", "it is reached by way of another role"),
        ("alice", "it is an identity"),
    ] {
        let refused = link(&[profile]);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{profile}");
        assert!(refused.stderr.contains(why), "{}", refused.stderr);
    }
    let narrowed = link(&["update-app", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    assert!(narrowed.stderr.contains("leaves out its session policies"), "{}", narrowed.stderr);
    let path = "arn:aws-us-gov:iam::123456789012:role/teams/Deploy";
    sandbox.home.config(&format!("[role.gov]\nidentity = \"alice\"\nrole_arn = {path:?}\n"));
    let expected =
        "https://signin.amazonaws-us-gov.com/switchrole?account=123456789012&roleName=teams%2FDeploy&displayName=gov\n";
    assert_eq!(link(&["gov"]).stdout, expected);
    // Nothing of all that needs AWS.
    assert!(sandbox.calls().is_empty());
}

#[test]
fn a_roles_own_browser_profile_goes_with_a_log_out() {
    let mut sandbox = Sandbox::classic();
    sandbox.home.set("DISPLAY", ":7");
    sandbox.declare_profiles();
    let script = "#!/bin/sh\n\
        /usr/bin/chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --virtual-time-budget=20000 \
        --dump-dom \"$@\" >\"$HOME/page.tmp\" 2>\"$HOME/chromium.log\" && mv \"$HOME/page.tmp\" \"$HOME/page.html\"\n";
    let browser = program(&sandbox.home, "chromium", script);
    let config = sandbox.home.path().join(".config/assume/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let declared = format!("[role.update-app]\nconsole = {{ browser = {browser:?}, profile = true }}\n");
    let own = text.replace("[role.update-app]\n", &declared);
    assert_ne!(own, text);
    sandbox.home.config(&own);
    let ran = sandbox.home.run(&["console", "update-app"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(cell(&page(&sandbox.home), "role"), "UpdateApp");
    let folder = sandbox.home.path().join(".local/share/assume/browsers/console-update-app");
    assert!(std::fs::read_dir(&folder).unwrap().next().is_some());
    let ran = sandbox.home.run(&["logout", "update-app"]);
    let said = "the console's browser profile of `update-app` is gone, with its cookies";
    assert!(ran.code == 0 && ran.stderr.contains(said), "{}", ran.stderr);
    assert!(!folder.exists());
    assert_eq!(sandbox.home.run(&["logout", "update-app"]).stderr, "");
}
