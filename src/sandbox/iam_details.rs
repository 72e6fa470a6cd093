//! GetAccountAuthorizationDetails: all users, roles and policies of the caller's account, page by page.
//!
//! A scenario has no groups, and all its policies are inline; a permissions boundary is a managed policy of the account,
//! since AWS has no others.
//!
//! Source: IAM API Reference, `GetAccountAuthorizationDetails`, and IAM's model, version 2010-05-08.

use std::collections::BTreeMap;
use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::answer::{Refusal, element, text};
use super::call::Parameters;
use super::caller::{Caller, Who};
use super::constraint::{Constraints, Limits};
use super::estate::{Estate, LiveRole, LiveUser};
use super::scenario::{Boundary, Policies};
use super::sts::{is_allowed, rfc3339};
use crate::policy::Document;

pub(super) const NAME: &str = "GetAccountAuthorizationDetails";

/// Source: IAM API Reference, `GetAccountAuthorizationDetails`, `Filter`.
const ENTITIES: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
const DEFAULT_ITEMS: u64 = 100;
const MOST_ITEMS: u64 = 1_000;
const MARKER: Limits = Limits { min: 1, max: 320, pattern: None };
/// RFC 3986: what is not unreserved is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One thing that there is.
enum Item<'a> {
    User(&'a LiveUser),
    Role(&'a LiveRole),
    Policy { boundary: &'a Boundary, uses: usize },
}

/// Does what is asked and returns the inside of the result.
pub(super) fn run(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    // Source: STS API Reference, `GetSessionToken`: "You cannot call any IAM API operations unless MFA …".
    if matches!(caller.who, Who::UserSession { mfa_at: None, .. }) {
        return Err(Refusal::unknown_key());
    }
    let mut constraints = Constraints::new();
    let most = constraints.number(parameters, "MaxItems", 1, MOST_ITEMS)?.unwrap_or(DEFAULT_ITEMS);
    let marker = constraints.optional(parameters, "Marker", MARKER);
    let filter = parameters.list("Filter");
    for (index, wanted) in filter.iter().enumerate().filter(|(_, wanted)| !ENTITIES.contains(wanted)) {
        let sentence = format!("Member must satisfy enum value set: [{}]", ENTITIES.join(", "));
        constraints.break_at(&format!("filter.{}.member", index + 1), wanted, &sentence);
    }
    constraints.verdict()?;
    is_allowed(&format!("iam:{NAME}"), "*", caller, estate, now)?;
    let first = match marker {
        None => 0,
        Some(marker) => place(marker).ok_or_else(|| Refusal::invalid(format!("Invalid Marker: {marker}")))?,
    };
    let account = caller.account(estate);
    let policies = format!("arn:{}:iam::{}:policy", account.partition, account.id);
    let items = items(estate, account.id.as_str(), &filter);
    let next = first.saturating_add(usize::try_from(most).unwrap_or(usize::MAX));
    let page = items.iter().skip(first).take(next - first);
    let mut lists: [String; 4] = Default::default();
    for item in page {
        let (list, inner) = match item {
            Item::User(user) => (0, shown_user(user, &policies)),
            Item::Role(role) => (2, shown_role(role, &policies, estate)),
            Item::Policy { boundary, uses } => (3, shown_policy(boundary, *uses, &policies, estate.began)),
        };
        lists[list].push_str(&element("member", &inner));
    }
    let is_truncated = next < items.len();
    let marker = if is_truncated { text("Marker", &mark(next)) } else { String::new() };
    let [users, groups, roles, managed] = lists;
    Ok(text("IsTruncated", if is_truncated { "true" } else { "false" })
        + &marker
        + &element("UserDetailList", &users)
        + &element("GroupDetailList", &groups)
        + &element("RoleDetailList", &roles)
        + &element("Policies", &managed))
}

/// Markers are opaque; ours say how many things came before.
fn mark(place: usize) -> String {
    hex::encode(format!("after {place}"))
}

fn place(marker: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(marker).ok()?).ok()?;
    text.strip_prefix("after ")?.parse().ok()
}

/// Returns what of the account is asked for, in an order that stays. A root user is no IAM user.
fn items<'a>(estate: &'a Estate, account: &str, filter: &[&str]) -> Vec<Item<'a>> {
    let wanted = |entity: &str| filter.is_empty() || filter.contains(&entity);
    let is_own = |index: usize| estate.accounts[index].id.as_str() == account;
    let users: Vec<&LiveUser> = estate.users.iter().filter(|user| is_own(user.account) && !user.is_root).collect();
    let roles: Vec<&LiveRole> = estate.roles.iter().filter(|role| is_own(role.account)).collect();
    let mut policies: BTreeMap<&str, (&Boundary, usize)> = BTreeMap::new();
    let of_users = users.iter().filter_map(|user| user.boundary.as_ref());
    for boundary in of_users.chain(roles.iter().filter_map(|role| role.role.boundary.as_ref())) {
        policies.entry(&boundary.name).or_insert((boundary, 0)).1 += 1;
    }
    let mut items = Vec::new();
    if wanted("User") {
        items.extend(users.into_iter().map(Item::User));
    }
    if wanted("Role") {
        items.extend(roles.into_iter().map(Item::Role));
    }
    if wanted("LocalManagedPolicy") {
        items.extend(policies.into_values().map(|(boundary, uses)| Item::Policy { boundary, uses }));
    }
    items
}

