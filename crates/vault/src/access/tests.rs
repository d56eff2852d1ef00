use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::{NewKey, NotDone, Refusal, Vault};

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

    async fn record(&self, entries: Vec<Access>) -> Result<Vec<Vec<u8>>, &'static str> {
        if self.away {
            return Err("away");
        }
        let evidence = vec![Vec::new(); entries.len()];
        self.kept.lock().extend(entries);
        Ok(evidence)
    }
}

fn access(person: PersonId, fields: &'static [Field]) -> Access {
    let who = Who { role: "vaccinator", facility: Some(7), account: [9; 16] };
    Access { person, who, purpose: "presence", fields, at: 1_643_700_000 }
}

/// What is ready at once.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

fn receipt(vault: &Vault, person: PersonId, fields: &'static [Field]) -> Receipt {
    let recorded = now(vault.record(&Log::new(false), vec![access(person, fields)]));
    recorded.unwrap().pop().unwrap()
}

/// Fresh keys of somebody.
pub(crate) fn new_key(vault: &Vault, person: PersonId) -> NewKey {
    now(vault.make_person_keys(&[person])).unwrap().pop().unwrap()
}

/// What opens these fields of somebody, against a receipt for them.
pub(crate) fn open_key(
    vault: &Vault,
    person: PersonId,
    wrapped: &[u8],
    fields: &'static [Field],
) -> Result<OpenKey, NotDone> {
    let key = Arc::new(vault.person_key(person, wrapped)?);
    let opened = now(vault.open(vec![(key, receipt(vault, person, fields))]))?;
    opened.into_iter().next().unwrap()
}

#[test]
fn a_receipt_opens_the_fields_that_it_names_of_the_person_whom_it_names() {
    let vault = Vault::from_root_key([7; 32]);
    let key = new_key(&vault, PERSON);
    let (name, document) = (key.seal(NAME, b"x"), key.seal(DOCUMENT, b"y"));
    let open = open_key(&vault, PERSON, key.wrapped(), &[NAME]).unwrap();
    assert_eq!(open.open_text(NAME, &name).unwrap().expose(), "x");
    assert_eq!(open.open(NAME, &name).unwrap().expose(), b"x");
    assert!(
        open.open(DOCUMENT, &document).is_err() && open.open_text(DOCUMENT, &document).is_err()
    );
    assert!(open.open(NAME, &document).is_err());
    let other = receipt(&vault, PersonId([2; 16]), &[NAME]);
    let key = Arc::new(vault.person_key(PERSON, key.wrapped()).unwrap());
    let refused = now(vault.open(vec![(key, other)])).err();
    assert_eq!(refused, Some(NotDone::Refused(Refusal::NotRecorded)));
}

#[test]
fn what_is_sealed_together_opens_by_itself_and_has_nonces_of_its_own() {
    let vault = Vault::from_root_key([7; 32]);
    let key = new_key(&vault, PERSON);
    let plain = [(NAME, b"x".as_slice()), (BIRTH_YEAR, &[7, 208]), (DOCUMENT, b"x")];
    let [name, year, document] = key.seal_each(plain);
    let open = open_key(&vault, PERSON, key.wrapped(), &[NAME, BIRTH_YEAR]).unwrap();
    assert_eq!(open.open(NAME, &name).unwrap().expose(), b"x");
    assert_eq!(open.open(BIRTH_YEAR, &year).unwrap().expose(), &[7, 208]);
    assert!(open.open(NAME, &document).is_err(), "each field has a key of its own");
    let nonces = [name, year, document].map(|sealed| sealed.as_bytes()[1..13].to_vec());
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2] && nonces[0] != nonces[2]);
}

#[test]
fn what_is_open_seals_the_fields_that_its_receipt_names_and_no_others() {
    let vault = Vault::from_root_key([7; 32]);
    let key = new_key(&vault, PERSON);
    let open = open_key(&vault, PERSON, key.wrapped(), &[NAME, GENDER]).unwrap();
    let (name, gender) = (open.seal(NAME, b"x").unwrap(), open.seal(GENDER, b"Male").unwrap());
    assert!(open.seal(DOCUMENT, b"y").is_err() && open.seal(BIRTH_YEAR, b"y").is_err());
    let again = open_key(&vault, PERSON, key.wrapped(), &[NAME, GENDER]).unwrap();
    assert_eq!(again.open(NAME, &name).unwrap().expose(), b"x");
    assert_eq!(again.open(GENDER, &gender).unwrap().expose(), b"Male");
}

