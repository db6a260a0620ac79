//! Encrypts connections, with a certificate and its key from PEM files.
//!
//! TLS 1.3 alone: every browser of today speaks it. Knows nothing of what is sent.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::files;

/// The time in which a browser and the program have to agree.
const GREETING_TIME: Duration = Duration::from_secs(10);
/// The most bytes of a certificate with all that vouch for it.
const MAX_FILE: u64 = 1 << 20;

/// What a program proves with who it is.
#[derive(Clone)]
pub(super) struct Encryption(TlsAcceptor);

impl Encryption {
    /// Reads a certificate, with those that vouch for it after it, and its key. The error says what is wrong with them.
    pub(super) fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let text = |path: &Path| files::read(path, MAX_FILE).map_err(|error| error.to_string());
        let (certificates, private) = (text(certificate)?, text(key)?);
        let said = |path: &Path, what: &str| format!("{}: {what}", path.display());
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificates).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| said(certificate, "enthält kein Zertifikat als PEM"))?;
        let private = PrivateKeyDer::from_pem_slice(&private)
            .map_err(|_| said(key, "enthält keinen Schlüssel als PEM"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
        let mut config = config.map_err(|error| {
            format!("{} und {} passen nicht zusammen ({error})", certificate.display(), key.display())
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Agrees with a browser; none if that does not come to an end in time.
    pub(super) async fn begin<Stream: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: Stream,
    ) -> Option<TlsStream<Stream>> {
        tokio::time::timeout(GREETING_TIME, self.0.accept(stream)).await.ok()?.ok()
    }
}
