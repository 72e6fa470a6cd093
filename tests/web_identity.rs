//! An OpenID Connect token for a role: our own way there, the AWS CLI's, and what is said when somebody refuses.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::issuer::{GitHub, Issuer};
use crate::support::sandbox::Sandbox;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const ROLE: &str = "arn:aws:iam::123456789012:role/Deploy";
const SUBJECT: &str = "repo:acme/app:ref:refs/heads/main";
const AUDIENCE: &str = "sts.amazonaws.com";

const CONFIG: &str = r#"
[identity.ci]
web_identity = { token_file = "../../token" }

[role.deploy]
identity = "ci"
role_arn = "arn:aws:iam::123456789012:role/Deploy"

[role.backup]
via = "deploy"
role_arn = "arn:aws:iam::123456789012:role/Backup"
"#;

/// A sandbox whose Production trusts the issuer for one branch, and the file that tokens are put into.
struct Place {
    sandbox: Sandbox,
    issuer: Issuer,
    token: PathBuf,
}

impl Place {
    fn new() -> Self {
        let issuer = Issuer::new(ISSUER);
        let sandbox = trusting(&issuer);
        let token = sandbox.home.write("token", "");
        Self { sandbox, issuer, token }
    }

    fn put(&self, token: &str) {
        std::fs::write(&self.token, token).unwrap();
    }

    fn put_for(&self, subject: &str) {
        self.put(&self.issuer.token(subject, AUDIENCE));
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.sandbox.home.run(arguments)
    }

    fn key_of(&self, profile: &str) -> String {
        let ran = self.run(&["credential-process", profile]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.stderr, "");
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(answer["AccountId"], "123456789012");
        answer["AccessKeyId"].as_str().unwrap().to_owned()
    }

    /// Who somebody is after `assume exec PROFILE`, as the AWS CLI finds out.
    fn identity_of(&self, profile: &str) -> String {
        let cli = aws_cli::program();
        let words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
        let mut all = vec!["exec", profile, "--", cli.to_str().unwrap()];
        all.extend(words);
        let ran = self.run(&all);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout.trim().to_owned()
    }
}

/// A sandbox whose Production trusts that issuer for one repository.
fn trusting(issuer: &Issuer) -> Sandbox {
    let scenario = format!(
        r#"
            [[account]]
            id = "123456789012"
            {}
            [[account.role]]
            name = "Deploy"
            max_session_duration = 7200
            trust = '''{{"Statement": {{
                "Effect": "Allow",
                "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {{
                    "StringEquals": {{"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
                    "StringLike": {{"token.actions.githubusercontent.com:sub": "repo:acme/app:*"}}
                }}
            }}}}'''
            [account.role.policies]
            Chain = '{{"Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}}}'
            [[account.role]]
            name = "Backup"
            trust = '{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "123456789012"}}, "Action": "sts:AssumeRole"}}}}'
            [[account.role]]
            name = "Shopper"
            trust = '''{{"Statement": {{
                "Effect": "Allow",
                "Principal": {{"Federated": "www.amazon.com"}},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {{"StringEquals": {{"www.amazon.com:app_id": "app-1"}}}}
            }}}}'''
            [[access_token]]
            provider_id = "www.amazon.com"
            token = "Atza|one"
            app_id = "app-1"
            user_id = "user-1"
            [[access_token]]
            provider_id = "www.amazon.com"
            token = "Atza|two"
            app_id = "app-2"
            user_id = "user-1"
            "#,
        issuer.provider(AUDIENCE)
    );
    let sandbox = Sandbox::of(&scenario);
    sandbox.home.config(CONFIG);
    sandbox
}

#[test]
fn a_token_in_a_file_becomes_a_role_with_one_call_and_then_with_none() {
    let place = Place::new();
    place.put_for(SUBJECT);
    let first = place.key_of("deploy");
    assert_eq!(place.sandbox.operations(), ["AssumeRoleWithWebIdentity"]);
    assert_eq!(place.key_of("deploy"), first);
    // A newer token of the same job finds the same session.
    place.put_for(SUBJECT);
    assert_eq!(place.key_of("deploy"), first);
    assert_eq!(place.sandbox.operations().len(), 1);
    place.identity_of("deploy").strip_prefix("arn:aws:sts::123456789012:assumed-role/Deploy/").unwrap();
    place.identity_of("backup").strip_prefix("arn:aws:sts::123456789012:assumed-role/Backup/").unwrap();
    let operations = ["AssumeRoleWithWebIdentity", "GetCallerIdentity", "AssumeRole", "GetCallerIdentity"];
    assert_eq!(place.sandbox.operations(), operations);
}

