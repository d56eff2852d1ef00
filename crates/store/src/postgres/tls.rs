//! Who the server is: to another machine a connection is encrypted, and the server's certificate is
//! one that this system trusts.

use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::link::Attempt;
use crate::{StoreError, StoreResult};

/// Reads a URL. Without `sslmode`, TLS is for servers on other machines; with any but `disable` the
/// certificate is checked, whatever libpq would do.
///
/// # Errors
///
/// [`StoreError::Broken`], without the URL, as it can hold a password.
pub(super) fn config(url: &str) -> StoreResult<Config> {
    let said = url.contains("sslmode=");
    // Checked is how it always is here.
    let url = url.replace("sslmode=verify-full", "sslmode=require");
    let mut config: Config = url
        .replace("sslmode=verify-ca", "sslmode=require")
        .parse()
        .map_err(|_| StoreError::broken("the database URL cannot be read"))?;
    if config.get_ssl_mode() != SslMode::Disable {
        let here = !said && config.get_hosts().iter().all(is_this_machine);
        config.ssl_mode(if here { SslMode::Disable } else { SslMode::Require });
    }
    Ok(config)
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

fn encrypted() -> StoreResult<MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|_| StoreError::broken("the certificates of this system cannot be used"))?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What makes the connections of a pool.
pub(super) fn manager(config: Config) -> StoreResult<Manager> {
    let settings = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Ok(match config.get_ssl_mode() {
        SslMode::Disable => Manager::from_config(config, NoTls, settings),
        _ => Manager::from_config(config, encrypted()?, settings),
    })
}

/// One connection.
pub(super) async fn connect(config: &Config) -> Attempt<Client> {
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        return Ok(client);
    }
    let (client, connection) = config.connect(encrypted()?).await?;
    tokio::spawn(connection);
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_in_tls() {
        let mode = |url: &str| config(url).unwrap().get_ssl_mode();
        for here in ["postgres://teeka@127.0.0.1/a", "postgres://teeka@localhost:5/a"] {
            assert_eq!(mode(here), SslMode::Disable);
            assert_eq!(mode(&format!("{here}?sslmode=require")), SslMode::Require);
        }
        let there = "postgres://teeka@db.example/a";
        assert_eq!(mode(there), SslMode::Require);
        assert_eq!(mode("postgres://teeka@localhost,db.example/a"), SslMode::Require);
        for (said, meant) in [
            ("disable", SslMode::Disable),
            ("prefer", SslMode::Require),
            ("require", SslMode::Require),
            ("verify-ca", SslMode::Require),
            ("verify-full", SslMode::Require),
        ] {
            assert_eq!(mode(&format!("{there}?sslmode={said}")), meant, "{said}");
        }
        assert!(config("postgres://teeka@db.example/a?sslmode=perhaps").is_err());
    }
}
