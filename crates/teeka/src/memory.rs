//! What a process has in its memory stays there: no core file is left of it, and who is not root neither
//! reads it nor follows what it does.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Keeps this process's memory to itself, for good.
///
/// # Errors
///
/// If the system does not let it.
pub(crate) fn keep() -> std::io::Result<()> {
    let none = Some(0);
    setrlimit(Resource::Core, Rlimit { current: none, maximum: none })?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn no_core_file_is_left_and_nobody_follows() {
        assert_ne!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable, "before");
        keep().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    }
}
