//! The services by themselves: what a client may ask, and what is refused with which words.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::answer::Answer;
use super::super::call::Call;
use super::super::dispatch::{self, Asked};
use super::super::log::Record;
use super::super::scenario::Scenario;
use super::super::stage::Stage;

const SCENARIO: &str = r#"
    [[account]]
    id = "111122223333"
    name = "Development"
    [[account]]
    id = "123456789012"
    [identity_center]
    [[identity_center.permission_set]]
    name = "ReadOnly"
    [[identity_center.permission_set]]
    name = "Admin"
    session_duration = 7200
    [[identity_center.user]]
    name = "carol"
    assignments = [
        { accounts = ["*"], permission_sets = ["ReadOnly"] },
        { accounts = ["123456789012"], permission_sets = ["Admin"] },
    ]
"#;
const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

struct Desk(Stage);

impl Desk {
    fn open() -> Self {
        let mut stage = Stage::of(&Scenario::parse(SCENARIO).unwrap());
        stage.estate.identity_center.url = "http://127.0.0.1:4000".to_owned();
        Self(stage)
    }

    fn ask(&mut self, method: &str, path: &str, query: &str, token: Option<&str>, body: &str) -> Answer {
        let headers = token.map(|token| ("x-amz-sso_bearer_token".to_owned(), token.to_owned()));
        let call = Call::new(method, query, headers.into_iter().collect(), body.as_bytes().to_vec()).at(path);
        let (now, mut record) = (self.0.now, Record::default());
        dispatch::answer(&call, Asked::of(&call), &mut self.0.estate, now, &mut record)
    }

    fn post(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        read(&self.ask("POST", path, "", None, &body.to_string()))
    }

    fn portal(&mut self, path: &str, query: &str, token: &str) -> Result<Value, String> {
        read(&self.ask("GET", path, query, Some(token), ""))
    }

    fn client(&mut self) -> (String, String) {
        let client = json!({
            "clientName": "test", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"], "redirectUris": [REDIRECT],
            "issuerUrl": "http://127.0.0.1:4000/start",
        });
        let client = self.post("/client/register", &client).unwrap();
        (string(&client, "clientId"), string(&client, "clientSecret"))
    }

