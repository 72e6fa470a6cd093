//! Sign-ins that go wrong: the rows `[[sign_in]]` of `faults.toml`, done to the real program beside the sandbox, real
//! providers and a real browser.
//!
//! A row fails when what is said differs in a word, when the exit code does, when it takes longer than the row allows, when
//! AWS is asked another number of times, or when the next run, with all as wrong as before, ends otherwise than the row says.
//! What was got instead lies in `target/tmp/faults-sign_in.toml`.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use assume::sandbox::Options;
use assume::vault::ItemName;
use assume::world::{Clock, World};
use base64::Engine;
use serde::Deserialize;
use serde_json::json;

use crate::identity_center;
use crate::support::home::Ran;
use crate::support::issuer::Issuer;
use crate::support::loopback::Loopback;
use crate::support::oidc_provider::OidcProvider;
use crate::support::saml::{ADMIN, Hands};
use crate::support::sandbox::Sandbox;

/// One row. The table's head tells what each field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    says: String,
    done: Done,
    #[serde(default = "credential_process")]
    command: String,
    code: i32,
    within: u64,
    calls: usize,
    stderr: String,
    next_code: i32,
    next_calls: usize,
    next_stderr: Option<String>,
}

fn credential_process() -> String {
    "credential-process dev".to_owned()
}

/// What is done before, or to, the run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Done {
    CenterAbandoned,
    CenterHtml,
    CenterClock,
    CenterDamaged,
    CenterCacheDamaged,
    CenterRevoked,
    OidcHtml,
    OidcPortTaken,
    OidcDamaged,
    OidcRevoked,
    SamlClosed,
    SamlHtml,
    SamlClock,
    TokenEnded,
}

#[test]
fn sign_ins() {
    let table = crate::faults::table();
    let (mut got, mut wrong) = (String::new(), String::new());
    for row in &table.sign_in {
        row.tried(table.slack, &mut got, &mut wrong);
    }
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults-sign_in.toml"), got).unwrap();
    assert!(wrong.is_empty(), "{wrong}");
}

impl Row {
    /// Adds what came of it, as a row, and what is wrong with that.
    fn tried(&self, slack: u64, row: &mut String, wrong: &mut String) {
        let place = Place::arrange(self.done);
        let calls = || place.sandbox.operations().len();
        let before = calls();
        let began = Instant::now();
        let got = place.run(&self.command);
        let (took, made) = (began.elapsed(), calls() - before);
        let next = place.run("credential-process dev");
        let next_made = calls() - before - made;
        let (stderr, next_stderr) = (place.shown(&got.stderr), place.shown(&next.stderr));
        let mut unlike = |what: &str, row: String, got: String| {
            if row != got {
                let _ = write!(wrong, "\n=== {}\n{what}: expected {row}\n{what}: got      {got}\n", self.says);
            }
        };
        unlike("code", self.code.to_string(), got.code.to_string());
        unlike("stderr", self.stderr.clone(), stderr.clone());
        unlike("calls", self.calls.to_string(), made.to_string());
        unlike("next_code", self.next_code.to_string(), next.code.to_string());
        unlike("next_calls", self.next_calls.to_string(), next_made.to_string());
        unlike("next_stderr", self.next_stderr.clone().unwrap_or(stderr.clone()), next_stderr.clone());
        if took > Duration::from_secs(self.within + slack) {
            let _ = write!(wrong, "\n=== {}\ntook {took:?}, and {} s were promised\n", self.says, self.within);
        }
        let _ = write!(
            row,
            "# {} took {:.1} s\ncode = {}\ncalls = {made}\nstderr = '''\n{stderr}'''\nnext_code = {}\nnext_calls = {next_made}\n",
            self.says,
            took.as_secs_f32(),
            got.code,
            next.code,
        );
        let same = if next_stderr == stderr { String::new() } else { format!("next_stderr = '''\n{next_stderr}'''\n") };
        let _ = writeln!(row, "{same}");
    }
}

/// A sandbox and a home, and what else runs beside them.
struct Place {
    sandbox: Sandbox,
    /// What differs from run to run.
    ports: Vec<u16>,
    _provider: Option<OidcProvider>,
    _held: Option<TcpListener>,
    _server: Option<Loopback>,
}

const HTML: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 43\r\n\r\n\
    <html><h1>Something went wrong</h1></html>\r\n";

impl Place {
    fn of(sandbox: Sandbox) -> Self {
        Self { sandbox, ports: Vec::new(), _provider: None, _held: None, _server: None }
    }

