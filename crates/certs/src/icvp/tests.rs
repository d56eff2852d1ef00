use ciborium::Value;
use jiff::civil::date;

use super::*;
use crate::{
    hcert::{check, cose::Signed, unpack},
    signer::make_signer,
    trust::Trust,
    vaccination::tests::vaccination,
    verdict::Format,
};

const ISSUED: i64 = 1_640_000_000;
const EXPIRES: i64 = ISSUED + 86_400 * 365;
const DETAILS: Details<'_> = Details {
    revision: Revision::LATEST,
    nationality: "IND",
    document: Some(("PPN", "X0000000")),
    guardian: None,
    authority: Some("IND"),
};

fn signer() -> (Signer, Trust) {
    let new = make_signer("IN", "Ministry of Health", date(2021, 1, 1)).unwrap();
    let trust = Trust::from_pem(&new.certificate_pem).unwrap();
    (Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap(), trust)
}

fn yellow_fever(name: &str) -> Vaccination<'_> {
    let mut vaccination = vaccination(name);
    vaccination.born = Born::On(date(1980, 2, 3));
    vaccination.codes.product = "YellowFeverProductd8a09f80301dc05e124f99ffe7711fc0";
    vaccination
}

#[test]
fn a_certificate_of_any_revision_comes_back_as_it_was_issued() {
    let (signer, trust) = signer();
    for revision in Revision::ALL {
        for (name, said) in [
            ("सीता देवी", "SITA DEVI"),
            ("O'Brien \"Bob\" 🙂", "O'Brien \"Bob\" 🙂"),
            ("José Núñez", "José Núñez"),
        ] {
            let vaccination = yellow_fever(name);
            let details = Details { revision, ..DETAILS };
            let text = issue(&signer, &vaccination, &details, ISSUED, EXPIRES).unwrap();
            let Ok((claims, _)) = check(&text, &trust, ISSUED) else { panic!("{revision:?}") };
            assert_eq!(claims.format, Format::Icvp);
            assert_eq!(claims.name.as_deref(), Some(said));
            assert_eq!(claims.born.as_deref(), Some("1980-02-03"));
            assert_eq!(claims.id, Some(vaccination.uvci()));
            assert_eq!(claims.issuer, "IND");
            let event = &claims.events[0];
            assert_eq!(event.product.as_deref(), Some(vaccination.codes.product));
            assert_eq!(event.lot.as_deref(), Some("4121Z008"));
            assert_eq!(event.on.as_deref(), Some("2021-12-01"));
        }
    }
}

/// The names of the fields, outside and of the dose.
fn names(revision: Revision) -> (Vec<String>, Vec<String>) {
    let (signer, _) = signer();
    let details = Details { revision, guardian: Some("Ravi"), ..DETAILS };
    let text = issue(&signer, &yellow_fever("Anna"), &details, ISSUED, EXPIRES).unwrap();
    let unpacked = unpack(&text).unwrap();
    let payload = Signed::read(&unpacked).unwrap().payload;
    let token: Value = ciborium::from_reader(&*payload).unwrap();
    let entry = |value: &Value, key: Value| {
        let entries = value.as_map().unwrap();
        entries.iter().find(|(held, _)| *held == key).map(|(_, value)| value.clone()).unwrap()
    };
    let certificate = entry(&entry(&token, (-260).into()), (-6).into());
    let dose = entry(&certificate, revision.names().vaccination.into());
    let names = |value: Value| {
        let entries = value.into_map().unwrap().into_iter();
        let mut names: Vec<_> = entries.map(|(key, _)| key.into_text().unwrap()).collect();
        names.sort();
        names
    };
    (names(certificate), names(dose))
}

#[test]
fn each_revision_has_its_own_names() {
    let (first, dose) = names(Revision::First);
    assert_eq!(first, ["dob", "gn", "n", "ndt", "nid", "ntl", "s", "v"]);
    assert_eq!(dose, ["bo", "cn", "dt", "is", "vp"]);
    let (second, dose) = names(Revision::Second);
    assert_eq!(second, ["dob", "dt", "gn", "id", "n", "nt", "s", "v", "vx"]);
    assert_eq!(dose, ["bo", "cn", "dt", "is", "vp"]);
    let (third, dose) = names(Revision::Third);
    assert_eq!(third, second);
    assert_eq!(dose, ["bo", "cn", "dv", "is", "vp"]);
}

#[test]
fn what_the_form_asks_for_and_is_not_there_is_said() {
    let (signer, _) = signer();
    let refused = |vaccination: &Vaccination<'_>, details: &Details<'_>| {
        issue(&signer, vaccination, details, ISSUED, EXPIRES).err()
    };
    let good = yellow_fever("Anna");
    assert_eq!(refused(&good, &DETAILS), None);
    let year = Vaccination { born: Born::Year(1980), ..good.clone() };
    assert_eq!(refused(&year, &DETAILS), Some(NotIssued::BirthDate));
    let mut uncoded = good.clone();
    uncoded.codes.product = "";
    assert_eq!(refused(&uncoded, &DETAILS), Some(NotIssued::Product));
    assert_eq!(refused(&Vaccination { lot: " ", ..good.clone() }, &DETAILS), Some(NotIssued::Lot));
    let nobody = Vaccination { vaccinator: "", ..good.clone() };
    assert_eq!(refused(&nobody, &DETAILS), None);
    let neither = Details { authority: None, ..DETAILS };
    assert_eq!(refused(&nobody, &neither), Some(NotIssued::Issuer));
    for nationality in ["IN", "ind", "INDI", "भ"] {
        let details = Details { nationality, ..DETAILS };
        assert_eq!(refused(&good, &details), Some(NotIssued::Nationality), "{nationality}");
    }
}
