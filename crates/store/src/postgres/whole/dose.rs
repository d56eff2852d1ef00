//! Many doses: the people are locked, and doses, certificates, counts and messages are written, each
//! for all of them at once.

use std::collections::{HashMap, HashSet};

use domain::{appointment::AppointmentState, dose::Dose, id::BeneficiaryId};

use super::{add_tallies, column, place, place_at, put_messages};
use crate::{
    StoreResult,
    postgres::{
        claim::{Kept, kept_at},
        dose::{OnRecord, ended_by, tell},
        link::{Attempt, Db, Link, Steps, Values, transaction},
        person::dose_at,
        statement::statements,
        value::{beneficiary_at, bucket},
        wave::waves_of,
    },
    record::{ClaimState, Done, DoseRecord, NotRecorded},
    value::{day, number},
};

statements! {
    /// In order of their keys.
    Whole LOCK_PEOPLE = "
        SELECT locked.beneficiary_id, locked.changes
        FROM unnest($1::int[], $2::bigint[]) AS asked (hb, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT b.beneficiary_id, b.changes FROM beneficiary AS b
            WHERE b.hb = asked.hb AND b.beneficiary_id = asked.beneficiary_id
            FOR UPDATE
        ) AS locked";
    Whole OF_PEOPLE = "
        SELECT d.* FROM unnest($1::int[], $2::bigint[]) AS asked (hb, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT * FROM dose AS d
            WHERE d.hb = asked.hb AND d.beneficiary_id = asked.beneficiary_id
        ) AS d";
    Whole BY_ID = "
        SELECT asked.n, d.* FROM unnest($1::int[], $2::int[], $3::uuid[]) AS asked (n, hb, dose_id)
        CROSS JOIN LATERAL (
            SELECT * FROM dose AS d WHERE d.hb = asked.hb AND d.dose_id = asked.dose_id
        ) AS d";
    Whole UNDONE = "
        SELECT asked.n
        FROM unnest($1::int[], $2::int[], $3::uuid[], $4::bigint[])
            AS asked (n, hb, dose_id, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT 1 FROM undone_dose AS u
            WHERE u.hb = asked.hb AND u.dose_id = asked.dose_id
                AND u.beneficiary_id = asked.beneficiary_id
        ) AS u";
    Whole RECORD = "
        INSERT INTO dose (hb, beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        SELECT given.*
        FROM unnest($1::int[], $2::bigint[], $3::smallint[], $4::uuid[], $5::bigint[], $6::uuid[],
            $7::text[], $8::text[], $9::text[], $10::int[], $11::bigint[])
            AS given";
    Whole PUT_CERTIFICATES = "
        INSERT INTO certificate (hb, certificate_id, beneficiary_id, dose_number, sealed, issued_at)
        SELECT given.*
        FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::smallint[], $5::bytea[], $6::bigint[])
            AS given";
    Whole OWE = "
        INSERT INTO owed_certificate (hb, beneficiary_id, dose_id, owed_since)
        SELECT given.*
        FROM unnest($1::int[], $2::bigint[], $3::uuid[], $4::bigint[]) AS given";
    Whole CLAIMS = "
        SELECT asked.n, c.*
        FROM unnest($1::int[], $2::int[], $3::bigint[], $4::smallint[])
            AS asked (n, hb, beneficiary_id, dose_number)
        CROSS JOIN LATERAL (
            SELECT * FROM dose_claim AS c
            WHERE c.hb = asked.hb AND c.beneficiary_id = asked.beneficiary_id
                AND c.dose_number = asked.dose_number
            FOR UPDATE
        ) AS c";
    Whole SET_STATES = "
        UPDATE dose_claim AS c SET state = ended.state, changed_at = ended.at
        FROM unnest($1::int[], $2::bigint[], $3::smallint[], $4::smallint[], $5::bigint[])
            AS ended (hb, beneficiary_id, dose_number, state, at)
        WHERE c.hb = ended.hb AND c.beneficiary_id = ended.beneficiary_id
            AND c.dose_number = ended.dose_number";
    Whole END_BOOKINGS = "
        UPDATE booking AS b SET state = $6
        FROM unnest($1::bigint[], $2::uuid[], $3::int[], $4::bigint[])
            AS done (facility_id, appointment_id, leg, beneficiary_id)
        WHERE b.facility_id = done.facility_id AND b.appointment_id = done.appointment_id
            AND b.leg = done.leg AND b.beneficiary_id = done.beneficiary_id AND b.state = $5";
}

