//! Archives, also in archives.

use std::io::{Cursor, Write};

use scan::extract::{Limits, Unread, document};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    packed::{BZIP2, LETTER, SEVEN_ZIP, XZ},
    support::{ASHA, ASHA_HINDI, Parts, assert_person, assert_person_in, parts},
};

/// A ZIP file of these members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut head = tar::Header::new_gnu();
        head.set_size(bytes.len() as u64);
        archive.append_data(&mut head, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn a_file_in_an_archive_in_an_archive_has_a_path_through_both() {
    let inner = zip(&[
        ("a/letter.txt", LETTER),
        ("सूची.txt", "नाम: आशा देवी\nमोबाइल: 9829011223\n".as_bytes()),
    ]);
    assert_person(&inner, "!/a/letter.txt", ASHA);
    assert_person(&inner, "!/सूची.txt", ASHA_HINDI);
    let outer = gzip(&tar(&[("dump.zip", &inner), ("other.txt", b"nothing\n")]));
    assert_person(&outer, "!/dump.zip!/a/letter.txt", ASHA);
}

#[test]
fn a_packed_file_is_read_by_what_is_in_it() {
    assert_person(&gzip(LETTER), "", ASHA);
    assert_person(&[gzip(&LETTER[..16]), gzip(&LETTER[16..])].concat(), "", ASHA);
    assert_person(&zstd::encode_all(LETTER, 3).unwrap(), "", ASHA);
}

#[test]
fn xz_and_bzip2_are_read() {
    let xz = hex::decode(XZ).unwrap();
    assert_person(&xz, "", ASHA);
    let bzip2 = hex::decode(BZIP2).unwrap();
    assert_person(&bzip2, "", ASHA);
    assert_person(&[&bzip2[..], &bzip2].concat(), "", ASHA);
    assert_eq!(parts(&bzip2[..bzip2.len() - 9]).unread, [(String::new(), Unread::Malformed)]);
    assert_eq!(parts(b"BZh is how the list begins\n").unread, []);
}

/// The same with a password.
const SEALED: &str = "\
    377abcaf271c0004979eec6aa30000000000000014000000000000003e0901b99ebb5b2c6f270233ec404ad0\
    44f027daecdddc40db6dff1aff2394837aa7194d6b3e066342261f420f3a7b20f72ea3ec01006e0104060001\
    09300a0183eb116900070b0100022406f1070112530f4252e0868a12f06677659637caeee872212101180100\
    0c272300080a010ba290f6000005011117006c00650074007400650072002e007400780074000000140a0100\
    00c81d7cf17cdd01150601002080a48100000017063001097300070b010001212101180c6f0000";

#[test]
fn seven_zip_is_read_and_told_where_it_has_a_password() {
    assert_person(&hex::decode(SEVEN_ZIP).unwrap(), "!/letter.txt", ASHA);
    let sealed = parts(&hex::decode(SEALED).unwrap());
    assert_eq!(sealed.unread, [(String::new(), Unread::Encrypted)]);
}

#[test]
fn a_member_with_a_password_is_told_and_the_others_are_read() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("open.txt", SimpleFileOptions::default()).unwrap();
    archive.write_all(LETTER).unwrap();
    archive.start_file("sealed.txt", SimpleFileOptions::default()).unwrap();
    archive.write_all(LETTER).unwrap();
    let mut bytes = archive.finish().unwrap().into_inner();
    // The flag of a password, at both places where a member has flags.
    let local = memchr::memmem::rfind(&bytes, b"PK\x03\x04").unwrap();
    let listed = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[local + 6] |= 1;
    bytes[listed + 8] |= 1;
    let parts = parts(&bytes);
    assert_person_in(&parts, "!/open.txt", ASHA);
    assert_eq!(parts.unread, [("!/sealed.txt".to_owned(), Unread::Encrypted)]);
}

#[test]
fn an_archive_that_breaks_off_is_read_as_far_as_it_goes() {
    let long = LETTER.repeat(2000);
    for whole in [zip(&[("a", LETTER), ("b", &long)]), tar(&[("a", LETTER), ("b", &long)])] {
        let torn = parts(&whole[..whole.len() * 2 / 3]);
        assert_person_in(&torn, "!/a", ASHA);
        assert!(torn.unread.iter().any(|(_, why)| *why == Unread::Malformed), "{:?}", torn.unread);
    }
    let whole = gzip(&long);
    let torn = parts(&whole[..whole.len() - 4]);
    assert_person_in(&torn, "", ASHA);
    assert_eq!(torn.unread, [(String::new(), Unread::Malformed)]);
}

#[test]
fn what_unpacks_to_more_than_is_read_is_cut_and_told() {
    let bomb = gzip(&vec![b'a'; 10 << 20]);
    let limits = Limits { member: 1 << 20, ..Limits::default() };
    let mut parts = Parts::default();
    document(&bomb, limits, &mut parts);
    assert_eq!(parts.texts[0].1.len(), 1 << 20);
    assert_eq!(parts.unread, [(String::new(), Unread::TooLarge)]);

    let members: Vec<_> = (0..20).map(|at| format!("{at}")).collect();
    let big = vec![b'a'; 1 << 20];
    let members: Vec<_> = members.iter().map(|name| (name.as_str(), &big[..])).collect();
    let limits = Limits { unpacked: 5 << 20, ..Limits::default() };
    let mut parts = Parts::default();
    document(&zip(&members), limits, &mut parts);
    assert_eq!(parts.texts.iter().map(|(_, text)| text.len()).sum::<usize>(), 5 << 20);
    assert_eq!(parts.unread, [("!/5".to_owned(), Unread::TooLarge)]);
}

#[test]
fn archives_in_archives_are_followed_so_deep_and_no_deeper() {
    let mut bytes = LETTER.to_vec();
    for _ in 0..8 {
        bytes = zip(&[("z", &bytes)]);
    }
    assert_person(&bytes, &"!/z".repeat(8), ASHA);
    let deeper = parts(&zip(&[("z", &bytes)]));
    assert_eq!(deeper.unread, [("!/z".repeat(9), Unread::TooDeep)]);
}

#[test]
fn more_members_than_are_read_are_told_once() {
    let names: Vec<_> = (0..30).map(|at| at.to_string()).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), LETTER)).collect();
    let limits = Limits { parts: 10, ..Limits::default() };
    let mut parts = Parts::default();
    document(&zip(&members), limits, &mut parts);
    assert_eq!(parts.texts.len(), 10);
    assert_eq!(parts.unread, [(String::new(), Unread::TooMany)]);
}
