//! What wallets are handed, and how it is known again: codes and tokens, of which the store has
//! digests, and nonces, of which it has nothing until they are used.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use store::{Bump, WalletToken};
use uuid::Uuid;
use vault::{Purpose, Vault};

use crate::Ctx;

/// What is led by this is the digest of a code.
pub(super) const CODE: &[u8] = b"code";
/// And this of a token.
pub(super) const TOKEN: &[u8] = b"token";
const DIGITS: &[u8] = b"transaction code";
const NONCE: &[u8] = b"nonce";
const USED_NONCE: &[u8] = b"used nonce";

/// A code or a token.
///
/// # Shape
///
/// The id of the offer, which carries the bucket where it is kept (16 bytes), and 16 random bytes; as
/// text in base64url, 43 characters.
///
/// # Privacy
///
/// Opens somebody's certificate, so it has no Debug.
pub(super) struct Handed([u8; 32]);

impl Handed {
    /// A code for a new offer.
    pub(super) fn make(vault: &Vault, bucket: u16, ctx: &Ctx) -> Self {
        Self::of(vault.routed_id(bucket, ctx.random()), ctx)
    }

    /// A token for the same offer.
    pub(super) fn another(&self, ctx: &Ctx) -> Self {
        Self::of(self.id().into_bytes(), ctx)
    }

    fn of(id: [u8; 16], ctx: &Ctx) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&id);
        bytes[16..].copy_from_slice(&ctx.random::<16>());
        Self(bytes)
    }

    /// Reads one, if it looks like one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        // One length exactly, before anything is decoded.
        let fits = text.len() == 43
            && URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).is_ok_and(|length| length == 32);
        fits.then_some(Self(bytes))
    }

    pub(super) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(super) fn id(&self) -> Uuid {
        let (id, _) = self.0.split_at(16);
        Uuid::from_slice(id).expect("16 bytes")
    }

    pub(super) fn bucket(&self, vault: &Vault) -> u16 {
        vault.bucket_of(self.id().as_bytes())
    }

    /// What the store has of it, as a code or as a token.
    pub(super) fn digest(&self, vault: &Vault, kind: &[u8]) -> [u8; 32] {
        vault.mac(Purpose::Wallet, &[kind, &self.0])
    }

    /// The token as the store asks for it.
    pub(super) fn as_token(&self, vault: &Vault, now: Timestamp) -> WalletToken {
        let (id, bucket) = (self.id(), self.bucket(vault));
        WalletToken { id, bucket, token: self.digest(vault, TOKEN), at: now }
    }
}

/// What the store has of the six digits of an offer.
pub(super) fn digits(vault: &Vault, offer: Uuid, digits: &str) -> [u8; 32] {
    vault.mac(Purpose::Wallet, &[DIGITS, offer.as_bytes(), digits.as_bytes()])
}

/// Bytes of a nonce before its digest.
const NONCE_BODY: usize = 8 + 16;

/// A nonce that may be used until an instant.
///
/// # Shape
///
/// That instant in seconds since 1970 (8 bytes, big endian), 16 random bytes, and a MAC of both (32);
/// as text in base64url, 75 characters.
pub(super) fn make_nonce(vault: &Vault, until: Timestamp, random: [u8; 16]) -> String {
    let mut bytes = until.as_second().to_be_bytes().to_vec();
    bytes.extend(random);
    let mac = vault.mac(Purpose::Wallet, &[NONCE, &bytes]);
    bytes.extend(mac);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Until when a nonce may be used; none for what is not a nonce of ours.
pub(super) fn read_nonce(vault: &Vault, text: &str) -> Option<Timestamp> {
    let mut bytes = [0; NONCE_BODY + 32];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
    let (body, mac) = bytes.split_at(NONCE_BODY);
    if length != bytes.len() || !vault.mac_matches(Purpose::Wallet, &[NONCE, body], mac) {
        return None;
    }
    let (until, _) = body.split_first_chunk()?;
    Timestamp::from_second(i64::from_be_bytes(*until)).ok()
}

/// The use of a nonce, to be counted: the first one shows 1.
pub(super) fn use_of_nonce(vault: &Vault, nonce: &str, until: Timestamp) -> Bump {
    let key = vault.mac(Purpose::Wallet, &[USED_NONCE, nonce.as_bytes()]);
    // Remembered for longer than it may be used, also where clocks differ.
    let expires_at = until.saturating_add(SignedDuration::from_mins(10)).unwrap_or(until);
    Bump { key, window: until, by: 1, expires_at }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Actor, clock::SeededEntropy};

    fn vault() -> Vault {
        Vault::from_root_key([7; 32])
    }

    fn ctx() -> Ctx {
        let entropy = Arc::new(SeededEntropy::new(1));
        Ctx::new(Actor::Anyone, Timestamp::UNIX_EPOCH, entropy)
    }

    #[test]
    fn a_code_carries_its_offer_and_home_and_is_never_a_token() {
        let (vault, ctx) = (vault(), ctx());
        let code = Handed::make(&vault, 4_711, &ctx);
        let token = code.another(&ctx);
        let read = Handed::read(&code.text()).unwrap();
        assert_eq!((read.id(), read.bucket(&vault)), (code.id(), 4_711));
        assert_eq!(token.id(), code.id());
        let digests =
            [&code, &token].map(|it| [CODE, TOKEN].map(|kind| it.digest(&vault, kind))).concat();
        for (place, digest) in digests.iter().enumerate() {
            assert!(!digests[..place].contains(digest));
        }
        assert_ne!(code.0[16..], token.0[16..], "new random bytes");
        for odd in ["", "é", &code.text()[1..], &format!("{}A", code.text()), &"=".repeat(43)] {
            assert!(Handed::read(odd).is_none(), "{odd}");
        }
        assert!(Handed::read(&"é".repeat(43)).is_none());
    }

    #[test]
    fn digits_count_for_their_offer() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let digest = digits(&vault(), one, "123456");
        assert_eq!(digest, digits(&vault(), one, "123456"));
        assert_ne!(digest, digits(&vault(), other, "123456"));
        assert_ne!(digest, digits(&vault(), one, "123457"));
    }

    #[test]
    fn a_nonce_is_known_again_and_one_of_others_is_not() {
        let until = Timestamp::from_second(1_640_000_000).unwrap();
        let nonce = make_nonce(&vault(), until, [3; 16]);
        assert_eq!((nonce.len(), read_nonce(&vault(), &nonce)), (75, Some(until)));
        assert_eq!(read_nonce(&Vault::from_root_key([8; 32]), &nonce), None);
        for place in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(read_nonce(&vault(), &changed), None, "{place}");
        }
        for odd in ["", "A", "é", &nonce[1..], &format!("{nonce}A"), &"A".repeat(100_000)] {
            assert_eq!(read_nonce(&vault(), odd), None);
        }
    }
}
