//! What is given for travel, from the form to the border: sealed, on the certificate for travel and
//! on no other, signed for the WHO's code, and gone when it no longer goes with what else is known.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{io::Read, process::Command};

use app::{
    Actor, Error,
    certificates::{Paper, Variant},
    correction::Change,
    doses::Given,
    settings::Settings,
};
use certs::{
    read::{Payload, payloads},
    verdict::{Claims, Format, NotValid, Verdict},
    verify::verify_text,
};
use domain::{
    id::BeneficiaryId,
    person::Name,
    travel::{BadTravelDetail, Nationality, PassportNumber, TravelDetails, parse_guardian},
};
use flate2::read::ZlibDecoder;
use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use store::{NotKept, StaffRole};
use testkit::world::{Engine, World, first_dose};

const MOBILE: &str = "7500000001";
const ABROAD: Paper =
    Paper { language: app::certificates::Language::Hindi, variant: Variant::International };

fn travel(born_on: Date, passport: &str) -> TravelDetails {
    TravelDetails {
        born_on,
        passport: PassportNumber::parse(passport).unwrap_or_else(|why| panic!("{why}")),
        nationality: Nationality::parse("NPL").unwrap_or_else(|why| panic!("{why}")),
        guardian: None,
    }
}

fn born_in_1980() -> TravelDetails {
    travel(date(1980, 2, 29), "k 1234567")
}

/// A world where somebody born in 1980 has a first dose.
async fn world(engine: Engine) -> Option<(World, BeneficiaryId)> {
    let world = World::on(engine, 31, Settings { limits: None, ..Settings::default() }).await?;
    let id = world.enrol(MOBILE, 1).await.unwrap();
    let given =
        Given { lot: "4121Z001", vaccinator: "मीरा पिल्लै", ..first_dose(1) };
    world.give(MOBILE, id, &given).await;
    Some((world, id))
}

/// What an offline verifier says of a code now.
async fn said(world: &World, code: &Payload) -> Verdict {
    let Payload::Text(text) = code else { panic!("a text") };
    verify_text(text, &world.bundle().await.trust, world.now().as_second())
}

async fn valid(world: &World, code: &Payload) -> Claims {
    match said(world, code).await {
        Verdict::Valid(claims) => claims,
        Verdict::ValidBut(_, caveats) => panic!("{caveats:?}"),
        Verdict::NotValid(why) => panic!("{why:?}"),
    }
}

async fn given_printed_withdrawn_and_gone(engine: Engine) {
    let Some((world, id)) = world(engine).await else { return };
    let (platform, resident) = (&world.platform, world.resident(MOBILE));
    let before = platform.my_certificate(&resident, id, ABROAD).await.unwrap();
    assert_eq!(payloads(&before).len(), 1, "nothing is given yet");
    assert!(matches!(platform.my_icvp(&resident, id, None).await, Err(Error::Invalid(_))));

    let given = TravelDetails { guardian: Name::parse("Ravi Demo").ok(), ..born_in_1980() };
    platform.put_travel_details(&resident, id, &given).await.unwrap();
    let held = platform.my_travel_details(&resident, id).await.unwrap().unwrap();
    assert!(held == given && held.passport.text() == "K1234567");
    let record = platform.store().person(id).await.unwrap().unwrap();
    let sealed = record.beneficiary.travel.unwrap();
    let guardian = sealed.guardian.unwrap();
    for field in [sealed.born_on, sealed.passport, sealed.nationality, guardian] {
        for plain in [b"1980".as_slice(), b"K1234567", b"NPL", b"Ravi"] {
            assert!(!field.windows(plain.len()).any(|part| part == plain), "sealed");
        }
    }

    let abroad = payloads(&platform.my_certificate(&resident, id, ABROAD).await.unwrap());
    let [eu, who] = &abroad[..] else { panic!("{} codes", abroad.len()) };
    let (eu, who_says) = (valid(&world, eu).await, valid(&world, who).await);
    assert_eq!((eu.format, who_says.format), (Format::Dcc, Format::Icvp));
    assert_eq!(eu.id, who_says.id);
    assert_eq!(who_says.born.as_deref(), Some("1980-02-29"));
    assert_eq!(who_says.issuer, "IND");
    assert_eq!(who_says.events[0].lot.as_deref(), Some("4121Z001"));
    assert_eq!(who_says.expires_at, eu.expires_at);
    let home = platform.my_certificate(&resident, id, Paper::default()).await.unwrap();
    assert_eq!(payloads(&home).len(), 1, "at home it tells no more than before");

    // A corrected name leaves them; the code that was signed before is withdrawn with the rest.
    world.advance(SignedDuration::from_hours(1));
    let named = Change { name: Some(Name::parse("आशा Demo").unwrap()), ..Change::default() };
    let resident = world.resident(MOBILE);
    platform.correct_my_details(&resident, id, &named, None).await.unwrap();
    assert!(said(&world, who).await == Verdict::NotValid(NotValid::Withdrawn));
    let text = Payload::Text(platform.my_icvp(&resident, id, None).await.unwrap());
    assert_eq!(valid(&world, &text).await.name.as_deref(), Some("ASHA DEMO"));
    let picture = platform.my_icvp_picture(&resident, id, None).await.unwrap();
    assert_eq!(valid(&world, &payloads(&picture)[0]).await.format, Format::Icvp);

    // A corrected year takes them with it.
    let aged = Change { birth_year: Some(1981), ..Change::default() };
    platform.correct_my_details(&resident, id, &aged, None).await.unwrap();
    assert!(platform.my_travel_details(&resident, id).await.unwrap().is_none());
    assert!(matches!(platform.my_icvp(&resident, id, None).await, Err(Error::Invalid(_))));
    let again = platform.put_travel_details(&resident, id, &born_in_1980()).await;
    assert!(matches!(again, Err(Error::BadTravelDetail(BadTravelDetail::OtherBirthYear))));
    let right = travel(date(1981, 3, 1), "AB123456");
    platform.put_travel_details(&resident, id, &right).await.unwrap();
    for _ in 0..2 {
        platform.remove_travel_details(&resident, id).await.unwrap();
        assert!(platform.my_travel_details(&resident, id).await.unwrap().is_none());
    }
    let page = platform.my_certificate(&resident, id, ABROAD).await.unwrap();
    assert_eq!(payloads(&page).len(), 1);
}

