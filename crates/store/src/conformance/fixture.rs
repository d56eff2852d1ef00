//! A small country of rows. What is sealed elsewhere is plain bytes here: the store cannot tell.

use std::sync::Arc;

use domain::{
    appointment::Seat,
    dose::Dose,
    facility::{Facility, FeeType},
    id::{
        AccountId, AppointmentId, BeneficiaryId, DistrictId, DoseId, FacilityId, HomeBucket,
        SessionId,
    },
    place::Pincode,
    session::{Channel, SeatPool, Session, SessionState, Slot},
};
use jiff::{
    Timestamp,
    civil::{Date, date, time},
};
use uuid::Uuid;

use crate::{
    AccountRow, BeneficiaryRow, Booking, CertificateRow, CorrectedFields, Correction, DoseRecord,
    Enrolment, LateCertificate, ListNo, Merge, Message, PersonRecord, Planned, Reissue,
    SealedDetails, Store, Tally,
};

/// The day of every session.
pub const DAY: Date = date(2022, 2, 1);

/// An instant, in seconds after the beginning of the tests.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_643_700_000 + seconds).unwrap()
}

/// An account.
pub fn account(number: u16) -> AccountId {
    AccountId { bucket: HomeBucket(number), uuid: Uuid::from_u128(u128::from(number) + 1) }
}

/// A person of an account.
pub fn person(account: u16, number: u64) -> BeneficiaryId {
    BeneficiaryId::draw(HomeBucket(account), number)
}

/// Sealed details with a document.
pub fn details(document: u8) -> SealedDetails {
    SealedDetails {
        name: vec![1],
        birth_year: vec![2],
        gender: vec![3],
        document: vec![4],
        comorbidity: vec![5],
        document_index: [document; 32],
    }
}

/// A message.
pub fn message(number: u128) -> Message {
    Message {
        id: Uuid::from_u128(number),
        bucket: 1,
        sealed: vec![9],
        kind: "test".to_owned(),
        at: at(0),
        tries: 0,
    }
}

/// The list that the people of an account came by.
pub fn list_of(account_number: u16) -> ListNo {
    ListNo(i32::from(account_number))
}

/// A person to enrol, with an account that has three places.
pub fn enrolment(account_number: u16, number: u64, document: u8) -> Enrolment {
    let id = account(account_number);
    Enrolment {
        account: AccountRow {
            id,
            mobile_index: [u8::try_from(account_number).unwrap(); 32],
            wrapped_key: vec![7],
            mobile: vec![8],
            opened_at: at(0),
        },
        beneficiary: BeneficiaryRow {
            id: person(account_number, number),
            account: id.uuid,
            wrapped_key: vec![6],
            details: details(document),
            travel: None,
            registered_at: at(0),
            verified_at: None,
            changes: 0,
            list: Some(list_of(account_number)),
        },
        limit: 3,
        idempotency: None,
        tally: None,
        message: None,
    }
}

/// A facility.
pub fn facility(number: i64) -> Facility {
    Facility {
        id: FacilityId(number),
        name: format!("PHC {number}"),
        address: "1 Main Road".to_owned(),
        block: "Block".to_owned(),
        district: DistrictId(391),
        pincode: Pincode(414_001),
        position: None,
        opens: time(9, 0, 0, 0),
        closes: time(17, 30, 0, 0),
        fee_type: FeeType::Paid,
    }
}

/// A session with seats for the first and the second dose.
pub fn session(number: u128, at_facility: i64, seats: u32) -> Session {
    let pool = |dose_number| SeatPool {
        channel: Channel::Online,
        dose_number,
        slot: None,
        capacity: seats,
    };
    Session {
        id: SessionId(Uuid::from_u128(number)),
        facility: FacilityId(at_facility),
        on: DAY,
        vaccine: "COVISHIELD".to_owned(),
        min_age: 18,
        max_age: Some(44),
        fee: 780,
        state: SessionState::Open,
        slots: vec![
            Slot { from: time(9, 0, 0, 0), to: time(13, 0, 0, 0) },
            Slot { from: time(13, 0, 0, 0), to: time(17, 30, 0, 0) },
        ],
        pools: vec![pool(1), pool(2)],
    }
}

/// A seat of a pool.
pub fn seat(session_number: u128, at_facility: i64, pool: u16, slot: u8) -> Seat {
    Seat {
        facility: FacilityId(at_facility),
        session: SessionId(Uuid::from_u128(session_number)),
        pool,
        slot,
    }
}

/// Seats for people of an account.
pub fn booking(appointment: u128, account_number: u16, people: &[u64], to: Seat) -> Booking {
    Booking {
        appointment: AppointmentId(Uuid::from_u128(appointment)),
        account: account(account_number),
        beneficiaries: people.iter().map(|number| person(account_number, *number)).collect(),
        dose_number: 1,
        seat: to,
        on: DAY,
        idempotency: None,
        message: Some(message(1_000 + appointment)),
        at: at(10),
    }
}

