use super::*;
use crate::takedown::fixture::{Played, case_until};

#[test]
fn each_thing_of_a_step_has_a_cursor_of_its_own_until_the_next_record() {
    let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
    let setup = "[[sites]]\nhost = \"files.example\"\norigin = \"http://127.0.0.1:1\"\n\
                 nginx = { folder = \"rules\" }\n";
    let path = folder.path().join("case");
    let mut case = case_until(Step::Contained, &path, setup, 1, &world);
    for (what, done) in [("purge 0", 5000), ("purge 1", 200), ("purge 0", 7000)] {
        case.keep_cursor(what, done).unwrap();
    }
    assert_eq!(["purge 0", "purge 1", "purge 2"].map(|what| case.cursor(what)), [7000, 200, 0]);
    case.did(Step::Purged, Vec::new(), &world).unwrap();
    assert_eq!(["purge 0", "purge 1"].map(|what| case.cursor(what)), [0; 2]);
}
