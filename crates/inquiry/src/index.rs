//! A keyed index: digests of what people are found under, in order, with whom each leads to. Without
//! the key it tells nobody's mobile; with it, all of a country's could be tried in minutes, so it never
//! leaves the key boundary.

use aws_lc_rs::hmac;

use crate::register::Probe;

/// Bits of a digest by which the table is entered.
const MOST_BITS: u32 = 24;

/// The key of an index.
pub struct IndexKey(hmac::Key);

impl IndexKey {
    /// A key of bytes that nobody else has.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The digest of a probe: the first eight bytes of HMAC-SHA256 over its kind and value.
    pub(crate) fn digest(&self, probe: &Probe) -> u64 {
        match probe {
            Probe::Mobile(digits) => self.of(b'm', digits.as_bytes(), &[]),
            Probe::Reference(digits) => self.of(b'r', digits.as_bytes(), &[]),
            Probe::NameYear(name, year) => self.of(b'n', name.as_bytes(), &year.to_be_bytes()),
        }
    }

    fn of(&self, kind: u8, value: &[u8], more: &[u8]) -> u64 {
        let mut buffer = [0; 64];
        let length = 1 + value.len() + more.len();
        let tag = if length <= buffer.len() {
            buffer[0] = kind;
            buffer[1..=value.len()].copy_from_slice(value);
            buffer[1 + value.len()..length].copy_from_slice(more);
            hmac::sign(&self.0, &buffer[..length])
        } else {
            hmac::sign(&self.0, &[&[kind], value, more].concat())
        };
        first(&tag)
    }
}

/// The first eight bytes of a tag, as a number.
pub(crate) fn first(tag: &hmac::Tag) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&tag.as_ref()[..8]);
    u64::from_be_bytes(first)
}

/// Digests in order, each with the place of a person: twelve bytes for each of both, and at most 64 MiB to
/// enter them by.
#[derive(Default)]
pub(crate) struct Index {
    digests: Vec<u64>,
    places: Vec<u32>,
    /// Where the digests with each beginning start.
    starts: Vec<u32>,
    shift: u32,
}

/// Look-ups that wait for memory together.
const TOGETHER: usize = 32;
/// Fewer are not spread over processors: to start a thread takes as long as some hundred look-ups.
const LEAST_SPREAD: usize = 2_048;

impl Index {
    /// An index of entries in any order.
    pub(crate) fn new(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let bits = (entries.len().max(2).ilog2()).clamp(1, MOST_BITS);
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (digest, _) in &entries {
            starts[slot(*digest, shift) + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let digests = entries.iter().map(|(digest, _)| *digest).collect();
        let places = entries.into_iter().map(|(_, place)| place).collect();
        Self { digests, places, starts, shift }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> u64 {
        (self.digests.len() * 8 + self.places.len() * 4 + self.starts.len() * 4) as u64
    }

    /// The people of a digest.
    #[cfg(test)]
    fn find(&self, digest: u64) -> Vec<u32> {
        let mut found = Vec::new();
        self.find_each(&[digest], |_, place| found.push(place));
        found
    }

    /// The people of each digest, told with the place of the digest. What each waits for in memory, they
    /// wait for together: first where each begins, then its first entry, then the entries.
    fn find_each(&self, digests: &[u64], mut told: impl FnMut(usize, u32)) {
        if self.digests.is_empty() {
            return;
        }
        let last = self.digests.len() - 1;
        for (chunk, wanted) in digests.chunks(TOGETHER).enumerate() {
            let (mut ranges, mut firsts) = ([(0, 0); TOGETHER], [0; TOGETHER]);
            for (range, digest) in ranges.iter_mut().zip(wanted) {
                let slot = slot(*digest, self.shift);
                *range = (self.starts[slot] as usize, self.starts[slot + 1] as usize);
            }
            for (first, (begin, _)) in firsts.iter_mut().zip(&ranges).take(wanted.len()) {
                *first = self.digests[(*begin).min(last)];
            }
            for (place, ((digest, (begin, end)), first)) in
                wanted.iter().zip(ranges).zip(firsts).enumerate()
            {
                // Digests stand in order: behind a larger one there is none.
                if first > *digest {
                    continue;
                }
                let bucket = self.digests[begin..end].iter().zip(&self.places[begin..end]);
                for (_, person) in bucket.filter(|(known, _)| *known == digest) {
                    told(chunk * TOGETHER + place, *person);
                }
            }
        }
    }

    /// The people of each probe, on every processor.
    pub(crate) fn find_all<T: Send>(
        &self,
        key: &IndexKey,
        probes: &[Probe],
        person: impl Fn(u32) -> T + Sync,
    ) -> Vec<Vec<T>> {
        let one = |probes: &[Probe]| {
            let digests: Vec<u64> = probes.iter().map(|probe| key.digest(probe)).collect();
            let mut found: Vec<Vec<T>> = probes.iter().map(|_| Vec::new()).collect();
            self.find_each(&digests, |at, place| found[at].push(person(place)));
            found
        };
        spread(probes, one)
    }
}

/// What is made of each part of a list, on every processor, in the list's order.
pub(crate) fn spread<I: Sync, T: Send>(all: &[I], one: impl Fn(&[I]) -> Vec<T> + Sync) -> Vec<T> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if processors == 1 || all.len() < LEAST_SPREAD {
        return one(all);
    }
    let one = &one;
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(processors));
        let parts: Vec<_> = parts.map(|part| scope.spawn(move || one(part))).collect();
        let done = parts.into_iter().map(|part| part.join().expect("a look-up does not panic"));
        done.flatten().collect()
    })
}

/// By which of the starts a digest is entered.
fn slot(digest: u64, shift: u32) -> usize {
    usize::try_from(digest >> shift).expect("at most 24 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_under_a_digest_is_found_and_nobody_else() {
        let key = IndexKey::new(&[7; 32]);
        let of = |number: u32| key.digest(&Probe::Mobile(format!("98{number:08}")));
        let mut entries: Vec<_> = (0..5_000).map(|number| (of(number), number)).collect();
        entries.push((of(7), 6_000));
        let index = Index::new(entries);
        assert!((0..5_000).all(|number| index.find(of(number)).contains(&number)));
        assert_eq!(index.find(of(7)), [7, 6_000]);
        assert!(index.find(of(9_999)).is_empty() && Index::default().find(1).is_empty());
        // The smallest and the largest there can be, alone and as the ends of others.
        for (entries, digest) in [
            (vec![(u64::MAX, 1)], u64::MAX),
            (vec![(0, 1)], 0),
            (vec![(0, 1), (5, 2), (u64::MAX, 1)], u64::MAX),
        ] {
            assert_eq!(Index::new(entries).find(digest), [1]);
        }
        // In batches and on every processor, each answer stands where its question does.
        let probe = |number: u32| Probe::Mobile(format!("98{number:08}"));
        let probes: Vec<_> = (0..9_000).rev().map(probe).collect();
        let found = index.find_all(&key, &probes, |place| place);
        for (at, number) in (0..9_000_u32).rev().enumerate() {
            let expected = match number {
                7 => vec![7, 6_000],
                known if known < 5_000 => vec![known],
                _ => vec![],
            };
            assert_eq!(found[at], expected, "{number}");
        }
        assert_ne!(of(1), key.digest(&Probe::Reference("9800000001".to_owned())));
    }
}
