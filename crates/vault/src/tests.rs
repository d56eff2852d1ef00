use proptest::prelude::*;

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

#[test]
fn a_message_opens_only_under_its_id() {
    let vault = vault();
    let sealed = vault.seal_message(&[1; 16], b"text");
    assert_eq!(vault.open_message(&[1; 16], &sealed).unwrap().expose(), b"text");
    assert!(vault.open_message(&[2; 16], &sealed).is_err());
    assert!(Vault::from_root_key([8; 32]).open_message(&[1; 16], &sealed).is_err());
    // What is sealed for one use does not open for another.
    let key = vault.make_person_key(PersonId([1; 16]));
    assert!(vault.open_message(&[1; 16], key.wrapped()).is_err());
    assert!(vault.unwrap_person_key(PersonId([1; 16]), &sealed).is_err());
    assert!(vault.open_message(&[1; 16], &[]).is_err());
}

#[test]
fn what_is_not_text_does_not_open_as_text() {
    let key = vault().make_person_key(PersonId([1; 16]));
    let sealed = key.seal(Field("name"), &[0xff]);
    assert!(key.open_text(Field("name"), &sealed).is_err());
    assert_eq!(key.open(Field("name"), &sealed).unwrap().into_inner(), [0xff]);
    assert_eq!(key.open(Field("name"), &key.seal(Field("name"), b"")).unwrap().expose(), b"");
}

#[test]
fn a_sealed_value_shows_only_its_length() {
    let sealed = vault().make_person_key(PersonId([1; 16])).seal(Field("name"), b"abc");
    assert_eq!(format!("{sealed:?}"), "32 sealed bytes");
}

const FIELDS: [Field; 6] = [
    Field(""),
    Field("name"),
    Field("name2"),
    Field("mobile"),
    Field("year"),
    Field("a field whose name is longer than one block of the hash, so that it takes two of them"),
];

/// What a value is sealed under: the root key, the person and the field.
fn place() -> impl Strategy<Value = (u8, u8, usize)> {
    (0..4_u8, 0..4_u8, 0..FIELDS.len())
}

proptest! {
   #![proptest_config(ProptestConfig::with_cases(5_000))]

   #[test]
   fn a_value_moved_to_another_place_does_not_open(
       from in place(),
       to in place(),
       plain in proptest::collection::vec(any::<u8>(), 0..60),
       version in any::<u8>(),
       change in (any::<proptest::sample::Index>(), 1..=u8::MAX),
   ) {
       let person = |place: (u8, u8, usize)| PersonId([place.1; 16]);
       let vault_of = |place: (u8, u8, usize)| Vault::from_root_key([place.0; 32]);
       let key = vault_of(from).make_person_key(person(from));
       let sealed = key.seal(FIELDS[from.2], &plain);

       let there = vault_of(to).unwrap_person_key(person(to), key.wrapped());
       prop_assert_eq!(there.is_ok(), (from.0, from.1) == (to.0, to.1));
       let opened = there.ok().and_then(|key| key.open(FIELDS[to.2], &sealed).ok());
       prop_assert_eq!(opened.map(Secret::into_inner), (from == to).then(|| plain.clone()));
       // The same data key under the name of another person: what the binding alone stops.
       let other = vault_of(from).make_person_key(person(from));
       prop_assert!(other.open(FIELDS[from.2], &sealed).is_err());

       let mut changed = sealed.as_bytes().to_vec();
       changed[0] = version;
       let opened = key.open(FIELDS[from.2], &Sealed::from_bytes(changed));
       prop_assert_eq!(opened.is_ok(), version == sealed.as_bytes()[0]);
       let mut changed = sealed.as_bytes().to_vec();
       let place = change.0.index(changed.len());
       changed[place] ^= change.1;
       prop_assert!(key.open(FIELDS[from.2], &Sealed::from_bytes(changed)).is_err());
   }

   #[test]
   fn a_reference_number_leads_back(number in 10_000_000_000_000..100_000_000_000_000_u64) {
       let vault = vault();
       let shown = vault.reference_number(number);
       prop_assert_eq!(shown.to_string().len(), 14);
       prop_assert_eq!(vault.internal_number(shown), Some(number));
       prop_assert_eq!(vault.reference_number(vault.internal_number(number).unwrap()), number);
   }

   #[test]
   fn a_routed_id_leads_to_its_bucket(bucket in any::<u16>(), random in any::<[u8; 16]>()) {
       let id = vault().routed_id(bucket, random);
       prop_assert_eq!(vault().bucket_of(&id), bucket);
       prop_assert_eq!((id[6] >> 4, id[8] >> 6), (4, 2));
   }
}

/// A change of these breaks every database in use: what is found by index is found no more.
#[test]
fn derivations_never_change() {
    let vault = vault();
    let hex4 = |bytes: [u8; 32]| hex::encode(&bytes[..4]);
    let indexes = [Index::Mobile, Index::IdentityDocument, Index::StaffMobile, Index::Source];
    let purposes = [
        Purpose::OneTimePassword,
        Purpose::SecurityCode,
        Purpose::IdempotencyKey,
        Purpose::ApiKey,
        Purpose::CertificateId,
        Purpose::Counter,
    ];
    let indexes = indexes.map(|index| hex4(vault.index(index, "6000000001").0));
    let macs = purposes.map(|purpose| hex4(vault.mac(purpose, &[b"a", b"b"])));
    assert_eq!(indexes, ["c352adb0", "ed9ab833", "33f1bb6a", "c31ee116"]);
    assert_eq!(macs, ["102c1db4", "e559cc30", "e89f2877", "e20baf8c", "def3e2ac", "d7e9f4b2"]);
    assert_eq!(hex4(*vault.token_key().expose()), "0056c033");
    assert_eq!(vault.reference_number(12_345_678_901_234), 34_006_737_447_234);
    assert_eq!(hex::encode(vault.routed_id(77, [9; 16])), "299d0909090949098909090909090909");
    assert_ne!(
        vault.mac(Purpose::SecurityCode, &[b"ab", b""]),
        vault.mac(Purpose::SecurityCode, &[b"a", b"b"])
    );
    assert!(vault.mac_matches(Purpose::Counter, &[b"x"], &vault.mac(Purpose::Counter, &[b"x"])));
    assert!(!vault.mac_matches(Purpose::Counter, &[b"x"], &[0; 32]));
}

/// Made under root key, person and field of the test below; a nonce is random, so they can only be
/// opened again, not made again.
const WRAPPED: &str = "01416ddcce32b290d22ebdf50e55a9858fb34e624edcfbf301be1531581e7adb51\
    61250b558d27f22cc1a167f04ffd8279fb4f1ec3c78d805ef3947886";
const SEALED: &str = "01ec2a84b554f5dcc9a260a57b672700ed21edb1c1e6076d58959a3d286eda71cceecbd8e948\
    a7220b";
const MESSAGE: &str = "01e0b45fb8b7df1c8ddd8e35317c0f1b73225004139e92def9f60da3f69e4ec3f1";

/// A change of these makes every sealed value in use unreadable.
#[test]
fn what_was_sealed_before_still_opens() {
    let vault = vault();
    let person = PersonId([1; 16]);
    let bytes = |text: &str| hex::decode(text).unwrap();
    let key = vault.unwrap_person_key(person, &bytes(WRAPPED)).unwrap();
    let sealed = Sealed::from_bytes(bytes(SEALED));
    assert_eq!(key.open_text(Field("name"), &sealed).unwrap().expose(), "सीता");
    let message = vault.open_message(&[3; 16], &bytes(MESSAGE)).unwrap();
    assert_eq!(message.expose(), b"text");
}
