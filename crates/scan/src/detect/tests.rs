use super::*;
use crate::{
    Kind,
    context::{self, Near, What},
    label::{Label, Labels},
    word,
};

/// What the first thing in a text is by its shape, with how much of the text it takes.
fn first(text: &str, labels: &[Label]) -> Option<(Kind, u8, String)> {
    let mut words = Vec::new();
    word::find(text, 0, text.len(), &mut words);
    let near = Near { nearest: Labels::of(labels), ..Near::default() };
    (0..words.len()).find_map(|at| {
        let (shape, weight) = best(&words, at, column(near.nearest), |_| near)?;
        let What::Is(kind) = shape.what else { return None };
        let place = words[at].start..words[at + shape.words - 1].end;
        Some((kind, weight.percent, text[place].to_owned()))
    })
}

fn column(labels: Labels) -> Said {
    Said { column: labels, spoken: labels }
}

/// Whether the whole of a text is taken for this kind, as sure as to be reported.
fn is(text: &str, kind: Kind, labels: &[Label]) -> bool {
    first(text, labels).is_some_and(|(found, percent, part)| {
        found == kind && percent >= 50 && part == text.trim_start_matches('+')
    })
}

#[test]
fn mobiles_in_the_ways_people_write_them() {
    let yes = [
        "9829011223",
        "98290 11223",
        "98290-11223",
        "982-901-1223",
        "9829 011 223",
        "+919829011223",
        "+91 98290 11223",
        "+91-9829011223",
        "0091 9829011223",
        "09829011223",
        "91 9829011223",
        "919829011223",
        "९८२९०११२२३",
        "९८२९० ११२२३",
        "98290\u{200b}11223",
        "৯৮২৯০১১২২৩",
        "௯௮௨௯௦௧௧௨௨௩",
        "982901I223",
        "9829O11223",
        "+91 (98290) 11223",
        "6290112233",
        "98290\u{a0}11223",
    ];
    for text in yes {
        assert!(is(text, Kind::Mobile, &[]), "{text}: {:?}", first(text, &[]));
    }
    let no = [
        "5829011223",
        "982901122",
        "98290112234",
        "0141-2227777",
        "1800 180 1551",
        "9829011223.50",
        "98290112.23",
        "12/9829011223/2021",
        "9999999999",
        "2021-2022",
        "98 29 01",
        "A9829011223",
    ];
    for text in no {
        assert!(!is(text, Kind::Mobile, &[]), "{text}: {:?}", first(text, &[]));
    }
}

#[test]
fn a_masked_mobile_is_told_as_masked() {
    for text in ["98XXXXXX23", "XXXXXX1223", "98******23", "98290XXXXX", "98290 XXXXX"] {
        let mut words = Vec::new();
        word::find(text, 0, text.len(), &mut words);
        let shape = mobile::find(&Run::new(&words, 0)).expect(text);
        assert!(shape.masked && shape.words == words.len(), "{text}");
    }
}

#[test]
fn aadhaar_numbers_have_a_check_digit_and_begin_with_two_or_more() {
    for text in
        ["2341 2341 2346", "2341-2341-2346", "234123412346", "२३४१ २३४१ २३४६", "234I 2341 2346"]
    {
        assert!(is(text, Kind::Aadhaar, &[]), "{text}: {:?}", first(text, &[]));
    }
    for text in [
        "2341 2341 2347",
        "1341 2341 2346",
        "2341 23412346",
        "234 123 412 346",
        "23412341234",
        "2341 2341 2346 2341",
        "2341-2341-2346/21",
        "2341.2341.2346",
    ] {
        assert!(!is(text, Kind::Aadhaar, &[]), "{text}: {:?}", first(text, &[]));
    }
    for text in ["XXXX XXXX 2346", "XXXXXXXX2346", "********2346", "xxxx-xxxx-2346"] {
        assert!(is(text, Kind::Aadhaar, &[Label::Aadhaar]), "{text}: {:?}", first(text, &[]));
    }
}

