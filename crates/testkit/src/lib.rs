//! Fixtures for tests: a small platform with its own clock, the built program as a process, a
//! PostgreSQL, an nginx and a Varnish of one's own, tokens of SoftHSM, authenticators
//! of passkeys, and a disk whose power can be cut.
//! Development only.

pub mod authenticator;
pub mod cdn;
pub mod chance;
pub mod history;
pub mod key;
pub mod nginx;
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod power;
pub mod program;
pub mod softhsm;
pub mod varnish;
pub mod world;

pub use outsiders::missing;
