//! Doses, their certificates, and what takes them back. All of it happens at home; the facility is
//! told afterwards what became of the appointment.

use domain::{
    appointment::{AppointmentState, Seat},
    dose::Dose,
    id::{BeneficiaryId, DoseId},
};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    booking, claim,
    claim::Kept,
    link::{Attempt, Db, Failure, Home, Link, Place, Steps, Values, step, transaction},
    message, owed,
    person::dose_at,
    place, seat,
    statement::statements,
    value::{bucket, instant_at, tiny},
    wave::{batch, side_by_side},
};
use crate::{
    StoreError, StoreResult,
    record::{
        AefiNote, CertificateRow, ClaimState, Done, DoseRecord, NotRecorded, NotUndone, UndoDose,
    },
    value::{day, number},
};

statements! {
    Home LOCK_PERSON = "
        SELECT changes FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2 FOR UPDATE";
    Home OF_PERSON = "SELECT * FROM dose WHERE hb = $1 AND beneficiary_id = $2";
    Home BY_ID = "SELECT * FROM dose WHERE hb = $1 AND dose_id = $2";
    Home RECORD = "
        INSERT INTO dose (hb, beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING";
    Home CLAIM = "
        SELECT * FROM dose_claim
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3 FOR UPDATE";
    Home PUT_CERTIFICATE = "
        INSERT INTO certificate (hb, certificate_id, beneficiary_id, dose_number, sealed, issued_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    Home UNDONE = "
        SELECT 1 FROM undone_dose WHERE hb = $1 AND dose_id = $2 AND beneficiary_id = $3";
    Home KEEP_UNDONE = "
        INSERT INTO undone_dose (hb, dose_id, beneficiary_id, dose_number, reason, undone_by,
            undone_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    Home DELETE = "DELETE FROM dose WHERE hb = $1 AND dose_id = $2";
    Home WITHDRAW = "
        UPDATE certificate SET withdrawn_at = $4
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3 AND withdrawn_at IS NULL";
    Home NOTE = "
        INSERT INTO aefi (hb, aefi_id, beneficiary_id, dose_number, note, noted_by, noted_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING";
    Home NOTED = "SELECT 1 FROM aefi WHERE hb = $1 AND aefi_id = $2 AND beneficiary_id = $3";
    Home LATEST = "
        SELECT * FROM certificate
        WHERE hb = $1 AND beneficiary_id = $2 AND withdrawn_at IS NULL
        ORDER BY dose_number DESC, issued_at DESC LIMIT 1";
    Home LATEST_OF_DOSE = "
        SELECT * FROM certificate
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3 AND withdrawn_at IS NULL
        ORDER BY issued_at DESC LIMIT 1";
}

pub(super) async fn record(
    db: &Db,
    doses: &[DoseRecord],
) -> StoreResult<Vec<Result<Done, NotRecorded>>> {
    let person = |record: &DoseRecord| record.dose.beneficiary;
    batch!(db, doses, person, (steps, wave) => {
        side_by_side!(wave, one => record_one(steps, one))
    })
}

async fn record_one(steps: Steps<'_>, record: &DoseRecord) -> Attempt<Result<Done, NotRecorded>> {
    let home = bucket(record.dose.beneficiary.bucket());
    let (outcome, ended) = step!(steps, Home(home), home => put(&home, record).await?);
    if let Some(claim) = ended {
        tell(steps, home, &claim, record.dose.recorded_at).await?;
    }
    Ok(outcome)
}

/// Makes those who write to a person's record follow one another; gives how often the details were
/// changed, if there is such a person.
pub(super) async fn lock_person(home: &Home<'_>, person: BeneficiaryId) -> Attempt<Option<i32>> {
    let locked = home.rows(&LOCK_PERSON, &[&number(person)]).await?;
    Ok(locked.first().map(|row| row.get("changes")))
}

type Put = (Result<Done, NotRecorded>, Option<Kept>);

/// Puts a dose on record; gives the claim whose appointment it ends, in its new state.
async fn put(home: &Home<'_>, record: &DoseRecord) -> Attempt<Put> {
    let dose = &record.dose;
    let id = number(dose.beneficiary);
    let Some(changes) = lock_person(home, dose.beneficiary).await? else {
        return Ok((Err(NotRecorded::NoSuchBeneficiary), None));
    };
    let held = home.rows(&OF_PERSON, &[&id]).await?;
    let of_person = held.iter().map(dose_at).collect::<StoreResult<Vec<_>>>()?;
    if let Some(outcome) = refused(home, record, &of_person, changes).await? {
        return Ok((outcome, None));
    }
    home.execute(
        &RECORD,
        &[
            &id,
            &i16::from(dose.number),
            &dose.id.0,
            &dose.facility.0,
            &dose.appointment.map(|appointment| appointment.0),
            &dose.vaccine,
            &dose.lot,
            &dose.vaccinator,
            &day(dose.given_on),
            &dose.recorded_at.as_millisecond(),
        ],
    )
    .await?;
    match &record.certificate {
        Some(certificate) => put_certificate(home, certificate).await?,
        None => owed::owe(home, dose).await?,
    }
    place::add_home_tally(home, &record.tally).await?;
    if let Some(message) = &record.message {
        message::put(home, message).await?;
    }
    let mut ended = claim_of(home, dose.beneficiary, dose.number).await?;
    if let Some(claim) = &mut ended {
        let pending = claim.row.state == ClaimState::Pending;
        claim.row.state = ended_by(claim, dose);
        let here = claim.row.state == ClaimState::Done;
        claim.owes = if here { claim::STATE } else { claim::NOTHING };
        claim::set_state(home, &claim.row, claim.row.state, claim.owes, dose.recorded_at).await?;
        if pending {
            // Who asks for its seat may still have it: recovery has the last word.
            return Ok((Ok(Done::New), None));
        }
    }
    Ok((Ok(Done::New), ended))
}

/// What becomes of a claim by a dose: given where the appointment is, it is done; elsewhere its seat
/// is given back.
pub(super) fn ended_by(claim: &Kept, dose: &Dose) -> ClaimState {
    let held = claim.row.state == ClaimState::Confirmed;
    if held && claim.row.seat.facility == dose.facility {
        ClaimState::Done
    } else {
        ClaimState::Cancelling
    }
}

/// The outcome, if the dose cannot be put on record or is.
async fn refused(
    home: &Home<'_>,
    record: &DoseRecord,
    of_person: &[Dose],
    changes: i32,
) -> Attempt<Option<Result<Done, NotRecorded>>> {
    let (dose, rows) = (&record.dose, home.rows(&BY_ID, &[&record.dose.id.0]).await?);
    let same_id = rows.first().map(dose_at).transpose()?;
    let undone = is_undone(home, dose.id, dose.beneficiary).await?;
    Ok(OnRecord { of_person, same_id: same_id.as_ref(), undone, changes }.refusal(record))
}

/// What is on record when a dose comes.
pub(super) struct OnRecord<'a> {
    /// The person's doses.
    pub(super) of_person: &'a [Dose],
    /// The dose with the same id.
    pub(super) same_id: Option<&'a Dose>,
    /// Whether it was taken back.
    pub(super) undone: bool,
    /// How often the person's details were changed.
    pub(super) changes: i32,
}

impl OnRecord<'_> {
    /// The outcome, if the dose cannot be put on record or is.
    pub(super) fn refusal(&self, record: &DoseRecord) -> Option<Result<Done, NotRecorded>> {
        let (dose, of_person) = (&record.dose, self.of_person);
        if let Some(held) = self.same_id {
            let same = dose.same_event(held);
            Some(if same { Ok(Done::Again) } else { Err(NotRecorded::OtherDose) })
        } else if self.undone {
            Some(Err(NotRecorded::Undone))
        } else if of_person.iter().any(|held| held.number == dose.number) {
            Some(Err(NotRecorded::PlaceTaken))
        } else if self.changes != record.changes {
            Some(Err(NotRecorded::DetailsChanged))
        } else if of_person.len() != usize::from(record.doses_before) {
            Some(Err(NotRecorded::OutOfOrder))
        } else {
            None
        }
    }
}

async fn is_undone(home: &Home<'_>, dose: DoseId, person: BeneficiaryId) -> Attempt<bool> {
    Ok(!home.rows(&UNDONE, &[&dose.0, &number(person)]).await?.is_empty())
}

async fn claim_of(
    home: &Home<'_>,
    person: BeneficiaryId,
    dose_number: u8,
) -> Attempt<Option<Kept>> {
    let rows = home.rows(&CLAIM, &[&number(person), &i16::from(dose_number)]).await?;
    Ok(rows.first().map(claim::kept_at).transpose()?)
}

pub(super) async fn put_certificate(home: &Home<'_>, certificate: &CertificateRow) -> Attempt<()> {
    home.execute(
        &PUT_CERTIFICATE,
        &[
            &certificate.id,
            &number(certificate.beneficiary),
            &i16::from(certificate.dose_number),
            &certificate.sealed,
            &certificate.issued_at.as_millisecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Tells the facility what became of an appointment, then notes at home that it was told.
pub(super) async fn tell(steps: Steps<'_>, home: i32, claim: &Kept, at: Timestamp) -> Attempt<()> {
    let claims = std::slice::from_ref(claim);
    let (from, to) = match claim.row.state {
        ClaimState::Done => (AppointmentState::Booked, AppointmentState::Done),
        ClaimState::Confirmed => (AppointmentState::Done, AppointmentState::Booked),
        _ => return booking::end_cancelled(steps, home, claims, at, false).await,
    };
    let people = [claim.row.beneficiary];
    let seat: Seat = claim.row.seat;
    let (_, ask) = booking::moved_asks(claims, &people, seat, claim.row.leg);
    step!(steps, Place(seat.facility.0), place => seat::end(&place, &ask, from, to).await?);
    step!(steps, Home(home), home => claim::told(&home, &claim.row, at).await?);
    Ok(())
}

pub(super) async fn undo(db: &Db, wanted: &UndoDose) -> StoreResult<Result<Done, NotUndone>> {
    Ok(match db.topology {
        super::Topology::Single => {
            transaction!(db, tx => undo_one(Steps::Whole(&tx), wanted).await?)?
        }
        super::Topology::Sharded => undo_one(Steps::Each(db), wanted).await?,
    })
}

async fn undo_one(steps: Steps<'_>, wanted: &UndoDose) -> Attempt<Result<Done, NotUndone>> {
    let home = bucket(wanted.beneficiary.bucket());
    let (outcome, revived) = step!(steps, Home(home), home => take_back(&home, wanted).await?);
    if let Some(claim) = revived {
        tell(steps, home, &claim, wanted.at).await?;
    }
    Ok(outcome)
}

async fn take_back(
    home: &Home<'_>,
    wanted: &UndoDose,
) -> Attempt<(Result<Done, NotUndone>, Option<Kept>)> {
    let (id, person) = (wanted.dose.0, number(wanted.beneficiary));
    lock_person(home, wanted.beneficiary).await?;
    if !home.rows(&UNDONE, &[&id, &person]).await?.is_empty() {
        return Ok((Ok(Done::Again), None));
    }
    let held = home.rows(&OF_PERSON, &[&person]).await?;
    let held = held.iter().map(dose_at).collect::<StoreResult<Vec<_>>>()?;
    let dose = held.iter().find(|dose| dose.id == wanted.dose && dose.facility == wanted.facility);
    let Some(dose) = dose else {
        return Ok((Err(NotUndone::NoSuchDose), None));
    };
    if dose.recorded_at < wanted.not_before {
        return Ok((Err(NotUndone::TooLate), None));
    }
    if held.iter().any(|other| other.number > dose.number) {
        return Ok((Err(NotUndone::LaterDose), None));
    }
    let mut claim = claim_of(home, wanted.beneficiary, dose.number)
        .await?
        .filter(|claim| claim.row.state == ClaimState::Done);
    if claim.as_ref().is_some_and(booking::in_motion) {
        let busy = StoreError::unavailable("the dose is being recorded");
        return Err(Failure::Aborted(busy));
    }
    let (place, at) = (i16::from(dose.number), wanted.at.as_millisecond());
    let kept: Values<'_> = &[&id, &person, &place, &wanted.reason, &wanted.by.0, &at];
    home.execute(&KEEP_UNDONE, kept).await?;
    home.execute(&DELETE, &[&id]).await?;
    home.execute(&WITHDRAW, &[&person, &place, &at]).await?;
    owed::forget(home, wanted.beneficiary, wanted.dose).await?;
    place::add_home_tally(home, &wanted.tally).await?;
    if let Some(claim) = &mut claim {
        claim.row.state = ClaimState::Confirmed;
        claim.owes = claim::STATE;
        claim::set_state(home, &claim.row, claim.row.state, claim.owes, wanted.at).await?;
    }
    Ok((Ok(Done::New), claim))
}

pub(super) async fn note_aefi(db: &Db, note: &AefiNote) -> StoreResult<bool> {
    transaction!(db, tx => {
        let home = Home::within(Link::Within(&tx), bucket(note.beneficiary.bucket()));
        put_note(&home, note).await?
    })
}

async fn put_note(home: &Home<'_>, note: &AefiNote) -> Attempt<bool> {
    let (person, dose) = (number(note.beneficiary), i16::from(note.dose_number));
    let doses = home.rows(&OF_PERSON, &[&person]).await?;
    if !doses.iter().any(|row| row.get::<_, i16>("dose_number") == dose) {
        return Ok(!home.rows(&NOTED, &[&note.id, &person]).await?.is_empty());
    }
    let at = note.at.as_millisecond();
    let values: Values<'_> = &[&note.id, &person, &dose, &note.note, &note.by.0, &at];
    if home.execute(&NOTE, values).await? == 1 {
        place::add_home_tally(home, &note.tally).await?;
        return Ok(true);
    }
    Ok(!home.rows(&NOTED, &[&note.id, &person]).await?.is_empty())
}

pub(super) async fn certificate(db: &Db, person: BeneficiaryId) -> Attempt<Option<CertificateRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket(person.bucket()));
    let rows = home.rows(&LATEST, &[&number(person)]).await?;
    Ok(rows.first().map(|row| certificate_row(row, person)))
}

pub(super) async fn certificate_of_dose(
    db: &Db,
    person: BeneficiaryId,
    dose_number: u8,
) -> Attempt<Option<CertificateRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket(person.bucket()));
    let of: Values<'_> = &[&number(person), &i16::from(dose_number)];
    let rows = home.rows(&LATEST_OF_DOSE, of).await?;
    Ok(rows.first().map(|row| certificate_row(row, person)))
}

fn certificate_row(row: &Row, beneficiary: BeneficiaryId) -> CertificateRow {
    CertificateRow {
        id: row.get("certificate_id"),
        beneficiary,
        dose_number: tiny(row.get("dose_number")),
        sealed: row.get("sealed"),
        issued_at: instant_at(row, "issued_at"),
    }
}
