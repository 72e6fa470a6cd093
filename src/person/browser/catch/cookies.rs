//! The cookies of a site's session, which a browser would forget when it closes.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::pipe::{Message, Next};
use super::visit::{CLOSING, Visit};

#[derive(Deserialize)]
struct Cookies {
    cookies: Vec<serde_json::Map<String, Value>>,
}

/// How long a cookie of the site's session is kept. The site decides how long it is good for.
const SESSION_COOKIE: Duration = Duration::from_secs(12 * 3_600);

impl Visit<'_> {
    /// Gives the site's session cookies a life, so that they are there when the browser is started again.
    pub(super) fn keep_session(&mut self) {
        let asked = self.pipe.call(None, "Storage.getCookies", json!({}));
        let Some(answer) = self.answer(asked) else { return };
        let Some(all) = answer.result::<Cookies>() else { return };
        let until = self.until();
        let of_session = all.cookies.into_iter().filter(|cookie| cookie.get("session") == Some(&Value::Bool(true)));
        let kept: Vec<Value> = of_session
            .map(|mut cookie| {
                for key in ["session", "size", "sourcePort", "sourceScheme", "partitionKeyOpaque"] {
                    cookie.remove(key);
                }
                cookie.insert("expires".to_owned(), json!(until));
                Value::Object(cookie)
            })
            .collect();
        if !kept.is_empty() {
            let asked = self.pipe.call(None, "Storage.setCookies", json!({ "cookies": kept }));
            self.answer(asked);
        }
    }

    /// By the browser's clock, which is asked for nothing else.
    fn until(&self) -> u64 {
        let now = crate::world::Clock::System.now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        (since + SESSION_COOKIE).as_secs()
    }

    fn answer(&mut self, call: u64) -> Option<Message> {
        let until = Instant::now() + CLOSING;
        while Instant::now() < until {
            match self.pipe.next(Duration::from_millis(100)) {
                Next::Message(message) if message.id == Some(call) => return Some(message),
                Next::Message(_) | Next::Nothing => {}
                Next::Closed => return None,
            }
        }
        None
    }
}
