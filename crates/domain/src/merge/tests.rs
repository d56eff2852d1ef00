use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::{
    id::{DoseId, FacilityId, HomeBucket},
    person::{Gender, IdentityDocument},
    programme::{DoseRule, Interval, Vaccine},
};

fn name(text: &str) -> Name {
    Name::parse(text).ok().unwrap()
}

fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (name(one), name(other));
    assert_eq!(names_agree(&one, &other), names_agree(&other, &one), "both ways");
    names_agree(&one, &other)
}

#[test]
fn a_name_is_the_same_however_it_is_typed() {
    for (one, other) in [
        ("Asha Demo", "asha  DEMO"),
        ("Asha Demo", "Demo, Asha"),
        ("José García", "Jose Garcia"),
        ("O'Brien Anne-Marie", "OBrien Anne Marie"),
        ("K. R. Narayanan", "Kocheril Raman Narayanan"),
        ("S Devi", "Sita Devi"),
        ("सीता देवी", "देवी सीता"),
        // The letter with its dot in one character and in two.
        ("ज\u{93c}ोया", "\u{95b}ोया"),
        ("क्\u{200d}ष", "क्ष"),
        ("ＡＳＨＡ", "Asha"),
        ("İpek", "ipek"),
        ("Sita 😀 Devi", "Sita Devi"),
    ] {
        assert!(agree(one, other), "{one} and {other}");
    }
}

#[test]
fn another_name_does_not_agree() {
    for (one, other) in [
        ("Asha Demo", "Usha Demo"),
        ("Asha Demo", "Asha"),
        ("Ram", "Ram Kumar"),
        ("Asha Asha Demo", "Asha Demo Demo"),
        // A vowel more is another name, and a letter for a letter says nothing.
        ("सीता", "सीत"),
        ("राम", "रमा"),
        ("S D", "Sita Devi"),
        ("R Devi", "Sita Devi"),
        ("Sita Devi", "सीता देवी"),
    ] {
        assert!(!agree(one, other), "{one} and {other}");
    }
    assert!(agree("S D", "D. S."), "what is typed the same is the same");
}

#[test]
fn the_same_person_has_one_year_one_gender_and_one_name() {
    let asha = Details {
        name: name("Asha Demo"),
        birth_year: 1980,
        gender: Gender::Female,
        document: IdentityDocument::parse(1, "123456789012").ok().unwrap(),
        comorbidity: false,
    };
    let document = IdentityDocument::parse(6, "ABCDE1234F").ok().unwrap();
    let also = Details { name: name("DEMO ASHA"), document, comorbidity: true, ..asha.clone() };
    assert_eq!(check_same_person(&asha, &also), Ok(()));
    for other in [
        Details { name: name("Usha Demo"), ..also.clone() },
        Details { birth_year: 1981, ..also.clone() },
        Details { gender: Gender::Others, ..also.clone() },
    ] {
        assert_eq!(check_same_person(&asha, &other), Err(NotMergeable::OtherPerson));
    }
}

fn programme() -> Programme {
    let interval = |min_days| Interval { from: date(2021, 1, 16), min_days, max_days: None };
    let dose = |number, intervals| DoseRule { number, intervals, after_any_vaccine: false };
    let vaccine = |name: &str| Vaccine {
        name: name.to_owned(),
        maker: String::new(),
        series_doses: 2,
        doses: vec![dose(1, vec![]), dose(2, vec![interval(28)]), dose(3, vec![interval(273)])],
    };
    Programme {
        name: String::new(),
        version: String::new(),
        disease_code: String::new(),
        vaccines: vec![vaccine("COVISHIELD"), vaccine("COVAXIN")],
        phases: vec![],
        account_limits: vec![],
        booking_days: 30,
    }
}

fn of(bucket: u16) -> BeneficiaryId {
    BeneficiaryId::draw(HomeBucket(bucket), 1)
}

/// A dose of a record, with an id of its own.
fn dose(id: u128, record: u16, number: u8, given_on: Date) -> Dose {
    Dose {
        id: DoseId(Uuid::from_u128(id)),
        beneficiary: of(record),
        number,
        facility: FacilityId(1),
        appointment: None,
        vaccine: "COVISHIELD".to_owned(),
        lot: "LOT1".to_owned(),
        vaccinator: "Meera Pillai".to_owned(),
        given_on,
        recorded_at: "2021-06-01T09:00:00Z".parse().unwrap(),
    }
}

/// The series of record 1, into which record 2 goes, a day after the last was recorded.
fn merged(goes: &[Dose], stays: &[Dose]) -> Result<Vec<(u128, u8)>, NotMergeable> {
    let now = "2021-06-02T09:00:00Z".parse().unwrap();
    let standing = Standing { birth_year: 1980, comorbidity: false, doses: stays };
    let series = one_series(&programme(), goes, &standing, of(1), now)?;
    assert!(series.iter().all(|dose| dose.beneficiary == of(1)));
    Ok(series.iter().map(|dose| (dose.id.0.as_u128(), dose.number)).collect())
}

const MARCH: Date = date(2021, 3, 1);
const APRIL: Date = date(2021, 4, 1);

