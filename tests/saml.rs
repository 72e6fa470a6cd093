//! SAML sign-ins: two real identity providers, a real browser, our own way and the AWS CLI's, and what is said when it
//! fails.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::loopback::Loopback;
use crate::support::saml::{ADMIN, Hands, Idp, PROVIDER, READ_ONLY};
use crate::support::sandbox::Sandbox;

/// A sandbox that trusts a provider, and a home whose config says how its assertions are had.
struct Place {
    idp: Idp,
    sandbox: Sandbox,
}

impl Place {
    fn of(idp: Idp) -> Self {
        let sandbox = Sandbox::of(&idp.scenario());
        Self { idp, sandbox }
    }

    /// Declares the sign-in, and both roles.
    fn declare(&self, saml: &str, more: &str) {
        self.sandbox.home.config(&format!(
            "{more}\n[identity.work]\nsaml = {{ {saml} }}\n[role.admin]\nidentity = \"work\"\nrole_arn = \"{ADMIN}\"\n\
             [role.read]\nidentity = \"work\"\nrole_arn = \"{READ_ONLY}\"\n"
        ));
    }

    /// Declares it in that browser, for a process without a terminal too.
    fn in_browser(&self, hands: &Hands) {
        let (url, browser) = (self.idp.url(), hands.program.display());
        self.declare(&format!("url = \"{url}\", browser = \"{browser}\""), "auto_login = true");
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.sandbox.home.run(arguments)
    }

