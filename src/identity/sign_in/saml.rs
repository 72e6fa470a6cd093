//! The assertion of a SAML sign-in: from a browser, a command, a file or standard input; and whether it serves.
//!
//! It is looked at before it is sent, so that what is wrong with it is said in one's own terms: whom it is meant for,
//! until when, and which roles it offers. It is never kept, shown or logged.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::IdentityError;
use super::super::assertion::{Assertion, InvalidAssertion, Response};
use super::super::generation::Generation;
use crate::config::{AssertionSource, SamlPage};
use crate::person::browser::Window;
use crate::plan::{Provider, WithSaml};
use crate::session::{Fingerprint, private_folder};
use crate::terms::{ExposeSecret, SecretString, is_aws_audience, show_time};
use crate::world::World;

/// An assertion to be traded in.
#[derive(Clone, Debug)]
pub struct SamlAssertion {
    /// In base64, as it was posted. Whoever has it is its bearer, for some minutes.
    pub secret: SecretString,
    /// What it says of itself; `None` of one that only AWS can read.
    pub says: Option<Box<Assertion>>,
}

/// Why an assertion is not had, or does not serve.
#[derive(Debug, thiserror::Error)]
pub enum SamlError {
    /// It could not be fetched.
    #[error("the sign-in `{identity}` has no assertion: {place} {reason}")]
    None {
        /// Whose it is.
        identity: String,
        /// Where it was looked for.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The browser brought none.
    #[cfg(unix)]
    #[error("the sign-in `{identity}` at {host}: {reason}")]
    Page {
        /// Whose it is.
        identity: String,
        /// The provider's host.
        host: String,
        /// Why not.
        reason: crate::person::browser::CatchError,
    },
    /// A person has to sign in, and none can be asked here.
    #[error("the sign-in `{identity}` needs a person, and there is no terminal here")]
    NeedsPerson {
        /// Whose it is.
        identity: String,
    },
    /// A window was opened for it not long ago, and nobody signed in.
    #[error("the sign-in `{identity}` was not finished {} s ago, and is not opened again by itself for five minutes", since.as_secs())]
    Waiting {
        /// Whose it is.
        identity: String,
        /// How long ago.
        since: Duration,
    },
    /// What came is no assertion.
    #[error("what {place} gave for the sign-in `{identity}` cannot be used: {reason}")]
    Invalid {
        /// Whose it is.
        identity: String,
        /// Where it came from.
        place: String,
        /// What it is.
        reason: InvalidAssertion,
    },
    /// It does not serve.
    #[error("the assertion of `{identity}` cannot be used: {unfit}")]
    Unfit {
        /// Whose it is.
        identity: String,
        /// Why not.
        unfit: Unfit,
    },
}

/// Why an assertion does not serve for a role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// It has ended.
    Ended(SystemTime),
    /// It does not hold yet.
    NotYet(SystemTime),
    /// It is for somebody else than AWS.
    Audience(Vec<String>),
    /// It offers other roles.
    NoSuchRole(String, Vec<String>),
    /// It offers the role through another provider.
    OtherProvider(String, Vec<String>),
    /// It says nothing of how the session is called.
    NoSessionName,
    /// Its longest session is none that AWS takes.
    SessionDuration(String),
    /// It is encrypted, and nobody said which provider it is of.
    Encrypted,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, roles: &[String]| match roles {
            [] => write!(f, "it offers no role at all"),
            roles => write!(f, "it offers {}", roles.join(", ")),
        };
        match self {
            Self::Ended(end) => write!(f, "it ended at {} (NotOnOrAfter)", show_time(*end)),
            Self::NotYet(from) => {
                write!(f, "it holds from {} on (NotBefore), by the provider's clock", show_time(*from))
            }
            Self::Audience(audiences) if audiences.is_empty() => {
                write!(f, "it names no audience, and AWS wants urn:amazon:webservices")
            }
            Self::Audience(audiences) => {
                write!(f, "its audience is {}, and not urn:amazon:webservices", audiences.join(", "))
            }
            Self::NoSuchRole(role, offered) => {
                write!(f, "it does not offer {role}: ")?;
                list(f, offered)
            }
            Self::OtherProvider(provider, offered) => {
                write!(f, "it does not offer the role through {provider}, but through {}", offered.join(", "))
            }
            Self::NoSessionName => write!(f, "it has no RoleSessionName"),
            Self::SessionDuration(text) => {
                write!(f, "its SessionDuration is `{text}`, and AWS takes 900 to 43200 seconds")
            }
            Self::Encrypted => {
                write!(f, "it is encrypted, so only AWS can read which provider it is of")
            }
        }
    }
}

