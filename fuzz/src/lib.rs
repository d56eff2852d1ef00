//! The bodies of the fuzz targets, which the tests of the crates run too, for a few seconds.

#![cfg_attr(
    not(all(feature = "issue", feature = "portable")),
    expect(dead_code, reason = "only who writes the seeds needs those of all targets")
)]

#[cfg(feature = "issue")]
#[path = "../../crates/certs/tests/decoders/main.rs"]
mod decoders;
#[path = "../../crates/ledger/tests/decoders.rs"]
mod ledger_decoders;
#[cfg(feature = "portable")]
#[path = "../../crates/verifier/tests/pages/page.rs"]
mod page;
#[cfg(all(feature = "issue", feature = "portable"))]
#[path = "../../crates/verifier/tests/pages/seeds.rs"]
mod seeds;
#[path = "../../crates/scan/tests/texts/text.rs"]
mod text;

/// Has a decoder read bytes of any kind.
#[cfg(feature = "issue")]
pub fn decode(target: &str, data: &[u8]) {
    (decoders::target(target).decode)(data);
}

/// Has the verifier of the browser read bytes of any kind.
#[cfg(feature = "portable")]
pub fn page(data: &[u8]) {
    page::decode(data);
}

/// Has personal data looked for in a text of bytes of any kind.
pub fn scan(data: &[u8]) {
    text::decode(data);
}

/// Has the ledger read bytes of any kind.
pub fn ledger(data: &[u8]) {
    ledger_decoders::decode(data);
}

/// The seeds of every target: its name, and what it reads to its end.
#[cfg(all(feature = "issue", feature = "portable"))]
pub fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut all: Vec<_> =
        decoders::TARGETS.iter().map(|target| (target.name, (target.seeds)())).collect();
    all.push(("pages", seeds::seeds()));
    all.push(("scan", text::seeds()));
    all.push(("ledger", ledger_decoders::seeds()));
    all
}
