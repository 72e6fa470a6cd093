//! A server of AWS's protocols that is not ours. It checks no signature and knows nobody, so it shows only that two
//! programs who never met understand each other.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use super::aws_cli;
use super::home::Home;

/// A running moto.
pub(crate) struct Moto {
    server: Child,
    url: String,
}

impl Moto {
    /// Starts one in this home, on a free port.
    pub(crate) fn start(home: &Home) -> Self {
        let mut command = home.program(aws_cli::program().with_file_name("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]).env("PYTHONUNBUFFERED", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap());
        let mut talk = String::new();
        let url = loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "moto does not come up: {talk}");
            if let Some((_, url)) = line.split_once("Running on ") {
                break url.trim().to_owned();
            }
            talk.push_str(&line);
        };
        // Nobody reads its log; it must not stop because of that.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { server, url }
    }

    /// The endpoint.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
