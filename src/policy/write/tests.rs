use proptest::prelude::*;

use super::*;
use crate::policy::{Context, Principal, Request, may_assume};

const ROLE: &str = "arn:aws:iam::999999999999:role/R";
const ID: &str = "acme-9f86d081884c7d659a2feaa0c55ad015";
const PARTNER: &str = "arn:aws:iam::111122223333:role/Scanner";

fn partner(role: &str, account: &str) -> Principal {
    Principal::AssumedRole {
        session_arn: format!("arn:aws:sts::{account}:assumed-role/{role}/run"),
        role_arn: format!("arn:aws:iam::{account}:role/{role}"),
        account: account.to_owned(),
    }
}

fn federated(provider: &str) -> Principal {
    Principal::Federated { provider: provider.to_owned() }
}

fn service(name: &str) -> Principal {
    Principal::Service { name: name.to_owned() }
}

fn aws(guards: AwsGuards) -> TrustWanted {
    TrustWanted::of(Grant::Aws { principals: vec![AwsPrincipal::Role(PARTNER.parse().unwrap())], guards })
}

fn lets_in(wanted: &TrustWanted, action: &str, principal: Principal, context: Context) -> bool {
    let document = wanted.document().unwrap();
    let anything =
        Document::parse_identity(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#).unwrap();
    let request = Request { action: action.to_owned(), resource: ROLE.to_owned(), principal, context };
    may_assume(&document, &[anything], &request).is_allowed()
}

fn context(pairs: &[(&str, &str)]) -> Context {
    pairs.iter().fold(Context::new(), |context, (key, value)| context.with(key, *value))
}

#[test]
fn aws_principals_are_let_in_with_every_guard_and_without_none() {
    let id: ExternalId = ID.parse().unwrap();
    let guards = || AwsGuards {
        external_ids: vec![id.clone()],
        mfa: Some(Mfa { max_age: Some(Duration::from_secs(3_600)) }),
        organization: Some("o-a1b2c3d4e5".to_owned()),
    };
    let right = [
        ("sts:ExternalId", ID),
        ("aws:MultiFactorAuthPresent", "true"),
        ("aws:MultiFactorAuthAge", "60"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ];
    let wanted = aws(guards());
    let asks = |principal, pairs: &[(&str, &str)]| lets_in(&wanted, "sts:AssumeRole", principal, context(pairs));
    assert!(asks(partner("Scanner", "111122223333"), &right));
    assert!(!asks(partner("Other", "111122223333"), &right), "another role of that account");
    assert!(!asks(partner("Scanner", "444455556666"), &right), "that role of another account");
    assert!(!asks(Principal::Anonymous, &right));
    for (at, (key, _)) in right.iter().enumerate() {
        let mut less = right.to_vec();
        less.remove(at);
        assert!(!asks(partner("Scanner", "111122223333"), &less), "without {key}");
    }
    for (key, wrong) in [
        ("sts:ExternalId", "ACME-9F86D081884C7D659A2FEAA0C55AD015"),
        ("sts:ExternalId", "acme-9f86d081884c7d659a2feaa0c55ad01"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("aws:MultiFactorAuthAge", "3601"),
        ("aws:PrincipalOrgID", "o-other"),
    ] {
        let mut other = right.to_vec();
        other.retain(|(known, _)| *known != key);
        other.push((key, wrong));
        assert!(!asks(partner("Scanner", "111122223333"), &other), "{key} = {wrong}");
    }
}

#[test]
fn tags_and_source_identities_are_allowed_as_listed_and_no_others() {
    let mut wanted = aws(AwsGuards::default());
    wanted.tags.insert("team".parse().unwrap(), vec!["core".to_owned(), "web".to_owned()]);
    wanted.source_identities = vec!["alice".to_owned()];
    let asks = |action: &str, context: Context| lets_in(&wanted, action, partner("Scanner", "111122223333"), context);
    let tags = |pairs: &[(&str, &str)]| {
        let all = pairs.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), *value));
        let context = all.fold(Context::new(), |context, (key, value)| context.with(&key, value));
        context.with_all("aws:TagKeys", pairs.iter().map(|(key, _)| *key))
    };
    assert!(asks("sts:TagSession", tags(&[("team", "core")])));
    assert!(asks("sts:TagSession", tags(&[("team", "web")])));
    assert!(!asks("sts:TagSession", tags(&[("team", "root")])));
    assert!(!asks("sts:TagSession", tags(&[("team", "core"), ("admin", "yes")])));
    assert!(!asks("sts:TagSession", tags(&[("admin", "yes")])));
    assert!(asks("sts:SetSourceIdentity", context(&[("sts:SourceIdentity", "alice")])));
    assert!(!asks("sts:SetSourceIdentity", context(&[("sts:SourceIdentity", "mallory")])));
    assert!(asks("sts:AssumeRole", context(&[("sts:SourceIdentity", "alice")])));
    assert!(!asks("sts:AssumeRole", Context::new()), "a source identity is demanded");
    let plain = aws(AwsGuards::default());
    for action in ["sts:TagSession", "sts:SetSourceIdentity"] {
        assert!(!lets_in(&plain, action, partner("Scanner", "111122223333"), Context::new()), "{action}");
    }
}

