use ledger::leaf::{
    Salt,
    chain::ChainHead,
    entry::{Actor, Entry},
};

use super::*;

const NOW: u64 = 1_800_000_000;
const ANNA: PersonId = PersonId([1; 16]);

fn evidence(person: PersonId, fields: &[&str], act: Act) -> Vec<u8> {
    let entry = Entry {
        act,
        link: Some(ChainHead::next(person.0, None)),
        at: NOW,
        actor: Actor { role: "vaccinator".into(), facility: None, account: Commitment([3; 32]) },
        purpose: "presence".into(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    };
    Opening::new(Salt([5; 32]), &entry).unwrap().to_bytes()
}

#[expect(clippy::unnecessary_wraps, reason = "as evidence gives it, or not")]
fn claim(mark: u8, at: u64) -> Option<Claim> {
    Some(Claim { commitment: [mark; 32], at })
}

fn book(folder: &tempfile::TempDir) -> Book {
    Book::open(&folder.path().join("journal"), NOW).unwrap()
}

fn head(size: u64) -> Head {
    Head { size, root: Hash([9; 32]) }
}

#[test]
fn evidence_is_of_an_access_to_these_fields_of_this_person() {
    let of = |bytes: &[u8], person, fields: &[&str]| {
        let fields: Vec<_> = fields.iter().map(|field| (*field).to_owned()).collect();
        Claim::of(bytes, person, &fields)
    };
    let good = evidence(ANNA, &["name", "gender"], Act::Access);
    let claim = of(&good, ANNA, &["name"]).unwrap();
    assert_eq!(claim.at, NOW);
    assert_eq!(claim.commitment, Opening::from_bytes(&good).unwrap().commitment().0);
    assert!(of(&good, ANNA, &[]).is_some());
    assert!(of(&good, PersonId([2; 16]), &["name"]).is_none(), "another person");
    assert!(of(&good, ANNA, &["name", "document"]).is_none(), "a field that is not named");
    assert!(of(&evidence(ANNA, &["name"], Act::Decision), ANNA, &["name"]).is_none());
    assert!(of(&[], ANNA, &[]).is_none() && of(&good[..60], ANNA, &[]).is_none());
}

#[test]
fn keys_are_given_once_for_an_access_and_only_in_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(&folder);
    let claims = [
        claim(1, NOW),
        claim(1, NOW),
        claim(2, NOW - PAST),
        claim(3, NOW - PAST - 1),
        claim(4, NOW + AHEAD),
        claim(5, NOW + AHEAD + 1),
        None,
    ];
    let no = Err(Refusal::NotRecorded);
    let decided = book.give(&claims, NOW).unwrap();
    assert_eq!(decided, [Ok(()), no, Ok(()), no, Ok(()), no, no]);
    assert_eq!(book.give(&claims[..1], NOW).unwrap(), [no]);
    // Nor after it was begun again.
    drop(book);
    let mut book = self::book(&folder);
    assert_eq!(book.give(&claims[..1], NOW + 1).unwrap(), [no]);
    assert_eq!((book.counts(NOW).opened, book.counts(NOW).waiting), (3, 3));
}

#[test]
fn what_the_log_does_not_have_in_time_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(&folder);
    book.give(&[claim(1, NOW), claim(2, NOW)], NOW).unwrap();
    book.follow(&[Commitment([1; 32])], head(1), NOW).unwrap();
    let late = NOW + LAG + 1;
    assert_eq!(book.give(&[claim(3, late - 1)], late - 1).unwrap(), [Ok(())]);
    assert_eq!(book.give(&[claim(4, late)], late).unwrap(), [Err(Refusal::LedgerBehind)]);
    let mut again = self::book(&folder);
    assert_eq!(again.give(&[claim(4, late)], late).unwrap(), [Err(Refusal::LedgerBehind)]);
    again.follow(&[Commitment([2; 32])], head(2), late).unwrap();
    assert_eq!(again.give(&[claim(4, late)], late).unwrap(), [Ok(())]);
    let counts = again.counts(late);
    assert_eq!((counts.opened, counts.logged, counts.waiting), (4, 2, 2));
}

