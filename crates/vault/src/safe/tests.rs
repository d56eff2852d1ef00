use std::collections::BTreeSet;

use super::*;
use crate::{COMORBIDITY, Field, GENDER, access::tests::now, seal::Drawn};

const ANNA: PersonId = PersonId([1; 16]);
const NAME: &str = "name";

fn safe(versions: &[u32]) -> Safe {
    let safe = Safe::new(&Secret::new([7; 32]));
    for version in versions {
        safe.add_kek(*version, &Secret::new([u8::try_from(*version).unwrap(); 32]));
        safe.wrap_with(*version);
    }
    safe
}

fn wrapped(safe: &Safe) -> Vec<u8> {
    let Some(Drawn { person, data, rules }) = Drawn::each(&[ANNA]).pop() else {
        panic!("one was drawn")
    };
    match safe.answer(&Ask::Wrap { person, data, rules }) {
        Told::Wrapped(wrapped) => wrapped,
        _ => panic!("it is not wrapped"),
    }
}

fn opens(safe: &Safe, wrapped: &[u8], fields: &[&str]) -> bool {
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    let (wrapped, evidence) = (wrapped.to_vec(), Vec::new());
    let told = safe.answer(&Ask::Open { person: ANNA, wrapped, fields, evidence });
    matches!(told, Told::Opened(_))
}

#[test]
fn a_version_that_is_gone_opens_nothing() {
    let safe = safe(&[1, 2]);
    let by_second = wrapped(&safe);
    assert_eq!((kek_version(&by_second), by_second.len()), (Some(2), 127));
    safe.wrap_with(1);
    let by_first = wrapped(&safe);
    assert_eq!(kek_version(&by_first), Some(1));
    assert!(opens(&safe, &by_first, &[NAME]) && opens(&safe, &by_second, &[NAME]));
    safe.forget_kek(1);
    assert!(!opens(&safe, &by_first, &[NAME]) && opens(&safe, &by_second, &[NAME]));
    assert_eq!(safe.versions(), [2]);
}

#[test]
fn what_is_wrapped_anew_has_the_same_keys() {
    let safe = safe(&[1]);
    let before = wrapped(&safe);
    let plain = Secret::new(b"Anna".to_vec());
    let seal = Ask::Seal { person: ANNA, wrapped: before.clone(), field: NAME.to_owned(), plain };
    let Told::Sealed(sealed) = safe.answer(&seal) else { panic!("it is not sealed") };
    safe.add_kek(2, &Secret::new([2; 32]));
    safe.wrap_with(2);
    let ask = Ask::Rewrap { person: ANNA, wrapped: before };
    let Told::Wrapped(after) = safe.answer(&ask) else { panic!("it is not wrapped") };
    safe.forget_kek(1);
    let ask = Ask::Open {
        person: ANNA,
        wrapped: after.clone(),
        fields: vec![NAME.to_owned()],
        evidence: Vec::new(),
    };
    let Told::Opened(keys) = safe.answer(&ask) else { panic!("it does not open") };
    let key = crate::seal::FieldKey::new(ANNA, Field(NAME), &keys[0]);
    assert_eq!(key.open(&crate::Sealed::from_bytes(sealed)).unwrap().expose(), b"Anna");
    // For nobody else.
    let other = PersonId([2; 16]);
    let refused = safe.answer(&Ask::Rewrap { person: other, wrapped: after });
    assert!(matches!(refused, Told::Refused(Refusal::DoesNotOpen)));
}

#[test]
fn the_data_key_has_nothing_to_do_with_what_rules_ask() {
    let safe = safe(&[1]);
    let wrapped = wrapped(&safe);
    for field in [COMORBIDITY, GENDER, crate::BIRTH_YEAR] {
        assert!(!opens(&safe, &wrapped, &[NAME, field.0]));
    }
    assert!(opens(&safe, &wrapped, &[]));
}

#[test]
fn a_wrapped_key_is_bound_to_its_name() {
    let (under, key) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let wrapped = wrap_key(&under, "kek-1", &key);
    assert_eq!(unwrap_key(&under, "kek-1", &wrapped).unwrap().expose(), key.expose());
    assert!(unwrap_key(&under, "kek-2", &wrapped).is_err());
    assert!(unwrap_key(&key, "kek-1", &wrapped).is_err());
}

#[test]
fn a_vault_that_does_not_know_a_version_yet_says_that_it_may_in_a_moment() {
    let keyholder = std::sync::Arc::new(safe(&[1]));
    let vault = now(crate::Vault::connect(keyholder.clone())).unwrap();
    keyholder.add_kek(2, &Secret::new([2; 32]));
    keyholder.wrap_with(2);
    let wrapped = wrapped(&keyholder);
    assert_eq!(vault.person_key(ANNA, &wrapped).err(), Some(NotDone::Away));
    now(vault.refresh()).unwrap();
    assert!(vault.person_key(ANNA, &wrapped).is_ok());
}

#[test]
fn what_is_drawn_together_differs() {
    let drawn = Drawn::each(&[ANNA; 3]);
    let keys = drawn.iter().flat_map(|one| [*one.data.expose(), *one.rules.expose()]);
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), 6);
    let nonces = draw_nonces::<100>();
    assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), 100);
    let wrapped = wrapped(&safe(&[1]));
    let nonce = |at: usize| &wrapped[at + 1..at + 13];
    assert_ne!(nonce(5), nonce(5 + DATA), "two parts have two nonces");
}