type Answer = Result<Done, NotRecorded>;

pub(in crate::postgres) async fn record(db: &Db, doses: &[DoseRecord]) -> StoreResult<Vec<Answer>> {
    let waves = waves_of(doses, |record| [record.dose.beneficiary]);
    transaction!(db, tx => {
        let mut answers = Vec::with_capacity(doses.len());
        for wave in &waves {
            let wave = &doses[wave.clone()];
            let (recorded, elsewhere) = record_wave(&Link::Within(&tx), wave).await?;
            answers.extend(recorded);
            for (n, claim) in elsewhere {
                let dose = &wave[n].dose;
                let home = bucket(dose.beneficiary.bucket());
                tell(Steps::Whole(&tx), home, &claim, dose.recorded_at).await?;
            }
        }
        answers
    })
}

/// Records doses; gives the answers, and the claims whose seat is to be given back, as the dose was
/// given elsewhere.
async fn record_wave(
    link: &Link<'_>,
    doses: &[DoseRecord],
) -> Attempt<(Vec<Answer>, Vec<(usize, Kept)>)> {
    let answers = check(link, doses).await?;
    let new: Vec<(usize, &DoseRecord)> =
        doses.iter().enumerate().filter(|(n, _)| answers[*n] == Ok(Done::New)).collect();
    if new.is_empty() {
        return Ok((answers, Vec::new()));
    }
    write(link, &new).await?;
    let claims = end_claims(link, &new).await?;
    let (done, elsewhere): (Vec<_>, Vec<_>) =
        claims.into_iter().partition(|(_, claim)| claim.row.state == ClaimState::Done);
    end_bookings(link, &done).await?;
    Ok((answers, elsewhere))
}

async fn check(link: &Link<'_>, doses: &[DoseRecord]) -> Attempt<Vec<Answer>> {
    let mut people = column(doses, |record| record.dose.beneficiary);
    people.sort_unstable_by_key(|person| (person.bucket().0, number(*person)));
    let keys: Values<'_> = &[
        &column(&people, |person| bucket(person.bucket())),
        &column(&people, |person| number(*person)),
    ];
    let locked = link.rows(&LOCK_PEOPLE, keys).await?;
    let locked: HashMap<BeneficiaryId, i32> = locked
        .iter()
        .map(|row| Ok((beneficiary_at(row)?, row.get("changes"))))
        .collect::<StoreResult<_>>()?;
    let mut of_people: HashMap<BeneficiaryId, Vec<Dose>> = HashMap::new();
    for row in link.rows(&OF_PEOPLE, keys).await? {
        let dose = dose_at(&row)?;
        of_people.entry(dose.beneficiary).or_default().push(dose);
    }
    let places: Vec<i32> = (0..doses.len()).map(place).collect();
    let buckets = column(doses, |record| bucket(record.dose.beneficiary.bucket()));
    let ids = column(doses, |record| record.dose.id.0);
    let numbers = column(doses, |record| number(record.dose.beneficiary));
    let mut same_id: HashMap<usize, Dose> = HashMap::new();
    for row in link.rows(&BY_ID, &[&places, &buckets, &ids]).await? {
        same_id.insert(place_at(&row), dose_at(&row)?);
    }
    let undone = link.rows(&UNDONE, &[&places, &buckets, &ids, &numbers]).await?;
    let undone: HashSet<usize> = undone.iter().map(place_at).collect();
    let answer = |(n, record): (usize, &DoseRecord)| {
        let person = record.dose.beneficiary;
        let Some(&changes) = locked.get(&person) else {
            return Err(NotRecorded::NoSuchBeneficiary);
        };
        let of_person = of_people.get(&person).map_or(&[][..], Vec::as_slice);
        let undone = undone.contains(&n);
        let on_record = OnRecord { of_person, same_id: same_id.get(&n), undone, changes };
        on_record.refusal(record).unwrap_or(Ok(Done::New))
    };
    Ok(doses.iter().enumerate().map(answer).collect())
}

