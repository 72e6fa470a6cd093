//! What the browser tells, as far as it is listened to.
//!
//! Source: the Chrome DevTools Protocol, domains Target, Fetch, Network, Page and Runtime.

use serde::Deserialize;
use zeroize::Zeroizing;

#[derive(Deserialize)]
pub(super) struct Attached {
    #[serde(rename = "sessionId")]
    pub(super) session: String,
    #[serde(rename = "targetInfo")]
    pub(super) target: Target,
}

#[derive(Deserialize)]
pub(super) struct Target {
    #[serde(rename = "targetId")]
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct Detached {
    #[serde(rename = "sessionId")]
    pub(super) session: String,
}

#[derive(Deserialize)]
pub(super) struct Paused {
    #[serde(rename = "requestId")]
    pub(super) id: String,
    pub(super) request: Posted,
}

#[derive(Deserialize)]
pub(super) struct Posted {
    pub(super) url: String,
    pub(super) method: String,
    #[serde(rename = "postData")]
    pub(super) body: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
pub(super) struct Received {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(rename = "frameId")]
    pub(super) frame: Option<String>,
    pub(super) response: Response,
}

#[derive(Deserialize)]
pub(super) struct Response {
    pub(super) url: String,
    pub(super) status: u16,
}

#[derive(Deserialize)]
pub(super) struct Failed {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(rename = "errorText")]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) canceled: bool,
}

#[derive(Deserialize)]
pub(super) struct Evaluated {
    pub(super) result: Evaluation,
}

#[derive(Deserialize)]
pub(super) struct Evaluation {
    pub(super) value: Option<There>,
}

/// What is on a page.
#[derive(Deserialize)]
pub(super) struct There {
    #[serde(rename = "isComplete")]
    pub(super) is_complete: bool,
    pub(super) title: String,
}
