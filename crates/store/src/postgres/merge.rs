//! Two records of one person become one. Where both are at home in one place it is one transaction.
//! On shards it is three, each at one home: the record that goes is taken out, and nothing can be done
//! with it any more; its doses come to the record that stays, which says so for good; its certificates
//! are withdrawn. Whatever stops between them is brought to an end by recovery, or given back as it
//! was. A dose is in one record at every moment, or on its way and in none.

mod ending;

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DoseId, StaffId},
};
use jiff::civil::Date;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    correction::{DOSES_IN_ORDER, LOCK_DETAILS, WITHDRAW_ALL},
    dose,
    link::{Attempt, Db, Home, Link, Steps, Topology, Values, step, transaction},
    message,
    person::{CLAIMS, beneficiary_row},
    place, remembered,
    statement::statements,
    value::{bucket, claim_at, instant_at},
    wave::side_by_side,
};
use crate::{
    StoreError, StoreResult,
    guard::{MERGED, Mergeable},
    record::{ClaimState, Done, Merge, MergedRecord, NotMerged, WithdrawalReason},
    value::{beneficiary, day, number},
};

pub(super) use ending::{complete, end, unfinished};

statements! {
    Home LIVE = "
        SELECT 1 FROM dose_claim
        WHERE hb = $1 AND beneficiary_id = $2 AND state <> $3
            AND NOT (state = $4 AND held_on < $5)
        LIMIT 1";
    Home MERGED_RECORD = "
        SELECT * FROM merged_beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    /// What was given for travel is kept only as long as the record may come back.
    Home TAKE_OUT = "
        INSERT INTO merged_beneficiary (hb, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, verified_at,
            verified_by, changes, list_no, merge_id, merged_into, merged_by, merged_at, leased_at,
            key_digest, request_digest, settled, merged_because, travel_born_on, travel_passport,
            travel_nationality, travel_guardian)
        SELECT $1::int, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, verified_at,
            verified_by, changes, list_no, $3, $4, $5, $6, $6, $7, $8, $9::boolean, $10,
            CASE WHEN NOT $9::boolean THEN travel_born_on END,
            CASE WHEN NOT $9::boolean THEN travel_passport END,
            CASE WHEN NOT $9::boolean THEN travel_nationality END,
            CASE WHEN NOT $9::boolean THEN travel_guardian END
        FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home TAKE_OUT_DOSES = "
        INSERT INTO merged_dose (hb, beneficiary_id, dose_number, dose_id, facility_id,
            appointment_id, vaccine, lot, vaccinator, given_on, recorded_at)
        SELECT $1::int, beneficiary_id, dose_number, dose_id, facility_id,
            appointment_id, vaccine, lot, vaccinator, given_on, recorded_at
        FROM dose WHERE hb = $1 AND beneficiary_id = $2";
    Home REMOVE = "DELETE FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home REMOVE_DOSES = "DELETE FROM dose WHERE hb = $1 AND beneficiary_id = $2";
    Home PUT_DOSE = "
        INSERT INTO dose (hb, beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    Home RENUMBER_NOTES = "
        UPDATE aefi SET dose_number = renumbered.new
        FROM unnest($3::smallint[], $4::smallint[]) AS renumbered (old, new)
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = renumbered.old";
    Home OUTCOME = "SELECT done FROM merge_outcome WHERE hb = $1 AND merge_id = $2";
    Home PUT_OUTCOME = "
        INSERT INTO merge_outcome (hb, merge_id, beneficiary_id, done, decided_at)
        VALUES ($1, $2, $3, $4, $5)";
}

/// Every statement of this file and of the folder.
pub(super) fn all() -> Vec<&'static super::Statement> {
    [ALL, ending::ALL].concat()
}

pub(super) async fn merge(db: &Db, merges: &[Merge]) -> StoreResult<Vec<Result<Done, NotMerged>>> {
    let mut outcomes = Vec::with_capacity(merges.len());
    for wanted in merges {
        let one_home = wanted.goes.beneficiary.bucket() == wanted.stays.beneficiary.bucket();
        outcomes.push(if one_home || db.topology == Topology::Single {
            transaction!(db, tx => merge_at_once(Link::Within(&tx), wanted).await?)?
        } else {
            merge_in_steps(db, wanted).await?
        });
    }
    Ok(outcomes)
}

/// Where a person is at home.
fn home_of(person: BeneficiaryId) -> i32 {
    bucket(person.bucket())
}

