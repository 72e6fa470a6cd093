//! The AWS CLI of the test environment.

use std::path::PathBuf;

/// Returns its program, which `tests/setup` installs.
pub(crate) fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where the test environment lies is the machine's, not the test's")]
    let python = std::env::var_os("ASSUME_TEST_PYTHON").map(PathBuf::from);
    let python =
        python.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/test-env/python/bin/python"));
    let program = python.with_file_name("aws");
    assert!(program.exists(), "{} is not there; tests/setup makes it", program.display());
    program
}
