use super::*;

fn vault() -> Vault {
    Vault::from_root_key([7; 32])
}

#[test]
fn a_field_opens_only_in_its_own_place() {
    let vault = vault();
    let (anna, ravi) = (PersonId([1; 16]), PersonId([2; 16]));
    let (key, other) = (vault.make_person_key(anna), vault.make_person_key(ravi));
    let (name, gender) = (Field("name"), Field("gender"));
    let sealed = key.seal(name, "सीता".as_bytes());
    assert_eq!(key.open_text(name, &sealed).unwrap().expose(), "सीता");
    assert_eq!(key.open(gender, &sealed).unwrap_err(), OpenError);
    assert_eq!(other.open(name, &sealed).unwrap_err(), OpenError);
    assert!(vault.unwrap_person_key(ravi, key.wrapped()).is_err());
    assert!(Vault::from_root_key([8; 32]).unwrap_person_key(anna, key.wrapped()).is_err());
    let again = vault.unwrap_person_key(anna, key.wrapped()).unwrap();
    assert_eq!(again.open_text(name, &sealed).unwrap().expose(), "सीता");
    for place in 0..sealed.as_bytes().len() {
        let mut changed = sealed.as_bytes().to_vec();
        changed[place] ^= 1;
        assert!(key.open(name, &Sealed::from_bytes(changed)).is_err(), "byte {place}");
        let short = sealed.as_bytes()[..place].to_vec();
        assert!(key.open(name, &Sealed::from_bytes(short)).is_err(), "length {place}");
    }
}

#[test]
fn the_same_value_is_sealed_differently_each_time() {
    let key = vault().make_person_key(PersonId([1; 16]));
    assert_ne!(key.seal(Field("name"), b"x"), key.seal(Field("name"), b"x"));
}

#[test]
fn a_reference_number_is_a_permutation_of_fourteen_digits() {
    let vault = vault();
    let mut seen = std::collections::HashSet::new();
    for number in (0..2_000).map(|i| 10_000_000_000_000 + i * 44_999_999_999) {
        let shown = vault.reference_number(number);
        assert_eq!(shown.to_string().len(), 14);
        assert!(seen.insert(shown));
        assert_eq!(vault.internal_number(shown), Some(number));
    }
    assert_eq!(vault.internal_number(123), None);
    assert_eq!(vault.internal_number(u64::MAX), None);
}

#[test]
fn a_routed_id_remembers_its_bucket_and_looks_random() {
    let vault = vault();
    for bucket in [0, 1, 77, u16::MAX] {
        let id = vault.routed_id(bucket, [9; 16]);
        assert_eq!(vault.bucket_of(&id), bucket);
        assert_eq!((id[6] >> 4, id[8] >> 6), (4, 2));
    }
    let other = Vault::from_root_key([8; 32]);
    let wrong = (0..100_u8).filter(|&i| other.bucket_of(&vault.routed_id(5, [i; 16])) == 5).count();
    assert!(wrong < 3);
}

/// A change of these breaks every database in use: what is found by index is found no more.
#[test]
fn derivations_never_change() {
    let vault = vault();
    let hex4 = |bytes: &[u8; 32]| hex::encode(&bytes[..4]);
    let derived = [
        hex4(&vault.index(Index::Mobile, "6000000001").0),
        hex4(&vault.index(Index::IdentityDocument, "6000000001").0),
        hex4(&vault.mac(Purpose::SecurityCode, &[b"a", b"b"])),
        hex4(vault.token_key().expose()),
        vault.reference_number(12_345_678_901_234).to_string(),
    ];
    assert_eq!(derived, ["c352adb0", "ed9ab833", "e559cc30", "0056c033", "34006737447234"]);
    assert_ne!(
        vault.mac(Purpose::SecurityCode, &[b"ab", b""]),
        vault.mac(Purpose::SecurityCode, &[b"a", b"b"])
    );
    assert!(vault.mac_matches(Purpose::Counter, &[b"x"], &vault.mac(Purpose::Counter, &[b"x"])));
    assert!(!vault.mac_matches(Purpose::Counter, &[b"x"], &[0; 32]));
}

#[cfg(unix)]
#[test]
fn a_key_file_is_private_and_whole_or_refused() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let made = Vault::load_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let read = Vault::load_or_create(&path).unwrap();
    assert_eq!(
        made.reference_number(10_000_000_000_001),
        read.reference_number(10_000_000_000_001)
    );
    assert!(matches!(Vault::create(&path), Err(KeyFileError::Io(_))));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Vault::load(&path), Err(KeyFileError::TooOpen)));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..40]).unwrap();
    assert!(matches!(Vault::load(&path), Err(KeyFileError::NotWhole)));
}
