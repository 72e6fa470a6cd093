//! AWS's own words as types: what AWS would refuse cannot be written down.
//!
//! Each type has one door, a parser, whose error says what is wrong and where in the text. A type holds what is always
//! true of a value (an external ID has 2 to 1,224 characters); what depends on company (a chained session lasts at most
//! an hour) is the planner's. Nothing here reads a file, a clock or the environment.

mod access_key;
mod action;
mod acs;
mod address;
mod arn;
mod context_provider;
mod duration;
mod label;
mod partition;
mod policy_text;
mod root_task;
mod tag;
mod time;

pub use access_key::{AccessKeyId, InvalidAccessKeyId};
pub use acs::{AUDIENCE, is_aws_audience, is_loopback_acs, partition_of_acs};
pub use action::{ActionPattern, InvalidAction, InvalidResource, ResourcePattern};
pub use address::{is_confidential, is_this_machine};
pub use arn::{AccountId, InvalidAccountId, InvalidRoleArn, InvalidRoleName, RoleArn, RoleName};
pub use context_provider::{ContextProviderArn, InvalidContextProvider};
pub use duration::{InvalidDuration, RoleDuration, TokenDuration, parse_duration, show_duration};
pub use label::{ExternalId, InvalidLabel, MfaSerial, SessionName, SourceIdentity};
pub use partition::{InvalidRegion, Partition, Region};
pub use policy_text::{InvalidPolicy, PolicyArn, SessionPolicy};
pub use root_task::{InvalidRootTask, RootTask};
pub use tag::{InvalidTag, Tag, TagKey};
pub use time::show_time;

pub use secrecy::{ExposeSecret, SecretString};