#[test]
fn another_job_under_the_same_user_is_served_nothing_of_the_first_one() {
    let place = Place::new();
    place.put_for(SUBJECT);
    let first = place.key_of("deploy");
    place.put_for("repo:acme/app:pull_request");
    assert_ne!(place.key_of("deploy"), first);
    place.put_for(SUBJECT);
    assert_eq!(place.key_of("deploy"), first);
    // Whoever may not have the role is not handed what somebody else had.
    place.put_for("repo:other/app:pull_request");
    assert_eq!(place.run(&["credential-process", "deploy"]).code, 4);
    std::fs::remove_file(&place.token).unwrap();
    assert_eq!(place.run(&["credential-process", "deploy"]).code, 9);
}

#[test]
fn a_profile_of_the_aws_files_has_the_meaning_that_the_aws_cli_gives_it() {
    let place = Place::new();
    place.put_for(SUBJECT);
    let file = place.token.display();
    place.sandbox.home.aws_config(&format!(
        "[profile irsa]\nrole_arn = {ROLE}\nrole_session_name = pod-7\nweb_identity_token_file = {file}\n\
         [profile next]\nrole_arn = arn:aws:iam::123456789012:role/Backup\nsource_profile = irsa\n"
    ));
    assert_eq!(place.identity_of("irsa"), "arn:aws:sts::123456789012:assumed-role/Deploy/pod-7");
    let cli = ran(
        place.sandbox.home.program(aws_cli::program()).args(["sts", "get-caller-identity", "--profile", "irsa"]),
        "",
    );
    assert!(cli.stdout.contains("assumed-role/Deploy/pod-7"), "{cli:?}");
    assert!(place.identity_of("next").contains("assumed-role/Backup/"));
}

#[test]
fn explain_and_status_show_it_without_the_token() {
    let place = Place::new();
    place.put_for(SUBJECT);
    let explained = || -> Value { serde_json::from_str(&place.run(&["explain", "deploy", "--json"]).stdout).unwrap() };
    assert_eq!(explained()["start"]["kind"], "web-identity");
    assert_eq!(explained()["steps"][0]["kind"], "AssumeRoleWithWebIdentity");
    assert_eq!(explained()["steps"][0]["role_arn"], ROLE);
    assert_eq!(explained()["steps"][0]["cached"], Value::Null);
    place.key_of("deploy");
    assert_ne!(explained()["steps"][0]["cached"], Value::Null);
    let status = place.run(&["status"]).stdout;
    assert!(status.contains(ROLE) && status.contains("from ci"), "{status}");
    let text = place.run(&["explain", "deploy"]).stdout;
    assert!(text.contains("token_file = ") && text.contains("the sign-in is traded in for this role"), "{text}");
}

