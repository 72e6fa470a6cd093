//! A real OpenID Connect provider, the npm package `oidc-provider`, on loopback.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The running provider.
pub(crate) struct OidcProvider {
    pub(crate) issuer: String,
    jwks: String,
    process: Child,
}

impl OidcProvider {
    /// Starts it on that port (0: any that is free). Its ID tokens last so many seconds.
    pub(crate) fn start(life: u32, port: u16) -> Self {
        Self::with_fixed_port(life, port, 9)
    }

    /// Starts it; its client `fixed` takes that redirect port and no other.
    pub(crate) fn with_fixed_port(life: u32, port: u16, redirect_port: u16) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/oidc_provider.mjs");
        let mut command = Command::new(folder().join("node"));
        command.arg(script).arg(folder().join("node_modules/oidc-provider")).args([
            life.to_string(),
            port.to_string(),
            redirect_port.to_string(),
        ]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("tests/setup makes it");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("a line of JSON");
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { issuer: text("issuer"), jwks: text("jwks"), process }
    }

    /// Its entry in an account of a scenario, where it may issue tokens for that client.
    pub(crate) fn entry(&self, client_id: &str) -> String {
        let (url, jwks) = (&self.issuer, &self.jwks);
        format!("[[account.oidc_provider]]\nurl = {url:?}\nclient_ids = [{client_id:?}]\njwks = '{jwks}'\n")
    }

    /// Starts anew in the same place: it knows nobody any more.
    pub(crate) fn forget_everybody(self) -> Self {
        let port = self.issuer.rsplit(':').next().unwrap().parse().unwrap();
        drop(self);
        Self::start(30, port)
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `tests/setup` puts the package, and a node that it runs on.
fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where the test environment lies is the machine's, not the test's")]
    let elsewhere = std::env::var_os("ASSUME_TEST_OIDC_PROVIDER").map(PathBuf::from);
    elsewhere.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-env/oidc-provider"))
}
