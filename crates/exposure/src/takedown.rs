//! Makes documents that were public gone, step by step, and proves it.
//!
//! What is gone stays gone in this order: origin and edges answer 410, then the caches forget, then
//! every edge is asked, then sitemaps and search engines learn of it, then a sample shows that they
//! did, then a watch looks for the same bytes elsewhere. Two people decide, each step is an entry of
//! a log that others can check, and a step that is done twice does no harm.

pub mod address;
pub mod budget;
pub mod case;
pub mod contain;
pub mod decisions;
pub mod edge;
pub mod engine;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod order;
pub mod probe;
pub mod purge;
pub mod report;
pub mod robots;
pub mod sample;
pub mod setup;
pub mod sign;
pub mod sitemap;
pub mod stage;
pub mod submit;
pub mod variant;
pub mod verify;
pub mod view;
pub mod watch;
pub mod world;

use crate::exposed::Digest;

/// SHA-256 as 64 hexadecimal digits.
fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
