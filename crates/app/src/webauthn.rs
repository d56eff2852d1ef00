//! What a browser and an authenticator say when a passkey is made and when it signs in, checked as a
//! relying party must. No input or output, no clock: that a challenge is ours and was not used before is
//! for [`crate::passkey`].
//!
//! # Source
//!
//! W3C, Web Authentication Level 2, sections 7.1 and 7.2. Attestation is "none": which maker built an
//! authenticator is not asked, so nobody is told apart by it.

pub mod authenticator;
pub mod key;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

use self::{
    authenticator::{AuthenticatorData, Made},
    key::PublicKey,
};

/// Who asks for passkeys: an origin, and the name that they are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host that passkeys are bound to.
    pub id: String,
    /// The only origin whose pages may ask for them.
    pub origin: String,
}

impl RelyingParty {
    /// That of an https address; none if it is no such address.
    pub fn of_address(address: &str) -> Option<Self> {
        let authority = address.strip_prefix("https://")?.split('/').next()?;
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let named = host.contains(|c: char| c.is_ascii_alphabetic());
        // A browser names an origin in lower case, and without the port that everybody has.
        let (host, port) = (host.to_ascii_lowercase(), port.parse::<u16>().ok()?);
        let shown = if port == 443 { String::new() } else { format!(":{port}") };
        named.then(|| Self { origin: format!("https://{host}{shown}"), id: host })
    }

    /// That of a server on this computer, for who tries it out.
    pub fn on_loopback(port: u16) -> Self {
        Self { id: "localhost".to_owned(), origin: format!("http://localhost:{port}") }
    }

    /// Whether it is for who tries a server out on this computer.
    pub fn is_loopback(&self) -> bool {
        self.id == "localhost"
    }
}

/// What a browser is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// To make a passkey.
    Make,
    /// To sign in with one.
    Get,
}

impl Ceremony {
    const fn word(self) -> &'static str {
        match self {
            Self::Make => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// Why nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// What the browser said is not what it must say.
    #[error("the browser's part cannot be read")]
    ClientData,
    /// It was said at another occasion.
    #[error("it was made for another purpose")]
    Ceremony,
    /// It was said to another site.
    #[error("it was made for another site")]
    Origin,
    /// What the authenticator said is not what it must say.
    #[error("the authenticator's part cannot be read")]
    AuthenticatorData,
    /// It was made for another relying party.
    #[error("it was made for another relying party")]
    RelyingParty,
    /// Nobody was there, or the authenticator did not check who it was.
    #[error("the authenticator did not check who is there")]
    NotVerified,
    /// A kind of key that is not asked for, or no point of its curve.
    #[error("the key is of another kind")]
    Key,
    /// The signature is not that of the key.
    #[error("the signature is not right")]
    Signature,
}

/// What a browser says of an occasion.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    occasion: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Checks what a browser says, and gives the challenge that it answers, as base64url.
///
/// # Errors
///
/// [`NotProven`] by the first part that is not right.
pub fn check_client_data(
    bytes: &[u8],
    ceremony: Ceremony,
    party: &RelyingParty,
) -> Result<String, NotProven> {
    let said: ClientData = serde_json::from_slice(bytes).map_err(|_| NotProven::ClientData)?;
    if said.occasion != ceremony.word() {
        return Err(NotProven::Ceremony);
    }
    // What a page of another site relays was signed for that site.
    if said.origin != party.origin || said.cross_origin || said.top_origin.is_some() {
        return Err(NotProven::Origin);
    }
    Ok(said.challenge)
}

/// What comes back from `navigator.credentials.create`.
#[derive(Clone, Copy, Debug)]
pub struct Attested<'a> {
    /// `clientDataJSON`.
    pub client_data: &'a [u8],
    /// `attestationObject`.
    pub attestation: &'a [u8],
}

/// Checks a passkey that was made, and gives the challenge that it answers.
///
/// # Errors
///
/// [`NotProven`] by the first part that is not right.
pub fn check_made(made: &Attested<'_>, party: &RelyingParty) -> Result<(String, Made), NotProven> {
    let challenge = check_client_data(made.client_data, Ceremony::Make, party)?;
    let data = authenticator::data_of(made.attestation)?;
    let data = AuthenticatorData::read(&data)?;
    check_authenticator(&data, party)?;
    Ok((challenge, data.made.ok_or(NotProven::AuthenticatorData)?))
}

/// What comes back from `navigator.credentials.get`.
#[derive(Clone, Copy, Debug)]
pub struct Asserted<'a> {
    /// `clientDataJSON`.
    pub client_data: &'a [u8],
    /// `authenticatorData`.
    pub authenticator_data: &'a [u8],
    /// `signature`.
    pub signature: &'a [u8],
}

/// Checks that a passkey signed in; gives the counter that its authenticator shows.
///
/// # Errors
///
/// [`NotProven`] by the first part that is not right.
pub fn check_asserted(
    asserted: &Asserted<'_>,
    key: &PublicKey,
    party: &RelyingParty,
) -> Result<u32, NotProven> {
    check_client_data(asserted.client_data, Ceremony::Get, party)?;
    let data = AuthenticatorData::read(asserted.authenticator_data)?;
    check_authenticator(&data, party)?;
    let mut signed = asserted.authenticator_data.to_vec();
    signed.extend(digest(&SHA256, asserted.client_data).as_ref());
    key.verify(&signed, asserted.signature)?;
    Ok(data.sign_count)
}

fn check_authenticator(data: &AuthenticatorData, party: &RelyingParty) -> Result<(), NotProven> {
    if data.party_digest != digest(&SHA256, party.id.as_bytes()).as_ref() {
        return Err(NotProven::RelyingParty);
    }
    if data.is_present && data.is_verified { Ok(()) } else { Err(NotProven::NotVerified) }
}

#[cfg(test)]
mod tests;
