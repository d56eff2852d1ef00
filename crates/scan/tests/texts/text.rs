//! A text of any bytes, as whatever took it out of a file hands it over.

use scan::{Finding, Findings, Key, Options, preview};

/// Tables by each of the characters that tell cells apart, of which the first byte says one.
const DELIMITERS: [&str; 4] = ["\t", "|", ";", ","];

/// Looks for personal data in a text (0), in one with bars told apart otherwise (1 to 3), or in one
/// between others (4). Gives whether there was any.
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let text = String::from_utf8_lossy(body);
    let text = match kind % 5 {
        0 => text.into_owned(),
        4 => format!("Name: Asha Devi\n{text}\nMobile: 98290 11223"),
        kind => text.replace('|', DELIMITERS[usize::from(kind)]),
    };
    let found = scan::text(&text, &Options::default());
    let all = scan::text(&text, &Options { least_confidence: 0, impersonal: true });
    assert_is_of(&found, &text);
    assert_is_of(&all, &text);
    assert!(found.findings.len() <= all.findings.len(), "who asks for less is told no more");
    assert!(found.findings.iter().all(|one| one.confidence >= 50 && one.kind.is_personal()));
    !found.findings.is_empty()
}

/// Fails if something found is no part of the text, out of order, or told by its preview.
fn assert_is_of(found: &Findings, text: &str) {
    let key = Key::new(&[7; 32]);
    let place = |one: &Finding| (one.record, one.start);
    assert!(found.findings.is_sorted_by_key(place), "records and places are in order");
    let records = found.findings.last().map_or(0, |one| one.record + 1);
    assert!(found.persons <= found.findings.len() && records <= found.findings.len());
    for one in &found.findings {
        assert!(text.get(one.start..one.end).is_some_and(|part| !part.is_empty()));
        assert!(one.confidence <= 100);
        assert_eq!(key.token(text, one).len(), 32);
        let shown = preview(text, one);
        assert!(shown.chars().filter(|c| c.is_alphanumeric()).count() <= 2, "{}", one.kind);
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let seed = |kind: u8, text: &str| [&[kind], text.as_bytes()].concat();
    let laboratory = unmarked(include_str!("../people/laboratory.csv"));
    let bars = laboratory.replace(',', "|");
    vec![
        seed(0, &laboratory),
        seed(0, &unmarked(include_str!("../people/hindi.csv"))),
        seed(0, &unmarked(include_str!("../people/application.txt"))),
        seed(0, "UPI asha@okbank, a/c 123456789012 IFSC SBIN0001234, GSTIN 27ABCPD1234E1Z5"),
        seed(1, &bars),
        seed(2, &bars),
        seed(3, &bars),
        seed(4, "आयु: ४५ वर्ष, मोबाइल: ९८२९०११२२३"),
    ]
}

/// A document without the marks that say what stands where in it.
fn unmarked(document: &str) -> String {
    let mut parts = document.split('«');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once(':').map_or(part, |(_, rest)| rest));
    rest.fold(first, |text, part| text + part).replace('»', "")
}
