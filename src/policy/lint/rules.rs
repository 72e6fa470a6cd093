//! The table of rules. An id may be added, and never renamed.

use super::Severity;
use super::case::{Case, Hit};
use super::{conditions, external_ids, federation, partners, services, structure};

/// Something that can be wrong with a trust policy.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id, which is a promise.
    pub id: &'static str,
    /// How bad it is; some rules find milder things too.
    pub severity: Severity,
    /// Why it is bad.
    pub reason: &'static str,
    /// Where AWS says so.
    pub source: &'static str,
    /// What to do.
    pub fix: &'static str,
    pub(super) find: fn(&Case<'_>) -> Vec<Hit>,
}

impl Rule {
    /// Returns a rule by which somebody else finds: no policy has it here.
    pub const fn of_others(
        id: &'static str,
        severity: Severity,
        reason: &'static str,
        source: &'static str,
        fix: &'static str,
    ) -> Self {
        Self { id, severity, reason, source, fix, find: |_| Vec::new() }
    }
}

/// Every rule.
pub static RULES: &[Rule] = &[
    PUBLIC,
    NO_EXTID,
    EXTID_SOFT,
    EXTID_WILDCARD,
    EXTID_FORMAT,
    EXTID_WEAK,
    EXTID_REUSED,
    EXTID_MULTI,
    MFA,
    MFA_SOFT,
    ROOT,
    ACTION_WILD,
    ACTION_OTHER,
    NOTPRINCIPAL,
    RESOURCE,
    WILDCARD_ARN,
    FED,
    SAML_AUD,
    OIDC,
    GITHUB,
    COGNITO,
    SERVICE,
    KEY_ACTION,
    FORALL,
    DEAD,
    TAGS,
    SIZE,
    UNUSED,
    SYNTAX,
    UNKNOWN_KEY,
];

const PUBLIC: Rule = Rule {
    id: "TP-PUBLIC",
    severity: Severity::Critical,
    reason: "anyone with an AWS account may assume the role",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix: "name the principals, or demand aws:PrincipalOrgID, aws:PrincipalAccount or aws:PrincipalArn",
    find: partners::public,
};

const NO_EXTID: Rule = Rule {
    id: "TP-NO-EXTID",
    severity: Severity::High,
    reason: "a third party that many customers let in can be talked into using this role for another of them (the confused deputy)",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix: "demand the external ID that the third party gave you: \"Condition\": {\"StringEquals\": {\"sts:ExternalId\": \"…\"}}; if the account is yours, say so in accounts.own",
    find: partners::no_external_id,
};

const EXTID_SOFT: Rule = Rule {
    id: "TP-EXTID-SOFT",
    severity: Severity::High,
    reason: "the external ID is only seemingly demanded: whoever leaves it out, or makes one up, gets in",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix: "demand it by StringEquals, in every statement that lets the account in",
    find: partners::seeming,
};

const EXTID_WILDCARD: Rule = Rule {
    id: "TP-EXTID-WILDCARD",
    severity: Severity::High,
    reason: "an external ID with a wildcard is one of many, or any",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    fix: "write the external ID itself, under StringEquals",
    find: external_ids::wildcard,
};

const EXTID_FORMAT: Rule = Rule {
    id: "TP-EXTID-FORMAT",
    severity: Severity::Error,
    reason: "STS takes external IDs of 2 to 1,224 letters, digits and +=,.@:/_- only: nobody can send this one",
    source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    fix: "write an external ID that can be sent; a wildcard works under StringLike alone, and does not belong there",
    find: external_ids::format,
};

const EXTID_WEAK: Rule = Rule {
    id: "TP-EXTID-WEAK",
    severity: Severity::Medium,
    reason: "an external ID is no secret, but it has to be unique and chosen by the third party; one that can be guessed, or comes by chance, is neither",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    fix: "have the third party make a random one, such as a UUID",
    find: external_ids::weak,
};

