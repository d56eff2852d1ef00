//! Fixtures for tests: a small platform with its own clock, the built program as a process, a
//! PostgreSQL server of one's own, tokens of SoftHSM and a disk whose power can be cut.
//! Development only.

pub mod chance;
pub mod history;
pub mod key;
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod power;
pub mod program;
pub mod softhsm;
pub mod world;

pub use outsiders::missing;
