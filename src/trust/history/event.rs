//! One record of CloudTrail, as far as it tells who became what. Every field may be missing.
//!
//! Source: CloudTrail User Guide, "CloudTrail record contents", "CloudTrail userIdentity element"; IAM User Guide, "Logging
//! IAM and AWS STS API calls with AWS CloudTrail".

use std::collections::HashSet;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

/// A text that many events share.
pub type Text = Arc<str>;

/// A call for a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// Which record it is.
    pub id: Option<Text>,
    /// What the records of one call between two accounts have in common.
    pub shared_id: Option<Text>,
    /// When the call was made.
    pub time: SystemTime,
    /// `AssumeRole`, `GetSessionToken`, …
    pub operation: Text,
    /// The Region whose STS was asked.
    pub region: Option<Text>,
    /// The account whose trail the record stands in.
    pub recipient: Option<Text>,
    /// Who asked.
    pub actor: Actor,
    /// An address, or the name of a service of AWS.
    pub source_ip: Option<Text>,
    /// The program that asked, as it calls itself.
    pub user_agent: Option<Text>,
    /// The role that was asked for.
    pub role_arn: Option<Text>,
    /// What the session was to be called.
    pub session_name: Option<Text>,
    /// The external ID that was sent along.
    pub external_id: Option<Text>,
    /// The source identity that was set.
    pub source_identity: Option<Text>,
    /// The MFA device whose code was sent along.
    pub mfa_serial: Option<Text>,
    /// The ID of the key that was given out.
    pub issued_key: Option<Text>,
    /// AWS's error code, where it was refused.
    pub error: Option<Text>,
}

/// Who asked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Actor {
    /// `IAMUser`, `AssumedRole`, `AWSAccount`, `AWSService`, `WebIdentityUser`, …
    pub kind: Option<Text>,
    /// Their ARN. In the trail of another account it is missing.
    pub arn: Option<Text>,
    /// Their unique id.
    pub principal_id: Option<Text>,
    /// Their account.
    pub account: Option<Text>,
    /// What a provider calls them.
    pub user_name: Option<Text>,
    /// The ID of the key that they signed with.
    pub key: Option<Text>,
    /// Whether their session was made with MFA.
    pub mfa: bool,
    /// The service that acted for them.
    pub invoked_by: Option<Text>,
}

/// The calls that give somebody a session.
pub const OPERATIONS: [&str; 6] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "GetSessionToken",
    "GetFederationToken",
];

/// Texts that many events share are kept once.
#[derive(Debug, Default)]
pub(super) struct Texts(HashSet<Text>);

impl Texts {
    fn shared(&mut self, text: Option<&str>) -> Option<Text> {
        let text = text.filter(|text| !text.is_empty())?;
        if let Some(known) = self.0.get(text) {
            return Some(Arc::clone(known));
        }
        let new = Text::from(text);
        self.0.insert(Arc::clone(&new));
        Some(new)
    }
}

impl Event {
    /// Returns what a record tells, if it is of a call for a session and says when that was.
    pub(super) fn of(record: &Value, texts: &mut Texts) -> Option<Self> {
        let operation = text(record, &["eventName"]).filter(|name| OPERATIONS.contains(name))?;
        if text(record, &["eventSource"]) != Some("sts.amazonaws.com") {
            return None;
        }
        let time = humantime::parse_rfc3339(text(record, &["eventTime"])?).ok()?;
        let own = |path: &[&str]| text(record, path).filter(|text| !text.is_empty()).map(Text::from);
        let actor = Actor {
            kind: texts.shared(text(record, &["userIdentity", "type"])),
            arn: texts.shared(text(record, &["userIdentity", "arn"])),
            principal_id: texts.shared(text(record, &["userIdentity", "principalId"])),
            account: texts.shared(text(record, &["userIdentity", "accountId"])),
            user_name: texts.shared(text(record, &["userIdentity", "userName"])),
            key: texts.shared(text(record, &["userIdentity", "accessKeyId"])),
            mfa: text(record, &["userIdentity", "sessionContext", "attributes", "mfaAuthenticated"]) == Some("true"),
            invoked_by: texts.shared(text(record, &["userIdentity", "invokedBy"])),
        };
        let asked = |name: &str| text(record, &["requestParameters", name]);
        Some(Self {
            id: own(&["eventID"]),
            shared_id: own(&["sharedEventID"]),
            time,
            operation: texts.shared(Some(operation))?,
            region: texts.shared(text(record, &["awsRegion"])),
            recipient: texts.shared(text(record, &["recipientAccountId"])),
            actor,
            source_ip: texts.shared(text(record, &["sourceIPAddress"])),
            user_agent: texts.shared(text(record, &["userAgent"])),
            role_arn: texts.shared(asked("roleArn")),
            session_name: texts.shared(asked("roleSessionName")),
            external_id: texts.shared(asked("externalId")),
            source_identity: texts.shared(asked("sourceIdentity")),
            mfa_serial: texts.shared(asked("serialNumber")),
            issued_key: own(&["responseElements", "credentials", "accessKeyId"]),
            error: texts.shared(text(record, &["errorCode"])),
        })
    }

    /// Takes over what another record of the same call knows more: the caller's trail has their ARN, the target's has not.
    pub(super) fn fill_from(&mut self, other: &Self) {
        let Actor { kind, arn, principal_id, account, user_name, key, mfa, invoked_by } = &other.actor;
        // Of both it is the caller's own record that the call is called by, whichever was read first.
        let is_better = match (self.actor.arn.is_some(), arn.is_some()) {
            (false, true) => true,
            (true, false) => false,
            (true, true) | (false, false) => other.id < self.id,
        };
        if is_better {
            self.id.clone_from(&other.id);
            self.actor.kind.clone_from(kind);
        }
        self.actor.mfa |= mfa;
        for (mine, theirs) in [
            (&mut self.actor.arn, arn),
            (&mut self.actor.principal_id, principal_id),
            (&mut self.actor.account, account),
            (&mut self.actor.user_name, user_name),
            (&mut self.actor.key, key),
            (&mut self.actor.invoked_by, invoked_by),
            (&mut self.region, &other.region),
            (&mut self.source_ip, &other.source_ip),
            (&mut self.user_agent, &other.user_agent),
            (&mut self.role_arn, &other.role_arn),
            (&mut self.session_name, &other.session_name),
            (&mut self.external_id, &other.external_id),
            (&mut self.source_identity, &other.source_identity),
            (&mut self.mfa_serial, &other.mfa_serial),
            (&mut self.issued_key, &other.issued_key),
            (&mut self.error, &other.error),
        ] {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
    }
}

/// Takes out the token of a session that was given out: CloudTrail shows it, and nobody here needs it.
pub(super) fn without_token(record: &mut Value) {
    let given = record.pointer_mut("/responseElements/credentials").and_then(Value::as_object_mut);
    given.map(|credentials| credentials.remove("sessionToken"));
}

/// Returns of a record what tells which call was made by which session.
pub(super) fn as_done(record: &Value) -> Value {
    let mut done = serde_json::Map::new();
    for name in ["eventID", "eventTime", "eventSource", "eventName", "awsRegion", "errorCode"] {
        done.extend(record.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    done.insert("userIdentity".to_owned(), json!({ "accessKeyId": text(record, &["userIdentity", "accessKeyId"]) }));
    Value::from(done)
}

/// Returns the text at the end of that path, if there is one.
pub(super) fn text<'v>(record: &'v Value, path: &[&str]) -> Option<&'v str> {
    path.iter().try_fold(record, |value, name| value.get(name))?.as_str()
}
