//! What happens on the platform: one function for each use case, in the order permission, rule,
//! write. HTTP is not known here, nor SQL.

pub mod access;
pub mod access_log;
mod accesses;
pub mod appointments;
pub mod booking;
pub mod canary;
pub mod certificates;
mod chain_heads;
pub mod choice;
pub mod clock;
pub mod completeness;
pub mod correction;
pub mod ctx;
mod detached;
mod disk;
pub mod doses;
pub mod emergency;
pub mod enrolment;
pub mod erasure;
mod error;
pub mod geography;
pub mod import;
pub mod import_apply;
pub mod incident;
pub mod inquiry;
pub mod inventory;
pub mod kept;
pub mod keys;
pub mod links;
pub mod manifest;
pub mod merge;
pub mod messages;
pub mod my_accesses;
pub mod opened;
pub mod owed;
pub mod passages;
pub mod passkey;
pub mod platform;
pub mod presence;
pub mod public_log;
pub mod questions;
pub mod release_log;
pub mod reported;
pub mod reports;
pub mod retention;
pub mod reveals;
pub mod rolls;
pub mod rules;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod staff_access;
pub mod status;
pub mod status_list;
pub mod stock;
pub mod totp;
pub mod travel;
mod trust;
pub mod upkeep;
mod view;
pub mod wallet;
pub mod watch;
pub mod webauthn;
mod window;
mod withdrawn;

/// Claims on seats, as they come with a person.
pub mod claims {
    pub use store::{ClaimRow, ClaimState};
}

pub use ctx::{Actor, Ctx};
pub use error::{Error, Result, kinds as error_kinds};
pub use platform::Platform;
pub use vault::Secret;
