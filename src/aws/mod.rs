//! Clients of AWS: TLS, proxy, endpoints, retries, and the translation of what AWS answers.
//!
//! From here on down SDK and tokio types may be named. A client is made where a call is due, never before.

mod client;
mod error;
mod form;
mod http;
mod line;
mod retry;
mod runtime;

pub use client::{Clients, Tries};
pub use error::{AwsError, Refusal, from_sdk, is_about_certificates};
pub use form::{Asking, Reply};
pub use line::Line;
pub use runtime::Runtime;
