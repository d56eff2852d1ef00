//! Whether a certificate is genuine, and whether it is its holder's.

use serde_json::Value;

use super::{
    FORMER_HEADER, HEADER, PROOF_HEADER, digest,
    open::{Pieces, open},
};
use crate::{
    jws::{self, Jws},
    signature::PublicKey,
    status::Purpose,
    trust::{Trust, Trusted, Use},
    verdict::{Caveat, Checked, Claims, Event, EventKind, Format, NotValid, Verdict, in_time},
};

/// How old a holder's proof may be, in seconds: it is made when it is asked for.
const PROOF_SECONDS: i64 = 300;

/// What a verifier asked a holder to put into their proof.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who asks.
    pub audience: &'a str,
    /// A number that was never used before, so that a proof that someone else got is of no use.
    pub nonce: &'a str,
}

/// Says whether what a holder shows is genuine and theirs, as asked.
///
/// # Units
///
/// `now` is seconds since 1970.
pub fn verify_presented(text: &str, trust: &Trust, now: i64, asked: &Asked<'_>) -> Verdict {
    check_presented(text.trim(), trust, now, Some(asked)).into()
}

/// Checks a certificate that nothing was asked about: a proof that comes with it must fit, but may
/// be one that was made for someone else.
pub(crate) fn check(text: &str, trust: &Trust, now: i64) -> Checked {
    check_presented(text.trim(), trust, now, None)
}

fn check_presented(text: &str, trust: &Trust, now: i64, asked: Option<&Asked<'_>>) -> Checked {
    let pieces = Pieces::read(text)?;
    let jws = Jws::read(pieces.jwt)?;
    if !matches!(jws.text("typ"), Some(HEADER | FORMER_HEADER)) {
        return Err(NotValid::NotACertificate);
    }
    let payload: Value = serde_json::from_slice(&jws.payload).map_err(|_| NotValid::Packing)?;
    let issuer = payload["iss"].as_str().ok_or(NotValid::Content)?;
    let key = signer_of(&jws, trust, issuer)?;
    let instant = |name| jws::instant(&payload, name);
    let (not_before, expires_at) = (instant("nbf")?, instant("exp")?);
    let issuer = issuer.to_owned();
    let opened = open(payload, &pieces.disclosures)?;
    let issued_at = jws::instant(&opened, "iat")?;
    let claims = read_claims(&opened, issuer, issued_at, expires_at)?;
    let signed_at = issued_at.or(not_before);
    if signed_at.is_some_and(|instant| !key.valid_at(instant)) {
        return Err(NotValid::WrongSigner);
    }
    in_time(issued_at.max(not_before), expires_at, now)?;
    let mut caveats = Vec::new();
    caveats.extend(status(&opened["status"], trust, now)?);
    if !key.valid_at(now) {
        caveats.push(Caveat::ExpiredSigner);
    }
    if expires_at.is_none() {
        caveats.push(Caveat::NoExpiry);
    }
    caveats.extend(holder(&opened["cnf"], &pieces, now, asked)?);
    Ok((claims, caveats))
}

fn signer_of<'a>(jws: &Jws<'_>, trust: &'a Trust, issuer: &str) -> Result<&'a Trusted, NotValid> {
    let named = |key: &&Trusted| match jws.text("kid") {
        Some(id) => key.id.as_deref() == Some(id) || key.thumbprint() == id,
        None => true,
    };
    let ours = |key: &&Trusted| key.issuer == issuer;
    let mut keys = trust.keys(Use::SdJwt, None).filter(ours).filter(named).peekable();
    if keys.peek().is_none() {
        return Err(NotValid::UnknownSigner);
    }
    keys.find(|key| jws.is_by(key.checker())).ok_or(NotValid::Signature)
}

