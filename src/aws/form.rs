//! What is asked of services that are no API of AWS's SDK: secrets go in the body or in a header, so that no proxy writes
//! them into its log.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use zeroize::Zeroizing;

use super::client::Clients;
use super::error::AwsError;
use crate::terms::{ExposeSecret, SecretString, is_confidential};

/// Who is asked for what, for errors.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// The service.
    pub service: &'static str,
    /// What of it.
    pub operation: &'static str,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `x-amzn-requestid`, where there is one.
    pub request_id: Option<String>,
    /// The body, which may hold a secret.
    pub body: SecretString,
}

/// A form is tried so often, while the other side is busy or out of reach.
const TRIES: u32 = 3;
/// More than any answer has that is expected here.
const LONGEST: usize = 256 * 1024;

impl Clients {
    /// Posts a form. It has to be harmless to post it twice. No redirect is followed.
    pub async fn post_form(
        &self,
        url: &url::Url,
        fields: &[(&str, &SecretString)],
        asking: Asking,
    ) -> Result<Reply, AwsError> {
        let mut pause = Duration::from_millis(300);
        for _ in 1..TRIES {
            match self.post_once(url, fields, asking).await {
                Ok(reply) if reply.status < 500 && reply.status != 429 => return Ok(reply),
                Ok(_) | Err(_) => tokio::time::sleep(pause).await,
            }
            pause *= 3;
        }
        self.post_once(url, fields, asking).await
    }

    /// Gets what a bearer may have. No redirect is followed.
    pub async fn get_as_bearer(&self, url: &url::Url, token: &SecretString, asking: Asking) -> Result<Reply, AwsError> {
        let mut pause = Duration::from_millis(300);
        for _ in 1..TRIES {
            match self.get_once(url, token, asking).await {
                Ok(reply) if reply.status < 500 && reply.status != 429 => return Ok(reply),
                Ok(_) | Err(_) => tokio::time::sleep(pause).await,
            }
            pause *= 3;
        }
        self.get_once(url, token, asking).await
    }

    /// Sends a request that another library made, once, and over https or to this machine only. No redirect is followed.
    pub async fn pass_on(
        &self,
        method: &str,
        url: &url::Url,
        headers: &[(String, String)],
        body: Vec<u8>,
        asking: Asking,
    ) -> Result<Reply, AwsError> {
        let setup = |reason: String| AwsError::Setup { reason };
        if !is_confidential(url) {
            let host = url.host_str().unwrap_or_default();
            return Err(setup(format!("{host} is to be asked over https, and it says http")));
        }
        let mut request = HttpRequest::new(SdkBody::from(body));
        let mut is_set = request.set_method(method).is_ok() && request.set_uri(url.as_str()).is_ok();
        for (name, value) in headers {
            is_set &= request.headers_mut().try_insert(name.clone(), value.clone()).is_ok();
        }
        if !is_set {
            return Err(setup(format!("{url} is no address that can be asked")));
        }
        self.send(request, asking).await
    }

    async fn get_once(&self, url: &url::Url, token: &SecretString, asking: Asking) -> Result<Reply, AwsError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        let bearer = Zeroizing::new(format!("bearer {}", token.expose_secret()));
        let is_set = request.set_uri(url.as_str()).is_ok()
            && request.headers_mut().try_insert("authorization", bearer.to_string()).is_ok();
        if !is_set {
            return Err(AwsError::Setup { reason: "the address, or the token for it, cannot be sent".to_owned() });
        }
        request.headers_mut().insert("accept", "application/json");
        self.send(request, asking).await
    }

    async fn post_once(
        &self,
        url: &url::Url,
        fields: &[(&str, &SecretString)],
        asking: Asking,
    ) -> Result<Reply, AwsError> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value.expose_secret());
        }
        // The HTTP client keeps copies of its own, which we cannot zeroize.
        let body = Zeroizing::new(form.finish());
        let mut request = HttpRequest::new(SdkBody::from(body.as_bytes().to_vec()));
        let made = request.set_method("POST").is_ok() && request.set_uri(url.as_str()).is_ok();
        if !made {
            return Err(AwsError::Setup { reason: format!("{url} is no address that can be asked") });
        }
        request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
        request.headers_mut().insert("accept", "application/json");
        self.send(request, asking).await
    }

    async fn send(&self, request: HttpRequest, asking: Asking) -> Result<Reply, AwsError> {
        let Asking { service, operation } = asking;
        let no_answer = |reason: String| AwsError::NoAnswer { service, operation, reason, sent: true };
        let answer = self.web().call(request).await.map_err(|error| no_answer(super::error::innermost(&error)))?;
        let status = answer.status().as_u16();
        let request_id = answer.headers().get("x-amzn-requestid").map(str::to_owned);
        let mut body = ByteStream::new(answer.into_body());
        let mut text = Zeroizing::new(Vec::new());
        while let Some(piece) = body.next().await {
            text.extend_from_slice(&piece.map_err(|error| no_answer(error.to_string()))?);
            if text.len() > LONGEST {
                return Err(no_answer("it does not come to an end".to_owned()));
            }
        }
        Ok(Reply { status, request_id, body: SecretString::from(String::from_utf8_lossy(&text).into_owned()) })
    }
}
