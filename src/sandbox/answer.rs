//! Answers: in the XML of AWS's query protocol, in JSON, as a page; and refusals as AWS words them.

use std::fmt::Write;

/// Which API was spoken to: its name in a signature's scope, and the namespace of its answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Service {
    Sts,
    Iam,
}

impl Service {
    pub(super) const ALL: [Self; 2] = [Self::Sts, Self::Iam];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }

    fn namespace(self) -> String {
        format!("https://{}.amazonaws.com/doc/{}/", self.name(), self.version())
    }
}

/// What goes back. No `Debug`: secrets are in it.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) body: String,
    /// Headers beside those that every answer has.
    pub(super) headers: Vec<(&'static str, String)>,
    /// AWS's error code, where it is a refusal.
    pub(super) code: Option<String>,
}

/// What an answer's body is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Content {
    Xml,
    Json,
    Html,
    /// No text: the body has one character, up to U+00FF, for each byte.
    Bytes,
}

impl Content {
    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Xml => "text/xml",
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
            Self::Bytes => "application/octet-stream",
        }
    }
}

/// No, in AWS's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// The key is unknown, or not active, or its token is wrong: AWS does not say which.
    pub(super) fn unknown_key() -> Self {
        Self::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    }
}

impl Answer {
    /// Returns the answer that an operation gives.
    pub(super) fn result(service: Service, operation: &str, result: &str, request_id: &str) -> Self {
        let result = match result {
            "" => String::new(),
            result => element(&format!("{operation}Result"), result),
        };
        let metadata = element("ResponseMetadata", &text("RequestId", request_id));
        let name = format!("{operation}Response");
        let namespace = service.namespace();
        let xml = format!("<{name} xmlns=\"{namespace}\">{result}{metadata}</{name}>");
        Self { status: 200, content: Content::Xml, body: xml, headers: Vec::new(), code: None }
    }

    /// Returns an answer in JSON.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self { status: 200, content: Content::Json, body: value.to_string(), headers: Vec::new(), code: None }
    }

    /// Returns a page for a browser. It may load nothing and stand in no frame.
    pub(super) fn page(status: u16, html: String) -> Self {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        let headers = vec![("content-security-policy", policy.to_owned()), ("cache-control", "no-store".to_owned())];
        Self { status, content: Content::Html, body: html, headers, code: None }
    }

    /// Returns an answer that sends a browser elsewhere.
    pub(super) fn redirect(location: String) -> Self {
        let headers = vec![("location", location), ("cache-control", "no-store".to_owned())];
        Self { status: 302, content: Content::Html, body: String::new(), headers, code: None }
    }

    /// Returns the answer that refuses.
    pub(super) fn refusal(service: Service, refusal: &Refusal, request_id: &str) -> Self {
        let kind = if refusal.status < 500 { "Sender" } else { "Receiver" };
        let error = text("Type", kind) + &text("Code", refusal.code) + &text("Message", &refusal.message);
        let inner = element("Error", &error) + &text("RequestId", request_id);
        let xml = format!("<ErrorResponse xmlns=\"{}\">{inner}</ErrorResponse>", service.namespace());
        let code = Some(refusal.code.to_owned());
        Self { status: refusal.status, content: Content::Xml, body: xml, headers: Vec::new(), code }
    }
}

/// Returns an element with that inside, which is XML already.
pub(super) fn element(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// Returns an element with a text.
pub(super) fn text(name: &str, value: &str) -> String {
    element(name, &escaped(value))
}

/// Escapes a text for XML and HTML alike. XML 1.0 has no control characters at all: they become U+FFFD.
pub(super) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' | '\n' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_sent_cannot_break_out_of_the_answer() {
        let refusal = Refusal::invalid("</Message><Code>&\u{7}\n");
        let answer = Answer::refusal(Service::Sts, &refusal, "id");
        assert_eq!(
            answer.body,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>ValidationError</Code><Message>&lt;/Message&gt;&lt;Code&gt;&amp;\u{fffd}&#10;</Message></Error>\
             <RequestId>id</RequestId></ErrorResponse>"
        );
    }
}
