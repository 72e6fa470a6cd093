//! Why a text is no policy that we could answer for.

use super::Usage;

/// Why a text is no policy that we could answer for. `at` is the place in the document: `Statement[1].Condition`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// No JSON, or JSON with the same key twice in one object.
    #[error("the policy is not valid JSON: {reason}")]
    Json {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// An element that must be there is not.
    #[error("{at} has no {element}")]
    Missing {
        /// The place.
        at: String,
        /// What is missing.
        element: &'static str,
    },
    /// An element that no policy has.
    #[error("{at} has an element `{element}`, which no policy has")]
    UnknownElement {
        /// The place.
        at: String,
        /// Its name.
        element: String,
    },
    /// Two elements of which only one may be there.
    #[error("{at} has both {first} and {second}; only one of them may be there")]
    Both {
        /// The place.
        at: String,
        /// One of them.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// A value of another form than the element has.
    #[error("{at} has to be {expected}")]
    Form {
        /// The place.
        at: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A value that AWS does not know at that place.
    #[error("{at} cannot be `{value}`; it is {expected}")]
    Value {
        /// The place.
        at: String,
        /// What stands there.
        value: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A condition operator that we do not know, and so cannot answer for.
    #[error("{at} has the unknown condition operator `{operator}`")]
    UnknownOperator {
        /// The place.
        at: String,
        /// Its name.
        operator: String,
    },
    /// A condition key, or a policy variable, that we do not know, and so cannot answer for.
    #[error("{at} has the unknown condition key `{key}`")]
    UnknownKey {
        /// The place.
        at: String,
        /// Its name.
        key: String,
    },
    /// `${` without what makes it a policy variable.
    #[error("{at}: `{text}` has a `${{` that begins no policy variable")]
    Variable {
        /// The place.
        at: String,
        /// The text it stands in.
        text: String,
    },
    /// An element that a policy of that use cannot have.
    #[error("{at} has a {element}, which {usage} cannot have")]
    Misplaced {
        /// The place.
        at: String,
        /// The element.
        element: &'static str,
        /// What the policy is used as.
        usage: Usage,
    },
}

impl PolicyError {
    /// The place in the document, where there is one.
    pub fn at(&self) -> Option<&str> {
        match self {
            Self::Json { .. } => None,
            Self::Missing { at, .. }
            | Self::UnknownElement { at, .. }
            | Self::Both { at, .. }
            | Self::Form { at, .. }
            | Self::Value { at, .. }
            | Self::UnknownOperator { at, .. }
            | Self::UnknownKey { at, .. }
            | Self::Variable { at, .. }
            | Self::Misplaced { at, .. } => Some(at),
        }
    }
}
