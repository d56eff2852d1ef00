//! Archives, also in archives.

use std::io::{Cursor, Write};

use scan::extract::{Limits, Unread, document};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{ASHA, ASHA_HINDI, Parts, assert_person, assert_person_in, parts};

const LETTER: &[u8] = b"Name: Asha Devi\nMobile: 9829011223\n";

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
fn xz_is_read() {
    let xz = hex::decode(XZ).unwrap();
    assert_person(&xz, "", ASHA);
}

/// `LETTER`, as the program `xz` packs it.
const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a30100224e616d653a204173686120446576690a\
    4d6f62696c653a20393832393031313232330a0000029df0b19db4606b00013b23612b53be1fb6f37d0100\
    00000004595a";

/// `LETTER` as `letter.txt`, packed by an independent writer of 7-Zip.
const SEVEN_ZIP: &str = "\
    377abcaf271c0004cdfdafb384000000000000001400000000000000e53458300100224e616d653a20417368\
    6120446576690a4d6f62696c653a20393832393031313232330a00e0005a00555d0000813307ae0fd0789ffc\
    9f39109c6dfb6a5c46c88c2365441a752a49f3521d4028ed6a6e05973f71e05598066f666a5038a2d53d10e4\
    ba9cfc02feb6bd1c07a8274c55172b8c62416c9837164a37a7ce3b8c0000000017062701095d00070b010001\
    212101180c5b0000";

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
