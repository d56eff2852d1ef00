//! Keys on tokens, against SoftHSM: each test in a process of its own, with tokens of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "pkcs11/absence.rs"]
mod absence;
#[path = "pkcs11/common.rs"]
mod common;
#[path = "pkcs11/keys.rs"]
mod keys;
#[path = "pkcs11/refusals.rs"]
mod refusals;