async fn merge_at_once(link: Link<'_>, wanted: &Merge) -> Attempt<Result<Done, NotMerged>> {
    let (one, other) = (wanted.goes.beneficiary, wanted.stays.beneficiary);
    let goes = Home::within(link, home_of(one));
    let stays = Home::within(link, home_of(other));
    // In order of their numbers, so that two who merge the same records do not wait in a circle.
    for (home, person) in
        if one < other { [(goes, one), (stays, other)] } else { [(stays, other), (goes, one)] }
    {
        home.rows(&LOCK_DETAILS, &[&number(person)]).await?;
    }
    if let Some(outcome) = known(&stays, wanted).await? {
        return Ok(outcome);
    }
    if let Err(outcome) = may_go(&goes, wanted).await? {
        return Ok(outcome);
    }
    if let Some(why) = may_stay(&stays, wanted).await? {
        return Ok(Err(why));
    }
    take_out(&goes, wanted, true).await?;
    withdraw(&goes, wanted.goes.beneficiary, wanted).await?;
    if let Some(farewell) = &wanted.farewell {
        message::put(&goes, farewell).await?;
    }
    come_in(&stays, wanted).await?;
    Ok(Ok(Done::New))
}

async fn merge_in_steps(db: &Db, wanted: &Merge) -> Attempt<Result<Done, NotMerged>> {
    let steps = Steps::Each(db);
    let (goes, stays) = (home_of(wanted.goes.beneficiary), home_of(wanted.stays.beneficiary));
    let (answer, unfit) = step!(steps, Home(stays), home => {
        (known(&home, wanted).await?, may_stay(&home, wanted).await?)
    });
    if let Some(outcome) = answer {
        return Ok(outcome);
    }
    let taken = step!(steps, Home(goes), home => match (may_go(&home, wanted).await?, unfit) {
        (Ok(()), Some(why)) => Err(Err(why)),
        (Ok(()), None) => {
            take_out(&home, wanted, false).await?;
            Ok(())
        }
        // An attempt before this one, of which nobody heard.
        (Err(Err(NotMerged::InProgress)), _) if is_taken(&home, wanted).await? => Ok(()),
        (Err(outcome), _) => Err(outcome),
    });
    if let Err(outcome) = taken {
        return Ok(outcome);
    }
    let Err(why) = ending::complete_in_steps(steps, wanted).await? else {
        return Ok(Ok(Done::New));
    };
    let farewell = wanted.farewell.as_ref();
    let done = ending::end_in_steps(steps, &wanted.key(), farewell, wanted.at).await?;
    Ok(if done { Ok(Done::New) } else { Err(why) })
}

/// The outcome, if the request went through before.
async fn known(stays: &Home<'_>, wanted: &Merge) -> Attempt<Option<Result<Done, NotMerged>>> {
    match &wanted.idempotency {
        Some(request) => remembered::merge(stays, request).await,
        None => Ok(None),
    }
}

/// Locks the record that goes; otherwise gives the outcome.
async fn may_go(goes: &Home<'_>, wanted: &Merge) -> Attempt<Result<(), Result<Done, NotMerged>>> {
    Ok(match mergeable(goes, wanted.goes.beneficiary, None, wanted.today).await? {
        Some(held) => match held.refusal(&wanted.goes) {
            Some(why) => Err(Err(why)),
            None => Ok(()),
        },
        None => Err(match gone(goes, wanted.goes.beneficiary).await? {
            None => Err(NotMerged::NoSuchBeneficiary),
            Some(row) if !row.get::<_, bool>("settled") => Err(NotMerged::InProgress),
            Some(row) if row.get::<_, i64>("merged_into") == number(wanted.stays.beneficiary) => {
                Ok(Done::Again)
            }
            Some(_) => Err(NotMerged::Gone),
        }),
    })
}

/// Locks the record that stays; says why it cannot take the other one in, if it cannot.
async fn may_stay(stays: &Home<'_>, wanted: &Merge) -> Attempt<Option<NotMerged>> {
    let person = wanted.stays.beneficiary;
    Ok(match mergeable(stays, person, Some(wanted.account.uuid), wanted.today).await? {
        Some(held) => held.refusal(&wanted.stays),
        None => Some(NotMerged::NoSuchBeneficiary),
    })
}

/// Locks a record and gives what is on it; none if it is not there, or not in that account.
async fn mergeable(
    home: &Home<'_>,
    person: BeneficiaryId,
    account: Option<Uuid>,
    today: Date,
) -> Attempt<Option<Mergeable>> {
    let id = number(person);
    let locked = home.rows(&LOCK_DETAILS, &[&id]).await?;
    let of_account =
        |row: &&Row| account.is_none_or(|account| row.get::<_, Uuid>("account_id") == account);
    let Some(row) = locked.first().filter(of_account) else { return Ok(None) };
    let doses = home.rows(&DOSES_IN_ORDER, &[&id]).await?;
    Ok(Some(Mergeable {
        changes: row.get("changes"),
        doses: doses.iter().map(|row| DoseId(row.get("dose_id"))).collect(),
        booked: has_appointment(home, person, today).await?,
    }))
}

