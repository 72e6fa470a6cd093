//! Steps as calls.
