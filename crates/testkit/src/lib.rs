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

/// A tool that a test needs is missing: a failure where `CI` is set, else the test is skipped and
/// says so.
///
/// # Panics
///
/// Where `CI` is set.
pub fn missing(tool: &str) {
    assert!(std::env::var_os("CI").is_none(), "{tool} is missing, and CI runs every test");
    #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
    {
        eprintln!("not run: {tool} is missing");
    }
}
