//! Who runs us, for a question that must say whom the answer serves.

/// Returns the program that started this process, such as `python3 (/usr/bin/python3)`.
///
/// Its arguments stay out: other programs' secrets stand in them. SDKs that start us through a shell (Rust, Go, Java) show
/// the shell's caller too. A program chooses its own name, so this helps a person to recognise, and proves nothing.
#[cfg(target_os = "linux")]
pub fn caller() -> Option<String> {
    let parent = rustix::process::getppid()?.as_raw_nonzero().get();
    let name = describe(parent)?;
    let through_shell = ["sh", "bash", "dash", "zsh", "ksh", "busybox"].contains(&comm(parent)?.as_str());
    match parent_of(parent).filter(|_| through_shell).and_then(describe) {
        Some(caller) => Some(format!("{name}, started by {caller}")),
        None => Some(name),
    }
}

/// Returns the program that started this process, where the system says so.
#[cfg(not(target_os = "linux"))]
pub fn caller() -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
fn describe(process: i32) -> Option<String> {
    let name = comm(process)?;
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let program = line.split(|&byte| byte == 0).next().map(String::from_utf8_lossy).unwrap_or_default();
    // A process that renames itself may have written its whole command line into the first field.
    let program = program.split(' ').next().unwrap_or_default();
    Some(if program.is_empty() || program == name { name } else { format!("{name} ({program})") })
}

#[cfg(target_os = "linux")]
fn comm(process: i32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    Some(name.trim_end_matches('\n').to_owned())
}

/// Source: proc(5), `/proc/PID/stat`; the name in parentheses may itself hold parentheses and spaces.
#[cfg(target_os = "linux")]
fn parent_of(process: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok().filter(|&parent| parent > 0)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_named_without_its_arguments() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let id = i32::try_from(child.id()).unwrap();
        // The kernel lets us go on a moment before the new program has its name.
        let mut shown = describe(id);
        while shown.as_deref() != Some("sleep") && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
            shown = describe(id);
        }
        let parent = parent_of(id);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(shown.as_deref(), Some("sleep"));
        assert_eq!(parent, i32::try_from(std::process::id()).ok());
        assert!(caller().is_some());
    }
}
