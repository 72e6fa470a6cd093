//! What rides along in a proof: session tags and a source identity, as a provider vouches for them.
//!
//! Source: IAM User Guide, "Pass session tags in AWS STS" (with AssumeRoleWithSAML, with AssumeRoleWithWebIdentity, nested and
//! flattened) and "Monitor and control actions taken with assumed roles" (source identity).

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::estate::SessionTag;
use crate::identity::{Assertion, Claims};
use crate::policy::Context;
use crate::terms::{SourceIdentity, Tag};

/// What rides along.
#[derive(Debug, Default)]
pub(super) struct Rides {
    pub(super) tags: Vec<SessionTag>,
    pub(super) source_identity: Option<String>,
}

impl Rides {
    /// Reads what an assertion says.
    pub(super) fn of_assertion(assertion: &Assertion) -> Result<Self, Refusal> {
        let tags = assertion.tags().into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let transitive = assertion.transitive_keys().into_iter().map(str::to_owned).collect();
        Self::of(tags, transitive, assertion.source_identity(), "AuthnResponse")
    }

    /// Reads what an ID token says, in either form.
    pub(super) fn of_token(token: &str) -> Result<Self, Refusal> {
        let claims = Claims::all_of(token).unwrap_or_default();
        let nested = &claims[TAGS];
        let within = nested["principal_tags"].as_object().into_iter().flatten();
        let mut tags: Vec<(String, String)> =
            within.filter_map(|(key, value)| Some((key.clone(), one(value)?))).collect();
        let prefix = format!("{TAGS}/principal_tags/");
        for (name, value) in claims.as_object().into_iter().flatten() {
            tags.extend(name.strip_prefix(&prefix).and_then(|key| Some((key.to_owned(), one(value)?))));
        }
        let flat = &claims[format!("{TAGS}/transitive_tag_keys")];
        let keys = [&nested["transitive_tag_keys"], flat].into_iter().filter_map(Value::as_array).flatten();
        let transitive = keys.filter_map(|key| key.as_str().map(str::to_owned)).collect();
        Self::of(tags, transitive, claims[SOURCE_IDENTITY].as_str(), "the token")
    }

    fn of(
        pairs: Vec<(String, String)>,
        transitive: Vec<String>,
        source_identity: Option<&str>,
        place: &str,
    ) -> Result<Self, Refusal> {
        let invalid = |message: String| Refusal::new(400, "InvalidIdentityToken", message);
        let transitive: BTreeSet<String> = transitive.iter().map(|key| key.to_lowercase()).collect();
        let (mut keys, mut tags) = (BTreeSet::new(), Vec::new());
        for (key, value) in pairs {
            Tag::new(&key, &value).map_err(|error| invalid(format!("PrincipalTag:{key} in {place}: {error}")))?;
            if !keys.insert(key.to_lowercase()) {
                let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
                return Err(invalid(message.to_owned()));
            }
            let is_transitive = transitive.contains(&key.to_lowercase());
            tags.push(SessionTag { key, value, is_transitive });
        }
        let sentence = "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"";
        if source_identity.is_some_and(|identity| identity.parse::<SourceIdentity>().is_err()) {
            return Err(invalid(sentence.to_owned()));
        }
        Ok(Self { tags, source_identity: source_identity.map(str::to_owned) })
    }

    /// Adds the circumstances that come of it.
    pub(super) fn in_context(&self, mut context: Context) -> Context {
        if let Some(identity) = &self.source_identity {
            context = context.with("sts:SourceIdentity", identity.as_str());
        }
        for tag in &self.tags {
            context = context.with(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
        }
        let transitive = self.tags.iter().filter(|tag| tag.is_transitive).map(|tag| tag.key.as_str());
        context
            .with_all("aws:TagKeys", self.tags.iter().map(|tag| tag.key.as_str()))
            .with_all("sts:TransitiveTagKeys", transitive)
    }

    /// What the role's trust policy has to allow besides the exchange itself.
    pub(super) fn actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        let asked =
            [("sts:TagSession", !self.tags.is_empty()), ("sts:SetSourceIdentity", self.source_identity.is_some())];
        asked.into_iter().filter_map(|(action, is_asked)| is_asked.then_some(action))
    }
}

const TAGS: &str = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// A tag has one value, which stands in a list in the nested form.
fn one(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.first()?.as_str().map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn rides(claims: &Value) -> Result<Rides, Refusal> {
        Rides::of_token(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string())))
    }

    #[test]
    fn tags_of_a_token_are_nested_or_flattened_and_a_key_comes_once() {
        let nested = json!({ TAGS: { "principal_tags": { "Team": ["core"] }, "transitive_tag_keys": ["team"] } });
        let flat = json!({ "https://aws.amazon.com/tags/principal_tags/Team": "core",
                           "https://aws.amazon.com/tags/transitive_tag_keys": ["Team"] });
        for claims in [nested, flat] {
            let found = rides(&claims).unwrap();
            let tags: Vec<_> =
                found.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str(), tag.is_transitive)).collect();
            assert_eq!(tags, [("Team", "core", true)], "{claims}");
            assert_eq!(found.actions().collect::<Vec<_>>(), ["sts:TagSession"]);
        }
        let twice = json!({ TAGS: { "principal_tags": { "Team": ["core"], "team": ["edge"] } } });
        assert!(rides(&twice).is_err());
        assert!(rides(&json!({ SOURCE_IDENTITY: "aws:me" })).is_err());
        let nothing = rides(&json!({ "sub": "alice" })).unwrap();
        assert!(nothing.tags.is_empty() && nothing.source_identity.is_none() && nothing.actions().count() == 0);
    }
}