/// `policies` is what the ARNs of the account's policies begin with.
fn shown_user(user: &LiveUser, policies: &str) -> String {
    text("Path", &user.path)
        + &text("UserName", &user.name)
        + &text("UserId", &user.id)
        + &text("Arn", &user.arn)
        + &text("CreateDate", &rfc3339(user.created))
        + &inline("UserPolicyList", &user.policies)
        + "<GroupList/><AttachedManagedPolicies/>"
        + &bounded(user.boundary.as_ref(), policies)
        + &tags(&user.tags)
}

fn shown_role(live: &LiveRole, policies: &str, estate: &Estate) -> String {
    let (role, name) = (&live.role, live.role.arn.name());
    text("Path", &path(name.as_str()))
        + &text("RoleName", name.name())
        + &text("RoleId", &live.id)
        + &text("Arn", &role.arn.to_string())
        + &text("CreateDate", &rfc3339(role.created))
        + &text("AssumeRolePolicyDocument", &encoded(&role.trust))
        + "<InstanceProfileList/>"
        + &inline("RolePolicyList", &role.policies)
        + "<AttachedManagedPolicies/>"
        + &bounded(role.boundary.as_ref(), policies)
        + &tags(&role.tags)
        + &last_used(live, estate)
}

/// When a role was last used; empty where it never was.
pub(super) fn last_used(live: &LiveRole, estate: &Estate) -> String {
    let index = estate.roles.iter().position(|known| known.id == live.id);
    let used = index.and_then(|index| estate.last_used(index));
    let inner =
        used.map_or_else(String::new, |used| text("LastUsedDate", &rfc3339(used.at)) + &text("Region", &used.region));
    element("RoleLastUsed", &inner)
}

/// `teams/Deploy` lies in `/teams/`.
fn path(name: &str) -> String {
    match name.rsplit_once('/') {
        Some((path, _)) => format!("/{path}/"),
        None => "/".to_owned(),
    }
}

fn shown_policy(boundary: &Boundary, uses: usize, policies: &str, created: SystemTime) -> String {
    let (arn, created) = (format!("{policies}/{}", boundary.name), rfc3339(created));
    let version = text("Document", &encoded(&boundary.document))
        + &text("VersionId", "v1")
        + &text("IsDefaultVersion", "true")
        + &text("CreateDate", &created);
    text("PolicyName", &boundary.name)
        + &text("PolicyId", &policy_id(&arn))
        + &text("Arn", &arn)
        + &text("Path", "/")
        + &text("DefaultVersionId", "v1")
        + &text("AttachmentCount", "0")
        + &text("PermissionsBoundaryUsageCount", &uses.to_string())
        + &text("IsAttachable", "true")
        + &text("CreateDate", &created)
        + &text("UpdateDate", &created)
        + &element("PolicyVersionList", &element("member", &version))
}

/// The same each time.
pub(super) fn policy_id(arn: &str) -> String {
    format!("ANPA{}", &hex::encode_upper(Sha256::digest(arn))[..17])
}

fn inline(list: &str, policies: &Policies) -> String {
    let member = |(name, document): (&String, &Document)| {
        element("member", &(text("PolicyName", name) + &text("PolicyDocument", &encoded(document))))
    };
    let members: String = policies.names.iter().zip(&policies.documents).map(member).collect();
    element(list, &members)
}

/// A policy as IAM gives it: its JSON, URL-encoded as RFC 3986 says.
pub(super) fn encoded(document: &Document) -> String {
    utf8_percent_encode(&document.to_json().to_string(), ENCODED).to_string()
}

