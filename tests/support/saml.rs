//! Two real identity providers, npm's saml-idp and Debian's SimpleSAMLphp, and the hands of somebody who signs in there.
//!
//! The hands are an extension of the real Chromium: it fills in the form that a person would, in a window. The browser
//! that is named to us is a program that starts Chromium with it, and writes down how it was started.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::home::Home;

/// The roles of the account, which trust the provider `Example`.
pub(crate) const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
/// The other one.
pub(crate) const READ_ONLY: &str = "arn:aws:iam::123456789012:role/ReadOnly";
/// The account's provider.
pub(crate) const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Example";
/// What both providers call themselves.
const ISSUER: &str = "urn:example:idp";

/// A running provider. It goes when it is dropped.
pub(crate) struct Idp {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
    start: String,
    metadata: String,
}

impl Idp {
    /// npm's saml-idp, for that audience. It knows no sessions: it shows its form each time.
    pub(crate) fn saml_idp(audience: &str) -> Self {
        let (folder, port) = (keys(), free_port());
        let config = format!(
            "const A = 'https://aws.amazon.com/SAML/Attributes/';\n\
             const names = ['Role', 'RoleSessionName', 'SessionDuration'];\n\
             module.exports = {{ user: {{ userName: 'alice@example.com',\n\
             nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',\n\
             [A + 'Role']: '{PROVIDER},{ADMIN}', [A + 'RoleSessionName']: 'alice', [A + 'SessionDuration']: '7200' }},\n\
             metadata: names.map(n => ({{ id: A + n, optional: false, displayName: n, description: n, multiValue: false }})) }};\n"
        );
        std::fs::write(folder.path().join("config.js"), config).unwrap();
        let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-env/saml-idp");
        let mut command = Command::new(tool.join("bin/node"));
        command.arg(tool.join("node_modules/saml-idp/bin/run.js"));
        command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--issuer", ISSUER, "--aud", audience]);
        command.args(["--acs", "https://signin.aws.amazon.com/saml"]);
        for (flag, file) in [("--cert", "cert.pem"), ("--key", "key.pem"), ("--conf", "config.js")] {
            command.arg(flag).arg(folder.path().join(file));
        }
        Self::start(command, folder, port, "/", "/metadata")
    }

    /// Debian's SimpleSAMLphp, which knows its people by a cookie. It offers both roles, in either order.
    pub(crate) fn simplesamlphp() -> Self {
        let (folder, port) = (keys(), free_port());
        let path = folder.path().display();
        for made in ["config", "metadata", "log", "tmp"] {
            std::fs::create_dir(folder.path().join(made)).unwrap();
        }
        let write = |file: &str, text: String| std::fs::write(folder.path().join(file), text).unwrap();
        write(
            "config/config.php",
            format!(
                "<?php $config = ['baseurlpath' => 'http://127.0.0.1:{port}/', 'certdir' => '{path}/',\n\
                 'metadatadir' => '{path}/metadata/', 'loggingdir' => '{path}/log/', 'tempdir' => '{path}/tmp',\n\
                 'secretsalt' => 'of-a-test', 'auth.adminpassword' => 'of-a-test', 'timezone' => 'UTC',\n\
                 'technicalcontact_email' => 'na@example.org', 'enable.saml20-idp' => true,\n\
                 'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'language.cookie.samesite' => null,\n\
                 'session.phpsession.savepath' => '{path}/tmp', 'store.type' => 'phpsession',\n\
                 'session.phpsession.cookiename' => 'SimpleSAML', 'logging.handler' => 'file', 'module.enable' => \n\
                 ['exampleauth' => true, 'core' => true, 'saml' => true], 'metadata.sources' => [['type' => 'flatfile']]];\n"
            ),
        );
        write(
            "config/authsources.php",
            format!(
                "<?php $a = 'https://aws.amazon.com/SAML/Attributes/';\n\
                 $config = ['people' => ['exampleauth:UserPass', 'alice:wonderland' => ['uid' => ['alice'],\n\
                 $a.'Role' => ['{PROVIDER},{ADMIN}', '{READ_ONLY},{PROVIDER}'], $a.'RoleSessionName' => ['alice']]]];\n"
            ),
        );
        write(
            "metadata/saml20-idp-hosted.php",
            format!(
                "<?php $metadata['{ISSUER}'] = ['host' => '__DEFAULT__', 'privatekey' => 'key.pem',\n\
                 'certificate' => 'cert.pem', 'auth' => 'people', 'userid.attribute' => 'uid'];\n"
            ),
        );
        write(
            "metadata/saml20-sp-remote.php",
            "<?php $metadata['urn:amazon:webservices'] = ['AssertionConsumerService' => \
             'https://signin.aws.amazon.com/saml', 'simplesaml.nameidattribute' => 'uid'];\n"
                .to_owned(),
        );
        let mut command = Command::new("php");
        command.args(["-S", &format!("127.0.0.1:{port}"), "-t", "/usr/share/simplesamlphp/www"]);
        command.env("SIMPLESAMLPHP_CONFIG_DIR", folder.path().join("config"));
        let start = "/saml2/idp/SSOService.php?spentityid=urn:amazon:webservices";
        Self::start(command, folder, port, start, "/saml2/idp/metadata.php?output=xml")
    }