/// What the lists say. The IETF's form of a reference is looked up too, for who holds such a list.
fn status(status: &Value, trust: &Trust, now: i64) -> Result<Option<Caveat>, NotValid> {
    let entry = ["bitstring_status_list", "status_list"].iter().find_map(|name| status.get(name));
    let Some(entry) = entry else { return Ok(Some(Caveat::NoStatusList)) };
    let index = entry["idx"].as_u64().and_then(|index| usize::try_from(index).ok());
    let (uri, index) = entry["uri"].as_str().zip(index).ok_or(NotValid::Content)?;
    trust.lists().at(uri, Purpose::Revocation, index, now)
}

/// Whether the holder proved that it is theirs.
fn holder(
    bound_to: &Value,
    pieces: &Pieces<'_>,
    now: i64,
    asked: Option<&Asked<'_>>,
) -> Result<Option<Caveat>, NotValid> {
    match (pieces.proof, bound_to.is_null()) {
        (None, _) if asked.is_some() => Err(NotValid::Holder),
        (None, false) => Ok(Some(Caveat::NoHolderProof)),
        (None, true) => Ok(None),
        (Some(_), true) => Err(NotValid::Holder),
        (Some(proof), false) => {
            check_proof(proof, bound_to, pieces.proven, now, asked)?;
            // A proof for nobody in particular may have been made for somebody else.
            Ok(asked.is_none().then_some(Caveat::NoHolderProof))
        }
    }
}

/// Checks a holder's proof.
///
/// # Source
///
/// RFC 9901, section 7.3.
fn check_proof(
    proof: &str,
    bound_to: &Value,
    proven: &str,
    now: i64,
    asked: Option<&Asked<'_>>,
) -> Result<(), NotValid> {
    let key = PublicKey::from_jwk(&bound_to["jwk"]).map_err(|_| NotValid::Content)?;
    let bad = |_| NotValid::Holder;
    let jws = Jws::read(proof).map_err(bad)?;
    jws.verify(&key).map_err(|_| NotValid::Holder)?;
    let payload: Value = serde_json::from_slice(&jws.payload).map_err(|_| NotValid::Holder)?;
    let made_at = jws::instant(&payload, "iat").map_err(bad)?.ok_or(NotValid::Holder)?;
    let (audience, nonce) = (payload["aud"].as_str(), payload["nonce"].as_str());
    let answers = match asked {
        Some(asked) => {
            let until = made_at.saturating_add(PROOF_SECONDS);
            audience == Some(asked.audience) && nonce == Some(asked.nonce) && now <= until
        }
        None => audience.is_some() && nonce.is_some(),
    };
    let fits = jws.text("typ") == Some(PROOF_HEADER)
        && payload["sd_hash"] == digest(proven)
        && in_time(Some(made_at), None, now).is_ok();
    if fits && answers { Ok(()) } else { Err(NotValid::Holder) }
}

fn read_claims(
    opened: &Value,
    issuer: String,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
) -> Result<Claims, NotValid> {
    // Whatever else a certificate of this form says, one that does not say this is none of a
    // vaccination.
    if opened["vaccinated"] != true || !opened["vct"].is_string() {
        return Err(NotValid::Content);
    }
    let text = |name: &str| match &opened[name] {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let event = Event {
        kind: EventKind::Vaccination,
        disease: text("disease"),
        product: text("product").or_else(|| text("vaccine")),
        manufacturer: text("manufacturer"),
        lot: text("lot"),
        dose_number: opened["dose_number"].as_i64(),
        doses_total: opened["doses_total"].as_i64(),
        on: text("given_on"),
        place: text("facility"),
        country: text("country"),
        ..Event::default()
    };
    let year = || opened["birth_year"].as_i64().map(|year| format!("{year:04}"));
    Ok(Claims {
        format: Format::SdJwt,
        name: text("name"),
        born: text("birthdate").or_else(year),
        events: vec![event],
        issuer,
        id: text("certificate_id"),
        issued_at,
        expires_at,
    })
}
