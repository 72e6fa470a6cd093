//! Small servers on loopback that stand between the program and the sandbox, or in its place.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server whose threads live as long as the test program.
pub(crate) struct Loopback {
    pub(crate) port: u16,
    served: Arc<AtomicUsize>,
}

impl Loopback {
    fn serve(address: &str, each: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::new(AtomicUsize::new(0));
        let (count, each) = (Arc::clone(&served), Arc::new(each));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                let each = Arc::clone(&each);
                std::thread::spawn(move || each(stream));
            }
        });
        Self { port, served }
    }

    /// Says the same to everybody.
    pub(crate) fn saying(answer: &'static str) -> Self {
        Self::serve("127.0.0.1", move |mut stream| {
            let _ = read_head(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        })
    }

    /// An IPv6 address only, behind which lies a server of this machine.
    pub(crate) fn ipv6(port: u16) -> Self {
        Self::serve("::1", move |stream| join(stream, &[], port))
    }

    /// A way to a server of this machine that counts who comes.
    pub(crate) fn relay(port: u16) -> Self {
        Self::serve("127.0.0.1", move |stream| join(stream, &[], port))
    }

    /// An HTTP proxy, for plain requests and for tunnels.
    pub(crate) fn proxy() -> Self {
        Self::serve("127.0.0.1", |mut stream| {
            let Some(head) = read_head(&mut stream) else { return };
            let text = String::from_utf8_lossy(&head).into_owned();
            let target = text.split(' ').nth(1).unwrap_or_default();
            let authority = target.trim_start_matches("http://").split('/').next().unwrap_or_default();
            let Some(port) = authority.rsplit(':').next().and_then(|port| port.parse().ok()) else { return };
            if text.starts_with("CONNECT ") {
                let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
                join(stream, &[], port);
            } else {
                join(stream, &head, port);
            }
        })
    }

    /// How many connections came.
    pub(crate) fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }
}

/// Reads up to the empty line, or to the end.
fn read_head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    Some(head)
}

fn join(mut near: TcpStream, first: &[u8], port: u16) {
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)) else { return };
    let _ = far.write_all(first);
    let (mut near_too, mut far_too) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut far_too, &mut near_too);
        let _ = near_too.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut near, &mut far);
    let _ = far.shutdown(Shutdown::Write);
    let _ = back.join();
}

/// TLS before a server of this machine, with a certificate that nobody vouches for.
pub(crate) struct TlsFront {
    pub(crate) port: u16,
    pub(crate) certificate: PathBuf,
    child: Child,
}

impl TlsFront {
    pub(crate) fn before(port: u16, folder: &Path) -> Self {
        let config = folder.join("tls.cnf");
        let text = "[req]\ndistinguished_name = name\nx509_extensions = more\n[name]\n[more]\n\
                    subjectAltName = IP:127.0.0.1\nbasicConstraints = critical, CA:FALSE\n";
        std::fs::write(&config, text).unwrap();
        let (certificate, key) = (folder.join("tls.pem"), folder.join("tls.key"));
        let mut openssl = Command::new("openssl");
        openssl.args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1".split(' '),
        );
        openssl.arg("-config").arg(config).arg("-keyout").arg(&key).arg("-out").arg(&certificate);
        let made = openssl.output().expect("the package `openssl` is needed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/tls_front.py");
        let mut front = Command::new("python3");
        front.arg(script).arg(&certificate).arg(&key).arg(port.to_string());
        let mut child = front.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { port: line.trim().parse().unwrap(), certificate, child }
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