#[test]
fn doses_are_numbered_by_date_whichever_record_has_them() {
    let (first, second) = (dose(1, 1, 1, MARCH), dose(2, 2, 1, APRIL));
    assert_eq!(merged(std::slice::from_ref(&second), &[first]), Ok(vec![(1, 1), (2, 2)]));
    let (late, early) = (dose(1, 1, 1, APRIL), dose(2, 2, 1, MARCH));
    assert_eq!(merged(std::slice::from_ref(&early), &[late]), Ok(vec![(2, 1), (1, 2)]));
    assert_eq!(merged(&[early], &[]), Ok(vec![(2, 1)]));
    let third = dose(3, 1, 2, date(2022, 3, 1));
    let between = merged(&[second], &[dose(1, 1, 1, MARCH), third]);
    assert_eq!(between, Ok(vec![(1, 1), (2, 2), (3, 3)]));
}

#[test]
fn a_dose_that_both_records_have_is_one_dose() {
    let lot = "lot1 ".to_owned();
    let twice = Dose { vaccine: "Covishield".to_owned(), lot, ..dose(2, 2, 1, MARCH) };
    let second = dose(3, 2, 2, APRIL);
    assert_eq!(merged(&[twice, second], &[dose(1, 1, 1, MARCH)]), Ok(vec![(1, 1), (3, 2)]));
}

#[test]
fn two_doses_of_a_day_are_refused_unless_they_are_one() {
    let held = [dose(1, 1, 1, MARCH)];
    for other in [
        Dose { lot: "LOT2".to_owned(), ..dose(2, 2, 1, MARCH) },
        Dose { facility: FacilityId(2), ..dose(2, 2, 1, MARCH) },
        Dose { vaccine: "COVAXIN".to_owned(), ..dose(2, 2, 1, MARCH) },
    ] {
        assert_eq!(merged(&[other], &held), Err(NotMergeable::SameDay { on: MARCH }));
    }
}

#[test]
fn doses_that_are_no_series_are_refused_with_the_rule() {
    let held = [dose(1, 1, 1, MARCH)];
    let not = |number, rule| Err(NotMergeable::NotASeries { number, rule });
    let soon = dose(2, 2, 1, date(2021, 3, 28));
    let valid_from = date(2021, 3, 29);
    assert_eq!(merged(&[soon], &held), not(2, NotEligible::TooSoon { valid_from }));
    let other = Dose { vaccine: "COVAXIN".to_owned(), ..dose(2, 2, 1, APRIL) };
    assert_eq!(merged(&[other], &held), not(2, NotEligible::OtherVaccine));
    let foreign = Dose { vaccine: "SINOPHARM".to_owned(), ..dose(2, 2, 1, APRIL) };
    assert_eq!(merged(&[foreign], &held), not(2, NotEligible::NoSuchVaccine));
    let three = [MARCH, APRIL, date(2022, 3, 1)];
    let three: Vec<_> = (1..).zip(three).map(|(n, on)| dose(n.into(), 1, n, on)).collect();
    let fourth = dose(4, 2, 1, date(2023, 3, 1));
    assert_eq!(merged(&[fourth], &three), not(4, NotEligible::Complete));
}

#[test]
fn a_record_without_a_dose_or_with_one_that_can_be_taken_back_stays_as_it_is() {
    let held = [dose(1, 1, 1, MARCH)];
    assert_eq!(merged(&[], &held), Err(NotMergeable::NoDose));
    let recorded_at = "2021-06-02T08:00:01Z".parse().unwrap();
    let until = "2021-06-02T09:00:01Z".parse().unwrap();
    let fresh = Dose { recorded_at, ..dose(2, 2, 1, APRIL) };
    assert_eq!(merged(&[fresh], &held), Err(NotMergeable::Undoable { until }));
    let fresh = Dose { recorded_at, ..held[0].clone() };
    assert_eq!(merged(&[dose(2, 2, 1, APRIL)], &[fresh]), Err(NotMergeable::Undoable { until }));
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is in two records: no dose is lost but one that both have, none is there twice,
        /// and the numbers are 1 to n by date. It does not matter which of the two stays.
        #[test]
        fn no_dose_is_lost_and_none_is_twice(
            one in proptest::collection::btree_set(0_i64..900, 0..4),
            other in proptest::collection::btree_set(0_i64..900, 1..4),
        ) {
            let day = |days: &i64| MARCH.checked_add(days.days()).unwrap();
            let stays: Vec<_> =
                (1..).zip(&one).map(|(n, days)| dose(n.into(), 1, n, day(days))).collect();
            let goes: Vec<_> =
                (1..).zip(&other).map(|(n, days)| dose(u128::from(n) + 9, 2, n, day(days))).collect();
            if let Ok(series) = merged(&goes, &stays) {
                let days = one.union(&other).count();
                prop_assert_eq!(series.len(), days);
                let numbers: Vec<_> = series.iter().map(|dose| usize::from(dose.1)).collect();
                prop_assert_eq!(numbers, (1..=days).collect::<Vec<_>>());
                let turned = merged(&stays, &goes);
                prop_assert!(one.is_empty() || turned.is_ok_and(|all| all.len() == days));
            }
        }

        #[test]
        fn any_name_agrees_with_itself_and_with_its_capitals(text in "\\PC{1,100}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert!(names_agree(&name, &name));
                if let Ok(spaced) = Name::parse(&format!("  {text} ")) {
                    prop_assert!(names_agree(&name, &spaced));
                }
            }
        }
    }
}
