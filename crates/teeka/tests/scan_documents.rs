//! `teeka scan` over documents: in processes with limits, several at a time, gone on with after a
//! kill, and with letters in pictures.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use krilla::{
    Document,
    geom::Point,
    page::PageSettings,
    text::{Font, TextDirection},
};
use serde_json::Value;

const LETTER: &[u8] = b"Name: Asha Devi\nMobile: 9829011223\n";

fn teeka(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    command.current_dir(folder).arg("scan").args(arguments).stdin(Stdio::null());
    command
}

fn scan(folder: &Path, arguments: &[&str]) -> Output {
    let output = teeka(folder, arguments).output().unwrap();
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        assert!(!said.contains("9829011223") && !said.contains("Asha"), "it repeats what it found");
    }
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Paths at which a mobile was found.
fn mobiles(lines: &[Value]) -> Vec<&str> {
    let found = lines.iter().filter(|line| line["type"] == "mobile");
    found.map(|line| line["path"].as_str().unwrap()).collect()
}

fn unread(lines: &[Value]) -> Vec<(&str, &str)> {
    let unread = lines.iter().filter_map(|line| Some((&line["path"], line["not_read"].as_str()?)));
    unread.map(|(path, why)| (path.as_str().unwrap(), why)).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A small file that takes long: elements that are opened and opened.
fn slow() -> Vec<u8> {
    let mut xml = b"<?xml version='1.0'?>".to_vec();
    xml.extend(b"<a>".repeat(80 << 20));
    gzip(&xml[..])
}

/// A folder with a letter, one that is packed, and something that is not read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    for (name, bytes) in [
        ("in/a.bin", &gzip(LETTER)[..]),
        ("in/b.txt", LETTER),
        ("in/c.pdf", b"%PDF-1.7\n\0 nothing"),
        ("in/d.txt", LETTER),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn documents_are_read_by_what_is_in_them_and_told_in_their_order() {
    let folder = folder();
    let one = scan(folder.path(), &["in", "--json", "--jobs", "1"]);
    assert_eq!(mobiles(&lines(&one)), ["in/a.bin", "in/b.txt", "in/d.txt"]);
    assert_eq!(unread(&lines(&one)), [("in/c.pdf", "malformed")]);
    for jobs in ["2", "7"] {
        let more = scan(folder.path(), &["in", "--json", "--jobs", jobs]);
        assert_eq!(more.stdout, one.stdout);
    }
}

#[test]
fn a_document_that_takes_too_long_is_given_up_and_the_next_is_read() {
    let folder = folder();
    fs::write(folder.path().join("in/a.bin"), slow()).unwrap();
    let output = scan(folder.path(), &["in", "--json", "--jobs", "1", "--patience", "1"]);
    let lines = lines(&output);
    assert_eq!(unread(&lines), [("in/a.bin", "took too long"), ("in/c.pdf", "malformed")]);
    assert_eq!(mobiles(&lines), ["in/b.txt", "in/d.txt"]);
}

/// Processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let behind_name = stat.rsplit(')').next().unwrap_or_default();
        behind_name.split_whitespace().nth(1).and_then(|parent| parent.parse().ok()) == Some(parent)
    };
    numbers.filter(is_child).collect()
}

