//! Many enrolments: documents are reserved, accounts opened and locked, and people entered, each for
//! all of them at once.

use std::collections::{HashMap, HashSet};

use domain::id::BeneficiaryId;
use uuid::Uuid;

use super::{
    add_tallies, column, put_messages,
    remembered::{self, Kept},
};
use crate::{
    StoreResult,
    guard::{ENROLLED, Remembered},
    postgres::{
        enrolment::{all_or_none, refused},
        link::{Attempt, Db, Link, Values, long_transaction, transaction},
        statement::statements,
        value::{bucket, bucket_of, digest_at},
        wave::waves_of,
    },
    record::{Done, Enrolment, NotEnrolled, Run},
    value::number,
};

statements! {
    Whole RESERVE = "
        INSERT INTO document (hb, document_index, beneficiary_id, account_id)
        SELECT given.*
        FROM unnest($1::int[], $2::bytea[], $3::bigint[], $4::uuid[])
            AS given (hb, document_index, beneficiary_id, account_id)
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        RETURNING document_index";
    Whole OWNERS = "
        SELECT d.document_index, d.beneficiary_id
        FROM unnest($1::int[], $2::bytea[]) AS asked (hb, document_index)
        CROSS JOIN LATERAL (
            SELECT * FROM document AS d
            WHERE d.hb = asked.hb AND d.document_index = asked.document_index
        ) AS d";
    Whole RELEASE = "
        DELETE FROM document AS d
        USING unnest($1::int[], $2::bytea[], $3::bigint[])
            AS given (hb, document_index, beneficiary_id)
        WHERE d.hb = given.hb AND d.document_index = given.document_index
            AND d.beneficiary_id = given.beneficiary_id";
    Whole OPEN_ACCOUNTS = "
        INSERT INTO account (hb, account_id, mobile_index, wrapped_key, mobile, opened_at)
        SELECT given.*
        FROM unnest($1::int[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[])
            AS given (hb, account_id, mobile_index, wrapped_key, mobile, opened_at)
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING";
    /// Makes those who enter people into one account follow one another. In order of their keys.
    Whole LOCK_ACCOUNTS = "
        SELECT locked.account_id
        FROM unnest($1::int[], $2::uuid[]) AS asked (hb, account_id)
        CROSS JOIN LATERAL (
            SELECT a.account_id FROM account AS a
            WHERE a.hb = asked.hb AND a.account_id = asked.account_id
            FOR UPDATE
        ) AS locked";
    /// Those whose record went into another one are known, and have no place; while it is on its way
    /// they keep theirs, as it may come back.
    Whole FAMILIES = "
        SELECT b.account_id, b.beneficiary_id, b.place
        FROM unnest($1::int[], $2::uuid[]) AS asked (hb, account_id)
        CROSS JOIN LATERAL (
            SELECT b.account_id, b.beneficiary_id, b.place FROM beneficiary AS b
            WHERE b.hb = asked.hb AND b.account_id = asked.account_id
            UNION ALL
            SELECT m.account_id, m.beneficiary_id,
                CASE WHEN m.settled THEN -1::smallint ELSE m.place END
            FROM merged_beneficiary AS m
            WHERE m.hb = asked.hb AND m.account_id = asked.account_id
        ) AS b";
    Whole ENTER = "
        INSERT INTO beneficiary (hb, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, list_no)
        SELECT given.*
        FROM unnest($1::int[], $2::bigint[], $3::uuid[], $4::smallint[], $5::bytea[], $6::bytea[],
            $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bigint[],
            $13::int[])
            AS given";
}

type Answer = Result<Done, NotEnrolled>;

/// What two enrolments of one wave must not share.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Person(BeneficiaryId),
    Document([u8; 32]),
    Request([u8; 32]),
}

fn keys(one: &Enrolment) -> Vec<Key> {
    let beneficiary = &one.beneficiary;
    let always = [Key::Person(beneficiary.id), Key::Document(beneficiary.details.document_index)];
    always.into_iter().chain(one.idempotency.iter().map(|one| Key::Request(one.key))).collect()
}

pub(in crate::postgres) async fn enrol(
    db: &Db,
    enrolments: &[Enrolment],
) -> StoreResult<Vec<Answer>> {
    transaction!(db, tx => enter_all(&Link::Within(&tx), enrolments).await?)
}

