use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn a_key_file_is_private_and_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let made = create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(load(&path).unwrap().expose(), made.expose());
    assert_ne!(made.expose(), create(&folder.path().join("other.key")).unwrap().expose());
}

#[test]
fn a_key_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let made = create(&path).unwrap();
    assert!(matches!(create(&path), Err(KeyFileError::Exists)));
    assert_eq!(load(&path).unwrap().expose(), made.expose());
}

#[test]
fn a_key_file_that_others_may_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    create(&path).unwrap();
    for (mode, right) in [
        (0o600, true),
        (0o400, true),
        (0o700, false),
        (0o640, false),
        (0o604, false),
        (0o620, false),
        (0o601, false),
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        match load(&path) {
            Ok(_) => assert!(right, "{mode:o}"),
            Err(KeyFileError::TooOpen) => assert!(!right, "{mode:o}"),
            Err(other) => panic!("{mode:o}: {other}"),
        }
    }
}

#[test]
fn a_key_file_cut_short_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    create(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    assert_eq!(whole.len(), 99);
    // Without its last line break it is whole.
    for length in 0..whole.len() - 1 {
        assert!(parse(&whole[..length]).is_err(), "{length}");
    }
    assert!(parse(&whole[..whole.len() - 1]).is_ok());
    for place in 0..whole.len() - 1 {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert!(parse(&changed).is_err(), "{place}");
    }
    assert!(matches!(parse(&whole[..40]), Err(KeyFileError::NotWhole)));
    assert!(matches!(parse(&[&whole[..], b"more\n"].concat()), Err(KeyFileError::NotWhole)));
}

#[test]
fn a_file_of_another_kind_is_told_from_a_broken_one() {
    assert!(matches!(parse(b""), Err(KeyFileError::NotAKeyFile)));
    assert!(matches!(parse(b"\xff\xfe"), Err(KeyFileError::NotAKeyFile)));
    assert!(matches!(parse(b"-----BEGIN PRIVATE KEY-----\n"), Err(KeyFileError::NotAKeyFile)));
    assert!(matches!(parse(b"teeka root key 2\n"), Err(KeyFileError::Version)));
    let missing = load(Path::new("/nowhere/root.key"));
    assert!(
        matches!(missing, Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound)
    );
}

#[test]
fn the_form_of_a_key_file_never_changes() {
    let text = "teeka root key 1\n\
        0707070707070707070707070707070707070707070707070707070707070707\n\
        1967c0fdaed0b8f2\n";
    assert_eq!(parse(text.as_bytes()).unwrap().expose(), &[7; 32]);
}
