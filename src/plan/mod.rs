//! What will be done, decided before anything is.
//!
//! `plan` is one pure function from what was declared, a name and the flags of this call to a `Plan`: a start and hops,
//! with every default, cap and choice made and each carrying its reason. It takes neither clock nor environment, and
//! nothing after it chooses policy.

mod error;
mod explain;
mod hops;
mod last;
mod limits;
mod model;
mod overrides;
mod planner;
mod reach;
mod sign_in;

pub use error::{LoopHop, PlanError};
pub use explain::{Cached, explain_json, explain_text};
pub use last::{AssumeRoot, IdentityToken, InvalidTokenLife, SigningAlgorithm, TokenLife, plan_root, plan_token};
pub use model::{Base, BaseSource, Device, Duration, Hop, MfaSession, Plan, Reach, Reason, Start};
pub use overrides::{Narrow, Overrides};
pub use planner::{plan, plan_via};
pub use reach::reach_of_identity;
pub use sign_in::{
    Center, Exchange, Pool, PoolCredentials, Provider, RoleCredentials, SignIn, TokenFrom, WithSaml, WithWebIdentity,
    center,
};
