//! One-use questions: whoever makes one chooses its number and has it confirmed blind, so whoever
//! confirmed it knows it for their own when it is used, and not to whom they gave it.

use subtle::ConstantTimeEq;

use crate::function::{Key, Output};

/// Bytes of a question: its day, its number, and what the function makes of that.
const LENGTH: usize = 4 + 32 + 32;

/// A question that may be asked once.
///
/// # Shape
///
/// The day whose key confirmed it, counted from 1 January 1970 (4 bytes, big endian), 32 random bytes
/// that its holder chose, and the first 32 bytes of what the function makes of them; as text in hex, 136
/// characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    day: u32,
    number: [u8; 32],
    mark: [u8; 32],
}

impl Question {
    /// What is blinded and confirmed: random bytes that the holder of a question chose.
    pub fn input(number: &[u8; 32]) -> Vec<u8> {
        [&b"question:"[..], number].concat()
    }

    /// A question that the key of a day confirmed.
    pub fn new(day: u32, number: [u8; 32], confirmed: &Output) -> Self {
        let mut mark = [0; 32];
        mark.copy_from_slice(&confirmed[..32]);
        Self { day, number, mark }
    }

    /// The day whose key confirmed it.
    pub const fn day(&self) -> u32 {
        self.day
    }

    /// The bytes that its holder chose: it was used if these were.
    pub const fn number(&self) -> &[u8; 32] {
        &self.number
    }

    /// Whether a key confirmed it.
    pub fn is_of(&self, key: &Key) -> bool {
        let made = key.output(&Self::input(&self.number));
        made.is_ok_and(|made| made[..32].ct_eq(&self.mark).into())
    }

    /// As text.
    pub fn text(&self) -> String {
        hex::encode([&self.day.to_be_bytes()[..], &self.number, &self.mark].concat())
    }

    /// Reads one, if it looks like one.
    pub fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (day, rest) = bytes.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (mark, _) = rest.split_first_chunk()?;
        Some(Self { day: u32::from_be_bytes(*day), number: *number, mark: *mark })
    }
}