#[test]
fn a_saml_provider_is_bound_to_the_partitions_own_audience() {
    let provider = |partition: &str| format!("arn:{partition}:iam::999999999999:saml-provider/Corp");
    for (partition, audience) in [
        (Partition::Aws, "https://signin.aws.amazon.com/saml"),
        (Partition::AwsCn, "https://signin.amazonaws.cn/saml"),
        (Partition::AwsUsGov, "https://signin.amazonaws-us-gov.com/saml"),
    ] {
        let name = provider(partition.as_str());
        let wanted = TrustWanted::of(Grant::Saml {
            provider: name.clone(),
            audiences: saml_audiences(partition),
            subjects: vec!["alice".to_owned()],
        });
        let asks = |provider: &str, pairs: &[(&str, &str)]| {
            lets_in(&wanted, "sts:AssumeRoleWithSAML", federated(provider), context(pairs))
        };
        assert!(asks(&name, &[("SAML:aud", audience), ("SAML:sub", "alice")]));
        assert!(!asks(&name, &[("SAML:sub", "alice")]));
        assert!(!asks(&name, &[("SAML:aud", audience)]));
        assert!(!asks(&name, &[("SAML:aud", "https://sp.example.com/saml"), ("SAML:sub", "alice")]));
        assert!(!asks(
            "arn:aws:iam::999999999999:saml-provider/Other",
            &[("SAML:aud", audience), ("SAML:sub", "alice")]
        ));
        assert!(!lets_in(
            &wanted,
            "sts:AssumeRole",
            federated(&name),
            context(&[("SAML:aud", audience), ("SAML:sub", "alice")])
        ));
    }
}

fn ask(project: &str) -> PresetAsk {
    PresetAsk {
        partition: Partition::Aws,
        account: Some("999999999999".parse().unwrap()),
        project: Some(project.to_owned()),
        reference: None,
        issuer: None,
        audiences: Vec::new(),
        subjects: Vec::new(),
    }
}

