//! Every end-to-end test, one module for each capability, in one program.

mod support;
mod vault_stores;
