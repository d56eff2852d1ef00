use super::*;
use crate::status::WithdrawnIds;

fn good(checked: Checked) -> (Claims, Vec<Caveat>) {
    match checked {
        Ok(answer) => answer,
        Err(why) => panic!("{why}"),
    }
}

#[test]
fn a_signer_signs_only_what_its_certificate_allows() {
    let kinds =
        [(2, "v", dose()), (1, "t", test()), (3, "r", recovery("2021-10-11", "2022-04-01"))];
    for (usage, group, entry) in &kinds {
        let token = dcc(group, entry.clone());
        for by in [1, 2, 3] {
            let expected = (by != *usage).then_some(NotValid::WrongSigner);
            assert_eq!(why(checked(&[by], &token)), expected, "{group} by {by}");
        }
        assert_eq!(why(checked(&[], &token)), None, "{group} by one who may sign anything");
    }
}

#[test]
fn a_test_and_a_recovery_are_read_whole() {
    let (claims, _) = good(checked(&[1], &dcc("t", test())));
    let event = &claims.events[0];
    assert_eq!(claims.name.as_deref(), Some("Änne Huber"));
    assert_eq!(event.kind, EventKind::Test);
    assert_eq!(event.result.as_deref(), Some("260415000"));
    assert_eq!(event.place.as_deref(), Some("Test centre Linz"));
    assert_eq!(event.manufacturer.as_deref(), Some("1232"));
    let (claims, _) = good(checked(&[3], &dcc("r", recovery("2021-10-11", "2022-04-01"))));
    assert_eq!(claims.events[0].kind, EventKind::Recovery);
    assert_eq!(claims.events[0].on.as_deref(), Some("2021-10-01"));
    assert_eq!(claims.events[0].until.as_deref(), Some("2022-04-01"));
}

#[test]
fn a_recovery_counts_from_its_first_day_to_its_last() {
    // It is the 20th of December 2021, 11:33 UTC.
    let out = |from, until| {
        let (_, caveats) = good(checked(&[3], &dcc("r", recovery(from, until))));
        caveats.contains(&Caveat::OutOfTime)
    };
    assert!(!out("2021-12-20", "2021-12-20"));
    assert!(!out("2021-12-21", "2022-01-01"), "it is the 21st already in the east");
    assert!(out("2021-12-22", "2022-01-01"));
    assert!(!out("2021-11-01", "2021-12-19"), "it is the 19th still in the west");
    assert!(out("2021-11-01", "2021-12-18"));
    let odd = checked(&[3], &dcc("r", recovery("soon", "2022-04-01")));
    assert_eq!(why(odd), Some(NotValid::Content));
}

#[test]
fn codes_that_the_value_sets_do_not_list_are_noted() {
    let (signer, mut trust) = signer(&[]);
    let text = text_of(&signer, &dcc("v", dose()));
    let noted = |trust: &Trust| good(check(&text, trust, ISSUED)).1.contains(&Caveat::UnknownCode);
    assert!(!noted(&trust), "without the set nothing is known");
    trust.add_codes("vaccine-medicinal-product".into(), vec!["EU/1/20/1528".into()]);
    assert!(!noted(&trust));
    for set in ["vaccine-prophylaxis", "vaccine-mah-manf", "disease-agent-targeted", "country"] {
        let mut trust = trust.clone();
        trust.add_codes(set.into(), vec!["another".into()]);
        assert!(noted(&trust), "{set}");
    }
}

#[test]
fn one_group_has_one_entry() {
    let two = |token: &mut Value, group: &str, entries: Vec<Value>| {
        let path = [Value::from(-260), 1.into()];
        let certificate = path.iter().fold(token, |value, key| {
            let entries = value.as_map_mut().unwrap();
            &mut entries.iter_mut().find(|(held, _)| held == key).unwrap().1
        });
        certificate.as_map_mut().unwrap().push((group.into(), Value::Array(entries)));
    };
    let mut token = dcc("v", dose());
    two(&mut token, "t", vec![]);
    assert_eq!(why(checked(&[], &token)), None);
    two(&mut token, "r", vec![recovery("2021-10-11", "2022-04-01")]);
    assert_eq!(why(checked(&[], &token)), Some(NotValid::Content));
}

