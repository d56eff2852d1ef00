//! The copy of wrapped keys, apart from that of the rows: it lives shorter. Rows of any age with keys of
//! today give everybody back but those who were erased in between.
//!
//! # Shape
//!
//! A file `wrapped-keys` of records: the table (1 byte, 0 accounts, 1 beneficiaries, 2 records that went
//! into others, 3 staff, 4 reports), the home bucket (2), by what the row is found (32: an id of 16 bytes or a number
//! of 8, then zeros, or the index of a mobile), the id of staff or zeros (16), the length of the keys (2)
//! and the keys. Numbers are big-endian.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use domain::id::{AccountId, BeneficiaryId, HomeBucket, StaffId};
use uuid::Uuid;

use crate::{
    AllKeys, KeyChange, KeyOwner, KeyRow, Store, StoreError, StoreResult,
    value::{beneficiary, number},
};

/// The name of the file.
const COPY: &str = "wrapped-keys";
/// How many keys are given at once.
const BATCH: u32 = 1_000;
/// The bytes of a record before the keys.
const HEAD: usize = 1 + 2 + 32 + 16 + 2;

/// What became of a copy that was read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returned {
    /// How many have their keys again.
    pub given: u64,
    /// How many had none, and are gone.
    pub gone: u64,
}

/// Writes all wrapped keys to a folder, for who made them only; gives how many.
///
/// # Errors
///
/// If the store or the folder cannot be used.
pub async fn write(store: &dyn Store, folder: &Path) -> StoreResult<u64> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = BufWriter::new(options.open(folder.join(COPY)).map_err(unusable)?);
    let mut count = 0;
    let mut keys = AllKeys::of(store);
    while let Some(rows) = keys.next().await? {
        for row in &rows {
            file.write_all(&record(row)).map_err(unusable)?;
            count += 1;
        }
    }
    file.into_inner()
        .map_err(|error| unusable(error.into_error()))?
        .sync_all()
        .map_err(unusable)?;
    Ok(count)
}

/// Gives the rows of a copy that was read back their keys, and lets go of who has none.
///
/// # Errors
///
/// If the store or the folder cannot be used.
pub async fn read(store: &dyn Store, folder: &Path) -> StoreResult<Returned> {
    let mut file = BufReader::new(File::open(folder.join(COPY)).map_err(unusable)?);
    let mut given = 0;
    loop {
        let mut changes = Vec::new();
        while changes.len() < BATCH as usize {
            let Some(row) = next(&mut file)? else { break };
            let from = KeyRow { wrapped: Vec::new(), ..row.clone() };
            changes.push(KeyChange { from, to: row.wrapped });
        }
        if changes.is_empty() {
            break;
        }
        let replaced = store.replace_keys(&changes).await?;
        given += replaced.iter().map(|replaced| u64::from(*replaced)).sum::<u64>();
    }
    Ok(Returned { given, gone: store.forget_keyless().await? })
}

fn record(row: &KeyRow) -> Vec<u8> {
    let (table, bucket, key, staff) = match &row.owner {
        KeyOwner::Account(account) => {
            (0, account.bucket.0, padded(account.uuid.as_bytes()), [0; 16])
        }
        KeyOwner::Beneficiary(id) => {
            (1, id.bucket().0, padded(&number(*id).to_be_bytes()), [0; 16])
        }
        KeyOwner::Merged(id) => (2, id.bucket().0, padded(&number(*id).to_be_bytes()), [0; 16]),
        KeyOwner::Report(id) => (4, 0, padded(id.as_bytes()), [0; 16]),
        KeyOwner::Staff { mobile_index, id } => (3, 0, *mobile_index, id.0.into_bytes()),
    };
    let length = u16::try_from(row.wrapped.len()).unwrap_or(0);
    let mut record = vec![table];
    record.extend(bucket.to_be_bytes());
    record.extend(key);
    record.extend(staff);
    record.extend(length.to_be_bytes());
    record.extend(&row.wrapped);
    record
}

fn padded(bytes: &[u8]) -> [u8; 32] {
    let mut padded = [0; 32];
    padded[..bytes.len()].copy_from_slice(bytes);
    padded
}

fn next(file: &mut impl Read) -> StoreResult<Option<KeyRow>> {
    let mut head = [0; HEAD];
    match file.read(&mut head[..1]) {
        Ok(0) => return Ok(None),
        Ok(_) => file.read_exact(&mut head[1..]).map_err(unusable)?,
        Err(error) => return Err(unusable(error)),
    }
    let broken = || StoreError::broken("the copy of the keys was changed");
    let owner = owner(&head).ok_or_else(broken)?;
    let length = u16::from_be_bytes([head[HEAD - 2], head[HEAD - 1]]);
    let mut wrapped = vec![0; length.into()];
    file.read_exact(&mut wrapped).map_err(unusable)?;
    Ok(Some(KeyRow { owner, wrapped, place: 0 }))
}

fn owner(head: &[u8; HEAD]) -> Option<KeyOwner> {
    let bucket = HomeBucket(u16::from_be_bytes([head[1], head[2]]));
    let person = || -> Option<BeneficiaryId> {
        beneficiary(i64::from_be_bytes(head[3..11].try_into().ok()?))
    };
    Some(match head[0] {
        0 => {
            let uuid = Uuid::from_bytes(head[3..19].try_into().ok()?);
            KeyOwner::Account(AccountId { bucket, uuid })
        }
        1 => KeyOwner::Beneficiary(person()?),
        2 => KeyOwner::Merged(person()?),
        3 => KeyOwner::Staff {
            mobile_index: head[3..35].try_into().ok()?,
            id: StaffId(Uuid::from_bytes(head[35..51].try_into().ok()?)),
        },
        4 => KeyOwner::Report(Uuid::from_bytes(head[3..19].try_into().ok()?)),
        _ => return None,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "as what maps an error is called")]
fn unusable(error: io::Error) -> StoreError {
    StoreError::broken(format!("the copy of the keys cannot be used: {}", error.kind()))
}
