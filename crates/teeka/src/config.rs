//! One configuration file, the environment and the command line, in rising order. Every key is
//! checked at the start; docs/configuration.md lists them.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, bail};
use app::{
    settings::{Limits, Settings, StaffSignIn},
    webauthn::RelyingParty,
};
use certs::signer::Names;
use ledger::{note::KeyRing, witnessed::Publishing};
use serde::Deserialize;

use crate::{cosign::peer::PeerAt, keyholder, keys::TokenAt};

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
    /// Socket of a keyholder that runs by itself (default: one is started)
    #[arg(long, env = "TEEKA_KEYHOLDER", value_name = "SOCKET")]
    pub(crate) keyholder: Option<PathBuf>,
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
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
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
    staff_sign_in: Option<String>,
    security_contact: Option<String>,
    corrections: Option<u8>,
    sessions_need_two: bool,
    keeps_stock: bool,
    erasure_days: Option<u16>,
    erasures_need_two: bool,
    limits: FileLimits,
    api_keys: Vec<FileKey>,
    pkcs11: Option<FileToken>,
    keyholder: FileKeyholder,
    witnesses: Vec<PeerAt>,
    witness_quorum: Option<usize>,
    exposure: ExposureAt,
}

/// What `teeka expose` works in, if it is shown here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExposureAt {
    /// The folder of the sweep.
    pub(crate) sweep: Option<PathBuf>,
    /// The folder that holds those of cases.
    pub(crate) cases: Option<PathBuf>,
}

/// The process that has the keys that wrap people's keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileKeyholder {
    socket: Option<PathBuf>,
    servers: Vec<u32>,
    log: Option<PathBuf>,
    indexes_a_day: Option<u64>,
    pkcs11: Option<FileToken>,
    transit: Option<TransitAt>,
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
    /// The address that passkeys are bound to, if the platform has one that leads to it.
    pub(crate) passkeys_at: Option<String>,
    pub(crate) api_keys: Vec<web::ApiKey>,
    pub(crate) token: Option<TokenAt>,
    pub(crate) security_contact: Option<String>,
    pub(crate) keyholder: KeyholderAt,
    pub(crate) witnesses: Witnesses,
    pub(crate) exposure: ExposureAt,
    /// The file that this was read from.
    pub(crate) file: Option<PathBuf>,
}

/// Which keyholder, and what it stands on.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyholderAt {
    /// The socket of one that runs by itself.
    pub(crate) socket: Option<PathBuf>,
    /// The users of servers that may ask it.
    pub(crate) servers: Vec<u32>,
    /// The folder of the public log, if that is not in the data folder.
    pub(crate) log: Option<PathBuf>,
    /// How many blind indexes of a column a server has in a day, if not as many as usual.
    pub(crate) indexes_a_day: Option<u64>,
    /// A token that wraps its keys.
    pub(crate) token: Option<TokenAt>,
    /// A transit engine that wraps its keys.
    pub(crate) transit: Option<TransitAt>,
}

/// Who cosigns the checkpoints of the logs, and how many of them are enough.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witnesses {
    /// Each of them.
    pub(crate) peers: Vec<PeerAt>,
    /// How many must have cosigned.
    pub(crate) quorum: usize,
}

impl Witnesses {
    fn of(peers: Vec<PeerAt>, quorum: Option<usize>) -> anyhow::Result<Self> {
        let quorum = quorum.unwrap_or(peers.len());
        anyhow::ensure!(
            quorum <= peers.len() && (quorum > 0 || peers.is_empty()),
            "witness_quorum is from 1 to the number of witnesses"
        );
        let ring = KeyRing::new(peers.iter().map(|peer| peer.key.0.clone()));
        let ring = ring.context("witnesses")?;
        anyhow::ensure!(ring.keys().len() == peers.len(), "witnesses: one is named twice");
        Ok(Self { peers, quorum })
    }

    fn publishing(&self) -> Publishing {
        if self.peers.is_empty() { Publishing::AtOnce } else { Publishing::Cosigned }
    }
}

