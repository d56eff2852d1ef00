//! What proves beside a one-time password who somebody is: passkeys, and apps that show codes.

use domain::id::StaffId;
use jiff::Timestamp;
use uuid::Uuid;

/// A passkey of somebody who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its id here.
    pub id: Uuid,
    /// Whose.
    pub staff: StaffId,
    /// The authenticator's id for it.
    pub credential: Vec<u8>,
    /// COSE key.
    pub public_key: Vec<u8>,
    /// What its owner calls it, sealed under the message key and bound to its id.
    pub name: Vec<u8>,
    /// The counter that the authenticator showed last; 0 for one that does not count.
    pub sign_count: u32,
    /// Since when it is there.
    pub made_at: Timestamp,
    /// When it signed in last.
    pub used_at: Option<Timestamp>,
}

/// A passkey signs in.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyUse {
    /// Whose.
    pub staff: StaffId,
    /// Which.
    pub id: Uuid,
    /// The counter that the authenticator shows.
    pub sign_count: u32,
    /// When.
    pub at: Timestamp,
}

/// Who has an app that shows codes: an account of residents, or somebody who works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Where it is kept.
    pub bucket: u16,
    /// Account id or staff id.
    pub id: Uuid,
}

impl Holder {
    /// Somebody who works here: kept by the first 16 bits of their id.
    pub fn staff(id: StaffId) -> Self {
        let bytes = id.0.as_bytes();
        Self { bucket: u16::from_be_bytes([bytes[0], bytes[1]]), id: id.0 }
    }
}

/// The secret of an app that shows codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpRow {
    /// Whose.
    pub holder: Holder,
    /// Sealed under the message key and bound to the holder.
    pub secret: Vec<u8>,
    /// The latest span whose code was used.
    pub last_step: i64,
    /// Since when it is there.
    pub made_at: Timestamp,
}

/// A code by which somebody who works here comes to a first passkey.
#[derive(Clone, Copy, Debug)]
pub struct StaffCode {
    /// Whose.
    pub staff: StaffId,
    /// Keyed blind index of their mobile, by which the account is found.
    pub mobile_index: [u8; 32],
    /// Keyed digest of it.
    pub code: [u8; 32],
    /// Until when it may be used.
    pub until: Timestamp,
}

/// A try of such a code.
#[derive(Clone, Copy, Debug)]
pub struct StaffCodeTry {
    /// Whose.
    pub staff: StaffId,
    /// Keyed digest of what was typed.
    pub typed: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// Wrong tries after which a code is dead.
    pub max_tries: i16,
}

/// One of two people says that somebody lost all their passkeys.
#[derive(Clone, Copy, Debug)]
pub struct Restoration {
    /// Who says so.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What another person said before counts no more.
    pub asked_after: Timestamp,
    /// The code that they are handed if this is the second person.
    pub code: StaffCode,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Another person has to say so, too.
    Asked,
    /// Two said so: all passkeys and the app are gone, and the code counts.
    Agreed,
}
