//! Asking whether somebody is in a list, so that who holds the list does not learn of whom, and who asks
//! learns of nobody else: a verifiable oblivious pseudorandom function, one-use questions that cannot be
//! traced to who was given them, and lists laid out by what the function makes of their numbers. Pure:
//! randomness comes in as bytes.
//!
//! # Source
//!
//! RFC 9497 with ristretto255 and SHA-512, mode VOPRF; the questions are made as the privately verifiable
//! tokens of RFC 9578 are, under this suite and without its framing.

pub mod function;
mod given;
pub mod list;
pub mod number;
pub mod question;
