//! How a browser gets a link that nobody else may have.
//!
//! An address on loopback, with a name in it that cannot be guessed, tells the link once: to a process of this user, where
//! the system says whose a connection is. A page, 0600, leads there, so that not even the address is in the browser's
//! arguments. After 30 s, or once it is told, both are gone.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;

use crate::terms::SecretString;
use crate::world::Env;

/// How long a link can be fetched.
pub(super) const LIFE: Duration = Duration::from_secs(30);
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest request that is read.
const LONGEST: usize = 16 * 1024;

/// A link, on offer.
pub(super) struct Handed<'a> {
    link: &'a SecretString,
    listener: TcpListener,
    port: u16,
    path: String,
}

/// What became of it.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// The browser has it.
    Fetched,
    /// Nobody came for it.
    TooLate,
    /// Whoever was to fetch it ended so.
    GivenUp(String),
}

/// A page that leads to the link's address. It goes when it is dropped.
pub(super) struct Page(tempfile::NamedTempFile);

impl<'a> Handed<'a> {
    /// Opens the address. Nothing is told before `serve`.
    pub(super) fn new(link: &'a SecretString) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        listener.set_nonblocking(true)?;
        Ok(Self { link, listener, port, path: format!("/{}", hex::encode(rand::random::<[u8; 32]>())) })
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Writes the page: 0600 from its first byte, in a folder of this user's alone where there is one.
    pub(super) fn page(&self, env: &Env) -> io::Result<Page> {
        let folder = env.path("XDG_RUNTIME_DIR").filter(|path| path.is_dir()).unwrap_or_else(std::env::temp_dir);
        let mut file = tempfile::Builder::new().prefix("assume-").suffix(".html").tempfile_in(folder)?;
        let address = self.address();
        // Replaced, so that going back in the browser does not lead here; without scripts the header does it.
        write!(
            file,
            "<!DOCTYPE html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><title>assume</title>\n\
             <noscript><meta http-equiv=\"refresh\" content=\"0;url={address}\"></noscript>\n\
             <script>location.replace(\"{address}\")</script>\n"
        )?;
        file.flush()?;
        Ok(Page(file))
    }

    /// Waits for the browser. `gave_up` says how it ended, if it did without success.
    pub(super) fn serve(self, mut gave_up: impl FnMut() -> Option<String>) -> io::Result<Outcome> {
        let until = Instant::now() + LIFE;
        loop {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    if self.answer(stream, peer).unwrap_or(false) {
                        return Ok(Outcome::Fetched);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Some(status) = gave_up() {
                        return Ok(Outcome::GivenUp(status));
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
            if Instant::now() >= until {
                return Ok(Outcome::TooLate);
            }
        }
    }

    /// Answers one connection. Returns whether it was told the link.
    fn answer(&self, mut stream: TcpStream, peer: SocketAddr) -> io::Result<bool> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let request = read_head(&mut stream)?;
        let is_asked = is_for(&request, &self.path, self.port);
        if !is_asked || !is_own(peer, self.port) {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
            return Ok(false);
        }
        let answer = zeroize::Zeroizing::new(format!(
            "HTTP/1.1 303 See Other\r\nLocation: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n",
            self.link.expose_secret()
        ));
        stream.write_all(answer.as_bytes())?;
        stream.flush()?;
        stream.shutdown(std::net::Shutdown::Write)?;
        // Whoever closes first must not take the answer along.
        let _ = stream.read(&mut [0; 64]);
        Ok(true)
    }
}

impl Page {
    pub(super) fn address(&self) -> String {
        url::Url::from_file_path(self.0.path()).map_or_else(|()| self.0.path().display().to_string(), String::from)
    }
}

fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut piece = [0; 2_048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST {
        match stream.read(&mut piece)? {
            0 => break,
            count => head.extend_from_slice(&piece[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Whether a request is a browser's for that very address: a page that made a name of its own resolve to us is not.
fn is_for(request: &str, path: &str, port: u16) -> bool {
    let mut lines = request.split("\r\n");
    let wanted = [format!("GET {path} HTTP/1.1"), format!("GET {path} HTTP/1.0")];
    let is_asked = lines.next().is_some_and(|line| wanted.iter().any(|wanted| wanted == line));
    let host = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim().to_owned())
    };
    is_asked && lines.find_map(host).is_some_and(|host| host == format!("127.0.0.1:{port}"))
}

/// Whether the other end of a connection is a process of this user. Where the system does not say, it counts as one.
///
/// Source: proc(5), `/proc/net/tcp`: local and remote address in hexadecimal, and in the eighth field the owner's id.
#[cfg(target_os = "linux")]
fn is_own(peer: SocketAddr, port: u16) -> bool {
    let Ok(table) = std::fs::read_to_string("/proc/net/tcp") else { return true };
    let (local, remote) = (format!("0100007F:{:04X}", peer.port()), format!("0100007F:{port:04X}"));
    let owner = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        (fields.get(1) == Some(&local.as_str()) && fields.get(2) == Some(&remote.as_str()))
            .then(|| fields.get(7)?.parse().ok())?
    });
    owner.is_none_or(|owner: u32| owner == rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
fn is_own(_peer: SocketAddr, _port: u16) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_link_is_told_once_and_only_at_its_own_address() {
        let link = SecretString::from("https://signin.aws.amazon.com/federation?SigninToken=secret");
        let handed = Handed::new(&link).unwrap();
        let (port, path) = (handed.port, handed.path.clone());
        let asking = std::thread::spawn(move || {
            let host = format!("Host: 127.0.0.1:{port}\r\n");
            let wrong = [
                format!("GET / HTTP/1.1\r\n{host}\r\n"),
                format!("GET {path}x HTTP/1.1\r\n{host}\r\n"),
                format!("POST {path} HTTP/1.1\r\n{host}\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"),
                format!("GET {path} HTTP/1.1\r\n\r\n"),
            ];
            for request in wrong {
                let answer = ask(port, &request);
                assert!(answer.starts_with("HTTP/1.1 404") && !answer.contains("secret"), "{request}: {answer}");
            }
            ask(port, &format!("GET {path} HTTP/1.1\r\n{host}\r\n"))
        });
        assert_eq!(handed.serve(|| None).unwrap(), Outcome::Fetched);
        let answer = asking.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("SigninToken=secret\r\n"), "{answer}");
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }

    #[test]
    fn the_page_is_the_users_alone_says_no_link_and_goes() {
        let link = SecretString::from("https://signin.aws.amazon.com/federation?SigninToken=secret");
        let handed = Handed::new(&link).unwrap();
        let page = handed.page(&Env::default()).unwrap();
        let path = page.0.path().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(&handed.address()) && !text.contains("secret"), "{text}");
        drop(page);
        assert!(!path.exists());
    }

    #[test]
    fn who_ends_without_success_is_not_waited_for() {
        let link = SecretString::from("https://x");
        let handed = Handed::new(&link).unwrap();
        assert_eq!(
            handed.serve(|| Some("exit status: 3".to_owned())).unwrap(),
            Outcome::GivenUp("exit status: 3".to_owned())
        );
    }
}
