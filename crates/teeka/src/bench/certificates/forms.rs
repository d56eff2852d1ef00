//! The forms that are issued, who issues them here, and who is certified: made-up people.

use anyhow::bail;
use app::clock::{Entropy, SystemEntropy};
use certs::{
    dcc,
    divoc::{self, DivocIssuer, Edition},
    icvp,
    read::Payload,
    sd_jwt, shc,
    signature::Scheme,
    signer::{
        Signer,
        key::{LocalKey, SigningKey, make_key},
        make_signer,
    },
    status::{Bits, IdKind, Purpose, StatusList, WithdrawnIds},
    trust::{IssuerKey, Known, Trust, Use},
    vaccination::{Born, Codes, Gender, Place, Vaccination},
    vc::{self, StatusEntry, VcIssuer},
    verdict::Verdict,
    verify::verify,
};
use jiff::civil::date;

use super::printed::LOCAL;

/// When it is: 1 February 2026.
pub(super) const NOW: i64 = 1_769_904_000;
const EXPIRES: i64 = NOW + 365 * 86_400;
const ISSUER: &str = "https://example.org";
const DID: &str = "did:web:example.org";
const METHOD: &str = "did:web:example.org#1";
const LIST: &str = "https://example.org/status/1";
/// How many are on each list of withdrawn certificates.
const WITHDRAWN: u64 = 10_000;

/// A form of certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Dcc,
    Icvp,
    Shc,
    Vc,
    Divoc,
    SdJwt,
}

impl Form {
    pub(super) const ALL: [Self; 6] =
        [Self::Dcc, Self::Icvp, Self::Shc, Self::Vc, Self::Divoc, Self::SdJwt];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Dcc => "EU DCC",
            Self::Icvp => "WHO ICVP",
            Self::Shc => "SMART Health Card",
            Self::Vc => "W3C credential",
            Self::Divoc => "DIVOC, RSA",
            Self::SdJwt => "SD-JWT VC",
        }
    }

    pub(super) const fn scheme(self) -> (Scheme, &'static str) {
        match self {
            Self::Dcc | Self::Icvp | Self::Shc | Self::SdJwt => (Scheme::Es256, "P-256"),
            Self::Vc => (Scheme::EdDsa, "Ed25519"),
            Self::Divoc => (Scheme::Ps256, "RSA 2048"),
        }
    }
}

/// Who issues, and whose keys are trusted.
pub(super) struct Issuers {
    signer: Signer,
    p256: LocalKey,
    ed25519: LocalKey,
    rsa: LocalKey,
    trust: Trust,
}

impl Issuers {
    pub(super) fn new() -> anyhow::Result<Self> {
        let key = |scheme| LocalKey::from_pem(&make_key(scheme)?);
        let (p256, ed25519, rsa) = (key(Scheme::Es256)?, key(Scheme::EdDsa)?, key(Scheme::Ps256)?);
        let new = make_signer("IN", "Ministry of Health", date(2026, 1, 1))?;
        let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem)?;
        let mut trust = Trust::default();
        trust.add(Known::from_pem(&new.certificate_pem)?);
        for (used_for, issuer, id, key) in [
            (Use::Shc, ISSUER, None, &p256),
            (Use::SdJwt, ISSUER, None, &p256),
            (Use::Vc, DID, Some(METHOD.to_owned()), &ed25519),
            (Use::Divoc, ISSUER, None, &rsa),
        ] {
            let (issuer, key) = (issuer.to_owned(), key.public_key().clone());
            let (not_before, not_after) = (None, None);
            trust.add_issuer(IssuerKey { used_for, issuer, id, key, not_before, not_after });
        }
        add_lists(&mut trust, &p256);
        Ok(Self { signer, p256, ed25519, rsa, trust })
    }

    /// The key that a form is signed with.
    pub(super) fn key(&self, form: Form) -> &dyn SigningKey {
        match form {
            Form::Dcc | Form::Icvp => self.signer.key(),
            Form::Shc | Form::SdJwt => &self.p256,
            Form::Vc => &self.ed25519,
            Form::Divoc => &self.rsa,
        }
    }

    /// Issues a certificate of a number: what its code or its file holds, for SD-JWT with all that
    /// may be disclosed.
    pub(super) fn issue(&self, form: Form, number: u64) -> anyhow::Result<Payload> {
        let dose = vaccination(number);
        let key = self.key(form);
        let text = match form {
            Form::Dcc => dcc::issue(&self.signer, &dose, NOW, EXPIRES)?,
            Form::Icvp => icvp::issue(&self.signer, &dose, &travel(), NOW, EXPIRES)?,
            Form::Shc => shc::issue(key, ISSUER, &[dose], NOW)?.numeric,
            Form::Vc => {
                let issuer = VcIssuer { did: DID, verification_method: METHOD, key };
                let purpose = Purpose::Revocation;
                let entry = StatusEntry { list: LIST, purpose, index: index(number) };
                vc::issue(&issuer, &dose, Some(entry), NOW, EXPIRES)?
            }
            Form::Divoc => {
                let until = date(2027, 2, 1);
                return Ok(Payload::Bytes(divoc::issue(&cowin(key), &dose, until, NOW)?));
            }
            Form::SdJwt => {
                let terms = sd_jwt::Terms {
                    issuer: ISSUER,
                    holder: None,
                    status: Some((LIST, index(number))),
                    issued_at: NOW,
                    expires_at: EXPIRES,
                };
                sd_jwt::issue(key, &dose, &terms, salt)?.text()
            }
        };
        Ok(Payload::Text(text))
    }

    /// Checks what was issued here, as a verifier does.
    pub(super) fn check(&self, payload: &Payload) -> anyhow::Result<()> {
        match verify(payload, &self.trust, NOW) {
            Verdict::Valid(_) | Verdict::ValidBut(..) => Ok(()),
            Verdict::NotValid(why) => {
                bail!("a certificate of the measurement does not count: {why}")
            }
        }
    }
}

