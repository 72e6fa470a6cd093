//! A plan for people, and in a documented, stable form for scripts.
//!
//! The JSON form: `profile`, `start` and `steps[]`, each step with `kind`, `role_arn`, `parameters`, `because`, `origin`
//! and `cached`. Each parameter is `{ "value", "origin" }`. Fields may be added, never renamed.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::last::AssumeRoot;
use super::model::{BaseSource, Device, Hop, MfaSession, Plan, Reach, Start};
use super::sign_in::{Exchange, Pool, Provider, SignIn, TokenFrom};
use crate::config::{AssertionSource, Origin, Sourced, TokenSource};
use crate::person::plain;
use crate::terms::{PolicyArn, SessionPolicy, show_duration, show_time};

/// What the cache holds for one step, known without reading a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cached {
    /// The store that holds it.
    pub store: &'static str,
    /// When it ends.
    pub expires_at: SystemTime,
}

/// Returns the plan in the documented form. `cached` has one entry for each step, in order.
pub fn explain_json(plan: &Plan, cached: &[Option<Cached>]) -> Value {
    let mut caches = cached.iter();
    let mut steps = Vec::new();
    match &plan.start {
        Start::Keys(_) => {}
        Start::MfaSession(session) => steps.push(mfa_step(session, caches.next())),
        Start::SignIn(sign_in) => steps.push(sign_in_step(sign_in, caches.next())),
    }
    steps.extend(plan.hops.iter().map(|hop| hop_step(hop, caches.next())));
    steps.extend(plan.last.iter().map(|task| root_step(task, caches.next())));
    json!({
        "profile": plan.profile,
        "start": start(&plan.start),
        "steps": steps,
        "region": plan.region.as_ref().map(|region| parameter(region.value.as_str(), &region.origin)),
        "confirm": plan.confirm.as_ref().map(ToString::to_string),
    })
}

fn start(start: &Start) -> Value {
    json!({
        "identity": start.name(),
        "kind": kind(start),
        "chosen": start.chosen().to_string(),
        "origin": start.origin().to_string(),
    })
}

fn kind(start: &Start) -> &'static str {
    let keys = match start {
        Start::Keys(keys) => keys,
        Start::MfaSession(session) => &session.keys,
        Start::SignIn(sign_in) => return sign_in.kind(),
    };
    match &keys.source.value {
        BaseSource::VaultKey => "vault-key",
        BaseSource::FileKeys(_) => "file-keys",
        BaseSource::Environment => "environment",
        BaseSource::Container => "container",
        BaseSource::Instance => "instance",
        BaseSource::LoginSession { .. } => "login-session",
        BaseSource::Process(_) => "process",
    }
}

fn mfa_step(session: &MfaSession, cached: Option<&Option<Cached>>) -> Value {
    let mut parameters = Map::new();
    device(&mut parameters, &session.device);
    put(&mut parameters, "duration", session.duration.value.seconds(), &session.duration.origin);
    if let Some(age) = &session.max_age {
        put(&mut parameters, "mfa_max_age", age.value.as_secs(), &age.origin);
    }
    reach(&mut parameters, &session.reach);
    step("GetSessionToken", None, parameters, session.because.as_str(), &session.device.serial.origin, cached)
}

fn sign_in_step(sign_in: &SignIn, cached: Option<&Option<Cached>>) -> Value {
    let mut parameters = Map::new();
    match &sign_in.exchange {
        Exchange::Pool(exchange) => pool_of(&mut parameters, &exchange.pool, &sign_in.origin),
        Exchange::WebIdentity(exchange) => {
            match &exchange.token {
                TokenFrom::Source(source) => {
                    let (name, value) = token(source);
                    put(&mut parameters, name, value, &sign_in.origin);
                }
                TokenFrom::Pool(pool) => pool_of(&mut parameters, pool, &sign_in.origin),
                TokenFrom::SignIn(oidc) => {
                    put(&mut parameters, "issuer", oidc.issuer.as_str(), &sign_in.origin);
                    put(&mut parameters, "client_id", oidc.client_id.as_str(), &sign_in.origin);
                }
            }
            if let Some(id) = &exchange.provider_id {
                put(&mut parameters, "provider_id", id.value.as_str(), &id.origin);
            }
            put(&mut parameters, "duration", exchange.duration.value.seconds(), &exchange.duration.origin);
            let name = &exchange.session_name;
            put(&mut parameters, "session_name", name.value.as_str(), &name.origin);
            session_policies(&mut parameters, &exchange.policy_arns, exchange.policy.as_ref());
        }
        Exchange::Saml(exchange) => {
            let (name, value) = assertion(&exchange.assertion);
            put(&mut parameters, name, value, &sign_in.origin);
            match &exchange.provider {
                Provider::Declared(arn) => put(&mut parameters, "provider", arn.value.as_str(), &arn.origin),
                Provider::FromAssertion => put(&mut parameters, "provider", "as the assertion says", &sign_in.origin),
            }
            put(&mut parameters, "duration", exchange.duration.value.seconds(), &exchange.duration.origin);
            session_policies(&mut parameters, &exchange.policy_arns, exchange.policy.as_ref());
        }
        Exchange::RoleCredentials(exchange) => {
            let (center, origin) = (&exchange.center, &exchange.role_arn.origin);
            put(&mut parameters, "account_id", exchange.role_arn.value.account().as_str(), origin);
            put(&mut parameters, "permission_set", exchange.permission_set.as_str(), origin);
            put(&mut parameters, "start_url", center.start_url.value.as_str(), &center.start_url.origin);
        }
    }
    reach(&mut parameters, sign_in.reach());
    let role_arn = sign_in.role_arn();
    let origin = role_arn.map_or(&sign_in.origin, |role| &role.origin);
    let because = sign_in.because.as_str();
    step(sign_in.operation(), role_arn.map(|role| role.value.to_string()), parameters, because, origin, cached)
}

