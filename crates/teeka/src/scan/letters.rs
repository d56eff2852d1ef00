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
/// Most bytes of a page that was drawn: one of A0 in shades of gray has 60 MB, packed less.
const MOST_IMAGE: u64 = 1 << 26;
/// Points an inch at which pages are drawn: small print is 20 points high.
const RESOLUTION: &str = "200";

/// What is read where nothing is said: the languages that are installed, of these.
pub(crate) const INSTALLED: &str = "installed";

/// Languages by the script that a page is in, as Tesseract calls both.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("Latin", &["eng"]),
    ("Devanagari", &["hin", "mar"]),
    ("Bengali", &["ben", "asm"]),
    ("Gujarati", &["guj"]),
    ("Gurmukhi", &["pan"]),
    ("Kannada", &["kan"]),
    ("Malayalam", &["mal"]),
    ("Oriya", &["ori"]),
    ("Tamil", &["tam"]),
    ("Telugu", &["tel"]),
];
/// More languages at once than these take long and confuse one script with another: then each page
/// is asked first which script it is in.
const AT_ONCE: usize = 3;

/// What reads them.
pub(crate) struct Letters {
    /// Those of the wanted languages that are installed.
    languages: Vec<String>,
    /// Whether pages can be asked for their script.
    tells_scripts: bool,
    /// The PDF file whose page was read last.
    file: Option<(usize, usize, File)>,
}

impl Letters {
    /// Finds the program, if it is installed with any of these languages.
    pub(crate) fn find(languages: &str) -> Option<Self> {
        let output = Command::new("tesseract").arg("--list-langs").stdin(Stdio::null()).output();
        let output = String::from_utf8(output.ok()?.stdout).ok()?;
        let installed: Vec<_> = output.lines().map(str::trim).collect();
        let every =
            || SCRIPTS.iter().flat_map(|(_, languages)| languages.iter().copied()).collect();
        let wanted: Vec<_> =
            if languages == INSTALLED { every() } else { languages.split('+').collect() };
        let known = wanted.into_iter().filter(|name| installed.contains(name));
        let languages: Vec<_> = known.map(str::to_owned).collect();
        let tells_scripts = languages.len() > AT_ONCE && installed.contains(&"osd");
        (!languages.is_empty()).then_some(Self { languages, tells_scripts, file: None })
    }

    /// The text of a picture.
    pub(crate) fn read(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        match picture {
            Picture::Image(bytes) => self.image(bytes),
            Picture::Page(bytes, number) => {
                let file = self.kept(bytes).ok_or(Unread::NeedsOcr)?;
                let mut page = draw(&file, number).map_err(|_| Unread::NeedsOcr)?;
                let output = page.stdout.take().ok_or(Unread::NeedsOcr)?;
                let mut image = Vec::new();
                let read = output.take(MOST_IMAGE).read_to_end(&mut image);
                let drawn = page.wait().is_ok_and(|status| status.success());
                if read.is_err() || !drawn {
                    return Err(Unread::Malformed);
                }
                self.image(&image)
            }
        }
    }

    fn image(&self, bytes: &[u8]) -> Result<String, Unread> {
        let script = if self.tells_scripts { script(bytes) } else { None };
        let languages = languages(&self.languages, script.as_deref());
        text(bytes, &["-l", &languages])
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

/// Those of some languages that a page in a script may be in, with English, which is nearly
/// everywhere. All, if its script is not known; they are joined by plus signs.
fn languages(all: &[String], script: Option<&str>) -> String {
    let of_script = SCRIPTS.iter().find(|(name, _)| script == Some(name));
    let fits = |name: &str| of_script.is_none_or(|(_, some)| name == "eng" || some.contains(&name));
    let some: Vec<_> = all.iter().map(String::as_str).filter(|name| fits(name)).collect();
    // A script that none of them has is read by all: it may be another after all.
    if some.is_empty() || (some == ["eng"] && script != Some("Latin")) {
        return all.join("+");
    }
    some.join("+")
}

/// The script of a page, if it has letters enough to say.
fn script(bytes: &[u8]) -> Option<String> {
    let told = text(bytes, &["--psm", "0", "-l", "osd"]).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("Script:"))?;
    Some(line.trim().to_owned())
}

/// What Tesseract says of an image.
fn text(image: &[u8], arguments: &[&str]) -> Result<String, Unread> {
    let mut reader = Command::new("tesseract")
        .args(["stdin", "stdout"])
        .args(arguments)
        // One file has one processor.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Which leads nowhere already; to open that again is not allowed here.
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|_| Unread::NeedsOcr)?;
    let mut input = reader.stdin.take().ok_or(Unread::NeedsOcr)?;
    thread::scope(|scope| {
        // A broken picture is not read to its end.
        scope.spawn(move || drop(input.write_all(image)));
        said(reader)
    })
}

/// Draws a page of a PDF file as a picture in shades of gray.
fn draw(file: &str, number: usize) -> std::io::Result<Child> {
    let number = number.to_string();
    Command::new("pdftoppm")
        .args(["-gray", "-png", "-r", RESOLUTION, "-f", &number, "-l", &number, file])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
}

/// What a program writes, if it ends well.
fn said(mut reader: Child) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    let output = reader.stdout.take().ok_or(Unread::Malformed)?;
    let read = output.take(MOST_TEXT).read_to_end(&mut bytes);
    let ended = reader.wait().is_ok_and(|status| status.success());
    if read.is_err() || !ended {
        return Err(Unread::Malformed);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_the_languages_of_its_script() {
        let all: Vec<_> =
            ["eng", "hin", "mar", "ben", "tam"].iter().map(ToString::to_string).collect();
        assert_eq!(languages(&all, Some("Devanagari")), "eng+hin+mar");
        assert_eq!(languages(&all, Some("Tamil")), "eng+tam");
        assert_eq!(languages(&all, Some("Latin")), "eng");
        assert_eq!(languages(&all, Some("Telugu")), "eng+hin+mar+ben+tam");
        assert_eq!(languages(&all, Some("Cyrillic")), "eng+hin+mar+ben+tam");
        assert_eq!(languages(&all, None), "eng+hin+mar+ben+tam");
    }
}
