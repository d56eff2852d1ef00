//! Certificates of every claim, built by hand and signed.

mod claims;
pub(crate) mod hostile;

use ciborium::{Value, cbor};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};

use super::*;
use crate::{dcc::pack, signer::Signer, verdict::Claims};

const ISSUED: i64 = 1_640_000_000;
const EXPIRES: i64 = ISSUED + 86_400 * 730;

/// A signer who may sign what the numbers say: 1 tests, 2 vaccinations, 3 recoveries.
fn signer(usages: &[u64]) -> (Signer, Trust) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CountryName, "AT");
    params.not_before = rcgen::date_time_ymd(2021, 1, 1);
    params.not_after = rcgen::date_time_ymd(2030, 1, 1);
    let usage =
        |usage: &u64| ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 4, 1, 1847, 2021, 1, *usage]);
    params.extended_key_usages = usages.iter().map(usage).collect();
    let pem = params.self_signed(&key).unwrap().pem();
    let signer = Signer::from_pem(&key.serialize_pem(), &pem).unwrap();
    (signer, Trust::from_pem(&pem).unwrap())
}

fn text_of(signer: &Signer, token: &Value) -> String {
    let mut payload = Vec::new();
    ciborium::into_writer(token, &mut payload).unwrap();
    pack(&cose::sign(signer, &payload).unwrap())
}

/// A token around the health claims.
#[expect(clippy::needless_pass_by_value, reason = "each is built for this")]
fn token(health: Value) -> Value {
    cbor!({ 1 => "AT", 4 => EXPIRES, 6 => ISSUED, -260 => health }).unwrap()
}

fn checked(usages: &[u64], token: &Value) -> Checked {
    let (signer, trust) = signer(usages);
    check(&text_of(&signer, token), &trust, ISSUED)
}

fn why(checked: Checked) -> Option<NotValid> {
    checked.err()
}

/// The certificate under claim 1 with an entry in a group.
#[expect(clippy::needless_pass_by_value, reason = "each is built for this")]
fn dcc(group: &str, entry: Value) -> Value {
    let certificate = cbor!({
        "ver" => "1.3.0", "dob" => "1980-02-03", group => [entry],
        "nam" => { "fn" => "Huber", "fnt" => "HUBER", "gn" => "Änne", "gnt" => "AENNE" },
    });
    token(cbor!({ 1 => certificate.unwrap() }).unwrap())
}

fn dose() -> Value {
    cbor!({
        "tg" => "840539006", "vp" => "1119349007", "mp" => "EU/1/20/1528",
        "ma" => "ORG-100030215", "dn" => 1, "sd" => 2, "dt" => "2021-12-01", "co" => "AT",
        "is" => "Ministry of Health", "ci" => "URN:UVCI:01:AT:1"
    })
    .unwrap()
}

fn test() -> Value {
    cbor!({
        "tg" => "840539006", "tt" => "LP217198-3", "ma" => "1232", "sc" => "2021-12-19T10:00:00Z",
        "tr" => "260415000", "tc" => "Test centre Linz", "co" => "AT",
        "is" => "Ministry of Health", "ci" => "URN:UVCI:01:AT:2"
    })
    .unwrap()
}

fn recovery(from: &str, until: &str) -> Value {
    cbor!({
        "tg" => "840539006", "fr" => "2021-10-01", "df" => from, "du" => until, "co" => "AT",
        "is" => "Ministry of Health", "ci" => "URN:UVCI:01:AT:3"
    })
    .unwrap()
}