fn pool_of(parameters: &mut Map<String, Value>, pool: &Pool, origin: &Origin) {
    put(parameters, "identity_pool_id", pool.cognito.pool.as_str(), origin);
    let logins = pool.cognito.logins.iter().map(|(provider, _)| parameter(provider.as_str(), origin)).collect();
    parameters.insert("logins".to_owned(), logins);
}

fn root_step(task: &AssumeRoot, cached: Option<&Option<Cached>>) -> Value {
    let mut parameters = Map::new();
    put(&mut parameters, "task_policy_arn", task.task.value.policy(task.partition).as_str(), &task.task.origin);
    put(&mut parameters, "duration", AssumeRoot::DURATION.as_secs(), &Origin::Default);
    reach(&mut parameters, &task.reach);
    step("AssumeRoot", Some(task.arn()), parameters, task.because.as_str(), &task.account.origin, cached)
}

fn token(source: &TokenSource) -> (&'static str, String) {
    match source {
        TokenSource::File(path) => ("token_file", path.display().to_string()),
        TokenSource::FileOf { variable, .. } => ("token_file", format!("${variable}")),
        // The command's arguments may hold what only its owner should see.
        TokenSource::Command(command) => {
            ("token_command", command.split_whitespace().next().unwrap_or_default().to_owned())
        }
        TokenSource::Variable(name) => ("token_env", name.clone()),
        TokenSource::GitHubActions { audience } => ("token_for", format!("{audience}, asked of GitHub Actions")),
    }
}

fn assertion(source: &AssertionSource) -> (&'static str, String) {
    match source {
        AssertionSource::Browser(page) => ("url", page.url.to_string()),
        // A command may hold a password.
        AssertionSource::Command(command) => {
            ("assertion_command", command.split_whitespace().next().unwrap_or_default().to_owned())
        }
        AssertionSource::File(path) => ("assertion_file", path.display().to_string()),
        AssertionSource::Stdin => ("assertion_file", "-".to_owned()),
    }
}

fn session_policies(
    parameters: &mut Map<String, Value>,
    arns: &[Sourced<PolicyArn>],
    policy: Option<&Sourced<SessionPolicy>>,
) {
    if let Some(list) = many(arns) {
        parameters.insert("policy_arns".to_owned(), list);
    }
    if let Some(policy) = policy {
        put(parameters, "policy", policy.value.as_str(), &policy.origin);
    }
}

fn hop_step(hop: &Hop, cached: Option<&Option<Cached>>) -> Value {
    let mut parameters = Map::new();
    text(&mut parameters, "external_id", &hop.external_id);
    if let Some(mfa) = &hop.mfa {
        device(&mut parameters, mfa);
    }
    put(&mut parameters, "duration", hop.duration.effective.value.seconds(), &hop.duration.effective.origin);
    if let (Some(asked), Some(Value::Object(duration))) = (hop.duration.capped_from, parameters.get_mut("duration")) {
        duration.insert("asked".to_owned(), asked.seconds().into());
        duration.insert("because".to_owned(), CAPPED.into());
    }
    put(&mut parameters, "session_name", hop.session_name.value.as_str(), &hop.session_name.origin);
    text(&mut parameters, "source_identity", &hop.source_identity);
    for (name, list) in [("tags", many(&hop.tags)), ("transitive_tags", many(&hop.transitive_tags))] {
        if let Some(list) = list {
            parameters.insert(name.to_owned(), list);
        }
    }
    session_policies(&mut parameters, &hop.policy_arns, hop.policy.as_ref());
    let providers =
        hop.provided_contexts.iter().map(|context| parameter(context.value.provider.as_str(), &context.origin));
    if !hop.provided_contexts.is_empty() {
        parameters.insert("provided_contexts".to_owned(), providers.collect());
    }
    reach(&mut parameters, &hop.reach);
    let role_arn = Some(hop.role_arn.value.to_string());
    step("AssumeRole", role_arn, parameters, hop.because.as_str(), &hop.role_arn.origin, cached)
}

