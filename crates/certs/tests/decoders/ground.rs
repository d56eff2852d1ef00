//! Who signs here, whose keys are trusted, and a vaccination of a made-up person.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::{
    read::Payload,
    signature::Scheme,
    signer::{
        Signer,
        key::{LocalKey, SigningKey, make_key},
    },
    status::{Bits, IdKind, Purpose, StatusList, WithdrawnIds},
    trust::{IssuerKey, Known, Trust, Use},
    vaccination::{Born, Codes, Gender, Place, Vaccination},
    verdict::{Verdict, told},
    verify::verify,
};
use jiff::civil::date;
use serde_json::Value;

/// When it is: 14 November 2023.
pub(crate) const NOW: i64 = 1_700_000_000;
/// The issuer of the forms that name theirs by an address.
pub(crate) const ISSUER: &str = "https://example.org";
/// The issuer of credentials, and what its key is called.
pub(crate) const DID: &str = "did:web:example.org";
pub(crate) const METHOD: &str = "did:web:example.org#1";
/// The address of the status list.
pub(crate) const LIST: &str = "https://example.org/status/1";
/// The value sets that are at hand.
const SETS: [&str; 4] =
    ["vaccine-prophylaxis", "vaccine-medicinal-product", "test-type", "disease-agent-targeted"];

/// Keys, and who trusts them.
pub(crate) struct Ground {
    pub(crate) signer: Signer,
    pub(crate) key_id: [u8; 8],
    pub(crate) p256: LocalKey,
    pub(crate) ed25519: LocalKey,
    /// The key of a country's authority of seals, PEM.
    pub(crate) authority: String,
    pub(crate) trust: Trust,
}

/// The same for a whole run.
pub(crate) fn ground() -> &'static Ground {
    static GROUND: LazyLock<Ground> = LazyLock::new(Ground::new);
    &GROUND
}

impl Ground {
    fn new() -> Self {
        let (signer_key, certificate) = signer();
        let key = |scheme| LocalKey::from_pem(&make_key(scheme).unwrap()).unwrap();
        let (p256, ed25519) = (key(Scheme::Es256), key(Scheme::EdDsa));
        let authority = make_key(Scheme::Es256).unwrap();
        let seals = LocalKey::from_pem(&authority).unwrap();
        let known = Known::from_pem(&certificate).unwrap();
        let key_id = known.key_id();
        let mut trust = Trust::default();
        trust.add(known);
        for (used_for, issuer, id, key) in [
            (Use::Shc, ISSUER, None, &p256),
            (Use::SdJwt, ISSUER, None, &p256),
            (Use::VdsNc, "UTO", None, &seals),
            (Use::Vc, DID, Some(METHOD.to_owned()), &ed25519),
            (Use::Divoc, ISSUER, None, &ed25519),
        ] {
            let (issuer, key) = (issuer.to_owned(), key.public_key().clone());
            trust.add_issuer(IssuerKey {
                used_for,
                issuer,
                id,
                key,
                not_before: None,
                not_after: None,
            });
        }
        trust.add_status_list(status_list());
        for (kind, issuer) in [
            (IdKind::Uvci, "IN".to_owned()),
            (IdKind::CertificateId, ISSUER.to_owned()),
            (IdKind::Rid, format!("{ISSUER}#{}", p256.public_key().thumbprint())),
        ] {
            trust.add_withdrawn(withdrawn(kind, issuer));
        }
        for set in SETS {
            trust.add_codes(set.to_owned(), vec!["840539006".to_owned()]);
        }
        let signer = Signer::from_pem(&signer_key, &certificate).unwrap();
        Self { signer, key_id, p256, ed25519, authority, trust }
    }

    /// Whether what a code or a file holds is genuine; the answer is told in full.
    pub(crate) fn verified(&self, payload: &Payload) -> bool {
        let verdict = verify(payload, &self.trust, NOW);
        drop(told::json(&verdict, true));
        !matches!(verdict, Verdict::NotValid(_))
    }

    /// The same of a text.
    pub(crate) fn verified_text(&self, text: &str) -> bool {
        self.verified(&Payload::Text(text.to_owned()))
    }
}

/// A signer's key and certificate, which does not say what it may sign: so it may sign anything.
fn signer() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2023, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    params.distinguished_name.push(rcgen::DnType::CountryName, "IN");
    (key.serialize_pem(), params.self_signed(&key).unwrap().pem())
}

/// A status list with one entry set.
pub(crate) fn status_list() -> StatusList {
    let mut bits = Bits::empty(0);
    bits.set(1);
    StatusList {
        url: LIST.to_owned(),
        purpose: Purpose::Revocation,
        bits,
        issued_at: NOW,
        valid_until: NOW + 86_400,
    }
}

/// A list of one withdrawn certificate.
pub(crate) fn withdrawn(kind: IdKind, issuer: String) -> WithdrawnIds {
    let ids = [("00ff".to_owned(), Some(NOW))].into();
    WithdrawnIds { kind, issuer, ids, issued_at: NOW, valid_until: NOW + 86_400 }
}

/// A JWS of a header and a payload, both as they come.
pub(crate) fn jws(key: &LocalKey, header: &Value, payload: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", part(header.to_string().as_bytes()), part(payload));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", part(&signature))
}

/// The SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

/// What a seed is: which kind, and the bytes of it.
pub(crate) fn seed(kind: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    [&[kind], bytes.as_ref()].concat()
}

/// A text of bytes of any kind.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A vaccination whose texts are these, one after another; what is missing is empty.
pub(crate) fn vaccination(texts: &str) -> Vaccination<'_> {
    let mut texts = texts.split('\n');
    let mut next = || texts.next().unwrap_or_default();
    Vaccination {
        id: uuid::Uuid::from_bytes([7; 16]),
        name: next(),
        born: Born::On(date(1980, 2, 3)),
        gender: Gender::Female,
        reference: next(),
        vaccine: next(),
        codes: Codes {
            disease: "840539006",
            icd11: "XM9QW8",
            prophylaxis: next(),
            product: next(),
            manufacturer: next(),
            maker: next(),
            cvx: next(),
        },
        lot: next(),
        vaccinator: next(),
        place: Place { facility: next(), district: next(), state: next(), pincode: 411_001 },
        dose_number: 1,
        doses_total: 2,
        given_on: date(2023, 11, 1),
        country: "IN",
        issuer: "Ministry of Health",
    }
}

/// The texts of a vaccination.
pub(crate) const TEXTS: &str = "Asha \"Āśā\" Demo\n12345678901234\nCOVISHIELD\n29061000087103\n\
    Covishield\nORG-100001981\nSerum Institute of India\n210\n4121Z008\nMeera Pillai\nPHC, Ward 3\n\
    Pune\nMaharashtra";
