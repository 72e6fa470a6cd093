//! The loopback address that a sign-in in a browser comes back to.
//!
//! Whoever asks for another path, with another name for this machine, or without the sign-in's own state is told nothing
//! and changes nothing: other programs of this machine, and pages in its browsers, can knock here too.
//!
//! Source: RFC 8252, section 7.3 (loopback redirect); RFC 6749, section 4.1.2.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

/// An address on this machine that waits for a browser, until it is dropped.
#[derive(Debug)]
pub struct Redirect {
    listener: TcpListener,
    port: u16,
    path: &'static str,
}

/// Why no code came back.
#[derive(Debug, thiserror::Error)]
pub enum RedirectError {
    /// The port is taken, or the machine has no loopback.
    #[error("cannot listen on 127.0.0.1:{port} for the browser's answer: {reason}")]
    Listen {
        /// The port; 0 is any that is free.
        port: u16,
        /// Why not.
        reason: io::Error,
    },
    /// The page said no: the person did, or the service.
    #[error("the sign-in page answered {code}{}", described(.description))]
    Refused {
        /// OAuth's word for it, such as `access_denied`.
        code: String,
        /// The service's own words.
        description: String,
    },
    /// Nobody finished.
    #[error("nobody finished signing in within {} s", waited.as_secs())]
    Abandoned {
        /// How long we waited.
        waited: Duration,
    },
}

fn described(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(": {description}") }
}

/// What a browser brought.
type Brought = Result<SecretString, RedirectError>;

impl Redirect {
    /// Listens on loopback; port 0 takes one that is free.
    pub fn open(port: u16, path: &'static str) -> Result<Self, RedirectError> {
        let failed = |reason| RedirectError::Listen { port, reason };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port, path })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address that is to be registered or sent along: `http://127.0.0.1:PORT/PATH`.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Waits for the browser to bring the code of the sign-in that this state belongs to.
    pub fn wait(&self, state: &SecretString, patience: Duration) -> Result<SecretString, RedirectError> {
        let began = Instant::now();
        let (bring, brought) = mpsc::channel();
        while began.elapsed() < patience {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    // Browsers open connections ahead of need, and say nothing on them: each has its own thread.
                    let desk = Desk { port: self.port, path: self.path, state: state.clone(), bring: bring.clone() };
                    let _ = thread::Builder::new().name("redirect".to_owned()).spawn(move || desk.serve(stream));
                }
                Err(_) => match brought.recv_timeout(POLL) {
                    Ok(answer) => return answer,
                    Err(mpsc::RecvTimeoutError::Timeout | mpsc::RecvTimeoutError::Disconnected) => {}
                },
            }
        }
        Err(RedirectError::Abandoned { waited: patience })
    }
}

const POLL: Duration = Duration::from_millis(20);
/// How long a connection may take to say what it wants.
const SPEAK: Duration = Duration::from_secs(5);
/// More than any sign-in's answer has.
const LONGEST: u64 = 32 * 1024;

/// One connection.
struct Desk {
    port: u16,
    path: &'static str,
    state: SecretString,
    bring: mpsc::Sender<Brought>,
}

impl Desk {
    fn serve(self, stream: TcpStream) {
        // A browser that goes away has had its answer.
        let _ = self.answer(stream);
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(SPEAK))?;
        stream.set_write_timeout(Some(SPEAK))?;
        let mut lines = BufReader::new((&stream).take(LONGEST)).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        let mut host = String::new();
        for line in lines {
            let line = line?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("host")
            {
                host = value.trim().to_owned();
            }
        }
        let known = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        let brought = known.contains(&host).then(|| self.read(&request)).flatten();
        let (status, title, text) = match &brought {
            Some(Ok(_)) => ("200 OK", "Signed in", "You can close this window and go back to where you came from."),
            Some(Err(_)) => ("200 OK", "Not signed in", "The sign-in was declined. You can close this window."),
            None => ("404 Not Found", "Nothing here", "This address waits for a sign-in, and this was none."),
        };
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>\
             <h1>{title}</h1><p>{text}</p></body></html>"
        );
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
            page.len()
        )?;
        // The page goes out before the process that shows it may end.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        if let Some(brought) = brought {
            let _ = self.bring.send(brought);
        }
        Ok(())
    }

    /// Reads `GET /PATH?code=…&state=… HTTP/1.1`.
    fn read(&self, request: &str) -> Option<Brought> {
        let target = request.strip_prefix("GET ")?.split(' ').next()?;
        let (path, query) = target.split_once('?')?;
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        if path != self.path || value("state").as_deref() != Some(self.state.expose_secret()) {
            return None;
        }
        if let Some(code) = value("error") {
            let description = value("error_description").unwrap_or_default();
            return Some(Err(RedirectError::Refused { code, description }));
        }
        Some(Ok(SecretString::from(value("code")?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/oauth/callback";

    /// Sends what browsers and others send, in that order, and returns what came of it and each one's status.
    fn visited(requests: &[&str]) -> (Brought, Vec<String>) {
        let redirect = Redirect::open(0, PATH).unwrap();
        let port = redirect.port();
        let lines: Vec<String> = requests.iter().map(|line| line.replace("PORT", &port.to_string())).collect();
        let silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let visitor = thread::spawn(move || {
            let visit = |line: String| {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.write_all(line.as_bytes()).unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                answer.split("\r\n").next().unwrap_or_default().to_owned()
            };
            lines.into_iter().map(visit).collect()
        });
        let brought = redirect.wait(&SecretString::from("right"), Duration::from_secs(20));
        drop(silent);
        (brought, visitor.join().unwrap())
    }

    #[test]
    fn only_the_answer_of_this_sign_in_is_taken() {
        let host = "Host: 127.0.0.1:PORT\r\n\r\n";
        let (brought, statuses) = visited(&[
            &format!("GET /favicon.ico HTTP/1.1\r\n{host}"),
            &format!("GET {PATH}?code=stolen&state=wrong HTTP/1.1\r\n{host}"),
            &format!("GET {PATH}?code=stolen HTTP/1.1\r\n{host}"),
            &format!("POST {PATH}?code=stolen&state=right HTTP/1.1\r\n{host}"),
            &format!("GET {PATH}?code=stolen&state=right HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n"),
            &format!("GET {PATH}?code=the%2Bcode&state=right HTTP/1.1\r\n{host}"),
        ]);
        assert_eq!(brought.unwrap().expose_secret(), "the+code");
        let refused = "HTTP/1.1 404 Not Found".to_owned();
        assert_eq!(statuses[..5], vec![refused; 5]);
        assert_eq!(statuses[5], "HTTP/1.1 200 OK");
    }

    #[test]
    fn a_no_comes_back_in_the_services_own_words() {
        let (brought, _) = visited(&[&format!(
            "GET {PATH}?error=access_denied&error_description=Not%20you&state=right HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n"
        )]);
        assert_eq!(brought.unwrap_err().to_string(), "the sign-in page answered access_denied: Not you");
    }

    #[test]
    fn nobody_coming_and_a_taken_port_are_told_apart() {
        let redirect = Redirect::open(0, PATH).unwrap();
        let abandoned = redirect.wait(&SecretString::from("x"), Duration::from_millis(50)).unwrap_err();
        assert!(matches!(abandoned, RedirectError::Abandoned { .. }));
        let taken = Redirect::open(redirect.port(), PATH).unwrap_err();
        assert!(taken.to_string().starts_with(&format!("cannot listen on 127.0.0.1:{}", redirect.port())), "{taken}");
    }
}