pub(super) fn bounded(boundary: Option<&Boundary>, policies: &str) -> String {
    boundary.map_or_else(String::new, |boundary| {
        let inner = text("PermissionsBoundaryType", "Policy")
            + &text("PermissionsBoundaryArn", &format!("{policies}/{}", boundary.name));
        element("PermissionsBoundary", &inner)
    })
}

fn tags(tags: &BTreeMap<String, String>) -> String {
    let members: String =
        tags.iter().map(|(key, value)| element("member", &(text("Key", key) + &text("Value", value)))).collect();
    if tags.is_empty() { String::new() } else { element("Tags", &members) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::scenario::Scenario;
    use super::super::stage::{Credentials, Stage, inside};
    use super::*;

    const SCENARIO: &str = r#"
        [[account]]
        id = "111122223333"
        [[account.user]]
        name = "alice"
        path = "/staff/"
        tags = { team = "core" }
        boundary = { Limits = '{"Statement":[{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*"}]}' }
        policies = { Reads = '{"Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}' }
        [[account.user]]
        name = "bob"
        boundary = { Narrow = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
        policies = { All = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
        [[account.role]]
        name = "teams/Deploy"
        trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
        boundary = { Limits = '{"Statement":[{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*"}]}' }
        [[account.role]]
        name = "Other"
        trust = '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        [[account]]
        id = "444455556666"
        [[account.role]]
        name = "Elsewhere"
        trust = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
    "#;

    fn stage() -> (Stage, Credentials) {
        let stage = Stage::of(&Scenario::parse(SCENARIO).unwrap());
        let alice = stage.key_of("alice");
        (stage, alice)
    }

    #[test]
    fn an_account_is_told_whole_and_no_other_one() {
        let (mut stage, alice) = stage();
        let xml = stage.ask(&alice, NAME, &[]).unwrap();
        assert_eq!(inside(&xml, "IsTruncated"), "false");
        for there in [
            "<Arn>arn:aws:iam::111122223333:user/staff/alice</Arn>",
            "<Path>/teams/</Path><RoleName>Deploy</RoleName>",
            "<PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/Limits</PermissionsBoundaryArn>",
            "<PermissionsBoundaryUsageCount>2</PermissionsBoundaryUsageCount>",
            "<Tags><member><Key>team</Key><Value>core</Value></member></Tags>",
            "%22Service%22%3A%22ec2.amazonaws.com%22",
        ] {
            assert!(xml.contains(there), "{there}: {xml}");
        }
        assert!(!xml.contains("Elsewhere") && !xml.contains("AKIA"), "{xml}");
    }

    #[test]
    fn pages_hold_everything_once() {
        let (mut stage, alice) = stage();
        let whole = stage.ask(&alice, NAME, &[]).unwrap();
        let (mut seen, mut marker) = (BTreeSet::new(), None::<String>);
        let mut pages = 0;
        loop {
            let mut parameters = vec![("MaxItems", "1")];
            parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
            let xml = stage.ask(&alice, NAME, &parameters).unwrap();
            pages += 1;
            assert!(seen.insert(inside(&xml, "Arn")), "twice: {xml}");
            if inside(&xml, "IsTruncated") == "false" {
                break;
            }
            marker = Some(inside(&xml, "Marker"));
        }
        assert_eq!(pages, 6);
        assert!(seen.iter().all(|arn| whole.contains(&format!("<Arn>{arn}</Arn>"))), "{seen:?}");
        let refused = stage.ask(&alice, NAME, &[("Marker", "zz")]).unwrap_err();
        assert_eq!(refused, "400 ValidationError: Invalid Marker: zz");
    }

    #[test]
    fn a_filter_leaves_out_the_rest() {
        let (mut stage, alice) = stage();
        let xml = stage.ask(&alice, NAME, &[("Filter.member.1", "Role")]).unwrap();
        assert!(xml.contains("<RoleName>") && !xml.contains("<UserName>") && !xml.contains("<PolicyId>"), "{xml}");
        let refused = stage.ask(&alice, NAME, &[("Filter.member.1", "Robot")]).unwrap_err();
        assert!(
            refused.contains("at 'filter.1.member' failed to satisfy constraint: Member must satisfy enum"),
            "{refused}"
        );
    }

    #[test]
    fn a_boundary_bounds_what_its_bearer_may_ask() {
        let (mut stage, _) = stage();
        let bob = stage.key_of("bob");
        let refused = stage.ask(&bob, NAME, &[]).unwrap_err();
        assert_eq!(
            refused,
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: \
             iam:GetAccountAuthorizationDetails on resource: *"
        );
    }
}
