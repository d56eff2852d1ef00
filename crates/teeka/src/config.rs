//! One configuration file, the environment and the command line, in rising order. Every key is
//! checked at the start; docs/configuration.md lists them.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, bail};
use app::settings::{Limits, Settings};
use certs::signer::Names;
use serde::Deserialize;

use crate::keys::TokenAt;

/// What every command that touches a store is told.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Common {
    /// Folder of keys, signer and the embedded store
    #[arg(long, env = "TEEKA_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Store: `sqlite:PATH` or `postgres://USER@HOST/NAME` (default: SQLite in the data folder)
    #[arg(long, env = "TEEKA_DATABASE", value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Configuration file
    #[arg(long, env = "TEEKA_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// What a server is told besides.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Server {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "TEEKA_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where messages go: `stdout`, `file:PATH`, `http:FILE` with a gateway's template, or the URL
    /// of a hook (https), a message centre (smpp, smpps) or a mail server (smtp, smtps)
    #[arg(long, env = "TEEKA_MESSAGES", value_name = "SINK")]
    pub(crate) messages: Option<String>,
    /// Limits on callers: on, or off (only on loopback)
    #[arg(long, env = "TEEKA_LIMITS", value_name = "on|off")]
    pub(crate) limits: Option<String>,
}

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    listen: Option<SocketAddr>,
    messages: Option<String>,
    rules: Option<PathBuf>,
    trust_proxy: bool,
    issuer: Option<String>,
    country: Option<String>,
    certificate_days: Option<u16>,
    public_address: Option<String>,
    corrections: Option<u8>,
    limits: FileLimits,
    api_keys: Vec<FileKey>,
    pkcs11: Option<FileToken>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileLimits {
    off: bool,
    calls_per_address: Option<u32>,
    searches_per_sign_in: Option<u32>,
    searches_per_day: Option<u32>,
    codes_per_mobile: Option<u32>,
    codes_per_address: Option<u32>,
    failures_per_minute: Option<u32>,
    presences_per_day: Option<u32>,
    tries_per_code: Option<i16>,
}

/// Where signing keys are kept, if not in files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToken {
    module: PathBuf,
    token: String,
    pin_file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    /// SHA-256 of the key, hex, so that the file holds no secret.
    sha256: String,
    #[serde(default)]
    vaccinator: bool,
    state: Option<i32>,
}

/// Everything, checked.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) database: String,
    pub(crate) listen: SocketAddr,
    pub(crate) messages: String,
    pub(crate) rules: Option<PathBuf>,
    pub(crate) trusts_proxy: bool,
    pub(crate) settings: Settings,
    pub(crate) api_keys: Vec<web::ApiKey>,
    pub(crate) token: Option<TokenAt>,
}

/// The address when none is given.
const LISTEN: &str = "127.0.0.1:8080";

impl Config {
    /// The names that stand in certificates of keys.
    pub(crate) fn names(&self) -> Names<'_> {
        Names { country: &self.settings.country, issuer: &self.settings.issuer }
    }

    /// Puts file, environment and command line together.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, a key is unknown, or values contradict one another.
    pub(crate) fn read(common: &Common, server: Option<&Server>) -> anyhow::Result<Self> {
        let file = match &common.config {
            None => File::default(),
            Some(path) => {
                let text = fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                toml::from_str(&text).with_context(|| format!("in {}", path.display()))?
            }
        };
        let given = |pick: fn(&Server) -> Option<String>| server.and_then(pick);
        let data = common.data.clone().or(file.data).unwrap_or_else(|| "teeka-data".into());
        let access_log = Some(data.join("log/accesses"));
        let database = common.database.clone().or(file.database);
        let listen = server.and_then(|server| server.listen).or(file.listen);
        let listen = listen.map_or_else(|| LISTEN.parse().context("default address"), Ok)?;
        let off = match given(|server| server.limits.clone()).as_deref() {
            None => file.limits.off,
            Some("on") => false,
            Some("off") => true,
            Some(_) => bail!("--limits is on or off"),
        };
        if off && !listen.ip().is_loopback() {
            bail!("limits can be off only on a loopback address");
        }
        let defaults = Settings::default();
        Ok(Self {
            database: database
                .unwrap_or_else(|| format!("sqlite:{}", data.join("teeka.sqlite").display())),
            data,
            listen,
            messages: given(|server| server.messages.clone())
                .or(file.messages)
                .unwrap_or_else(|| "stdout".to_owned()),
            rules: file.rules,
            trusts_proxy: file.trust_proxy,
            settings: Settings {
                limits: if off { None } else { Some(limits(&file.limits)) },
                issuer: file.issuer.unwrap_or(defaults.issuer),
                country: file.country.unwrap_or(defaults.country),
                certificate_days: file.certificate_days.unwrap_or(defaults.certificate_days),
                public_address: file.public_address.map(public_address).transpose()?,
                access_log,
                corrections: file.corrections.unwrap_or(defaults.corrections),
            },
            api_keys: file.api_keys.iter().map(api_key).collect::<anyhow::Result<_>>()?,
            token: file.pkcs11.map(|it| TokenAt {
                module: it.module,
                label: it.token,
                pin_file: it.pin_file,
            }),
        })
    }
}

fn limits(file: &FileLimits) -> Limits {
    let defaults = Limits::default();
    Limits {
        calls_per_address: file.calls_per_address.unwrap_or(defaults.calls_per_address),
        searches_per_sign_in: file.searches_per_sign_in.unwrap_or(defaults.searches_per_sign_in),
        searches_per_day: file.searches_per_day.unwrap_or(defaults.searches_per_day),
        codes_per_mobile: file.codes_per_mobile.unwrap_or(defaults.codes_per_mobile),
        codes_per_address: file.codes_per_address.unwrap_or(defaults.codes_per_address),
        failures_per_minute: file.failures_per_minute.unwrap_or(defaults.failures_per_minute),
        presences_per_day: file.presences_per_day.unwrap_or(defaults.presences_per_day),
        tries_per_code: file.tries_per_code.unwrap_or(defaults.tries_per_code),
    }
}

fn api_key(key: &FileKey) -> anyhow::Result<web::ApiKey> {
    if key.sha256.len() != 64 || hex::decode(&key.sha256).is_err() {
        bail!("api_keys: sha256 must be 64 hex digits");
    }
    let (vaccinator, state) = (key.vaccinator, key.state);
    Ok(web::ApiKey { sha256: key.sha256.clone(), vaccinator, state })
}

/// An address that health cards can name.
fn public_address(address: String) -> anyhow::Result<String> {
    let fits = address.starts_with("https://") && !address.ends_with('/');
    anyhow::ensure!(fits, "public_address is an https address without a slash at its end");
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = toml::from_str::<File>("lisen = \"127.0.0.1:1\"").unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn limits_are_off_only_on_loopback() {
        let common = Common { data: None, database: None, config: None };
        let server = |listen: &str| Server {
            listen: Some(listen.parse().unwrap()),
            messages: None,
            limits: Some("off".to_owned()),
        };
        assert!(Config::read(&common, Some(&server("127.0.0.1:0"))).is_ok());
        assert!(Config::read(&common, Some(&server("0.0.0.0:80"))).is_err());
    }
}