pub(super) const EXTID_REUSED: Rule = Rule {
    id: "TP-EXTID-REUSED",
    severity: Severity::Medium,
    reason: "whoever is let in by the same external ID can be taken for the other",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    fix: "have each third party make one for each of your accounts",
    find: external_ids::reused,
};

const EXTID_MULTI: Rule = Rule {
    id: "TP-EXTID-MULTI",
    severity: Severity::Low,
    reason: "several external IDs are often what a rotation left behind",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    fix: "remove those that are no longer sent",
    find: external_ids::several,
};

const MFA: Rule = Rule {
    id: "TP-MFA-NOT-EXTID",
    severity: Severity::Medium,
    reason: "MFA says which person asks, not for which customer: it is no guard against a confused deputy",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix: "if people of that account assume the role, suppress this; if a service does, demand its external ID",
    find: partners::mfa_in_place,
};

const MFA_SOFT: Rule = Rule {
    id: "TP-MFA-SOFT",
    severity: Severity::Medium,
    reason: "MFA is only seemingly demanded: a request signed by a long-term access key has no such key, and passes",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    fix: "demand it by \"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}; …IfExists belongs into a Deny",
    find: conditions::mfa_in_vain,
};

const ROOT: Rule = Rule {
    id: "TP-THIRD-PARTY-ROOT",
    severity: Severity::Medium,
    reason: "every user and role of that account which may call sts:AssumeRole on anything gets in, not only what asks for you",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix: "name the third party's role, or demand it by aws:PrincipalArn",
    find: partners::whole_account,
};

const ACTION_WILD: Rule = Rule {
    id: "TP-ACTION-WILD",
    severity: Severity::High,
    reason: "more is let in than giving the role",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
    fix: "name the actions: sts:AssumeRole, and sts:TagSession or sts:SetSourceIdentity where they are needed",
    find: structure::wide_action,
};

const ACTION_OTHER: Rule = Rule {
    id: "TP-ACTION-OTHER",
    severity: Severity::Error,
    reason: "a trust policy takes no actions but those that give a role, and AWS refuses to save it",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html",
    fix: "remove the action",
    find: structure::other_action,
};

const NOTPRINCIPAL: Rule = Rule {
    id: "TP-NOTPRINCIPAL",
    severity: Severity::Error,
    reason: "NotPrincipal with Allow lets in everyone else, those without an account too",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
    fix: "name who is let in, under Principal",
    find: structure::not_principal,
};

const RESOURCE: Rule = Rule {
    id: "TP-RESOURCE",
    severity: Severity::Error,
    reason: "a trust policy stands for its own role, and AWS refuses to save one with a Resource",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    fix: "remove the Resource",
    find: structure::resource,
};

const WILDCARD_ARN: Rule = Rule {
    id: "TP-PARTIAL-WILDCARD-ARN",
    severity: Severity::Error,
    reason: "a principal is named in full or by *: AWS refuses a part of an ARN, or matches nobody by it",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix: "name the account, and demand the pattern by aws:PrincipalArn under ArnLike",
    find: structure::wildcard_arn,
};

const FED: Rule = Rule {
    id: "TP-FED-MISMATCH",
    severity: Severity::Error,
    reason: "principals of that kind never come by that action",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html",
    fix: "use sts:AssumeRoleWithSAML for SAML providers, sts:AssumeRoleWithWebIdentity for OpenID Connect, sts:AssumeRole for the rest",
    find: federation::mismatch,
};

const SAML_AUD: Rule = Rule {
    id: "TP-SAML-AUD",
    severity: Severity::High,
    reason: "an assertion that was made for another service, and got into its hands, opens the role",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html",
    fix: "demand \"StringEquals\": {\"SAML:aud\": \"https://signin.aws.amazon.com/saml\"}",
    find: federation::saml_audience,
};

const OIDC: Rule = Rule {
    id: "TP-OIDC-UNBOUND",
    severity: Severity::High,
    reason: "every customer of the provider has tokens of that issuer",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    fix: "demand the audience (ISSUER:aud) and the subject (ISSUER:sub)",
    find: federation::unbound,
};

