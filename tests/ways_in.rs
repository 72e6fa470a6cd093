//! A page of section 7 for each way in, made of `docs/ways-in/`: what stands in them works.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assume::policy::{Context, Document, Principal, Request, may_assume};
use clap_mangen::roff::{Inline, Roff, bold, roman};

use crate::support::home::Home;

/// The pages' sources, by their names.
fn sources() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ways-in");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named =
        files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
    named.collect()
}

/// The names of the pages, for those of the commands to name.
pub(crate) fn see_also(besides: &str) -> Vec<u8> {
    let mut page = Roff::new();
    let pages = sources().into_keys().filter(|name| name != besides).map(|name| format!("{name}(7)"));
    page.control("SH", ["SEE ALSO"]).text([roman(pages.collect::<Vec<_>>().join(", "))]);
    page.to_roff().into_bytes()
}

/// The pages, by their files.
pub(crate) fn man_pages() -> BTreeMap<String, Vec<u8>> {
    sources().into_iter().map(|(name, text)| (format!("{name}.7"), man_page(&name, &text))).collect()
}

/// Understands what stands in `docs/ways-in/`: a title, headings, paragraphs, lists, blocks of code and words of it.
fn man_page(name: &str, text: &str) -> Vec<u8> {
    let mut page = Roff::new();
    let source = concat!("assume ", env!("CARGO_PKG_VERSION"));
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("# ") {
            page.control("SH", ["NAME"]).text([roman(title)]);
        } else if let Some(heading) = line.strip_prefix("## ") {
            page.control("SH", [heading.to_uppercase().as_str()]);
        } else if line.starts_with("```") {
            page.control("PP", []).control("RS", ["4"]).control("nf", []);
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                page.text([roman(code)]);
            }
            page.control("fi", []).control("RE", []);
        } else if !line.is_empty() {
            let mut paragraph = line.trim_start_matches("- ").to_owned();
            while let Some(more) = lines.next_if(|next| !next.is_empty() && !next.starts_with("- ")) {
                paragraph.push(' ');
                paragraph.push_str(more.trim());
            }
            match line.starts_with("- ") {
                true => page.control("IP", ["\\(bu", "2"]),
                false => page.control("PP", []),
            };
            page.text(inlines(&paragraph));
        }
    }
    let head = format!(".TH {} 7 \"\" \"{source}\" \"Ways in\"\n", name.to_uppercase());
    [head.into_bytes(), page.to_roff().into_bytes(), see_also(name)].concat()
}

fn inlines(paragraph: &str) -> Vec<Inline> {
    let word = |(number, text): (usize, &str)| if number % 2 == 1 { bold(text) } else { roman(text) };
    paragraph.split('`').enumerate().map(word).collect()
}

/// The blocks of that language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn man_reads_each_page_without_a_complaint() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    for page in man_pages().keys() {
        let mut command = std::process::Command::new("groff");
        command.args(["-man", "-ww", "-z", "-Kutf8", "-Tutf8"]).arg(folder.join(page));
        let output = command.output().expect("the package `groff`");
        assert!(output.status.success() && output.stderr.is_empty(), "{page}: {output:?}");
    }
}

