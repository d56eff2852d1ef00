//! How many documents of each format are read in a second of one processor, text taken out and
//! looked through, and how much memory a large one takes:
//! `cargo run --release -p scan --example documents`. With `pages DIR NUMBER` behind it, it writes so
//! many PDF files of one page, for `teeka scan --jobs 2 DIR`.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::{fs, io::Write as _, path::Path, time::Duration};

use krilla::{
    Document,
    geom::Point,
    page::PageSettings,
    text::{Font, TextDirection},
};
use rust_xlsxwriter::Workbook;
use scan::{
    Options,
    extract::{Limits, Source, Take, Unread, document},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Bytes of a large file.
const LARGE: usize = 64 << 20;
/// How long each format is read.
const LONG: Duration = Duration::from_secs(2);

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let [mode, folder, number] = &words[..]
        && mode == "pages"
    {
        let number = number.parse().expect("a number of files");
        return pages(Path::new(folder), number);
    }
    formats();
    memory();
}

/// Pages of text as offices publish them, some with people in them and some without; the first is a
/// report of a laboratory.
fn reports() -> impl Iterator<Item = String> {
    corpus::documents(9).filter(|one| one.suffix == "txt").map(|one| one.text)
}

/// Lists of beneficiaries, of many rows.
fn list(bytes: usize) -> String {
    let mut text = "Name,Mobile,Aadhaar,Date of Birth,Gender,Address\n".to_owned();
    let lists = corpus::documents(9).filter(|one| one.sort == "beneficiary list");
    let lists: Vec<_> = lists.take(50).map(|one| one.text).collect();
    for list in lists.iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        text.extend(list.lines().skip(1).flat_map(|line| [line, "\n"]));
    }
    text
}

fn font() -> Font {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../certs/fonts/NotoSans-Regular.ttf");
    Font::new(fs::read(file).expect("the font is there").into(), 0).expect("it is a font")
}

fn pdf(text: &str, font: &Font) -> Vec<u8> {
    let mut file = Document::new();
    let mut page = file.start_page_with(PageSettings::from_wh(595.0, 842.0).expect("a size"));
    let mut surface = page.surface();
    let mut y = 40.0;
    for line in text.lines().filter(|line| !line.is_empty()).take(60) {
        let place = Point::from_xy(40.0, y);
        surface.draw_text(place, font.clone(), 10.0, line, false, TextDirection::Auto);
        y += 13.0;
    }
    surface.finish();
    page.finish();
    file.finish().expect("a page is a file")
}

fn xlsx(rows: usize) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let list = list(rows * 60);
    for (row, line) in (0_u32..).zip(list.lines().take(rows)) {
        sheet.write_row(row, 0, line.split(',')).expect("a row fits");
    }
    book.save_to_buffer().expect("it is written")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a member");
        archive.write_all(bytes).expect("it is kept in memory");
    }
    archive.finish().expect("it has an end").into_inner()
}

