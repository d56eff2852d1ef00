//! Fixtures for tests: a small platform with its own clock, and the built program as a process.
//! Development only.

pub mod postgres;
pub mod program;
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