#[test]
fn a_bad_token_is_told_apart_from_a_trust_policy_that_refuses() {
    let place = Place::new();
    let stranger = Issuer::new(ISSUER);
    let elsewhere = Issuer::new("https://idp.example");
    let good = place.issuer.token(SUBJECT, AUDIENCE);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let changed =
        format!("{signed}.{}A", &signature[..signature.len() - 1].replacen('A', "B", 1).replacen('x', "y", 1));
    // The token; AWS's code; what the error says; the exit code.
    let ended = "the token of `ci` ended at ";
    let cases = [
        (place.issuer.token_of(json!({ "sub": SUBJECT, "aud": AUDIENCE }), -60), "ExpiredTokenException", ended, 4),
        (
            place.issuer.token(SUBJECT, "https://github.com/acme"),
            "InvalidIdentityToken: Incorrect token audience",
            "the token is for \"https://github.com/acme\", and the account's provider \
             token.actions.githubusercontent.com does not list that",
            4,
        ),
        (
            place.issuer.token("repo:other/app:ref:refs/heads/main", AUDIENCE),
            "AccessDenied",
            "the role's trust policy refuses it: it has to name the provider token.actions.githubusercontent.com \
             (Federated), and its conditions to fit token.actions.githubusercontent.com:sub = \
             \"repo:other/app:ref:refs/heads/main\" and :aud = \"sts.amazonaws.com\"",
            4,
        ),
        (
            elsewhere.token(SUBJECT, AUDIENCE),
            "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://idp.example",
            "aws iam create-open-id-connect-provider --url https://idp.example --client-id-list sts.amazonaws.com",
            4,
        ),
        (stranger.token(SUBJECT, AUDIENCE), "InvalidIdentityToken", "as its issuer signed it?", 4),
        (changed, "InvalidIdentityToken", "as its issuer signed it?", 4),
        ("Atza|opaque".to_owned(), "InvalidIdentityToken", "what `ci` has is no ID token", 4),
    ];
    for (token, code, says, exit) in cases {
        place.put(&token);
        let ran = place.run(&["credential-process", "deploy"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (exit, ""), "{code}: {}", ran.stderr);
        assert!(ran.stderr.contains(code) && ran.stderr.contains(says), "{code}\n{}", ran.stderr);
        assert!(ran.stderr.contains("cannot become \"deploy\""), "{}", ran.stderr);
        assert!(!ran.stderr.contains(&token), "{}", ran.stderr);
    }
    place.put("");
    let ran = place.run(&["credential-process", "deploy"]);
    assert_eq!(ran.code, 9);
    assert!(ran.stderr.contains("token is empty"), "{}", ran.stderr);
}

#[test]
fn the_aws_cli_finds_the_sandbox_convincing() {
    let place = Place::new();
    let ask = |token: &str, more: &[&str]| {
        let mut command = place.sandbox.home.program(aws_cli::program());
        command.env("AWS_MAX_ATTEMPTS", "1").args(["sts", "assume-role-with-web-identity", "--output", "json"]);
        command.args(["--role-arn", ROLE, "--role-session-name", "ci-7", "--web-identity-token", token]).args(more);
        ran(&mut command, "")
    };
    let good = place.issuer.token(SUBJECT, AUDIENCE);
    let ran = ask(&good, &["--duration-seconds", "7200"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["SubjectFromWebIdentityToken"], SUBJECT);
    assert_eq!((&answer["Provider"], &answer["Audience"]), (&json!(ISSUER), &json!(AUDIENCE)));
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/Deploy/ci-7");
    let cases = [
        (ask(&good, &["--duration-seconds", "10800"]), "(ValidationError)", "exceeds the MaxSessionDuration"),
        (
            ask(&place.issuer.token_of(json!({ "sub": SUBJECT, "aud": AUDIENCE }), -1), &[]),
            "(ExpiredTokenException)",
            "Token expired",
        ),
        (ask(&place.issuer.token(SUBJECT, "other"), &[]), "(InvalidIdentityToken)", "Incorrect token audience"),
        (
            ask(&place.issuer.token("alice", AUDIENCE), &[]),
            "(AccessDenied)",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (ask("not-a-token", &[]), "(InvalidIdentityToken)", "is not a valid JWT"),
    ];
    for (ran, code, says) in cases {
        assert!(ran.stderr.contains(code) && ran.stderr.contains(says), "{code}: {}", ran.stderr);
    }
}

#[test]
fn a_token_comes_out_of_a_variable_or_a_command() {
    let mut place = Place::new();
    let role = |name: &str, from: &str| {
        format!(
            "[identity.{name}]\nweb_identity = {from}\n[role.{name}-deploy]\nidentity = {name:?}\nrole_arn = {ROLE:?}\n"
        )
    };
    let config = [
        role("variable", r#"{ token_env = "CI_TOKEN" }"#),
        role("gitlab", r#""gitlab""#),
        role("command", r#"{ token_command = "cat token && echo secret-argument >/dev/null" }"#),
        role("broken", r#"{ token_command = "false secret-argument" }"#),
        role("eks", r#"{ from = "eks" }"#),
    ];
    place.sandbox.home.config(&config.concat());
    let good = place.issuer.token(SUBJECT, AUDIENCE);
    place.put(&good);
    let file = place.token.clone();
    place.sandbox.home.set("CI_TOKEN", &good).set("GITLAB_OIDC_TOKEN", &good).set("AWS_WEB_IDENTITY_TOKEN_FILE", file);
    for name in ["variable-deploy", "gitlab-deploy", "command-deploy", "eks-deploy"] {
        assert!(place.identity_of(name).contains("assumed-role/Deploy/"), "{name}");
    }
    // One token is one person, wherever it lies; of a command only its text is known.
    let exchanges = place.sandbox.operations().into_iter().filter(|name| name == "AssumeRoleWithWebIdentity");
    assert_eq!(exchanges.count(), 2);
    place.sandbox.home.unset("GITLAB_OIDC_TOKEN");
    for (name, says, hint) in [
        ("gitlab", "the sign-in `gitlab` has no token: $GITLAB_OIDC_TOKEN is not set", "`id_tokens: {"),
        ("broken", "no token: token_command (`false`) failed: exit status: 1", "run the command by hand"),
    ] {
        let ran = place.run(&["credential-process", &format!("{name}-deploy")]);
        assert_eq!(ran.code, 9, "{}", ran.stderr);
        assert!(ran.stderr.contains(says) && ran.stderr.contains(hint), "{}", ran.stderr);
        assert!(!ran.stderr.contains("secret-argument"), "{}", ran.stderr);
    }
    let explained = place.run(&["explain", "command-deploy"]).stdout;
    assert!(explained.contains("token_command = cat ") && !explained.contains("secret-argument"), "{explained}");
}

#[test]
fn a_job_of_github_becomes_a_role_with_no_config_at_all() {
    let place = Place::new();
    std::fs::remove_file(place.sandbox.home.path().join(".config/assume/config.toml")).unwrap();
    let cli = aws_cli::program();
    let step = ["exec", ROLE, "--", cli.to_str().unwrap(), "sts", "get-caller-identity", "--output", "text"];
    let lost = place.run(&step);
    assert_eq!(lost.code, 3, "{}", lost.stderr);

    let service = GitHub::start(Issuer::new(ISSUER), SUBJECT);
    // The scenario's issuer has a key of its own: a sandbox that trusts this one.
    let mut sandbox = trusting(&service.issuer);
    std::fs::remove_file(sandbox.home.path().join(".config/assume/config.toml")).unwrap();
    sandbox.home.set("ACTIONS_ID_TOKEN_REQUEST_URL", service.url("job-1"));
    sandbox.home.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", GitHub::BEARER).set("GITHUB_ACTIONS", "true");
    let ran = sandbox.home.run(&step);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("assumed-role/Deploy/"), "{}", ran.stdout);
    assert_eq!(service.asked(), ["/job-1?api-version=2.0&audience=sts.amazonaws.com"]);
    // The next step of the job finds the session; another job does not.
    assert_eq!(sandbox.home.run(&step).code, 0);
    assert_eq!(service.asked().len(), 1);
    sandbox.home.set("ACTIONS_ID_TOKEN_REQUEST_URL", service.url("job-2"));
    assert_eq!(sandbox.home.run(&step).code, 0);
    assert_eq!(service.asked().len(), 2);

    sandbox
        .home
        .set("ACTIONS_ID_TOKEN_REQUEST_URL", service.url("job-3"))
        .set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "wrong");
    let ran = sandbox.home.run(&step);
    assert_eq!(ran.code, 9, "{}", ran.stderr);
    assert!(ran.stderr.contains("the token service of GitHub Actions answered HTTP 401"), "{}", ran.stderr);
    sandbox.home.set("ACTIONS_ID_TOKEN_REQUEST_URL", "http://tokens.example/job-4");
    let ran = sandbox.home.run(&step);
    assert!(ran.stderr.contains("is asked over https only"), "{}", ran.stderr);
    sandbox.home.unset("ACTIONS_ID_TOKEN_REQUEST_URL");
    sandbox.home.config(&format!("[identity.ci]\nweb_identity = {{ from = \"github-actions\", audience = \"x\" }}\n[role.d]\nrole_arn = {ROLE:?}\n"));
    let ran = sandbox.home.run(&["credential-process", "d"]);
    assert_eq!(ran.code, 9);
    assert!(ran.stderr.contains("permissions: { id-token: write }"), "{}", ran.stderr);
}

#[test]
fn login_with_amazon_and_facebook_go_by_their_access_tokens() {
    let place = Place::new();
    place.sandbox.home.config(
        r#"
        [identity.shop]
        web_identity = { token_file = "../../token", provider_id = "www.amazon.com" }
        [role.shopper]
        identity = "shop"
        role_arn = "arn:aws:iam::123456789012:role/Shopper"
        "#,
    );
    place.put("Atza|one");
    assert!(place.identity_of("shopper").contains("assumed-role/Shopper/"));
    // Another app's token is good, and no reason to let it in; a third one nobody knows.
    for (token, says) in [("Atza|two", "AccessDenied"), ("Atza|three", "InvalidIdentityToken")] {
        place.put(token);
        let ran = place.run(&["credential-process", "shopper"]);
        assert_eq!(ran.code, 4);
        assert!(ran.stderr.contains(says) && !ran.stderr.contains(token), "{}", ran.stderr);
    }
}

#[test]
fn tags_and_source_identity_of_a_token_are_the_sessions_and_the_trust_policy_has_to_allow_them() {
    let issuer = Issuer::new("https://issuer.example");
    let role = |name: &str, actions: &str| {
        format!(
            r#"
            [[account.role]]
            name = "{name}"
            trust = '''{{"Statement": {{"Effect": "Allow", "Action": {actions},
                "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/issuer.example"}},
                "Condition": {{"StringEquals": {{"issuer.example:aud": "{AUDIENCE}", "aws:RequestTag/team": "core"}}}}}}}}'''
            [account.role.policies]
            Chain = '{{"Statement": {{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}}}'
            "#
        )
    };
    let all = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    let further = r#"
        [[account.role]]
        name = "Further"
        trust = '''{"Statement": {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            "Principal": {"AWS": "123456789012"},
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core", "aws:SourceIdentity": "alice"}}}}'''
        "#;
    let (tagged, untagged) = (role("Tagged", all), role("Untagged", "\"sts:AssumeRoleWithWebIdentity\""));
    let entry = issuer.provider(AUDIENCE);
    let sandbox = Sandbox::of(&format!("[[account]]\nid = \"123456789012\"\n{entry}{tagged}{untagged}{further}"));
    let arn = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
    sandbox.home.config(&format!(
        "[identity.ci]\nweb_identity = {{ token_file = \"../../token\" }}\n\
         [role.tagged]\nidentity = \"ci\"\nrole_arn = \"{}\"\n[role.untagged]\nidentity = \"ci\"\nrole_arn = \"{}\"\n\
         [role.further]\nvia = \"tagged\"\nrole_arn = \"{}\"\n",
        arn("Tagged"),
        arn("Untagged"),
        arn("Further")
    ));
    let claims = json!({ "sub": "alice", "aud": AUDIENCE, "https://aws.amazon.com/source_identity": "alice",
        "https://aws.amazon.com/tags": { "principal_tags": { "team": ["core"] }, "transitive_tag_keys": ["team"] } });
    let token = issuer.token_of(claims, 600);
    sandbox.home.write("token", &token);
    // The tags come along to the next role, and so does the source identity.
    let ran = sandbox.home.run(&["credential-process", "further"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let refused = sandbox.home.run(&["credential-process", "untagged"]);
    assert_eq!(refused.code, 4, "{}", refused.stderr);
    let hint = "hint: the token carries session tags: the role's trust policy has to allow sts:TagSession";
    assert!(refused.stderr.contains(hint), "{}", refused.stderr);
    // And the AWS CLI is told whose session it is.
    let mut cli = sandbox.home.program(aws_cli::program());
    cli.args(["sts", "assume-role-with-web-identity", "--role-arn", &arn("Tagged"), "--role-session-name", "cli"]);
    cli.args(["--web-identity-token", &token, "--no-sign-request", "--output", "json"]);
    let answer: Value = serde_json::from_str(&ran_ok(&mut cli)).unwrap();
    assert_eq!(answer["SourceIdentity"], "alice");
}

fn ran_ok(command: &mut std::process::Command) -> String {
    let ran = ran(command, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}
