use proptest::prelude::*;

use super::*;
use crate::access::tests::{new_key, now, open_key};

fn vault() -> Vault {
    Vault::from_root_key([7; 32])
}

#[test]
fn a_field_opens_only_in_its_own_place() {
    let vault = vault();
    let (anna, ravi) = (PersonId([1; 16]), PersonId([2; 16]));
    let (key, other) = (new_key(&vault, anna), new_key(&vault, ravi));
    let (name, gender) = (Field("name"), Field("gender"));
    let sealed = key.seal(name, "सीता".as_bytes());
    let fields: &[Field] = &[Field("name"), Field("gender")];
    let open = open_key(&vault, anna, key.wrapped(), fields).unwrap();
    assert_eq!(open.open_text(name, &sealed).unwrap().expose(), "सीता");
    assert_eq!(open.open(gender, &sealed).unwrap_err(), OpenError);
    let others = open_key(&vault, ravi, other.wrapped(), fields).unwrap();
    assert_eq!(others.open(name, &sealed).unwrap_err(), OpenError);
    assert!(vault.person_key(ravi, key.wrapped()).is_err());
    assert!(Vault::from_root_key([8; 32]).person_key(anna, key.wrapped()).is_err());
    for place in 0..sealed.as_bytes().len() {
        let mut changed = sealed.as_bytes().to_vec();
        changed[place] ^= 1;
        assert!(open.open(name, &Sealed::from_bytes(changed)).is_err(), "byte {place}");
        let short = sealed.as_bytes()[..place].to_vec();
        assert!(open.open(name, &Sealed::from_bytes(short)).is_err(), "length {place}");
    }
}

#[test]
fn the_same_value_is_sealed_differently_each_time() {
    let key = new_key(&vault(), PersonId([1; 16]));
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
    let key = new_key(&vault, PersonId([1; 16]));
    assert!(vault.open_message(&[1; 16], key.wrapped()).is_err());
    assert!(vault.person_key(PersonId([1; 16]), &sealed).is_err());
    assert!(vault.open_message(&[1; 16], &[]).is_err());
}

#[test]
fn what_is_not_text_does_not_open_as_text() {
    let vault = vault();
    let (key, name) = (new_key(&vault, PersonId([1; 16])), Field("name"));
    let open = open_key(&vault, PersonId([1; 16]), key.wrapped(), &[Field("name")]).unwrap();
    let sealed = key.seal(name, &[0xff]);
    assert!(open.open_text(name, &sealed).is_err());
    assert_eq!(open.open(name, &sealed).unwrap().into_inner(), [0xff]);
    assert_eq!(open.open(name, &key.seal(name, b"")).unwrap().expose(), b"");
}

#[test]
fn a_sealed_value_shows_only_its_length() {
    let sealed = new_key(&vault(), PersonId([1; 16])).seal(Field("name"), b"abc");
    assert_eq!(format!("{sealed:?}"), "32 sealed bytes");
}

static FIELDS: [Field; 6] = [
    Field(""),
    Field("name"),
    Field("name2"),
    Field("mobile"),
    Field("year"),
    Field("a field whose name is longer than one block of the hash, so that it takes two of them"),
];

/// Vaults of four root keys.
static VAULTS: std::sync::LazyLock<[Vault; 4]> =
    std::sync::LazyLock::new(|| [0, 1, 2, 3].map(|root| Vault::from_root_key([root; 32])));

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
       let vault_of = |place: (u8, u8, usize)| &VAULTS[usize::from(place.0)];
       let open = |at: (u8, u8, usize), wrapped: &[u8], value: &Sealed| {
           let key = open_key(vault_of(at), person(at), wrapped, &FIELDS).ok()?;
           key.open(FIELDS[at.2], value).ok().map(Secret::into_inner)
       };
       let key = new_key(vault_of(from), person(from));
       let sealed = key.seal(FIELDS[from.2], &plain);

       let there = vault_of(to).person_key(person(to), key.wrapped());
       prop_assert_eq!(there.is_ok(), (from.0, from.1) == (to.0, to.1));
       prop_assert_eq!(open(to, key.wrapped(), &sealed), (from == to).then(|| plain.clone()));
       // Another data key of the same person.
       let other = new_key(vault_of(from), person(from));
       prop_assert_eq!(open(from, other.wrapped(), &sealed), None);

       let mut changed = sealed.as_bytes().to_vec();
       changed[0] = version;
       let opened = open(from, key.wrapped(), &Sealed::from_bytes(changed));
       prop_assert_eq!(opened.is_some(), version == sealed.as_bytes()[0]);
       let mut changed = sealed.as_bytes().to_vec();
       let place = change.0.index(changed.len());
       changed[place] ^= change.1;
       prop_assert_eq!(open(from, key.wrapped(), &Sealed::from_bytes(changed)), None);
       let mut wrapped = key.wrapped().to_vec();
       let place = change.0.index(wrapped.len());
       wrapped[place] ^= change.1;
       prop_assert_eq!(open(from, &wrapped, &sealed), None, "a byte of the wrapped keys");
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
    let indexes = indexes.map(|index| hex4(now(vault.index(index, "6000000001")).unwrap().0));
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
/// The same keys under version 1 of the key-encryption key of a vault inside the program.
const REWRAPPED: &str = "0200000001012e2d64fa0f7bbe2489b161d30edbf12fc05f841ae755e9dca2cb7bc2d220428dee4f\
    5a7e994589076e4da28e1d278310d0417019ac5d4db60133777b0139663ea90ae3f2efd1f17aa751\
    c3ca8d66466c95e0c5e581d602ace5a538064dcbd41d54b78b183e3b100b613c333bf62ecdde8c8d\
    33ce3bfa588a9a370e160cb86855b589e33d5bef264ceb0734562b9b21a226a0dbdaf4d436249db9\
    b3a20b721a5616d02deafb81686bd28050555c531bd970bbfdacd05eb119ad42b6090fe409b2a45e\
    1b9ecefdc0c0d660ecd0eda5fe0dfb554e2471165d6af4";
const MESSAGE: &str = "01e0b45fb8b7df1c8ddd8e35317c0f1b73225004139e92def9f60da3f69e4ec3f1";

/// A change of these makes every sealed value in use unreadable. What was wrapped before there were
/// versions is wrapped anew first.
#[test]
fn what_was_sealed_before_still_opens() {
    let vault = vault();
    let person = PersonId([1; 16]);
    let bytes = |text: &str| hex::decode(text).unwrap();
    let before = bytes(WRAPPED);
    assert_eq!(kek_version(&before), Some(0));
    assert!(vault.person_key(person, &before).is_err());
    let safe = Safe::new(&Secret::new([7; 32]));
    safe.add_kek(1, &safe.folder_key());
    safe.wrap_with(1);
    let Told::Wrapped(wrapped) = safe.answer(&Ask::Rewrap { person, wrapped: before }) else {
        panic!("it is not wrapped anew")
    };
    let key = open_key(&vault, person, &wrapped, &[Field("name")]).unwrap();
    let sealed = Sealed::from_bytes(bytes(SEALED));
    assert_eq!(key.open_text(Field("name"), &sealed).unwrap().expose(), "सीता");
    let message = vault.open_message(&[3; 16], &bytes(MESSAGE)).unwrap();
    assert_eq!(message.expose(), b"text");
    let key = open_key(&vault, person, &bytes(REWRAPPED), &[Field("name")]).unwrap();
    assert_eq!(key.open_text(Field("name"), &sealed).unwrap().expose(), "सीता");
}