/// A transit engine of Vault or `OpenBao`, and how it is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransitAt {
    /// Its address.
    pub(crate) url: String,
    /// The name of the key.
    pub(crate) key: String,
    /// The file of the token.
    pub(crate) token_file: PathBuf,
}

/// The address when none is given.
const LISTEN: &str = "127.0.0.1:8080";

impl Config {
    /// The names that stand in certificates of keys.
    pub(crate) fn names(&self) -> Names<'_> {
        Names { country: &self.settings.country, issuer: &self.settings.issuer }
    }

    /// Where the keyholder listens: unless it runs by itself, in a folder of its own below that for
    /// temporary files, as not every disk that holds data can hold a socket.
    pub(crate) fn socket(&self) -> PathBuf {
        let own = || keyholder::own_folder(&self.data).join("socket");
        self.keyholder.socket.clone().unwrap_or_else(own)
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
        let [access_log, release_log] =
            ["log/accesses", "log/releases"].map(|log| Some(data.join(log)));
        let rolls = Some(data.join("rolls"));
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
        let address = file.public_address.map(public_address).transpose()?;
        let staff_sign_in =
            staff_sign_in(file.staff_sign_in.as_deref(), address.as_deref(), listen)?;
        let witnesses = Witnesses::of(file.witnesses, file.witness_quorum)?;
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
            passkeys_at: address.clone(),
            security_contact: file.security_contact.map(security_contact).transpose()?,
            settings: Settings {
                limits: if off { None } else { Some(limits(&file.limits)) },
                issuer: file.issuer.unwrap_or(defaults.issuer),
                country: file.country.unwrap_or(defaults.country),
                certificate_days: file.certificate_days.unwrap_or(defaults.certificate_days),
                public_address: address,
                staff_sign_in,
                access_log,
                release_log,
                rolls,
                publishing: witnesses.publishing(),
                corrections: file.corrections.unwrap_or(defaults.corrections),
                sessions_need_two: file.sessions_need_two,
                keeps_stock: file.keeps_stock,
                erasure_days: file.erasure_days.unwrap_or(defaults.erasure_days),
                erasures_need_two: file.erasures_need_two,
            },
            api_keys: file.api_keys.iter().map(api_key).collect::<anyhow::Result<_>>()?,
            token: file.pkcs11.map(token_at),
            keyholder: keyholder_at(common.keyholder.clone(), file.keyholder)?,
            witnesses,
            exposure: file.exposure,
            file: common.config.clone(),
        })
    }
}

fn token_at(file: FileToken) -> TokenAt {
    TokenAt { module: file.module, label: file.token, pin_file: file.pin_file }
}