    /// Signs carol in and returns the answer of `/token`.
    fn sign_in(&mut self, verifier: &str, sent: &str) -> Result<Value, String> {
        let (id, secret) = self.client();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([
            ("response_type", "code"),
            ("client_id", &id),
            ("redirect_uri", "http://127.0.0.1:5000/oauth/callback"),
            ("state", "the-state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("user", "carol"),
            ("decision", "allow"),
        ]);
        let answer = self.ask("POST", "/authorize", "", None, &form.finish());
        let location = answer.headers.iter().find(|(name, _)| *name == "location").unwrap().1.clone();
        let location: url::Url = location.parse().unwrap();
        let query: std::collections::BTreeMap<_, _> = location.query_pairs().into_owned().collect();
        assert_eq!((location.port(), query["state"].as_str()), (Some(5000), "the-state"));
        self.post(
            "/token",
            &json!({
                "clientId": id, "clientSecret": secret, "grantType": "authorization_code", "code": query["code"],
                "redirectUri": "http://127.0.0.1:5000/oauth/callback", "codeVerifier": sent,
            }),
        )
    }
}

fn read(answer: &Answer) -> Result<Value, String> {
    let value: Value = serde_json::from_str(&answer.body).unwrap();
    match &answer.code {
        None => Ok(value),
        Some(code) => Err(format!("{} {code} {}", answer.status, value["error"].as_str().unwrap_or_default())),
    }
}

fn string(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap().to_owned()
}

#[test]
fn a_code_is_traded_in_with_its_verifier_and_the_token_lists_what_is_assigned() {
    let mut desk = Desk::open();
    let token = string(&desk.sign_in("verifier", "verifier").unwrap(), "accessToken");
    let accounts = desk.portal("/assignment/accounts", "max_result=1", &token).unwrap();
    assert_eq!(accounts["accountList"][0]["accountName"], "Development");
    let next = format!("next_token={}", accounts["nextToken"].as_str().unwrap());
    let rest = desk.portal("/assignment/accounts", &next, &token).unwrap();
    assert_eq!((&rest["accountList"][0]["accountId"], &rest["nextToken"]), (&json!("123456789012"), &Value::Null));
    let roles = desk.portal("/assignment/roles", "account_id=123456789012", &token).unwrap();
    assert_eq!(roles["roleList"].as_array().unwrap().len(), 2);
    let now = desk.0.now.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let query = "account_id=123456789012&role_name=Admin";
    let given = desk.portal("/federation/credentials", query, &token).unwrap();
    assert_eq!(given["roleCredentials"]["expiration"], json!((now + 7_200) * 1_000));
    let other = desk.portal("/federation/credentials", "account_id=111122223333&role_name=Admin", &token);
    assert_eq!(other.unwrap_err(), "403 ForbiddenException ");
}

#[test]
fn a_wrong_verifier_a_second_use_and_another_address_are_refused() {
    let mut desk = Desk::open();
    assert_eq!(desk.sign_in("verifier", "another").unwrap_err(), "400 InvalidGrantException invalid_grant");
    let (id, _) = desk.client();
    let query = format!("client_id={id}&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fother&response_type=code");
    let answer = desk.ask("GET", "/authorize", &query, None, "");
    assert!(answer.status == 400 && answer.body.contains("not registered"), "{}", answer.body);
}

#[test]
fn a_refresh_token_serves_once_and_sign_out_ends_what_came_of_it() {
    let mut desk = Desk::open();
    let (id, secret) = desk.client();
    let session = desk.0.estate.identity_center.sign_in(&id, "carol", "session", desk.0.now);
    let refresh = json!({
        "clientId": id, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": session.refresh,
    });
    let second = desk.post("/token", &refresh).unwrap();
    assert_eq!(desk.post("/token", &refresh).unwrap_err(), "400 InvalidGrantException invalid_grant");
    let token = string(&second, "accessToken");
    read(&desk.ask("POST", "/logout", "", Some(&token), "")).unwrap();
    let after = desk.portal("/assignment/accounts", "", &token);
    assert_eq!(after.unwrap_err(), "401 UnauthorizedException ");
    let again = json!({
        "clientId": id, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": second["refreshToken"],
    });
    assert_eq!(desk.post("/token", &again).unwrap_err(), "400 InvalidGrantException invalid_grant");
}

#[test]
fn a_device_waits_for_its_person_and_may_not_ask_too_often() {
    let mut desk = Desk::open();
    let (id, secret) = desk.client();
    let start = json!({ "clientId": id, "clientSecret": secret, "startUrl": "http://127.0.0.1:4000/start" });
    for (decision, expected) in [("allow", Ok(())), ("deny", Err("400 AccessDeniedException access_denied"))] {
        let device = desk.post("/device_authorization", &start).unwrap();
        let token = json!({
            "clientId": id, "clientSecret": secret, "deviceCode": device["deviceCode"],
            "grantType": "urn:ietf:params:oauth:grant-type:device_code",
        });
        let pending = "400 AuthorizationPendingException authorization_pending";
        assert_eq!(desk.post("/token", &token).unwrap_err(), pending);
        assert_eq!(desk.post("/token", &token).unwrap_err(), "400 SlowDownException slow_down");
        let code = string(&device, "userCode");
        let page = desk.ask("GET", "/device", &format!("user_code={code}"), None, "");
        assert!(page.body.contains(&code) && page.body.contains("carol"), "{}", page.body);
        let form = format!("user_code={code}&user=carol&decision={decision}");
        assert_eq!(desk.ask("POST", "/device", "", None, &form).status, 200);
        assert_eq!(desk.post("/token", &token).map(drop), expected.map_err(str::to_owned));
    }
    let device = desk.post("/device_authorization", &start).unwrap();
    desk.0.pass(601);
    let token = json!({
        "clientId": id, "clientSecret": secret, "deviceCode": device["deviceCode"],
        "grantType": "urn:ietf:params:oauth:grant-type:device_code",
    });
    assert_eq!(desk.post("/token", &token).unwrap_err(), "400 ExpiredTokenException expired_token");
}

#[test]
fn what_a_scenario_says_of_nobody_is_refused() {
    let cases = [
        ("accounts = [\"222222222222\"], permission_sets = [\"A\"]", "there is no account `222222222222`"),
        ("accounts = [\"*\"], permission_sets = [\"B\"]", "there is no permission set `B`"),
    ];
    for (assignment, expected) in cases {
        let text = format!(
            "[[account]]\nid = \"111122223333\"\n[identity_center]\n[[identity_center.permission_set]]\nname = \"A\"\n\
             [[identity_center.user]]\nname = \"carol\"\nassignments = [{{ {assignment} }}]\n"
        );
        let message = Scenario::parse(&text).unwrap_err().to_string();
        assert_eq!(message, format!("Identity Center user carol: {expected}"));
    }
}
