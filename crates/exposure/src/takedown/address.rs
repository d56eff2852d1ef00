//! Addresses, and what makes two of them one document: the form in which a server knows a path.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
use url::Url;

/// The most bytes of a path: nginx reads a word of a map of at most 4,096, escapes included.
const MOST_PATH: usize = 2000;

/// What is escaped in a path; all else stands for itself.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A host that serves documents, under one or more names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its name in addresses, with the port if that is not the scheme's own.
    pub host: String,
    /// Its other names.
    pub aliases: Vec<String>,
}

impl Site {
    /// All its names, the first one first.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.host.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// A word for file names and variables: letters, digits and underscores.
    pub fn word(&self) -> String {
        let letters = self.host.chars();
        letters
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect()
    }
}

/// Why a text is not an address that can be taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no http or https address.
    #[error("it is not an http or https address")]
    NotAnAddress,
    /// Its host is not one of the set-up.
    #[error("its host is not a site of the set-up")]
    OtherHost,
    /// It has a query: which part of that makes the document cannot be known.
    #[error("it has a query: say whether its path is to go whatever the query")]
    Query,
    /// Its path has more bytes than rules can hold.
    #[error("its path is longer than {MOST_PATH} bytes")]
    TooLong,
}

/// The address of a document on one of the sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The place of its site in the set-up.
    pub site: usize,
    /// Whether it is https.
    pub secure: bool,
    /// Its path, escaped where it has to be.
    pub path: String,
}

/// What to do with the query of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// An address with one is refused.
    Refused,
    /// It is left off: the path is to go, whatever the query.
    Dropped,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`AddressError`], which does not repeat the address: it may name people.
    pub fn parse(text: &str, sites: &[Site], query: Query) -> Result<Self, AddressError> {
        let url = Url::parse(text.trim()).map_err(|_| AddressError::NotAnAddress)?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressError::NotAnAddress),
        };
        let host = url.host_str().ok_or(AddressError::NotAnAddress)?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let site = sites.iter().position(|site| site.hosts().any(|host| host == authority));
        let site = site.ok_or(AddressError::OtherHost)?;
        if query == Query::Refused && url.query().is_some_and(|query| !query.is_empty()) {
            return Err(AddressError::Query);
        }
        let decoded: Vec<u8> = percent_decode_str(url.path()).collect();
        if decoded.len() > MOST_PATH {
            return Err(AddressError::TooLong);
        }
        Ok(Self { site, secure, path: escape(&decoded) })
    }

    /// The address as text.
    pub fn url(&self, sites: &[Site]) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", sites[self.site].host, self.path)
    }

    /// By what a server knows the document: see [`key`].
    pub fn key(&self) -> Vec<u8> {
        key(&self.path)
    }
}

/// Escapes the bytes of a path.
pub fn escape(path: &[u8]) -> String {
    percent_encode(path, ESCAPED).to_string()
}

/// By what a server knows the document of a path, whichever of its spellings is asked for: decoded,
/// slashes merged, without those at its end or the name of an index page, ASCII letters small.
///
/// Two documents whose paths differ in the case of letters only have one key. Both go: one that is
/// public is found under the name of the other, and on a disk that folds case they are one.
pub fn key(path: &str) -> Vec<u8> {
    let mut key = merged(path);
    key.make_ascii_lowercase();
    let bare = |key: &mut Vec<u8>| {
        while key.last() == Some(&b'/') {
            key.pop();
        }
    };
    bare(&mut key);
    for name in [b"/index.html".as_slice(), b"/index.htm"] {
        if key.ends_with(name) {
            key.truncate(key.len() - name.len());
            break;
        }
    }
    key
}

/// A path decoded, with its slashes merged.
pub fn merged(path: &str) -> Vec<u8> {
    let mut merged: Vec<u8> = Vec::with_capacity(path.len());
    for byte in percent_decode_str(path) {
        if !(byte == b'/' && merged.last() == Some(&b'/')) {
            merged.push(byte);
        }
    }
    merged
}

/// The folders that hold some addresses, in their own letters, escaped, each with a slash at its
/// end; at most `most`.
pub fn folders(addresses: &[Address], most: usize) -> Vec<String> {
    let paths: Vec<_> = addresses.iter().map(|address| merged(&address.path)).collect();
    let folders = cover(paths.iter().map(Vec::as_slice), most);
    folders
        .iter()
        .map(|folder| if folder.is_empty() { "/".to_owned() } else { escape(folder) })
        .collect()
}

