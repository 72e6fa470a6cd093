//! A local STS and IAM that enforces trust policies, for trying out and for tests.