    /// Whom the role's credentials make one, as AWS says.
    fn identity_of(&self, profile: &str) -> String {
        let cli = aws_cli::program();
        let words = ["--", cli.to_str().unwrap(), "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
        let ran = self.run(&[&["exec", profile][..], &words].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout.trim().to_owned()
    }

    /// The AWS CLI trades an assertion in: nobody who knows us.
    fn by_cli(&self, assertion: &str) -> Ran {
        let mut command = self.sandbox.home.program(aws_cli::program());
        command.args(["sts", "assume-role-with-saml", "--role-arn", ADMIN, "--principal-arn", PROVIDER]);
        command.args(["--saml-assertion", assertion, "--no-sign-request", "--output", "json"]);
        ran(&mut command, "")
    }
}

#[test]
fn simplesamlphp_signs_a_person_in_by_its_form_and_then_without_a_window() {
    let mut place = Place::of(Idp::simplesamlphp());
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.in_browser(&hands);
    assert_eq!(place.identity_of("admin"), "arn:aws:sts::123456789012:assumed-role/Admin/alice");
    assert_eq!(hands.started().len(), 1);
    assert!(!hands.started()[0].contains("--headless"), "{:?}", hands.started());
    // Another role is another assertion, and the provider still knows who asks.
    assert_eq!(place.identity_of("read"), "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice");
    assert_eq!(hands.started().len(), 2);
    assert!(hands.started()[1].contains("--headless"), "{:?}", hands.started());
    // What is cached needs no provider.
    place.identity_of("admin");
    assert_eq!(hands.started().len(), 2, "{:#?}", hands.started());
    let operations =
        ["AssumeRoleWithSAML", "GetCallerIdentity", "AssumeRoleWithSAML", "GetCallerIdentity", "GetCallerIdentity"];
    assert_eq!(place.sandbox.operations(), operations);
    for words in hands.started() {
        assert!(words.contains("--remote-debugging-pipe") && !words.contains("--remote-debugging-port"), "{words}");
        assert!(!words.contains("PHN"), "an assertion in a program's words: {words}");
    }
    // The cookies are the person's alone.
    use std::os::unix::fs::PermissionsExt;
    let folder = place.sandbox.home.path().join(".local/share/assume/browser");
    let profile = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    assert_eq!(profile.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    // And go with a log-out.
    let ran = place.run(&["logout", "work"]);
    assert!(ran.code == 0 && ran.stderr.contains("the browser of `work` has forgotten its cookies"), "{}", ran.stderr);
    assert!(!profile.path().exists());
}

#[test]
fn saml_idp_has_its_form_each_time_and_a_window_for_it() {
    let mut place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.in_browser(&hands);
    assert_eq!(place.identity_of("admin"), "arn:aws:sts::123456789012:assumed-role/Admin/alice");
    let ran = place.run(&["credential-process", "read"]);
    assert_eq!(ran.code, 9, "{}", ran.stderr);
    let said = format!("the assertion of `work` cannot be used: it does not offer {READ_ONLY}: it offers {ADMIN}\n");
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    let shown: Vec<bool> = hands.started().iter().map(|words| !words.contains("--headless")).collect();
    assert_eq!(shown, [true, false, true]);
    assert!(!ran.stderr.contains("PHN"), "{}", ran.stderr);
}

#[test]
fn the_aws_cli_gets_the_role_once_and_is_refused_what_was_changed_used_or_late() {
    let place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    let assertion = place.idp.assertion();
    let first = place.by_cli(&assertion);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let answer: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/Admin/alice");
    let said = (&answer["Subject"], &answer["Issuer"], &answer["Audience"]);
    assert_eq!(
        format!("{said:?}"),
        r#"(String("alice@example.com"), String("urn:example:idp"), String("https://signin.aws.amazon.com/saml"))"#
    );
    let refused = |assertion: &str, code: &str| {
        let ran = place.by_cli(assertion);
        assert!(ran.code != 0 && ran.stderr.contains(code), "{code}: {}{}", ran.stdout, ran.stderr);
    };
    refused(
        &assertion,
        "(InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: The assertion has been used before",
    );
    let changed =
        String::from_utf8(STANDARD.decode(place.idp.assertion()).unwrap()).unwrap().replace(">alice<", ">alicf<");
    refused(
        &STANDARD.encode(changed),
        "(InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: Response Signature Invalid",
    );
    let fresh = place.idp.assertion();
    place.sandbox.fail("clock=6m@AssumeRoleWithSAML");
    refused(
        &fresh,
        "(ExpiredTokenException) when calling the AssumeRoleWithSAML operation: Token must be redeemed within 5 minutes",
    );
    let elsewhere = Place::of(Idp::saml_idp("urn:other"));
    let ran = elsewhere.by_cli(&elsewhere.idp.assertion());
    assert!(ran.stderr.contains("Response does not contain the required audience"), "{}", ran.stderr);
}

#[test]
fn an_assertion_comes_from_a_command_a_file_or_standard_input() {
    let place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    let home = &place.sandbox.home;
    let put = || home.write("assertion", &place.idp.assertion());
    let file = put();
    for saml in [
        format!("assertion_file = \"{}\"", file.display()),
        format!("assertion_command = \"cat '{}'\"", file.display()),
    ] {
        put();
        place.declare(&saml, "");
        let ran = place.run(&["credential-process", "admin"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{saml}");
        // It was spent, and the session is kept.
        assert_eq!(place.run(&["credential-process", "admin"]).stdout, ran.stdout, "{saml}");
    }
    place.declare("assertion_file = \"-\", provider = \"Example\"", "duration = \"20m\"");
    let ran = home.run_with_input(&["credential-process", "admin"], &format!("{}\n", place.idp.assertion()));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(place.sandbox.operations(), ["AssumeRoleWithSAML"; 3]);
}

#[test]
fn what_is_no_assertion_that_serves_is_told_apart_and_nothing_is_sent() {
    let place = Place::of(Idp::saml_idp("urn:other"));
    let home = &place.sandbox.home;
    let cases = [
        ("<!DOCTYPE html><html><body>Sign in</body></html>".to_owned(), "it is a web page, not a SAML response"),
        (String::new(), "it is empty"),
        ("?!?".to_owned(), "it is not base64 of a SAML response"),
        (STANDARD.encode("<EntityDescriptor/>"), "it is a `EntityDescriptor`, not a SAML response"),
        (place.idp.assertion(), "its audience is urn:other, and not urn:amazon:webservices"),
    ];
    for (text, said) in cases {
        let file = home.write("assertion", &text);
        place.declare(&format!("assertion_file = \"{}\"", file.display()), "");
        let ran = place.run(&["credential-process", "admin"]);
        assert!(ran.code == 9 && ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(text.is_empty() || !ran.stderr.contains(&text), "{}", ran.stderr);
    }
    place.declare("assertion_command = \"false\"", "");
    let ran = place.run(&["credential-process", "admin"]);
    let said = "the sign-in `work` has no assertion: assertion_command (`false`) failed (exit status: 1)";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert_eq!(place.sandbox.operations(), Vec::<String>::new());
}

#[test]
fn without_a_terminal_no_window_is_opened_and_it_is_said_at_once_who_has_to_sign_in() {
    let mut place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.declare(&format!("url = \"{}\", browser = \"{}\"", place.idp.url(), hands.program.display()), "");
    let began = Instant::now();
    let ran = place.run(&["credential-process", "admin"]);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let hint = "hint: in a terminal, where there is a display: `assume login work`\n";
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    assert_eq!(hands.started(), Vec::<String>::new());
}

#[test]
fn a_browser_that_is_closed_is_not_opened_again_by_itself() {
    let mut place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    place.sandbox.home.set("DISPLAY", ":7");
    let closed = Hands::doing(&place.sandbox.home, "exit 0\n");
    place.in_browser(&closed);
    let first = place.run(&["credential-process", "admin"]);
    let said = "the browser was closed before the sign-in was finished";
    assert!(first.code == 7 && first.stderr.contains(said), "{}", first.stderr);
    let second = place.run(&["credential-process", "admin"]);
    let said = "is not opened again by itself for five minutes";
    assert!(second.code == 6 && second.stderr.contains(said), "{}", second.stderr);
    assert_eq!(closed.started().len(), 1);
}

#[test]
fn a_provider_that_is_away_is_named() {
    let mut place = Place::of(Idp::saml_idp("urn:amazon:webservices"));
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.declare(&format!("url = \"http://{away}/\", browser = \"{}\"", hands.program.display()), "auto_login = true");
    let ran = place.run(&["credential-process", "admin"]);
    let said = "127.0.0.1 cannot be reached: net::ERR_CONNECTION_REFUSED";
    assert!(ran.code == 5 && ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn a_person_signs_in_ahead_and_is_told_what_they_may_become() {
    let mut place = Place::of(Idp::simplesamlphp());
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.declare(&format!("url = \"{}\", browser = \"{}\"", place.idp.url(), hands.program.display()), "");
    let windows = || -> Vec<bool> { hands.started().iter().map(|words| !words.contains("--headless")).collect() };
    assert_eq!(place.run(&["credential-process", "admin"]).code, 6);
    // By the identity, or by a role that is reached by it; the only one there is needs no name.
    for (words, shown) in [
        (&["login", "work"][..], vec![true]),
        (&["login", "admin"], vec![true, false]),
        (&["login"], vec![true, false, false]),
        (&["login", "work", "--browser-visible"], vec![true, false, false, true]),
    ] {
        let ran = place.run(words);
        let told = format!(
            "assume: note: signed in at `work` as alice; these roles are offered, for as long as the role allows:\n\
             assume: note:   {ADMIN} (by {PROVIDER})\nassume: note:   {READ_ONLY} (by {PROVIDER})\n"
        );
        assert!(ran.code == 0 && ran.stderr.ends_with(&told), "{words:?}: {}", ran.stderr);
        assert_eq!((ran.stdout.as_str(), windows()), ("", shown), "{words:?}");
    }
    // Nothing was sent to AWS, and nothing of an assertion stays; but the browser is known there.
    assert_eq!(place.sandbox.operations(), Vec::<String>::new());
    assert_eq!(place.identity_of("read"), "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice");
    assert_eq!(windows(), [true, false, false, true, false]);
    let ran = place.run(&["login", "work", "--device"]);
    assert!(ran.code == 2 && ran.stderr.contains("so that --device cannot be had for `work`"), "{}", ran.stderr);
    let ran = place.run(&["logout", "--sso", "work"]);
    let said = "the browser has forgotten its cookies at `work` (SAML)\n1 session removed from this machine\n";
    assert!(ran.code == 0 && ran.stdout.starts_with(said), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(place.run(&["credential-process", "admin"]).code, 6);
}

const NOT_HERE: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n\
    <html><title>Nothing \u{202e}here</title><h1>No such application</h1></html>";

#[test]
fn an_error_page_is_told_at_once_with_a_window_and_ends_the_sign_in_without_one() {
    let mut place = Place::of(Idp::simplesamlphp());
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.declare(&format!("url = \"{}\", browser = \"{}\"", place.idp.url(), hands.program.display()), "");
    assert_eq!(place.run(&["login", "work"]).code, 0);
    let provider = Loopback::saying(NOT_HERE);
    let elsewhere =
        format!("url = \"http://127.0.0.1:{}/app\", browser = \"{}\"", provider.port, hands.program.display());
    place.declare(&elsewhere, "");
    let began = Instant::now();
    let ran = place.run(&["credential-process", "admin"]);
    let said = "127.0.0.1 answered HTTP 404 (\"Nothing \\u{202e}here\") instead of a sign-in page\n";
    assert!(ran.code == 9 && ran.stderr.contains(said), "{}", ran.stderr);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    // Before a person it is said, and they may go on: here they close the window.
    let mut command = place.sandbox.home.command(&["login", "work", "--browser-visible"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    let said = "answered HTTP 404 instead of a sign-in page: go on in the window if you can, or close it\n";
    while !line.ends_with(said) {
        line.clear();
        assert!(talk.read_line(&mut line).unwrap() > 0, "it is never said");
    }
    hands.close();
    talk.read_to_string(&mut line).unwrap();
    assert!(line.contains("the browser was closed before the sign-in was finished"), "{line}");
    assert_eq!(child.wait().unwrap().code(), Some(7));
}

const RESTLESS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n\
    <html><title>Sign in</title><form><input name=user></form><script>setInterval(() => fetch('/alive'), 200)</script></html>";

#[test]
fn a_page_that_never_stops_asking_its_site_is_one_that_waits_for_a_person() {
    let mut place = Place::of(Idp::simplesamlphp());
    place.sandbox.home.set("DISPLAY", ":7");
    let hands = Hands::of(&place.sandbox.home);
    place.declare(&format!("url = \"{}\", browser = \"{}\"", place.idp.url(), hands.program.display()), "");
    assert_eq!(place.run(&["login", "work"]).code, 0);
    let provider = Loopback::saying(RESTLESS);
    let url = format!("http://127.0.0.1:{}/app", provider.port);
    place.declare(&format!("url = \"{url}\", browser = \"{}\"", hands.program.display()), "");
    let began = Instant::now();
    let ran = place.run(&["credential-process", "admin"]);
    assert!(ran.code == 6 && ran.stderr.contains("a person has to sign in"), "{}", ran.stderr);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
