//! A SAML response as an identity provider writes it, and what of it concerns AWS. Pure: text goes in, facts come out.
//!
//! Nothing here believes it: whether the signature is good is for AWS to say (and for the sandbox, which asks for the
//! element that the signature covers and reads no other).

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use crate::terms::{ExposeSecret, RoleArn, SecretString};

/// An assertion: who is vouched for, to whom, until when, and what they may become. No part of it is a secret by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assertion {
    /// Its `ID`, which no other has.
    pub id: String,
    /// The provider's name for itself (its entity ID).
    pub issuer: String,
    /// When it was made.
    pub issued: Option<SystemTime>,
    /// Who is vouched for.
    pub subject: Subject,
    /// Where it may be handed in, each with its end (`SubjectConfirmationData`).
    pub recipients: Vec<Recipient>,
    /// When it begins to hold.
    pub not_before: Option<SystemTime>,
    /// When it ends.
    pub not_on_or_after: Option<SystemTime>,
    /// Whom it is meant for. Empty where it says nothing.
    pub audiences: Vec<String>,
    /// When the person's session with the provider ends.
    pub session_ends: Option<SystemTime>,
    attributes: Vec<(String, Vec<String>)>,
}

/// Who is vouched for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Subject {
    /// `NameID`.
    pub name: String,
    /// Its `Format`.
    pub format: String,
}

/// Where an assertion may be handed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recipient {
    /// The address that it is posted to.
    pub url: String,
    /// Until when.
    pub not_on_or_after: Option<SystemTime>,
}

/// A role that an assertion offers, and the provider in the role's account that it has to be asked through.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    /// The role.
    pub role: RoleArn,
    /// The ARN of the account's SAML provider.
    pub provider: String,
}

/// What a response holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Response {
    /// An assertion that can be read.
    Plain(Box<Assertion>),
    /// One that only AWS can read.
    Encrypted,
}

/// Why a text is no SAML response with an assertion for AWS.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidAssertion {
    /// Nothing came.
    #[error("it is empty")]
    Empty,
    /// A web page: an error page, as a rule, or a page that wants a person.
    #[error("it is a web page, not a SAML response")]
    WebPage,
    /// No base64.
    #[error("it is not base64 of a SAML response")]
    NotBase64,
    /// No XML, or XML with a document type, which no SAML message may have.
    #[error("it is not the XML of a SAML response: {reason}")]
    NotXml {
        /// What the parser says.
        reason: String,
    },
    /// Another document.
    #[error("it is a `{element}`, not a SAML response")]
    NotAResponse {
        /// The outermost element.
        element: String,
    },
    /// The provider says no.
    #[error("the identity provider refuses: {status}")]
    Refused {
        /// Its status codes and its message.
        status: String,
    },
    /// No assertion in it, or more than one.
    #[error("it holds {count} assertions instead of one")]
    Count {
        /// How many.
        count: usize,
    },
}

const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// Where the names of AWS's attributes begin.
/// Source: IAM User Guide, "Configure SAML assertions for the authentication response".
pub const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";

impl Response {
    /// Reads what a browser posts as `SAMLResponse`: base64, with line breaks or without.
    pub fn read(encoded: &SecretString) -> Result<Self, InvalidAssertion> {
        let xml = decode(encoded)?;
        let document = parse(xml.expose_secret())?;
        Ok(match find(&document)? {
            Some(node) => Self::Plain(Box::new(Assertion::of(node))),
            None => Self::Encrypted,
        })
    }
}

/// Returns the XML of a response in base64.
pub(crate) fn decode(encoded: &SecretString) -> Result<SecretString, InvalidAssertion> {
    let text: String = encoded.expose_secret().split_whitespace().collect();
    if text.is_empty() {
        return Err(InvalidAssertion::Empty);
    }
    if text.starts_with('<') {
        let lower = text.get(..200).unwrap_or(&text).to_ascii_lowercase();
        let is_page = lower.contains("<html") || lower.contains("<!doctypehtml") || lower.contains("<head");
        return Err(if is_page { InvalidAssertion::WebPage } else { InvalidAssertion::NotBase64 });
    }
    let bytes = STANDARD.decode(text).map_err(|_| InvalidAssertion::NotBase64)?;
    String::from_utf8(bytes).map(SecretString::from).map_err(|_| InvalidAssertion::NotBase64)
}

