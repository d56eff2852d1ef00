//! The body of a request to cosign.

use crate::{
    checkpoint::decimal,
    merkle::{Hash, MOST_PROOF},
    note::MOST_BYTES,
};

/// The most bytes of a request: a line of at most 25 letters, 63 hashes of 45, an empty line, and a
/// note.
pub const MOST_BODY: usize = 25 + MOST_PROOF * 45 + 1 + MOST_BYTES;

/// A log asks a witness to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The size of the checkpoint that the witness cosigned last.
    pub old: u64,
    /// That the new tree begins with that one.
    pub proof: Vec<Hash>,
    /// The new checkpoint, as it was sent.
    pub checkpoint: Vec<u8>,
}

impl Request {
    /// Reads a body; none if it has not the form of one.
    ///
    /// # Shape
    ///
    /// `old ` and the size in decimal, up to 63 lines with a hash in base64 each, an empty line, the
    /// checkpoint.
    pub fn parse(body: &[u8]) -> Option<Self> {
        if body.len() > MOST_BODY {
            return None;
        }
        let end = body.windows(2).position(|pair| pair == b"\n\n")?;
        let mut lines = str::from_utf8(&body[..end]).ok()?.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof = lines.map(Hash::from_base64).collect::<Option<Vec<_>>>()?;
        let checkpoint = body[end + 2..].to_vec();
        (proof.len() <= MOST_PROOF).then_some(Self { old, proof, checkpoint })
    }

    /// The body.
    pub fn to_body(&self) -> Vec<u8> {
        let mut body = format!("old {}\n", self.old).into_bytes();
        for hash in &self.proof {
            body.extend(hash.to_base64().as_bytes());
            body.push(b'\n');
        }
        body.push(b'\n');
        body.extend(&self.checkpoint);
        body
    }
}