/// A dose to record.
pub fn dose(id: u128, beneficiary: BeneficiaryId, number: u8, facility: i64) -> DoseRecord {
    DoseRecord {
        dose: Dose {
            id: DoseId(Uuid::from_u128(id)),
            beneficiary,
            number,
            facility: FacilityId(facility),
            appointment: None,
            vaccine: "COVISHIELD".to_owned(),
            lot: "LOT1".to_owned(),
            vaccinator: "Meera Pillai".to_owned(),
            given_on: DAY,
            recorded_at: at(100),
        },
        doses_before: number - 1,
        changes: 0,
        certificate: Some(CertificateRow {
            id: Uuid::from_u128(5_000 + id),
            beneficiary,
            dose_number: number,
            sealed: vec![1, 2, 3],
            issued_at: at(100),
        }),
        tally: Tally { facility, on: DAY, measure: "dose".to_owned(), count: 1 },
        message: None,
    }
}

/// The same dose while the key that signs is away, and the certificate that follows.
pub fn owed(signed: DoseRecord) -> (DoseRecord, LateCertificate) {
    let late = LateCertificate {
        dose: signed.dose.id,
        changes: signed.changes,
        certificate: signed.certificate.clone().unwrap(),
        message: None,
    };
    (DoseRecord { certificate: None, ..signed }, late)
}

/// A correction by the first account, from what is on record of its person: whatever it seals is its
/// own number.
pub fn correction(id: u8, fields: CorrectedFields, held: &PersonRecord) -> Correction {
    let reissue = |dose: &Dose| Reissue {
        dose: dose.id,
        certificate: CertificateRow {
            id: Uuid::from_u128(20_000 + 10 * u128::from(id) + u128::from(dose.number)),
            beneficiary: held.beneficiary.id,
            dose_number: dose.number,
            sealed: vec![id],
            issued_at: at(300),
        },
    };
    Correction {
        id: Uuid::from_u128(u128::from(id)),
        request: [id; 32],
        account: account(1),
        beneficiary: held.beneficiary.id,
        fields,
        limit: 1,
        changes: held.beneficiary.changes,
        name: vec![id],
        birth_year: vec![id],
        gender: vec![id],
        reissues: held.doses.iter().map(reissue).collect(),
        tallies: vec![
            Tally { facility: 1, on: DAY, measure: "dose".to_owned(), count: -1 },
            Tally { facility: 1, on: DAY, measure: "dose of another".to_owned(), count: 1 },
        ],
        message: Some(message(9_000 + u128::from(id))),
        at: at(300 + i64::from(id)),
    }
}

/// A merge by the account of the record that stays: its doses first, or those of the other one, as
/// they are given. Whatever it seals is its own number.
pub fn merge(id: u8, goes: &PersonRecord, stays: &PersonRecord, by_date: &[&Dose]) -> Merge {
    let planned = |held: &PersonRecord| Planned {
        beneficiary: held.beneficiary.id,
        changes: held.beneficiary.changes,
        doses: held.doses.iter().map(|dose| dose.id).collect(),
    };
    let into = stays.beneficiary.id;
    let series = (1..).zip(by_date);
    let series = series.map(|(number, dose)| Dose { beneficiary: into, number, ..(*dose).clone() });
    let series: Vec<Dose> = series.collect();
    let certificate = |dose: &Dose| CertificateRow {
        id: Uuid::from_u128(30_000 + 10 * u128::from(id) + u128::from(dose.number)),
        beneficiary: into,
        dose_number: dose.number,
        sealed: vec![id],
        issued_at: at(300),
    };
    let bucket = goes.beneficiary.id.bucket().0;
    let farewell = Message { bucket, ..message(9_600 + u128::from(id)) };
    Merge {
        id: Uuid::from_u128(40_000 + u128::from(id)),
        goes: planned(goes),
        stays: planned(stays),
        account: AccountId { bucket: into.bucket(), uuid: stays.beneficiary.account },
        by: None,
        because: None,
        idempotency: None,
        certificates: series.iter().map(certificate).collect(),
        series,
        tallies: vec![
            Tally { facility: 1, on: DAY, measure: "dose".to_owned(), count: -1 },
            Tally { facility: 1, on: DAY, measure: "dose of another number".to_owned(), count: 1 },
        ],
        message: Some(Message { bucket: into.bucket().0, ..message(9_300 + u128::from(id)) }),
        farewell: (goes.beneficiary.account != stays.beneficiary.account).then_some(farewell),
        today: DAY,
        at: at(300 + i64::from(id)),
    }
}

/// Two facilities with a session each, and two accounts with two people each.
pub(super) async fn country(store: &Arc<dyn Store>, seats: u32) {
    store.put_facilities(&[facility(1), facility(2)], at(0)).await.unwrap();
    let sessions = [session(1, 1, seats), session(2, 2, seats)];
    assert!(store.publish_sessions(&sessions, at(0)).await.unwrap().iter().all(Result::is_ok));
    let people = [enrolment(1, 1, 1), enrolment(1, 2, 2), enrolment(2, 1, 3), enrolment(2, 2, 4)];
    assert!(store.enrol(&people).await.unwrap().iter().all(Result::is_ok));
}

/// Taken seats of a session's first pool.
pub(super) async fn taken(store: &Arc<dyn Store>, number: u128, facility: i64) -> u32 {
    let id = SessionId(Uuid::from_u128(number));
    store.session(FacilityId(facility), id).await.unwrap().unwrap().booked[0]
}
