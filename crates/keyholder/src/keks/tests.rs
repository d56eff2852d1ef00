use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::provider::file::KeyFile as ByFile;

fn provider(mark: u8) -> ByFile {
    ByFile::new(Secret::new([mark; 32]))
}

#[test]
fn a_key_is_made_once_and_read_as_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keks");
    let keks = KekFolder::open(&path).unwrap();
    let provider = provider(1);
    keks.make(1, &provider, 7).unwrap();
    let made = keks.kek(1, &[&provider]).unwrap();
    // Another process that makes the same version gets the same key.
    keks.make(1, &provider, 8).unwrap();
    let again = keks.kek(1, &[&provider]).unwrap();
    assert_eq!((again.key.expose(), again.made_at), (made.key.expose(), 7));
    keks.make(12, &provider, 9).unwrap();
    assert_eq!(keks.versions().unwrap(), [1, 12]);
    let mode = |name| fs::metadata(path.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("kek-1"), 0o600);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 2, "no half files stay");
}

#[test]
fn a_key_that_was_changed_renamed_or_wrapped_otherwise_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keks = KekFolder::open(folder.path()).unwrap();
    let (own, other) = (provider(1), provider(2));
    keks.make(1, &own, 7).unwrap();
    assert!(matches!(
        keks.kek(1, &[&other]).err(),
        Some(KekError::Provider(ProviderError::DoesNotUnwrap))
    ));
    assert!(matches!(keks.kek(1, &[]).err(), Some(KekError::OtherProvider)));
    assert!(matches!(keks.kek(2, &[&own]).err(), Some(KekError::NoSuchVersion)));
    fs::copy(folder.path().join("kek-1"), folder.path().join("kek-2")).unwrap();
    assert!(keks.kek(2, &[&own]).is_err());
    fs::write(folder.path().join("kek-1"), "{}").unwrap();
    assert!(matches!(keks.kek(1, &[&own]).err(), Some(KekError::Changed)));
}

#[test]
fn a_key_that_is_destroyed_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let keks = KekFolder::open(folder.path()).unwrap();
    let provider = provider(1);
    keks.make(1, &provider, 7).unwrap();
    keks.destroy(1).unwrap();
    assert!(matches!(keks.kek(1, &[&provider]).err(), Some(KekError::NoSuchVersion)));
    assert!(matches!(keks.destroy(1), Err(KekError::NoSuchVersion)));
}

#[test]
fn a_root_key_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let keks = KekFolder::open(folder.path()).unwrap();
    let provider = provider(1);
    let kept = keks.root(Some(Secret::new([5; 32])), &provider, 7).unwrap();
    assert_eq!(kept.expose(), &[5; 32]);
    let again = keks.root(Some(Secret::new([6; 32])), &provider, 7).unwrap();
    assert_eq!(again.expose(), &[5; 32]);
    let other = tempfile::tempdir().unwrap();
    let made = KekFolder::open(other.path()).unwrap().root(None, &provider, 7).unwrap();
    assert_ne!(made.expose(), &[0; 32]);
}
