//! Every end-to-end test, one module for each capability, in one program.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod catalog;
mod cognito;
mod console;
mod contexts;
mod declared;
mod discover;
mod documents;
mod fault_sign_ins;
mod faults;
mod foreign_clients;
mod generated;
mod hooked;
mod hostile;
mod identity_center;
mod identity_keys;
mod last_steps;
mod login_session;
mod layout;
mod main_job;
mod mfa_seeds;
mod mistakes;
mod oidc;
mod oracle_botocore;
mod oracle_sdk;
mod partner;
mod plan_cases;
mod quiet;
mod saml;
mod sandbox_command;
mod sandbox_server;
mod sdks;
mod secrets;
mod shells;
mod single_flight;
mod support;
mod terminal;
mod trust_check;
mod trust_rules;
mod vault_stores;
mod trust_policy;
mod trust_probe;
mod ways;
mod ways_in;
mod web_identity;
