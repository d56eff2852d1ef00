//! The verifier in the browser: certificates in, answers out, and nothing goes anywhere.
//!
//! It is WebAssembly without imports: it can reach no network, no clock and no memory but its own.
//! The page hands bytes in and takes bytes out four at a time, so that neither side needs a pointer
//! into the other.
//!
//! # Shape
//!
//! `begin(length)`, then `push(word)` for each four bytes, least significant first; then one of
//! `set_trust()`, `check_file(now)`, `check_picture(width, now)`, which give the length of the
//! answer; then `pull(place)` for each four bytes of it. Answers are JSON.

use std::cell::RefCell;

use certs::{
    read::{self, Payload},
    signature::PublicKey,
    trust::{Trust, bundle::Bundle},
    verdict::told,
    verify::verify,
};
use serde_json::{Value, json};

pub mod exports;
mod numbers;

/// What the page and the verifier hand to each other, and what is trusted.
#[derive(Default)]
struct State {
    input: Vec<u8>,
    length: usize,
    output: Vec<u8>,
    trust: Trust,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

impl State {
    /// Begins an input of a length.
    fn begin(&mut self, length: usize) {
        self.input.clear();
        self.length = length.min(read::MOST_BYTES);
        self.input.reserve(self.length + 3);
    }

    /// The next four bytes; what is beyond the length is dropped.
    fn push(&mut self, word: u32) {
        if self.input.len() < self.length {
            self.input.extend(word.to_le_bytes());
        }
    }

    /// The input, which is used up.
    fn take(&mut self) -> Vec<u8> {
        let mut input = std::mem::take(&mut self.input);
        input.truncate(self.length);
        input
    }

    /// Makes an answer ready; gives its length.
    fn answer(&mut self, answer: &Value) -> usize {
        self.output = answer.to_string().into_bytes();
        self.output.len()
    }

    /// Four bytes of the answer; zeros beyond its end.
    fn pull(&self, place: usize) -> u32 {
        let byte = |ahead: usize| {
            let at = place.checked_add(ahead);
            at.and_then(|at| self.output.get(at)).copied().unwrap_or(0)
        };
        u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
    }

    /// Takes a trust bundle: the anchor's key as JSON Web Key in the first line, then the bundle.
    fn set_trust(&mut self) -> usize {
        let input = self.take();
        let answer = match trust_of(&input) {
            Ok(bundle) => {
                self.trust = bundle.trust;
                json!({ "issued_at": bundle.issued_at, "valid_until": bundle.valid_until })
            }
            Err(why) => json!({ "error": why }),
        };
        self.answer(&answer)
    }

    /// Checks the certificates in a file, at an instant in seconds since 1970.
    fn check_file(&mut self, now: i64) -> usize {
        let payloads = read::payloads(&self.take());
        self.check(&payloads, now)
    }

    /// Checks the certificates in a picture in shades of grey.
    fn check_picture(&mut self, width: usize, now: i64) -> usize {
        let pixels = self.take();
        let payloads = read::payloads_of_picture(width, pixels);
        self.check(&payloads, now)
    }

    fn check(&mut self, payloads: &[Payload], now: i64) -> usize {
        let told = |payload| told::json(&verify(payload, &self.trust, now), true);
        let answer: Value = payloads.iter().map(told).collect();
        self.answer(&answer)
    }
}

fn trust_of(input: &[u8]) -> Result<Bundle, String> {
    let text = std::str::from_utf8(input).map_err(|_| "the trust bundle is not text")?;
    let (anchor, bundle) = text.split_once('\n').ok_or("the trust bundle has no anchor")?;
    let anchor: Value =
        serde_json::from_str(anchor).map_err(|_| "the anchor is not a JSON Web Key")?;
    let anchor = PublicKey::from_jwk(&anchor).map_err(|why| why.to_string())?;
    Bundle::read(bundle, &anchor).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests;
