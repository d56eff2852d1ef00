//! Lists of addresses that others keep: what a search engine has indexed, what a CDN has cached.

use std::borrow::Cow;

/// The addresses in a list.
///
/// # Shape
///
/// CSV with any delimiter, as the consoles of Google and Bing export it in any language: the column
/// in which the addresses are is found by them. A text with an address a line is such a file of one
/// column. UTF-8 or UTF-16, with or without a mark.
///
/// # Privacy
///
/// Addresses may name people.
pub fn addresses(bytes: &[u8]) -> Vec<String> {
    let text = text(bytes);
    let text = text.trim_start_matches('\u{feff}');
    if text.lines().next().is_some_and(is_address) {
        // No heading: an address a line, in which commas are its own.
        let lines = text.lines().filter(|line| is_address(line));
        return lines.map(|line| line.trim().to_owned()).collect();
    }
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut found = Vec::new();
    let mut column = None;
    // What is no record ends nothing: the next line may be one.
    for record in reader.records().filter_map(Result::ok) {
        let here = column
            .filter(|place| record.get(*place).is_some_and(is_address))
            .or_else(|| record.iter().position(is_address));
        if let Some(place) = here {
            column = Some(place);
            found.push(record[place].trim().to_owned());
        }
    }
    found
}

fn is_address(cell: &str) -> bool {
    let cell = cell.trim();
    ["http://", "https://"].iter().any(|scheme| {
        cell.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    })
}

/// What parts the columns: what is most often in the first line.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |byte: u8| line.bytes().filter(|own| *own == byte).count();
    // Of those that come equally often, a comma.
    b"\t;,".iter().copied().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    let (text, ..) = encoding_rs::UTF_8.decode(bytes);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_both_consoles_and_of_a_cdn_are_read() {
        let utf16: Vec<u8> = "\u{feff}URL\tClicks\r\nhttps://a.example/1\t2\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        #[rustfmt::skip]
        let cases: [(&str, &[u8], &[&str]); 6] = [
            ("Google, pages",      b"Top pages,Clicks,Impressions,CTR,Position\nhttps://a.example/1,5,100,5%,3.2\n\"https://a.example/a,b\",1,2,3%,4\n", &["https://a.example/1", "https://a.example/a,b"]),
            ("Google, in Hindi",   "\u{feff}URL,आख़िरी क्रॉल\nhttps://a.example/क,2026-01-20\n".as_bytes(), &["https://a.example/क"]),
            ("Bing",               b"\"Page\",\"Impressions\"\n\"HTTPS://a.example/1\",\"9\"\n",            &["HTTPS://a.example/1"]),
            ("semicolons",         b"Rank;Address\n1;https://a.example/1\n2;https://a.example/2\n",          &["https://a.example/1", "https://a.example/2"]),
            ("a CDN's list",       b"https://a.example/1\nhttps://a.example/2?x=1,2\r\n\nno address\n",      &["https://a.example/1", "https://a.example/2?x=1,2"]),
            ("UTF-16",             &utf16,                                                                  &["https://a.example/1"]),
        ];
        for (list, bytes, expected) in cases {
            assert_eq!(addresses(bytes), expected, "{list}");
        }
    }
}
