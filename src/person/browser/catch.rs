//! A sign-in page in a browser of our own, and the form that it posts in the end: caught, and never sent.
//!
//! The browser keeps a profile in a folder of ours, so that the next sign-in needs nobody while the site's session lasts:
//! that is tried first, without a window. A window opens only when a page wants a person.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::pipe::{Message, Next, Pipe};
use super::{BrowserError, Screen, find_program, is_ours, make_private, screen};
use crate::world::{Env, World};

/// A form to catch.
#[derive(Clone, Copy, Debug)]
pub struct Catch<'a> {
    /// Where signing in begins.
    pub start: &'a Url,
    /// The browser, where one is named; else the first of Chromium's kind on this machine.
    pub program: Option<&'a str>,
    /// The folder that keeps its cookies.
    pub profile: &'a Path,
    /// Whether the browser's sandbox is switched off, which root has to do.
    pub without_sandbox: bool,
    /// When a window may be shown.
    pub window: Window,
    /// Whether an address is the one that the form is posted to.
    pub is_target: fn(&Url) -> bool,
    /// The form's field that is wanted.
    pub field: &'static str,
    /// How long a person may take.
    pub patience: Duration,
}

/// When a window is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Window {
    /// Never: whoever would have to be asked is not here.
    Never,
    /// When a page wants a person.
    WhenNeeded,
    /// From the start.
    Always,
}

/// Why nothing was caught.
#[derive(Debug, thiserror::Error)]
pub enum CatchError {
    /// There is no browser that could do it.
    #[error("there is no browser of Chromium's kind here ({tried})")]
    NoBrowser {
        /// Which were looked for.
        tried: String,
    },
    /// It does not start, or its folder cannot be made.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A window cannot be shown here.
    #[error("a person has to sign in, and {reason}")]
    NoWindow {
        /// Why not.
        reason: &'static str,
    },
    /// A page wants a person, and no window may be shown.
    #[error("a person has to sign in")]
    NeedsPerson,
    /// The window was closed.
    #[error("the browser was closed before the sign-in was finished")]
    Closed,
    /// The browser ended by itself.
    #[error("the browser ended before the sign-in was finished ({status})")]
    Ended {
        /// How.
        status: String,
    },
    /// Nobody finished.
    #[error("nobody finished signing in within {} s", waited.as_secs())]
    Abandoned {
        /// How long we waited.
        waited: Duration,
    },
    /// The page is an error page.
    #[error("{host} answered HTTP {status} instead of a sign-in page")]
    Page {
        /// The site.
        host: String,
        /// The status.
        status: u16,
    },
    /// The page cannot be reached.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The site.
        host: String,
        /// The browser's word for it.
        reason: String,
    },
    /// The form has no such field.
    #[error("the form that was posted has no `{field}`")]
    NoField {
        /// The field.
        field: &'static str,
    },
}

/// How long a page may stand still before it counts as one that waits for a person.
const STILL: Duration = Duration::from_millis(2_000);
/// How long signing in may take where nobody is asked.
const SILENT: Duration = Duration::from_secs(25);
const CLOSING: Duration = Duration::from_secs(5);
/// How long a cookie of the site's session is kept, which a browser would forget when it closes. The site decides how long
/// it is good for.
const SESSION_COOKIE: Duration = Duration::from_secs(12 * 3_600);

/// Signs in and returns the field of the form that was caught.
pub fn catch(wanted: &Catch<'_>, world: &World) -> Result<SecretString, CatchError> {
    let program = match wanted.program {
        Some(name) => find_program(name, &world.env).ok_or_else(|| tried(&[name])),
        None => KINDS.iter().find_map(|name| find_program(name, &world.env)).ok_or_else(|| tried(&KINDS)),
    }?;
    let was_here = wanted.profile.is_dir();
    make_profile(wanted.profile).map_err(BrowserError::Page)?;
    let without = |is_visible: bool| Visit::begin(wanted, &program, is_visible, &world.env)?.until_caught();
    // Who was never here has no cookie that would sign them in.
    let tries_silently = match wanted.window {
        Window::Never => true,
        Window::WhenNeeded => was_here,
        Window::Always => false,
    };
    if tries_silently {
        match without(false) {
            Err(CatchError::NeedsPerson) if wanted.window == Window::WhenNeeded => {}
            caught => return caught,
        }
    }
    match screen(&world.env) {
        Screen::Here => without(true),
        Screen::Ssh => Err(CatchError::NoWindow { reason: "this is an SSH session" }),
        Screen::None => Err(CatchError::NoWindow { reason: "there is no display" }),
    }
}

