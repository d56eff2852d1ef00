//! Letters in pictures, read by Tesseract, with pages of PDF files drawn by Poppler: both are
//! programs of the system, each begun once for a picture.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::AsRawFd,
    process::{Child, Command, Stdio},
    thread,
};

use ::scan::extract::{Picture, Unread};
use rustix::fs::{MemfdFlags, memfd_create};

/// Most text of one picture, in bytes; a full page has some thousands.
const MOST_TEXT: u64 = 1 << 20;
/// Points an inch at which pages are drawn: small print is 20 points high.
const RESOLUTION: &str = "200";

/// What reads them.
pub(super) struct Letters {
    /// Those of the wanted languages that are installed.
    languages: String,
    /// The PDF file whose page was read last.
    file: Option<(usize, usize, File)>,
}

impl Letters {
    /// Finds the program, if it is installed with any of these languages.
    pub(super) fn find(languages: &str) -> Option<Self> {
        let output = Command::new("tesseract").arg("--list-langs").stdin(Stdio::null()).output();
        let output = String::from_utf8(output.ok()?.stdout).ok()?;
        let installed: Vec<_> = output.lines().map(str::trim).collect();
        let known: Vec<_> = languages.split('+').filter(|name| installed.contains(name)).collect();
        (!known.is_empty()).then(|| Self { languages: known.join("+"), file: None })
    }

    /// The text of a picture.
    pub(super) fn read(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        match picture {
            Picture::Image(bytes) => {
                let mut reader = self.begin(Stdio::piped()).ok_or(Unread::NeedsOcr)?;
                let mut input = reader.stdin.take().ok_or(Unread::NeedsOcr)?;
                thread::scope(|scope| {
                    // A broken picture is not read to its end.
                    scope.spawn(move || drop(input.write_all(bytes)));
                    text(reader)
                })
            }
            Picture::Page(bytes, number) => {
                let file = self.kept(bytes).ok_or(Unread::NeedsOcr)?;
                let mut page = draw(&file, number).map_err(|_| Unread::NeedsOcr)?;
                let input = page.stdout.take().ok_or(Unread::NeedsOcr)?;
                let reader = self.begin(Stdio::from(input)).ok_or(Unread::NeedsOcr)?;
                let text = text(reader);
                let drawn = page.wait().is_ok_and(|status| status.success());
                text.and_then(|text| if drawn { Ok(text) } else { Err(Unread::Malformed) })
            }
        }
    }

    fn begin(&self, input: Stdio) -> Option<Child> {
        Command::new("tesseract")
            .args(["stdin", "stdout", "-l", &self.languages])
            // One file has one processor.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    }

    /// The name of a file in memory that holds these bytes: written once for all pages, and never
    /// to a disk.
    fn kept(&mut self, bytes: &[u8]) -> Option<String> {
        let place = (bytes.as_ptr().addr(), bytes.len());
        if self.file.as_ref().is_none_or(|(at, length, _)| (*at, *length) != place) {
            let mut file = File::from(memfd_create("page", MemfdFlags::CLOEXEC).ok()?);
            file.write_all(bytes).ok()?;
            self.file = Some((place.0, place.1, file));
        }
        let (.., file) = self.file.as_ref()?;
        Some(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()))
    }
}

/// Draws a page of a PDF file as a picture in shades of gray.
fn draw(file: &str, number: usize) -> std::io::Result<Child> {
    let number = number.to_string();
    Command::new("pdftoppm")
        .args(["-gray", "-png", "-r", RESOLUTION, "-f", &number, "-l", &number, file])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// What a program writes, if it ends well.
fn text(mut reader: Child) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    let output = reader.stdout.take().ok_or(Unread::Malformed)?;
    let read = output.take(MOST_TEXT).read_to_end(&mut bytes);
    let ended = reader.wait().is_ok_and(|status| status.success());
    if read.is_err() || !ended {
        return Err(Unread::Malformed);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
