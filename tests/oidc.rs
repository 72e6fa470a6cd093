//! A person signs in at an OpenID Connect provider, in a real browser, and AWS takes their ID token.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::aws_cli;
use crate::support::home::Ran;
use crate::support::oidc_provider::OidcProvider;
use crate::support::sandbox::Sandbox;

/// A sandbox that trusts the provider, and a home whose browser has a person at it.
struct Place {
    sandbox: Sandbox,
    provider: OidcProvider,
}

impl Place {
    /// ID tokens of so many seconds; those of less than a minute are refreshed for each use. `listed` is the audience that
    /// IAM knows.
    fn new(life: u32, listed: &str, more: &str) -> Self {
        Self::at(OidcProvider::start(life, 0), listed, more)
    }

    fn at(provider: OidcProvider, listed: &str, more: &str) -> Self {
        let host = provider.issuer.trim_start_matches("http://").to_owned();
        let role = |name: &str| {
            format!(
                r#"
                [[account.role]]
                name = "{name}"
                trust = '''{{"Statement": {{
                    "Effect": "Allow",
                    "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{host}"}},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {{"StringEquals": {{"{host}:aud": "{listed}", "{host}:sub": "alice"}}}}
                }}}}'''
                "#
            )
        };
        let entry = provider.entry(listed);
        let scenario = format!("[[account]]\nid = \"123456789012\"\n{entry}{}{}", role("Dev"), role("Ops"));
        let sandbox = Sandbox::of(&scenario);
        let issuer = &provider.issuer;
        sandbox.home.config(&format!(
            r#"
            [identity.corp]
            oidc = {{ issuer = "{issuer}", client_id = "assume", scopes = ["offline_access"] {more} }}
            [role.dev]
            identity = "corp"
            role_arn = "arn:aws:iam::123456789012:role/Dev"
            [role.ops]
            identity = "corp"
            role_arn = "arn:aws:iam::123456789012:role/Ops"
            "#
        ));
        let mut place = Self { sandbox, provider };
        place.person("allow");
        place
    }

    /// Puts somebody in front of the browser.
    fn person(&mut self, how: &str) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/provider_page.py");
        self.sandbox.home.set("BROWSER", format!("python3 {script} {how} %s"));
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.sandbox.home.run(arguments)
    }

    fn login(&self, more: &[&str]) -> Ran {
        self.run(&[&["login", "corp"], more].concat())
    }

    fn visits(&self) -> usize {
        std::fs::read_to_string(self.sandbox.home.path().join("visits")).unwrap_or_default().lines().count()
    }

    fn identity_of(&self, profile: &str) -> Ran {
        let aws = aws_cli::program().display().to_string();
        self.run(&["exec", profile, "--", &aws, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"])
    }
}

#[test]
fn a_person_signs_in_in_a_browser_and_later_uses_need_none() {
    let place = Place::new(30, "assume", "");
    let before = Instant::now();
    let lost = place.run(&["credential-process", "dev"]);
    assert_eq!(lost.code, 6, "{}", lost.stderr);
    assert!(lost.stderr.contains("in a terminal: `assume login corp`"), "{}", lost.stderr);
    assert!(before.elapsed() < Duration::from_secs(1) && place.visits() == 0, "{:?}", before.elapsed());

    let ran = place.login(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("sign in at http://127.0.0.1:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("signed in at `corp`") && ran.stderr.contains("refreshed by itself"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");

    // The token is refreshed each time, and no browser is opened for it.
    for profile in ["dev", "ops", "dev"] {
        let ran = place.identity_of(profile);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.to_lowercase().contains(&format!("assumed-role/{profile}/")), "{}", ran.stdout);
    }
    assert_eq!(place.visits(), 1);
    let exchanges = place.sandbox.operations().into_iter().filter(|name| name == "AssumeRoleWithWebIdentity").count();
    assert_eq!(exchanges, 2);

    let out = place.run(&["logout", "--sso", "corp"]);
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert_eq!(place.run(&["credential-process", "dev"]).code, 6);
}

#[test]
fn a_person_signs_in_with_a_code_and_with_a_client_that_has_a_secret() {
    let mut place = Place::new(600, "guarded", ", flow = \"device\", client_secret = true");
    let config = place.sandbox.home.path().join(".config/assume/config.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("\"assume\"", "\"guarded\"");
    place.sandbox.home.config(&text);
    let vault = place.sandbox.home.kernel_vault();
    let item = assume::vault::ItemName::keepsake("oidc-client-secret", "corp");
    vault.write_keepsake(&item, &"canary-client-secret".into()).unwrap();
    let ran = place.login(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("with the code ") && ran.stderr.contains("where the code stands already"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("canary-client-secret"), "{}", ran.stderr);
    assert_eq!(place.identity_of("dev").code, 0);
    assert_eq!(place.visits(), 1);
    // Signing in anew is another generation: nothing that was had before is served.
    place.person("deny");
    let declined = place.login(&[]);
    assert_eq!(declined.code, 7, "{}", declined.stderr);
    assert!(declined.stderr.contains("nobody signed in at `corp`"), "{}", declined.stderr);
}

#[test]
fn a_provider_that_knows_one_redirect_port_is_given_that_one() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let provider = OidcProvider::with_fixed_port(30, 0, port);
    let place = Place::at(provider, "fixed", &format!(", redirect_port = {port}"));
    let config = place.sandbox.home.path().join(".config/assume/config.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("client_id = \"assume\"", "client_id = \"fixed\"");
    place.sandbox.home.config(&text);
    let ran = place.login(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("127.0.0.1%3A{port}%2Fcallback")), "{}", ran.stderr);
    // And is refreshed with no browser.
    assert_eq!(place.identity_of("dev").code, 0);
    assert_eq!(place.visits(), 1);
}

#[test]
fn a_token_for_another_audience_is_refused_with_the_right_words() {
    let place = Place::new(600, "another-client", "");
    assert_eq!(place.login(&[]).code, 0);
    let ran = place.run(&["credential-process", "dev"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("InvalidIdentityToken: Incorrect token audience"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the token is for \"assume\""), "{}", ran.stderr);
}

#[test]
fn a_sign_in_that_the_provider_ended_needs_a_person() {
    let mut place = Place::new(30, "assume", "");
    assert_eq!(place.login(&[]).code, 0);
    place.provider = place.provider.forget_everybody();
    let ran = place.run(&["credential-process", "dev"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stderr.contains("in a terminal: `assume login corp`"), "{}", ran.stderr);
    assert_eq!(place.visits(), 1);
}

#[test]
fn twenty_at_once_open_one_window_where_that_is_declared() {
    let place = Place::new(600, "assume", ", auto_login = true");
    let start = |_| {
        let mut command = place.sandbox.home.command(&["credential-process", "dev"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..20).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(place.visits(), 1);
    assert_eq!(place.sandbox.operations(), ["AssumeRoleWithWebIdentity"]);
}