#[test]
fn a_number_of_someone_elses_is_not_an_aadhaar_number() {
    for label in [Label::Transaction, Label::Order, Label::Account, Label::Invoice] {
        assert!(!is("234123412346", Kind::Aadhaar, &[label]), "{label:?}");
    }
    assert!(is("234123412346", Kind::BankAccount, &[Label::Account]));
}

#[test]
fn account_numbers_are_of_persons_by_their_fourth_letter() {
    for text in ["ABCPD1234E", "abcpd1234e", "ABCHD1234E", "ABCPDI234E"] {
        assert!(is(text, Kind::Pan, &[]), "{text}: {:?}", first(text, &[]));
    }
    for text in ["ABCCD1234E", "ABCXD1234E", "ABCD1234E", "ABCPD12345", "ABCPD1234EF", "ABCFD1234E"]
    {
        assert!(!is(text, Kind::Pan, &[]), "{text}: {:?}", first(text, &[]));
    }
    assert!(!is("ABCPD1234E", Kind::Pan, &[Label::Article]));
    assert!(!is("08ABCPD1234E1Z5", Kind::Pan, &[]));
    assert_eq!(first("08ABCPD1234E1Z5", &[]).map(|found| found.0), Some(Kind::Gstin));
}

#[test]
fn cards_and_licences() {
    for (text, kind, label) in [
        ("M1234567", Kind::Passport, Label::Passport),
        ("M 1234567", Kind::Passport, Label::Passport),
        ("ABC1234567", Kind::Epic, Label::Epic),
        ("RJ14 20110012345", Kind::DrivingLicence, Label::Licence),
        ("DL-0420110149646", Kind::DrivingLicence, Label::Licence),
        ("MH-12-2015-0001234", Kind::DrivingLicence, Label::Licence),
        ("RJ 14 CA 1234", Kind::Vehicle, Label::Vehicle),
        ("DL3CAB1234", Kind::Vehicle, Label::Vehicle),
        ("22BH1234AA", Kind::Vehicle, Label::Vehicle),
        ("081234567890", Kind::RationCard, Label::Ration),
        ("RJ-05-010-011-001/123", Kind::JobCard, Label::JobCard),
        ("91-1234-5678-9012", Kind::AbhaNumber, Label::Abha),
        ("12345678901234", Kind::BeneficiaryId, Label::Beneficiary),
        ("0812345678901", Kind::SrfId, Label::Srf),
        ("12345678", Kind::IcmrId, Label::Icmr),
        ("123456789", Kind::BankAccount, Label::Account),
        ("302 001", Kind::PinCode, Label::Pin),
        ("12/03/1980", Kind::BirthDate, Label::Birth),
        ("1980-03-12", Kind::BirthDate, Label::Birth),
        ("12-Mar-1980", Kind::BirthDate, Label::Birth),
        ("१२/०३/१९८०", Kind::BirthDate, Label::Birth),
        ("45", Kind::Age, Label::Age),
        ("4321 8765 4321 8765", Kind::VirtualId, Label::VirtualId),
    ] {
        assert!(is(text, kind, &[label]), "{text}: {:?}", first(text, &[label]));
        assert!(!is(text, kind, &[Label::Invoice]) || kind == Kind::JobCard, "{text}");
    }
}

#[test]
fn what_is_none_of_those() {
    for (text, kind, label) in [
        ("M0234567", Kind::Passport, Label::Passport),
        ("Q1234567", Kind::Passport, Label::Passport),
        ("ABC123456", Kind::Epic, Label::Epic),
        ("XX14 20110012345", Kind::DrivingLicence, Label::Licence),
        ("RJ14 18110012345", Kind::DrivingLicence, Label::Licence),
        ("ZZ14CA1234", Kind::Vehicle, Label::Vehicle),
        ("291234", Kind::PinCode, Label::Pin),
        ("012345", Kind::PinCode, Label::Pin),
        ("32/13/1980", Kind::BirthDate, Label::Birth),
        ("145", Kind::Age, Label::Age),
    ] {
        assert!(!is(text, kind, &[label]), "{text}: {:?}", first(text, &[label]));
    }
}

