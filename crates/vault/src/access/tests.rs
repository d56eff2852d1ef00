use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::Vault;

const NAME: Field = Field("name");
const DOCUMENT: Field = Field("document");
const PERSON: PersonId = PersonId([1; 16]);

/// A log that keeps accesses, or cannot.
struct Log {
    kept: parking_lot::Mutex<Vec<Access>>,
    away: bool,
}

impl Log {
    const fn new(away: bool) -> Self {
        Self { kept: parking_lot::Mutex::new(Vec::new()), away }
    }
}

impl AsRef<Access> for Access {
    fn as_ref(&self) -> &Access {
        self
    }
}

impl AccessLog for Log {
    type Entry = Access;
    type Error = &'static str;

    async fn record(&self, entries: Vec<Access>) -> Result<(), &'static str> {
        if self.away {
            return Err("away");
        }
        self.kept.lock().extend(entries);
        Ok(())
    }
}

fn access(person: PersonId, fields: &'static [Field]) -> Access {
    let who = Who { role: "vaccinator", facility: Some(7), account: [9; 16] };
    Access { person, who, purpose: AccessPurpose::Presence, fields, at: 1_643_700_000 }
}

/// What is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

fn receipt(vault: &Vault, person: PersonId, fields: &'static [Field]) -> Receipt {
    let recorded = now(vault.record(&Log::new(false), vec![access(person, fields)]));
    recorded.unwrap().pop().unwrap()
}

#[test]
fn a_receipt_opens_the_fields_that_it_names_of_the_person_whom_it_names() {
    let vault = Vault::from_root_key([7; 32]);
    let key = Arc::new(vault.make_person_key(PERSON));
    let (name, document) = (key.seal(NAME, b"x"), key.seal(DOCUMENT, b"y"));
    let open = key.against(receipt(&vault, PERSON, &[NAME])).unwrap();
    assert_eq!(open.open_text(NAME, &name).unwrap().expose(), "x");
    assert_eq!(open.open(NAME, &name).unwrap().expose(), b"x");
    assert!(
        open.open(DOCUMENT, &document).is_err() && open.open_text(DOCUMENT, &document).is_err()
    );
    assert!(open.open(NAME, &document).is_err());
    assert!(key.against(receipt(&vault, PersonId([2; 16]), &[NAME])).is_err());
}

#[test]
fn what_is_not_recorded_has_no_receipt() {
    let vault = Vault::from_root_key([7; 32]);
    let accesses = vec![access(PERSON, &[NAME])];
    assert_eq!(now(vault.record(&Log::new(true), accesses)).err(), Some("away"));
    assert_eq!(vault.openings(), 0);
}

#[test]
fn every_opening_is_counted_and_was_recorded() {
    let vault = Vault::from_root_key([7; 32]);
    let (key, log) = (Arc::new(vault.make_person_key(PERSON)), Log::new(false));
    let accesses = vec![access(PERSON, &[NAME]), access(PERSON, &[DOCUMENT])];
    for receipt in now(vault.record(&log, accesses)).unwrap() {
        key.against(receipt).unwrap();
    }
    assert_eq!((vault.openings(), log.kept.lock().len()), (2, 2));
    assert!(log.kept.lock()[1] == access(PERSON, &[DOCUMENT]));
    // One for somebody else opens nothing.
    assert!(key.against(receipt(&vault, PersonId([2; 16]), &[NAME])).is_err());
    assert_eq!(vault.openings(), 2);
}

#[test]
fn rules_learn_a_year_a_yes_or_no_and_one_word_of_a_list() {
    let key = Vault::from_root_key([7; 32]).make_person_key(PERSON);
    let rules = key.for_rules();
    assert_eq!(rules.birth_year(&key.seal(BIRTH_YEAR, &1980_i16.to_be_bytes())), Ok(1980));
    assert!(rules.birth_year(&key.seal(BIRTH_YEAR, b"Anna")).is_err());
    assert!(rules.birth_year(&key.seal(NAME, &1980_i16.to_be_bytes())).is_err());
    assert_eq!(rules.comorbidity(&key.seal(COMORBIDITY, &[1])), Ok(true));
    assert_eq!(rules.comorbidity(&key.seal(COMORBIDITY, &[0])), Ok(false));
    let words = ["Female", "Male"];
    assert_eq!(rules.gender(&key.seal(GENDER, b"Male"), &words), Ok(1));
    assert!(rules.gender(&key.seal(GENDER, b"Anna"), &words).is_err());
}

#[test]
fn a_list_of_accesses_holds_no_field() {
    let key = Vault::from_root_key([7; 32]).make_person_key(PERSON);
    assert_eq!(key.read_access(&key.seal_access(b"entry")).unwrap().expose(), b"entry");
    assert!(key.read_access(&key.seal(NAME, b"x")).is_err());
}

#[test]
fn every_purpose_has_a_name_of_its_own() {
    let names: std::collections::HashSet<_> =
        AccessPurpose::ALL.iter().map(|purpose| purpose.label()).collect();
    assert_eq!(names.len(), AccessPurpose::ALL.len());
}
