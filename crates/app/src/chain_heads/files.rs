//! The files beside the log: whose each leaf is, the parts of the map, and the map over them.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use ledger::{
    heads::{Head, Node, PARTS, part},
    leaf::Commitment,
    merkle::Hash,
};

use crate::disk::there;

/// The bytes of one chain's end: key, number, commitment.
const HEAD: usize = 72;
/// The bytes of one part's node: hash, sum, chains.
const NODE: usize = 48;
/// How many leaves are taken up before the map is written.
const AT_ONCE: u64 = 1 << 20;

/// Why the map does not grow.
#[derive(Debug)]
pub(super) enum Ungrown {
    /// It is not noted whose each leaf is.
    Missing,
    /// The lists do not follow, or the map is of a longer log.
    Astray,
    /// The disk.
    Disk,
}

impl From<io::Error> for Ungrown {
    fn from(_: io::Error) -> Self {
        Self::Disk
    }
}

/// The map, as far as it has grown.
pub(super) struct Grown {
    pub(super) parts: Vec<Node>,
}

/// The nodes of all parts, of so many leaves.
pub(crate) struct Map {
    pub(crate) size: u64,
    pub(crate) parts: Vec<Node>,
}

fn to_bytes(head: &Head) -> [u8; HEAD] {
    let mut bytes = [0; HEAD];
    bytes[..32].copy_from_slice(&head.key);
    bytes[32..40].copy_from_slice(&head.number.to_be_bytes());
    bytes[40..].copy_from_slice(&head.last.0);
    bytes
}

/// The end of a chain; none where nothing is noted.
fn from_bytes(bytes: &[u8; HEAD]) -> Option<Head> {
    let number = u64::from_be_bytes(array(&bytes[32..40]));
    let head = Head { key: array(&bytes[..32]), number, last: Commitment(array(&bytes[40..])) };
    (number > 0).then_some(head)
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

/// Notes whose leaves are, by their numbers in any order. Doing so twice is harmless.
pub(super) fn note(folder: &Path, mut leaves: Vec<(u64, Head)>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(whose(folder))?;
    leaves.sort_unstable_by_key(|(leaf, _)| *leaf);
    for run in leaves.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
        let bytes: Vec<u8> = run.iter().flat_map(|(_, head)| to_bytes(head)).collect();
        file.write_all_at(&bytes, run[0].0 * HEAD as u64)?;
    }
    file.sync_data()
}

fn whose(folder: &Path) -> PathBuf {
    folder.join("whose")
}

fn part_file(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("part-{number:03x}"))
}

/// Takes up the leaves behind those that the map has, to a size.
pub(super) fn grow(folder: &Path, size: u64) -> Result<Grown, Ungrown> {
    let mut map = read_map(folder)?.unwrap_or(Map { size: 0, parts: vec![Node::EMPTY; PARTS] });
    if map.size > size {
        return Err(Ungrown::Astray);
    }
    while map.size < size {
        let end = size.min(map.size + AT_ONCE);
        for (number, new) in noted(folder, map.size, end)? {
            map.parts[number] = grow_part(folder, number, new)?;
        }
        map.size = end;
        write_map(folder, &map)?;
    }
    Ok(Grown { parts: map.parts })
}

/// Whose some leaves are, by part.
fn noted(folder: &Path, from: u64, end: u64) -> Result<BTreeMap<usize, Vec<Head>>, Ungrown> {
    let mut file = there(File::open(whose(folder)))?.ok_or(Ungrown::Missing)?;
    file.seek(SeekFrom::Start(from * HEAD as u64))?;
    let mut bytes = Vec::new();
    file.take((end - from) * HEAD as u64).read_to_end(&mut bytes)?;
    let (heads, _) = bytes.as_chunks::<HEAD>();
    if heads.len() as u64 != end - from {
        return Err(Ungrown::Missing);
    }
    let mut parts: BTreeMap<usize, Vec<Head>> = BTreeMap::new();
    for bytes in heads {
        let head = from_bytes(bytes).ok_or(Ungrown::Missing)?;
        parts.entry(head.part()).or_default().push(head);
    }
    Ok(parts)
}

/// Moves the ends of the chains of a part. A part that a crash left ahead of the map is as good.
fn grow_part(folder: &Path, number: usize, new: Vec<Head>) -> Result<Node, Ungrown> {
    let old = read_part(folder, number)?;
    let mut heads: BTreeMap<[u8; 32], Head> = old.into_iter().map(|one| (one.key, one)).collect();
    for one in new {
        let before = heads.get(&one.key).map_or(0, |head| head.number);
        if one.number > before + 1 {
            return Err(Ungrown::Astray);
        }
        if one.number == before + 1 {
            heads.insert(one.key, one);
        }
    }
    let heads: Vec<Head> = heads.into_values().collect();
    let bytes: Vec<u8> = heads.iter().flat_map(to_bytes).collect();
    write(&part_file(folder, number), &bytes)?;
    part(&heads).ok_or(Ungrown::Astray)
}

/// The ends of the chains of a part, in the order of their keys.
pub(crate) fn read_part(folder: &Path, number: usize) -> io::Result<Vec<Head>> {
    let bytes = there(fs::read(part_file(folder, number)))?.unwrap_or_default();
    let (heads, _) = bytes.as_chunks::<HEAD>();
    Ok(heads.iter().filter_map(from_bytes).collect())
}

/// The map; none if there is none yet.
pub(crate) fn read_map(folder: &Path) -> io::Result<Option<Map>> {
    let Some(bytes) = there(fs::read(folder.join("map")))? else { return Ok(None) };
    let Some((size, nodes)) = bytes.split_first_chunk::<8>() else { return Ok(None) };
    let (nodes, _) = nodes.as_chunks::<NODE>();
    let node = |bytes: &[u8; NODE]| Node {
        hash: Hash(array(&bytes[..32])),
        sum: u64::from_be_bytes(array(&bytes[32..40])),
        chains: u64::from_be_bytes(array(&bytes[40..])),
    };
    let parts: Vec<_> = nodes.iter().map(node).collect();
    let whole = parts.len() == PARTS;
    Ok(whole.then_some(Map { size: u64::from_be_bytes(*size), parts }))
}

fn write_map(folder: &Path, map: &Map) -> io::Result<()> {
    let mut bytes = map.size.to_be_bytes().to_vec();
    for node in &map.parts {
        bytes.extend_from_slice(&node.hash.0);
        bytes.extend_from_slice(&node.sum.to_be_bytes());
        bytes.extend_from_slice(&node.chains.to_be_bytes());
    }
    write(&folder.join("map"), &bytes)
}

/// Writes a file that is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)
}