#[test]
fn fields_of_who_is_kept_are_sealed_without_opening_anything() {
    let vault = Vault::from_root_key([7; 32]);
    let wrapped = new_key(&vault, PERSON).wrapped().to_vec();
    let key = vault.person_key(PERSON, &wrapped).unwrap();
    let plain: [(Field, &[u8]); 3] = [(NAME, b"x"), (GENDER, b"Male"), (DOCUMENT, b"y")];
    let sealed = now(vault.seal_for(&key, &plain)).unwrap();
    assert_eq!(vault.openings(), 0);
    let open = open_key(&vault, PERSON, &wrapped, &[NAME, GENDER, DOCUMENT]).unwrap();
    for ((field, plain), sealed) in plain.iter().zip(&sealed) {
        assert_eq!(open.open(*field, sealed).unwrap().expose(), plain);
    }
    assert_eq!(key.for_rules().gender(&sealed[1], &["Male"]), Ok(0));
}

#[test]
fn one_whose_key_does_not_open_keeps_nobody_else_closed() {
    let vault = Vault::from_root_key([7; 32]);
    let others = PersonId([2; 16]);
    let mut changed = new_key(&vault, others).wrapped().to_vec();
    // A byte of the data key, of which a server sees nothing.
    changed[20] ^= 1;
    let (whole, none) = (new_key(&vault, PERSON), vault.person_key(others, &changed).unwrap());
    let whole = vault.person_key(PERSON, whole.wrapped()).unwrap();
    let asked = [(none, others), (whole, PERSON)].map(|(key, person)| {
        let receipt = receipt(&vault, person, &[NAME]);
        (Arc::new(key), receipt)
    });
    let opened = now(vault.open(Vec::from(asked))).unwrap();
    let outcomes: Vec<_> = opened.into_iter().map(|one| one.map(drop)).collect();
    assert_eq!(outcomes, [Err(NotDone::Refused(Refusal::DoesNotOpen)), Ok(())]);
    assert_eq!(vault.openings(), 1);
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
    let key = new_key(&vault, PERSON);
    let (key, log) = (Arc::new(vault.person_key(PERSON, key.wrapped()).unwrap()), Log::new(false));
    let accesses = vec![access(PERSON, &[NAME]), access(PERSON, &[DOCUMENT])];
    let receipts = now(vault.record(&log, accesses)).unwrap();
    let pairs = receipts.into_iter().map(|receipt| (Arc::clone(&key), receipt));
    assert!(now(vault.open(pairs.collect())).unwrap().iter().all(Result::is_ok));
    assert_eq!((vault.openings(), log.kept.lock().len()), (2, 2));
    assert!(log.kept.lock()[1] == access(PERSON, &[DOCUMENT]));
    // One for somebody else opens nothing.
    let other = receipt(&vault, PersonId([2; 16]), &[NAME]);
    assert!(now(vault.open(vec![(key, other)])).is_err());
    assert_eq!(vault.openings(), 2);
}

#[test]
fn rules_learn_a_year_a_yes_or_no_and_one_word_of_a_list() {
    let vault = Vault::from_root_key([7; 32]);
    let new = new_key(&vault, PERSON);
    let key = vault.person_key(PERSON, new.wrapped()).unwrap();
    let rules = key.for_rules();
    assert_eq!(rules.birth_year(&new.seal(BIRTH_YEAR, &1980_i16.to_be_bytes())), Ok(1980));
    assert!(rules.birth_year(&new.seal(BIRTH_YEAR, b"Anna")).is_err());
    assert!(rules.birth_year(&new.seal(NAME, &1980_i16.to_be_bytes())).is_err());
    assert_eq!(rules.comorbidity(&new.seal(COMORBIDITY, &[1])), Ok(true));
    assert_eq!(rules.comorbidity(&new.seal(COMORBIDITY, &[0])), Ok(false));
    let words = ["Female", "Male"];
    assert_eq!(rules.gender(&new.seal(GENDER, b"Male"), &words), Ok(1));
    assert!(rules.gender(&new.seal(GENDER, b"Anna"), &words).is_err());
}

#[test]
fn a_list_of_accesses_holds_no_field() {
    let vault = Vault::from_root_key([7; 32]);
    let new = new_key(&vault, PERSON);
    let key = vault.person_key(PERSON, new.wrapped()).unwrap();
    assert_eq!(key.read_access(&key.seal_access(b"entry")).unwrap().expose(), b"entry");
    assert!(key.read_access(&new.seal(NAME, b"x")).is_err());
}