/// How long a process has run, in hundredths of a second.
fn ticks(process: u32) -> u64 {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    told.split(' ').nth(13).and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[test]
fn a_document_that_ends_its_process_is_told_and_the_next_is_read() {
    let folder = folder();
    fs::write(folder.path().join("in/a.bin"), slow()).unwrap();
    let mut running = teeka(folder.path(), &["in", "--json", "--jobs", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // One that is killed before it has the document is another matter.
    let worker = loop {
        if let Some(worker) = children(running.id()).first()
            && ticks(*worker) >= 20
        {
            break *worker;
        }
        std::thread::yield_now();
    };
    assert!(Command::new("kill").args(["-KILL", &worker.to_string()]).status().unwrap().success());
    let output = running.stdout.take().unwrap();
    let said: Vec<_> = BufReader::new(output).lines().map(Result::unwrap).collect();
    let said: Vec<Value> = said.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(running.wait().unwrap().code() == Some(1));
    assert_eq!(unread(&said), [("in/a.bin", "too large"), ("in/c.pdf", "malformed")]);
    assert_eq!(mobiles(&said), ["in/b.txt", "in/d.txt"]);
}

#[test]
fn what_needs_more_memory_than_there_is_is_told() {
    let folder = folder();
    // A hundred MiB of text fit, with all that is made of them, into what is usual.
    let mut xml = b"<?xml version='1.0'?><a>".to_vec();
    xml.extend(b"a ".repeat(50 << 20));
    fs::write(folder.path().join("in/a.bin"), gzip(&xml)).unwrap();
    let usual = scan(folder.path(), &["in", "--json", "--jobs", "1"]);
    assert_eq!(unread(&lines(&usual)), [("in/c.pdf", "malformed")]);
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 250000; exec \"$0\" scan in --json --jobs 1"])
        .arg(env!("CARGO_BIN_EXE_teeka"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let lines = lines(&output);
    assert_eq!(unread(&lines), [("in/a.bin", "too large"), ("in/c.pdf", "malformed")]);
    assert_eq!(mobiles(&lines), ["in/b.txt", "in/d.txt"]);
}

/// Numbers that are the same in every run.
fn numbers(mut state: u32) -> impl FnMut() -> usize {
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        usize::try_from(state).unwrap()
    }
}

#[test]
fn broken_workbooks_cost_no_more_than_themselves() {
    let folder = folder();
    let whole = include_bytes!("../../scan/tests/extract/list.xls");
    let mut next = numbers(7);
    for at in 0..100 {
        let mut broken = whole.to_vec();
        for _ in 0..3 {
            let place = next() % broken.len();
            broken[place] = u8::try_from(next() % 256).unwrap();
        }
        fs::write(folder.path().join(format!("in/b{at:02}.xls")), broken).unwrap();
    }
    // A cell with a text, as far out as it can be: laid out in full it would be 170 GB.
    let mut far = whole.to_vec();
    let cell = far.windows(4).rposition(|head| head == [0xfd, 0, 10, 0]).unwrap();
    far[cell + 4..cell + 8].fill(0xff);
    fs::write(folder.path().join("in/bb.xls"), far).unwrap();
    let output = scan(folder.path(), &["in", "--json", "--jobs", "2"]);
    let lines = lines(&output);
    assert!(unread(&lines).contains(&("in/bb.xls", "too large")), "{:?}", unread(&lines));
    assert!(mobiles(&lines).len() > 50, "most can still be read");
    assert_eq!(*mobiles(&lines).last().unwrap(), "in/d.txt");
}

#[test]
fn a_scan_that_was_killed_goes_on_where_it_was() {
    let folder = folder();
    let run = || scan(folder.path(), &["in", "--json", "--resume", "in/done", "--jobs", "2"]);
    let first = run();
    assert_eq!(mobiles(&lines(&first)).len(), 3);
    let again = run();
    assert_eq!(lines(&again).len(), 0, "what is done is not done again");
    assert_eq!(again.status.code(), Some(1), "and still counts");

    // As if it had been killed behind the second file, in the middle of a line.
    let state = fs::read_to_string(folder.path().join("in/done")).unwrap();
    let places: Vec<_> = state.match_indices('\n').map(|(at, _)| at).collect();
    fs::write(folder.path().join("in/done"), &state[..places[2] + 20]).unwrap();
    let rest = run();
    assert_eq!(mobiles(&lines(&rest)), ["in/d.txt"]);
    assert_eq!(unread(&lines(&rest)), [("in/c.pdf", "malformed")]);

    fs::write(folder.path().join("in/b.txt"), [LETTER, b"\n"].concat()).unwrap();
    assert_eq!(mobiles(&lines(&run())), ["in/b.txt"], "what has changed is read again");
    let text = scan(folder.path(), &["in", "--resume", "in/done"]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text, "files: 4, not read: 1, findings: 6, persons exposed: 3\n");
}

#[test]
fn a_scan_is_not_gone_on_with_in_another_way() {
    let folder = folder();
    assert!(scan(folder.path(), &["in", "--resume", "done"]).status.code() == Some(1));
    for other in [["--least", "60"], ["--key", "in/b.txt"], ["--ocr", "none"]] {
        let arguments = [&["in", "--resume", "done"][..], &other[..]].concat();
        assert_eq!(scan(folder.path(), &arguments).status.code(), Some(2), "{other:?}");
    }
    let output = scan(folder.path(), &["in", "--resume", "in/b.txt"]);
    assert_eq!(output.status.code(), Some(2), "a file that is none of ours");
    assert_eq!(fs::read(folder.path().join("in/b.txt")).unwrap(), LETTER, "and is not touched");
}

#[test]
fn a_sarif_document_has_every_finding_and_what_was_not_read() {
    let folder = folder();
    fs::rename(folder.path().join("in/b.txt"), folder.path().join("in/b [1].txt")).unwrap();
    let output = scan(folder.path(), &["in", "--sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let rules: BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    assert!(results.iter().all(|one| rules.contains(one["ruleId"].as_str().unwrap())));
    let place = |at: usize| &results[at]["locations"][0]["physicalLocation"];
    assert_eq!(place(2)["artifactLocation"]["uri"], "in/b%20%5B1%5D.txt");
    assert_eq!(place(2)["region"]["byteOffset"], 6);
    assert_eq!(place(2)["region"]["byteLength"], 9);
    assert_eq!(results[4]["ruleId"], "not_read");
    assert_eq!(scan(folder.path(), &["in", "--sarif", "--json"]).status.code(), Some(2));
}

/// A page with a person on it in large letters.
fn page() -> Vec<u8> {
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/../certs/fonts/NotoSans-Regular.ttf");
    let font = Font::new(fs::read(font).unwrap().into(), 0).unwrap();
    let mut file = Document::new();
    let mut page = file.start_page_with(PageSettings::from_wh(400.0, 200.0).unwrap());
    let mut surface = page.surface();
    for (y, line) in [(60.0, "Name: Asha Devi"), (110.0, "Mobile: 9829011223")] {
        let (place, direction) = (Point::from_xy(40.0, y), TextDirection::Auto);
        surface.draw_text(place, font.clone(), 24.0, line, false, direction);
    }
    surface.finish();
    page.finish();
    file.finish().unwrap()
}

/// A PDF file whose only page is this JPEG.
fn scanned(jpeg: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let content = "q 400 0 0 200 0 0 cm /X Do Q";
    let mut file = format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
         3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R \
         /Resources << /XObject << /X 5 0 R >> >> >>\nendobj\n\
         4 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n\
         5 0 obj\n<< /Type /XObject /Subtype /Image /Width {width} /Height {height} \
         /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
        content.len(),
        jpeg.len(),
    )
    .into_bytes();
    file.extend(jpeg);
    // Without its list of objects: readers look for them then.
    file.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 6 >>\n%%EOF\n");
    file
}

#[test]
fn letters_in_pictures_are_read_where_the_programs_for_it_are_installed() {
    let installed = |program: &str| Command::new(program).arg("-v").output().is_ok();
    if !installed("tesseract") || !installed("pdftoppm") {
        return testkit::missing("tesseract or poppler-utils");
    }
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name);
    fs::write(inside("page.pdf"), page()).unwrap();
    for (kind, name) in [("-png", "page.png"), ("-jpeg", "page.jpg")] {
        let drawn = Command::new("pdftoppm")
            .args(["-gray", "-r", "150", kind, "page.pdf"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        fs::write(inside(name), drawn.stdout).unwrap();
    }
    let jpeg = fs::read(inside("page.jpg")).unwrap();
    fs::write(inside("scanned.pdf"), scanned(&jpeg, (834, 417))).unwrap();
    fs::remove_file(inside("page.pdf")).unwrap();
    let output = scan(folder.path(), &[".", "--json", "--ocr", "eng"]);
    let said = lines(&output);
    assert_eq!(unread(&said), []);
    assert_eq!(mobiles(&said), ["./page.jpg", "./page.png", "./scanned.pdf!/page 1"]);

    let output = scan(folder.path(), &[".", "--json", "--ocr", "none"]);
    let said = lines(&output);
    let needs = |path| (path, "needs OCR");
    let all = [needs("./page.jpg"), needs("./page.png"), needs("./scanned.pdf!/page 1")];
    assert_eq!(unread(&said), all);
}
