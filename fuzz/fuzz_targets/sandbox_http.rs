//! What a client sends to the sandbox: raw bytes, a request with a signature of its own, and one that AWS's own signer
//! signed, so that what lies behind the signature is reached too.
#![no_main]

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use assume::sandbox::{Key, Options, Scenario, Server};
use assume::terms::ExposeSecret;
use assume_fuzz::ignore_broken_pipes;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use libfuzzer_sys::fuzz_target;
use socket2::SockRef;

fuzz_target!(|data: &[u8]| STAGE.with_borrow_mut(|stage| {
    let Some((which, data)) = data.split_first() else { return };
    let request = match which % 3 {
        0 => data.to_vec(),
        1 => wire(&[("authorization", AUTHORIZATION.to_owned())], data),
        _ => signed(&stage.key, if which % 2 == 0 { "sts" } else { "iam" }, data),
    };
    let answer = ask(stage.server.url(), &request);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&answer));
    if which % 3 == 2 {
        assert!(!answer.is_empty(), "a signed request is answered");
    }
    stage.server.recover();
    // A key may have been deleted or switched off: the next input finds the scenario as the first one did.
    if stage.is_changed() {
        *stage = Stage::new();
    }
}));

/// What a request says with a signature that is none; the rest of the request follows it.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20261124/eu-west-1/sts/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=00";

struct Stage {
    server: Server,
    key: Key,
    keys: usize,
}

impl Stage {
    fn new() -> Self {
        let server = Server::start(&Scenario::classic().unwrap(), Options::default()).unwrap();
        let keys = server.keys();
        let key = keys.iter().find(|key| key.is_active).unwrap().clone();
        Self { server, key, keys: keys.len() }
    }

    fn is_changed(&self) -> bool {
        let keys = self.server.keys();
        keys.len() != self.keys || !keys.iter().any(|key| key.id == self.key.id && key.is_active)
    }
}

thread_local! {
    static STAGE: RefCell<Stage> = {
        ignore_broken_pipes();
        RefCell::new(Stage::new())
    };
}

/// Headers, and then whatever the input says: up to an empty line it goes on with the headers.
fn wire(headers: &[(&str, String)], data: &[u8]) -> Vec<u8> {
    let mut request = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n".to_vec();
    for (name, value) in headers {
        request.extend(format!("{name}: {value}\r\n").bytes());
    }
    request.extend(data);
    request
}

fn signed(key: &Key, service: &str, body: &[u8]) -> Vec<u8> {
    let identity = Credentials::new(&key.id, key.secret.expose_secret(), None, None, "fuzz").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name(service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let request =
        SignableRequest::new("POST", "http://127.0.0.1/", std::iter::empty(), SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
    let mut headers: Vec<(&str, String)> =
        instructions.headers().map(|(name, value)| (name, value.to_owned())).collect();
    headers.push(("content-length", body.len().to_string()));
    wire(&headers, &[b"\r\n", body].concat())
}

fn ask(url: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    // Cut at the end, so that no address stays occupied.
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut answer = Vec::new();
    if stream.write_all(request).is_ok() {
        let mut piece = [0; 4_096];
        // One piece is enough to know that there is an answer. What is no whole request gets none until it ends.
        let begun = complete(request)
            && stream.read(&mut piece).is_ok_and(|length| {
                answer.extend(&piece[..length]);
                length > 0
            });
        if !begun {
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut answer);
        }
    }
    answer
}

/// Whether the request has all of the body that it announces.
fn complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| request.len() - end - 4 >= length)
}
