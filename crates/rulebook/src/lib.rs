//! Proofs about the policy of openings, which stands as text in `crates/app/policy`. All of it is
//! tests: nothing uses this crate.
