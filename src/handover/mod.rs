//! How credentials leave.
