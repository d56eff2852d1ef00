//! Public addresses in, findings and takedowns out.
//!
//! [`sweep`] goes over what hosts of an allow-list serve to everybody and finds personal data in it;
//! [`takedown`] makes it gone: contained, purged, out of the indexes, proven, watched. What the one
//! hands to the other is in [`exposed`].

pub mod client;
pub mod console;
mod escape;
pub mod exposed;
mod files;
mod robots;
pub mod sweep;
pub mod takedown;
