//! The spellings under which a cache may have kept a document, and the ways in which it is asked
//! for. A cache that was told to forget one of them still has the others.

use super::address::{Address, Site};

/// How a document is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What is special about it.
    pub name: &'static str,
    /// Whether by https.
    pub secure: bool,
    /// The host, with its port if that is not the scheme's own.
    pub host: String,
    /// Path and query, as they stand on the request line.
    pub target: String,
    /// Whether only the head is asked for.
    pub head: bool,
    /// A header that is sent.
    pub header: Option<(&'static str, &'static str)>,
}

impl Variant {
    /// Its address as text.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", self.host, self.target)
    }
}

/// A link that somebody signed once is a query like any other.
const SIGNED: &str = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=604800&X-Amz-Signature=00";

/// Headers under which a cache may have kept a copy of its own, or answer without the document.
const HEADERS: [(&str, (&str, &str)); 5] = [
    ("range", ("range", "bytes=0-99")),
    ("gzip", ("accept-encoding", "gzip")),
    ("brotli", ("accept-encoding", "br")),
    ("unchanged", ("if-modified-since", "Fri, 31 Dec 2099 23:59:59 GMT")),
    ("language", ("accept-language", "hi")),
];

/// All variants of an address; the address itself is the first.
pub fn all(address: &Address, site: &Site) -> Vec<Variant> {
    let mut variants = addresses(address, site);
    let plain = variants[0].clone();
    for (name, header) in HEADERS {
        variants.push(Variant { name, header: Some(header), ..plain.clone() });
    }
    variants.push(Variant { name: "head", head: true, ..plain });
    variants
}

/// The variants that differ in their address; the address itself is the first.
pub fn addresses(address: &Address, site: &Site) -> Vec<Variant> {
    let path = address.path.as_str();
    let variant = |name, target: String| Variant {
        name,
        secure: address.secure,
        host: site.host.clone(),
        target,
        head: false,
        header: None,
    };
    let mut variants = vec![variant("plain", path.to_owned())];
    for (name, target) in [
        ("query", format!("{path}?x=1")),
        ("empty query", format!("{path}?")),
        ("signed link", format!("{path}{SIGNED}")),
        ("slash", with_slash(path)),
        ("double slash", format!("/{path}")),
        ("dot", format!("/.{path}")),
        ("case", other_case(path)),
        ("escapes", more_escapes(path)),
        ("index page", index_page(path)),
    ] {
        variants.push(variant(name, target));
    }
    if let Some(small) = small_escapes(path) {
        variants.push(variant("small escapes", small));
    }
    let plain = variants[0].clone();
    for host in &site.aliases {
        variants.push(Variant { name: "other name", host: host.clone(), ..plain.clone() });
    }
    let host = site.host.to_ascii_uppercase();
    variants.push(Variant { name: "large host", host, ..plain.clone() });
    variants.push(Variant { name: "other scheme", secure: !plain.secure, ..plain });
    variants
}

fn with_slash(path: &str) -> String {
    path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned)
}

/// A folder's page by name, or a page by the name of its folder.
fn index_page(path: &str) -> String {
    match path.strip_suffix("/index.html") {
        Some(folder) => format!("{folder}/"),
        None => format!("{}/index.html", path.trim_end_matches('/')),
    }
}

/// The last part with small and large letters swapped; escapes are left alone.
fn other_case(path: &str) -> String {
    let at = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    let (folder, name) = path.split_at(at);
    let (mut swapped, mut escape) = (folder.to_owned(), 0);
    for letter in name.chars() {
        let plain = escape == 0 && letter != '%';
        escape = if letter == '%' { 2 } else { usize::saturating_sub(escape, 1) };
        swapped.push(match letter {
            _ if !plain => letter,
            'a'..='z' => letter.to_ascii_uppercase(),
            'A'..='Z' => letter.to_ascii_lowercase(),
            _ => letter,
        });
    }
    swapped
}

/// The first letter of the last part, escaped though it need not be.
fn more_escapes(path: &str) -> String {
    let at = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    match path[at..].bytes().next() {
        Some(letter) if letter.is_ascii_alphanumeric() => {
            format!("{}%{letter:02X}{}", &path[..at], &path[at + 1..])
        }
        _ => path.to_owned(),
    }
}

/// Escapes with small digits; none if there are none that differ.
fn small_escapes(path: &str) -> Option<String> {
    let (mut small, mut left) = (String::with_capacity(path.len()), 0);
    for letter in path.chars() {
        small.push(if left > 0 { letter.to_ascii_lowercase() } else { letter });
        left = if letter == '%' { 2 } else { usize::saturating_sub(left, 1) };
    }
    (small != path).then_some(small)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::address::{Query, key};

    fn variants(text: &str) -> Vec<Variant> {
        let aliases = vec!["cdn.example".to_owned()];
        let site = Site { host: "files.example".to_owned(), aliases };
        let address = Address::parse(text, std::slice::from_ref(&site), Query::Refused).unwrap();
        all(&address, &site)
    }

    #[test]
    fn all_variants_are_one_document_to_a_server() {
        for path in ["/lists/Asha%20Devi.pdf", "/%E0%A4%9F.pdf", "/d/", "/d/index.html", "/a+b~c"] {
            let variants = variants(&format!("https://files.example{path}"));
            let own = key(path);
            for variant in variants {
                let target = variant.target.split('?').next().unwrap();
                let target = target.replacen("/./", "/", 1);
                assert_eq!(key(&target), own, "{}: {}", variant.name, variant.target);
            }
        }
    }

    #[test]
    fn the_variants_of_a_document_are_these() {
        let listed: Vec<_> = variants("https://files.example/lists/r%C3%A9sum.pdf")
            .iter()
            .map(|variant| format!("{}: {} {:?}", variant.name, variant.url(), variant.header))
            .collect();
        insta::assert_snapshot!(listed.join("\n"));
    }
}
