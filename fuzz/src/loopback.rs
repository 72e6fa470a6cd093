//! A server on loopback that gives whoever asks the answer that was laid out for them, byte for byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::ignore_broken_pipes;

/// A server with one answer.
pub struct Loopback {
    port: u16,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Loopback {
    /// Starts it. It ends with the process.
    pub fn start() -> Self {
        ignore_broken_pipes();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(Mutex::new(Vec::new()));
        let given = answer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let given = given.clone();
                std::thread::spawn(move || serve(&stream.unwrap(), &given));
            }
        });
        Self { port, answer }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lays the answer out: its status and its body.
    pub fn lay(&self, status: u16, body: &[u8]) {
        let head = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nx-amzn-requestid: 1\r\n\r\n",
            body.len()
        );
        *self.answer.lock().unwrap() = [head.as_bytes(), body].concat();
    }
}

/// Answers one request after the other.
fn serve(stream: &TcpStream, answer: &Mutex<Vec<u8>>) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(1..) if line == "\r\n" => break,
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        let answer = || answer.lock().unwrap().clone();
        if reader.read_exact(&mut body).is_err() || (&*stream).write_all(&answer()).is_err() {
            return;
        }
    }
}
