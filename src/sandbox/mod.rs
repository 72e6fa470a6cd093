//! A local STS and IAM, with the services that people sign in at, that answers as AWS does, for trying out and for tests.
//!
//! A [`Scenario`] says who there is; a [`Server`] plays it on loopback. What comes in is a signed request of AWS's query
//! protocol; what goes out is AWS's XML, with AWS's codes and words when it is a refusal. Nothing here knows our own
//! client: the AWS CLI and botocore must find it as convincing.
//!
//! A [`Home`] is what a command needs around it to try all that: config, identities and secrets of its own.
//!
//! `http` lets a request in and fails when told to, `dispatch` finds the operation, `caller` believes a signature or
//! does not, `sts` and `iam` do the work on the `estate`, and so does what has paths of its own (`identity_center`).

mod analyzer;
mod answer;
mod call;
mod caller;
mod cloudtrail;
mod cognito;
mod constraint;
mod control;
mod dispatch;
mod error;
mod estate;
mod fault;
mod federation;
mod fresh;
mod home;
mod http;
mod iam;
mod iam_details;
mod identity_center;
mod issuer;
mod log;
mod members;
mod mfa_code;
mod organization;
mod organizations;
mod profiles;
mod regions;
mod s3;
mod saml;
mod scenario;
mod server;
mod sigv4;
#[cfg(test)]
mod stage;
mod sts;
mod surroundings;
mod used;

pub use error::{SandboxError, ScenarioError};
pub use fault::{Failure, Fault, InvalidFailure};
pub use home::{Home, HomeError, Place};
pub use scenario::{Profile, ProfileSource, Scenario};
pub use server::{Device, Key, Options, Server};