const CAPPED: &str = "a session made from another session lasts at most 1h (role chaining)";

fn step(
    kind: &str,
    role_arn: Option<String>,
    parameters: Map<String, Value>,
    because: &str,
    origin: &Origin,
    cached: Option<&Option<Cached>>,
) -> Value {
    let cached = cached
        .and_then(Option::as_ref)
        .map(|cached| json!({ "store": cached.store, "expires_at": show_time(cached.expires_at) }));
    json!({
        "kind": kind,
        "role_arn": role_arn,
        "parameters": parameters,
        "because": because,
        "origin": origin.to_string(),
        "cached": cached,
    })
}

fn parameter(value: impl Into<Value>, origin: &Origin) -> Value {
    json!({ "value": value.into(), "origin": origin.to_string() })
}

fn put(parameters: &mut Map<String, Value>, name: &str, value: impl Into<Value>, origin: &Origin) {
    parameters.insert(name.to_owned(), parameter(value, origin));
}

fn text<T: ToString>(parameters: &mut Map<String, Value>, name: &str, value: &Option<Sourced<T>>) {
    if let Some(value) = value {
        put(parameters, name, value.value.to_string(), &value.origin);
    }
}

fn many<T: ToString>(values: &[Sourced<T>]) -> Option<Value> {
    let list = || values.iter().map(|value| parameter(value.value.to_string(), &value.origin)).collect();
    (!values.is_empty()).then(list)
}

fn device(parameters: &mut Map<String, Value>, device: &Device) {
    put(parameters, "mfa_serial", device.serial.value.as_str(), &device.serial.origin);
    if let Some(process) = &device.process {
        // The command's arguments may hold what only its owner should see.
        let program = process.value.split_whitespace().next().unwrap_or_default();
        put(parameters, "mfa_process", program, &process.origin);
    }
}

fn reach(parameters: &mut Map<String, Value>, reach: &Reach) {
    put(parameters, "region", reach.region.value.as_str(), &reach.region.origin);
    if let Some(endpoint) = &reach.endpoint_url {
        put(parameters, "endpoint_url", endpoint.value.as_str(), &endpoint.origin);
    }
    for (name, set) in [("use_fips_endpoint", reach.fips), ("use_dualstack_endpoint", reach.dual_stack)] {
        if set {
            parameters.insert(name.to_owned(), json!({ "value": true }));
        }
    }
}

/// Returns the plan as a page for people; `now` tells how long what is cached will last.
pub fn explain_text(plan: &Plan, cached: &[Option<Cached>], now: SystemTime) -> String {
    let document = explain_json(plan, cached);
    let mut page = String::new();
    let mut line = |text: String| {
        let _ = writeln!(page, "{}", plain(&text));
    };
    line(format!("{}: {} step{}", plan.profile, plan.steps(), if plan.steps() == 1 { "" } else { "s" }));
    let start = &plan.start;
    line(format!("  start     {} ({}), {}", start.name(), kind(start), start.origin()));
    let steps = document["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (number, step) in steps.iter().enumerate() {
        let role = step["role_arn"].as_str().unwrap_or_default();
        line(format!("  {}. {} {role}", number + 1, step["kind"].as_str().unwrap_or_default()).trim_end().to_owned());
        line(format!("       why     {}", step["because"].as_str().unwrap_or_default()));
        for (name, value) in step["parameters"].as_object().into_iter().flatten() {
            for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                line(parameter_line(name, value));
            }
        }
        let state = match cached.get(number).and_then(Option::as_ref) {
            Some(cached) => {
                let left = cached.expires_at.duration_since(now).unwrap_or(Duration::ZERO);
                format!("in the {} store, {} left", cached.store, show_duration(left))
            }
            None => "no".to_owned(),
        };
        line(format!("       cached  {state}"));
    }
    if let Some(region) = &plan.region {
        line(format!("  region    {}  ({})", region.value, region.origin));
    }
    if let Some(origin) = &plan.confirm {
        line(format!("  a person has to agree to each hand-over  ({origin})"));
    }
    page
}

fn parameter_line(name: &str, parameter: &Value) -> String {
    let shown = match &parameter["value"] {
        Value::String(text) => text.clone(),
        Value::Number(seconds) => show_duration(Duration::from_secs(seconds.as_u64().unwrap_or_default())),
        other => other.to_string(),
    };
    let mut line = format!("       {name} = {shown}");
    if let Some(origin) = parameter["origin"].as_str() {
        let _ = write!(line, "  ({origin})");
    }
    if let (Some(asked), Some(because)) = (parameter["asked"].as_u64(), parameter["because"].as_str()) {
        let _ = write!(line, "; {} was asked, but {because}", show_duration(Duration::from_secs(asked)));
    }
    line
}

impl Plan {
    /// How many exchanges it has.
    pub fn steps(&self) -> usize {
        self.start.steps() + self.hops.len() + usize::from(self.last.is_some())
    }
}
