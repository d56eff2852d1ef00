//! Who wraps the keyholder's own keys, by the configuration.

use anyhow::{Context, anyhow};
use keyholder::{
    process::root_with,
    provider::{Provider, file::KeyFile, token::OnToken, transit::Transit},
};
use vault::{
    Safe, Secret, load_or_create_root,
    pkcs11::{Pin, Token},
};

use crate::{
    config::{Config, TransitAt},
    files,
    keys::TokenAt,
};

/// The root key, and who wraps the others: first who wraps what is new.
type Opened = (Secret<[u8; 32]>, Vec<Box<dyn Provider>>);

/// Opens who wraps the keyholder's keys, and has the root key from there.
pub(crate) fn open(config: &Config) -> anyhow::Result<Opened> {
    let file = config.data.join("root.key");
    let set: Option<Box<dyn Provider>> = match (&config.keyholder.token, &config.keyholder.transit)
    {
        (Some(token), _) => Some(Box::new(on_token(token)?)),
        (None, Some(transit)) => Some(Box::new(in_transit(transit)?)),
        (None, None) => None,
    };
    let Some(set) = set else {
        let root = load_or_create_root(&file).context("the root key cannot be used")?;
        let own = KeyFile::new(Safe::new(&root).folder_key());
        return Ok((root, vec![Box::new(own)]));
    };
    // One that was in a file goes on, wrapped.
    let given = if file.exists() {
        tracing::warn!("root.key is wrapped now: keep a copy elsewhere, and take the file away");
        Some(load_or_create_root(&file).context("the root key cannot be used")?)
    } else {
        None
    };
    let folder = super::folder(&config.data);
    let root = root_with(&folder, given, &*set).context("the root key cannot be used")?;
    let own = KeyFile::new(Safe::new(&root).folder_key());
    Ok((root, vec![set, Box::new(own)]))
}

fn on_token(at: &TokenAt) -> anyhow::Result<OnToken> {
    let pin = Pin::load(&at.pin_file)?;
    let token = Token::open(&at.module, &at.label, pin);
    let token = token.context("the token of the keyholder cannot be opened")?;
    OnToken::new(token).context("the token of the keyholder cannot be used")
}

fn in_transit(at: &TransitAt) -> anyhow::Result<Transit> {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let token = files::read_secret(&at.token_file)?;
    let token = Secret::new(token.expose().trim().to_owned());
    Transit::new(&at.url, &at.key, token).map_err(|why| anyhow!("keyholder.transit: {why}"))
}
