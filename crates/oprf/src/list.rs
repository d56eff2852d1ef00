//! How a list is laid out: what the function makes of each number decides the bucket and the tag in it.
//! Buckets are of one length, filled up with random tags, so that neither their length nor what is in them
//! tells anything to who cannot ask the function.

use crate::function::Output;

/// Bytes of a tag. Of a bucket's few thousand tags one is that of another number once in 10^15.
pub const TAG: usize = 8;
/// How many tags a bucket has on average at most: 16 kB, some seconds on a slow network. The fewer buckets,
/// the less the number of one tells of who fetches it; a list of fewer numbers than this has one.
const MOST_USUAL: usize = 2_048;
/// Lengths are rounded up to so many tags.
const STEP: usize = 64;
/// More buckets than four bytes of an output tell apart are never needed.
const MOST_BITS: u8 = 24;

/// The bucket and the tag of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The beginning of the output, of which a bucket is told by the first bits.
    prefix: u32,
    /// What stands in the bucket.
    pub tag: [u8; TAG],
}

impl Place {
    /// The place of what the function made of a number.
    pub fn of(output: &Output) -> Self {
        let (prefix, rest) = output.split_first_chunk().expect("64 bytes");
        let (tag, _) = rest.split_first_chunk().expect("60 bytes");
        Self { prefix: u32::from_be_bytes(*prefix), tag: *tag }
    }

    /// The bucket, among those of this layout.
    pub const fn bucket(&self, layout: Layout) -> u32 {
        if layout.bits == 0 { 0 } else { self.prefix >> (32 - layout.bits) }
    }
}

/// How a list is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// By how many bits of an output buckets are told apart.
    pub bits: u8,
    /// Bytes of each bucket.
    pub bucket_bytes: u32,
}

impl Layout {
    /// A layout as somebody tells it; none if there can be no such.
    pub fn new(bits: u8, bucket_bytes: u32) -> Option<Self> {
        let whole = (bucket_bytes as usize).is_multiple_of(TAG);
        let fits = bits <= MOST_BITS && bucket_bytes > 0 && whole;
        fits.then_some(Self { bits, bucket_bytes })
    }

    /// How many buckets there are.
    pub const fn buckets(self) -> u32 {
        1 << self.bits
    }

    /// Where a bucket begins, if there is such a bucket.
    pub fn begin(self, bucket: u32) -> Option<u64> {
        (bucket < self.buckets()).then(|| u64::from(bucket) * u64::from(self.bucket_bytes))
    }
}

/// Lays a list out: its buckets, one after the other. `fill` gives random bytes.
///
/// Tags stand in order, so that nothing tells those that were filled in from the others.
///
/// # Panics
///
/// If there are so many numbers that a bucket would have four gigabytes.
pub fn lay(mut places: Vec<Place>, mut fill: impl FnMut(&mut [u8])) -> (Layout, Vec<u8>) {
    places.sort_unstable();
    places.dedup();
    let mut bits = 0;
    while bits < MOST_BITS && places.len() > MOST_USUAL << bits {
        bits += 1;
    }
    let bare = Layout { bits, bucket_bytes: 0 };
    let fullest = places.chunk_by(|a, b| a.bucket(bare) == b.bucket(bare)).map(<[_]>::len).max();
    let tags = fullest.unwrap_or(0).next_multiple_of(STEP).max(STEP);
    let bytes = u32::try_from(tags * TAG).expect("a bucket has less than four gigabytes");
    let layout = Layout { bits, bucket_bytes: bytes };
    let mut laid = Vec::with_capacity(tags * TAG * layout.buckets() as usize);
    let mut rest = places.as_slice();
    for bucket in 0..layout.buckets() {
        let own = rest.partition_point(|place| place.bucket(layout) <= bucket);
        let (now, later) = rest.split_at(own);
        rest = later;
        let mut all: Vec<[u8; TAG]> = now.iter().map(|place| place.tag).collect();
        all.resize_with(tags, || {
            let mut tag = [0; TAG];
            fill(&mut tag);
            tag
        });
        all.sort_unstable();
        laid.extend(all.iter().flatten());
    }
    (layout, laid)
}

/// Whether a bucket holds a tag. It takes the same time if it does and if it does not.
pub fn hold(bucket: &[u8], tag: &[u8; TAG]) -> bool {
    use subtle::{Choice, ConstantTimeEq};
    let found = |found: Choice, one: &[u8]| found | one.ct_eq(tag);
    bucket.chunks_exact(TAG).fold(Choice::from(0), found).into()
}
