//! A transparency log in C2SP's formats: leaves that commit and do not tell, checkpoints, tiles,
//! proofs, an auditor and a witness. Knows no clock, no randomness, no network and no database:
//! time, salts and keys come in as arguments, and what is kept goes through one small trait.

pub mod auditor;
pub mod checkpoint;
pub mod directory;
pub mod heads;
pub mod leaf;
pub mod log;
pub mod merkle;
pub mod note;
pub mod source;
pub mod tiles;
pub mod witness;
pub mod witnessed;

#[cfg(test)]
mod fixture;
