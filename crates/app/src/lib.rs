//! What happens on the platform: one function for each use case, in the order permission, rule,
//! write. HTTP is not known here, nor SQL.

pub mod access;
pub mod access_log;
mod accesses;
pub mod appointments;
pub mod booking;
pub mod certificates;
pub mod choice;
pub mod clock;
pub mod correction;
pub mod ctx;
pub mod doses;
pub mod enrolment;
mod error;
pub mod geography;
pub mod import;
pub mod import_apply;
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
pub mod platform;
pub mod presence;
pub mod reports;
pub mod rules;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod status;
pub mod status_list;
pub mod travel;
mod trust;
pub mod upkeep;
pub mod wallet;
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