/// Each preset: what it is asked, the issuer, and a token's audience and subject that it lets in, and subjects that it does not.
#[test]
fn each_preset_lets_in_the_one_project_and_nobody_else() {
    let branch =
        |project: &str, name: &str| PresetAsk { reference: Some(Ref::Branch(name.to_owned())), ..ask(project) };
    let issued = |project: &str, issuer: &str| PresetAsk { issuer: Some(issuer.to_owned()), ..ask(project) };
    let for_audience = |ask: PresetAsk, audience: &str| PresetAsk { audiences: vec![audience.to_owned()], ..ask };
    let eks = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
    let bucket = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
    type Case = (Preset, PresetAsk, &'static str, &'static str, &'static str, Vec<&'static str>);
    let cases: Vec<Case> = vec![
        (
            Preset::GithubActions,
            branch("acme/app", "main"),
            "token.actions.githubusercontent.com",
            "sts.amazonaws.com",
            "repo:acme/app:ref:refs/heads/main",
            vec![
                "repo:acme/app:ref:refs/heads/main2",
                "repo:acme/app2:ref:refs/heads/main",
                "repo:evil/app:ref:refs/heads/main",
                "repo:acme/app:pull_request",
                "repo:acme/app:environment:prod",
                "repo:ACME/app:ref:refs/heads/main",
            ],
        ),
        (
            Preset::GithubActions,
            PresetAsk { reference: Some(Ref::Environment("prod".to_owned())), ..ask("acme/app") },
            "token.actions.githubusercontent.com",
            "sts.amazonaws.com",
            "repo:acme/app:environment:prod",
            vec!["repo:acme/app:environment:prod2", "repo:acme/app:ref:refs/heads/main"],
        ),
        (
            Preset::GithubActions,
            branch("acme/app", "release/*"),
            "token.actions.githubusercontent.com",
            "sts.amazonaws.com",
            "repo:acme/app:ref:refs/heads/release/1",
            vec!["repo:acme/app:ref:refs/heads/main", "repo:acme/app2:ref:refs/heads/release/1"],
        ),
        (
            Preset::Gitlab,
            branch("acme/team/app", "main"),
            "gitlab.com",
            "https://gitlab.com",
            "project_path:acme/team/app:ref_type:branch:ref:main",
            vec![
                "project_path:acme/team/app:ref_type:tag:ref:main",
                "project_path:evil/team/app:ref_type:branch:ref:main",
            ],
        ),
        (
            Preset::Gitlab,
            PresetAsk { issuer: Some("https://gitlab.example.com/".to_owned()), ..branch("acme/app", "main") },
            "gitlab.example.com",
            "https://gitlab.example.com",
            "project_path:acme/app:ref_type:branch:ref:main",
            vec!["project_path:acme/app:ref_type:branch:ref:dev"],
        ),
        (
            Preset::Bitbucket,
            for_audience(
                issued("{11111111-2222-3333-4444-555555555555}", &format!("https://{bucket}")),
                "ari:cloud:bitbucket::workspace/1",
            ),
            bucket,
            "ari:cloud:bitbucket::workspace/1",
            "{11111111-2222-3333-4444-555555555555}:{99999999-2222-3333-4444-555555555555}",
            vec!["{21111111-2222-3333-4444-555555555555}:{1}", "{11111111-2222-3333-4444-555555555555}"],
        ),
        (
            Preset::Buildkite,
            branch("acme", "main").with_project("acme/deploy"),
            "agent.buildkite.com",
            "sts.amazonaws.com",
            "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:9f42:step:build",
            vec!["organization:acme:pipeline:other:ref:refs/heads/main:commit:9f42:step:build"],
        ),
        (
            Preset::Circleci,
            ask("0a1b/2c3d"),
            "oidc.circleci.com/org/0a1b",
            "0a1b",
            "org/0a1b/project/2c3d/user/7",
            vec!["org/0a1b/project/other/user/7", "org/evil/project/2c3d/user/7"],
        ),
        (
            Preset::TerraformCloud,
            ask("acme/core/prod"),
            "app.terraform.io",
            "aws.workload.identity",
            "organization:acme:project:core:workspace:prod:run_phase:apply",
            vec![
                "organization:acme:project:core:workspace:prod2:run_phase:apply",
                "organization:evil:project:core:workspace:prod:run_phase:apply",
            ],
        ),
        (
            Preset::EksIrsa,
            issued("payments/api", &format!("https://{eks}")),
            eks,
            "sts.amazonaws.com",
            "system:serviceaccount:payments:api",
            vec!["system:serviceaccount:default:api", "system:serviceaccount:payments:other"],
        ),
        (
            Preset::Google,
            PresetAsk {
                subjects: vec!["110248495921238986420".to_owned()],
                ..for_audience(ask("x"), "66677.apps.example.com")
            },
            "accounts.google.com",
            "66677.apps.example.com",
            "110248495921238986420",
            vec!["110248495921238986421", "1"],
        ),
    ];
    for (preset, ask, issuer, audience, subject, others) in cases {
        let wanted = TrustWanted::of(preset.grant(&ask).unwrap());
        let provider = match preset {
            Preset::Google => issuer.to_owned(),
            _ => format!("arn:aws:iam::999999999999:oidc-provider/{issuer}"),
        };
        let (aud, sub) = (format!("{issuer}:aud"), format!("{issuer}:sub"));
        let asks = |provider: &str, pairs: &[(&str, &str)]| {
            lets_in(&wanted, "sts:AssumeRoleWithWebIdentity", federated(provider), context(pairs))
        };
        assert!(asks(&provider, &[(&aud, audience), (&sub, subject)]), "{preset:?} {subject}");
        assert!(!asks(&provider, &[(&aud, audience)]), "{preset:?} without a subject");
        assert!(!asks(&provider, &[(&sub, subject)]), "{preset:?} without an audience");
        assert!(
            !asks(&provider, &[(&aud, "https://other.example.com"), (&sub, subject)]),
            "{preset:?} for somebody else"
        );
        assert!(!asks(
            "arn:aws:iam::999999999999:oidc-provider/evil.example.com",
            &[(&aud, audience), (&sub, subject)]
        ));
        for other in others {
            assert!(!asks(&provider, &[(&aud, audience), (&sub, other)]), "{preset:?} {other}");
        }
    }
}

impl PresetAsk {
    fn with_project(self, project: &str) -> Self {
        Self { project: Some(project.to_owned()), ..self }
    }
}