#[tokio::test]
async fn details_for_travel_are_given_and_go_inside_the_program() {
    given_printed_withdrawn_and_gone(Engine::Embedded).await;
}

#[tokio::test]
async fn details_for_travel_are_given_and_go_on_postgresql() {
    given_printed_withdrawn_and_gone(Engine::Postgres).await;
}

#[tokio::test]
async fn details_for_travel_are_given_and_go_on_shards() {
    given_printed_withdrawn_and_gone(Engine::Sharded).await;
}

#[tokio::test]
async fn only_the_persons_own_account_gives_and_sees_them_and_only_with_a_dose() {
    let (world, id) = world(Engine::Embedded).await.unwrap();
    let (platform, given) = (&world.platform, born_in_1980());
    let own = world.resident(MOBILE);
    let unvaccinated = world.enrol(MOBILE, 2).await.unwrap();
    let early = platform.put_travel_details(&own, unvaccinated, &given).await;
    assert!(matches!(early, Err(Error::NotKept(NotKept::NotVaccinated))), "{early:?}");
    assert!(matches!(platform.my_icvp(&own, unvaccinated, None).await, Err(Error::NotFound)));
    platform.put_travel_details(&own, id, &given).await.unwrap();
    for (ctx, refused) in [
        (world.resident("7500000002"), "not found"),
        (world.ctx(Actor::Anyone), "sign in first"),
        (world.staff(StaffRole::FacilityManager, 1), "not permitted"),
        (world.ctx(Actor::System), "not permitted"),
    ] {
        let outcomes = [
            platform.put_travel_details(&ctx, id, &given).await.err(),
            platform.remove_travel_details(&ctx, id).await.err(),
            platform.my_travel_details(&ctx, id).await.err(),
            platform.my_icvp(&ctx, id, None).await.err(),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.unwrap().to_string(), refused);
        }
    }
    assert!(platform.my_travel_details(&own, id).await.unwrap() == Some(given));
    // Once the dose's certificate has expired, no other of it is signed.
    world.advance(SignedDuration::from_hours(24 * 731));
    let late = platform.my_icvp(&world.resident(MOBILE), id, None).await;
    assert!(matches!(late, Err(Error::Invalid(text)) if text.contains("expired")));
}

