//! The disk keeps what was pressed, and nothing else.

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use super::*;

fn press(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

/// A disk with one file, pressed with its name.
fn with_a_file(bytes: &[u8]) -> Option<Disk> {
    let disk = Disk::new()?;
    let path = disk.path().join("one");
    fs::write(&path, bytes).unwrap();
    press(&path);
    press(&disk.path());
    Some(disk)
}

fn read(disk: &Disk, name: &str) -> Option<Vec<u8>> {
    fs::read(disk.path().join(name)).ok()
}

#[test]
fn what_was_not_pressed_is_gone() {
    let Some(disk) = with_a_file(b"pressed") else { return };
    let mut file = File::options().append(true).open(disk.path().join("one")).unwrap();
    file.write_all(b" and written").unwrap();
    drop(file);
    assert_eq!(read(&disk, "one").unwrap(), b"pressed and written");
    let disk = disk.reboot(Tear::Clean);
    assert_eq!(read(&disk, "one").unwrap(), b"pressed");
}

#[test]
fn a_file_without_a_pressed_name_is_gone() {
    let Some(disk) = Disk::new() else { return };
    for name in ["named", "nameless"] {
        let path = disk.path().join(name);
        fs::write(&path, name).unwrap();
        press(&path);
        if name == "named" {
            press(&disk.path());
        }
    }
    let disk = disk.reboot(Tear::Clean);
    assert_eq!(read(&disk, "named").unwrap(), b"named");
    assert_eq!(read(&disk, "nameless"), None);
}

#[test]
fn a_name_that_was_changed_or_removed_is_back() {
    let Some(disk) = with_a_file(b"one") else { return };
    let inner = disk.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("two"), "two").unwrap();
    press(&inner.join("two"));
    press(&inner);
    press(&disk.path());
    fs::rename(disk.path().join("one"), disk.path().join("three")).unwrap();
    fs::remove_file(inner.join("two")).unwrap();
    fs::remove_dir(&inner).unwrap();
    assert_eq!((read(&disk, "one"), read(&disk, "three").unwrap()), (None, b"one".to_vec()));
    let disk = disk.reboot(Tear::Clean);
    assert_eq!((read(&disk, "one").unwrap(), read(&disk, "three")), (b"one".to_vec(), None));
    assert_eq!(read(&disk, "inner/two").unwrap(), b"two");
}

#[test]
fn a_torn_write_leaves_whole_sectors() {
    let Some(mut disk) = with_a_file(&[1; 8 * 512]) else { return };
    let mut mixed = 0;
    for seed in 0..8 {
        let mut file = File::options().write(true).open(disk.path().join("one")).unwrap();
        for sector in 0..8 {
            file.seek(SeekFrom::Start(sector * 512)).unwrap();
            file.write_all(&[2; 512]).unwrap();
        }
        drop(file);
        let ordered = seed % 2 == 0;
        disk = disk.reboot(if ordered { Tear::Cut(seed) } else { Tear::Scattered(seed) });
        let bytes = read(&disk, "one").unwrap();
        let sectors: Vec<_> = bytes.chunks(512).map(|sector| sector[0]).collect();
        assert!(bytes.chunks(512).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
        assert!(!ordered || sectors.is_sorted_by(|a, b| a >= b), "{sectors:?}");
        mixed += u32::from(sectors.contains(&1) && sectors.contains(&2));
        fs::write(disk.path().join("one"), [1; 8 * 512]).unwrap();
        press(&disk.path().join("one"));
    }
    assert!(mixed >= 4, "{mixed}");
}

#[test]
fn without_power_nothing_is_written() {
    let Some(disk) = with_a_file(b"one") else { return };
    disk.cut_after(1);
    let mut file = File::options().append(true).open(disk.path().join("one")).unwrap();
    file.write_all(b" more").unwrap();
    assert!(!disk.is_off());
    assert!(file.sync_all().is_err() && disk.is_off());
    assert!(file.write_all(b" more").is_err());
    assert!(fs::write(disk.path().join("two"), "").is_err());
    drop(file);
    let disk = disk.reboot(Tear::Clean);
    assert_eq!(read(&disk, "one").unwrap(), b"one");
}

#[test]
fn a_full_disk_says_so() {
    let Some(disk) = with_a_file(b"one") else { return };
    disk.leave_room(Some(10));
    let path = disk.path().join("one");
    let error = fs::write(disk.path().join("two"), [0; 20]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    let mut file = File::options().append(true).open(path).unwrap();
    file.write_all(&[0; 10]).unwrap();
    disk.leave_room(None);
    file.write_all(&[0; 10]).unwrap();
}

#[test]
fn what_an_fsync_failed_to_press_is_not_pressed_by_the_next() {
    let Some(disk) = with_a_file(b"one") else { return };
    let mut file = File::options().append(true).open(disk.path().join("one")).unwrap();
    file.write_all(b" two").unwrap();
    disk.fail(Some(Failure::Sync));
    assert!(file.sync_all().is_err());
    disk.fail(None);
    file.sync_all().unwrap();
    drop(file);
    let disk = disk.reboot(Tear::Clean);
    // The length is on the disk, the bytes are not.
    assert_eq!(read(&disk, "one").unwrap(), b"one\0\0\0\0");
}
