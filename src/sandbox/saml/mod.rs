//! SAML providers as IAM knows them: their metadata, and whether an assertion is theirs.
//!
//! A signature is checked with the keys of the metadata alone; what an assertion brings along in `KeyInfo` counts for
//! nothing. And it has to cover the very element that is read: an assertion that stands elsewhere in a document that was
//! signed (signature wrapping) is nobody's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};
use rustls_pki_types::CertificateDer;
use xml_sec::XmlSecurity;
use xml_sec::api::Operation;
use xml_sec::policy::{CompiledPolicies, PolicyCompileContext, PolicyCompiler, PolicyProfile};
use xml_sec::provider::RustCryptoProvider;
use xml_sec::xmldsig::{SignatureAlgorithm, VerificationKey, VerificationRequest};

use crate::identity::{self, Assertion, InvalidAssertion};

/// What a provider says of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Metadata {
    pub(super) entity_id: String,
    /// Public keys that it signs with, each as `SubjectPublicKeyInfo`.
    keys: Vec<Vec<u8>>,
}

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Signatures by a public key. A document that names another kind (an HMAC with the public key as its secret) gets none.
const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

impl Metadata {
    /// Reads a provider's `EntityDescriptor`.
    pub(super) fn parse(xml: &str) -> Result<Self, String> {
        let document = Document::parse(xml).map_err(|error| error.to_string())?;
        let named = |name: &'static str| move |node: &Node<'_, '_>| node.has_tag_name((METADATA, name));
        let entity = document.descendants().find(named("EntityDescriptor"));
        let entity = entity.ok_or("there is no EntityDescriptor in it")?;
        let entity_id = entity.attribute("entityID").ok_or("its EntityDescriptor has no entityID")?;
        let provider = entity.children().find(named("IDPSSODescriptor"));
        let provider = provider.ok_or("it describes no identity provider (IDPSSODescriptor)")?;
        let signing = |key: &Node<'_, '_>| key.attribute("use").is_none_or(|used| used == "signing");
        let descriptors = provider.children().filter(named("KeyDescriptor")).filter(signing);
        let certificates = descriptors
            .flat_map(|key| key.descendants())
            .filter(|node| node.has_tag_name((SIGNATURE, "X509Certificate")))
            .filter_map(|node| node.text());
        let keys = certificates.map(public_key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err("it holds no certificate for signatures".to_owned());
        }
        Ok(Self { entity_id: entity_id.to_owned(), keys })
    }

    /// Returns the assertion of a response, if this provider signed it.
    pub(super) fn verified(&self, xml: &str) -> Result<Assertion, Unverified> {
        let document = identity::parse(xml)?;
        let node = identity::find(&document)?.ok_or(Unverified::Encrypted)?;
        let assertion = Assertion::of(node);
        // A key that replaces another stands beside it for a while.
        let is_signed = self
            .keys
            .iter()
            .any(|key| ALGORITHMS.iter().any(|algorithm| covers(xml, &assertion.id, *algorithm, key).unwrap_or(false)));
        if is_signed { Ok(assertion) } else { Err(Unverified::Signature) }
    }
}

/// Why an assertion is not the provider's.
#[derive(Debug)]
pub(super) enum Unverified {
    /// It is none.
    Invalid(InvalidAssertion),
    /// It cannot be read.
    Encrypted,
    /// It is not signed, or by somebody else, or was changed.
    Signature,
}

impl From<InvalidAssertion> for Unverified {
    fn from(error: InvalidAssertion) -> Self {
        Self::Invalid(error)
    }
}

/// Whether all signatures of the document are good by that key, and one of them covers the element of that ID.
fn covers(xml: &str, id: &str, algorithm: SignatureAlgorithm, key: &[u8]) -> Result<bool, Box<dyn std::error::Error>> {
    let provider = RustCryptoProvider;
    let policies = policies(&provider)?;
    let security = XmlSecurity::new(&policies, &provider)?;
    let document = security.parse_document(xml, Operation::Verify)?;
    let Some(target) = document.with_view(|view| view.node_for_id(id, &[])) else { return Ok(false) };
    let key = VerificationKey { algorithm, public_key_bytes: key.to_vec(), certificate_der: None, name: None };
    let request = VerificationRequest { expected_targets: &[target], ..VerificationRequest::default() };
    Ok(security.verifier()?.key(&key).verify(&document, &request)?.accepted(&document)?)
}

fn policies(provider: &RustCryptoProvider) -> Result<CompiledPolicies, Box<dyn std::error::Error>> {
    let context = PolicyCompileContext { external_resources: false, target_evidence: true };
    Ok(PolicyCompiler::new(PolicyProfile::SecureSaml, provider, None)?.compile(&context)?)
}

/// Returns the key of a certificate in base64. IAM does not look at its dates or at who signed it.
fn public_key(certificate: &str) -> Result<Vec<u8>, String> {
    let text: String = certificate.split_whitespace().collect();
    let der = STANDARD.decode(text).map_err(|_| "a certificate in it is not base64")?;
    let certificate = CertificateDer::from(der);
    let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|error| format!("a certificate: {error}"))?;
    Ok(webpki::spki_for_anchor(&anchor).as_ref().to_vec())
}
