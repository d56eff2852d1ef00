//! More residents than the system lets a program have files that does not ask for more.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use testkit::program::Program;

const FILES: usize = 256;

#[test]
fn more_are_connected_than_files_were_allowed_at_first() {
    let folder = tempfile::tempdir().unwrap();
    let limited = folder.path().join("limited");
    let teeka = env!("CARGO_BIN_EXE_teeka");
    let script = format!("#!/bin/sh\nulimit -S -n {FILES}\nexec '{teeka}' \"$@\"\n");
    fs::write(&limited, script).unwrap();
    fs::set_permissions(&limited, fs::Permissions::from_mode(0o700)).unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let limited = limited.to_str().unwrap();
    let program = Program::start(limited, &data, &["serve", "--limits", "off"]);

    let address = program.address();
    let address = address.strip_prefix("http://").unwrap();
    let mut residents: Vec<_> =
        (0..2 * FILES).map(|_| TcpStream::connect(address).unwrap()).collect();
    for resident in &mut residents {
        resident.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        resident.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    }
    for resident in &mut residents {
        let mut status = [0; 12];
        resident.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    }
    assert!(program.stop());
}
