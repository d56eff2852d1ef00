use super::*;

const ORIGIN: &str = "https://files.example:443";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn found(number: u8, stamp: Option<i64>) -> Message {
    Message::Found(Found {
        key: [number; 16],
        origin: ORIGIN.to_owned(),
        class: Class::Document,
        url: format!("https://files.example/{number}"),
        sources: 2,
        depth: 1,
        stamp,
    })
}

fn visited(id: i64, fate: Fate, digest: Option<[u8; 32]>) -> Message {
    let document = digest.filter(|_| fate == Fate::Read).map(|digest| Document {
        digest,
        near: u64::MAX,
        bytes: 10,
        media: "text/plain".to_owned(),
        people: 3,
        kinds: r#"{"mobile":3}"#.to_owned(),
        unread: None,
        letters: false,
    });
    Message::Visited(Visit {
        id,
        fate,
        status: 200,
        tries: 0,
        again_at: None,
        etag: Some("\"a\"".to_owned()),
        modified: None,
        digest,
        document,
    })
}

fn file() -> (tempfile::TempDir, JobFile) {
    let folder = tempfile::tempdir().unwrap();
    let file = JobFile::open(&folder.path().join("sweep.db")).unwrap();
    (folder, file)
}

fn waiting(file: &JobFile) -> Vec<i64> {
    let rows = file.waiting(1, at(9_000), 100, &HashSet::new()).unwrap();
    rows.iter().map(|row| row.id).collect()
}

#[test]
fn an_address_is_known_once_and_asked_once_a_turn() {
    let (folder, mut file) = file();
    let tried = file.apply(&[found(1, None), found(2, None), found(1, None)], at(0)).unwrap();
    assert_eq!(tried.iter().map(|tried| tried.more).sum::<i64>(), 2);
    assert_eq!(waiting(&file), [1, 2]);
    assert_eq!(file.waiting(1, at(0), 5, &HashSet::from([1])).unwrap()[0].id, 2, "one in hand");

    file.apply(&[visited(1, Fate::Read, Some([7; 32]))], at(1)).unwrap();
    assert_eq!(waiting(&file), [2]);
    drop(file);
    let mut file = JobFile::open(&folder.path().join("sweep.db")).unwrap();
    assert_eq!(waiting(&file), [2], "after the process has ended");
    file.begin_turn().unwrap();
    assert_eq!(waiting(&file), [1, 2]);
    assert_eq!(
        file.waiting(1, at(2), 1, &HashSet::new()).unwrap()[0].etag.as_deref(),
        Some("\"a\"")
    );
}

#[test]
fn a_document_whose_listing_says_the_same_is_not_asked_again() {
    let (_folder, mut file) = file();
    file.apply(&[found(1, Some(5)), found(2, Some(5)), found(3, Some(5))], at(0)).unwrap();
    // The first was read long after its listing said so; the second may have been changed in the
    // same minute; of the third the listing says something else now.
    file.apply(&[visited(1, Fate::Read, Some([1; 32]))], at(500)).unwrap();
    file.apply(&[visited(2, Fate::Read, Some([2; 32]))], at(10)).unwrap();
    file.apply(&[visited(3, Fate::Read, Some([3; 32]))], at(500)).unwrap();
    file.begin_turn().unwrap();
    let tried =
        file.apply(&[found(1, Some(5)), found(2, Some(5)), found(3, Some(6))], at(900)).unwrap();
    assert_eq!(tried.iter().map(|tried| tried.more).collect::<Vec<_>>(), [-1]);
    assert_eq!(waiting(&file), [2, 3]);
    assert_eq!(file.totals().unwrap().exposed, 3, "it is still exposed");
}

#[test]
fn what_is_gone_exposes_nobody_and_what_gives_no_answer_still_does() {
    let (_folder, mut file) = file();
    file.apply(&[found(1, None), found(2, None)], at(0)).unwrap();
    file.apply(
        &[visited(1, Fate::Read, Some([1; 32])), visited(2, Fate::Copy, Some([1; 32]))],
        at(1),
    )
    .unwrap();
    let count = |file: &JobFile| {
        let totals = file.totals().unwrap();
        (totals.exposed, totals.people)
    };
    assert_eq!(count(&file), (1, 3), "one document at two addresses");
    file.apply(&[visited(1, Fate::Gone, None)], at(2)).unwrap();
    assert_eq!(count(&file), (1, 3));
    file.apply(&[visited(2, Fate::Failed, None)], at(3)).unwrap();
    assert_eq!(count(&file), (1, 3));
    file.apply(&[visited(2, Fate::Gone, None)], at(4)).unwrap();
    assert_eq!(count(&file), (0, 0));
}

#[test]
fn a_file_of_something_else_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    assert!(matches!(JobFile::open(&path), Err(StoreError::Broken(_))));
}