#[tokio::test]
async fn each_dose_has_a_certificate_of_its_own_for_travel() {
    let (world, id) = world(Engine::Embedded).await.unwrap();
    world.advance(SignedDuration::from_hours(24 * 100));
    let second = Given { number: Some(2), lot: "4121Z002", ..first_dose(2) };
    world.give(MOBILE, id, &second).await;
    let (platform, resident) = (&world.platform, world.resident(MOBILE));
    platform.put_travel_details(&resident, id, &born_in_1980()).await.unwrap();
    let of = async |number| platform.my_icvp(&resident, id, number).await;
    let mut ids = Vec::new();
    for (number, lot) in [(Some(1), "4121Z001"), (Some(2), "4121Z002"), (None, "4121Z002")] {
        let claims = valid(&world, &Payload::Text(of(number).await.unwrap())).await;
        assert_eq!(claims.events[0].lot.as_deref(), Some(lot));
        ids.push(claims.id);
    }
    assert!(ids[0] != ids[1] && ids[1] == ids[2], "each is withdrawn with its own dose's");
    for none in [0, 3] {
        assert!(matches!(of(Some(none)).await, Err(Error::NotFound)));
    }
    let picture = platform.my_icvp_picture(&resident, id, Some(1)).await.unwrap();
    assert_eq!(valid(&world, &payloads(&picture)[0]).await.id, ids[0]);
}

/// What is signed, unpacked.
fn signed(code: &str) -> Vec<u8> {
    let packed = base45::decode(code.strip_prefix("HC1:").unwrap()).unwrap();
    let mut bytes = Vec::new();
    ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_certificate_for_travel_names_a_guardian_if_one_was_given() {
    let (world, id) = world(Engine::Embedded).await.unwrap();
    let (platform, resident) = (&world.platform, world.resident(MOBILE));
    // The name of the field and of the guardian, as CBOR has them: a text of so many bytes.
    let named = b"\x62gn\x69RAVI DEMO";
    for guardian in ["रवि Demo", "", "रवि Demo"] {
        let guardian = parse_guardian(guardian).unwrap();
        let is_named = guardian.is_some();
        let given = TravelDetails { guardian, ..born_in_1980() };
        platform.put_travel_details(&resident, id, &given).await.unwrap();
        let code = platform.my_icvp(&resident, id, None).await.unwrap();
        assert_eq!(has(&signed(&code), named), is_named);
        assert_eq!(has(&signed(&code), b"\x62gn"), is_named);
        valid(&world, &Payload::Text(code)).await;
        let [eu, who] =
            &payloads(&platform.my_certificate(&resident, id, ABROAD).await.unwrap())[..]
        else {
            panic!("two codes")
        };
        for (code, names_it) in [(eu, false), (who, is_named)] {
            let Payload::Text(code) = code else { panic!("a text") };
            assert_eq!(has(&signed(code), named), names_it);
        }
    }
    // What is given anew without one is kept without one.
    platform.put_travel_details(&resident, id, &born_in_1980()).await.unwrap();
    assert!(platform.my_travel_details(&resident, id).await.unwrap() == Some(born_in_1980()));
}

/// Paper as a border sees it: drawn at 300 dots an inch, and both codes read from the picture.
#[tokio::test]
async fn both_codes_of_a_printed_certificate_for_travel_are_read_and_hold() {
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        return testkit::missing("poppler-utils");
    }
    let (world, id) = world(Engine::Embedded).await.unwrap();
    let resident = world.resident(MOBILE);
    let given = TravelDetails { guardian: Name::parse("Ravi Demo").ok(), ..born_in_1980() };
    world.platform.put_travel_details(&resident, id, &given).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pdf = folder.path().join("abroad.pdf");
    std::fs::write(&pdf, world.platform.my_certificate(&resident, id, ABROAD).await.unwrap())
        .unwrap();
    let text = Command::new("pdftotext").args(["-raw"]).arg(&pdf).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    for part in ["29 FEB 1980", "K1234567", "RAVI DEMO", "EU Digital COVID Certificate", "(ICVP)"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let picture = folder.path().join("abroad");
    let drawn = ["-r", "300", "-png", "-gray", "-singlefile"];
    assert!(
        Command::new("pdftoppm").args(drawn).arg(&pdf).arg(&picture).status().unwrap().success()
    );
    let codes = payloads(&std::fs::read(picture.with_extension("png")).unwrap());
    let mut formats = Vec::new();
    for code in &codes {
        formats.push(valid(&world, code).await.format);
    }
    assert_eq!(formats, [Format::Dcc, Format::Icvp]);
}
