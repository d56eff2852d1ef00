use super::*;

const RECORDS: [Record; 5] = [
    Record::Before(7),
    Record::Opened([1; 32], 1_800_000_000),
    Record::Settled([1; 32], 1_800_000_000),
    Record::Unopened(3),
    Record::Position(9, [2; 32]),
];

#[test]
fn what_was_added_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut journal, records) = Journal::open(&path).unwrap();
    assert!(records.is_empty());
    journal.add(&RECORDS[..2]).unwrap();
    journal.add(&RECORDS[2..]).unwrap();
    assert_eq!(journal.length(), 5 * 48);
    drop(journal);
    assert_eq!(Journal::open(&path).unwrap().1, RECORDS);
}

#[test]
fn a_record_that_was_not_written_whole_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut journal, _) = Journal::open(&path).unwrap();
    journal.add(&RECORDS).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in (3 * 48 + 1)..(4 * 48) {
        std::fs::write(&path, &whole[..length]).unwrap();
        let (mut journal, records) = Journal::open(&path).unwrap();
        assert_eq!(records, RECORDS[..3], "{length} bytes");
        journal.add(&RECORDS[4..]).unwrap();
        assert_eq!(Journal::open(&path).unwrap().1[3..], RECORDS[4..]);
    }
    // A disk may have the room and not what was to be in it.
    let mut torn = whole[..3 * 48].to_vec();
    torn.extend([0; 48]);
    std::fs::write(&path, &torn).unwrap();
    assert_eq!(Journal::open(&path).unwrap().1, RECORDS[..3]);
}

#[test]
fn a_record_that_was_changed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    Journal::open(&path).unwrap().0.add(&RECORDS).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for place in 0..4 * 48 {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let found = Journal::open(&path).err();
        let at = (place / 48 * 48) as u64;
        assert!(matches!(found, Some(JournalError::Changed(byte)) if byte == at), "byte {place}");
    }
}

#[test]
fn a_journal_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut journal, _) = Journal::open(&path).unwrap();
    journal.add(&RECORDS).unwrap();
    journal.replace(&RECORDS[..1]).unwrap();
    journal.add(&RECORDS[1..2]).unwrap();
    assert_eq!(Journal::open(&path).unwrap().1, RECORDS[..2]);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