/// The folder of a key, up to and with its last slash.
pub fn folder(key: &[u8]) -> &[u8] {
    let end = key.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    &key[..end]
}

/// The fewest folders that hold all keys, if there are at most `most`; else fewer and larger ones.
/// An empty one is everything.
///
/// # Panics
///
/// Never: folders are parts of keys.
pub fn cover<'a>(keys: impl Iterator<Item = &'a [u8]>, most: usize) -> Vec<Vec<u8>> {
    let mut folders: Vec<&[u8]> = keys.map(folder).collect();
    folders.sort_unstable();
    folders.dedup();
    // A folder inside another follows it at once in this order.
    let inside = |folders: &mut Vec<&[u8]>| {
        folders.dedup_by(|folder, before| folder.starts_with(before));
    };
    inside(&mut folders);
    while folders.len() > most {
        let deepest = folders.iter().map(|folder| depth(folder)).max().unwrap_or(0);
        for folder in &mut folders {
            if depth(folder) == deepest {
                *folder = self::folder(&folder[..folder.len().saturating_sub(1)]);
            }
        }
        folders.sort_unstable();
        inside(&mut folders);
    }
    folders.into_iter().map(<[u8]>::to_vec).collect()
}

fn depth(folder: &[u8]) -> usize {
    folder.split(|byte| *byte == b'/').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites() -> Vec<Site> {
        let aliases = vec!["www.files.example".to_owned()];
        vec![Site { host: "files.example".to_owned(), aliases }]
    }

    fn parsed(text: &str) -> Result<String, AddressError> {
        let address = Address::parse(text, &sites(), Query::Refused)?;
        Ok(String::from_utf8(address.key()).unwrap())
    }

    #[test]
    fn every_spelling_of_a_path_has_one_key() {
        for spelling in [
            "https://files.example/Lists/a%20b.pdf",
            "http://www.files.example/lists/A%20B.PDF",
            "https://FILES.example:443/lists//a b.pdf/",
            "https://files.example/x/../lists/./%61%20b.pdf#page=2",
            "https://files.example/lists%2Fa%20b.pdf",
        ] {
            assert_eq!(parsed(spelling), Ok("/lists/a b.pdf".to_owned()), "{spelling}");
        }
        for spelling in ["/d/", "/d", "/d/index.html", "/d//INDEX.HTM", "/d/index.html/"] {
            assert_eq!(key(spelling), b"/d", "{spelling}");
        }
        assert_eq!(key("/"), b"");
        assert_eq!(key("/%E0%A4%9F.pdf"), "/ट.pdf".as_bytes());
    }

    #[test]
    fn what_cannot_be_taken_down_is_refused_with_the_reason() {
        let long = format!("https://files.example/{}", "x".repeat(2001));
        for (text, error) in [
            ("files.example/a", AddressError::NotAnAddress),
            ("ftp://files.example/a", AddressError::NotAnAddress),
            ("https://other.example/a", AddressError::OtherHost),
            ("https://files.example@other.example/a", AddressError::OtherHost),
            ("https://files.example:8443/a", AddressError::OtherHost),
            ("https://files.example/get?id=7", AddressError::Query),
            (&long, AddressError::TooLong),
        ] {
            assert_eq!(parsed(text), Err(error), "{text}");
        }
        let kept = Address::parse("https://files.example/get?id=7", &sites(), Query::Dropped);
        assert_eq!(kept.unwrap().path, "/get");
    }

    #[test]
    fn folders_cover_all_keys_and_are_few() {
        let keys: Vec<Vec<u8>> = (0..100)
            .map(|n| format!("/data/{}/{}/{n}.pdf", n % 10, n % 2).into_bytes())
            .chain([b"/top.pdf".to_vec(), b"/lists/a.pdf".to_vec()])
            .collect();
        for most in [1, 5, 12, 50] {
            let folders = cover(keys.iter().map(Vec::as_slice), most);
            assert!(folders.len() <= most, "{most}: {}", folders.len());
            let held = |key: &[u8]| folders.iter().any(|folder| key.starts_with(folder));
            assert!(keys.iter().all(|key| held(key)), "{most}");
        }
        let deep = cover([b"/a/b/c.pdf".as_slice(), b"/a/d.pdf"].into_iter(), 9);
        assert_eq!(deep, [b"/a/"]);
        assert_eq!(cover([b"".as_slice()].into_iter(), 9), [b""]);
    }
}
