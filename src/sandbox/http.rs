//! The server's side of HTTP: who may connect at all, what is read, what goes back, and how it fails when told to.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::time::Sleep;

use crate::world::Clock;

use super::answer::{Answer, Content, Refusal, Service};
use super::call::Call;
use super::dispatch::{self, Asked};
use super::estate::Estate;
use super::fault::{self, Failure, Fault};
use super::log::{self, Record};
use super::{control, fresh};

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) estate: Mutex<Estate>,
    pub(super) failures: Mutex<Vec<Failure>>,
    pub(super) log: Option<Mutex<File>>,
    pub(super) clock: Clock,
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
}

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(super) struct Cut;

/// More than any call of STS or IAM may have.
const LONGEST_BODY: usize = 256 * 1024;
/// More than any name in the log may have: an ARN has at most that.
const LONGEST_SHOWN: usize = 2_048;

impl Shared {
    pub(super) fn estate(&self) -> MutexGuard<'_, Estate> {
        self.estate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn failures(&self) -> MutexGuard<'_, Vec<Failure>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one request.
pub(super) async fn handle(request: Request<Incoming>, shared: &Shared) -> Result<Response<Reply>, Cut> {
    let mut record = Record { request_id: fresh::request_id(), ..Record::default() };
    let (head, body) = request.into_parts();
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    if let Err(refusal) = check_origin(head.method.as_str(), &headers, &shared.url) {
        let answer = Answer::refusal(Service::Sts, &refusal, &record.request_id);
        return Ok(finish(answer, Form::Whole, record, shared.clock.now(), shared));
    }
    let body = match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(_) => {
            let refusal = Refusal::new(413, "RequestEntityTooLarge", "The request is too large.");
            let answer = Answer::refusal(Service::Sts, &refusal, &record.request_id);
            return Ok(finish(answer, Form::Whole, record, shared.clock.now(), shared));
        }
    };
    if let Some(answer) = control::answer(head.method.as_str(), head.uri.path(), &body, shared) {
        let (status, text) = answer;
        return Ok(plain(status, text));
    }

    let call = Call::new(head.method.as_str(), head.uri.query().unwrap_or_default(), headers, body).at(head.uri.path());
    let asked = Asked::of(&call);
    let shown = |name: &str| call.parameters.text(name).map(|text| text.chars().take(LONGEST_SHOWN).collect());
    record.operation = asked.name().map_or_else(|| shown("Action"), |name| Some(name.to_owned()));
    record.service = Some(asked.service());
    record.role_arn = shown("RoleArn");
    let faults = fault::take(&mut shared.failures(), record.operation.as_deref());

    let mut now = shared.clock.now();
    let mut form = Form::Whole;
    let mut instead = None;
    for fault in faults {
        match fault {
            Fault::Slow(length) => tokio::time::sleep(length).await,
            Fault::Clock(seconds) => now = shifted(now, seconds),
            Fault::Cut => {
                record.code = Some(fault.to_string());
                write_down(record, now, shared);
                return Err(Cut);
            }
            Fault::Truncated => form = Form::Truncated,
            Fault::Html => instead = Some(html()),
            Fault::Throttle | Fault::Internal | Fault::Unavailable => {
                instead = failure(fault).map(|refusal| asked.refuse(&refusal, &record.request_id));
            }
        }
    }
    let answer = match instead {
        Some(answer) => answer,
        None => dispatch::answer(&call, asked, &mut shared.estate(), now, &mut record),
    };
    if form == Form::Truncated {
        record.code = Some(Fault::Truncated.to_string());
    }
    Ok(finish(answer, form, record, now, shared))
}

