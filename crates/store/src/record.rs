//! What goes into the store and comes out of it. Personal fields are sealed before they get here:
//! to the store they are bytes.

mod access;
mod care;
mod correction;
mod dose;
mod duty;
mod erasure;
mod factor;
mod key;
mod list;
mod merge;
mod owed;
mod person;
mod reported;
mod seat;
mod sign_in;
mod status;
mod travel;
mod wallet;
mod watch;

pub use access::*;
pub use care::*;
pub use correction::*;
pub use dose::*;
pub use duty::*;
pub use erasure::*;
pub use factor::*;
pub use key::*;
pub use list::*;
pub use merge::*;
pub use owed::*;
pub use person::*;
pub use reported::*;
pub use seat::*;
pub use sign_in::*;
pub use status::*;
pub use travel::*;
pub use wallet::*;
pub use watch::*;

/// A write that went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// For the first time.
    New,
    /// It had gone through before; nothing changed.
    Again,
}

/// Whether a request was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Keyed digest of the account and the key that the client gave.
    pub key: [u8; 32],
    /// Keyed digest of what was asked.
    pub request: [u8; 32],
}
