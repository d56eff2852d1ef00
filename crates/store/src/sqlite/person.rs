//! Accounts and their people.

use domain::{
    dose::Dose,
    id::{AccountId, AppointmentId, BeneficiaryId, DoseId, FacilityId, StaffId},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::{
    message, place, remembered, travel,
    value::{Columns, instant_at},
};
use crate::{
    guard::ENROLLED,
    record::{
        AccountRow, Amendment, BeneficiaryRow, ClaimRow, ClaimState, Done, Enrolment, ListNo,
        NotAmended, NotEnrolled, NotRemoved, PersonRecord, Run, SealedDetails,
    },
    value::{date, instant, number},
};

/// The columns of a person, as [`beneficiary_row`] reads them, but for what is given for travel.
macro_rules! beneficiary_columns {
    () => {
        "beneficiary_id, account_id, wrapped_key, name, birth_year, gender, document, comorbidity, \
         document_index, registered_at, verified_at, changes, list_no"
    };
}
pub(super) use beneficiary_columns;

/// The columns of a person with what is given for travel.
macro_rules! person_columns {
    () => {
        concat!(
            beneficiary_columns!(),
            ", travel_born_on, travel_passport, travel_nationality, travel_guardian"
        )
    };
}

/// The columns of a claim, as [`claim_row`] reads them.
macro_rules! claim_columns {
    () => {
        "dose_claim.appointment_id, dose_claim.leg, dose_claim.beneficiary_id, \
         dose_claim.dose_number, dose_claim.facility_id, dose_claim.session_id, dose_claim.pool, \
         dose_claim.slot, dose_claim.held_on, dose_claim.state"
    };
}
pub(super) use claim_columns;

/// The columns of a dose, as [`dose_row`] reads them.
macro_rules! dose_columns {
    () => {
        "dose.dose_id, dose.beneficiary_id, dose.dose_number, dose.facility_id, \
         dose.appointment_id, dose.vaccine, dose.lot, dose.vaccinator, dose.given_on, \
         dose.recorded_at"
    };
}
pub(super) use dose_columns;

const OPEN_ACCOUNT: &str = "
    INSERT INTO account (account_id, mobile_index, wrapped_key, mobile, opened_at)
    VALUES (:account, :mobile_index, :wrapped_key, :mobile, :opened_at)
    ON CONFLICT (account_id) DO NOTHING";

const ENROL: &str = "
    INSERT INTO beneficiary (beneficiary_id, account_id, wrapped_key, name, birth_year, gender,
        document, comorbidity, document_index, registered_at, list_no)
    SELECT :id, :account, :wrapped_key, :name, :birth_year, :gender,
        :document, :comorbidity, :document_index, :registered_at, :list
    WHERE NOT EXISTS (SELECT 1 FROM merged_beneficiary
        WHERE document_index = :document_index OR beneficiary_id = :id)
    ON CONFLICT DO NOTHING";

pub(super) fn enrol(
    connection: &Connection,
    enrolment: &Enrolment,
) -> rusqlite::Result<Result<Done, NotEnrolled>> {
    const FAMILY: &str = "SELECT count(*) FROM beneficiary WHERE account_id = ?1";
    let Enrolment { account, beneficiary, limit, idempotency, tally, message } = enrolment;
    if let Some(request) = idempotency
        && let Some(answer) = remembered::enrolment(connection, request)?
    {
        return Ok(answer);
    }
    let details = &beneficiary.details;
    let mut family = connection.prepare_cached(FAMILY)?;
    let family: u8 = family.query_row([account.id.uuid.as_bytes()], |row| row.get(0))?;
    if family >= *limit {
        return why_not_enrolled(connection, enrolment);
    }
    let rows = connection.prepare_cached(ENROL)?.execute(params![
        number(beneficiary.id),
        account.id.uuid.as_bytes(),
        beneficiary.wrapped_key,
        details.name,
        details.birth_year,
        details.gender,
        details.document,
        details.comorbidity,
        details.document_index,
        beneficiary.registered_at.as_millisecond(),
        beneficiary.list.map(|list| list.0),
    ])?;
    if rows == 0 {
        return why_not_enrolled(connection, enrolment);
    }
    connection.prepare_cached(OPEN_ACCOUNT)?.execute(params![
        account.id.uuid.as_bytes(),
        account.mobile_index,
        account.wrapped_key,
        account.mobile,
        account.opened_at.as_millisecond(),
    ])?;
    if let Some(tally) = tally {
        place::add_tally(connection, tally)?;
    }
    if let Some(message) = message {
        message::put(connection, message)?;
    }
    if let Some(request) = idempotency {
        let at = beneficiary.registered_at;
        remembered::put(connection, request, ENROLLED, None, at)?;
    }
    Ok(Ok(Done::New))
}

pub(super) fn enrol_all(
    connection: &Connection,
    enrolments: &[Enrolment],
    run: Run,
) -> rusqlite::Result<Result<(), Vec<(usize, NotEnrolled)>>> {
    connection.execute_batch("SAVEPOINT all_or_none")?;
    let mut refused = Vec::new();
    for (place, enrolment) in enrolments.iter().enumerate() {
        if let Err(why) = enrol(connection, enrolment)? {
            refused.push((place, why));
        }
    }
    if run == Run::Dry || !refused.is_empty() {
        connection.execute_batch("ROLLBACK TO all_or_none")?;
    }
    connection.execute_batch("RELEASE all_or_none")?;
    Ok(if refused.is_empty() { Ok(()) } else { Err(refused) })
}

fn why_not_enrolled(
    connection: &Connection,
    enrolment: &Enrolment,
) -> rusqlite::Result<Result<Done, NotEnrolled>> {
    const SAME: &str = "
        SELECT 1 FROM beneficiary
        WHERE beneficiary_id = ?1 AND account_id = ?2 AND document_index = ?3
        UNION ALL
        SELECT 1 FROM merged_beneficiary
        WHERE beneficiary_id = ?1 AND account_id = ?2 AND document_index = ?3";
    const TAKEN: &str = "
        SELECT 1 FROM beneficiary WHERE document_index = ?1
        UNION ALL
        SELECT 1 FROM merged_beneficiary WHERE document_index = ?1";
    let beneficiary = &enrolment.beneficiary;
    let index = beneficiary.details.document_index;
    let same = (number(beneficiary.id), beneficiary.account.as_bytes(), index);
    Ok(if connection.prepare_cached(SAME)?.exists(same)? {
        Ok(Done::Again)
    } else if connection.prepare_cached(TAKEN)?.exists([index])? {
        Err(NotEnrolled::DocumentTaken)
    } else {
        Err(NotEnrolled::AccountFull)
    })
}

const AMEND: &str = "
    UPDATE OR IGNORE beneficiary
    SET name = :name, birth_year = :birth_year, gender = :gender, document = :document,
        comorbidity = :comorbidity, document_index = :document_index, changes = changes + 1,
        travel_born_on = NULL, travel_passport = NULL, travel_nationality = NULL,
        travel_guardian = NULL
    WHERE beneficiary_id = :id AND account_id = :account
        AND NOT EXISTS (SELECT 1 FROM dose WHERE beneficiary_id = :id)
        AND NOT EXISTS (SELECT 1 FROM merged_beneficiary WHERE document_index = :document_index)";

pub(super) fn amend(
    connection: &Connection,
    amendment: &Amendment,
) -> rusqlite::Result<Result<(), NotAmended>> {
    let details = &amendment.details;
    let rows = connection.prepare_cached(AMEND)?.execute(named_params! {
        ":id": number(amendment.beneficiary),
        ":account": amendment.account.uuid.as_bytes(),
        ":name": details.name,
        ":birth_year": details.birth_year,
        ":gender": details.gender,
        ":document": details.document,
        ":comorbidity": details.comorbidity,
        ":document_index": details.document_index,
    })?;
    Ok(if rows == 1 {
        Ok(())
    } else if !belongs(connection, amendment.account, amendment.beneficiary)? {
        Err(NotAmended::NoSuchBeneficiary)
    } else if has_dose(connection, amendment.beneficiary)? {
        Err(NotAmended::Vaccinated)
    } else {
        Err(NotAmended::DocumentTaken)
    })
}

/// Whether the person is one of the account's.
pub(super) fn belongs(
    connection: &Connection,
    account: AccountId,
    beneficiary: BeneficiaryId,
) -> rusqlite::Result<bool> {
    const BELONGS: &str = "SELECT 1 FROM beneficiary WHERE beneficiary_id = ?1 AND account_id = ?2";
    connection.prepare_cached(BELONGS)?.exists((number(beneficiary), account.uuid.as_bytes()))
}

fn has_dose(connection: &Connection, beneficiary: BeneficiaryId) -> rusqlite::Result<bool> {
    const HAS_DOSE: &str = "SELECT 1 FROM dose WHERE beneficiary_id = ?1";
    connection.prepare_cached(HAS_DOSE)?.exists([number(beneficiary)])
}

pub(super) fn remove(
    connection: &Connection,
    account: AccountId,
    beneficiary: BeneficiaryId,
) -> rusqlite::Result<Result<(), NotRemoved>> {
    const HAS_CLAIM: &str = "SELECT 1 FROM dose_claim WHERE beneficiary_id = ?1";
    const REMOVE: &str = "DELETE FROM beneficiary WHERE beneficiary_id = ?1";
    if !belongs(connection, account, beneficiary)? {
        return Ok(Err(NotRemoved::NoSuchBeneficiary));
    }
    if has_dose(connection, beneficiary)? {
        return Ok(Err(NotRemoved::Vaccinated));
    }
    if connection.prepare_cached(HAS_CLAIM)?.exists([number(beneficiary)])? {
        return Ok(Err(NotRemoved::Booked));
    }
    connection.prepare_cached(REMOVE)?.execute([number(beneficiary)])?;
    Ok(Ok(()))
}

pub(super) fn mark_verified(
    connection: &Connection,
    beneficiary: BeneficiaryId,
    by: StaffId,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    const MARK: &str = "
        UPDATE beneficiary
        SET verified_at = coalesce(verified_at, ?3), verified_by = coalesce(verified_by, ?2)
        WHERE beneficiary_id = ?1";
    let rows = connection.prepare_cached(MARK)?.execute((
        number(beneficiary),
        by.0.as_bytes(),
        at.as_millisecond(),
    ))?;
    Ok(rows == 1)
}

pub(super) fn account(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<AccountRow>> {
    let mut one = connection.prepare_cached("SELECT * FROM account WHERE account_id = ?1")?;
    one.query_row([account.uuid.as_bytes()], |row| {
        Ok(AccountRow {
            id: account,
            mobile_index: row.get("mobile_index")?,
            wrapped_key: row.get("wrapped_key")?,
            mobile: row.get("mobile")?,
            opened_at: instant_at(row, "opened_at")?,
        })
    })
    .optional()
}

pub(super) fn people(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Vec<PersonRecord>> {
    const OF_ACCOUNT: &str = concat!(
        "SELECT ",
        person_columns!(),
        " FROM beneficiary WHERE account_id = ?1 ORDER BY rowid"
    );
    const CLAIMS: &str = concat!(
        "SELECT ",
        claim_columns!(),
        " FROM beneficiary JOIN dose_claim USING (beneficiary_id)
        WHERE beneficiary.account_id = ?1 ORDER BY beneficiary_id, dose_number"
    );
    const DOSES: &str = concat!(
        "SELECT ",
        dose_columns!(),
        " FROM beneficiary JOIN dose USING (beneficiary_id)
        WHERE account_id = ?1 ORDER BY beneficiary_id, dose_number"
    );
    let id = [account.uuid.as_bytes()];
    let rows = list(connection, OF_ACCOUNT, id, person_row)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let claims = list(connection, CLAIMS, id, claim_row)?;
    let doses = list(connection, DOSES, id, dose_row)?;
    let records = rows.into_iter().map(|beneficiary| PersonRecord {
        claims: claims.iter().filter(|one| one.beneficiary == beneficiary.id).cloned().collect(),
        doses: doses.iter().filter(|one| one.beneficiary == beneficiary.id).cloned().collect(),
        beneficiary,
    });
    Ok(records.collect())
}

pub(super) fn person(
    connection: &Connection,
    beneficiary: BeneficiaryId,
) -> rusqlite::Result<Option<PersonRecord>> {
    const ONE: &str =
        concat!("SELECT ", person_columns!(), " FROM beneficiary WHERE beneficiary_id = ?1");
    const DOSES: &str = concat!(
        "SELECT ",
        dose_columns!(),
        " FROM dose WHERE beneficiary_id = ?1 ORDER BY dose_number"
    );
    let id = [number(beneficiary)];
    let Some(beneficiary) = list(connection, ONE, id, person_row)?.pop() else {
        return Ok(None);
    };
    let claims = list(connection, CLAIMS_OF, id, claim_row)?;
    let doses = list(connection, DOSES, id, dose_row)?;
    Ok(Some(PersonRecord { beneficiary, claims, doses }))
}

/// The claims of one person.
pub(super) const CLAIMS_OF: &str = concat!(
    "SELECT ",
    claim_columns!(),
    " FROM dose_claim WHERE beneficiary_id = ?1 ORDER BY dose_number"
);

/// Every row of a question, read.
pub(super) fn list<T>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(values, read)?.collect()
}

fn person_row(row: &Row<'_>) -> rusqlite::Result<BeneficiaryRow> {
    let mut columns = Columns::of(row);
    let person = beneficiary_row(&mut columns)?;
    Ok(BeneficiaryRow { travel: travel::read(&mut columns)?, ..person })
}

/// Reads a person, without what is given for travel.
pub(super) fn beneficiary_row(columns: &mut Columns<'_, '_>) -> rusqlite::Result<BeneficiaryRow> {
    Ok(BeneficiaryRow {
        id: columns.beneficiary()?,
        account: columns.uuid()?,
        wrapped_key: columns.next()?,
        details: SealedDetails {
            name: columns.next()?,
            birth_year: columns.next()?,
            gender: columns.next()?,
            document: columns.next()?,
            comorbidity: columns.next()?,
            document_index: columns.next()?,
        },
        registered_at: columns.instant()?,
        verified_at: columns.next::<Option<i64>>()?.map(instant),
        changes: columns.next()?,
        list: columns.next::<Option<i32>>()?.map(ListNo),
        travel: None,
    })
}

/// Reads a claim.
pub(super) fn claim_row(row: &Row<'_>) -> rusqlite::Result<ClaimRow> {
    let mut columns = Columns::of(row);
    Ok(ClaimRow {
        appointment: AppointmentId(columns.uuid()?),
        leg: columns.next()?,
        beneficiary: columns.beneficiary()?,
        dose_number: columns.next()?,
        seat: columns.seat()?,
        on: date(columns.next()?),
        state: ClaimState::from_number(columns.next()?),
    })
}

/// Reads a dose.
pub(super) fn dose_row(row: &Row<'_>) -> rusqlite::Result<Dose> {
    let mut columns = Columns::of(row);
    Ok(Dose {
        id: DoseId(columns.uuid()?),
        beneficiary: columns.beneficiary()?,
        number: columns.next()?,
        facility: FacilityId(columns.next()?),
        appointment: columns
            .next::<Option<[u8; 16]>>()?
            .map(|bytes| AppointmentId(uuid::Uuid::from_bytes(bytes))),
        vaccine: columns.next()?,
        lot: columns.next()?,
        vaccinator: columns.next()?,
        given_on: date(columns.next()?),
        recorded_at: columns.instant()?,
    })
}
