//! Sitemaps without what is gone, and one of what was removed: an address that no sitemap lists is
//! visited late or never, and stays in an index for that long. One that is listed with a fresh date
//! is visited soon, and found gone.

use std::{
    collections::HashSet,
    fs,
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use quick_xml::{
    Reader, Writer,
    events::{BytesStart, Event},
};

use super::{
    address::{Address, Query},
    case::{Case, CaseError},
    stage::{OutOfOrder, Probed, Step, Unlisted},
    world::{Work, instant},
};
use crate::{escape::reference, files};

/// The most addresses of a sitemap, and the most bytes.
const MOST_ADDRESSES: usize = 50_000;
const MOST_BYTES: usize = 50 << 20;

/// Why sitemaps cannot be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum SitemapError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// A file is not a sitemap.
    #[error("{} is not a sitemap", .0.display())]
    Shape(PathBuf),
}

impl From<OutOfOrder> for SitemapError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

/// Takes what is gone out of the sitemaps of the set-up, writes those of what was removed and records
/// it.
///
/// # Errors
///
/// [`SitemapError`] if a file is not a sitemap, or cannot be written.
pub fn unlist(case: &mut Case, _probed: Probed, work: Work<'_>) -> Result<Unlisted, SitemapError> {
    let (mut taken, mut files) = (0, 0);
    let gone: HashSet<_> =
        case.addresses().iter().map(|address| (address.site, address.key())).collect();
    let is_gone = |text: &str| {
        Address::parse(text, case.sites(), Query::Dropped)
            .is_ok_and(|address| gone.contains(&(address.site, address.key())))
    };
    for (number, site) in case.setup().sites.iter().enumerate() {
        for path in &site.sitemaps {
            taken += rewrite(path, &is_gone)?;
            files += 1;
        }
        if let Some(removal) = &site.removal {
            let urls: Vec<_> =
                case.of_site(number).iter().map(|address| address.url(case.sites())).collect();
            let base = case.base(number) + &removal.path;
            removed(&removal.folder, &base, &urls, work.world.now())
                .map_err(|error| SitemapError::File(removal.folder.clone(), error))?;
        }
    }
    let facts = vec![format!("taken out: {taken}"), format!("sitemaps: {files}")];
    case.did(Step::Unlisted, facts, work.world)?;
    Ok(case.standing().unlisted()?)
}

/// Rewrites a sitemap without what is gone, and gives how many addresses it listed of that. A text
/// or a gzip stays what it is.
///
/// # Errors
///
/// [`SitemapError`] if it is not a sitemap, or cannot be written.
pub fn rewrite(path: &Path, is_gone: &dyn Fn(&str) -> bool) -> Result<usize, SitemapError> {
    let broken = |error| SitemapError::File(path.to_owned(), error);
    let bytes = fs::read(path).map_err(broken)?;
    let packed = bytes.starts_with(&[0x1f, 0x8b]);
    let bytes = if packed {
        let mut plain = Vec::new();
        let most = MOST_BYTES as u64 + 1;
        MultiGzDecoder::new(&bytes[..]).take(most).read_to_end(&mut plain).map_err(broken)?;
        plain
    } else {
        bytes
    };
    if bytes.len() > MOST_BYTES {
        return Err(SitemapError::Shape(path.to_owned()));
    }
    let is_xml = bytes.iter().find(|byte| !b"\xef\xbb\xbf \t\r\n".contains(byte)) == Some(&b'<');
    let kept = if is_xml { without(&bytes, is_gone) } else { lines_without(&bytes, is_gone) };
    let (kept, taken) = kept.ok_or_else(|| SitemapError::Shape(path.to_owned()))?;
    if taken > 0 {
        files::write_with(path, 0o644, |file| {
            if packed { pack(file, &kept) } else { file.write_all(&kept) }
        })
        .map_err(broken)?;
    }
    Ok(taken)
}

