//! TLS for sinks, with the certificates that the operating system trusts. `SSL_CERT_FILE` names
//! others.

use std::sync::Arc;

use anyhow::Context;
use rustls::{ClientConfig, crypto::CryptoProvider};
use rustls_platform_verifier::BuilderVerifierExt;

/// The cryptography of every sink.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// How a connection is secured.
///
/// # Errors
///
/// If the operating system has no certificates.
pub(super) fn client() -> anyhow::Result<Arc<ClientConfig>> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .context("the protocol versions")?
        .with_platform_verifier()
        .context("the certificates of this system cannot be used")?
        .with_no_client_auth();
    Ok(Arc::new(config))
}