#[test]
fn a_leaf_that_comes_before_its_giving_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(&folder);
    let leaves = [Commitment([1; 32]), Commitment([2; 32]), Commitment([3; 32])];
    book.follow(&leaves, head(3), NOW).unwrap();
    assert_eq!((book.counts(NOW).opened, book.counts(NOW).unopened), (0, 3));
    book.give(&[claim(1, NOW), claim(8, NOW)], NOW).unwrap();
    let expected =
        Counts { opened: 2, logged: 1, waiting: 1, unopened: 2, log_size: 3, oldest_waiting: 0 };
    assert_eq!(book.counts(NOW), expected);
    drop(book);
    let mut book = self::book(&folder);
    assert_eq!(book.counts(NOW), expected);
    // Leaves read before a restart are remembered, and still each counted once.
    book.remember(&leaves, NOW).unwrap();
    book.give(&[claim(2, NOW), claim(1, NOW)], NOW).unwrap();
    let counts = book.counts(NOW);
    assert_eq!((counts.opened, counts.logged, counts.unopened), (3, 2, 1));
}

#[test]
fn a_giving_after_its_leaf_that_was_not_written_to_its_end_is_settled_by_looking_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut book = book(&folder);
    let leaves = [Commitment([1; 32]), Commitment([2; 32])];
    book.follow(&leaves, head(2), NOW).unwrap();
    let before = usize::try_from(book.journal.length()).unwrap();
    book.give(&[claim(1, NOW)], NOW).unwrap();
    drop(book);
    // The giving is there, and what says that the log has it is not.
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..before + 48]).unwrap();
    let mut book = self::book(&folder);
    let counts = book.counts(NOW);
    assert_eq!((counts.opened, counts.waiting, counts.unopened), (1, 1, 2));
    book.remember(&leaves, NOW).unwrap();
    let counts = book.counts(NOW);
    assert_eq!((counts.opened, counts.waiting, counts.unopened), (1, 0, 1));
    assert_eq!(self::book(&folder).counts(NOW), counts);
}

#[test]
fn what_was_not_written_to_its_end_counts_as_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut book = book(&folder);
    book.give(&[claim(1, NOW), claim(2, NOW)], NOW).unwrap();
    let before = book.journal.length();
    book.follow(&[Commitment([1; 32]), Commitment([7; 32])], head(2), NOW).unwrap();
    drop(book);
    let whole = std::fs::read(&path).unwrap();
    for length in usize::try_from(before).unwrap()..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let mut book = self::book(&folder);
        let counts = book.counts(NOW);
        assert_eq!((counts.log_size, counts.waiting, counts.unopened), (0, 2, 0), "{length}");
        book.follow(&[Commitment([1; 32]), Commitment([7; 32])], head(2), NOW).unwrap();
        let counts = self::book(&folder).counts(NOW);
        assert_eq!((counts.log_size, counts.waiting, counts.unopened), (2, 1, 1), "{length}");
    }
}

#[test]
fn a_shortened_journal_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(&folder);
    let given = book.give(&(1..=9).map(|mark| claim(mark, NOW)).collect::<Vec<_>>(), NOW);
    given.unwrap();
    let leaves: Vec<_> = (3..=9).map(|mark| Commitment([mark; 32])).collect();
    book.follow(&leaves, head(7), NOW).unwrap();
    // All but two of them are forgotten, and a new one is there.
    let later = NOW + REMEMBERED + 1;
    book.forget(later);
    let behind = book.give(&[claim(20, later)], later).unwrap();
    assert_eq!(behind, [Err(Refusal::LedgerBehind)]);
    let (counts, records) = (book.counts(later), book.shortened());
    assert!(records.len() < 8, "{}", records.len());
    book.journal.replace(&records).unwrap();
    drop(book);
    assert_eq!(self::book(&folder).counts(later), counts);
    let mut book = self::book(&folder);
    book.follow(&[Commitment([1; 32]), Commitment([2; 32])], head(9), later).unwrap();
    assert_eq!(book.give(&[claim(20, later)], later).unwrap(), [Ok(())]);
    assert_eq!((book.counts(later).opened, book.counts(later).unopened), (10, 0));
}