pub(in crate::postgres) async fn enrol_all(
    db: &Db,
    enrolments: &[Enrolment],
    run: Run,
) -> StoreResult<Result<(), Vec<(usize, NotEnrolled)>>> {
    let refused: StoreResult<Vec<_>> = long_transaction!(db, tx => {
        let refused = refused(&enter_all(&Link::Within(&tx), enrolments).await?);
        if run == Run::Dry || !refused.is_empty() {
            tx.rollback().await?;
            return Ok(refused);
        }
        refused
    });
    Ok(all_or_none(refused?))
}

async fn enter_all(link: &Link<'_>, enrolments: &[Enrolment]) -> Attempt<Vec<Answer>> {
    let mut answers = Vec::with_capacity(enrolments.len());
    for wave in waves_of(enrolments, keys) {
        answers.extend(enter_wave(link, &enrolments[wave]).await?);
    }
    Ok(answers)
}

async fn enter_wave(link: &Link<'_>, enrolments: &[Enrolment]) -> Attempt<Vec<Answer>> {
    let request = |one: &Enrolment| Some((bucket(one.account.id.bucket), one.idempotency?));
    let recalled = remembered::recall(link, &column(enrolments, request)).await?;
    let recalled: HashMap<usize, Remembered> = recalled.into_iter().collect();
    let asking: Vec<&Enrolment> = enrolments
        .iter()
        .enumerate()
        .filter_map(|(n, one)| (!recalled.contains_key(&n)).then_some(one))
        .collect();
    let mut entered = enter_new(link, &asking).await?.into_iter();
    let answer = |n: usize| match recalled.get(&n) {
        Some(Some(_)) => Ok(Done::Again),
        Some(None) => Err(NotEnrolled::OtherRequest),
        None => entered.next().expect("an answer for each that was asked"),
    };
    Ok((0..enrolments.len()).map(answer).collect())
}

async fn enter_new(link: &Link<'_>, enrolments: &[&Enrolment]) -> Attempt<Vec<Answer>> {
    if enrolments.is_empty() {
        return Ok(Vec::new());
    }
    let taken = reserve(link, enrolments).await?;
    let free: Vec<&Enrolment> =
        enrolments.iter().copied().filter(|one| !taken.contains(&one.beneficiary.id)).collect();
    let mut families = open_accounts(link, &free).await?;
    let (mut new, mut without_place) = (Vec::new(), Vec::new());
    let mut answers = Vec::with_capacity(enrolments.len());
    for &one in enrolments {
        let family = families.entry(one.account.id.uuid).or_default();
        answers.push(if taken.contains(&one.beneficiary.id) {
            Err(NotEnrolled::DocumentTaken)
        } else if family.iter().any(|(id, _)| *id == number(one.beneficiary.id)) {
            Ok(Done::Again)
        } else if with_place(family) >= usize::from(one.limit) {
            without_place.push(one);
            Err(NotEnrolled::AccountFull)
        } else {
            let place = family.iter().map(|(_, place)| place + 1).max().unwrap_or(0);
            family.push((number(one.beneficiary.id), place));
            new.push((one, place));
            Ok(Done::New)
        });
    }
    enter(link, &new).await?;
    release(link, &without_place).await?;
    let tallies: Vec<_> = new
        .iter()
        .filter_map(|(one, _)| Some((bucket(one.account.id.bucket), one.tally.as_ref()?)))
        .collect();
    add_tallies(link, &tallies).await?;
    let messages: Vec<_> = new.iter().filter_map(|(one, _)| one.message.as_ref()).collect();
    put_messages(link, &messages).await?;
    let kept = |(one, _): &(&Enrolment, i16)| {
        let (hb, at) = (bucket(one.account.id.bucket), one.beneficiary.registered_at);
        Some(Kept { hb, request: one.idempotency?, code: ENROLLED, detail: None, at })
    };
    let kept: Vec<_> = new.iter().filter_map(kept).collect();
    remembered::put(link, &kept).await?;
    Ok(answers)
}

/// How many of a family have a place.
fn with_place(family: &[(i64, i16)]) -> usize {
    family.iter().filter(|(_, place)| *place >= 0).count()
}