#[test]
fn addresses_with_an_at_sign() {
    fn kind(text: &str) -> Option<(Kind, bool, &str)> {
        let at = text.find('@').expect("an at sign");
        let found = email::find(text, at, (0, text.len()))?;
        let What::Is(kind) = found.shape.what else { return None };
        Some((kind, found.shape.bare >= 50, &text[found.start..found.end]))
    }
    assert_eq!(kind("<asha.devi@gmail.com>,"), Some((Kind::Email, true, "asha.devi@gmail.com")));
    assert_eq!(kind("dm-jai-rj@nic.in"), Some((Kind::Email, false, "dm-jai-rj@nic.in")));
    assert_eq!(kind("tender.phed@gmail.com"), Some((Kind::Email, false, "tender.phed@gmail.com")));
    assert_eq!(kind("9829011223@ybl"), Some((Kind::Upi, true, "9829011223@ybl")));
    assert_eq!(kind("asha.devi@abdm"), Some((Kind::AbhaAddress, true, "asha.devi@abdm")));
    assert_eq!(kind("rate @ 5"), None);
    assert_eq!(kind("user@host"), Some((Kind::Upi, false, "user@host")));
}

proptest::proptest! {
    #[test]
    fn what_is_read_plainly_is_what_its_detector_says(
        cell in "[0-9]{1,18}|[5-9][0-9]{9}|(\\+91[ -]?|91|0|)[5-9][0-9]{4}[ -]?[0-9]{5}|(\\+91[ -]?|91|0|)[6-9][0-9]{2}[ -][0-9]{3}[ -][0-9]{4}\
                 |[0-9]{5}[ -.][0-9]{5}|[0-9]{4}[ -.][0-9]{4}[ -][0-9]{4}\
                 |[A-Z]{3}[A-HP][A-Z][0-9]{4}[A-Z0-9]|[A-Z]{3}[0-9]{7}|[01]{1,18}\
                 |[0-3][0-9][-/. ][01][0-9][-/.](18|19|20|21)[0-9]{2}|(19|20)[0-9]{2}[-/][01][0-9]-[0-3][0-9]",
        check in 0..10_u8,
    ) {
        // One in ten numbers has a check digit that holds; with another end it has.
        let ended = format!("{}{check}", &cell[..cell.len() - 1]);
        for (cell, kind) in [&cell, &ended].into_iter().flat_map(|cell| Kind::ALL.iter().map(move |kind| (cell, *kind))) {
            let Some(percent) = plain::percent(kind, cell.as_bytes()) else { continue };
            let said = context::wanted(kind);
            let near = Near { nearest: said, window: said, ..Near::default() };
            let mut words = Vec::new();
            word::find(cell, 0, cell.len(), &mut words);
            let (shape, weight) = best(&words, 0, column(said), |_| near).expect("a shape");
            proptest::prop_assert_eq!(shape.what, What::Is(kind));
            proptest::prop_assert_eq!(shape.words, words.len());
            proptest::prop_assert_eq!((weight.percent, weight.labelled), (percent, true));
            proptest::prop_assert!(!shape.masked);
        }
    }
}

#[test]
fn a_column_asks_for_one_kind_or_is_read_in_full() {
    let of = |labels: &[Label]| asked(Labels::of(labels));
    assert_eq!(of(&[Label::Phone]), Some(Kind::Mobile));
    assert_eq!(of(&[Label::Aadhaar]), Some(Kind::Aadhaar));
    assert_eq!(of(&[Label::Account, Label::Name]), Some(Kind::BankAccount));
    for several in [
        &[Label::Mobile, Label::Aadhaar][..],
        &[Label::Mobile, Label::Office],
        &[Label::Other],
        &[],
    ] {
        assert_eq!(of(several), None, "{several:?}");
    }
}
