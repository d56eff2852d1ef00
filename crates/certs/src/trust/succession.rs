//! The succession of anchors: a former one says which key is the next. So who holds a former one finds
//! the way to the one that signs now, and need not be brought it.
//!
//! # Shape
//!
//! A compact JWS, `typ` `teeka-anchor+jwt`, `kid` the thumbprint of the former anchor, signed with it.
//! Its payload is `{"jwk": {…}, "issued_at": 1764000000}`: the next anchor, and since when.

use serde_json::{Value, json};

use crate::{
    jws::{self, Jws},
    signature::PublicKey,
    signer::key::{NotSigned, SigningKey},
};

const TYPE: &str = "teeka-anchor+jwt";
/// The most links that are looked at: an anchor a year for as long as a career.
const MOST_LINKS: usize = 32;

/// Says that a key is the next anchor.
///
/// # Units
///
/// `issued_at` is seconds since 1970.
///
/// # Errors
///
/// [`NotSigned`] if the former anchor's key cannot be reached.
pub fn link(
    former: &dyn SigningKey,
    next: &PublicKey,
    issued_at: i64,
) -> Result<String, NotSigned> {
    let header = json!({ "typ": TYPE, "kid": former.public_key().thumbprint() });
    let payload = json!({ "jwk": next.to_jwk(), "issued_at": issued_at });
    jws::sign(former, header, payload.to_string().as_bytes())
}

/// The thumbprint of the anchor that a link says to have been made with.
pub fn former(link: &str) -> Option<String> {
    let jws = Jws::read(link).ok()?;
    jws.text("kid").filter(|_| jws.text("typ") == Some(TYPE)).map(str::to_owned)
}

/// The anchors that follow one by links, in their order, with that one first. A link that none of
/// those before it made says nothing.
pub(super) fn line(anchor: &PublicKey, links: &Value) -> Vec<PublicKey> {
    let mut line = vec![anchor.clone()];
    let links = links.as_array().map_or(&[][..], Vec::as_slice);
    for link in links.iter().take(MOST_LINKS) {
        line.extend(link.as_str().and_then(|link| next(link, &line)));
    }
    line
}

/// The anchor that a link names, if one of these made it.
fn next(link: &str, line: &[PublicKey]) -> Option<PublicKey> {
    let jws = Jws::read(link).ok()?;
    let (kind, former) = (jws.text("typ")?, jws.text("kid")?);
    let maker = line.iter().find(|key| key.thumbprint() == former).filter(|_| kind == TYPE)?;
    jws.verify(maker).ok()?;
    let payload: Value = serde_json::from_slice(&jws.payload).ok()?;
    PublicKey::from_jwk(&payload["jwk"]).ok()
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests {
    use super::*;
    use crate::{
        signature::Scheme,
        signer::key::{LocalKey, make_key},
    };

    fn key() -> LocalKey {
        LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
    }

    fn line_of(anchor: &LocalKey, links: &[&str]) -> Vec<PublicKey> {
        line(anchor.public_key(), &json!(links))
    }

    #[test]
    fn who_holds_a_former_anchor_finds_the_way_to_the_last() {
        let [one, two, three] = [key(), key(), key()];
        let public = [&one, &two, &three].map(|key| key.public_key().clone());
        let (first, second) =
            (link(&one, &public[1], 1).unwrap(), link(&two, &public[2], 2).unwrap());
        assert_eq!(former(&first), Some(public[0].thumbprint()));
        assert_eq!(line_of(&one, &[&first, &second]), public);
        assert_eq!(line_of(&two, &[&first, &second]), public[1..]);
        assert_eq!(line_of(&three, &[&first, &second]), public[2..]);
        assert_eq!(line_of(&one, &[&second]), public[..1], "a link is missing");
    }

    #[test]
    fn nobody_names_the_next_anchor_for_another() {
        let [one, two, thief] = [key(), key(), key()];
        let only = [one.public_key().clone()];
        let true_link = link(&one, two.public_key(), 1).unwrap();
        // Made by another key, and by another key in the name of the first.
        let others = link(&thief, thief.public_key(), 1).unwrap();
        assert_eq!(line_of(&one, &[&others]), only);
        let header = json!({ "typ": TYPE, "kid": only[0].thumbprint() });
        let payload = json!({ "jwk": thief.public_key().to_jwk(), "issued_at": 1 }).to_string();
        let forged = jws::sign(&thief, header, payload.as_bytes()).unwrap();
        assert_eq!(line_of(&one, &[&forged]), only);
        // Something else that the anchor signed is no link.
        let header = json!({ "typ": "teeka-trust+jwt", "kid": only[0].thumbprint() });
        let bundle = jws::sign(&one, header, payload.as_bytes()).unwrap();
        assert_eq!(line_of(&one, &[&bundle]), only);
        assert_eq!(former(&bundle), None);
        for odd in ["", "..", "e30.e30.e30"] {
            assert_eq!(line_of(&one, &[odd]), only);
            assert_eq!(former(odd), None);
        }
        let many = vec![true_link.as_str(); 33];
        assert_eq!(line_of(&one, &many).len(), 33, "no more than so many are looked at");
        assert_eq!(line(&only[0], &json!({ "a": 1 })), only);
    }
}
