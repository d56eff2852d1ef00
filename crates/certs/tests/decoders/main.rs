//! Every decoder of bytes from outside, with what nobody in their right mind wrote: the bodies of
//! the fuzz targets in `fuzz/`, and here a short run of each over its seeds and changes of them.
//!
//! What stands behind a signature is signed anew after each change, so that the decoders there are
//! reached too.

#![expect(clippy::unwrap_used, reason = "what is made here can be made")]

mod divoc;
mod files;
mod ground;
mod hcert;
mod keys;
#[cfg(test)]
mod mutate;
mod sd_jwt;
mod shc;
mod trust;
mod vc;
mod vds;

/// A decoder, or several that read the same.
pub(crate) struct Target {
    /// What its fuzz target is called.
    pub(crate) name: &'static str,
    /// Reads bytes of any kind, the first of which says how the others are wrapped; gives whether
    /// they were what is read there.
    pub(crate) decode: fn(&[u8]) -> bool,
    /// What is read to its end.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// How many changes the short run makes, by how long one takes.
    pub(crate) changes: u64,
}

/// All but the browser's, which has other features: see `crates/verifier/tests/pages`.
pub(crate) const TARGETS: [Target; 9] = [
    Target { name: "hcert", decode: hcert::decode, seeds: hcert::seeds, changes: 800 },
    Target { name: "shc", decode: shc::decode, seeds: shc::seeds, changes: 800 },
    Target { name: "divoc", decode: divoc::decode, seeds: divoc::seeds, changes: 150 },
    Target { name: "vds", decode: vds::decode, seeds: vds::seeds, changes: 600 },
    Target { name: "vc", decode: vc::decode, seeds: vc::seeds, changes: 150 },
    Target { name: "sd_jwt", decode: sd_jwt::decode, seeds: sd_jwt::seeds, changes: 400 },
    Target { name: "trust", decode: trust::decode, seeds: trust::seeds, changes: 200 },
    Target { name: "keys", decode: keys::decode, seeds: keys::seeds, changes: 400 },
    Target { name: "files", decode: files::decode, seeds: files::seeds, changes: 120 },
];

/// The target of a name.
pub(crate) fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

#[cfg(test)]
#[test]
fn every_decoder_reads_its_seeds_and_answers_whatever_becomes_of_them() {
    std::thread::scope(|threads| {
        for target in &TARGETS {
            threads.spawn(|| mutate::run(target.decode, &(target.seeds)(), target.changes));
        }
    });
}

#[cfg(test)]
#[test]
fn each_target_is_in_the_folder_of_fuzz_targets() {
    let manifest = include_str!("../../../../fuzz/Cargo.toml");
    for target in &TARGETS {
        assert!(manifest.contains(&format!("name = \"{}\"\n", target.name)), "{}", target.name);
        assert!(std::ptr::eq(self::target(target.name), target));
    }
}
