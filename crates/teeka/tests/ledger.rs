//! `teeka ledger verify`, as a whole command: on folders and on a web server.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use ledger::{
    checkpoint::Checkpoint,
    directory::Directory,
    log::Log,
    note::{Algorithm, LocalKey, SigningKey},
};
use serde_json::Value;

const ORIGIN: &str = "example.org/accesses";

fn key() -> LocalKey {
    LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn witness() -> LocalKey {
    LocalKey::from_seed("witness.example/w1", Algorithm::CosignatureV1, &[2; 32]).unwrap()
}

/// Appends leaves up to a number, cosigned long ago.
fn grow(folder: &Path, word: &str, to: u64) {
    let mut log = Log::open(Directory::new(folder), key()).unwrap();
    let from = log.head().size;
    let leaves: Vec<_> = (from..to).map(|number| format!("{word} {number}")).collect();
    log.append(from, &leaves).unwrap();
    let text = Checkpoint::new(ORIGIN, log.head()).text();
    log.publish_with(&[witness().sign_note(&text, 1_700_000_000).unwrap()]).unwrap();
}

/// The status, what is on standard output, and on standard error.
fn verify(log: &str, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(["ledger", "verify", log, "--key", &key().verifier().to_string()])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

struct Folders(tempfile::TempDir);

impl Folders {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }
}

#[test]
fn a_log_is_believed_kept_and_believed_again_when_it_has_grown() {
    let folders = Folders(tempfile::tempdir().unwrap());
    let (log, kept) = (folders.text("log"), folders.text("kept"));
    grow(&folders.path("log"), "leaf", 300);
    let (status, words, _) = verify(&log, &["--keep", &kept]);
    assert_eq!(words, "example.org/accesses: as signed, 300 leaves; 300 read, 0 witnesses\n");
    assert_eq!(status, 0);
    grow(&folders.path("log"), "leaf", 600);
    let (status, words, _) = verify(&log, &["--since", &kept, "--keep", &kept]);
    let expected = "example.org/accesses: as signed, 600 leaves, \
        and continues the kept checkpoint of 300; 300 read, 0 witnesses\n";
    assert_eq!((status, words.as_str()), (0, expected));
    let known = witness().verifier().to_string();
    let (status, told, _) = verify(&log, &["--since", &kept, "--witness", &known, "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["believed"]), (0, &Value::from(true)));
    assert_eq!(
        (&told["size"], &told["since"], &told["cosigned"]),
        (&600.into(), &600.into(), &1.into())
    );
}

#[test]
fn what_is_wrong_is_named() {
    let folders = Folders(tempfile::tempdir().unwrap());
    let (log, kept) = (folders.text("log"), folders.text("kept"));
    grow(&folders.path("log"), "leaf", 600);
    fs::copy(folders.path("log/checkpoint"), folders.path("kept")).unwrap();
    let known = witness().verifier().to_string();
    let (status, words, _) = verify(&log, &["--witness", &known, "--max-age-minutes", "10"]);
    assert!(words.starts_with("example.org/accesses: stale: the checkpoint is stale"), "{words}");
    assert_eq!(status, 1);

    grow(&folders.path("other"), "another leaf", 700);
    let (status, told, _) = verify(&folders.text("other"), &["--since", &kept, "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["findings"][0]["name"]), (1, &"rewritten".into()));
    let checkpoint = folders.text("other/checkpoint");
    let (status, words, _) = verify(&log, &["--other", &checkpoint, "--keep", &kept]);
    assert!(words.starts_with("example.org/accesses: rolled-back: "), "{words}");
    assert_eq!(status, 1);
    // What is not believed is not kept.
    assert_eq!(fs::read(&kept).unwrap(), fs::read(folders.path("log/checkpoint")).unwrap());

    let bundle = folders.path("log/tile/entries/001");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[4] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let (status, words, _) = verify(&log, &[]);
    let expected = "example.org/accesses: altered: tile/entries/001 was altered, at leaf 256\n";
    assert_eq!((status, words.as_str()), (1, expected));
}

#[test]
fn what_cannot_be_told_is_an_error() {
    let folders = Folders(tempfile::tempdir().unwrap());
    let (log, kept) = (folders.text("log"), folders.text("kept"));
    let (status, _, error) = verify(&log, &[]);
    assert_eq!(
        (status, error),
        (2, format!("error: cannot check {log}: there is no checkpoint\n"))
    );
    grow(&folders.path("log"), "leaf", 3);
    let (status, _, error) = verify(&log, &["--since", &kept]);
    assert!(error.contains("cannot read"), "{error}");
    assert_eq!(status, 2);
    fs::write(&kept, "nonsense").unwrap();
    let (status, _, error) = verify(&log, &["--since", &kept]);
    assert!(error.contains("the kept checkpoint cannot be used"), "{error}");
    assert_eq!(status, 2);
    fs::write(&kept, vec![b'x'; 300_000]).unwrap();
    let (status, _, error) = verify(&log, &["--since", &kept]);
    assert!(error.contains("too large"), "{error}");
    assert_eq!(status, 2);
    assert_eq!(verify(&log, &["--quorum", "1"]).0, 2);
    assert_eq!(verify(&log, &["--key", "no key"]).0, 2);
    // Nobody listens there.
    let (status, _, error) = verify("http://127.0.0.1:1/log", &[]);
    assert!(error.contains("the files of the log cannot be read"), "{error}");
    assert_eq!(status, 2);
}

/// A web server for a folder; of `/broken` it answers every request with status 500, of `/packed`
/// with an encoding, of `/endless` with more than any file of a log has.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).unwrap();
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = text.split(' ').nth(1).unwrap().to_owned();
            let (status, header, body) = match path.split('/').nth(1) {
                Some("broken") => ("500 no", "", vec![]),
                Some("packed") => ("200 OK", "content-encoding: gzip\r\n", vec![1]),
                Some("endless") => ("200 OK", "", vec![b'x'; 300_000]),
                _ => match fs::read(folder.join(path.trim_start_matches('/'))) {
                    Ok(bytes) => ("200 OK", "", bytes),
                    Err(_) => ("404 no", "", vec![]),
                },
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{header}connection: close\r\n\r\n"
            );
            // Who has read enough hangs up.
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    address
}

#[test]
fn a_log_is_checked_over_http() {
    let folders = Folders(tempfile::tempdir().unwrap());
    grow(&folders.path("log"), "leaf", 600);
    let address = serve(folders.0.path().to_owned());
    let (status, words, error) = verify(&format!("{address}/log/"), &[]);
    assert_eq!((status, error.as_str()), (0, ""));
    assert_eq!(words, "example.org/accesses: as signed, 600 leaves; 600 read, 0 witnesses\n");
    fs::remove_file(folders.path("log/tile/0/001")).unwrap();
    let (status, words, _) = verify(&format!("{address}/log"), &[]);
    assert!(words.contains("missing-file: tile/0/001 is missing"), "{words}");
    assert_eq!(status, 1);
    for (path, says) in [
        ("none", "there is no checkpoint"),
        ("broken", "status 500"),
        ("packed", "an encoding that was not asked for"),
    ] {
        let (status, _, error) = verify(&format!("{address}/{path}"), &[]);
        assert!(error.contains(says), "{error}");
        assert_eq!(status, 2);
    }
    let (status, words, _) = verify(&format!("{address}/endless"), &[]);
    assert!(words.contains("altered: checkpoint was altered"), "{words}");
    assert_eq!(status, 1);
}
