//! Programs with mounts of their own, which nobody else sees and which go with them.

/// Returns the words before a program's own: a shell of a mount namespace of its own runs the script, which ends in
/// `exec "$@"`.
pub(crate) fn mounting(script: &str) -> Vec<String> {
    let user: &[&str] = if rustix::process::geteuid().is_root() { &[] } else { &["--map-root-user"] };
    // Done by hand, since `unshare` gives up where the root is no mount point (in a chroot), and nothing is shared there.
    let script = format!("mount --make-rprivate / 2>/dev/null; {script}");
    let words = ["unshare", "--mount", "--propagation", "unchanged"].iter().chain(user).map(|word| (*word).to_owned());
    words.chain(["sh", "-c", &script, "sh"].map(str::to_owned)).collect()
}