/// Makes the folder, in which no password is ever kept.
fn make_profile(folder: &Path) -> std::io::Result<()> {
    make_private(folder)?;
    let preferences = folder.join("Default/Preferences");
    if preferences.exists() {
        return Ok(());
    }
    make_private(&folder.join("Default"))?;
    std::fs::write(preferences, PREFERENCES)
}

/// Source: Chromium's preferences `credentials_enable_service` and `profile.password_manager_enabled`.
const PREFERENCES: &str = r#"{"credentials_enable_service":false,"profile":{"password_manager_enabled":false},"autofill":{"profile_enabled":false}}"#;

/// In the order in which they are looked for.
const KINDS: [&str; 4] = ["chrome", "chromium", "edge", "brave"];

fn tried(names: &[&str]) -> CatchError {
    CatchError::NoBrowser { tried: names.join(", ") }
}

/// One run of the browser.
struct Visit<'a> {
    pipe: Pipe,
    wanted: &'a Catch<'a>,
    is_visible: bool,
    /// Pages and their frames that are being listened to.
    sessions: Vec<String>,
    /// Pages among them, by their targets.
    pages: Vec<(String, String)>,
    /// When something last moved.
    moved: Instant,
    /// Whether a page is being fetched.
    is_loading: bool,
    /// The last page's answer.
    page: Option<(String, u16)>,
    asked_page: Option<u64>,
}

#[derive(Deserialize)]
struct Attached {
    #[serde(rename = "sessionId")]
    session: String,
    #[serde(rename = "targetInfo")]
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "targetId")]
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Detached {
    #[serde(rename = "sessionId")]
    session: String,
}

#[derive(Deserialize)]
struct Paused {
    #[serde(rename = "requestId")]
    id: String,
    request: Posted,
}

#[derive(Deserialize)]
struct Posted {
    url: String,
    method: String,
    #[serde(rename = "postData")]
    body: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
struct Received {
    #[serde(rename = "type")]
    kind: String,
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    url: String,
    status: u16,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "errorText")]
    reason: String,
    #[serde(default)]
    canceled: bool,
}

#[derive(Deserialize)]
struct Evaluated {
    result: Evaluation,
}

#[derive(Deserialize)]
struct Evaluation {
    value: Option<bool>,
}

#[derive(Deserialize)]
struct Cookies {
    cookies: Vec<serde_json::Map<String, Value>>,
}

