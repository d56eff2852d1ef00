//! Who is entered, changed and removed. An identity document is one person's in the whole country:
//! it is reserved where the document is kept before the person is entered at home.

use domain::id::{AccountId, BeneficiaryId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Failure, Home, Steps, step, transaction},
    message, place, remembered,
    statement::{Statement, statements},
    value::{bucket, bucket_of, digest_at},
    wave::{batch, side_by_side, waves},
};
use crate::{
    StoreResult,
    guard::ENROLLED,
    record::{Amendment, Done, Enrolment, NotAmended, NotEnrolled, NotRemoved, Run, SealedDetails},
    value::number,
};

statements! {
    Home RESERVE = "
        INSERT INTO document (hb, document_index, beneficiary_id, account_id, reserved_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    Home OWNER = "
        SELECT beneficiary_id FROM document WHERE hb = $1 AND document_index = $2";
    Home RELEASE = "
        DELETE FROM document WHERE hb = $1 AND document_index = $2 AND beneficiary_id = $3";
    /// Gives a reservation back, but not the document of who is entered.
    Home WITHDRAW = "
        DELETE FROM document
        WHERE hb = $1 AND document_index = $2 AND beneficiary_id = $3 AND reserved_at IS NOT NULL";
    Home SETTLE = "
        UPDATE document SET reserved_at = NULL
        WHERE hb = $1 AND document_index = $2 AND beneficiary_id = $3";
    Home OPEN_ACCOUNT = "
        INSERT INTO account (hb, account_id, mobile_index, wrapped_key, mobile, opened_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    /// Makes those who enter people into one account follow one another.
    Home LOCK_ACCOUNT = "
        SELECT 1 FROM account WHERE hb = $1 AND account_id = $2 FOR UPDATE";
    /// Those whose record went into another one are known, and have no place; while it is on its way
    /// they keep theirs, as it may come back.
    Home FAMILY = "
        SELECT beneficiary_id, place FROM beneficiary WHERE hb = $1 AND account_id = $2
        UNION ALL
        SELECT beneficiary_id, CASE WHEN settled THEN -1::smallint ELSE place END
        FROM merged_beneficiary WHERE hb = $1 AND account_id = $2";
    Home VOID = "SELECT 1 FROM void_enrolment WHERE hb = $1 AND beneficiary_id = $2";
    Home GIVE_UP = "
        INSERT INTO void_enrolment (hb, beneficiary_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Home ENTER = "
        INSERT INTO beneficiary (hb, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, list_no)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// Makes those who change a person's record follow one another.
    Home LOCK_PERSON = "
        SELECT account_id, document_index FROM beneficiary
        WHERE hb = $1 AND beneficiary_id = $2 FOR UPDATE";
    Home HAS_DOSE = "SELECT 1 FROM dose WHERE hb = $1 AND beneficiary_id = $2 LIMIT 1";
    Home HAS_CLAIM = "SELECT 1 FROM dose_claim WHERE hb = $1 AND beneficiary_id = $2 LIMIT 1";
    Home AMEND = "
        UPDATE beneficiary
        SET name = $3, birth_year = $4, gender = $5, document = $6, comorbidity = $7,
            document_index = $8, changes = changes + 1,
            travel_born_on = NULL, travel_passport = NULL, travel_nationality = NULL,
            travel_guardian = NULL
        WHERE hb = $1 AND beneficiary_id = $2";
    Home REMOVE = "DELETE FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
}

pub(super) async fn enrol(
    db: &Db,
    enrolments: &[Enrolment],
) -> StoreResult<Vec<Result<Done, NotEnrolled>>> {
    batch!(db, enrolments, account_of, (steps, wave) => {
        side_by_side!(wave, one => enrol_one(steps, one))
    })
}

fn account_of(enrolment: &Enrolment) -> Uuid {
    enrolment.account.id.uuid
}

async fn enrol_one(steps: Steps<'_>, enrolment: &Enrolment) -> Attempt<Result<Done, NotEnrolled>> {
    let home = bucket(enrolment.account.id.bucket);
    if let Some(request) = &enrolment.idempotency {
        // Before the document is reserved, which another request may not do.
        let answer = step!(steps, Home(home), home => remembered::enrolment(&home, request).await?);
        if let Some(answer) = answer {
            return Ok(answer);
        }
    }
    if let Err(taken) = reserve_for(steps, enrolment).await? {
        return Ok(Err(taken));
    }
    let entered = step!(steps, Home(home), home => enter(&home, enrolment).await?);
    let index = enrolment.beneficiary.details.document_index;
    if entered == Err(NotEnrolled::AccountFull) {
        change_document(steps, &RELEASE, &index, enrolment.beneficiary.id).await?;
    } else if entered == Err(NotEnrolled::OtherRequest) {
        // Unless it is the document of the person who was entered.
        let beneficiary = &enrolment.beneficiary;
        complete_reservation(steps, &index, beneficiary.id, beneficiary.account).await?;
    } else if steps.each() {
        change_document(steps, &SETTLE, &index, enrolment.beneficiary.id).await?;
    }
    Ok(entered)
}

/// Reserves the document; harmless if it is this person's already.
async fn reserve_for(steps: Steps<'_>, enrolment: &Enrolment) -> Attempt<Result<(), NotEnrolled>> {
    let beneficiary = &enrolment.beneficiary;
    let index = beneficiary.details.document_index;
    let at = beneficiary.registered_at;
    let ours = reserve(steps, &index, beneficiary.id, beneficiary.account, at).await?;
    Ok(if ours { Ok(()) } else { Err(NotEnrolled::DocumentTaken) })
}

async fn reserve(
    steps: Steps<'_>,
    index: &[u8; 32],
    person: BeneficiaryId,
    account: Uuid,
    at: Timestamp,
) -> Attempt<bool> {
    let reserved_at = steps.each().then_some(at.as_millisecond());
    let (index, id) = (index.as_slice(), number(person));
    Ok(step!(steps, Home(bucket_of_slice(index)), home => {
        let rows = home.execute(&RESERVE, &[&index, &id, &account, &reserved_at]).await?;
        rows == 1 || {
            let owner = home.rows(&OWNER, &[&index]).await?;
            owner.first().is_some_and(|row| row.get::<_, i64>("beneficiary_id") == id)
        }
    }))
}

fn bucket_of_slice(index: &[u8]) -> i32 {
    index.try_into().map_or(0, bucket_of)
}

/// Releases, withdraws or settles the document of a person.
async fn change_document(
    steps: Steps<'_>,
    change: &Statement,
    index: &[u8; 32],
    person: BeneficiaryId,
) -> Attempt<()> {
    let (index, id) = (index.as_slice(), number(person));
    step!(steps, Home(bucket_of_slice(index)), home => {
        home.execute(change, &[&index, &id]).await?
    });
    Ok(())
}

async fn enter(home: &Home<'_>, enrolment: &Enrolment) -> Attempt<Result<Done, NotEnrolled>> {
    let Enrolment { account, beneficiary, limit, idempotency, tally, message } = enrolment;
    let (uuid, id) = (account.id.uuid, number(beneficiary.id));
    home.execute(
        &OPEN_ACCOUNT,
        &[
            &uuid,
            &account.mobile_index.as_slice(),
            &account.wrapped_key,
            &account.mobile,
            &account.opened_at.as_millisecond(),
        ],
    )
    .await?;
    home.rows(&LOCK_ACCOUNT, &[&uuid]).await?;
    if let Some(request) = idempotency
        && let Some(answer) = remembered::enrolment(home, request).await?
    {
        return Ok(answer);
    }
    let family = home.rows(&FAMILY, &[&uuid]).await?;
    if family.iter().any(|row| row.get::<_, i64>("beneficiary_id") == id) {
        return Ok(Ok(Done::Again));
    }
    let places: Vec<i16> = family.iter().map(|row| row.get("place")).collect();
    let people = places.iter().filter(|place| **place >= 0).count();
    if people >= usize::from(*limit) || !home.rows(&VOID, &[&id]).await?.is_empty() {
        return Ok(Err(NotEnrolled::AccountFull));
    }
    let place = places.into_iter().max().map_or(0, |last| last + 1);
    let details = &beneficiary.details;
    home.execute(
        &ENTER,
        &[
            &id,
            &uuid,
            &place,
            &beneficiary.wrapped_key,
            &details.name,
            &details.birth_year,
            &details.gender,
            &details.document,
            &details.comorbidity,
            &details.document_index.as_slice(),
            &beneficiary.registered_at.as_millisecond(),
            &beneficiary.list.map(|list| list.0),
        ],
    )
    .await?;
    if let Some(tally) = tally {
        place::add_home_tally(home, tally).await?;
    }
    if let Some(message) = message {
        message::put(home, message).await?;
    }
    if let Some(request) = idempotency {
        remembered::put(home, request, ENROLLED, None, beneficiary.registered_at).await?;
    }
    Ok(Ok(Done::New))
}

/// The answer for all, of those who were refused.
pub(super) fn all_or_none(
    refused: Vec<(usize, NotEnrolled)>,
) -> Result<(), Vec<(usize, NotEnrolled)>> {
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

/// Those who were refused, by their place.
pub(super) fn refused(outcomes: &[Result<Done, NotEnrolled>]) -> Vec<(usize, NotEnrolled)> {
    let refused = outcomes.iter().enumerate();
    refused.filter_map(|(place, outcome)| outcome.err().map(|why| (place, why))).collect()
}

/// Those that can be refused are refused before anybody is entered; what a crash then leaves is
/// completed by asking again. In a dry run nobody is entered, and nothing is said of accounts that are
/// full: only the account could.
pub(super) async fn enrol_all(
    db: &Db,
    enrolments: &[Enrolment],
    run: Run,
) -> Attempt<Result<(), Vec<(usize, NotEnrolled)>>> {
    let steps = Steps::Each(db);
    // Of two with one document it is the first who has it.
    let mut reserved = Vec::with_capacity(enrolments.len());
    for wave in waves(enrolments, |one| one.beneficiary.details.document_index) {
        reserved.extend(side_by_side!(&enrolments[wave], one => reserve_for(steps, one)));
    }
    let taken: Vec<_> = reserved
        .iter()
        .enumerate()
        .filter_map(|(place, outcome)| outcome.err().map(|why| (place, why)))
        .collect();
    if run == Run::Dry || !taken.is_empty() {
        for (one, _) in enrolments.iter().zip(&reserved).filter(|(_, outcome)| outcome.is_ok()) {
            change_document(
                steps,
                &WITHDRAW,
                &one.beneficiary.details.document_index,
                one.beneficiary.id,
            )
            .await?;
        }
        return Ok(all_or_none(taken));
    }
    let outcomes = enrol(db, enrolments).await?;
    Ok(all_or_none(refused(&outcomes)))
}

pub(super) async fn amend(
    db: &Db,
    amendments: &[Amendment],
) -> StoreResult<Vec<Result<(), NotAmended>>> {
    let key = |amendment: &Amendment| amendment.account.uuid;
    batch!(db, amendments, key, (steps, wave) => {
        side_by_side!(wave, one => amend_one(steps, one))
    })
}

async fn amend_one(steps: Steps<'_>, amendment: &Amendment) -> Attempt<Result<(), NotAmended>> {
    let (home, person) = (bucket(amendment.account.bucket), amendment.beneficiary);
    let account = amendment.account.uuid;
    let new = amendment.details.document_index;
    let held = step!(steps, Home(home), home => may_amend(&home, account, person).await?);
    let old = match held {
        Ok(old) => old,
        Err(why) => return Ok(Err(why)),
    };
    if old != new && !reserve(steps, &new, person, account, amendment.at).await? {
        return Ok(Err(NotAmended::DocumentTaken));
    }
    let amended = step!(steps, Home(home), home => {
        match may_amend(&home, account, person).await? {
            Ok(_) => {
                write_details(&home, person, &amendment.details).await?;
                Ok(())
            }
            Err(why) => Err(why),
        }
    });
    if old != new {
        let gone = if amended.is_ok() { &old } else { &new };
        change_document(steps, &RELEASE, gone, person).await?;
        if amended.is_ok() && steps.each() {
            change_document(steps, &SETTLE, &new, person).await?;
        }
    }
    Ok(amended)
}

/// Locks the person; the index of their document, if their fields may be replaced.
async fn may_amend(
    home: &Home<'_>,
    account: Uuid,
    person: BeneficiaryId,
) -> Attempt<Result<[u8; 32], NotAmended>> {
    let id = number(person);
    let locked = home.rows(&LOCK_PERSON, &[&id]).await?;
    let Some(row) = locked.first().filter(|row| row.get::<_, Uuid>("account_id") == account) else {
        return Ok(Err(NotAmended::NoSuchBeneficiary));
    };
    if !home.rows(&HAS_DOSE, &[&id]).await?.is_empty() {
        return Ok(Err(NotAmended::Vaccinated));
    }
    Ok(Ok(digest_at(row, "document_index")?))
}

async fn write_details(
    home: &Home<'_>,
    person: BeneficiaryId,
    details: &SealedDetails,
) -> Attempt<()> {
    home.execute(
        &AMEND,
        &[
            &number(person),
            &details.name,
            &details.birth_year,
            &details.gender,
            &details.document,
            &details.comorbidity,
            &details.document_index.as_slice(),
        ],
    )
    .await?;
    Ok(())
}

/// Gives a document free that was this person's.
pub(super) async fn release(
    steps: Steps<'_>,
    index: &[u8; 32],
    person: BeneficiaryId,
) -> Attempt<()> {
    change_document(steps, &RELEASE, index, person).await
}

pub(super) async fn remove(
    db: &Db,
    account: AccountId,
    person: BeneficiaryId,
) -> StoreResult<Result<(), NotRemoved>> {
    Ok(match db.topology {
        super::Topology::Single => {
            transaction!(db, tx => remove_one(Steps::Whole(&tx), account, person).await?)?
        }
        super::Topology::Sharded => remove_one(Steps::Each(db), account, person).await?,
    })
}

async fn remove_one(
    steps: Steps<'_>,
    account: AccountId,
    person: BeneficiaryId,
) -> Attempt<Result<(), NotRemoved>> {
    let removed = step!(steps, Home(bucket(account.bucket)), home => {
        remove_at_home(&home, account.uuid, person).await?
    });
    match removed {
        Ok(index) => {
            change_document(steps, &RELEASE, &index, person).await?;
            Ok(Ok(()))
        }
        Err(why) => Ok(Err(why)),
    }
}

async fn remove_at_home(
    home: &Home<'_>,
    account: Uuid,
    person: BeneficiaryId,
) -> Attempt<Result<[u8; 32], NotRemoved>> {
    let id = number(person);
    let locked = home.rows(&LOCK_PERSON, &[&id]).await?;
    let Some(row) = locked.first().filter(|row| row.get::<_, Uuid>("account_id") == account) else {
        return Ok(Err(NotRemoved::NoSuchBeneficiary));
    };
    if !home.rows(&HAS_DOSE, &[&id]).await?.is_empty() {
        return Ok(Err(NotRemoved::Vaccinated));
    }
    if !home.rows(&HAS_CLAIM, &[&id]).await?.is_empty() {
        return Ok(Err(NotRemoved::Booked));
    }
    home.execute(&REMOVE, &[&id]).await?;
    Ok(Ok(digest_at(row, "document_index")?))
}

/// Completes or gives up an enrolment that stopped between its two steps.
pub(super) async fn complete_reservation(
    steps: Steps<'_>,
    index: &[u8; 32],
    person: BeneficiaryId,
    account: Uuid,
) -> Attempt<()> {
    let id = number(person);
    let entered = step!(steps, Home(bucket(person.bucket())), home => {
        home.rows(&LOCK_ACCOUNT, &[&account]).await?;
        let held = home.rows(&LOCK_PERSON, &[&id]).await?;
        if let Some(row) = held.first() {
            digest_at(row, "document_index").map_err(Failure::from)? == *index
        } else {
            home.execute(&GIVE_UP, &[&id]).await?;
            false
        }
    });
    let change = if entered { &SETTLE } else { &RELEASE };
    change_document(steps, change, index, person).await
}
