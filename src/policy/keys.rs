//! The condition keys that we know. What is not here is an error, since nobody could say whether it holds.
//!
//! Source: IAM User Guide, "AWS global condition context keys", "IAM and AWS STS condition context keys".

/// A condition key. Its name is compared without regard to case, the tag key in it too.
#[derive(Clone, Debug)]
pub struct ConditionKey {
    written: String,
    arity: Arity,
}

/// How many values a key has in one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Arity {
    /// At most one.
    Single,
    /// Any number; a policy that looks at it needs `ForAllValues` or `ForAnyValue`.
    Multi,
}

impl ConditionKey {
    /// Returns the key of that name, if it is one that we know.
    pub fn known(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let arity = if SINGLE.contains(&lower.as_str()) || is_tagged(&lower) || is_single_saml(&lower) {
            Arity::Single
        } else if MULTI.contains(&lower.as_str()) || is_multi_saml(&lower) {
            Arity::Multi
        } else {
            issuer_claim(&lower)?
        };
        Some(Self { written: name.to_owned(), arity })
    }

    /// Returns a key that nobody knows, as one that may have any value or none.
    pub(super) fn unknown(name: &str) -> Self {
        Self { written: name.to_owned(), arity: Arity::Single }
    }

    /// The name as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns the name in small letters, by which keys are compared.
    pub fn name(&self) -> String {
        self.written.to_ascii_lowercase()
    }

    /// How many values it has in one request.
    pub fn arity(&self) -> Arity {
        self.arity
    }
}

impl PartialEq for ConditionKey {
    fn eq(&self, other: &Self) -> bool {
        self.written.eq_ignore_ascii_case(&other.written)
    }
}

impl Eq for ConditionKey {}

fn is_tagged(lower: &str) -> bool {
    TAGGED.iter().any(|prefix| lower.strip_prefix(prefix).is_some_and(|tag| !tag.is_empty()))
}

fn is_single_saml(lower: &str) -> bool {
    lower.strip_prefix("saml:").is_some_and(|name| SAML_SINGLE.contains(&name))
}

fn is_multi_saml(lower: &str) -> bool {
    lower.strip_prefix("saml:").is_some_and(|name| SAML_MULTI.contains(&name))
}

/// Returns the issuer that a key is a claim of, given its name in small letters.
pub(super) fn issuer_of(lower: &str) -> Option<&str> {
    issuer_claim(lower)?;
    lower.rsplit_once(':').map(|(issuer, _)| issuer)
}

/// A claim of an OIDC provider: its issuer without the scheme, a colon, the claim.
/// Source: IAM User Guide, "Available keys for AWS OIDC federation".
fn issuer_claim(lower: &str) -> Option<Arity> {
    let (issuer, claim) = lower.rsplit_once(':')?;
    let host = issuer.split('/').next().unwrap_or_default();
    let is_host = host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    let is_claim = !claim.is_empty() && claim.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
    (is_host && is_claim).then_some(if claim == "amr" { Arity::Multi } else { Arity::Single })
}

const SINGLE: [&str; 59] = [
    "aws:assumedroot",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:chatbotsourcearn",
    "aws:currenttime",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpcsourceip",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "codebuild:buildarn",
    "iam:associatedresourcearn",
    "iam:awsservicename",
    "iam:passedtoservice",
    "iam:permissionsboundary",
    "iam:policyarn",
    "identitystore:identitystorearn",
    "identitystore:userid",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
    "sts:awsservicename",
    "sts:durationseconds",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
    "sts:taskpolicyarn",
    "sts:signingalgorithm",
];

const MULTI: [&str; 10] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "sts:identitytokenaudience",
    "sts:requestcontextproviders",
    "sts:transitivetagkeys",
];

const TAGGED: [&str; 5] =
    ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "iam:resourcetag/", "sts:requestcontext/"];

const SAML_SINGLE: [&str; 19] = [
    "aud",
    "commonname",
    "doc",
    "edupersonorgdn",
    "edupersonprimaryaffiliation",
    "edupersonprimaryorgunitdn",
    "edupersonprincipalname",
    "givenname",
    "iss",
    "mail",
    "name",
    "namequalifier",
    "organizationstatus",
    "primarygroupsid",
    "sub",
    "sub_type",
    "surname",
    "uid",
    "x500uniqueidentifier",
];

const SAML_MULTI: [&str; 13] = [
    "cn",
    "edupersonaffiliation",
    "edupersonassurance",
    "edupersonentitlement",
    "edupersonnickname",
    "edupersonorgunitdn",
    "edupersonscopedaffiliation",
    "edupersontargetedid",
    "eduorghomepageuri",
    "eduorgidentityauthnpolicyuri",
    "eduorglegalname",
    "eduorgsuperioruri",
    "eduorgwhitepagesuri",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_name_whatever_their_case() {
        let cases = [
            ("sts:ExternalId", Arity::Single),
            ("STS:EXTERNALID", Arity::Single),
            ("sts:TransitiveTagKeys", Arity::Multi),
            ("aws:TagKeys", Arity::Multi),
            ("aws:RequestTag/Team", Arity::Single),
            ("aws:PrincipalTag/a b", Arity::Single),
            ("aws:PrincipalOrgPaths", Arity::Multi),
            ("saml:aud", Arity::Single),
            ("SAML:eduPersonAffiliation", Arity::Multi),
            ("token.actions.githubusercontent.com:sub", Arity::Single),
            ("accounts.google.com:aud", Arity::Single),
            ("cognito-identity.amazonaws.com:amr", Arity::Multi),
            ("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539:sub", Arity::Single),
        ];
        for (name, expected) in cases {
            assert_eq!(ConditionKey::known(name).map(|key| key.arity()), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_key_nobody_knows_is_none() {
        for name in [
            "sts:ExternalID2",
            "aws:SourceIP ",
            "aws:RequestTag/",
            "saml:anything",
            "ExternalId",
            "",
            ":",
            "issuer:sub",
        ] {
            assert!(ConditionKey::known(name).is_none(), "{name}");
        }
    }
}