/// Lists of withdrawn certificates, which those that are issued here are not on.
fn add_lists(trust: &mut Trust, card: &LocalKey) {
    let (issued_at, valid_until) = (NOW, NOW + 86_400);
    let purpose = Purpose::Revocation;
    let url = LIST.to_owned();
    trust.add_status_list(StatusList {
        url,
        purpose,
        bits: Bits::empty(0),
        issued_at,
        valid_until,
    });
    for (kind, issuer) in [
        (IdKind::Uvci, "IN".to_owned()),
        (IdKind::CertificateId, ISSUER.to_owned()),
        (IdKind::Rid, format!("{ISSUER}#{}", card.public_key().thumbprint())),
    ] {
        let ids = (0..WITHDRAWN).map(|number| (format!("{number:032x}"), None)).collect();
        trust.add_withdrawn(WithdrawnIds { kind, issuer, ids, issued_at, valid_until });
    }
}

fn cowin(key: &dyn SigningKey) -> DivocIssuer<'_> {
    DivocIssuer {
        issuer: ISSUER,
        edition: Edition::Second,
        verification_method: "did:india",
        info_url: "https://example.org/certificate/",
        key,
    }
}

const fn travel() -> icvp::Details<'static> {
    icvp::Details {
        revision: icvp::Revision::LATEST,
        nationality: "IND",
        document: Some(("PPN", "Z0000000")),
        guardian: None,
        authority: Some("Ministry of Health"),
    }
}

fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    SystemEntropy::default().fill(&mut salt);
    salt
}

/// An entry of the status list: it has 131,072 at least.
fn index(number: u64) -> usize {
    usize::try_from(number % 131_072).unwrap_or(0)
}

fn vaccination(number: u64) -> Vaccination<'static> {
    let (_, name, facility) = LOCAL[usize::try_from(number % 12).unwrap_or(0)];
    Vaccination {
        id: uuid::Uuid::from_u64_pair(0x7465_656b_6120_8000, number),
        name,
        born: Born::On(date(1980, 2, 3)),
        gender: Gender::Female,
        reference: "12345678901234",
        vaccine: "COVISHIELD",
        codes: Codes {
            disease: dcc::COVID_19,
            icd11: "XM9QW8",
            prophylaxis: "29061000087103",
            product: "Covishield",
            manufacturer: "ORG-100001981",
            maker: "Serum Institute of India",
            cvx: "210",
        },
        lot: "4121Z008",
        vaccinator: "Meera Pillai",
        place: Place { facility, district: "Pune", state: "Maharashtra", pincode: 411_001 },
        dose_number: 2,
        doses_total: 2,
        given_on: date(2026, 1, 15),
        country: "IN",
        issuer: "Ministry of Health",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_genuine_and_another_issuers_is_not() {
        let (ours, others) = (Issuers::new().unwrap(), Issuers::new().unwrap());
        for form in Form::ALL {
            assert_eq!(ours.key(form).scheme(), form.scheme().0, "{form:?}");
            for number in 0..12 {
                let payload = ours.issue(form, number).unwrap();
                assert!(ours.check(&payload).is_ok(), "{form:?} {number}");
                assert!(others.check(&payload).is_err(), "{form:?} {number}");
            }
        }
    }
}
