//! A browser of Chromium's kind that is driven over a pipe: DevTools messages in JSON, each ended by a NUL.
//!
//! Over a pipe and never over a port: any user of this machine could drive a port, and take the sign-in's cookies.
//! Source: Chromium's switch `--remote-debugging-pipe`: it reads from its file descriptor 3 and writes to 4.

use std::io::{self, BufRead, BufReader, Write};
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

/// A browser at the other end of a pipe. Dropping it ends it.
pub(super) struct Pipe {
    child: Child,
    writer: io::PipeWriter,
    messages: Receiver<Message>,
    calls: u64,
}

/// What came from the browser, and of it what tells what it is. The rest is read by whoever knows it.
pub(super) struct Message {
    /// Which event it is; none for an answer.
    pub(super) method: Option<String>,
    /// Which call it answers.
    pub(super) id: Option<u64>,
    /// Which page it comes from.
    pub(super) session: Option<String>,
    raw: Zeroizing<Vec<u8>>,
}

#[derive(Deserialize)]
struct Head {
    id: Option<u64>,
    method: Option<String>,
    #[serde(rename = "sessionId")]
    session: Option<String>,
}

#[derive(Deserialize)]
struct Event<P> {
    params: P,
}

#[derive(Deserialize)]
struct Answer<R> {
    result: R,
}

#[derive(Serialize)]
struct Call<'a> {
    id: u64,
    method: &'a str,
    params: Value,
    #[serde(rename = "sessionId", skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
}

impl Message {
    fn read(raw: Zeroizing<Vec<u8>>) -> Option<Self> {
        let head: Head = serde_json::from_slice(&raw).ok()?;
        Some(Self { id: head.id, method: head.method, session: head.session, raw })
    }

    /// Reads what an event carries.
    pub(super) fn params<P: DeserializeOwned>(&self) -> Option<P> {
        serde_json::from_slice::<Event<P>>(&self.raw).ok().map(|event| event.params)
    }

    /// Reads what an answer carries; none where the call failed.
    pub(super) fn result<R: DeserializeOwned>(&self) -> Option<R> {
        serde_json::from_slice::<Answer<R>>(&self.raw).ok().map(|answer| answer.result)
    }
}

/// What the next message is.
pub(super) enum Next {
    Message(Message),
    /// Nothing came in that time.
    Nothing,
    /// The browser is gone.
    Closed,
}

impl Pipe {
    /// Starts the browser.
    #[cfg(unix)]
    pub(super) fn start(mut command: std::process::Command) -> io::Result<Self> {
        use command_fds::{CommandFdExt, FdMapping};

        let (to_browser, writer) = io::pipe()?;
        let (reader, from_browser) = io::pipe()?;
        let mappings = vec![
            FdMapping { parent_fd: to_browser.into(), child_fd: 3 },
            FdMapping { parent_fd: from_browser.into(), child_fd: 4 },
        ];
        command.fd_mappings(mappings).map_err(|error| io::Error::other(error.to_string()))?;
        let child = command.spawn()?;
        // The browser's ends are its own now: what it writes ends when it does.
        drop(command);
        let (sender, messages) = mpsc::channel();
        std::thread::Builder::new().name("browser".to_owned()).spawn(move || {
            let mut reader = BufReader::new(reader);
            loop {
                let mut raw = Zeroizing::new(Vec::new());
                match reader.read_until(0, &mut raw) {
                    Ok(1..) if raw.last() == Some(&0) => raw.pop(),
                    Ok(_) | Err(_) => return,
                };
                let Some(message) = Message::read(raw) else { continue };
                if sender.send(message).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { child, writer, messages, calls: 0 })
    }

    /// Calls a method, of a page or of the browser, and returns the call's number. A browser that is gone is found by
    /// whoever waits for the answer.
    pub(super) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> u64 {
        self.calls += 1;
        if let Ok(mut line) = serde_json::to_vec(&Call { id: self.calls, method, params, session }) {
            line.push(0);
            let _ = self.writer.write_all(&line);
        }
        self.calls
    }

    /// Waits for what comes next.
    pub(super) fn next(&self, patience: Duration) -> Next {
        match self.messages.recv_timeout(patience) {
            Ok(message) => Next::Message(message),
            Err(mpsc::RecvTimeoutError::Timeout) => Next::Nothing,
            Err(mpsc::RecvTimeoutError::Disconnected) => Next::Closed,
        }
    }

    /// Closes the browser as a person would, so that it writes its cookies down.
    pub(super) fn close(mut self, patience: Duration) {
        self.call(None, "Browser.close", Value::Object(serde_json::Map::new()));
        let until = std::time::Instant::now() + patience;
        while std::time::Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            if let Next::Closed = self.next(Duration::from_millis(50)) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    /// Returns how it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.wait().ok()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