const GITHUB: Rule = Rule {
    id: "TP-GITHUB-SUB-WILD",
    severity: Severity::High,
    reason: "a token's subject says which workflow asks; with a wildcard, others ask too",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    fix: "demand ISSUER:sub as it is sent: repo:ORGANIZATION/REPOSITORY:ref:refs/heads/BRANCH, or :environment:NAME",
    find: federation::github,
};

const COGNITO: Rule = Rule {
    id: "TP-COGNITO-UNAUTH",
    severity: Severity::High,
    reason: "an identity pool that takes guests gives a token to anybody",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    fix: "demand \"ForAnyValue:StringEquals\": {\"cognito-identity.amazonaws.com:amr\": \"authenticated\"}",
    find: federation::guests,
};

const SERVICE: Rule = Rule {
    id: "TP-SERVICE-NO-SOURCE",
    severity: Severity::Medium,
    reason: "the service works for every customer of AWS, and can be talked into using this role for another",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix: "demand aws:SourceAccount, and aws:SourceArn where it is known",
    find: services::without_source,
};

const KEY_ACTION: Rule = Rule {
    id: "TP-KEY-ACTION-MISMATCH",
    severity: Severity::Error,
    reason: "a condition on a key that is never there lets nobody in, or guards nothing",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    fix: "remove the condition, or put it into the statement that it belongs to",
    find: conditions::key_never_there,
};

const FORALL: Rule = Rule {
    id: "TP-FORALL-SINGLE",
    severity: Severity::High,
    reason: "ForAllValues passes where the key is absent: whoever leaves it out passes",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
    fix: "remove ForAllValues",
    find: conditions::for_all_of_one,
};

const DEAD: Rule = Rule {
    id: "TP-DEAD-PRINCIPAL",
    severity: Severity::Medium,
    reason: "AWS wrote the id in place of an ARN when the principal was deleted; a new one of that name is not trusted",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix: "name the principal anew, or remove it",
    find: structure::dead_principal,
};

const TAGS: Rule = Rule {
    id: "TP-TAGS-OPEN",
    severity: Severity::Medium,
    reason: "a third party that picks its own tags has what policies grant by aws:PrincipalTag",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html",
    fix: "limit them by \"ForAllValues:StringEquals\": {\"aws:TagKeys\": […]} and aws:RequestTag/KEY",
    find: partners::open_tags,
};

const SIZE: Rule = Rule {
    id: "TP-SIZE",
    severity: Severity::Warning,
    reason: "AWS refuses to save a policy that is larger than the account's quota",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    fix: "have the quota raised (to 4,096 or 8,192), or shorten it",
    find: structure::size,
};

const UNUSED: Rule = Rule {
    id: "TP-UNUSED",
    severity: Severity::Low,
    reason: "what nobody uses nobody misses, and nobody watches",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
    fix: "remove the statement, or the role",
    find: partners::unused,
};

const SYNTAX: Rule = Rule {
    id: "TP-SYNTAX",
    severity: Severity::Error,
    reason: "AWS refuses to save what is no trust policy",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    fix: "write it as the grammar says",
    find: structure::syntax,
};

const UNKNOWN_KEY: Rule = Rule {
    id: "TP-UNKNOWN-KEY",
    severity: Severity::Warning,
    reason: "a key that AWS never sends is never there; if it is misspelt, the condition does not say what it should",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    fix: "look the key up; if AWS has it and we do not know it, suppress this",
    find: structure::unknown_key,
};

/// What is found where findings are suppressed that should be looked at again. No policy has it.
pub static EXPIRED: Rule = Rule {
    id: "TP-SUPPRESSION",
    severity: Severity::Medium,
    reason: "what was accepted until a day has to be accepted anew, or mended",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    fix: "mend what it suppresses, or give it a later day; remove it where it suppresses nothing",
    find: |_| Vec::new(),
};
