//! nginx as a cache: `PURGE` by address, as the module `ngx_cache_purge` takes it. Where its folder
//! is on this machine, that is gone through: each file of the cache begins with its key, so that
//! spellings nobody thought of are found, too.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use super::{Edge, EdgeError, Folder, Means, Purgers, What};
use crate::takedown::{
    address::key, budget::Quota, setup::EdgeSetup, stage::Contained, world::World,
};

/// The key of a file comes after a head of less than this.
const HEAD: u64 = 64 << 10;

/// An nginx that keeps copies.
pub struct Nginx {
    servers: Purgers,
    cache: Option<PathBuf>,
}

impl Nginx {
    /// An nginx at its servers, with the folder of its cache if that is on this machine.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] if a server cannot be found.
    pub fn new(setup: &EdgeSetup, cache: Option<PathBuf>) -> Result<Self, EdgeError> {
        Ok(Self { servers: Purgers::new(setup)?, cache })
    }
}

impl Edge for Nginx {
    fn means(&self) -> Means {
        Means {
            tags: None,
            folders: self.cache.as_ref().map(|_| Quota::unlimited(usize::MAX)),
            addresses: Some(Quota::unlimited(1)),
        }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        match (what, &self.cache) {
            (What::Folders(folders), Some(cache)) => {
                let folders: Vec<_> = folders.iter().map(folder_key).collect();
                forget(cache, &folders)
                    .map_err(|_| EdgeError::Local("its cache cannot be gone through".to_owned()))
            }
            (What::Addresses(urls), _) => {
                urls.iter().try_for_each(|url| self.servers.purge(url, None, world))
            }
            _ => Err(EdgeError::NoMeans),
        }
    }
}

fn folder_key(folder: &Folder) -> Vec<u8> {
    let mut key = key(&folder.path);
    key.push(b'/');
    key
}

/// Takes away the files of a cache whose keys lie in one of these folders.
fn forget(folder: &Path, folders: &[Vec<u8>]) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            forget(&entry.path(), folders)?;
            continue;
        }
        let path = entry.path();
        let inside = match kept_key(&path) {
            Ok(key) => key.is_some_and(|key| lies_in(&key, folders)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if inside {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// The key of a file: the line after its head that begins with `KEY: `.
fn kept_key(path: &Path) -> io::Result<Option<String>> {
    let mut reader = BufReader::new(File::open(path)?.take(HEAD));
    let mut line = Vec::new();
    for _ in 0..20 {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if let Some(at) = line.windows(5).position(|bytes| bytes == b"KEY: ") {
            let key = String::from_utf8_lossy(&line[at + 5..]);
            return Ok(Some(key.trim_end().to_owned()));
        }
    }
    Ok(None)
}

/// A key is made of scheme, host and address in most configurations; the path begins at a slash.
fn lies_in(kept: &str, folders: &[Vec<u8>]) -> bool {
    let rest = kept.split_once("://").map_or(kept, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    let path = path.split('?').next().unwrap_or(path);
    let path = path.replace("/./", "/");
    let mut key = key(&path);
    key.push(b'/');
    folders.iter().any(|folder| key.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_folder_is_taken_out_of_a_cache_whatever_its_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let keys = [
            ("httporigin:8080/lists/a.pdf", true),
            ("httporigin:8080/Lists//%61.pdf?x=1", true),
            ("https://files.example/lists/", true),
            ("files.example/other/a.pdf", false),
            ("files.example/listsand/a.pdf", false),
        ];
        for (number, (key, _)) in keys.iter().enumerate() {
            let head = [b"\x05\0\n\xff".as_slice(), b"\nKEY: ", key.as_bytes(), b"\nHTTP/1.1 200"];
            fs::write(deep.join(number.to_string()), head.concat()).unwrap();
        }
        forget(folder.path(), &[b"/lists/".to_vec()]).unwrap();
        for (number, (key, gone)) in keys.iter().enumerate() {
            assert_eq!(deep.join(number.to_string()).exists(), !gone, "{key}");
        }
    }
}
