use super::*;

const BODY: &str = "6BFOXN*TS0BI$ZD4N9:9S6R";

/// Each payload as text; bytes with a mark before them.
fn seen(bytes: &[u8]) -> Vec<String> {
    let seen = |payload| match payload {
        Payload::Text(text) => text,
        Payload::Bytes(bytes) => format!("bytes {}", bytes.escape_ascii()),
    };
    payloads(bytes).into_iter().map(seen).collect()
}

#[test]
fn texts_are_found_among_other_things() {
    let file = format!("noise HC1: short\nHC1:{BODY}\nagain HC1:{BODY} \n");
    assert_eq!(certificates(file.as_bytes()), [format!("HC1:{BODY}")]);
    assert_eq!(seen(file.as_bytes()), [format!("HC1:{BODY}")]);
    for nothing in ["", "HC1", "HC1:", "eyJ", "eyJhIjoi.x", "shc:/", "https://example.org/#abc"] {
        assert!(seen(nothing.as_bytes()).is_empty(), "{nothing}");
    }
}

#[test]
fn every_form_is_found_by_what_it_begins_with() {
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl_-";
    let disclosed = format!("{token}~WyJhIiwiYiJd~");
    let card = "shc:/56762909524320603460292437404460312229595326";
    for text in [token, &disclosed, card] {
        assert_eq!(seen(format!("\u{feff}  {text}\r\n").as_bytes()), [text]);
        assert_eq!(seen(format!("%PDF-1.7\n({text}) Tj <a>{text}</a>").as_bytes()), [text]);
        assert_eq!(seen(format!("https://example.org/#{text}").as_bytes()), [text]);
    }
    let both = format!("{token}\n{card}\n{disclosed}");
    assert_eq!(seen(both.as_bytes()), [token, card, &disclosed]);
    assert!(seen(format!("A{token}").as_bytes()).is_empty(), "the middle of something else");
}

#[test]
fn json_is_taken_whole_and_a_file_of_cards_card_by_card() {
    let whole = r#"{"data":{"note":"HC1:6BFOXN*TS0BI$ZD4N9:9S6R"}}"#;
    assert_eq!(seen(format!("\n {whole} ").as_bytes()), [whole]);
    let presented = r#"{"verifiableCredential":[{"id":"a"}]}"#;
    assert_eq!(seen(presented.as_bytes()), [presented]);
    let card = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
    let cards = format!(r#"{{"verifiableCredential":["{card}", 1, "{card}x"]}}"#);
    assert_eq!(seen(cards.as_bytes()), [card.to_owned(), format!("{card}x")]);
    assert!(seen(br#"{"no": json"#).is_empty());
    let deep = "{\"a\":".repeat(100_000);
    assert!(seen(deep.as_bytes()).is_empty());
}

#[test]
fn an_archive_is_taken_as_bytes_also_out_of_an_address() {
    let zip = b"PK\x03\x04\x14\x00certificate.json\xff";
    assert!(payloads(zip) == [Payload::Bytes(zip.to_vec())]);
    let kept = "%PDF-1.7 (a, data:application/zip;base64,UEsDBBQAY2VydGlmaWNhdGUuanNvbv8=, b)";
    assert!(payloads(kept.as_bytes()) == [Payload::Bytes(zip.to_vec())]);
    let json = "%PDF-1.7 data:application/json;base64,eyJhIjoxfQ==";
    assert_eq!(seen(json.as_bytes()), [r#"{"a":1}"#]);
    assert!(seen(b"data:application/zip;base64,eyJhIjoxfQ==").is_empty());
    assert!(payloads(&[b"PK\x03\x04".to_vec(), vec![0; 1 << 20]].concat()).is_empty());
}

#[test]
fn a_certificate_that_looks_like_two_stays_whole() {
    let text = format!("HC1:{BODY}HC1:{BODY}");
    assert_eq!(certificates(text.as_bytes()), [text.as_str()]);
}

#[test]
fn a_file_of_nothing_but_beginnings_takes_no_longer_than_its_size() {
    // A MiB or so: quadratic work on it would take minutes, and no clock is needed to see that.
    for beginning in ["HC1:", "eyJ", "shc:/", "data:application/", "stream", "{\"", "%PDF"] {
        assert!(payloads(&beginning.as_bytes().repeat(1 << 17)).len() <= MOST_FOUND);
        let pdf = format!("%PDF{}", beginning.repeat(1 << 17));
        assert!(payloads(pdf.as_bytes()).len() <= MOST_FOUND);
    }
    assert!(payloads(&vec![b'A'; 4 << 20]).is_empty());
}
