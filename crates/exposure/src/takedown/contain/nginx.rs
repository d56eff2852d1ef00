//! Rules for nginx: a map of what is gone, by the path as nginx knows it after decoding, so that no
//! spelling, query, range or method gets past it.
//!
//! # Shape
//!
//! In the folder of the rules:
//!
//! * `teeka-http.conf`, which the `http` block includes, once;
//! * `teeka-WORD.conf`, which each `server` block of a site includes;
//! * `teeka-WORD.map`, what is gone there: made of
//! * `teeka.d/WORD/CASE`, what each case says is gone, a key a line, escaped.
//!
//! `WORD` is the host with underscores. Include them as `teeka-http*.conf` and `teeka-WORD*.conf`,
//! so that they need not be there before the first case.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use percent_encoding::percent_decode_str;

use super::{ContainError, cases::Cases, run};
use crate::{
    files,
    takedown::{
        address::{Site, escape},
        setup::NginxSetup,
    },
};

/// Says in a case's name what is gone at a site, or no more, tests the configuration and has it read
/// anew. If the test fails, the rules are as before.
///
/// # Errors
///
/// [`ContainError`] if the rules cannot be written or are not taken.
pub fn put<Keys: Iterator<Item = Vec<u8>>>(
    setup: &NginxSetup,
    site: &Site,
    case: &str,
    keys: Option<Keys>,
) -> Result<(), ContainError> {
    let word = site.word();
    let cases = Cases {
        folder: setup.folder.join("teeka.d").join(&word),
        lock: setup.folder.join(".teeka.lock"),
        rules: &setup.folder,
    };
    let said = keys.map(|keys| |file: &mut io::BufWriter<File>| write_keys(file, keys));
    let render = |keys: &[Vec<u8>]| render(&setup.folder, &word, keys);
    cases.put(case, said, render, || run(&setup.test, &[]).map(drop))?;
    run(&setup.reload, &[]).map(drop)
}

fn write_keys(file: &mut impl Write, keys: impl Iterator<Item = Vec<u8>>) -> io::Result<()> {
    for key in keys {
        writeln!(file, "{}", escape(&key))?;
    }
    Ok(())
}

/// Writes the files that nginx includes, of what all cases say of a site.
fn render(folder: &Path, word: &str, keys: &[Vec<u8>]) -> io::Result<()> {
    let map = folder.join(format!("teeka-{word}.map"));
    files::write_with(&map, 0o644, |file| -> io::Result<()> {
        for key in keys {
            let key = str::from_utf8(key).map_err(|_| io::ErrorKind::InvalidData)?;
            let key: Vec<u8> = percent_decode_str(key).collect();
            file.write_all(&quoted(&key))?;
            file.write_all(b" 1;\n")?;
        }
        Ok(())
    })?;
    let server = SERVER.replace("WORD", word);
    files::replace(&folder.join(format!("teeka-{word}.conf")), server.as_bytes(), 0o644)?;
    let mut http = HTTP.to_owned();
    for word in words(folder)? {
        let map = std::path::absolute(folder.join(format!("teeka-{word}.map")))?;
        let map = String::from_utf8_lossy(&quoted(map.as_os_str().as_encoded_bytes())).into_owned();
        http += &MAP.replace("WORD", &word).replace("FILE", &map);
    }
    files::replace(&folder.join("teeka-http.conf"), http.as_bytes(), 0o644)
}

/// The sites that have rules in a folder.
fn words(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(folder.join("teeka.d"))? {
        words.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(words)
}

/// A word of a configuration, in quotes.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(bytes.len() + 2);
    quoted.push(b'"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', *byte]),
            b'\n' => quoted.extend(b"\\n"),
            b'\r' => quoted.extend(b"\\r"),
            b'\t' => quoted.extend(b"\\t"),
            _ => quoted.push(*byte),
        }
    }
    quoted.push(b'"');
    quoted
}

/// nginx tries bucket counts from 1,000 below the most on, as long as there are fewer than 100 times
/// as many buckets as keys: with room for 4 million, even 900,000 keys fit at once.
const HTTP: &str = r#"# Written by teeka; changes are lost.
map_hash_max_size 4194304;
map_hash_bucket_size 4096;
# A path without the name of an index page and without slashes at its end. nginx has decoded it and
# merged its slashes; maps do not tell small letters from large ones.
map $uri $teeka_key {
    "~*(?s)^(?<teeka_stem>.*?)(?:/index\.html?)?/*$" $teeka_stem;
}
"#;

const MAP: &str = "map $teeka_key $teeka_gone_WORD {
    default 0;
    include FILE;
}
";

const SERVER: &str = r#"# Written by teeka; changes are lost.
if ($teeka_gone_WORD) {
    rewrite ^ /.teeka-gone last;
}
location = /.teeka-gone {
    internal;
    default_type text/plain;
    add_header X-Robots-Tag "noindex, noarchive" always;
    add_header Cache-Control "no-store" always;
    return 410 "Gone.\n";
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site { host: "files.example".to_owned(), aliases: Vec::new() }
    }

    fn setup(folder: &Path, test: &str) -> NginxSetup {
        let command = |name: &str| vec![name.to_owned()];
        NginxSetup { folder: folder.to_owned(), test: command(test), reload: command("true") }
    }

    fn keys(keys: &[&str]) -> std::vec::IntoIter<Vec<u8>> {
        keys.iter().map(|key| key.as_bytes().to_vec()).collect::<Vec<_>>().into_iter()
    }

    fn map(folder: &Path) -> String {
        fs::read_to_string(folder.join("teeka-files_example.map")).unwrap()
    }

    #[test]
    fn what_two_cases_say_is_gone_until_neither_does() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path(), "true");
        put(&setup, &site(), "one", Some(keys(&["/a", "/b \"c\"\\"]))).unwrap();
        put(&setup, &site(), "two", Some(keys(&["/a", "/n\n"]))).unwrap();
        assert_eq!(map(folder.path()), "\"/a\" 1;\n\"/b \\\"c\\\"\\\\\" 1;\n\"/n\\n\" 1;\n");
        put(&setup, &site(), "one", None::<std::vec::IntoIter<_>>).unwrap();
        assert_eq!(map(folder.path()), "\"/a\" 1;\n\"/n\\n\" 1;\n");
        put(&setup, &site(), "two", None::<std::vec::IntoIter<_>>).unwrap();
        assert_eq!(map(folder.path()), "");
    }

    #[test]
    fn rules_that_are_not_taken_are_as_before() {
        let folder = tempfile::tempdir().unwrap();
        put(&setup(folder.path(), "true"), &site(), "one", Some(keys(&["/a"]))).unwrap();
        let refused = put(&setup(folder.path(), "false"), &site(), "one", Some(keys(&["/b"])));
        assert!(matches!(refused, Err(ContainError::Refused(..))));
        let refused = put(&setup(folder.path(), "false"), &site(), "two", Some(keys(&["/c"])));
        assert!(matches!(refused, Err(ContainError::Refused(..))));
        let nothing = None::<std::vec::IntoIter<_>>;
        let refused = put(&setup(folder.path(), "false"), &site(), "three", nothing);
        assert!(matches!(refused, Err(ContainError::Refused(..))), "{refused:?}");
        assert_eq!(map(folder.path()), "\"/a\" 1;\n");
    }
}