fn keyholder_at(given: Option<PathBuf>, file: FileKeyholder) -> anyhow::Result<KeyholderAt> {
    let both = file.pkcs11.is_some() && file.transit.is_some();
    anyhow::ensure!(
        !both,
        "keyholder: keys are wrapped by a token or by a transit engine, not both"
    );
    Ok(KeyholderAt {
        socket: given.or(file.socket),
        servers: file.servers,
        log: file.log,
        indexes_a_day: file.indexes_a_day,
        token: file.pkcs11.map(token_at),
        transit: file.transit,
    })
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

/// A way to reach who mends weaknesses, as `security.txt` names it.
fn security_contact(contact: String) -> anyhow::Result<String> {
    let fits = ["https://", "mailto:", "tel:"].iter().any(|scheme| contact.starts_with(scheme));
    let plain = !contact.contains(|c: char| c.is_control() || c.is_whitespace());
    anyhow::ensure!(fits && plain, "security_contact is mailto:, https:// or tel:");
    Ok(contact)
}

/// What staff sign in with: if nothing is said, a passkey or an app where there is an address that
/// passkeys can be bound to.
fn staff_sign_in(
    word: Option<&str>,
    address: Option<&str>,
    listen: SocketAddr,
) -> anyhow::Result<StaffSignIn> {
    let Some(word) = word else {
        let bound = address.and_then(RelyingParty::of_address).is_some();
        return Ok(if bound { StaffSignIn::PasskeyOrTotp } else { StaffSignIn::Otp });
    };
    let named = StaffSignIn::ALL.into_iter().find(|one| one.word() == word);
    let asks = named.context("staff_sign_in is passkey, passkey_or_totp or otp")?;
    let bound = address.and_then(RelyingParty::of_address).is_some() || listen.ip().is_loopback();
    anyhow::ensure!(
        bound || asks != StaffSignIn::Passkey,
        "staff_sign_in = \"passkey\" needs a public_address whose host has a name"
    );
    Ok(asks)
}

/// An address that health cards can name.
fn public_address(address: String) -> anyhow::Result<String> {
    let fits = address.starts_with("https://") && !address.ends_with('/');
    anyhow::ensure!(fits, "public_address is an https address without a slash at its end");
    Ok(address)
}

#[cfg(test)]
mod tests {
    use ledger::note::{Algorithm, LocalKey, SigningKey};

    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = toml::from_str::<File>("lisen = \"127.0.0.1:1\"").unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn witnesses_are_enough_and_each_is_named_once() {
        let key = "w1+5d16e8a4+BA==";
        let read = |text: &str| {
            let file: File = toml::from_str(text)?;
            Witnesses::of(file.witnesses, file.witness_quorum)
        };
        let peer = |seed: u8, url: &str| {
            let key = LocalKey::from_seed("w.example", Algorithm::CosignatureV1, &[seed; 32]);
            format!("[[witnesses]]\nurl = '{url}'\nkey = '{}'\n", key.unwrap().verifier())
        };
        let (one, two) = (peer(1, "http://127.0.0.1:1"), peer(2, "https://w.example/x/"));
        assert_eq!(read(&format!("{one}{two}")).unwrap().quorum, 2);
        assert_eq!(read(&format!("witness_quorum = 1\n{one}{two}")).unwrap().quorum, 1);
        assert_eq!(read("").unwrap().publishing(), Publishing::AtOnce);
        for bad in [
            format!("witness_quorum = 0\n{one}"),
            format!("witness_quorum = 2\n{one}"),
            "witness_quorum = 1\n".to_owned(),
            format!("{one}{one}"),
            peer(1, "ftp://w.example"),
            peer(1, "https://w.example/?a"),
            format!("[[witnesses]]\nurl = 'http://127.0.0.1:1'\nkey = '{key}'\n"),
        ] {
            assert!(read(&bad).is_err(), "{bad}");
        }
        // A log's key is no witness's.
        let log = LocalKey::from_seed("w.example", Algorithm::Ed25519, &[1; 32]).unwrap();
        let log =
            format!("[[witnesses]]\nurl = 'http://127.0.0.1:1'\nkey = '{}'\n", log.verifier());
        assert!(read(&log).is_err());
    }

    #[test]
    fn staff_sign_in_is_as_safe_as_the_address_lets_it_be() {
        let (here, there) = ("127.0.0.1:80".parse().unwrap(), "10.0.0.1:80".parse().unwrap());
        let address = Some("https://teeka.example");
        let read = |word, address, listen| staff_sign_in(word, address, listen).ok();
        assert_eq!(read(None, address, there), Some(StaffSignIn::PasskeyOrTotp));
        assert_eq!(read(None, None, there), Some(StaffSignIn::Otp));
        assert_eq!(read(None, Some("https://10.0.0.1"), there), Some(StaffSignIn::Otp));
        for asks in StaffSignIn::ALL {
            assert_eq!(read(Some(asks.word()), address, there), Some(asks));
            assert_eq!(read(Some(asks.word()), None, here), Some(asks));
        }
        assert_eq!(read(Some("passkey"), None, there), None, "bound to nothing");
        assert_eq!(read(Some("password"), address, there), None);
    }

    #[test]
    fn limits_are_off_only_on_loopback() {
        let common = Common { data: None, database: None, config: None, keyholder: None };
        let server = |listen: &str| Server {
            listen: Some(listen.parse().unwrap()),
            messages: None,
            limits: Some("off".to_owned()),
        };
        assert!(Config::read(&common, Some(&server("127.0.0.1:0"))).is_ok());
        assert!(Config::read(&common, Some(&server("0.0.0.0:80"))).is_err());
    }
}