    fn arrange(done: Done) -> Self {
        match done {
            Done::CenterAbandoned => {
                let mut place = Self::of(identity_center::sandbox("device_duration = 3", ""));
                place.sandbox.person("leave");
                place
            }
            Done::CenterHtml => {
                let mut place = Self::of(identity_center::sandbox("token_duration = 30", ""));
                place.sandbox.signed_in();
                let server = Loopback::saying(HTML);
                place.ports.push(server.port);
                place.sandbox.home.set("AWS_ENDPOINT_URL_SSO_OIDC", format!("http://127.0.0.1:{}", server.port));
                Self { _server: Some(server), ..place }
            }
            Done::CenterClock => {
                // The service's clock is ten minutes behind ours, which is as good as ours being ahead.
                let clock = Clock::Fixed(World::new().clock.now() - Duration::from_secs(600));
                let mut slow = identity_center::sandbox_with("", "", Options { clock, ..Options::default() });
                slow.signed_in();
                Self::of(slow)
            }
            Done::CenterDamaged => {
                let mut place = Self::of(identity_center::sandbox("", ""));
                place.sandbox.signed_in();
                place.keep("sso", "{\"accessToken\": 7");
                place
            }
            Done::CenterCacheDamaged => {
                let place = Self::of(identity_center::sandbox("", ""));
                let (start_url, region) = place.sandbox.server.identity_center();
                let session = format!("[sso-session cli]\nsso_start_url = {start_url}\nsso_region = {region}\n");
                place.sandbox.home.aws_config(&session);
                // printf %s cli | sha1sum
                let file = ".aws/sso/cache/2bd8e9c9c868efe968cc583d2d49f67380967d94.json";
                place.sandbox.home.write(file, "{\"accessToken\"");
                place.sandbox.home.config(
                    "[role.dev]\nidentity = \"cli\"\naccount_id = \"111122223333\"\nrole_name = \"ReadOnly\"\n",
                );
                place
            }
            Done::CenterRevoked => {
                let mut place = Self::of(identity_center::sandbox("token_duration = 30", ""));
                place.sandbox.signed_in();
                place.sandbox.server.revoke_sign_ins();
                place
            }
            Done::OidcHtml => {
                let server = Loopback::saying(HTML);
                let place = Self::at_provider(&format!("http://127.0.0.1:{}", server.port), "");
                Self { ports: vec![server.port], _server: Some(server), ..place }
            }
            Done::OidcPortTaken => {
                let provider = OidcProvider::start(600, 0);
                let held = TcpListener::bind("127.0.0.1:0").unwrap();
                let port = held.local_addr().unwrap().port();
                let mut place = Self::at_provider(&provider.issuer, &format!(", redirect_port = {port}"));
                // Nobody comes to it.
                place.sandbox.home.set("BROWSER", "false");
                let ports = vec![port, port_of(&provider.issuer)];
                Self { ports, _provider: Some(provider), _held: Some(held), ..place }
            }
            Done::OidcDamaged => {
                let place = Self::at_provider("http://127.0.0.1:9", "");
                place.keep("oidc", "{\"id_token\"");
                place
            }
            Done::OidcRevoked => {
                let provider = OidcProvider::start(30, 0);
                let mut place = Self::at_provider(&provider.issuer, "");
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/provider_page.py");
                place.sandbox.home.set("BROWSER", format!("python3 {script} allow %s"));
                let login = place.sandbox.home.run(&["login", "corp"]);
                assert_eq!(login.code, 0, "{}", login.stderr);
                let ports = vec![port_of(&provider.issuer)];
                Self { ports, _provider: Some(provider.forget_everybody()), ..place }
            }
            Done::SamlClosed => {
                let mut place = Self::of(Sandbox::classic());
                place.sandbox.home.set("DISPLAY", ":7");
                let hands = Hands::doing(&place.sandbox.home, "exit 0\n");
                let browser = hands.program.display().to_string();
                let saml = format!("url = \"http://127.0.0.1:9/\", browser = {browser:?}");
                place.saml(&saml, "auto_login = true");
                place
            }
            Done::SamlHtml => {
                let place = Self::of(Sandbox::classic());
                place.sandbox.home.write("page", "<!DOCTYPE html><html><h1>Something went wrong</h1></html>");
                place.saml("assertion_file = \"../../page\"", "");
                place
            }
            Done::SamlClock => {
                let place = Self::of(Sandbox::classic());
                let assertion = base64::engine::general_purpose::STANDARD.encode(OF_TOMORROW);
                place.sandbox.home.write("assertion", &assertion);
                place.saml("assertion_file = \"../../assertion\"", "");
                place
            }
            Done::TokenEnded => {
                let issuer = Issuer::new("https://issuer.example");
                let entry = issuer.provider("sts.amazonaws.com");
                let place = Self::of(Sandbox::of(&format!("[[account]]\nid = \"123456789012\"\n{entry}{ROLE}")));
                let claims = json!({ "sub": "alice", "aud": "sts.amazonaws.com", "exp": 1_700_000_000 });
                place.sandbox.home.write("token", &issuer.token_of(claims, -600));
                place.sandbox.home.config(&format!(
                    "[identity.ci]\nweb_identity = {{ token_file = \"../../token\" }}\n\
                     [role.dev]\nidentity = \"ci\"\nrole_arn = \"{ADMIN}\"\n"
                ));
                place
            }
        }
    }