#[test]
fn ddcc_of_a_vaccination_is_read_flat_nested_and_bare() {
    let coded = || cbor!({ "code" => "1119349007", "system" => "http://snomed.info/sct" }).unwrap();
    let flat = cbor!({
        "name" => "Anna Huber", "birthDate" => "1980-02-03", "vaccine" => coded(), "lot" => "A1",
        "brand" => "Comirnaty", "manufacturer" => { "code" => "ORG-100030215" }, "dose" => 1,
        "total_doses" => 2, "date" => "2021-12-01", "country" => { "code" => "AUT" },
        "centre" => "Linz", "hcid" => "H1", "pha" => "Health Authority",
        "valid_from" => "2021-12-02", "valid_until" => "2022-12-02"
    })
    .unwrap();
    let nested = cbor!({
        "name" => "Anna Huber", "birthDate" => "1980-02-03",
        "vaccination" => {
            "vaccine" => coded(), "brand" => "Comirnaty", "lot" => "A1", "date" => "2021-12-01",
            "maholder" => "ORG-100030215", "dose" => 1, "totalDoses" => 2, "centre" => "Linz",
            "country" => "AUT"
        },
        "certificate" => {
            "hcid" => { "value" => "H1" }, "issuer" => { "identifier" => "Health Authority" },
            "period" => { "start" => "2021-12-02", "end" => "2022-12-02" }
        }
    })
    .unwrap();
    let wrapped = |inner: &Value| token(cbor!({ 3 => inner.clone() }).unwrap());
    for token in [wrapped(&flat), wrapped(&nested), flat.clone()] {
        let (claims, caveats) = good(checked(&[2], &token));
        assert_eq!(claims.format, Format::DdccVaccination);
        assert_eq!(claims.issuer, "Health Authority");
        assert_eq!(claims.id.as_deref(), Some("H1"));
        let event = &claims.events[0];
        assert_eq!(event.product.as_deref(), Some("Comirnaty"));
        assert_eq!(event.manufacturer.as_deref(), Some("ORG-100030215"));
        assert_eq!((event.dose_number, event.doses_total), (Some(1), Some(2)));
        assert_eq!(event.country.as_deref(), Some("AUT"));
        assert_eq!(event.until.as_deref(), Some("2022-12-02"));
        assert!(!caveats.contains(&Caveat::OutOfTime));
        assert_eq!(caveats.contains(&Caveat::NoExpiry), claims.expires_at.is_none());
        assert_eq!(why(checked(&[1], &token)), Some(NotValid::WrongSigner));
    }
    let (signer, trust) = signer(&[2]);
    let (_, caveats) = good(check(&text_of(&signer, &flat), &trust, ISSUED + 86_400 * 400));
    assert!(caveats.contains(&Caveat::OutOfTime));
}

#[test]
fn ddcc_of_a_test_is_read() {
    let inner = cbor!({
        "name" => "Anna Huber", "identifier" => "URN:UVCI:01:SG:ABC",
        "test" => {
            "pathogen" => { "code" => "XN109" }, "type" => { "code" => "LP6464-4" },
            "result" => { "code" => "260415000" }, "date" => "2021-12-19T06:15:00Z",
            "centre" => "Laboratory", "country" => { "code" => "SGP" }
        }
    })
    .unwrap();
    for token in [token(cbor!({ 4 => inner.clone() }).unwrap()), inner] {
        let (claims, _) = good(checked(&[1], &token));
        assert_eq!(claims.format, Format::DdccTest);
        assert_eq!(claims.events[0].result.as_deref(), Some("260415000"));
        assert_eq!(claims.id.as_deref(), Some("URN:UVCI:01:SG:ABC"));
        // The token names a country, the bare one's is its signer's; the laboratory comes first.
        assert_eq!(claims.issuer, "Laboratory");
    }
}