#[test]
fn guests_of_a_cognito_pool_stay_out() {
    let pool = "eu-west-1:11111111-2222-3333-4444-555555555555";
    let wanted =
        TrustWanted::of(Preset::Cognito.grant(&PresetAsk { audiences: vec![pool.to_owned()], ..ask("x") }).unwrap());
    let asks = |pool: &str, amr: &[&str]| {
        let context = context(&[("cognito-identity.amazonaws.com:aud", pool)])
            .with_all("cognito-identity.amazonaws.com:amr", amr.iter().copied());
        lets_in(&wanted, "sts:AssumeRoleWithWebIdentity", federated("cognito-identity.amazonaws.com"), context)
    };
    assert!(asks(pool, &["authenticated", "accounts.google.com"]));
    assert!(!asks(pool, &["unauthenticated"]));
    assert!(!asks(pool, &[]));
    assert!(!asks("eu-west-1:other", &["authenticated"]));
}

#[test]
fn a_pod_gets_its_role_by_its_service_account_only() {
    let wanted = TrustWanted::of(Preset::EksPodIdentity.grant(&ask("payments/api")).unwrap());
    let right = [
        ("aws:SourceAccount", "999999999999"),
        ("aws:RequestTag/kubernetes-namespace", "payments"),
        ("aws:RequestTag/kubernetes-service-account", "api"),
    ];
    for action in ["sts:AssumeRole", "sts:TagSession"] {
        assert!(lets_in(&wanted, action, service("pods.eks.amazonaws.com"), context(&right)));
        assert!(!lets_in(&wanted, action, service("ec2.amazonaws.com"), context(&right)));
        for at in 0..right.len() {
            let mut less = right.to_vec();
            let (key, _) = less.remove(at);
            assert!(
                !lets_in(&wanted, action, service("pods.eks.amazonaws.com"), context(&less)),
                "{action} without {key}"
            );
        }
    }
}

#[test]
fn a_service_asks_for_the_one_account_and_resource() {
    let source = ServiceSource {
        accounts: vec!["999999999999".parse().unwrap()],
        arns: vec!["arn:aws:scheduler:eu-west-1:999999999999:schedule-group/*".to_owned()],
        organization: None,
    };
    let wanted =
        TrustWanted::of(Grant::Service { name: "scheduler.amazonaws.com".to_owned(), source, sends: BTreeMap::new() });
    let right = [
        ("aws:SourceAccount", "999999999999"),
        ("aws:SourceArn", "arn:aws:scheduler:eu-west-1:999999999999:schedule-group/a"),
    ];
    let asks =
        |pairs: &[(&str, &str)]| lets_in(&wanted, "sts:AssumeRole", service("scheduler.amazonaws.com"), context(pairs));
    assert!(asks(&right));
    assert!(!asks(&right[..1]) && !asks(&right[1..]));
    assert!(!asks(&[right[0], ("aws:SourceArn", "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/a")]));
}

#[test]
fn what_a_preset_cannot_do_without_is_named() {
    let cases = [
        (Preset::GithubActions, ask("acme/app"), "--branch"),
        (Preset::GithubActions, PresetAsk { project: None, ..ask("") }, "--project"),
        (Preset::GithubActions, PresetAsk { account: None, ..ask("acme/app") }, "--in-account"),
        (Preset::GithubActions, ask("acme"), "OWNER/REPOSITORY"),
        (Preset::GithubActions, ask("acme/*"), "OWNER/REPOSITORY"),
        (Preset::GithubActions, ask("acme/app:ref"), "OWNER/REPOSITORY"),
        (Preset::EksIrsa, ask("ns/sa"), "--issuer"),
        (Preset::Google, PresetAsk { audiences: vec!["x".to_owned()], ..ask("x") }, "--subject"),
        (Preset::Cognito, ask("x"), "--audience"),
        (Preset::Bitbucket, ask("{1}"), "--issuer"),
        (Preset::EksIrsa, PresetAsk { issuer: Some("http://oidc.example.com".to_owned()), ..ask("ns/sa") }, "issuer"),
        (
            Preset::EksIrsa,
            PresetAsk { issuer: Some("https://oidc.example.com/\"x".to_owned()), ..ask("ns/sa") },
            "issuer",
        ),
    ];
    for (preset, ask, expected) in cases {
        let error = preset.grant(&ask).unwrap_err().to_string();
        assert!(error.contains(expected), "{preset:?}: {error}");
    }
}

