//! The part of a store that keeps passkeys, apps that show codes, and how staff come to a first one.

use async_trait::async_trait;
use domain::id::StaffId;
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{
        Holder, PasskeyRow, PasskeyUse, Restoration, Restored, StaffCode, StaffCodeTry, TotpRow,
    },
};

/// Passkeys and apps that show codes.
#[async_trait]
pub trait FactorStore {
    /// Keeps a passkey, unless its owner has `most` already or has it; says whether it did.
    async fn add_passkey(&self, passkey: &PasskeyRow, most: u32) -> StoreResult<bool>;
    /// The passkeys of somebody who works here, in order of their making.
    async fn passkeys(&self, staff: StaffId) -> StoreResult<Vec<PasskeyRow>>;
    /// Keeps that a passkey signed in, if its counter moved on or never counts; false if it did not.
    async fn use_passkey(&self, used: &PasskeyUse) -> StoreResult<bool>;
    /// Removes a passkey, unless it is the last thing that proves who its owner is.
    async fn remove_passkey(&self, staff: StaffId, id: Uuid) -> StoreResult<bool>;
    /// Keeps the secret of an app, if its holder has none; says whether it did.
    async fn add_totp(&self, totp: &TotpRow) -> StoreResult<bool>;
    /// The secret of a holder's app.
    async fn totp(&self, holder: Holder) -> StoreResult<Option<TotpRow>>;
    /// Uses the code of a span, if none of that span or a later one was used. A step that is run again
    /// because nobody knows whether it was kept may say false of the first use, too.
    async fn use_totp(&self, holder: Holder, step: i64) -> StoreResult<bool>;
    /// Removes a resident's app.
    async fn remove_totp(&self, holder: Holder) -> StoreResult<bool>;
    /// Removes the app of somebody who works here, unless they have no passkey.
    async fn remove_staff_totp(&self, staff: StaffId) -> StoreResult<bool>;
    /// Keeps where the account of somebody who works here is: by the index of their mobile.
    async fn know_staff(&self, staff: StaffId, mobile_index: [u8; 32]) -> StoreResult<()>;
    /// The index of the mobile of somebody who works here, if it was told.
    async fn known_staff(&self, staff: StaffId) -> StoreResult<Option<[u8; 32]>>;
    /// Keeps codes by which staff come to a first passkey; one from before counts no more.
    async fn put_staff_codes(&self, codes: &[StaffCode]) -> StoreResult<()>;
    /// Uses such a code up. A wrong try is counted.
    async fn try_staff_code(&self, tried: &StaffCodeTry) -> StoreResult<bool>;
    /// Somebody says that an account lost all its passkeys. If another person said so before, they and
    /// the app go, in the same transaction in which the code begins to count.
    async fn restore_access(&self, asked: &Restoration) -> StoreResult<Restored>;
}
