//! The issuer of an account's own tokens (GetWebIdentityToken): its keys, and where they are published, so that any library
//! for JSON Web Tokens verifies what comes out.
//!
//! Source: RFC 7515 (signatures), RFC 7517 and 7518 (keys), OpenID Connect Discovery 1.0.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::estate::Estate;

/// What can be asked, by path: `/tokens/ACCOUNT/.well-known/…`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    Configuration,
    Keys,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Algorithm {
    Rs256,
    Es384,
}

/// The issuer's address without the account, and its keys, made when the first is needed.
#[derive(Debug, Default)]
pub(super) struct Issuer {
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
    keys: Option<Keys>,
}

struct Keys {
    rsa: SigningKey<rsa::sha2::Sha256>,
    rsa_public: Value,
    ecdsa: EcdsaKeyPair,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

const RSA_BITS: usize = 2_048;

impl Operation {
    pub(super) fn of(call: &Call) -> Option<Self> {
        let (_, place) = call.path.strip_prefix("/tokens/")?.split_once('/')?;
        match (call.method.as_str(), place) {
            ("GET", ".well-known/openid-configuration") => Some(Self::Configuration),
            ("GET", ".well-known/jwks.json") => Some(Self::Keys),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Configuration => "openid-configuration",
            Self::Keys => "jwks.json",
        }
    }
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es384].into_iter().find(|known| known.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es384 => "ES384",
        }
    }
}

/// Answers one request.
pub(super) fn answer(operation: Operation, call: &Call, estate: &mut Estate) -> Answer {
    let account = call.path.split('/').nth(2).unwrap_or_default();
    let known = estate.accounts.iter().any(|known| known.id.as_str() == account && known.issues_tokens);
    if !known {
        return refuse(&Refusal::new(404, "NotFound", "no issuer of that account"));
    }
    let issuer = estate.issuer.of_account(account);
    match operation {
        Operation::Configuration => Answer::json(&json!({
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES384"],
        })),
        Operation::Keys => {
            estate.issuer.published().map_or_else(|refusal| refuse(&refusal), |keys| Answer::json(&keys))
        }
    }
}

pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let code = Some(refusal.code.to_owned());
    let body = json!({ "message": refusal.message }).to_string();
    Answer { status: refusal.status, content: Content::Json, body, headers: Vec::new(), code }
}

impl Issuer {
    /// Returns the issuer of an account, as its tokens name it.
    pub(super) fn of_account(&self, account: &str) -> String {
        format!("{}/tokens/{account}", self.url)
    }

    /// Returns the claims as a signed token.
    pub(super) fn sign(&mut self, algorithm: Algorithm, claims: &Value) -> Result<String, Refusal> {
        let header = json!({ "alg": algorithm.name(), "kid": algorithm.name(), "typ": "JWT" });
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(claims));
        let keys = self.keys()?;
        let signature = match algorithm {
            Algorithm::Rs256 => keys.rsa.sign(signed.as_bytes()).to_vec(),
            Algorithm::Es384 => {
                let made = keys.ecdsa.sign(&SystemRandom::new(), signed.as_bytes());
                made.map_err(|_| no_keys())?.as_ref().to_vec()
            }
        };
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn published(&mut self) -> Result<Value, Refusal> {
        let keys = self.keys()?;
        // An uncompressed point: 4, x, y.
        let point = keys.ecdsa.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
        let ecdsa = json!({
            "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": "ES384",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        Ok(json!({ "keys": [keys.rsa_public, ecdsa] }))
    }

    fn keys(&mut self) -> Result<&Keys, Refusal> {
        if self.keys.is_none() {
            self.keys = Some(Keys::make().ok_or_else(no_keys)?);
        }
        self.keys.as_ref().ok_or_else(no_keys)
    }
}

fn no_keys() -> Refusal {
    Refusal::new(500, "InternalFailure", "The keys of the issuer cannot be made.")
}

impl Keys {
    fn make() -> Option<Self> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).ok()?;
        let ecdsa = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).ok()?;
        let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, RSA_BITS).ok()?;
        let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let rsa_public = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "RS256",
            "n": number(private.n()), "e": number(private.e()),
        });
        Some(Self { rsa: SigningKey::new(private), rsa_public, ecdsa })
    }
}
