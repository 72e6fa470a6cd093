//! A request as it came over the wire, and the parameters of the query protocol in it.

use crate::terms::SecretString;

/// A request.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    /// Undecoded, from its first slash to the query.
    pub(super) path: String,
    /// As it stood in the request line, undecoded.
    pub(super) query: String,
    /// Names in small letters, in the order of arrival.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) parameters: Parameters,
}

impl Call {
    pub(super) fn new(method: &str, query: &str, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let decoded = |bytes: &[u8]| {
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect::<Vec<_>>()
        };
        let mut parameters = decoded(query.as_bytes());
        if method == "POST" {
            parameters.extend(decoded(&body));
        }
        let path = "/".to_owned();
        Self {
            method: method.to_owned(),
            path,
            query: query.to_owned(),
            headers,
            body,
            parameters: Parameters(parameters),
        }
    }

    /// Returns this request at another path than the query protocol's.
    pub(super) fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Returns the header's first value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

/// What the query protocol carries: names such as `Tags.member.1.Key`, and values.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Returns the parameter's value. Of two, the first one counts.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the parameter as a secret.
    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// Returns the members of a list of texts: `NAME.member.1`, `NAME.member.2`, … up to the first that is missing.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|n| self.text(&format!("{name}.member.{n}"))).collect()
    }

    /// Returns the members of a list of structures, by these two fields: `NAME.member.1.FIRST`.
    pub(super) fn pairs(&self, name: &str, first: &str, second: &str) -> Vec<(Option<&str>, Option<&str>)> {
        let member = |n: usize| {
            let field = |field: &str| self.text(&format!("{name}.member.{n}.{field}"));
            match (field(first), field(second)) {
                (None, None) => None,
                pair => Some(pair),
            }
        };
        (1..).map_while(member).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_come_from_the_query_and_from_the_form() {
        let body = b"Version=2011-06-15&Tags.member.1.Key=a+b&Tags.member.1.Value=%C3%A9&Tags.member.3.Key=x".to_vec();
        let call = Call::new("POST", "Action=AssumeRole&Action=Other", Vec::new(), body);
        assert_eq!(call.parameters.text("Action"), Some("AssumeRole"));
        assert_eq!(call.parameters.text("Version"), Some("2011-06-15"));
        assert_eq!(call.parameters.pairs("Tags", "Key", "Value"), [(Some("a b"), Some("é"))]);
        assert_eq!(call.parameters.list("TransitiveTagKeys"), Vec::<&str>::new());
    }
}
