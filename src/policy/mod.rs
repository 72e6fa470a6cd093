//! Policy documents: read and evaluated. No IO.
//!
//! JSON goes in and becomes a [`Document`], in which nothing unknown is left: an element, a condition operator or a
//! condition key that this version does not know is an error, never a silent allow. Then [`may_assume`] says whether a
//! caller gets a role, and which side of the two decided it; [`allows`] says what identity policies allow by themselves.
//! Whose policies they are, and what the request carries, is the business of those who ask.
//!
//! Source for all rules: IAM User Guide, "IAM JSON policy element reference" and "Policy evaluation logic".

mod available;
mod boundary;
mod classes;
mod condition;
mod context;
pub mod describe;
pub mod diff;
mod document;
mod error;
mod evaluate;
mod external_id;
pub mod found;
mod json;
mod keys;
mod laws;
pub mod lint;
mod parse;
pub mod paths;
mod pattern;
mod principal;
pub mod sides;
pub mod simulate;
#[cfg(test)]
mod properties;
mod values;
pub mod write;

pub use boundary::{Own, may_take};
pub use condition::{Condition, Operator, Quantifier, Test};
pub use context::{Context, Request};
pub use document::{Actions, Document, Effect, Reading, Resources, Statement, Usage, Version, action_means};
pub use error::PolicyError;
pub use evaluate::{Decision, Refusal, Side, StatementRef, Verdict, allows, may_assume};
pub use external_id::{IdForm, IdPrefix, InvalidIdPrefix, Judgement, Weakness, judge};
pub use keys::{Arity, ConditionKey};
pub use laws::{Control, ControlPolicy, Forbidden, Lawbook, Over, Place, Tier};
pub use pattern::Pattern;
pub use principal::{Principal, PrincipalPattern, Principals};