/// Parses the XML of a response. A document type, by which a parser can be led astray, is refused.
pub(crate) fn parse(xml: &str) -> Result<Document<'_>, InvalidAssertion> {
    Document::parse(xml).map_err(|error| InvalidAssertion::NotXml { reason: error.to_string() })
}

/// Finds the one assertion of a response that says yes. None where it is encrypted.
pub(crate) fn find<'a>(document: &'a Document<'a>) -> Result<Option<Node<'a, 'a>>, InvalidAssertion> {
    let root = document.root_element();
    if !root.has_tag_name((PROTOCOL, "Response")) {
        return Err(InvalidAssertion::NotAResponse { element: root.tag_name().name().to_owned() });
    }
    if let Some(status) = root.children().find(|node| node.has_tag_name((PROTOCOL, "Status"))) {
        check(status)?;
    }
    // Everywhere, not only where they belong: a second one has no business in the document.
    let everywhere = |name: &'static str| {
        root.descendants().filter(move |node| node.has_tag_name((ASSERTION, name))).collect::<Vec<_>>()
    };
    match (everywhere("Assertion").as_slice(), everywhere("EncryptedAssertion").as_slice()) {
        ([one], []) if one.parent() == Some(root) => Ok(Some(*one)),
        ([], [_]) => Ok(None),
        (plain, encrypted) => Err(InvalidAssertion::Count { count: plain.len() + encrypted.len() }),
    }
}

fn check(status: Node<'_, '_>) -> Result<(), InvalidAssertion> {
    let named = |name: &'static str| status.descendants().filter(move |node| node.has_tag_name((PROTOCOL, name)));
    let codes: Vec<&str> = named("StatusCode").filter_map(|code| code.attribute("Value")).collect();
    if codes.first() == Some(&SUCCESS) {
        return Ok(());
    }
    let short = |code: &&str| code.rsplit(':').next().unwrap_or_default().to_owned();
    let mut words: Vec<String> = codes.iter().map(short).collect();
    words.extend(named("StatusMessage").map(text));
    Err(InvalidAssertion::Refused { status: words.join(", ") })
}