#[test]
fn every_config_of_a_way_in_is_understood() {
    let mut tried = 0;
    for (name, text) in sources() {
        let configs = blocks(&text, "toml");
        assert!(!configs.is_empty(), "{name}");
        for config in configs {
            let home = Home::new();
            home.config(config);
            let table: toml::Table = toml::from_str(config).unwrap();
            // A pool is a role by itself.
            let roles = table.get("role").or(table.get("identity")).and_then(toml::Value::as_table).unwrap();
            for role in roles.keys() {
                let ran = home.run(&["explain", role]);
                assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}: {role}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 8);
}

#[test]
fn every_trust_policy_of_a_way_in_lets_in_whom_it_says_and_nobody_else() {
    let federated = |provider: &str| Principal::Federated { provider: provider.to_owned() };
    let account = "arn:aws:iam::123456789012";
    let session = |set: &str| {
        let role = format!("AWSReservedSSO_{set}_0123456789abcdef");
        Principal::AssumedRole {
            session_arn: format!("arn:aws:sts::111122223333:assumed-role/{role}/carol"),
            role_arn: format!("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/{role}"),
            account: "111122223333".to_owned(),
        }
    };
    let alice = || Principal::User {
        arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
        account: "111122223333".to_owned(),
    };
    type Keys = &'static [(&'static str, &'static str)];
    let (github, cognito) = ("token.actions.githubusercontent.com", "cognito-identity.amazonaws.com");
    let of_github: Keys = &[
        ("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"),
        ("token.actions.githubusercontent.com:sub", "repo:acme/app:ref:refs/heads/main"),
    ];
    let of_fork: &[(&str, &str)] =
        &[of_github[0], ("token.actions.githubusercontent.com:sub", "repo:evil/app:ref:refs/heads/main")];
    let pool = ("cognito-identity.amazonaws.com:aud", "eu-west-1:11111111-2222-3333-4444-555555555555");
    let signed_in: &[(&str, &str)] = &[pool, ("cognito-identity.amazonaws.com:amr", "authenticated")];
    let guest: &[(&str, &str)] = &[pool, ("cognito-identity.amazonaws.com:amr", "unauthenticated")];
    let person: Keys = &[("idp.example.com:aud", "assume"), ("idp.example.com:sub", "alice")];
    let other: Keys = &[("idp.example.com:aud", "assume"), ("idp.example.com:sub", "mallory")];
    let posted: Keys = &[("SAML:aud", "https://signin.aws.amazon.com/saml")];
    let elsewhere: Keys = &[("SAML:aud", "https://example.com/saml")];
    let (key, saml, web) = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity");
    type Case<'a> = (&'a str, &'a str, Principal, &'a [(&'a str, &'a str)], bool);
    let cases: [Case<'_>; 12] = [
        ("assume-keys", key, alice(), &[("aws:MultiFactorAuthPresent", "true")], true),
        ("assume-keys", key, alice(), &[], false),
        ("assume-identity-center", key, session("ReadOnly"), &[], true),
        ("assume-identity-center", key, session("Other"), &[], false),
        ("assume-saml", saml, federated(&format!("{account}:saml-provider/Example")), posted, true),
        ("assume-saml", saml, federated(&format!("{account}:saml-provider/Example")), elsewhere, false),
        ("assume-oidc", web, federated(&format!("{account}:oidc-provider/idp.example.com")), person, true),
        ("assume-oidc", web, federated(&format!("{account}:oidc-provider/idp.example.com")), other, false),
        ("assume-web-identity", web, federated(&format!("{account}:oidc-provider/{github}")), of_github, true),
        ("assume-web-identity", web, federated(&format!("{account}:oidc-provider/{github}")), of_fork, false),
        ("assume-cognito", web, federated(cognito), signed_in, true),
        ("assume-cognito", web, federated(cognito), guest, false),
    ];
    let may =
        Document::parse_identity(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#).unwrap();
    let mut seen = BTreeMap::new();
    for (page, action, principal, keys, expected) in cases {
        let text = &sources()[page];
        let policies = blocks(text, "json");
        assert_eq!(policies.len(), 1, "{page}");
        let trust = Document::parse_trust(policies[0]).unwrap();
        let context = keys.iter().fold(Context::new(), |context, (key, value)| context.with(key, *value));
        let resource = format!("{account}:role/Any");
        let request = Request { action: action.to_owned(), resource, principal, context };
        let verdict = may_assume(&trust, std::slice::from_ref(&may), &request);
        assert_eq!(verdict.is_allowed(), expected, "{page} {keys:?}: {verdict:?}");
        seen.insert(page, ());
    }
    assert_eq!(seen.len(), sources().len(), "each page has its cases");
}