/// Reserves the documents; gives the people whose document is another's.
async fn reserve(link: &Link<'_>, enrolments: &[&Enrolment]) -> Attempt<HashSet<BeneficiaryId>> {
    let index = |one: &Enrolment| one.beneficiary.details.document_index;
    let values: Values<'_> = &[
        &column(enrolments, |one| bucket_of(&index(one))),
        &column(enrolments, |one| one.beneficiary.details.document_index.as_slice()),
        &column(enrolments, |one| number(one.beneficiary.id)),
        &column(enrolments, |one| one.beneficiary.account),
    ];
    let reserved = link.rows(&RESERVE, values).await?;
    let reserved = reserved.iter().map(|row| digest_at(row, "document_index"));
    let reserved: HashSet<[u8; 32]> = reserved.collect::<StoreResult<_>>()?;
    let known: Vec<&Enrolment> =
        enrolments.iter().copied().filter(|one| !reserved.contains(&index(one))).collect();
    if known.is_empty() {
        return Ok(HashSet::new());
    }
    let values: Values<'_> = &[
        &column(&known, |one| bucket_of(&index(one))),
        &column(&known, |one| one.beneficiary.details.document_index.as_slice()),
    ];
    let mut owners: HashMap<[u8; 32], i64> = HashMap::new();
    for row in link.rows(&OWNERS, values).await? {
        owners.insert(digest_at(&row, "document_index")?, row.get("beneficiary_id"));
    }
    let taken = |one: &&&Enrolment| owners.get(&index(one)) != Some(&number(one.beneficiary.id));
    Ok(known.iter().filter(taken).map(|one| one.beneficiary.id).collect())
}

async fn release(link: &Link<'_>, enrolments: &[&Enrolment]) -> Attempt<()> {
    if enrolments.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(enrolments, |one| bucket_of(&one.beneficiary.details.document_index)),
        &column(enrolments, |one| one.beneficiary.details.document_index.as_slice()),
        &column(enrolments, |one| number(one.beneficiary.id)),
    ];
    link.execute(&RELEASE, values).await?;
    Ok(())
}

/// Opens and locks the accounts; gives number and place of those who are in them.
async fn open_accounts(
    link: &Link<'_>,
    enrolments: &[&Enrolment],
) -> Attempt<HashMap<Uuid, Vec<(i64, i16)>>> {
    let mut accounts = column(enrolments, |one| &one.account);
    accounts.sort_by_key(|account| (account.id.bucket.0, account.id.uuid));
    accounts.dedup_by_key(|account| account.id.uuid);
    let buckets = column(&accounts, |account| bucket(account.id.bucket));
    let ids = column(&accounts, |account| account.id.uuid);
    let values: Values<'_> = &[
        &buckets,
        &ids,
        &column(&accounts, |account| account.mobile_index.as_slice()),
        &column(&accounts, |account| account.wrapped_key.as_slice()),
        &column(&accounts, |account| account.mobile.as_slice()),
        &column(&accounts, |account| account.opened_at.as_millisecond()),
    ];
    link.execute(&OPEN_ACCOUNTS, values).await?;
    let keys: Values<'_> = &[&buckets, &ids];
    link.rows(&LOCK_ACCOUNTS, keys).await?;
    let mut families: HashMap<Uuid, Vec<(i64, i16)>> = HashMap::new();
    for row in link.rows(&FAMILIES, keys).await? {
        let member = (row.get("beneficiary_id"), row.get("place"));
        families.entry(row.get("account_id")).or_default().push(member);
    }
    Ok(families)
}

async fn enter(link: &Link<'_>, new: &[(&Enrolment, i16)]) -> Attempt<()> {
    if new.is_empty() {
        return Ok(());
    }
    let sealed = column(new, |(one, _)| &one.beneficiary.details);
    let values: Values<'_> = &[
        &column(new, |(one, _)| bucket(one.account.id.bucket)),
        &column(new, |(one, _)| number(one.beneficiary.id)),
        &column(new, |(one, _)| one.beneficiary.account),
        &column(new, |(_, place)| *place),
        &column(new, |(one, _)| one.beneficiary.wrapped_key.as_slice()),
        &column(&sealed, |details| details.name.as_slice()),
        &column(&sealed, |details| details.birth_year.as_slice()),
        &column(&sealed, |details| details.gender.as_slice()),
        &column(&sealed, |details| details.document.as_slice()),
        &column(&sealed, |details| details.comorbidity.as_slice()),
        &column(&sealed, |details| details.document_index.as_slice()),
        &column(new, |(one, _)| one.beneficiary.registered_at.as_millisecond()),
        &column(new, |(one, _)| one.beneficiary.list.map(|list| list.0)),
    ];
    link.execute(&ENTER, values).await?;
    Ok(())
}