impl Assertion {
    /// Reads that element.
    pub(crate) fn of<'a>(assertion: Node<'a, 'a>) -> Self {
        let name = child(assertion, "Subject").and_then(|subject| child(subject, "NameID"));
        let confirmations = child(assertion, "Subject").into_iter();
        let confirmations = confirmations.flat_map(|subject| children(subject, "SubjectConfirmation"));
        let recipients = confirmations.filter_map(|one| child(one, "SubjectConfirmationData")).filter_map(|data| {
            let url = data.attribute("Recipient")?.to_owned();
            Some(Recipient { url, not_on_or_after: time(data, "NotOnOrAfter") })
        });
        let conditions = child(assertion, "Conditions");
        let restrictions = conditions.into_iter().flat_map(|all| children(all, "AudienceRestriction"));
        let statements = children(assertion, "AttributeStatement");
        let attributes = statements.flat_map(|statement| children(statement, "Attribute")).map(|one| {
            let values = children(one, "AttributeValue").map(text);
            (one.attribute("Name").unwrap_or_default().to_owned(), values.collect())
        });
        let sessions = children(assertion, "AuthnStatement");
        Self {
            id: assertion.attribute("ID").unwrap_or_default().to_owned(),
            issuer: child(assertion, "Issuer").map(text).unwrap_or_default(),
            issued: time(assertion, "IssueInstant"),
            subject: Subject {
                name: name.map(text).unwrap_or_default(),
                format: name.and_then(|name| name.attribute("Format")).unwrap_or_default().to_owned(),
            },
            recipients: recipients.collect(),
            not_before: conditions.and_then(|conditions| time(conditions, "NotBefore")),
            not_on_or_after: conditions.and_then(|conditions| time(conditions, "NotOnOrAfter")),
            audiences: restrictions.flat_map(|one| children(one, "Audience")).map(text).collect(),
            session_ends: sessions.filter_map(|statement| time(statement, "SessionNotOnOrAfter")).min(),
            attributes: attributes.collect(),
        }
    }

    /// Returns the values of an attribute by its full name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.attributes.iter().filter(move |(known, _)| known == name);
        named.flat_map(|(_, values)| values).map(String::as_str)
    }

    /// The roles that it offers, each once. AWS wants `role,provider`; the other order is as common and means the same.
    pub fn offers(&self) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for value in self.values(&format!("{ATTRIBUTES}Role")) {
            let Some((one, other)) = value.split_once(',').map(|(one, other)| (one.trim(), other.trim())) else {
                continue;
            };
            let (role, provider) = if one.contains(":saml-provider/") { (other, one) } else { (one, other) };
            let offer = role.parse().ok().filter(|_| provider.contains(":saml-provider/"));
            let offer = offer.map(|role| Offer { role, provider: provider.to_owned() });
            offers.extend(offer.filter(|offer| !offers.contains(offer)));
        }
        offers
    }

    /// What the session will be called: `RoleSessionName`.
    pub fn session_name(&self) -> Option<&str> {
        self.values(&format!("{ATTRIBUTES}RoleSessionName")).next().filter(|name| !name.is_empty())
    }

    /// The longest session that the provider allows: `SessionDuration`.
    pub fn session_duration(&self) -> Option<Duration> {
        self.session_duration_text()?.parse().ok().map(Duration::from_secs)
    }

    /// `SessionDuration` as it was written: seconds, if it is what AWS takes.
    pub fn session_duration_text(&self) -> Option<&str> {
        self.values(&format!("{ATTRIBUTES}SessionDuration")).next().map(str::trim)
    }

    /// Who is behind it: `SourceIdentity`.
    pub fn source_identity(&self) -> Option<&str> {
        self.values(&format!("{ATTRIBUTES}SourceIdentity")).next()
    }

    /// Its session tags: `PrincipalTag:KEY`.
    pub fn tags(&self) -> Vec<(&str, &str)> {
        let prefix = format!("{ATTRIBUTES}PrincipalTag:");
        let tagged = self.attributes.iter().filter_map(|(name, values)| Some((name.strip_prefix(&prefix)?, values)));
        tagged.map(|(key, values)| (key, values.first().map_or("", String::as_str))).collect()
    }

    /// Which of its tags go on to the next role: `TransitiveTagKeys`.
    pub fn transitive_keys(&self) -> Vec<&str> {
        self.values(&format!("{ATTRIBUTES}TransitiveTagKeys")).collect()
    }

    /// When the assertion, or the leave to hand it in, ends: the first of its ends.
    pub fn ends(&self) -> Option<SystemTime> {
        let handing_in = self.recipients.iter().filter_map(|recipient| recipient.not_on_or_after).min();
        self.not_on_or_after.into_iter().chain(handing_in).min()
    }
}

fn children<'a>(parent: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    parent.children().filter(move |node| node.has_tag_name((ASSERTION, name)))
}

fn child<'a>(parent: Node<'a, 'a>, name: &'static str) -> Option<Node<'a, 'a>> {
    children(parent, name).next()
}

/// All text within, comments left out: what stands after a comment belongs to the name as much as what stands before.
fn text(node: Node<'_, '_>) -> String {
    let pieces: String = node.descendants().filter(|inner| inner.is_text()).filter_map(|inner| inner.text()).collect();
    pieces.trim().to_owned()
}