#[test]
fn what_is_no_certificate_is_told_apart_from_a_broken_one() {
    let link = token(cbor!({ 5 => ["vhlink:/eyJ1cmwi"] }).unwrap());
    assert_eq!(why(checked(&[], &link)), Some(NotValid::NotACertificate));
    let unknown = token(cbor!({ -7 => { "a" => 1 } }).unwrap());
    assert_eq!(why(checked(&[], &unknown)), Some(NotValid::NotACertificate));
    let both = token(cbor!({ 3 => {}, 4 => {} }).unwrap());
    assert_eq!(why(checked(&[], &both)), Some(NotValid::Content));
    let nothing = cbor!({ 1 => "AT", 4 => EXPIRES, 6 => ISSUED }).unwrap();
    assert_eq!(why(checked(&[], &nothing)), Some(NotValid::Content));
}

#[test]
fn what_has_no_identifier_is_withdrawn_by_the_first_half_of_its_signature() {
    let (signer, mut trust) = signer(&[]);
    let bare = cbor!({ "name" => "Anna", "vaccine" => "X", "date" => "2021-12-01" }).unwrap();
    let text = text_of(&signer, &bare);
    let unpacked = unpack(&text).unwrap();
    let signature = Signed::read(&unpacked).unwrap().signature;
    let mut withdraw = |bytes: &[u8]| {
        trust.add_withdrawn(WithdrawnIds {
            kind: IdKind::Uvci,
            issuer: "AT".into(),
            ids: [(crate::status::bytes_hash(bytes), None)].into(),
            issued_at: ISSUED,
            valid_until: ISSUED,
        });
        why(check(&text, &trust, ISSUED))
    };
    assert_eq!(withdraw(&signature), None);
    assert_eq!(withdraw(&signature[..32]), Some(NotValid::Withdrawn));
}

#[expect(clippy::needless_pass_by_value, reason = "each is built for this")]
fn icvp(names: [&str; 2], dose: Value) -> Value {
    let certificate = cbor!({
        "n" => "Anna Huber", "dob" => "1980-02-03", "s" => "female", names[0] => "AUT",
        names[1] => dose
    });
    token(cbor!({ -6 => certificate.unwrap() }).unwrap())
}

#[test]
fn an_icvp_is_of_one_dose_that_was_given_and_that_someone_answers_for() {
    let dose = |on: &str, by: &str| {
        cbor!({ "vp" => "YellowFever1", "dv" => on, by => "Dr Gruber", "bo" => "A1" }).unwrap()
    };
    let latest = |dose| checked(&[2], &icvp(["nt", "vx"], dose));
    let (claims, _) = good(latest(dose("2021-12-01", "cn")));
    assert_eq!((claims.format, claims.issuer.as_str()), (Format::Icvp, "Dr Gruber"));
    assert_eq!(claims.events[0].lot.as_deref(), Some("A1"));
    assert_eq!(why(latest(dose("2021-12-01", "is"))), None);
    assert_eq!(why(latest(dose("2021-12-01", "other"))), Some(NotValid::Content));
    assert_eq!(why(latest(dose("2021-12-22", "cn"))), Some(NotValid::Content));
    let one = dose("2021-12-01", "cn");
    assert_eq!(why(latest(Value::Array(vec![one.clone()]))), None);
    assert_eq!(why(latest(Value::Array(vec![one.clone(), one]))), Some(NotValid::Content));
}

#[test]
fn an_icvp_of_the_first_revision_has_days_of_validity() {
    let first = |until: &str| {
        let dose = cbor!({
            "vp" => "YellowFever1", "dt" => "2011-12-01", "is" => "AUT", "bo" => "A1",
            "vls" => "2011-12-11", "vle" => until
        });
        let (claims, caveats) = good(checked(&[2], &icvp(["ntl", "v"], dose.unwrap())));
        assert_eq!(claims.events[0].until.as_deref(), Some(until));
        caveats.contains(&Caveat::OutOfTime)
    };
    assert!(!first("2021-12-20"));
    assert!(first("2021-12-11"));
}
