//! Which line of a JSON text a value stands on.

/// One step from a JSON value into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Into an object, by a key. The place is that of the key.
    Key(String),
    /// Into a list, by a number from 0. What is no list is its own only item.
    Index(usize),
}

/// Returns the line, from 1, of the place that the steps lead to, or of the last one that is there.
///
/// The text has to be JSON; of anything else, the line means nothing.
pub fn line_of(json: &str, steps: &[Step]) -> usize {
    let mut reader = Reader { bytes: json.as_bytes(), at: 0 };
    reader.space();
    let mut found = reader.at;
    for step in steps {
        let next = match step {
            Step::Key(key) => reader.enter_object(key),
            Step::Index(index) => reader.enter_list(*index),
        };
        match next {
            Some(at) => found = at,
            None => break,
        }
    }
    1 + json.as_bytes()[..found.min(json.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// Stands at the first byte of a value.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace() || byte == b',' || byte == b':') {
            self.at += 1;
        }
    }

    /// Goes to the value of that key, and returns where the key stands.
    fn enter_object(&mut self, key: &str) -> Option<usize> {
        (self.peek() == Some(b'{')).then_some(())?;
        self.at += 1;
        loop {
            self.space();
            let begins = self.at;
            (self.peek() == Some(b'"')).then_some(())?;
            self.string();
            let is_key = std::str::from_utf8(&self.bytes[begins..self.at])
                .ok()
                .and_then(|text| serde_json::from_str::<String>(text).ok())
                .is_some_and(|text| text == key);
            self.space();
            if is_key {
                return Some(begins);
            }
            self.value();
        }
    }

    fn enter_list(&mut self, index: usize) -> Option<usize> {
        if self.peek() != Some(b'[') {
            return (index == 0).then_some(self.at);
        }
        self.at += 1;
        for _ in 0..index {
            self.space();
            self.value();
        }
        self.space();
        (self.peek()? != b']').then_some(self.at)
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at = self.bytes.len().min(self.at + if byte == b'\\' { 2 } else { 1 });
            if byte == b'"' {
                break;
            }
        }
    }

    /// Goes behind a value.
    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_line() {
        let json = r#"
{ "a": {"x\"": 1, "b": "c}"},
  "Statement": [
    {"Sid": "{[,"},
    [1, 2],
    {"Condition": {
       "StringEquals": {"sts:ExternalId": 1}}}],
  "last": 5
}"#;
        let key = |text: &str| Step::Key(text.to_owned());
        let cases: [(&[Step], usize); 8] = [
            (&[], 2),
            (&[key("Statement")], 3),
            (&[key("Statement"), Step::Index(0), key("Sid")], 4),
            (&[key("Statement"), Step::Index(1)], 5),
            (&[key("Statement"), Step::Index(2), key("Condition"), key("StringEquals"), key("sts:ExternalId")], 7),
            (&[key("Statement"), Step::Index(2), key("Nothing")], 6),
            (&[key("last")], 8),
            (&[key("a"), Step::Index(0), key("b")], 2),
        ];
        for (steps, expected) in cases {
            assert_eq!(line_of(json, steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn what_is_no_json_has_some_line() {
        for text in ["", "{", "[", "{\"a", "{\"a\"", "\"", "{a:1}", "]", "{\"a\\"] {
            line_of(text, &[Step::Key("b".to_owned()), Step::Index(3)]);
        }
    }
}