/// SAML's times are in UTC.
/// Source: SAML 2.0 Core, 1.3.3, "Time Values".
fn time(node: Node<'_, '_>, name: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339_weak(node.attribute(name)?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: &str = "arn:aws:iam::123456789012:role/teams/Admin";
    const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Example";

    fn response(inner: &str) -> String {
        format!(
            "<p:Response xmlns:p=\"{PROTOCOL}\"><p:Status><p:StatusCode Value=\"{SUCCESS}\"/></p:Status>{inner}</p:Response>"
        )
    }

    fn assertion(inner: &str) -> String {
        response(&format!("<a:Assertion xmlns:a=\"{ASSERTION}\" ID=\"_1\">{inner}</a:Assertion>"))
    }

    fn read(xml: &str) -> Result<Response, InvalidAssertion> {
        Response::read(&SecretString::from(STANDARD.encode(xml)))
    }

    fn with_roles(values: &[&str]) -> Assertion {
        let values: String = values.iter().map(|v| format!("<a:AttributeValue>{v}</a:AttributeValue>")).collect();
        let xml = format!(
            "<a:AttributeStatement><a:Attribute Name=\"{ATTRIBUTES}Role\">{values}</a:Attribute></a:AttributeStatement>"
        );
        match read(&assertion(&xml)) {
            Ok(Response::Plain(assertion)) => *assertion,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_role_and_its_provider_are_told_apart_in_either_order() {
        let expected = [Offer { role: ADMIN.parse().unwrap(), provider: PROVIDER.to_owned() }];
        for value in [
            format!("{ADMIN},{PROVIDER}"),
            format!("{PROVIDER},{ADMIN}"),
            format!("\n  {PROVIDER} ,\n {ADMIN}\n"),
            format!("{ADMIN},<!-- c -->{PROVIDER}"),
        ] {
            assert_eq!(with_roles(&[&value]).offers(), expected, "{value}");
        }
        let twice = with_roles(&[&format!("{ADMIN},{PROVIDER}"), &format!("{PROVIDER},{ADMIN}")]);
        assert_eq!(twice.offers(), expected);
        for value in [ADMIN.to_owned(), String::new(), format!("{ADMIN},{ADMIN}"), format!("{PROVIDER},{PROVIDER}")] {
            assert_eq!(with_roles(&[&value]).offers(), [], "{value}");
        }
    }

    #[test]
    fn what_is_no_response_says_what_it_is() {
        let none = InvalidAssertion::Count { count: 0 };
        let cases = [
            (STANDARD.encode(response("")), none),
            (STANDARD.encode(format!("{0}{0}", "<a/>")), InvalidAssertion::NotXml { reason: String::new() }),
            (
                STANDARD.encode("<EntityDescriptor/>"),
                InvalidAssertion::NotAResponse { element: "EntityDescriptor".to_owned() },
            ),
            (
                STANDARD.encode("<!DOCTYPE p [<!ENTITY x \"y\">]><p/>"),
                InvalidAssertion::NotXml { reason: String::new() },
            ),
            ("  \n".to_owned(), InvalidAssertion::Empty),
            ("<!DOCTYPE html>\n<html><body>Sign in</body>".to_owned(), InvalidAssertion::WebPage),
            (response(""), InvalidAssertion::NotBase64),
            ("not base64!".to_owned(), InvalidAssertion::NotBase64),
        ];
        for (text, expected) in cases {
            let error = Response::read(&SecretString::from(text.clone())).unwrap_err();
            let fits = match (&error, &expected) {
                (InvalidAssertion::NotXml { .. }, InvalidAssertion::NotXml { .. }) => true,
                (error, expected) => error == expected,
            };
            assert!(fits, "{text}: {error:?}");
        }
    }

    #[test]
    fn one_assertion_in_its_place_and_no_other_anywhere() {
        let one = format!("<a:Assertion xmlns:a=\"{ASSERTION}\" ID=\"_1\"/>");
        assert!(read(&response(&one)).is_ok());
        for (inner, count) in [(format!("{one}{one}"), 2), (format!("<p:Extensions>{one}</p:Extensions>{one}"), 2)] {
            assert_eq!(read(&response(&inner)), Err(InvalidAssertion::Count { count }));
        }
        assert_eq!(read(&response(&format!("<x>{one}</x>"))), Err(InvalidAssertion::Count { count: 1 }));
        let encrypted = format!("<a:EncryptedAssertion xmlns:a=\"{ASSERTION}\"/>");
        assert_eq!(read(&response(&encrypted)), Ok(Response::Encrypted));
    }

    #[test]
    fn a_provider_that_refuses_is_quoted() {
        let xml = format!(
            "<p:Response xmlns:p=\"{PROTOCOL}\"><p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">\
             <p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></p:StatusCode>\
             <p:StatusMessage>no such user</p:StatusMessage></p:Status></p:Response>"
        );
        let expected = InvalidAssertion::Refused { status: "Responder, AuthnFailed, no such user".to_owned() };
        assert_eq!(read(&xml), Err(expected));
    }
}