/// Whether somebody has an appointment that is neither over nor missed before `today`.
pub(super) async fn has_appointment(
    home: &Home<'_>,
    person: BeneficiaryId,
    today: Date,
) -> Attempt<bool> {
    let (done, confirmed) = (ClaimState::Done.number(), ClaimState::Confirmed.number());
    let live = home.rows(&LIVE, &[&number(person), &done, &confirmed, &day(today)]).await?;
    Ok(!live.is_empty())
}

async fn gone(home: &Home<'_>, person: BeneficiaryId) -> Attempt<Option<Row>> {
    Ok(home.rows(&MERGED_RECORD, &[&number(person)]).await?.into_iter().next())
}

/// Whether the record that goes is taken out for this very merge.
async fn is_taken(home: &Home<'_>, wanted: &Merge) -> Attempt<bool> {
    let row = gone(home, wanted.goes.beneficiary).await?;
    Ok(row.is_some_and(|row| row.get::<_, Uuid>("merge_id") == wanted.id))
}

/// Takes the record that goes, and its doses, to where nothing can be done with them.
async fn take_out(goes: &Home<'_>, wanted: &Merge, settled: bool) -> Attempt<()> {
    let (id, at) = (number(wanted.goes.beneficiary), wanted.at.as_millisecond());
    let key = wanted.idempotency.as_ref().map(|one| one.key.as_slice());
    let request = wanted.idempotency.as_ref().map(|one| one.request.as_slice());
    let (into, by) = (number(wanted.stays.beneficiary), wanted.by.map(|by| by.0));
    let because = &wanted.because;
    let row: Values<'_> = &[&id, &wanted.id, &into, &by, &at, &key, &request, &settled, because];
    goes.execute(&TAKE_OUT, row).await?;
    goes.execute(&TAKE_OUT_DOSES, &[&id]).await?;
    goes.execute(&REMOVE, &[&id]).await?;
    goes.execute(&REMOVE_DOSES, &[&id]).await?;
    Ok(())
}

/// Gives the record that stays all doses, with new numbers and new certificates.
async fn come_in(stays: &Home<'_>, wanted: &Merge) -> Attempt<()> {
    let id = number(wanted.stays.beneficiary);
    withdraw(stays, wanted.stays.beneficiary, wanted).await?;
    let (old, new): (Vec<i16>, Vec<i16>) =
        wanted.renumbered().map(|(old, new)| (i16::from(old), i16::from(new))).unzip();
    stays.execute(&RENUMBER_NOTES, &[&id, &old, &new]).await?;
    stays.execute(&REMOVE_DOSES, &[&id]).await?;
    for dose in &wanted.series {
        put_dose(stays, dose).await?;
    }
    for certificate in &wanted.certificates {
        dose::put_certificate(stays, certificate).await?;
    }
    for tally in &wanted.tallies {
        place::add_home_tally(stays, tally).await?;
    }
    if let Some(message) = &wanted.message {
        message::put(stays, message).await?;
    }
    if let Some(request) = &wanted.idempotency {
        remembered::put(stays, request, MERGED, None, wanted.at).await?;
    }
    Ok(())
}

async fn put_dose(home: &Home<'_>, dose: &Dose) -> Attempt<()> {
    home.execute(
        &PUT_DOSE,
        &[
            &number(dose.beneficiary),
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
    Ok(())
}

async fn withdraw(home: &Home<'_>, person: BeneficiaryId, wanted: &Merge) -> Attempt<()> {
    ending::withdraw(home, person, wanted.at).await
}

pub(super) async fn merged(db: &Db, ids: &[BeneficiaryId]) -> Attempt<Vec<Option<MergedRecord>>> {
    let client = db.client().await?;
    let one = async |id: &BeneficiaryId| {
        let home = Home::within(Link::Pooled(&client), home_of(*id));
        let Some(row) = gone(&home, *id).await? else { return Attempt::Ok(None) };
        let claims = home.rows(&CLAIMS, &[&vec![number(*id)]]).await?;
        Ok(Some(merged_record(&row, &claims)?))
    };
    Ok(side_by_side!(ids, id => one(id)))
}

fn merged_record(row: &Row, claims: &[Row]) -> StoreResult<MergedRecord> {
    Ok(MergedRecord {
        beneficiary: beneficiary_row(row)?,
        into: into_at(row)?,
        at: instant_at(row, "merged_at"),
        by: row.get::<_, Option<Uuid>>("merged_by").map(StaffId),
        because: row.get("merged_because"),
        settled: row.get("settled"),
        claims: claims.iter().map(claim_at).collect::<StoreResult<_>>()?,
    })
}

/// Reads into which record another one went.
fn into_at(row: &Row) -> StoreResult<BeneficiaryId> {
    beneficiary(row.get("merged_into"))
        .ok_or_else(|| StoreError::broken("a column holds no number of ours"))
}