/// The longest assertion that AWS takes.
/// Source: STS API Reference, `AssumeRoleWithSAML`, `SAMLAssertion`.
const LONGEST: usize = 100_000;
/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How far the provider's clock may be from ours before we are sure that AWS refuses.
const TOLERANCE: Duration = Duration::from_secs(60);

/// The sign-in of an identity, as far as this machine knows it.
#[derive(Clone, Copy)]
pub struct AtProvider<'a> {
    identity: &'a str,
    source: &'a AssertionSource,
    world: &'a World,
}

impl<'a> AtProvider<'a> {
    /// Returns the sign-in of that identity.
    pub fn new(identity: &'a str, source: &'a AssertionSource, world: &'a World) -> Self {
        Self { identity, source, world }
    }

    /// Says who that is, from local data: whose assertion is at hand, or who signed in last in the browser.
    ///
    /// `None` where nobody has signed in, or the assertion cannot be read.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        Some(Fingerprint(match self.source {
            AssertionSource::Browser(_) => format!("saml {} {}", self.identity, self.last()?.0.as_str()),
            AssertionSource::Command(command) => format!("saml-command {}", hex::encode(Sha256::digest(command))),
            AssertionSource::File(_) => self.at_hand().ok()?.fingerprint(),
            // It can be read once, by whoever trades it in.
            AssertionSource::Stdin => return None,
        }))
    }

    /// Says whose the assertion on standard input is. It is read now.
    pub fn fingerprint_of_stdin(&self) -> Option<Fingerprint> {
        match self.source {
            AssertionSource::Stdin => Some(Fingerprint(self.at_hand().ok()?.fingerprint())),
            AssertionSource::Browser(_) | AssertionSource::Command(_) | AssertionSource::File(_) => None,
        }
    }

    /// The name of the lock that those who sign in there take, one at a time.
    pub fn lock(&self) -> String {
        format!("saml-{}", self.digest())
    }

    /// Whether a person may have to be asked.
    pub fn asks_a_person(&self) -> bool {
        matches!(self.source, AssertionSource::Browser(_))
    }

    /// Returns an assertion. `window` says when a window may be shown for it.
    pub fn assertion(&self, window: Window) -> Result<SamlAssertion, SamlError> {
        match self.source {
            AssertionSource::Browser(page) => self.in_browser(page, window),
            AssertionSource::Command(command) => self.of_command(command),
            AssertionSource::File(_) | AssertionSource::Stdin => self.at_hand(),
        }
    }

    /// The folder that keeps the browser's cookies. They lie outside the vault.
    pub fn profile(&self) -> PathBuf {
        self.world.folders.data.join("browser").join(self.digest())
    }

    /// Signs out: the browser's cookies go, and nothing in the cache is this sign-in's any more. Returns whether anything
    /// was there.
    pub fn sign_out(&self) -> io::Result<bool> {
        for path in [self.note_path("json"), self.note_path("window")] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        match std::fs::remove_dir_all(self.profile()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn at_hand(&self) -> Result<SamlAssertion, SamlError> {
        let none =
            |place: String, reason: String| SamlError::None { identity: self.identity.to_owned(), place, reason };
        match self.source {
            AssertionSource::File(path) => {
                let place = path.display().to_string();
                let text = in_file(path).map_err(|error| none(place.clone(), format!("cannot be read: {error}")))?;
                self.read(&text, place)
            }
            AssertionSource::Stdin => {
                let text = STDIN.get_or_init(|| read_all(io::stdin()).map_err(|error| error.to_string()));
                let place = "standard input".to_owned();
                let text = text.as_ref().map_err(|reason| none(place.clone(), format!("cannot be read: {reason}")))?;
                self.read(text, place)
            }
            AssertionSource::Browser(_) | AssertionSource::Command(_) => {
                Err(none("this sign-in".to_owned(), "has none at hand".to_owned()))
            }
        }
    }

    fn of_command(&self, command: &str) -> Result<SamlAssertion, SamlError> {
        let program = command.split_whitespace().next().unwrap_or_default();
        let place = format!("assertion_command (`{program}`)");
        let none =
            |reason: String| SamlError::None { identity: self.identity.to_owned(), place: place.clone(), reason };
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell.args([flag, command]).env_clear().envs(self.world.env.iter());
        shell.stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = shell.output().map_err(|error| none(format!("cannot be started: {error}")))?;
        let text = Zeroizing::new(output.stdout);
        if !output.status.success() {
            return Err(none(format!("failed ({})", output.status)));
        }
        let text = std::str::from_utf8(&text).map_err(|_| none("printed no text".to_owned()))?;
        self.read(&SecretString::from(text), place.clone())
    }

    fn read(&self, text: &SecretString, place: String) -> Result<SamlAssertion, SamlError> {
        let invalid = |reason| SamlError::Invalid { identity: self.identity.to_owned(), place, reason };
        let secret: String = text.expose_secret().split_whitespace().collect();
        let secret = SecretString::from(secret);
        match Response::read(&secret) {
            Ok(Response::Plain(says)) => Ok(SamlAssertion { secret, says: Some(says) }),
            Ok(Response::Encrypted) => Ok(SamlAssertion { secret, says: None }),
            Err(reason) => Err(invalid(reason)),
        }
    }

    #[cfg(unix)]
    fn in_browser(&self, page: &SamlPage, window: Window) -> Result<SamlAssertion, SamlError> {
        use crate::person::browser::{Catch, catch};
        use crate::terms::{is_loopback_acs, partition_of_acs};

        let profile = self.profile();
        let host = page.url.host_str().unwrap_or_default().to_owned();
        let is_root = rustix::process::geteuid().is_root();
        let failed = |reason| SamlError::Page { identity: self.identity.to_owned(), host: host.clone(), reason };
        if is_root && !page.without_sandbox {
            crate::person::note("the browser runs without its sandbox, which it has to as root");
        }
        if window != Window::Never {
            self.window_opens();
        }
        let wanted = Catch {
            start: &page.url,
            program: page.browser.as_deref(),
            profile: &profile,
            without_sandbox: page.without_sandbox || is_root,
            window,
            is_target: |url| partition_of_acs(url).is_some() || is_loopback_acs(url),
            field: "SAMLResponse",
            patience: PATIENCE,
        };
        let caught = catch(&wanted, self.world).map_err(failed)?;
        self.window_served();
        let assertion = self.read(&caught, host)?;
        self.remember(&assertion);
        Ok(assertion)
    }

    #[cfg(not(unix))]
    fn in_browser(&self, page: &SamlPage, _: Window) -> Result<SamlAssertion, SamlError> {
        Err(SamlError::None {
            identity: self.identity.to_owned(),
            place: page.url.host_str().unwrap_or_default().to_owned(),
            reason: "cannot be signed in to on Windows: no browser can be driven over a pipe from here yet".to_owned(),
        })
    }

    /// Who signed in last: the generation, and a hash that says whether it is still the same person.
    fn last(&self) -> Option<(Generation, String)> {
        let note: serde_json::Value = serde_json::from_slice(&std::fs::read(self.note_path("json")).ok()?).ok()?;
        let generation = Generation::parse(note["generation"].as_str()?)?;
        Some((generation, note["who"].as_str()?.to_owned()))
    }

    /// Notes who has signed in. Somebody else than the last time is another generation.
    fn remember(&self, assertion: &SamlAssertion) {
        let who = assertion.fingerprint();
        if self.last().is_some_and(|(_, last)| last == who) {
            return;
        }
        let note = serde_json::json!({ "generation": Generation::new().as_str(), "who": who });
        // Where no note can be left, nothing is found in the cache: nothing worse.
        let _ = self.make_folder().and_then(|folder| {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            io::Write::write_all(&mut file, note.to_string().as_bytes())?;
            file.persist(self.note_path("json")).map_err(|error| error.error)
        });
    }

    /// Notes that a window may be opened now.
    fn window_opens(&self) {
        let _ = self.make_folder().and_then(|_| File::create(self.note_path("window")));
    }

    fn window_served(&self) {
        let _ = std::fs::remove_file(self.note_path("window"));
    }

    /// Returns how long ago a window was opened in which nobody has signed in, if that is less than a pause.
    pub fn waits_since(&self) -> Option<Duration> {
        let opened = std::fs::metadata(self.note_path("window")).and_then(|metadata| metadata.modified()).ok()?;
        self.world.clock.now().duration_since(opened).ok().filter(|since| *since < PAUSE)
    }

    /// Returns the refusal of those who would open another window.
    pub fn waiting(&self, since: Duration) -> SamlError {
        SamlError::Waiting { identity: self.identity.to_owned(), since }
    }

    /// Returns the refusal where nobody has ever signed in, and nobody can be asked to.
    pub fn never_here(&self) -> SamlError {
        SamlError::NeedsPerson { identity: self.identity.to_owned() }
    }

    /// Whether somebody has signed in here in the browser, so that it may do without a person.
    pub fn was_here(&self) -> bool {
        self.last().is_some()
    }

    fn make_folder(&self) -> io::Result<PathBuf> {
        let folder = self.folder();
        private_folder(&self.world.folders.state)?;
        private_folder(&folder)?;
        Ok(folder)
    }

    fn folder(&self) -> PathBuf {
        self.world.folders.state.join("saml")
    }

    fn note_path(&self, ending: &str) -> PathBuf {
        self.folder().join(format!("{}.{ending}", self.digest()))
    }

    /// A name may hold any character.
    fn digest(&self) -> String {
        hex::encode(&Sha256::digest(self.identity)[..16])
    }
}

/// How long a sign-in that was declined or abandoned is not opened again by itself.
const PAUSE: Duration = Duration::from_secs(5 * 60);

/// It can be read once, and is asked for twice: for the fingerprint, and for the exchange.
static STDIN: OnceLock<Result<SecretString, String>> = OnceLock::new();

fn in_file(path: &Path) -> io::Result<SecretString> {
    read_all(File::open(path)?)
}

fn read_all(from: impl Read) -> io::Result<SecretString> {
    let mut text = Zeroizing::new(String::new());
    // Line breaks make it longer than AWS takes, and are left out.
    from.take(2 * LONGEST as u64).read_to_string(&mut text)?;
    Ok(SecretString::from(text.as_str()))
}

impl SamlAssertion {
    /// Says whose it is.
    fn fingerprint(&self) -> String {
        match &self.says {
            Some(says) => {
                // A transient name is another one each time.
                let name = Some(&says.subject.name).filter(|_| !says.subject.format.ends_with(":transient"));
                let who = serde_json::json!([says.issuer, name, says.session_name()]).to_string();
                format!("saml {}", hex::encode(Sha256::digest(who)))
            }
            None => format!("saml {}", hex::encode(Sha256::digest(self.secret.expose_secret()))),
        }
    }

    /// Returns the provider to ask through, if the assertion serves for that role now.
    pub fn provider(&self, exchange: &WithSaml, identity: &str, now: SystemTime) -> Result<String, SamlError> {
        let fit = match (&self.says, &exchange.provider) {
            (Some(says), provider) => fitting(says, &exchange.role_arn.value.to_string(), provider, now),
            (None, Provider::Declared(arn)) => Ok(arn.value.clone()),
            (None, Provider::FromAssertion) => Err(Unfit::Encrypted),
        };
        fit.map_err(|unfit| SamlError::Unfit { identity: identity.to_owned(), unfit })
    }
}

/// Returns the provider to ask through, or why the assertion does not serve.
fn fitting(says: &Assertion, role: &str, provider: &Provider, now: SystemTime) -> Result<String, Unfit> {
    if let Some(end) = says.ends().filter(|end| *end + TOLERANCE <= now) {
        return Err(Unfit::Ended(end));
    }
    if let Some(from) = says.not_before.filter(|from| *from > now + TOLERANCE) {
        return Err(Unfit::NotYet(from));
    }
    if !says.audiences.iter().any(|audience| is_aws_audience(audience)) {
        return Err(Unfit::Audience(says.audiences.clone()));
    }
    let offers = says.offers();
    let of_role: Vec<&str> =
        offers.iter().filter(|offer| offer.role.to_string() == role).map(|offer| offer.provider.as_str()).collect();
    let Some(first) = of_role.first() else {
        let offered = offers.iter().map(|offer| offer.role.to_string()).collect();
        return Err(Unfit::NoSuchRole(role.to_owned(), offered));
    };
    let chosen = match provider {
        Provider::FromAssertion => (*first).to_owned(),
        Provider::Declared(arn) if of_role.contains(&arn.value.as_str()) => arn.value.clone(),
        Provider::Declared(arn) => {
            let others = of_role.into_iter().map(str::to_owned).collect();
            return Err(Unfit::OtherProvider(arn.value.clone(), others));
        }
    };
    if says.session_name().is_none() {
        return Err(Unfit::NoSessionName);
    }
    match says.session_duration_text() {
        Some(text) if !text.parse().is_ok_and(|seconds: u64| (900..=43_200).contains(&seconds)) => {
            Err(Unfit::SessionDuration(text.to_owned()))
        }
        Some(_) | None => Ok(chosen),
    }
}

impl From<SamlError> for IdentityError {
    fn from(error: SamlError) -> Self {
        Self::Saml(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sourced;

    const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
    const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Example";

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    /// An assertion as it should be, with these pieces of it replaced.
    fn says(changes: &[(&str, &str)]) -> Assertion {
        let mut xml = format!(
            r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"
            ID="_1" IssueInstant="2027-01-15T08:00:00Z"><Conditions NotBefore="2027-01-15T08:00:00Z"
            NotOnOrAfter="2027-01-15T08:05:00Z"><AudienceRestriction><Audience>urn:amazon:webservices</Audience>
            </AudienceRestriction></Conditions><AttributeStatement>
            <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><AttributeValue>{PROVIDER},{ROLE}</AttributeValue>
            </Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><AttributeValue>alice\
            </AttributeValue></Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/SessionDuration">\
            <AttributeValue>3600</AttributeValue></Attribute></AttributeStatement></Assertion></p:Response>"#
        );
        for (from, to) in changes {
            assert!(xml.contains(from), "{from}");
            xml = xml.replace(from, to);
        }
        let document = super::super::super::assertion::parse(&xml).unwrap();
        Assertion::of(super::super::super::assertion::find(&document).unwrap().unwrap())
    }

    #[test]
    fn what_aws_would_refuse_is_told_apart_before_it_is_sent() {
        let no_role = |offered: &[&str]| {
            Err(Unfit::NoSuchRole(ROLE.to_owned(), offered.iter().map(|arn| (*arn).to_owned()).collect()))
        };
        let other = "arn:aws:iam::123456789012:role/Other";
        type Case<'a> = (&'a [(&'a str, &'a str)], u64, Result<String, Unfit>);
        let cases: [Case<'_>; 14] = [
            (&[], 10, Ok(PROVIDER.to_owned())),
            (&[("SAML/Attributes/SessionDuration", "SAML/Attributes/Else")], 10, Ok(PROVIDER.to_owned())),
            // A clock may be a minute off before we are surer than AWS.
            (&[], 359, Ok(PROVIDER.to_owned())),
            (&[], 360, Err(Unfit::Ended(at(300)))),
            (&[("NotBefore=\"2027-01-15T08:00", "NotBefore=\"2027-01-15T08:02")], 30, Err(Unfit::NotYet(at(120)))),
            (&[("urn:amazon:webservices", "urn:other")], 10, Err(Unfit::Audience(vec!["urn:other".to_owned()]))),
            (&[("Audience>", "Other>")], 10, Err(Unfit::Audience(Vec::new()))),
            (
                &[("Audience>urn:amazon:webservices<", "Audience>https://signin.aws.amazon.com/saml<")],
                10,
                Ok(PROVIDER.to_owned()),
            ),
            (&[(ROLE, other)], 10, no_role(&[other])),
            (&[("SAML/Attributes/Role\"", "SAML/Attributes/Roles\"")], 10, no_role(&[])),
            (&[("RoleSessionName", "SessionName")], 10, Err(Unfit::NoSessionName)),
            (&[("3600", "600")], 10, Err(Unfit::SessionDuration("600".to_owned()))),
            (&[("3600", "1h")], 10, Err(Unfit::SessionDuration("1h".to_owned()))),
            (&[("3600", "43201")], 10, Err(Unfit::SessionDuration("43201".to_owned()))),
        ];
        for (changes, now, expected) in cases {
            let found = fitting(&says(changes), ROLE, &Provider::FromAssertion, at(now));
            assert_eq!(found, expected, "{changes:?} {now}");
        }
    }

    #[test]
    fn a_provider_that_is_declared_has_to_be_one_that_is_offered() {
        let declared = |arn: &str| Provider::Declared(Sourced::by_default(arn.to_owned()));
        let found = |arn: &str| fitting(&says(&[]), ROLE, &declared(arn), at(10));
        assert_eq!(found(PROVIDER), Ok(PROVIDER.to_owned()));
        let other = "arn:aws:iam::123456789012:saml-provider/Other";
        assert_eq!(found(other), Err(Unfit::OtherProvider(other.to_owned(), vec![PROVIDER.to_owned()])));
    }

    #[test]
    fn debug_shows_no_assertion() {
        let assertion = SamlAssertion { secret: SecretString::from("PHNhbWxwOlJlc3BvbnNl"), says: None };
        assert!(!format!("{assertion:?}").contains("PHNh"));
    }
}
