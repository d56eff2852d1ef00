//! One person registered twice: the record that goes into the one that stays.

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId, DoseId, StaffId},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{BeneficiaryRow, CertificateRow, ClaimRow, Idempotency, Message, Tally};

/// A record as it was when a merge was planned from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Whose it is.
    pub beneficiary: BeneficiaryId,
    /// How often its details had been changed; see [`BeneficiaryRow::changes`].
    pub changes: i32,
    /// Its doses, in order of number.
    pub doses: Vec<DoseId>,
}

/// A record to merge into another one.
#[derive(Clone, Debug)]
pub struct Merge {
    /// Its id: each attempt has its own, as what was decided of one is final.
    pub id: Uuid,
    /// The record that goes.
    pub goes: Planned,
    /// The record that stays.
    pub stays: Planned,
    /// The account of the record that stays.
    pub account: AccountId,
    /// Who of the staff merges them; none if the resident does.
    pub by: Option<StaffId>,
    /// Why they do, sealed under the key of the record that goes.
    pub because: Option<Vec<u8>>,
    /// What makes a repeated request known, if the client gave a key.
    pub idempotency: Option<Idempotency>,
    /// Every dose of the record that stays, numbered anew.
    pub series: Vec<Dose>,
    /// A certificate for each of them.
    pub certificates: Vec<CertificateRow>,
    /// What to count anew: a dose is counted by its number, and by gender and age.
    pub tallies: Vec<Tally>,
    /// What to send to the account of the record that stays.
    pub message: Option<Message>,
    /// What to send to the account of the record that goes, if it is another one.
    pub farewell: Option<Message>,
    /// The day it is there. Appointments of the days before, to which nobody came, stand in no way.
    pub today: Date,
    /// When it was asked.
    pub at: Timestamp,
}

impl Merge {
    /// What it is about.
    pub const fn key(&self) -> MergeKey {
        MergeKey { id: self.id, goes: self.goes.beneficiary, stays: self.stays.beneficiary }
    }

    /// The doses of the record that stays that have another number afterwards: the old one and the new
    /// one of each.
    pub(crate) fn renumbered(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        let held = (1..).zip(&self.stays.doses);
        held.filter_map(|(old, id)| {
            let new = self.series.iter().find(|dose| dose.id == *id)?.number;
            (old != new).then_some((old, new))
        })
    }
}

/// What a merge is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeKey {
    /// Its id.
    pub id: Uuid,
    /// The record that goes.
    pub goes: BeneficiaryId,
    /// The record that stays.
    pub stays: BeneficiaryId,
}

/// Why records were not merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMerged {
    /// One of them is not there, or not in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
    /// The record that goes went into another one.
    #[error("this record was merged into another one")]
    Gone,
    /// The record that goes is on its way into another one.
    #[error("this record is being merged: look again in a minute")]
    InProgress,
    /// An appointment is live.
    #[error("cancel the appointments of both records first")]
    Booked,
    /// Details or doses changed since they were read.
    #[error("the details or the doses have changed meanwhile")]
    Changed,
}

/// A record that went into another one: nobody can book, or be given a dose or a certificate, with it
/// any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedRecord {
    /// The record as it was.
    pub beneficiary: BeneficiaryRow,
    /// Into which one it went.
    pub into: BeneficiaryId,
    /// When it was asked.
    pub at: Timestamp,
    /// Who of the staff merged them; none if the resident did.
    pub by: Option<StaffId>,
    /// Why they did, sealed under the key of the record that went.
    pub because: Option<Vec<u8>>,
    /// Whether it is there; otherwise it may still come back.
    pub settled: bool,
    /// Its appointments of the past.
    pub claims: Vec<ClaimRow>,
}

/// A merge that stopped between two steps, taken by whoever brings it to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedMerge {
    /// What it is about.
    pub key: MergeKey,
    /// The record that goes, which is nobody's at this moment.
    pub beneficiary: BeneficiaryRow,
    /// Its doses, in order of number.
    pub doses: Vec<Dose>,
    /// Who of the staff asked for it.
    pub by: Option<StaffId>,
    /// What makes the request known.
    pub idempotency: Option<Idempotency>,
    /// Whether the record that stays has said what becomes of it.
    pub decided: bool,
}
