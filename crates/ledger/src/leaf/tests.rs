use proptest::prelude::*;

use super::{
    chain::{ChainError, ChainHead, follow},
    entry::{Act, Actor, Link},
    release::{Release, Released},
    *,
};

/// Made-up people.
const ASHA: [u8; 16] = [0xa5; 16];
const BINOY: [u8; 16] = [0xb1; 16];

fn salt(number: u64) -> Salt {
    let mut salt = [9; 32];
    salt[..8].copy_from_slice(&number.to_be_bytes());
    Salt(salt)
}

fn access(link: Option<Link>) -> Entry {
    Entry {
        act: Act::Access,
        link,
        at: 1_790_000_000,
        actor: Actor {
            role: "vaccinator".to_owned(),
            facility: Some([3; 16]),
            account: salt(1).commit(Subject::Actor, b"staff_17"),
        },
        purpose: "record a dose".to_owned(),
        fields: vec!["name".to_owned(), "year of birth".to_owned()],
    }
}

/// So many entries of a person, chained.
fn chain(person: [u8; 16], number: u64) -> Vec<Opening> {
    let mut last = None;
    let openings = (1..=number).map(|number| {
        let entry = access(Some(ChainHead::next(person, last)));
        let opening = Opening::new(salt(1000 + number), &entry).unwrap();
        last = Some(ChainHead { number, commitment: opening.commitment() });
        opening
    });
    openings.collect()
}

