//! Signed texts out of files: a text file, or a PDF that this crate printed.

/// Files beyond this size are not looked at.
///
/// # Units
///
/// Bytes: 32 MiB.
pub const MOST_BYTES: usize = 32 << 20;

/// The certificates in a file, each once, in order.
///
/// # Shape
///
/// Texts that begin with `HC1:` and go on with characters of base45.
pub fn certificates(bytes: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = &bytes[..bytes.len().min(MOST_BYTES)];
    while let Some(place) = rest.windows(4).position(|window| window == b"HC1:") {
        let body = &rest[place..];
        let text = printed(body);
        rest = &body[4..];
        if text.len() > 20 && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The characters of base45 that follow. A PDF escapes some and breaks no line.
fn printed(body: &[u8]) -> String {
    body.iter().take_while(|byte| is_base45(**byte)).map(|byte| char::from(*byte)).collect()
}

const fn is_base45(byte: u8) -> bool {
    byte.is_ascii_uppercase()
        || byte.is_ascii_digit()
        || matches!(byte, b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_among_other_things() {
        let body = "6BFOXN*TS0BI$ZD4N9:9S6R";
        let file = format!("noise HC1: short\nHC1:{body}\nagain HC1:{body}\n");
        assert_eq!(certificates(file.as_bytes()), [format!("HC1:{body}")]);
        assert!(certificates(b"").is_empty());
    }
}
