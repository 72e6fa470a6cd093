//! What a container and an instance find on their machine: the two endpoints that give out credentials, on loopback.
//!
//! Source: SDKs and Tools Reference Guide, "Container credential provider" and "IMDS credential provider"; EC2 User Guide,
//! "Use IMDSv2".

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The token that the container's endpoint demands.
pub(crate) const CONTAINER_TOKEN: &str = "Bearer of-this-container";
/// The token that the instance's service gives out, and demands.
pub(crate) const INSTANCE_TOKEN: &str = "of-this-instance";
const ROLE: &str = "Task";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n";

/// Both endpoints, for as long as the test program lives.
pub(crate) struct Metadata {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What a request says.
struct Request {
    /// Method and path.
    what: String,
    headers: Vec<(String, String)>,
}

impl Metadata {
    /// Serves these credentials. `exported` is what `assume export --format json` printed.
    pub(crate) fn serve(exported: &str) -> Self {
        Self::start(exported, TTL)
    }

    /// Serves an instance's token without saying how long it is good, which no client accepts.
    pub(crate) fn broken() -> Self {
        Self::start("{}", "")
    }

    fn start(exported: &str, headers: &'static str) -> Self {
        let exported: Value = serde_json::from_str(exported).unwrap();
        let credentials = json!({
            "Code": "Success",
            "Type": "AWS-HMAC",
            "LastUpdated": "2026-01-01T00:00:00Z",
            "AccessKeyId": exported["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": exported["AWS_SECRET_ACCESS_KEY"],
            "Token": exported["AWS_SESSION_TOKEN"],
            "Expiration": exported["AWS_CREDENTIAL_EXPIRATION"],
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&stream) else { continue };
                let (status, text) = answer(&request, &credentials);
                log.lock().unwrap().push(format!("{} {status}", request.what));
                let length = text.len();
                let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}");
                let _ = (&stream).write_all(format!("{head}\r\n{text}").as_bytes());
            }
        });
        Self { url, asked }
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What was asked so far, and the status of each answer.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(request: &Request, credentials: &Value) -> (u16, String) {
    let has = |name: &str, value: &str| request.headers.iter().any(|(n, v)| n == name && v == value);
    let in_session = has("x-aws-ec2-metadata-token", INSTANCE_TOKEN);
    match request.what.as_str() {
        "GET /task" if has("authorization", CONTAINER_TOKEN) => (200, credentials.to_string()),
        "PUT /latest/api/token" => (200, INSTANCE_TOKEN.to_owned()),
        "GET /latest/meta-data/iam/security-credentials/" if in_session => (200, ROLE.to_owned()),
        "GET /latest/meta-data/iam/security-credentials/Task" if in_session => (200, credentials.to_string()),
        "GET /task" | "GET /latest/meta-data/iam/security-credentials/" => (401, String::new()),
        _ => (404, String::new()),
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let what = first.rsplit_once(' ')?.0.to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    Some(Request { what, headers: headers.collect() })
}