    fn start(mut command: Command, folder: tempfile::TempDir, port: u16, start: &str, metadata: &str) -> Self {
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("tests/setup");
        let mut idp = Self { child, port, _folder: folder, start: start.to_owned(), metadata: String::new() };
        let until = Instant::now() + Duration::from_secs(60);
        while idp.metadata.is_empty() {
            assert!(Instant::now() < until, "the provider does not answer");
            std::thread::sleep(Duration::from_millis(50));
            idp.metadata = get(port, metadata).unwrap_or_default();
        }
        idp
    }

    /// Where signing in begins.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.start)
    }

    /// A scenario whose account trusts it for both roles.
    pub(crate) fn scenario(&self) -> String {
        let trust = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"Federated": "{PROVIDER}"}},
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": {{"StringEquals": {{"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}}}}}"#
        );
        format!(
            "[[account]]\nid = \"123456789012\"\n[[account.saml_provider]]\nname = \"Example\"\nmetadata = '''{}'''\n\
             [[account.role]]\nname = \"Admin\"\nmax_session_duration = 14400\ntrust = '''{trust}'''\n\
             [[account.role]]\nname = \"ReadOnly\"\ntrust = '''{trust}'''\n",
            self.metadata
        )
    }

    /// An assertion, in base64, of saml-idp, which asks for no password.
    pub(crate) fn assertion(&self) -> String {
        let page = get(self.port, "/").unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("nameIdFormat", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
        for input in page.split("<input ").skip(1) {
            let part = |name: &str| {
                Some(input.split('>').next()?.split_once(&format!(" {name}=\""))?.1.split('"').next()?.to_owned())
            };
            let (Some(name), Some(value)) = (part("name"), part("value")) else { continue };
            form.append_pair(&name, &value);
        }
        let answer = ask(self.port, "POST /signin", &form.finish()).unwrap();
        let value = answer.split("name=\"SAMLResponse\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
        value.and_then(|rest| rest.split('"').next()).expect("a form with an assertion").replace("&#x3D;", "=")
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser by its program, and the log of how it was started.
pub(crate) struct Hands {
    /// What is named as `browser`.
    pub(crate) program: PathBuf,
    log: PathBuf,
    pid: PathBuf,
}

impl Hands {
    /// Puts them into the home. With a window they fill in the form; without one there is nobody.
    pub(crate) fn of(home: &Home) -> Self {
        home.write(
            "hands/manifest.json",
            r#"{ "manifest_version": 3, "name": "hands", "version": "1", "content_scripts":
                [{ "matches": ["<all_urls>"], "js": ["hands.js"], "run_at": "document_idle" }] }"#,
        );
        home.write(
            "hands/hands.js",
            "const name = document.querySelector('input[name=username]');\n\
             const button = document.getElementById('btn-sign-in');\n\
             if (name) {\n  name.value = 'alice';\n  document.querySelector('input[name=password]').value = 'wonderland';\n\
             \x20 name.form.submit();\n} else if (button) button.click();\n",
        );
        let folder = home.path().join("hands");
        let hands = "--load-extension=$here --disable-features=DisableLoadExtensionCommandLineSwitch";
        Self::doing(
            home,
            &format!(
                "here={}\nfor word; do case $word in --headless*) exec chromium \"$@\";; esac; done\n\
                 exec chromium --headless=new {hands} \"$@\"\n",
                folder.display()
            ),
        )
    }

    /// A browser that does that.
    pub(crate) fn doing(home: &Home, script: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let log = home.path().join("browser.log");
        let pid = home.path().join("browser.pid");
        let text = format!(
            "#!/bin/sh\nprintf '%s ' \"$@\" >>{0}\necho >>{0}\necho $$ >{1}\n{script}",
            log.display(),
            pid.display()
        );
        let program = home.write("browser", &text);
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { program, log, pid }
    }

    /// The person closes the window.
    pub(crate) fn close(&self) {
        let pid: i32 = std::fs::read_to_string(&self.pid).unwrap().trim().parse().unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::TERM)
            .unwrap();
    }

    /// The words that it was started with, a line for each time.
    pub(crate) fn started(&self) -> Vec<String> {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

/// A folder with a fresh key and its certificate.
fn keys() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=idp", "-days", "2"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder.path())
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{made:?}");
    folder
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn get(port: u16, path: &str) -> Option<String> {
    ask(port, &format!("GET {path}"), "")
}

/// Asks a server, and returns the body of its answer if it is a good one.
fn ask(port: u16, request: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    let length = body.len();
    write!(
        stream,
        "{request} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.split(' ').nth(1).filter(|status| *status == "200").map(|_| body.to_owned())
}