async fn write(link: &Link<'_>, new: &[(usize, &DoseRecord)]) -> Attempt<()> {
    let doses = column(new, |(_, record)| &record.dose);
    let buckets = column(&doses, |dose| bucket(dose.beneficiary.bucket()));
    let values: Values<'_> = &[
        &buckets,
        &column(&doses, |dose| number(dose.beneficiary)),
        &column(&doses, |dose| i16::from(dose.number)),
        &column(&doses, |dose| dose.id.0),
        &column(&doses, |dose| dose.facility.0),
        &column(&doses, |dose| dose.appointment.map(|appointment| appointment.0)),
        &column(&doses, |dose| dose.vaccine.as_str()),
        &column(&doses, |dose| dose.lot.as_str()),
        &column(&doses, |dose| dose.vaccinator.as_str()),
        &column(&doses, |dose| day(dose.given_on)),
        &column(&doses, |dose| dose.recorded_at.as_millisecond()),
    ];
    link.execute(&RECORD, values).await?;
    write_certificates(link, new).await?;
    let tallies: Vec<_> =
        new.iter().zip(&buckets).map(|((_, record), hb)| (*hb, &record.tally)).collect();
    add_tallies(link, &tallies).await?;
    let messages: Vec<_> = new.iter().filter_map(|(_, record)| record.message.as_ref()).collect();
    put_messages(link, &messages).await
}

/// Keeps the certificates, and notes for which doses one is owed.
async fn write_certificates(link: &Link<'_>, new: &[(usize, &DoseRecord)]) -> Attempt<()> {
    let home = |person: BeneficiaryId| bucket(person.bucket());
    let signed: Vec<_> = new.iter().filter_map(|(_, record)| record.certificate.as_ref()).collect();
    if !signed.is_empty() {
        let values: Values<'_> = &[
            &column(&signed, |one| home(one.beneficiary)),
            &column(&signed, |one| one.id),
            &column(&signed, |one| number(one.beneficiary)),
            &column(&signed, |one| i16::from(one.dose_number)),
            &column(&signed, |one| one.sealed.as_slice()),
            &column(&signed, |one| one.issued_at.as_millisecond()),
        ];
        link.execute(&PUT_CERTIFICATES, values).await?;
    }
    let is_owed = |(_, record): &&(usize, &DoseRecord)| record.certificate.is_none();
    let owed: Vec<_> = new.iter().filter(is_owed).map(|(_, record)| &record.dose).collect();
    if !owed.is_empty() {
        let values: Values<'_> = &[
            &column(&owed, |dose| home(dose.beneficiary)),
            &column(&owed, |dose| number(dose.beneficiary)),
            &column(&owed, |dose| dose.id.0),
            &column(&owed, |dose| dose.recorded_at.as_millisecond()),
        ];
        link.execute(&OWE, values).await?;
    }
    Ok(())
}

/// Ends the claims on seats for these doses; gives them in their new state.
async fn end_claims(link: &Link<'_>, new: &[(usize, &DoseRecord)]) -> Attempt<Vec<(usize, Kept)>> {
    let doses = column(new, |(_, record)| &record.dose);
    let values: Values<'_> = &[
        &column(new, |(n, _)| place(*n)),
        &column(&doses, |dose| bucket(dose.beneficiary.bucket())),
        &column(&doses, |dose| number(dose.beneficiary)),
        &column(&doses, |dose| i16::from(dose.number)),
    ];
    let of: HashMap<usize, &Dose> = new.iter().map(|(n, record)| (*n, &record.dose)).collect();
    let mut ended = Vec::new();
    for row in link.rows(&CLAIMS, values).await? {
        let (n, mut claim) = (place_at(&row), kept_at(&row)?);
        claim.row.state = ended_by(&claim, of[&n]);
        ended.push((n, claim));
    }
    let values: Values<'_> = &[
        &column(&ended, |(_, claim)| bucket(claim.row.beneficiary.bucket())),
        &column(&ended, |(_, claim)| number(claim.row.beneficiary)),
        &column(&ended, |(_, claim)| i16::from(claim.row.dose_number)),
        &column(&ended, |(_, claim)| claim.row.state.number()),
        &column(&ended, |(n, _)| of[n].recorded_at.as_millisecond()),
    ];
    link.execute(&SET_STATES, values).await?;
    Ok(ended)
}

async fn end_bookings(link: &Link<'_>, done: &[(usize, Kept)]) -> Attempt<()> {
    let values: Values<'_> = &[
        &column(done, |(_, claim)| claim.row.seat.facility.0),
        &column(done, |(_, claim)| claim.row.appointment.0),
        &column(done, |(_, claim)| claim.row.leg),
        &column(done, |(_, claim)| number(claim.row.beneficiary)),
        &AppointmentState::Booked.number(),
        &AppointmentState::Done.number(),
    ];
    link.execute(&END_BOOKINGS, values).await?;
    Ok(())
}