#[test]
fn what_stands_in_a_value_is_never_a_policy_variable() {
    let wanted = TrustWanted::of(Grant::Oidc(OidcGrant {
        provider: "arn:aws:iam::999999999999:oidc-provider/oidc.example.com".to_owned(),
        issuer: "oidc.example.com".to_owned(),
        audiences: vec!["a".to_owned()],
        subjects: vec!["${aws:username}".to_owned(), "$x".to_owned()],
        any_of: Vec::new(),
    }));
    let provider = "arn:aws:iam::999999999999:oidc-provider/oidc.example.com";
    for (subject, expected) in [("${aws:username}", true), ("$x", true), ("alice", false)] {
        let said =
            context(&[("oidc.example.com:aud", "a"), ("oidc.example.com:sub", subject), ("aws:username", "alice")]);
        assert_eq!(lets_in(&wanted, "sts:AssumeRoleWithWebIdentity", federated(provider), said), expected, "{subject}");
    }
}

#[test]
fn a_mended_policy_demands_the_id_wherever_aws_principals_are_let_in() {
    let id: ExternalId = ID.parse().unwrap();
    let open = Document::parse_trust(
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
             "Condition": {"StringLike": {"sts:externalid": "*"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            {"Sid": "other", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:*", "sts:TagSession"]},
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:TagSession"},
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "old"}}}
        ]}"#,
    )
    .unwrap();
    let mended = demand_external_id(&open, &id).unwrap().to_json();
    let demanded = |at: usize| mended["Statement"][at]["Condition"]["StringEquals"]["sts:ExternalId"].as_str();
    assert_eq!([demanded(0), demanded(1), demanded(2), demanded(3)], [Some(ID), Some(ID), None, None]);
    assert!(mended["Statement"][0]["Condition"]["StringLike"].is_null());
    assert_eq!(mended["Statement"][0]["Condition"]["Bool"]["aws:MultiFactorAuthPresent"], "true");
    assert_eq!(mended["Statement"][4], open.to_json()["Statement"][4]);
}

/// Reads a quoted string of Terraform's language back: templates that begin in it are an error.
fn of_hcl(quoted: &str) -> Option<String> {
    let mut chars = quoted.strip_prefix('"')?.strip_suffix('"')?.chars().peekable();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                'u' => {
                    let hex: String = chars.by_ref().take(4).collect();
                    text.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                c @ ('"' | '\\') => text.push(c),
                _ => return None,
            },
            '"' | '\n' => return None,
            '$' | '%' if chars.peek() == Some(&'{') => return None,
            '$' | '%' => {
                let mut ahead = chars.clone();
                if ahead.next() == Some(c) && ahead.next() == Some('{') {
                    chars.nth(1);
                    text.push_str(&format!("{c}{{"));
                } else {
                    text.push(c);
                }
            }
            c => text.push(c),
        }
    }
    Some(text)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_subject_says_the_policy_is_read_and_means_it(subject in "[^*?]{1,20}|[${}%*\"\\\\\n\u{85}\u{2028}\u{202e}:a]{1,12}") {
        prop_assume!(!subject.contains(['*', '?']));
        let wanted = TrustWanted::of(Grant::Oidc(OidcGrant {
            provider: "arn:aws:iam::999999999999:oidc-provider/oidc.example.com".to_owned(),
            issuer: "oidc.example.com".to_owned(),
            audiences: vec!["a".to_owned()],
            subjects: vec![subject.clone()],
            any_of: Vec::new(),
        }));
        let document = wanted.document().unwrap();
        let json = document.to_json();
        prop_assert_eq!(&Document::parse_trust(&json.to_string()).unwrap(), &document);
        let provider = federated("arn:aws:iam::999999999999:oidc-provider/oidc.example.com");
        let says = |subject: &str| context(&[("oidc.example.com:aud", "a"), ("oidc.example.com:sub", subject)]);
        prop_assert!(lets_in(&wanted, "sts:AssumeRoleWithWebIdentity", provider.clone(), says(&subject)));
        let other = subject.clone() + "x";
        prop_assert!(!lets_in(&wanted, "sts:AssumeRoleWithWebIdentity", provider, says(&other)));

        let role = InfraRole { name: "R", description: &subject, trust: &document, policy_arns: &[] };
        let template: serde_json::Value = serde_json::from_str(&cloudformation_json(role)).unwrap();
        prop_assert_eq!(&template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"], &json);
        for text in [terraform(role), cloudformation_json(role), cloudformation_yaml(role)] {
            prop_assert!(text.chars().all(|c| c == '\n' || !crate::person::is_unsafe(c)), "{:?}", text);
        }
        prop_assert_eq!(of_hcl(&hcl_string(&subject)), Some(subject));
    }

    #[test]
    fn whatever_the_text_terraform_reads_it_as_that_text(text in prop_oneof![any::<String>(), "[${}%\\\\\"a]{0,12}"]) {
        prop_assert_eq!(of_hcl(&hcl_string(&text)), Some(text));
    }
}
