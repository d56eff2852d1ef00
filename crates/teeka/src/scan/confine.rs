//! What a process that opens documents may not do: use more than so much of the machine, write files,
//! change or remove them, and speak to anyone.

use std::collections::BTreeMap;

use anyhow::Context;
use rustix::process::{
    Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// Takes away what no document needs, for good. Core files would hold documents.
pub(crate) fn limit(memory: u64, file: u64) -> anyhow::Result<()> {
    // Whoever began it may be killed as well.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limits = [
        (Resource::As, memory),
        (Resource::Fsize, file),
        (Resource::Core, 0),
        (Resource::Nofile, 64),
    ];
    for (resource, limit) in limits {
        // Somebody may have set a lower one for all of us.
        let limit = Some(getrlimit(resource).maximum.map_or(limit, |set| set.min(limit)));
        setrlimit(resource, Rlimit { current: limit, maximum: limit })?;
    }
    Ok(())
}

/// Has the kernel refuse, from here on, this thread and all that it begins whatever leaves a trace
/// outside of it. Files can still be read.
pub(crate) fn seal(begins_programs: bool) -> anyhow::Result<()> {
    let filter = filter(begins_programs).context("the worker cannot be confined")?;
    apply_filter(&filter).context("the worker cannot be confined")
}

fn filter(begins_programs: bool) -> anyhow::Result<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_openat, opened_for_writing(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, opened_for_writing(1)?);
    if !begins_programs {
        rules.extend([libc::SYS_execve, libc::SYS_execveat].map(|call| (call, Vec::new())));
    }
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, SeccompAction::Allow, refused, arch)?.try_into()?)
}

/// Whether the flags in this argument ask for more than reading.
fn opened_for_writing(argument: u8) -> anyhow::Result<Vec<SeccompRule>> {
    let [access, write, both] = [libc::O_ACCMODE, libc::O_WRONLY, libc::O_RDWR];
    let [create, cut] = [libc::O_CREAT, libc::O_TRUNC];
    [(access, write), (access, both), (access, access), (create, create), (cut, cut)]
        .into_iter()
        .map(|(mask, value)| {
            let (mask, value) = (u64::from(mask.unsigned_abs()), u64::from(value.unsigned_abs()));
            let operation = SeccompCmpOp::MaskedEq(mask);
            let condition =
                SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operation, value)?;
            Ok(SeccompRule::new(vec![condition])?)
        })
        .collect()
}

/// Calls of the system that are refused whatever they ask for.
const REFUSED: &[i64] = &[
    // Speaking to anyone, and what could do so without being asked again.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_io_uring_setup,
    // Opening files in ways whose flags are not seen here.
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    // Changing what there is.
    libc::SYS_truncate,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    // Other processes, and the system itself.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    // What else this processor has for the same.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mknod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
];

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File, OpenOptions},
        io::ErrorKind::PermissionDenied,
        net::{TcpListener, TcpStream, UdpSocket},
        os::unix::fs::symlink,
        process::Command,
        thread,
    };

    use super::*;

    #[test]
    fn a_sealed_thread_reads_and_neither_writes_nor_speaks() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("a"), "text").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let tries = || {
            vec![
                TcpStream::connect(address).map(drop),
                UdpSocket::bind("127.0.0.1:0").map(drop),
                File::create(inside("b")).map(drop),
                OpenOptions::new().append(true).open(inside("a")).map(drop),
                OpenOptions::new().read(true).write(true).open(inside("a")).map(drop),
                fs::create_dir(inside("c")),
                fs::rename(inside("a"), inside("d")),
                fs::hard_link(inside("a"), inside("e")),
                symlink(inside("a"), inside("f")),
                fs::remove_file(inside("a")),
                Command::new("true").status().map(drop),
            ]
        };
        let (answers, text) = thread::scope(|scope| {
            let sealed = scope.spawn(|| {
                seal(false).unwrap();
                (tries(), fs::read_to_string(inside("a")).unwrap())
            });
            sealed.join().unwrap()
        });
        assert_eq!(text, "text");
        let refused = |answer: &std::io::Result<()>| {
            answer.as_ref().is_err_and(|error| error.kind() == PermissionDenied)
        };
        let allowed: Vec<_> =
            answers.iter().map(refused).enumerate().filter(|(_, no)| !no).collect();
        assert_eq!(allowed, []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(tries().iter().any(Result::is_ok), "this thread may still do so");
    }
}