fn pack(file: &mut BufWriter<fs::File>, bytes: &[u8]) -> io::Result<()> {
    let mut packed = GzEncoder::new(file, Compression::default());
    packed.write_all(bytes)?;
    packed.finish().map(drop)
}

fn lines_without(bytes: &[u8], is_gone: &dyn Fn(&str) -> bool) -> Option<(Vec<u8>, usize)> {
    let text = str::from_utf8(bytes).ok()?;
    let all = text.lines().count();
    let kept: Vec<_> = text.lines().filter(|line| !is_gone(line)).collect();
    let taken = all - kept.len();
    let kept: String = kept.iter().flat_map(|line| [*line, "\n"]).collect();
    Some((kept.into_bytes(), taken))
}

/// The XML without each `url` whose `loc` is gone; everything else stays as it is.
fn without(bytes: &[u8], is_gone: &dyn Fn(&str) -> bool) -> Option<(Vec<u8>, usize)> {
    let mut reader = Reader::from_reader(bytes);
    let mut writer = Writer::new(Vec::with_capacity(bytes.len()));
    let (mut url, mut loc, mut in_loc, mut taken) = (None::<Vec<Event>>, String::new(), false, 0);
    // That of its `url`: an image has a `loc` of its own, with another one.
    let mut prefix = None;
    loop {
        let event = reader.read_event().ok()?.into_owned();
        match &event {
            Event::Eof => break,
            Event::Start(tag) if tag.local_name().as_ref() == "url" => {
                (url, loc) = (Some(Vec::new()), String::new());
                prefix = prefix_of(tag);
            }
            Event::Start(tag) => {
                in_loc =
                    url.is_some() && tag.local_name().as_ref() == "loc" && prefix_of(tag) == prefix;
            }
            Event::Text(text) if in_loc => loc.push_str(&text.xml10_content()),
            Event::CData(text) if in_loc => loc.push_str(&text.xml10_content()),
            Event::GeneralRef(name) if in_loc => loc.push_str(&reference(name)?),
            Event::End(tag) if tag.local_name().as_ref() == "url" => {
                let mut whole = url.take()?;
                whole.push(event);
                if is_gone(loc.trim()) {
                    taken += 1;
                } else {
                    whole.into_iter().try_for_each(|event| writer.write_event(event)).ok()?;
                }
                continue;
            }
            Event::End(_) => in_loc = false,
            _ => {}
        }
        match &mut url {
            Some(whole) => whole.push(event),
            None => writer.write_event(event).ok()?,
        }
    }
    Some((writer.into_inner(), taken))
}

fn prefix_of(tag: &BytesStart<'_>) -> Option<String> {
    tag.name().prefix().map(|prefix| prefix.as_ref().to_owned())
}

/// Writes the sitemaps of what was removed, `removed-N.xml`, and their index, `removed.xml`.
fn removed(folder: &Path, base: &str, urls: &[String], now: u64) -> io::Result<()> {
    let now = instant(now).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut names = Vec::new();
    for (number, some) in (1..).zip(urls.chunks(MOST_ADDRESSES)) {
        let name = format!("removed-{number}.xml");
        files::write_with(&folder.join(&name), 0o644, |file| {
            list(file, "urlset", "url", some.iter().map(String::as_str), &now)
        })?;
        names.push(format!("{base}{name}"));
    }
    files::write_with(&folder.join("removed.xml"), 0o644, |file| {
        list(file, "sitemapindex", "sitemap", names.iter().map(String::as_str), &now)
    })
}

