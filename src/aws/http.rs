//! How bytes reach AWS: rustls with ring and the machine's own roots (or `AWS_CA_BUNDLE`), through a proxy where the
//! environment names one.

use std::path::PathBuf;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};

use super::error::AwsError;
use crate::world::World;

/// Returns the HTTP client for this world, and a connector of it for what is no AWS call.
pub(super) fn client(world: &World) -> Result<(SharedHttpClient, SharedHttpConnector), AwsError> {
    let tls = tls_context(world.env.path("AWS_CA_BUNDLE"))?;
    let bare = connector(&tls, Some(settings()), Some(SharedAsyncSleep::new(TokioSleep::new())));
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        connector(&tls, settings.cloned(), components.and_then(|components| components.sleep_impl()))
    });
    Ok((client, SharedHttpConnector::new(bare)))
}

fn connector(tls: &TlsContext, settings: Option<HttpConnectorSettings>, sleep: Option<SharedAsyncSleep>) -> Connector {
    let mut connector: ConnectorBuilder<_> = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls.clone())
        .proxy_config(ProxyConfig::from_env());
    connector.set_connector_settings(settings);
    connector.set_sleep_impl(sleep);
    connector.build()
}

fn settings() -> HttpConnectorSettings {
    let (connect, read) = (std::time::Duration::from_secs(5), std::time::Duration::from_secs(10));
    HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(read).build()
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
