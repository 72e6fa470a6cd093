//! One run of the browser: the pages that it comes by, and what each of them means for the sign-in.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::super::pipe::{Message, Next, Pipe};
use super::super::{BrowserError, is_ours};
use super::events::{Attached, Detached, Evaluated, Failed, Paused, Received};
use super::{Catch, CatchError};
use crate::person::{self, plain};
use crate::world::Env;

/// One run of the browser.
pub(super) struct Visit<'a> {
    pub(super) pipe: Pipe,
    wanted: &'a Catch<'a>,
    is_visible: bool,
    /// Pages and their frames that are being listened to.
    sessions: Vec<String>,
    /// Pages among them, by their targets.
    pages: Vec<(String, String)>,
    /// When something last moved.
    moved: Instant,
    /// When a page was last asked for, or came.
    turned: Instant,
    /// Whether a page is being fetched.
    is_loading: bool,
    /// The last page's answer.
    page: Option<Answered>,
    asked_page: Option<u64>,
}

/// How a site answered for a page.
struct Answered {
    host: String,
    status: u16,
}

impl Answered {
    /// Whether it is no page to sign in at. 401 and 407 are the browser's own dialogue.
    fn is_error(&self) -> bool {
        self.status >= 400 && !matches!(self.status, 401 | 407)
    }
}

/// How long a page may stand still before it counts as one that waits for a person.
const STILL: Duration = Duration::from_millis(2_000);
/// How long an error page may stand still before it counts as one: it may lead on by itself.
const STILL_ERROR: Duration = Duration::from_millis(300);
/// How long a page may go on asking its site for this and that before it counts as one that waits for a person: some ask
/// for ever.
const RESTLESS: Duration = Duration::from_secs(8);
/// How long signing in may take where nobody is asked.
const SILENT: Duration = Duration::from_secs(25);
/// How long a browser may take to write its cookies down.
pub(super) const CLOSING: Duration = Duration::from_secs(5);

impl<'a> Visit<'a> {
    pub(super) fn begin(
        wanted: &'a Catch<'a>,
        program: &Path,
        is_visible: bool,
        env: &Env,
    ) -> Result<Self, CatchError> {
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
            turned: Instant::now(),
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

    pub(super) fn until_caught(mut self) -> Result<SecretString, CatchError> {
        let patience = if self.is_visible { self.wanted.patience } else { SILENT };
        let began = Instant::now();
        loop {
            if began.elapsed() >= patience {
                let waited = began.elapsed();
                self.pipe.close(CLOSING);
                return Err(if self.is_visible { CatchError::Abandoned { waited } } else { CatchError::NeedsPerson });
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
                if received.kind == "Document" && self.is_main(session, received.frame.as_deref()) {
                    self.page_came(Answered { host: host(&received.response.url), status: received.response.status });
                }
            }
            "Network.loadingFailed" => {
                let failed: Failed = message.params()?;
                let is_ours = failed.canceled || failed.reason == "net::ERR_ABORTED";
                if failed.kind == "Document" && failed.reason == "net::ERR_HTTP_RESPONSE_CODE_FAILURE" {
                    // An error without a page: the browser shows one of its own.
                } else if failed.kind == "Document" && !is_ours && self.is_page(session) {
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

    /// The main frame of a page bears its target's name; what a frame in it shows is not the page.
    fn is_main(&self, session: Option<&str>, frame: Option<&str>) -> bool {
        let is_it =
            |(known, target): &(String, String)| Some(known.as_str()) == session && Some(target.as_str()) == frame;
        self.pages.iter().any(is_it)
    }

    /// A person who sees an error page may still know the way on, and is told at once what they see.
    fn page_came(&mut self, page: Answered) {
        if self.is_visible && page.is_error() {
            let Answered { host, status } = &page;
            person::note(&format!(
                "{host} answered HTTP {status} instead of a sign-in page: go on in the window if you can, or close it"
            ));
        }
        self.page = Some(page);
        self.turned = Instant::now();
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
            self.turned = self.moved;
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

    /// Nothing came for a moment: if the page stands still, is it one that waits for somebody? Before somebody it may.
    fn look_still(&mut self) {
        if self.is_visible {
            return;
        }
        let Some(page) = &self.page else { return };
        let (still, is_loading) = match page.is_error() {
            // Whatever else of it is still to come makes it no better.
            true => (STILL_ERROR, false),
            false => (STILL, self.is_loading),
        };
        let stands = self.moved.elapsed() >= still || self.turned.elapsed() >= RESTLESS;
        if self.asked_page.is_some() || is_loading || !stands {
            return;
        }
        if let Some((session, _)) = self.pages.last().cloned() {
            let question = json!({ "expression": WHAT_IS_THERE, "returnByValue": true });
            self.asked_page = Some(self.pipe.call(Some(&session), "Runtime.evaluate", question));
        }
    }

    fn hear_page(&mut self, message: &Message) -> Option<Result<Zeroizing<String>, CatchError>> {
        let there = message.result::<Evaluated>().and_then(|answer| answer.result.value);
        let Answered { host, status } = self.page.as_ref()?;
        if self.page.as_ref().is_some_and(Answered::is_error) {
            let title = there.map(|there| plain(there.title.trim()).chars().take(LONGEST_TITLE).collect());
            return Some(Err(CatchError::Page { host: host.clone(), status: *status, title }));
        }
        if !there.is_some_and(|there| there.is_complete) {
            self.moved = Instant::now();
            self.asked_page = None;
            return None;
        }
        Some(Err(CatchError::NeedsPerson))
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

/// Whether the page is all there, and how it calls itself.
const WHAT_IS_THERE: &str = "({ isComplete: document.readyState === 'complete', title: document.title })";

/// What is shown of a page's title, in characters.
const LONGEST_TITLE: usize = 120;

fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Returns a field of a form.
fn field(form: &str, name: &str) -> Option<SecretString> {
    let mut fields = url::form_urlencoded::parse(form.as_bytes());
    fields.find(|(known, _)| known == name).map(|(_, value)| SecretString::from(value.into_owned()))
}
