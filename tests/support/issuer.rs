//! An OpenID Connect issuer of a test's own: a key made by OpenSSL, and tokens signed with it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// An issuer, known by its URL.
pub(crate) struct Issuer {
    url: String,
    folder: tempfile::TempDir,
}

impl Issuer {
    /// Makes an issuer with a key of its own.
    pub(crate) fn new(url: &str) -> Self {
        let issuer = Self { url: url.to_owned(), folder: tempfile::tempdir().unwrap() };
        let made = Command::new("openssl").args(["genrsa", "-out"]).arg(issuer.key()).arg("2048").output().unwrap();
        assert!(made.status.success(), "{made:?}");
        issuer
    }

    /// The keys that it publishes.
    pub(crate) fn jwks(&self) -> String {
        let shown =
            Command::new("openssl").args(["rsa", "-noout", "-modulus", "-in"]).arg(self.key()).output().unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        let modulus = hex::decode(shown.trim().strip_prefix("Modulus=").unwrap()).unwrap();
        let n = URL_SAFE_NO_PAD.encode(modulus);
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": n, "e": "AQAB" }] })
            .to_string()
    }

    /// Its entry in an account of a scenario.
    pub(crate) fn provider(&self, client_id: &str) -> String {
        let (url, jwks) = (&self.url, self.jwks());
        format!("[[account.oidc_provider]]\nurl = {url:?}\nclient_ids = [{client_id:?}]\njwks = '{jwks}'\n")
    }

    /// Issues a token that lasts ten minutes.
    pub(crate) fn token(&self, subject: &str, audience: &str) -> String {
        self.token_of(json!({ "sub": subject, "aud": audience }), 600)
    }

    /// Issues a token with these claims that ends in so many seconds.
    pub(crate) fn token_of(&self, mut claims: Value, seconds: i64) -> String {
        #[expect(clippy::disallowed_methods, reason = "the issuer's own clock")]
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        let now = i64::try_from(now).unwrap();
        for (name, value) in [("iss", json!(self.url)), ("iat", json!(now - 900)), ("exp", json!(now + seconds))] {
            claims[name] = value;
        }
        let header = json!({ "alg": "RS256", "kid": "one", "typ": "JWT" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut command = Command::new("openssl");
        command.args(["dgst", "-sha256", "-sign"]).arg(self.key()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(signed.as_bytes()).unwrap();
        let signature = child.wait_with_output().unwrap().stdout;
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn key(&self) -> std::path::PathBuf {
        self.folder.path().join("key.pem")
    }
}

/// The service that gives each job of GitHub Actions its tokens, on loopback.
pub(crate) struct GitHub {
    pub(crate) issuer: Arc<Issuer>,
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl GitHub {
    /// What a job asks with.
    pub(crate) const BEARER: &str = "of-this-job";

    /// Starts the service for jobs of one subject; it lives as long as the test program.
    pub(crate) fn start(issuer: Issuer, subject: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (issuer, asked) = (Arc::new(issuer), Arc::new(Mutex::new(Vec::new())));
        let service = Self { issuer: Arc::clone(&issuer), port, asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let lines: Vec<String> = lines.collect();
                let Some(path) = lines.first().and_then(|line| line.split(' ').nth(1)) else { continue };
                asked.lock().unwrap().push(path.to_owned());
                let bearer = format!("authorization: bearer {}", Self::BEARER);
                let (status, body) = match path.split_once("audience=") {
                    Some((_, audience)) if lines.iter().any(|line| line.eq_ignore_ascii_case(&bearer)) => {
                        (200, json!({ "count": 1, "value": issuer.token(subject, audience) }).to_string())
                    }
                    _ => (401, "Unauthorized".to_owned()),
                };
                let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close", body.len());
                let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
            }
        });
        service
    }

    /// What a job finds in `ACTIONS_ID_TOKEN_REQUEST_URL`.
    pub(crate) fn url(&self, job: &str) -> String {
        format!("http://127.0.0.1:{}/{job}?api-version=2.0", self.port)
    }

    /// The paths that were asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