/// A page in a browser reaches loopback too: by a name of its own that it made resolve to us, or directly. Neither gets
/// an answer; a person who follows a link to us does, since the page that they come from cannot read it.
fn check_origin(method: &str, headers: &[(String, String)], url: &str) -> Result<(), Refusal> {
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let host = header("host").unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let is_loopback = ["127.0.0.1", "localhost", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if !is_loopback {
        return Err(Refusal::new(403, "ForeignHost", format!("The sandbox is not {host}.")));
    }
    let is_foreign = header("origin").is_some_and(|origin| origin != url)
        || header("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    let follows_link =
        method == "GET" && header("sec-fetch-mode") == Some("navigate") && header("sec-fetch-dest") == Some("document");
    if is_foreign && !follows_link {
        return Err(Refusal::new(403, "ForeignOrigin", "The sandbox answers no web page."));
    }
    Ok(())
}

/// Source: STS API Reference, "Common errors".
fn failure(fault: Fault) -> Option<Refusal> {
    match fault {
        Fault::Throttle => Some(Refusal::new(400, "Throttling", "Rate exceeded")),
        Fault::Internal => Some(Refusal::new(
            500,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        )),
        Fault::Unavailable => Some(Refusal::new(
            503,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        )),
        Fault::Slow(_) | Fault::Cut | Fault::Truncated | Fault::Html | Fault::Clock(_) => None,
    }
}

fn html() -> Answer {
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to this network</body></html>";
    let code = Some(Fault::Html.to_string());
    Answer { status: 200, content: Content::Html, body: page.to_owned(), headers: Vec::new(), code }
}

fn shifted(time: SystemTime, seconds: i64) -> SystemTime {
    let length = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { time - length } else { time + length }
}

fn write_down(mut record: Record, now: SystemTime, shared: &Shared) {
    record.time = humantime::format_rfc3339_millis(now).to_string();
    if let Some(file) = &shared.log {
        log::write(&mut file.lock().unwrap_or_else(PoisonError::into_inner), &record);
    }
}

/// Logs the answer and puts it on its way, in that order: who has the answer finds it in the log.
fn finish(answer: Answer, form: Form, mut record: Record, now: SystemTime, shared: &Shared) -> Response<Reply> {
    record.status = Some(answer.status);
    record.code = record.code.or(answer.code);
    let request_id = record.request_id.clone();
    write_down(record, now, shared);

    let body = match answer.content {
        Content::Bytes => answer.body.chars().map(|c| u8::try_from(c).unwrap_or_default()).collect(),
        Content::Xml | Content::Json | Content::Html => answer.body.into_bytes(),
    };
    let length = body.len();
    let mut response = Response::new(Reply::new(body, form));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content.mime()));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    let date = DateTime::from(now).fmt(Format::HttpDate).ok().and_then(|date| HeaderValue::from_str(&date).ok());
    if let Some(date) = date {
        headers.insert(DATE, date);
    }
    response
}

fn plain(status: u16, text: String) -> Response<Reply> {
    let mut response = Response::new(Reply::new(text.into_bytes(), Form::Whole));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// How an answer goes over the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Whole,
    /// Half of it, then the connection ends.
    Truncated,
}

/// The body of an answer. No `Debug`: secrets are in it.
pub(super) struct Reply {
    rest: Option<Bytes>,
    length: u64,
    /// Where the answer breaks off: how long what is there gets to go out first.
    break_after: Option<Pin<Box<Sleep>>>,
}

impl Reply {
    fn new(body: Vec<u8>, form: Form) -> Self {
        let whole = Bytes::from(body);
        let length = whole.len() as u64;
        match form {
            Form::Whole => Self { rest: Some(whole), length, break_after: None },
            Form::Truncated => {
                let half = whole.slice(..whole.len() / 2);
                let pause = Box::pin(tokio::time::sleep(Duration::from_millis(50)));
                Self { rest: Some(half), length, break_after: Some(pause) }
            }
        }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match &mut self.break_after {
            None => Poll::Ready(None),
            Some(pause) => pause.as_mut().poll(context).map(|()| Some(Err(io::ErrorKind::BrokenPipe.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.break_after.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
