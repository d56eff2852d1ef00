//! The lines of a `robots.txt`. How they make groups is for who reads them: one looks for what is
//! hidden, another asks for whom.

/// The names, in small letters, and the values of its lines, without what is remarked.
///
/// # Source
///
/// RFC 9309, section 2.2; a byte order mark is no part of the first line (RFC 3629, section 6).
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (String, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().filter_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim()))
    })
}