    fn at_provider(issuer: &str, more: &str) -> Self {
        let place = Self::of(Sandbox::classic());
        place.sandbox.home.config(&format!(
            "[identity.corp]\noidc = {{ issuer = \"{issuer}\", client_id = \"assume\", scopes = [\"offline_access\"]{more} }}\n\
             [role.dev]\nidentity = \"corp\"\nrole_arn = \"{ADMIN}\"\n"
        ));
        place
    }

    fn saml(&self, saml: &str, top: &str) {
        self.sandbox.home.config(&format!(
            "{top}\n[identity.corp]\nsaml = {{ {saml} }}\n[role.dev]\nidentity = \"corp\"\nrole_arn = \"{ADMIN}\"\n"
        ));
    }

    fn keep(&self, kind: &str, text: &str) {
        let item = ItemName::keepsake(kind, "corp");
        self.sandbox.home.kernel_vault().write_keepsake(&item, &text.into()).unwrap();
    }

    fn run(&self, command: &str) -> Ran {
        self.sandbox.home.run(&command.split(' ').collect::<Vec<_>>())
    }

    /// What differs from run to run is taken out.
    fn shown(&self, text: &str) -> String {
        let mut shown = text.replace(&self.sandbox.home.path().display().to_string(), "~");
        for port in self.ports.iter().chain([&port_of(self.sandbox.url())]) {
            shown = shown.replace(&port.to_string(), "PORT");
        }
        // The tests may be run by somebody else.
        shown = shown.replace("assume: note: the browser runs without its sandbox, which it has to as root\n", "");
        let mut words: Vec<String> = Vec::new();
        let mut rest = shown.split(' ').peekable();
        while let Some(word) = rest.next() {
            let bare = word.trim_end_matches([',', '\n', ')']);
            let is_id = bare.len() == 36 && bare.matches('-').count() == 4;
            // `XXXX-XXXX`, at the end of the sentence or of the address.
            let code = word.rsplit([' ', '=']).next().unwrap_or_default().split(['\n', ',']).next().unwrap_or_default();
            let is_code = code.len() == 9 && code.as_bytes()[4] == b'-';
            let is_count = matches!(rest.peek(), Some(&"s")) && word.bytes().all(|byte| byte.is_ascii_digit());
            let is_epoch = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit());
            let is_time = word.ends_with("Z:") && word.len() == 21;
            words.push(match () {
                () if is_id => word.replace(bare, "REQUEST"),
                () if is_code => word.replace(code, "CODE"),
                () if is_count => "N".to_owned(),
                () if is_epoch => "EPOCH".to_owned(),
                () if is_time => "TIME:".to_owned(),
                () => word.to_owned(),
            });
        }
        words.join(" ")
    }
}

const ROLE: &str = r#"
[[account.role]]
name = "Admin"
trust = '''{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/issuer.example"},
    "Condition": {"StringEquals": {"issuer.example:aud": "sts.amazonaws.com", "issuer.example:sub": "alice"}}}}'''
"#;

/// An assertion of a provider whose clock is far ahead.
const OF_TOMORROW: &str = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion
    xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" IssueInstant="2099-01-01T08:00:00Z"><Conditions
    NotBefore="2099-01-01T08:00:00Z" NotOnOrAfter="2099-01-01T08:05:00Z"><AudienceRestriction><Audience
    >urn:amazon:webservices</Audience></AudienceRestriction></Conditions></Assertion></p:Response>"#;

fn port_of(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap()
}
