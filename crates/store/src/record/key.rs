//! People's wrapped keys, as they are wrapped anew.

use domain::id::{AccountId, BeneficiaryId, StaffId};
use uuid::Uuid;

/// Where wrapped keys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTable {
    /// With accounts.
    Accounts,
    /// With beneficiaries.
    Beneficiaries,
    /// With records that went into others.
    Merged,
    /// With staff.
    Staff,
    /// With reports.
    Reports,
}

impl KeyTable {
    /// Every place.
    pub const ALL: [Self; 5] =
        [Self::Accounts, Self::Beneficiaries, Self::Merged, Self::Staff, Self::Reports];
}

/// Whose wrapped keys they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// An account's.
    Account(AccountId),
    /// A beneficiary's.
    Beneficiary(BeneficiaryId),
    /// Those of a record that went into another.
    Merged(BeneficiaryId),
    /// Of somebody who works here.
    Staff {
        /// By what they are found.
        mobile_index: [u8; 32],
        /// Who.
        id: StaffId,
    },
    /// Of a report.
    Report(Uuid),
}

impl KeyOwner {
    /// The 16 bytes by which the vault knows them.
    pub fn person(&self) -> [u8; 16] {
        match self {
            Self::Account(account) => account.uuid.into_bytes(),
            Self::Beneficiary(id) | Self::Merged(id) => id.person_bytes(),
            Self::Staff { id, .. } => id.0.into_bytes(),
            Self::Report(id) => id.into_bytes(),
        }
    }
}

/// Wrapped keys as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Whose.
    pub owner: KeyOwner,
    /// The keys, wrapped.
    pub wrapped: Vec<u8>,
    /// Its place in the order of reading, for the engine that has one.
    pub place: i64,
}

/// Keys wrapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// As they were kept.
    pub from: KeyRow,
    /// As they are from now on.
    pub to: Vec<u8>,
}