impl<'a> Visit<'a> {
    fn begin(wanted: &'a Catch<'a>, program: &Path, is_visible: bool, env: &Env) -> Result<Self, CatchError> {
        let mut command = Command::new(program);
        let mut folder = std::ffi::OsString::from("--user-data-dir=");
        folder.push(wanted.profile);
        command.arg(folder).args(SWITCHES);
        if !is_visible {
            command.arg("--headless=new");
        }
        if wanted.without_sandbox {
            command.arg("--no-sandbox");
        }
        command.arg("about:blank");
        command.env_clear().envs(env.iter().filter(|(name, _)| !is_ours(name)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C on our terminal ends it through us, with its cookies written.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let program = program.display().to_string();
        let pipe = Pipe::start(command).map_err(|source| BrowserError::Start { program, source })?;
        let mut visit = Self {
            pipe,
            wanted,
            is_visible,
            sessions: Vec::new(),
            pages: Vec::new(),
            moved: Instant::now(),
            is_loading: false,
            page: None,
            asked_page: None,
        };
        visit.attach(None);
        Ok(visit)
    }

    /// Everything that opens from here on stops until we listen to it.
    fn attach(&mut self, session: Option<&str>) {
        let all = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
        self.pipe.call(session, "Target.setAutoAttach", all);
    }

    fn until_caught(mut self) -> Result<SecretString, CatchError> {
        let patience = if self.is_visible { self.wanted.patience } else { SILENT };
        let began = Instant::now();
        loop {
            if began.elapsed() >= patience {
                let waited = began.elapsed();
                self.pipe.close(CLOSING);
                return Err(CatchError::Abandoned { waited });
            }
            match self.pipe.next(Duration::from_millis(100)) {
                Next::Message(message) => {
                    if let Some(caught) = self.hear(&message) {
                        let caught = caught.map(|body| field(&body, self.wanted.field));
                        self.keep_session();
                        self.pipe.close(CLOSING);
                        return caught?.ok_or(CatchError::NoField { field: self.wanted.field });
                    }
                }
                Next::Nothing => self.look_still(),
                Next::Closed => return Err(self.gone()),
            }
        }
    }

    /// The browser is gone: closed by the person, or not by them.
    fn gone(&mut self) -> CatchError {
        match self.pipe.ended() {
            Some(status) if status.success() || !self.pages.is_empty() => CatchError::Closed,
            Some(status) => CatchError::Ended { status: status.to_string() },
            None => CatchError::Closed,
        }
    }

    /// Hears one message. Some once there is nothing more to wait for.
    fn hear(&mut self, message: &Message) -> Option<Result<Zeroizing<String>, CatchError>> {
        if message.id.is_some() && message.id == self.asked_page {
            return self.hear_page(message);
        }
        let session = message.session.as_deref();
        match message.method.as_deref()? {
            "Target.attachedToTarget" => self.listen(message.params()?),
            "Target.detachedFromTarget" => {
                let gone: Detached = message.params()?;
                self.sessions.retain(|session| *session != gone.session);
                self.pages.retain(|(session, _)| *session != gone.session);
                if self.pages.is_empty() {
                    return Some(Err(CatchError::Closed));
                }
            }
            "Fetch.requestPaused" => return self.pause(session, message.params()?),
            "Network.responseReceived" => {
                let received: Received = message.params()?;
                if received.kind == "Document" && self.is_page(session) {
                    self.page = Some((host(&received.response.url), received.response.status));
                }
            }
            "Network.loadingFailed" => {
                let failed: Failed = message.params()?;
                let is_ours = failed.canceled || failed.reason == "net::ERR_ABORTED";
                if failed.kind == "Document" && !is_ours && self.is_page(session) {
                    let host = self.wanted.start.host_str().unwrap_or_default().to_owned();
                    return Some(Err(CatchError::Unreachable { host, reason: failed.reason }));
                }
            }
            "Page.frameStartedLoading" => self.is_loading = true,
            "Page.frameStoppedLoading" => self.is_loading = false,
            "Page.frameNavigated" => {}
            _ => return None,
        }
        self.moved = Instant::now();
        self.asked_page = None;
        None
    }

    fn is_page(&self, session: Option<&str>) -> bool {
        self.pages.iter().any(|(known, _)| Some(known.as_str()) == session)
    }

    /// Listens to a page or a frame, and lets it run. The first page goes where signing in begins.
    fn listen(&mut self, attached: Attached) {
        let session = attached.session.as_str();
        let is_first = self.pages.is_empty();
        let patterns =
            json!({ "patterns": [{ "urlPattern": "*", "requestStage": "Request", "resourceType": "Document" }] });
        self.pipe.call(Some(session), "Fetch.enable", patterns);
        self.pipe.call(Some(session), "Network.enable", json!({}));
        self.attach(Some(session));
        if attached.target.kind == "page" {
            self.pipe.call(Some(session), "Page.enable", json!({}));
            self.pages.push((attached.session.clone(), attached.target.id));
        }
        self.pipe.call(Some(session), "Runtime.runIfWaitingForDebugger", json!({}));
        if is_first && !self.pages.is_empty() {
            self.pipe.call(Some(session), "Page.navigate", json!({ "url": self.wanted.start.as_str() }));
        }
        self.sessions.push(attached.session);
    }

    /// A document is asked for. The one that is wanted stops here; all others go on.
    fn pause(&mut self, session: Option<&str>, paused: Paused) -> Option<Result<Zeroizing<String>, CatchError>> {
        let is_target = Url::parse(&paused.request.url).is_ok_and(|url| (self.wanted.is_target)(&url));
        if !is_target {
            self.moved = Instant::now();
            self.pipe.call(session, "Fetch.continueRequest", json!({ "requestId": paused.id }));
            return None;
        }
        let stop = json!({ "requestId": paused.id, "errorReason": "Aborted" });
        self.pipe.call(session, "Fetch.failRequest", stop);
        // Whatever else goes there carries nothing that is ours to catch.
        if paused.request.method != "POST" {
            return None;
        }
        Some(Ok(paused.request.body.unwrap_or_default()))
    }

    /// Nothing came for a moment: if the page stands still, is it one that waits for somebody?
    fn look_still(&mut self) {
        if self.asked_page.is_some() || self.is_loading || self.moved.elapsed() < STILL || self.page.is_none() {
            return;
        }
        if let Some((session, _)) = self.pages.last().cloned() {
            let question = json!({ "expression": WHAT_IS_THERE, "returnByValue": true });
            self.asked_page = Some(self.pipe.call(Some(&session), "Runtime.evaluate", question));
        }
    }

    fn hear_page(&mut self, message: &Message) -> Option<Result<Zeroizing<String>, CatchError>> {
        let there = message.result::<Evaluated>().and_then(|answer| answer.result.value);
        let Some(has_fields) = there else {
            // It is not all there yet.
            self.moved = Instant::now();
            self.asked_page = None;
            return None;
        };
        let (host, status) = self.page.clone()?;
        // 401 and 407 are the browser's own dialogue.
        let is_error = status >= 400 && !matches!(status, 401 | 407);
        // An error page may have a search field; before a person it may stay.
        if is_error && (!self.is_visible || !has_fields) {
            return Some(Err(CatchError::Page { host, status }));
        }
        // It stays answered until something moves.
        (!self.is_visible).then_some(Err(CatchError::NeedsPerson))
    }

    /// Gives the site's session cookies a life, so that they are there when the browser is started again.
    fn keep_session(&mut self) {
        let asked = self.pipe.call(None, "Storage.getCookies", json!({}));
        let Some(answer) = self.answer(asked) else { return };
        let Some(all) = answer.result::<Cookies>() else { return };
        let until = self.until();
        let of_session = all.cookies.into_iter().filter(|cookie| cookie.get("session") == Some(&Value::Bool(true)));
        let kept: Vec<Value> = of_session
            .map(|mut cookie| {
                for key in ["session", "size", "sourcePort", "sourceScheme", "partitionKeyOpaque"] {
                    cookie.remove(key);
                }
                cookie.insert("expires".to_owned(), json!(until));
                Value::Object(cookie)
            })
            .collect();
        if !kept.is_empty() {
            let asked = self.pipe.call(None, "Storage.setCookies", json!({ "cookies": kept }));
            self.answer(asked);
        }
    }

    /// By the browser's clock, which is asked for nothing else.
    fn until(&self) -> u64 {
        let now = crate::world::Clock::System.now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        (since + SESSION_COOKIE).as_secs()
    }

    fn answer(&mut self, call: u64) -> Option<Message> {
        let until = Instant::now() + CLOSING;
        while Instant::now() < until {
            match self.pipe.next(Duration::from_millis(100)) {
                Next::Message(message) if message.id == Some(call) => return Some(message),
                Next::Message(_) | Next::Nothing => {}
                Next::Closed => return None,
            }
        }
        None
    }
}

/// A browser of its own that talks to nobody but the sites that are visited.
const SWITCHES: [&str; 7] = [
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--disable-session-crashed-bubble",
];

/// Whether there is a field on the page that a person could fill in; null before the page is all there.
const WHAT_IS_THERE: &str = "document.readyState !== 'complete' ? null : \
    [...document.querySelectorAll('input:not([type=hidden]):not([type=submit]):not([type=button]),select,textarea')]\
    .some(e => e.getClientRects().length > 0)";

fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Returns a field of a form.
fn field(form: &str, name: &str) -> Option<SecretString> {
    let mut fields = url::form_urlencoded::parse(form.as_bytes());
    fields.find(|(known, _)| known == name).map(|(_, value)| SecretString::from(value.into_owned()))
}
