//! Every rule about chains, MFA, durations, partitions and flags, as tables over the one function that decides:
//! `tests/plan/*.toml`.
//!
//! A file has texts (`ours`, `config`, `credentials`, `env`) and cases. A case asks for a name, perhaps with flags and with
//! a call that comes after the roles (`then`: `AssumeRoot` or `GetWebIdentityToken`), and says either the plan, a line for the start and for each step with the words that have to stand in it, or the error as
//! a person reads it.

use std::collections::BTreeMap;
use std::path::Path;

use assume::config::{Catalog, Origin, Sourced};
use assume::error::Error;
use assume::plan::{Narrow, Overrides, Plan, explain_json, plan, plan_root, plan_token};
use assume::terms::{SessionName, SessionPolicy};
use assume::world::{Env, World};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    ours: String,
    #[serde(default)]
    config: String,
    #[serde(default)]
    credentials: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    ask: String,
    then: Option<Then>,
    #[serde(default)]
    flags: BTreeMap<String, String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    ours: Option<String>,
    config: Option<String>,
    credentials: Option<String>,
    plan: Option<Vec<String>>,
    error: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
enum Then {
    AssumeRoot,
    GetWebIdentityToken,
}

#[test]
fn every_plan_is_as_its_table_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan")).unwrap() {
        let path = file.unwrap().path();
        let table: Table = toml::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &table.case {
            count += 1;
            if let Err(found) = check(&table, case) {
                wrong.push(format!("{}: {}\n{found}", path.display(), case.says));
            }
        }
    }
    assert!(count > 50, "only {count} cases were found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

fn check(table: &Table, case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let text = |own: &Option<String>, all: &String| own.clone().unwrap_or_else(|| all.clone());
    for (name, text) in [
        ("ours", text(&case.ours, &table.ours)),
        ("config", text(&case.config, &table.config)),
        ("credentials", text(&case.credentials, &table.credentials)),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = |name: &str| folder.path().join(name).into_os_string();
    let mut env = Env::from_iter([
        ("HOME", folder.path().as_os_str().to_owned()),
        ("ASSUME_CONFIG", path("ours")),
        ("AWS_CONFIG_FILE", path("config")),
        ("AWS_SHARED_CREDENTIALS_FILE", path("credentials")),
    ]);
    for (name, value) in &case.env {
        env.set(name, value);
    }
    let who: SessionName = "alice@laptop".parse().unwrap();
    let planned = Catalog::open(&World::new().with_env(env))
        .map_err(Error::from)
        .and_then(|catalog| planned(&catalog, case, &who));
    let prefix = format!("{}/", folder.path().display());
    let found = match planned {
        Ok(lines) => Ok(lines),
        Err(error) => Err(error.to_string().replace(&prefix, "")),
    };
    match (&case.plan, &case.error, &found) {
        (Some(expected), None, Ok(lines)) if agrees(expected, lines) => Ok(()),
        (None, Some(expected), Err(error)) if expected.trim() == error.trim_start_matches("assume: error: ") => Ok(()),
        (_, _, Ok(lines)) => Err(format!("  is planned as {lines:#?}")),
        (_, _, Err(error)) => Err(format!("  fails with\n{error}")),
    }
}

/// The lines of the plan that a case asks for.
fn planned(catalog: &Catalog, case: &Case, who: &SessionName) -> Result<Vec<String>, Error> {
    let overrides = overrides(&case.flags);
    match case.then {
        None => Ok(lines(&plan(catalog, &case.ask, &overrides, who)?)),
        Some(Then::AssumeRoot) => {
            let account = Sourced::by_default("222222222222".parse().unwrap());
            let task = Sourced::by_default("IAMAuditRootUserCredentials".parse().unwrap());
            Ok(lines(&plan_root(catalog, Some(&case.ask), &account, &task, &overrides, who)?))
        }
        Some(Then::GetWebIdentityToken) => {
            let (plan, reach) = plan_token(catalog, &case.ask, &overrides, who)?;
            let endpoint = reach.endpoint_url.map_or(String::new(), |url| format!(" endpoint_url={}", url.value));
            let mut lines = lines(&plan);
            lines.push(format!("GetWebIdentityToken region={}{endpoint}", reach.region.value));
            Ok(lines)
        }
    }
}

fn agrees(expected: &[String], lines: &[String]) -> bool {
    let has = |(expected, line): (&String, &String)| {
        let words: Vec<&str> = line.split(' ').collect();
        // `!word` has to be absent: a key that nobody declared.
        expected.split(' ').all(|word| match word.strip_prefix('!') {
            Some(absent) => !words.iter().any(|word| word.starts_with(absent)),
            None => words.contains(&word),
        })
    };
    expected.len() == lines.len() && expected.iter().zip(lines).all(has)
}

/// `start IDENTITY KIND`, then `KIND role=ARN key=value …` for each step; then `hand-over region=…`.
fn lines(plan: &Plan) -> Vec<String> {
    let explained = explain_json(plan, &[]);
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines =
        vec![format!("start {} {}", text(&explained["start"]["identity"]), text(&explained["start"]["kind"]))];
    for step in explained["steps"].as_array().unwrap() {
        let mut line = text(&step["kind"]);
        if let Some(role) = step["role_arn"].as_str() {
            line.push_str(&format!(" role={role}"));
        }
        for (key, parameter) in step["parameters"].as_object().unwrap() {
            for one in parameter.as_array().map_or(std::slice::from_ref(parameter), Vec::as_slice) {
                line.push_str(&format!(" {key}={}", text(&one["value"])));
                if let Some(asked) = one.get("asked") {
                    line.push_str(&format!(" asked={asked}"));
                }
            }
        }
        lines.push(line);
    }
    if let Some(region) = explained["region"]["value"].as_str() {
        lines[0].push_str(&format!(" hand-over={region}"));
    }
    if !explained["confirm"].is_null() {
        lines[0].push_str(" confirm");
    }
    lines
}

fn overrides(flags: &BTreeMap<String, String>) -> Overrides {
    fn one<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str, flag: &'static str) -> Sourced<T> {
        Sourced::new(text.parse().unwrap(), Origin::Flag(flag))
    }
    let mut overrides = Overrides::none();
    for (flag, text) in flags {
        match flag.as_str() {
            "duration" => overrides.duration = Some(one(text, "--duration")),
            "external-id" => overrides.external_id = Some(one(text, "--external-id")),
            "mfa-serial" => overrides.mfa_serial = Some(one(text, "--mfa-serial")),
            "session-name" => overrides.session_name = Some(one(text, "--session-name")),
            "source-identity" => overrides.source_identity = Some(one(text, "--source-identity")),
            "tag" => overrides.tags = text.split(' ').map(|tag| one(tag, "--tag")).collect(),
            "transitive-tag" => overrides.transitive_tags = vec![one(text, "--transitive-tag")],
            "policy-arn" => overrides.policy_arns = vec![one(text, "--policy-arn")],
            "policy" => overrides.policy = Some(one(text, "--policy")),
            "only" => {
                let actions: Vec<_> = text.split(' ').map(|action| action.parse().unwrap()).collect();
                let policy = SessionPolicy::only(&actions, &[]).unwrap();
                overrides.narrow = Some(Sourced::new(Narrow::Only(policy), Origin::Flag("--only")));
            }
            "read-only" => overrides.narrow = Some(Sourced::new(Narrow::ReadOnly, Origin::Flag("--read-only"))),
            "region" => overrides.region = Some(one(text, "--region")),
            other => panic!("no flag {other}"),
        }
    }
    overrides
}