fn list<'a>(
    file: &mut impl Write,
    root: &str,
    item: &str,
    urls: impl Iterator<Item = &'a str>,
    now: &str,
) -> io::Result<()> {
    let space = "http://www.sitemaps.org/schemas/sitemap/0.9";
    writeln!(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{space}\">")?;
    for url in urls {
        let url = quick_xml::escape::escape(url);
        writeln!(file, "<{item}><loc>{url}</loc><lastmod>{now}</lastmod></{item}>")?;
    }
    writeln!(file, "</{root}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "<?xml version=\"1.0\"?>\n<urlset xmlns=\"s\">\n\
        <url><loc>https://f.example/a?b=1&amp;c=2</loc><lastmod>2026-01-01</lastmod></url>\n\
        <url>\n  <loc> https://f.example/secret.pdf </loc>\n</url>\n\
        <url><loc><![CDATA[https://f.example/also.pdf]]></loc></url>\n</urlset>\n";

    fn gone(text: &str) -> bool {
        text.starts_with("https://f.example/") && text.contains(".pdf") && !text.contains(' ')
    }

    #[test]
    fn what_is_gone_is_taken_out_and_the_rest_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sitemap.xml");
        fs::write(&path, MAP).unwrap();
        assert_eq!(rewrite(&path, &gone).unwrap(), 2);
        let kept = fs::read_to_string(&path).unwrap();
        let expected = "<?xml version=\"1.0\"?>\n<urlset xmlns=\"s\">\n\
            <url><loc>https://f.example/a?b=1&amp;c=2</loc><lastmod>2026-01-01</lastmod></url>\n\n\n</urlset>\n";
        assert_eq!(kept, expected);
        // Once more does nothing.
        assert_eq!(rewrite(&path, &gone).unwrap(), 0);
        let amp = |text: &str| text == "https://f.example/a?b=1&c=2";
        assert_eq!(rewrite(&path, &amp).unwrap(), 1);
    }

    /// The names of a sitemap may have a prefix; the address of an image is not that of its page.
    #[test]
    fn what_is_gone_is_found_under_every_prefix() {
        let map = "<s:urlset><s:url><s:loc>https://f.example/secret.pdf</s:loc></s:url>\
                   <s:url><s:loc>https://f.example/a</s:loc><i:image><i:loc>https://f.example/b.pdf\
                   </i:loc></i:image></s:url></s:urlset>";
        let (kept, taken) = without(map.as_bytes(), &gone).unwrap();
        assert_eq!(taken, 1);
        assert!(!String::from_utf8(kept).unwrap().contains("secret"));
        let plain = map.replace("<s:", "<").replace("</s:", "</");
        assert_eq!(without(plain.as_bytes(), &gone).unwrap().1, 1);
    }

    #[test]
    fn texts_and_packed_ones_are_read_and_written_alike() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sitemap.txt");
        fs::write(&path, "https://f.example/a\nhttps://f.example/b.pdf\n").unwrap();
        assert_eq!(rewrite(&path, &gone).unwrap(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), "https://f.example/a\n");
        let path = folder.path().join("sitemap.xml.gz");
        let mut file = BufWriter::new(fs::File::create(&path).unwrap());
        pack(&mut file, MAP.as_bytes()).unwrap();
        file.flush().unwrap();
        assert_eq!(rewrite(&path, &gone).unwrap(), 2);
        assert_eq!(fs::read(&path).unwrap()[..2], [0x1f, 0x8b]);
        assert_eq!(rewrite(&path, &gone).unwrap(), 0);
        fs::write(&path, "<urlset><url></urlset>").unwrap();
        assert!(matches!(rewrite(&path, &gone), Err(SitemapError::Shape(_))));
    }

    #[test]
    fn a_removal_has_parts_of_50_000_and_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let urls: Vec<_> = (0..100_001).map(|n| format!("https://f.example/{n}&.pdf")).collect();
        removed(folder.path(), "https://f.example/removed/", &urls, 1_790_000_000).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("removed-1.xml").matches("<url>").count(), 50_000);
        assert_eq!(read("removed-3.xml").matches("<url>").count(), 1);
        assert!(read("removed-3.xml").contains("100000&amp;.pdf</loc><lastmod>2026-09-21T"));
        let index = read("removed.xml");
        assert_eq!(index.matches("<sitemap>").count(), 3);
        assert!(index.contains("<loc>https://f.example/removed/removed-2.xml</loc>"));
    }
}
