//! How bytes reach AWS: rustls with ring and the machine's own roots (or `AWS_CA_BUNDLE`), through a proxy where the
//! environment names one.

use std::path::PathBuf;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::error::AwsError;
use crate::world::World;

/// Returns the HTTP client for this world.
pub(super) fn client(world: &World) -> Result<SharedHttpClient, AwsError> {
    let tls = tls_context(world.env.path("AWS_CA_BUNDLE"))?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector: ConnectorBuilder<_> = aws_smithy_http_client::Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.build()
    }))
}

fn tls_context(bundle: Option<PathBuf>) -> Result<TlsContext, AwsError> {
    let store = match bundle {
        None => TrustStore::default(),
        Some(path) => {
            let pem = std::fs::read(&path).map_err(|source| AwsError::CaBundle { path: path.clone(), source })?;
            if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
                let source = std::io::Error::other("no certificate stands in it");
                return Err(AwsError::CaBundle { path, source });
            }
            TrustStore::empty().with_pem_certificate(pem)
        }
    };
    TlsContext::builder().with_trust_store(store).build().map_err(|e| AwsError::Setup { reason: e.to_string() })
}
