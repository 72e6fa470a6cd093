//! The sandbox as a server: who may speak to it, in which form, and how it fails when told to.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant, UNIX_EPOCH};

use assume::sandbox::{Options, Scenario, Server};
use assume::world::Clock;

const ASK: &str = "Action=GetCallerIdentity&Version=2011-06-15";

struct Reply {
    status: u16,
    head: String,
    body: String,
}

fn start() -> Server {
    Server::start(&Scenario::classic().unwrap(), Options::default()).unwrap()
}

/// Sends a request as it is and returns all that comes back until the connection ends.
fn send(server: &Server, request: &str) -> Option<Reply> {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

fn post(server: &Server, path: &str, headers: &str, body: &str) -> Option<Reply> {
    let host = server.url().strip_prefix("http://").unwrap();
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {host}\r\n") };
    let length = body.len();
    let request =
        format!("POST {path} HTTP/1.1\r\n{host}{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    send(server, &request)
}

#[test]
fn it_answers_under_loopback_names_only_and_no_web_page() {
    let server = start();
    let own = format!("Origin: {}\r\n", server.url());
    let unsigned = Some("MissingAuthenticationToken");
    let cases = [
        ("Host: localhost:4566\r\n", unsigned),
        ("Host: [::1]\r\n", unsigned),
        (own.as_str(), unsigned),
        ("Host: rebound.example\r\n", Some("ForeignHost")),
        ("Host: 127.0.0.1.rebound.example:80\r\n", Some("ForeignHost")),
        ("Host: sts.amazonaws.com\r\n", Some("ForeignHost")),
        ("Origin: https://page.example\r\n", Some("ForeignOrigin")),
        ("Origin: null\r\n", Some("ForeignOrigin")),
        ("Origin: http://127.0.0.1:1\r\n", Some("ForeignOrigin")),
        ("Sec-Fetch-Site: cross-site\r\n", Some("ForeignOrigin")),
    ];
    for (headers, code) in cases {
        let reply = post(&server, "/", headers, ASK).unwrap();
        let found =
            reply.body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
        assert_eq!((reply.status, found), (403, code), "{headers}");
    }
    let ordered = post(&server, "/-/fail", "Origin: https://page.example\r\n", "500").unwrap();
    assert_eq!(ordered.status, 403, "a page may not order failures either");
    assert_eq!(post(&server, "/", "", ASK).unwrap().status, 403);
}

#[test]
fn an_answer_carries_awss_headers() {
    let clock = Clock::Fixed(UNIX_EPOCH + Duration::from_secs(1_440_938_160));
    let options = Options { clock, ..Options::default() };
    let server = Server::start(&Scenario::classic().unwrap(), options).unwrap();
    let reply = post(&server, "/", "", ASK).unwrap();
    assert!(reply.head.contains("date: sun, 30 aug 2015 12:36:00 gmt"), "{}", reply.head);
    assert!(reply.head.contains("content-type: text/xml"), "{}", reply.head);
    let id = reply.body.split_once("<RequestId>").unwrap().1.split_once('<').unwrap().0;
    assert!(reply.head.contains(&format!("x-amzn-requestid: {id}")), "{}", reply.head);
}

#[test]
fn it_reads_neither_too_much_nor_other_paths() {
    let server = start();
    let long = format!("{ASK}&Policy={}", "x".repeat(300_000));
    let reply = post(&server, "/", "", &long);
    // The answer may be lost where the client is still writing; what counts is that nothing was done.
    assert!(reply.is_none_or(|reply| reply.status == 413));
    assert_eq!(post(&server, "/elsewhere", "", ASK).unwrap().status, 400);
    assert_eq!(post(&server, "/-/unknown", "", "").unwrap().status, 404);
}

#[test]
fn it_fails_as_ordered_over_the_wire() {
    let server = start();
    let order = |text: &str| post(&server, "/-/fail", "", text).unwrap().status;
    assert_eq!(order("sneeze"), 400);
    assert_eq!(order("500\n503\nthrottle\nhtml\nslow=300ms"), 204);
    let before = Instant::now();
    let expected = [(500, "InternalFailure"), (503, "ServiceUnavailable"), (400, "Throttling"), (200, "<html>")];
    for (status, text) in expected {
        let reply = post(&server, "/", "", ASK).unwrap();
        assert_eq!(reply.status, status, "{text}");
        assert!(reply.body.contains(text), "{}", reply.body);
    }
    assert!(before.elapsed() >= Duration::from_millis(300));

    order("cut");
    assert!(post(&server, "/", "", ASK).is_none(), "no answer at all");
    order("truncated");
    let half = post(&server, "/", "", ASK).unwrap();
    assert!(half.body.starts_with("<ErrorResponse") && !half.body.contains("</ErrorResponse>"), "{}", half.body);

    order("500*forever");
    order("");
    assert_eq!(post(&server, "/", "", ASK).unwrap().status, 403, "an empty order ends them all");
}

#[cfg(unix)]
#[test]
fn the_log_is_for_its_owner_and_a_second_server_adds_to_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    for lines in 1..=2 {
        let options = Options { log: Some(log.clone()), ..Options::default() };
        let server = Server::start(&Scenario::classic().unwrap(), options).unwrap();
        post(&server, "/", "", ASK).unwrap();
        let written = std::fs::read_to_string(&log).unwrap();
        assert_eq!(written.lines().count(), lines, "{written}");
        assert!(written.ends_with("\n") && written.contains("\"code\":\"MissingAuthenticationToken\""), "{written}");
    }
    assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_stopped_server_leaves_the_port_free() {
    let server = start();
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    let _idle = TcpStream::connect(&address).unwrap();
    server.stop();
    assert!(TcpStream::connect(&address).is_err());
}
