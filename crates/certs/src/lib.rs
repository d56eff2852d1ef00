//! Certificates: build, pack, print, read, verify. No network and no clock: time is passed in.

pub mod dcc;
pub mod name;
pub mod print;
pub mod product;
pub mod qr;
pub mod read;
pub mod signer;
pub mod trust;
pub mod verify;
