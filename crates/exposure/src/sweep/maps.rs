//! Sitemaps and listings of buckets: XML that is read as it comes, so that its length costs nothing.

use std::io::{BufRead, BufReader, Read};

use quick_xml::{Reader, events::Event};

use super::stamp;
use crate::escape::{self, reference};

/// Something that such a file names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A page or document of a sitemap.
    Page(String),
    /// A sitemap of an index.
    Sitemap(String),
    /// An object of a bucket, by its key as it stands in an address, with what stands beside it.
    Object(String, Option<i64>),
    /// How the listing of a bucket goes on.
    Next(String),
}

/// Longest text of an element that is kept, in bytes.
const LONGEST: usize = 8_192;

/// Reads XML and gives what it names. Says whether it was well formed to its end; what comes before
/// a fault has been given.
pub(super) fn xml(reader: impl Read, take: &mut dyn FnMut(Entry)) -> bool {
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, reader));
    let mut buffer = Vec::new();
    let mut element = Element::default();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return true,
            Err(_) => return false,
            Ok(Event::Start(tag)) => element.open(tag.local_name().as_ref()),
            Ok(Event::End(tag)) => element.close(tag.local_name().as_ref(), take),
            Ok(Event::Text(text)) => element.text(&text),
            Ok(Event::CData(text)) => element.text(&text),
            Ok(Event::GeneralRef(name)) => element.text(&reference(&name).unwrap_or_default()),
            Ok(_) => {}
        }
    }
}

/// Where in such a file the reader is.
#[derive(Default)]
struct Element {
    text: String,
    /// Whether the present entry is a sitemap of an index.
    in_index: bool,
    /// The key of the present object, and what stands beside it.
    key: String,
    beside: String,
    /// Keys are percent-encoded already.
    encoded: bool,
}

impl Element {
    fn open(&mut self, name: &str) {
        self.text.clear();
        match name {
            "url" | "sitemap" => self.in_index = name == "sitemap",
            "Contents" => {
                self.key.clear();
                self.beside.clear();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str, take: &mut dyn FnMut(Entry)) {
        let text = std::mem::take(&mut self.text);
        match name {
            // A page has further ones inside of it: of its images, each of which is public, too.
            "loc" if !text.trim().is_empty() => {
                let url = text.trim().to_owned();
                take(if self.in_index { Entry::Sitemap(url) } else { Entry::Page(url) });
            }
            "Key" => text.trim().clone_into(&mut self.key),
            "ETag" | "Size" | "LastModified" => {
                self.beside.push_str(text.trim());
                self.beside.push(' ');
            }
            "EncodingType" => self.encoded = text.trim() == "url",
            "NextContinuationToken" => take(Entry::Next(text.trim().to_owned())),
            "Contents" if !self.key.is_empty() => {
                let key = std::mem::take(&mut self.key);
                let key = if self.encoded {
                    key.replace('+', "%20")
                } else {
                    escape::key(key.as_bytes()).to_string()
                };
                let beside = (!self.beside.is_empty()).then(|| stamp(&self.beside));
                take(Entry::Object(key, beside));
            }
            _ => {}
        }
    }
}

/// Reads a sitemap that is text: an address a line.
pub(super) fn lines(reader: impl Read, take: &mut dyn FnMut(Entry)) -> bool {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(LONGEST as u64).read_until(b'\n', &mut line);
        match read {
            Ok(0) => return true,
            Err(_) => return false,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.starts_with("http://") || text.starts_with("https://") {
            take(Entry::Page(text.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> (Vec<Entry>, bool) {
        let mut entries = Vec::new();
        let whole = xml(text.as_bytes(), &mut |entry| entries.push(entry));
        (entries, whole)
    }

    #[test]
    fn a_sitemap_names_pages_and_an_index_sitemaps() {
        let map = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
                   xmlns:i='http://www.google.com/schemas/sitemap-image/1.1'>\
                   <url><loc> https://a.example/?a=1&amp;b=2 </loc><lastmod>2026-01-01</lastmod>\
                   <i:image><i:loc>https://a.example/b.png</i:loc></i:image></url>\
                   <url><loc><![CDATA[https://a.example/c]]></loc></url></urlset>";
        let (found, whole) = entries(map);
        assert!(whole);
        let pages =
            ["https://a.example/?a=1&b=2", "https://a.example/b.png", "https://a.example/c"]
                .map(|url| Entry::Page(url.to_owned()));
        assert_eq!(found, pages);
        let index = "<sitemapindex><sitemap><loc>https://a.example/1.xml.gz</loc></sitemap>";
        assert_eq!(entries(index).0, [Entry::Sitemap("https://a.example/1.xml.gz".to_owned())]);
        let torn = &map[..map.len() - 30];
        assert_eq!(entries(torn).0, pages[..2], "what comes before a fault is given");
    }

    #[test]
    fn a_bucket_names_objects_and_how_it_goes_on() {
        let page = |size: u8| {
            format!(
                "<ListBucketResult><Name>b</Name><EncodingType>url</EncodingType>\
                 <NextContinuationToken>1/a+b=</NextContinuationToken>\
                 <Contents><Key>a+b/%E0%A4%95.pdf</Key><Size>{size}</Size></Contents>\
                 </ListBucketResult>"
            )
        };
        let (found, _) = entries(&page(1));
        assert_eq!(found[0], Entry::Next("1/a+b=".to_owned()));
        let Entry::Object(key, beside) = &found[1] else { panic!("{found:?}") };
        assert_eq!(key, "a%20b/%E0%A4%95.pdf");
        let Entry::Object(_, other) = &entries(&page(2)).0[1] else { panic!() };
        assert!(beside.is_some() && beside != other, "another size is another stamp");
        let plain =
            "<ListBucketResult><Contents><Key>a b/c?.pdf</Key></Contents></ListBucketResult>";
        assert_eq!(entries(plain).0, [Entry::Object("a%20b/c%3F.pdf".to_owned(), None)]);
    }

    #[test]
    fn an_entity_that_a_file_makes_is_not_followed() {
        let bomb = "<!DOCTYPE urlset [<!ENTITY a 'aaaaaaaa'>]><urlset><url><loc>https://a.example/\
                    &a;&#x41;</loc></url></urlset>";
        assert_eq!(entries(bomb).0, [Entry::Page("https://a.example/A".to_owned())]);
    }

    #[test]
    fn a_sitemap_may_be_text() {
        let mut found = Vec::new();
        let text = "\u{feff}https://a.example/1\r\n\nnothing\nhttp://a.example/2";
        assert!(lines(text.as_bytes(), &mut |entry| found.push(entry)));
        let page = |text: &str| Entry::Page(text.to_owned());
        assert_eq!(found, [page("https://a.example/1"), page("http://a.example/2")]);
    }
}
