//! Clients of AWS.
