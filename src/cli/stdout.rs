//! The door of standard output: data, written in one piece.

use std::io::{ErrorKind, Write};

use crate::error::{Error, Kind};

/// Writes data for whoever reads our output. A reader who has gone away (`| head`) has had enough, and that is no failure.
pub(super) fn print(data: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(data.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::text(Kind::System, format!("cannot write to standard output: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
