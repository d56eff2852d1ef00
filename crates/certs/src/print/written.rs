//! How reports write numbers and text, on paper and in pages for browsers.

/// A number as it is written in India: 9,00,000.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let (front, last) = digits.split_at(digits.len().saturating_sub(3));
    if front.is_empty() {
        return last.to_owned();
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut end = front.len();
    while end > 0 {
        let start = end.saturating_sub(2);
        groups.push(&front[start..end]);
        end = start;
    }
    groups.reverse();
    format!("{},{last}", groups.join(","))
}

/// Text that stands in a page as what it is.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_in_india() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (900_000, "9,00,000"),
            (12_345_678, "1,23,45,678"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn text_stands_in_a_page_as_what_it_is() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