fn docx(text: &str) -> Vec<u8> {
    let paragraph = |line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>");
    let body: String = text.replace(['&', '<'], " ").lines().map(paragraph).collect();
    let body = format!(
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>\
         <w:body>{body}</w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", body.as_bytes())])
}

fn html(list: &str) -> String {
    let row = |line: &str| format!("<tr><td>{}</td></tr>\n", line.replace(',', "</td><td>"));
    let rows: String = list.lines().map(row).collect();
    format!("<!DOCTYPE html><html><body><table>\n{rows}</table></body></html>")
}

fn json(list: &str) -> String {
    let row = |line: &str| {
        let [name, mobile, aadhaar] = [0, 1, 2].map(|at| line.split(',').nth(at).unwrap_or("x"));
        format!("{{\"name\": \"{name}\", \"mobile\": \"{mobile}\", \"aadhaar\": \"{aadhaar}\"}}\n")
    };
    list.lines().skip(1).map(|line| row(&line.replace('"', ""))).collect()
}

fn sql(list: &str) -> String {
    let row = |line: &str| {
        let cells = line.replace('\'', "''").replace('"', "").replace(',', "', '");
        format!("INSERT INTO people VALUES ('{cells}');\n")
    };
    list.lines().skip(1).map(row).collect()
}

fn mail(text: &str) -> String {
    format!("From: a@b.example\r\nTo: c@d.example\r\nSubject: Report\r\n\r\n{text}")
}

/// Counts what is found.
struct Count(usize);

impl Take for Count {
    fn part(&mut self, _: &str, text: &str) {
        scan::each(text, &Options::default(), &mut |_, record| self.0 += record.len());
    }

    fn traced(&mut self, _: &str, text: &str, source: &Source<'_>) {
        scan::each(text, &Options::default(), &mut |_, record| {
            self.0 +=
                record.iter().filter(|one| source.place(one.start, one.end).is_some()).count();
        });
    }

    fn unread(&mut self, path: &str, why: Unread) {
        panic!("{path}: {why}");
    }
}

fn read(bytes: &[u8]) -> usize {
    let mut count = Count(0);
    document(bytes, Limits::default(), &mut count);
    count.0
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn formats() {
    let report = reports().next().expect("there are reports");
    let (font, rows) = (font(), list(6_000));
    println!("{:<32}{:>10}{:>14}{:>10}{:>10}", "one core", "bytes", "documents/s", "MB/s", "found");
    for (what, bytes) in [
        ("PDF, one page", pdf(&report, &font)),
        ("XLSX, 1,000 rows", xlsx(1_000)),
        ("DOCX, one page", docx(&report)),
        ("HTML, a table", html(&rows).into_bytes()),
        ("CSV", rows.clone().into_bytes()),
        ("JSON, a line for each", json(&rows).into_bytes()),
        ("SQL dump", sql(&rows).into_bytes()),
        ("e-mail", mail(&report).into_bytes()),
        ("text", report.clone().into_bytes()),
        ("ZIP of text and CSV", zip(&[("a.txt", report.as_bytes()), ("b.csv", rows.as_bytes())])),
    ] {
        let found = read(&bytes);
        let (begun, mut times) = (processor(), 0_u32);
        while processor().saturating_sub(begun) < LONG {
            read(&bytes);
            times += 1;
        }
        let seconds = processor().saturating_sub(begun).as_secs_f64();
        let rate = f64::from(times) / seconds;
        let megabytes = rate * bytes.len() as f64 / 1e6;
        println!("{what:<32}{:>10}{rate:>14.0}{megabytes:>10.1}{found:>10}", bytes.len());
    }
}

/// Reads a large file of each kind that is read from its beginning to its end, and says the most
/// memory that was held meanwhile, the file itself included.
fn memory() {
    println!("\n{:<32}{:>10}{:>14}{:>10}", "a large file", "MB", "MB at most", "MB/s");
    let rows = list(LARGE);
    let gzip = {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(rows.as_bytes()).expect("it is kept in memory");
        writer.finish().expect("it has an end")
    };
    let kinds: [(&str, &dyn Fn() -> Vec<u8>); 6] = [
        ("CSV", &|| rows.clone().into_bytes()),
        ("JSON, a line for each", &|| json(&rows).into_bytes()),
        ("SQL dump", &|| sql(&rows).into_bytes()),
        ("HTML, a table", &|| html(&rows).into_bytes()),
        ("XLSX, 200,000 rows", &|| xlsx(200_000)),
        ("gzip of CSV", &|| gzip.clone()),
    ];
    for (what, make) in kinds {
        let bytes = make();
        let held = resident("VmRSS");
        // From here on the most is counted anew.
        fs::write("/proc/self/clear_refs", "5").expect("Linux");
        let begun = processor();
        read(&bytes);
        let seconds = processor().saturating_sub(begun).as_secs_f64();
        let most = resident("VmHWM").saturating_sub(held) + bytes.len() / 1_000_000;
        #[expect(clippy::cast_precision_loss, reason = "megabytes are few")]
        let rate = bytes.len() as f64 / 1e6 / seconds;
        println!("{what:<32}{:>10}{most:>14}{rate:>10.1}", bytes.len() / 1_000_000);
    }
}

/// A line of the process's own state, in MB.
fn resident(name: &str) -> usize {
    let told = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = told.lines().find(|line| line.starts_with(name)).expect("it is told");
    let kilobytes = line.split_whitespace().nth(1).and_then(|word| word.parse::<usize>().ok());
    kilobytes.expect("a number") * 1024 / 1_000_000
}

/// How long this process has been on a processor: neighbours do not count.
fn processor() -> Duration {
    let told = fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds = told.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

fn pages(folder: &Path, number: usize) {
    let font = font();
    for (at, report) in reports().take(number).enumerate() {
        let inner = folder.join(format!("{:03}", at / 1000));
        fs::create_dir_all(&inner).expect("a folder");
        fs::write(inner.join(format!("{at:06}.pdf")), pdf(&report, &font)).expect("a file");
    }
}
