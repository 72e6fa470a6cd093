//! The AWS CLI and botocore of the test environment, as they are published.

use std::path::PathBuf;

/// The AWS CLI.
pub(crate) fn program() -> PathBuf {
    beside("aws")
}

/// The Python that has boto3.
pub(crate) fn python() -> PathBuf {
    beside("python")
}

fn beside(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where the test environment lies is the machine's, not the test's")]
    let python = std::env::var_os("ASSUME_TEST_PYTHON").map(PathBuf::from);
    let own = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/test-env/python/bin/python");
    let program = python.unwrap_or_else(own).with_file_name(name);
    assert!(program.exists(), "{} is not there; tests/setup makes it", program.display());
    program
}
