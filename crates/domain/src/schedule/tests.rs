use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::{
    id::{BeneficiaryId, DoseId, FacilityId, HomeBucket, SessionId},
    programme::{AccountLimit, DoseRule, Interval, Phase},
    session::SessionState,
};

fn interval(from: Date, min_days: u16) -> Interval {
    Interval { from, min_days, max_days: None }
}

fn dose_rule(number: u8, intervals: Vec<Interval>, after_any_vaccine: bool) -> DoseRule {
    DoseRule { number, intervals, after_any_vaccine }
}

fn programme() -> Programme {
    let vaccine = |name: &str, second: Vec<Interval>| Vaccine {
        name: name.to_owned(),
        maker: String::new(),
        series_doses: 2,
        doses: vec![
            dose_rule(1, vec![], false),
            dose_rule(2, second, false),
            dose_rule(3, vec![interval(date(2022, 1, 10), 273)], name == "CORBEVAX"),
        ],
    };
    let phase = |opens: &str, min_age, max_age, vaccines: &[&str]| Phase {
        name: String::new(),
        opens_at: opens.parse().unwrap(),
        min_age,
        max_age,
        comorbidity_only: false,
        vaccines: vaccines.iter().map(|&v| v.to_owned()).collect(),
        doses: vec![],
    };
    Programme {
        name: "COVID-19".to_owned(),
        version: "test".to_owned(),
        disease_code: "840539006".to_owned(),
        vaccines: vec![
            vaccine(
                "COVISHIELD",
                vec![interval(date(2021, 1, 16), 28), interval(date(2021, 5, 16), 84)],
            ),
            vaccine("COVAXIN", vec![interval(date(2021, 1, 16), 28)]),
            vaccine("CORBEVAX", vec![interval(date(2022, 3, 16), 28)]),
        ],
        phases: vec![
            phase("2021-05-01T00:00:00Z", 18, None, &[]),
            phase("2022-01-01T00:00:00Z", 15, Some(17), &["COVAXIN"]),
        ],
        account_limits: vec![
            AccountLimit { from: date(2021, 1, 1), people: 4 },
            AccountLimit { from: date(2022, 1, 21), people: 6 },
        ],
        booking_days: 30,
    }
}

fn given(number: u8, vaccine: &str, given_on: Date) -> Dose {
    Dose {
        id: DoseId(Uuid::nil()),
        beneficiary: BeneficiaryId::draw(HomeBucket(0), 0),
        number,
        facility: FacilityId(1),
        appointment: None,
        vaccine: vaccine.to_owned(),
        lot: String::new(),
        vaccinator: String::new(),
        given_on,
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

/// What is shown, doses on record, vaccine, dose, day, verdict.
type Case<'a> = (&'a str, &'a [Dose], &'a str, u8, Date, Result<(), NotEligible>);

#[test]
fn a_dose_is_due_in_its_place_and_time() {
    let first = vec![given(1, "COVISHIELD", date(2021, 4, 1))];
    let both =
        vec![given(1, "COVISHIELD", date(2021, 4, 1)), given(2, "COVISHIELD", date(2021, 7, 1))];
    let soon = |valid_from| Err(NotEligible::TooSoon { valid_from });

    #[rustfmt::skip]
    let cases: [Case<'_>; 10] = [
        ("a first dose",               &[],    "covishield", 1, date(2021, 4, 1),  Ok(())),
        ("an unknown vaccine",         &[],    "WATER",      1, date(2021, 4, 1),  Err(NotEligible::NoSuchVaccine)),
        ("a second before the first",  &[],    "COVISHIELD", 2, date(2021, 4, 1),  Err(NotEligible::DoseBeforeMissing { needs: 1 })),
        ("a first again",              &first, "COVISHIELD", 1, date(2021, 8, 1),  Err(NotEligible::AlreadyGiven)),
        ("28 days, the early rule",    &first, "COVISHIELD", 2, date(2021, 4, 29), Ok(())),
        ("27 days, the early rule",    &first, "COVISHIELD", 2, date(2021, 4, 28), soon(date(2021, 4, 29))),
        ("83 days, the later rule",    &first, "COVISHIELD", 2, date(2021, 6, 23), soon(date(2021, 6, 24))),
        ("another vaccine",            &first, "COVAXIN",    2, date(2021, 8, 1),  Err(NotEligible::OtherVaccine)),
        ("a third before it was open", &both,  "COVISHIELD", 3, date(2021, 9, 1),  Err(NotEligible::NotOpen)),
        ("a third of another vaccine", &both,  "CORBEVAX",   3, date(2022, 8, 1),  Ok(())),
    ];
    let programme = programme();
    for (shown, doses, vaccine, number, on, verdict) in cases {
        let standing = Standing { birth_year: 1980, comorbidity: false, doses };
        let answer = check_dose(&programme, &standing, vaccine, number, on).map(|_| ());
        assert_eq!(answer, verdict, "{shown}");
    }
}

#[test]
fn a_session_is_open_to_its_age_group_by_year_of_birth() {
    let session = |vaccine: &str, min_age| Session {
        id: SessionId(Uuid::nil()),
        facility: FacilityId(1),
        on: date(2022, 1, 5),
        vaccine: vaccine.to_owned(),
        min_age,
        max_age: None,
        fee: 0,
        state: SessionState::Open,
        slots: vec![],
        pools: vec![],
    };
    let programme = programme();
    let ask = |birth_year, session: &Session, now: &str| {
        let standing = Standing { birth_year, comorbidity: false, doses: &[] };
        check_session(&programme, &standing, session, 1, now.parse().unwrap())
    };
    let now = "2022-01-02T00:00:00Z";
    assert_eq!(ask(2007, &session("COVAXIN", 15), now), Ok(()));
    assert_eq!(ask(2008, &session("COVAXIN", 15), now), Err(NotEligible::OtherAge { min_age: 15 }));
    assert_eq!(ask(2007, &session("COVISHIELD", 15), now), Err(NotEligible::NotOpen));
    assert_eq!(
        ask(2007, &session("COVAXIN", 15), "2021-12-31T00:00:00Z"),
        Err(NotEligible::NotOpen)
    );
    assert_eq!(programme.people_per_account(date(2022, 1, 20)), 4);
    assert_eq!(programme.people_per_account(date(2022, 1, 21)), 6);
}
