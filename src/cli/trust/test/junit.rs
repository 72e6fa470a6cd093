//! The rows as JUnit's XML, which CI systems show as tests.
//!
//! Source: the schema that the JUnit publishers of Jenkins and GitLab read: `testsuites`, `testsuite`, `testcase`, `failure`.

use std::collections::BTreeMap;

use super::report::Result;

/// Returns the document: a suite for each table.
pub(super) fn xml(rows: &[Result]) -> String {
    let mut suites: BTreeMap<&str, Vec<&Result>> = BTreeMap::new();
    for row in rows {
        suites.entry(&row.file).or_default().push(row);
    }
    let failed = |rows: &[&Result]| rows.iter().filter(|row| !row.is_passed()).count();
    let all: Vec<&Result> = rows.iter().collect();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text += &format!("<testsuites tests=\"{}\" failures=\"{}\">\n", rows.len(), failed(&all));
    for (file, rows) in suites {
        let (file, tests, failures) = (escaped(file), rows.len(), failed(&rows));
        text += &format!("  <testsuite name=\"{file}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n");
        for row in rows {
            let begin = format!("    <testcase classname=\"{file}\" name=\"{}\"", escaped(&row.name));
            if row.is_passed() {
                text += &format!("{begin}/>\n");
                continue;
            }
            let message = escaped(&format!("expected {}, got {}", row.expected, row.got));
            let body = escaped(&format!("{}:{}\n{}", row.file, row.line, row.why.join("\n")));
            text += &format!("{begin}>\n      <failure message=\"{message}\">{body}</failure>\n    </testcase>\n");
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

/// Escapes a text for XML 1.0, which has no control characters, and no line end in an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if crate::person::is_unsafe(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_table_ends_no_element() {
        assert_eq!(escaped("</failure>\"&\u{1b}[2J\n"), "&lt;/failure&gt;&quot;&amp;\u{fffd}[2J&#10;");
    }
}