#[test]
fn the_bytes_of_an_entry_are_as_documented() {
    let previous = Some(Commitment([0xcc; 32]));
    let entry = Entry {
        act: Act::Access,
        link: Some(Link { person: ASHA, number: 2, previous }),
        at: 1_790_000_000,
        actor: Actor { role: "vaccinator".into(), facility: None, account: Commitment([1; 32]) },
        purpose: "टीका".to_owned(),
        fields: vec!["name".to_owned()],
    };
    let bytes = hex::encode(entry.to_bytes().unwrap());
    let expected = [
        "000e",
        &hex::encode("teeka/entry/v1"),
        "000101",
        "0010",
        &"a5".repeat(16),
        "00080000000000000002",
        "0020",
        &"cc".repeat(32),
        "0008000000006ab13b80",
        "000a",
        &hex::encode("vaccinator"),
        "0000",
        "0020",
        &"01".repeat(32),
        "000c",
        &hex::encode("टीका"),
        "0004",
        &hex::encode("name"),
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn a_commitment_is_hmac_sha_256_of_label_and_entry_under_the_salt() {
    let opening = chain(ASHA, 1).remove(0);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &opening.to_bytes()[..32]);
    let message = [b"teeka/entry/v1\0", &opening.to_bytes()[32..]].concat();
    assert_eq!(opening.commitment().0, hmac::sign(&key, &message).as_ref());
    assert_eq!(opening.commitment().leaf()[0], 1);
    assert_eq!(opening.commitment().leaf()[1..], opening.commitment().0);
}

#[test]
fn a_leaf_opens_with_its_own_salt_and_entry_only() {
    let openings = chain(ASHA, 2);
    let leaf = openings[0].commitment().leaf();
    assert!(openings[0].open(&leaf).is_ok_and(|entry| entry.link.unwrap().number == 1));
    assert!(openings[1].open(&leaf).err() == Some(OpenError::OtherLeaf));
    let kept = openings[0].to_bytes();
    for (at, _) in kept.iter().enumerate() {
        let mut changed = kept.clone();
        changed[at] ^= 1;
        let changed = Opening::from_bytes(&changed).unwrap();
        assert!(changed.open(&leaf).err() == Some(OpenError::OtherLeaf), "byte {at}");
    }
    assert!(Opening::from_bytes(&kept).unwrap().open(&leaf).is_ok());
    assert!(openings[0].open(&leaf[1..]).is_err());
    assert!(openings[0].open(&[leaf.as_slice(), &[0]].concat()).is_err());
    let other_kind = [&[2], &leaf[1..]].concat();
    assert!(openings[0].open(&other_kind).err() == Some(OpenError::OtherLeaf));
    assert!(Opening::from_bytes(&kept[..31]).is_none());
    assert!(Opening::from_bytes(&vec![0; MOST_OPENING + 1]).is_none());
}

/// What an outsider sees of two entries that differ only in the salt, and of two people with one.
#[test]
fn equal_entries_have_unlike_leaves_of_one_length() {
    let entry = access(None);
    let leaves: Vec<_> = (0..1000)
        .map(|number| Opening::new(salt(number), &entry).unwrap().commitment().leaf())
        .collect();
    let distinct: std::collections::BTreeSet<_> = leaves.iter().collect();
    assert_eq!(distinct.len(), 1000);
    // No byte of the entry shows: each bit of the leaves is set about half of the time.
    for bit in 0..256 {
        let set = leaves.iter().filter(|leaf| leaf[1 + bit / 8] >> (bit % 8) & 1 == 1).count();
        assert!((400..600).contains(&set), "bit {bit} is set in {set} of 1,000");
    }
    let subjects = [Subject::Entry, Subject::Actor].map(|subject| salt(1).commit(subject, b"x"));
    assert_ne!(subjects[0], subjects[1]);
}

#[test]
fn a_whole_chain_is_followed_from_its_beginning_or_from_a_kept_head() {
    let openings = chain(ASHA, 5);
    let head = follow(ASHA, None, &openings).unwrap().unwrap();
    assert_eq!(head.number, 5);
    assert_eq!(head.commitment, openings[4].commitment());
    let kept = follow(ASHA, None, &openings[..3]).unwrap();
    assert_eq!(follow(ASHA, kept, &openings[3..]), Ok(Some(head)));
    assert_eq!(follow(ASHA, kept, &[]), Ok(kept));
    assert_eq!(follow(ASHA, None, &[]), Ok(None));
}

#[test]
fn an_access_that_is_kept_back_shows() {
    let openings = chain(ASHA, 5);
    for left_out in 0..4 {
        let mut told = openings.clone();
        told.remove(left_out);
        let expected = ChainError::Missing(left_out as u64 + 1);
        assert_eq!(follow(ASHA, None, &told), Err(expected));
    }
    // Whoever also numbers and links the later ones anew contradicts the leaves that the person
    // kept the head of.
    let kept = follow(ASHA, None, &openings[..3]).unwrap();
    let rewritten = Opening::new(
        salt(7),
        &access(Some(Link { person: ASHA, number: 4, previous: Some(Commitment([8; 32])) })),
    );
    assert_eq!(follow(ASHA, kept, &[rewritten.unwrap()]), Err(ChainError::OtherPrevious(4)));
    assert_eq!(follow(ASHA, kept, &openings[2..]), Err(ChainError::OutOfOrder(3)));
    let swapped = [openings[1].clone(), openings[0].clone()];
    assert_eq!(follow(ASHA, None, &swapped), Err(ChainError::Missing(1)));
    assert_eq!(follow(BINOY, None, &openings), Err(ChainError::NotTheirs(1)));
    let about_nobody = Opening::new(salt(1), &access(None)).unwrap();
    assert_eq!(follow(ASHA, kept, &[about_nobody]), Err(ChainError::NotTheirs(4)));
    let noise = Opening::from_bytes(&[7; 40]).unwrap();
    assert_eq!(follow(ASHA, None, &[noise]), Err(ChainError::NotTheirs(1)));
}

#[test]
fn links_that_contradict_themselves_are_not_entries() {
    let previous = Some(Commitment([8; 32]));
    for (number, previous) in [(0, None), (1, previous), (2, None), (0, previous)] {
        let entry = access(Some(Link { person: ASHA, number, previous }));
        let bytes = entry.to_bytes().unwrap();
        assert!(Entry::from_bytes(&bytes).err() == Some(EntryError::Malformed), "{number}");
    }
}

#[test]
fn texts_that_are_too_long_or_cannot_be_shown_are_refused() {
    let with_purpose = |purpose: &str| {
        let entry = Entry { purpose: purpose.to_owned(), ..access(None) };
        entry.to_bytes().map(|bytes| Entry::from_bytes(&bytes).is_ok_and(|read| read == entry))
    };
    assert_eq!(with_purpose(&"x".repeat(200)), Ok(true));
    assert_eq!(with_purpose(&"x".repeat(201)), Err(EntryError::Text));
    assert_eq!(with_purpose("two\nlines"), Err(EntryError::Text));
    assert_eq!(with_purpose("\u{9b}31m"), Err(EntryError::Text));
    let mut many = access(None);
    many.fields = vec!["x".repeat(200); entry::MOST_FIELDS];
    many.purpose = "x".repeat(200);
    many.actor.role = "x".repeat(200);
    let link = Link { person: ASHA, number: 2, previous: Some(Commitment([8; 32])) };
    many.link = Some(link);
    let longest = many.to_bytes().unwrap();
    assert_eq!(longest.len(), entry::MOST_BYTES);
    assert!(Entry::from_bytes(&longest).is_ok_and(|read| read == many));
    many.fields.push(String::new());
    assert_eq!(many.to_bytes(), Err(EntryError::Text));
}

#[test]
fn a_release_is_its_own_leaf() {
    for released in Released::ALL {
        let release = Release {
            released,
            name: "teeka".to_owned(),
            version: "0.1.0 \"मोर\"".to_owned(),
            digest: [7; 32],
            at: 1_790_000_000,
        };
        let leaf = release.leaf().unwrap();
        assert_eq!(Release::of_leaf(&leaf), Ok(release.clone()));
        assert!(Commitment::of_leaf(&leaf).is_none());
        for length in 0..leaf.len() {
            assert_eq!(Release::of_leaf(&leaf[..length]), Err(EntryError::Malformed));
        }
        let longer = [leaf.as_slice(), &[0, 0]].concat();
        assert_eq!(Release::of_leaf(&longer), Err(EntryError::Malformed));
        let unnamed = Release { name: "\u{7f}".to_owned(), ..release };
        assert_eq!(unnamed.leaf(), Err(EntryError::Text));
    }
}

type Parts = (
    (bool, Option<([u8; 16], u64, [u8; 32])>, u64),
    (String, Option<[u8; 16]>, [u8; 32]),
    (String, Vec<String>),
);

/// What an entry is made of: the entry itself has no Debug, so a failure could not show it.
fn any_parts() -> impl Strategy<Value = Parts> {
    (
        any::<(bool, Option<([u8; 16], u64, [u8; 32])>, u64)>(),
        ("\\PC{0,40}", any::<Option<[u8; 16]>>(), any::<[u8; 32]>()),
        ("\\PC{0,40}", prop::collection::vec("\\PC{0,40}", 0..6)),
    )
}

fn entry_of(parts: Parts) -> Entry {
    let ((decision, link, at), (role, facility, account), (purpose, fields)) = parts;
    let link = link.map(|(person, number, previous)| {
        let number = number.max(1);
        Link { person, number, previous: (number > 1).then_some(Commitment(previous)) }
    });
    let account = Commitment(account);
    let act = if decision { Act::Decision } else { Act::Access };
    Entry { act, link, at, actor: Actor { role, facility, account }, purpose, fields }
}

proptest! {
    #[test]
    fn any_entry_is_read_as_it_was_written(one in any_parts(), other in any_parts()) {
        let (one, other) = (entry_of(one), entry_of(other));
        let bytes = [one.to_bytes(), other.to_bytes()].map(Result::unwrap);
        prop_assert!(Entry::from_bytes(&bytes[0]).is_ok_and(|read| read == one));
        prop_assert!((bytes[0] == bytes[1]) == (one == other));
    }

    #[test]
    fn whatever_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let led = [&[0, 14], b"teeka/entry/v1".as_slice(), &bytes].concat();
        for bytes in [bytes, led] {
            if let Ok(entry) = Entry::from_bytes(&bytes) {
                prop_assert_eq!(entry.to_bytes().unwrap(), bytes.clone());
            }
            if let Ok(release) = Release::of_leaf(&bytes) {
                prop_assert_eq!(release.leaf().unwrap(), bytes);
            }
        }
    }
}
