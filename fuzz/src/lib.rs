//! The bodies of the fuzz targets, which the tests of the crates run too, for a few seconds.

#[path = "../../crates/scan/tests/texts/archive.rs"]
mod archive;
#[cfg(feature = "issue")]
#[path = "../../crates/certs/tests/decoders/main.rs"]
#[expect(dead_code, reason = "how many changes the short run makes is the tests'")]
mod decoders;
#[path = "../../crates/scan/tests/texts/document.rs"]
mod document;
#[path = "../../crates/ledger/tests/decoders.rs"]
mod ledger_decoders;
#[path = "../../crates/scan/tests/texts/packed.rs"]
mod packed;
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

/// Has text taken out of a document of bytes of any kind, and personal data looked for in it.
pub fn document(target: &str, data: &[u8]) {
    let target = document::TARGETS.iter().find(|known| known.name == target);
    (target.expect("a target that there is").decode)(data);
}

/// Has the ledger read bytes of any kind.
pub fn ledger(data: &[u8]) {
    ledger_decoders::decode(data);
}

/// The seeds of every target that was built: its name, and what it reads to its end.
pub fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut all = vec![("scan", text::seeds()), ("ledger", ledger_decoders::seeds())];
    all.extend(document::TARGETS.iter().map(|target| (target.name, (target.seeds)())));
    #[cfg(feature = "issue")]
    all.extend(decoders::TARGETS.iter().map(|target| (target.name, (target.seeds)())));
    #[cfg(all(feature = "issue", feature = "portable"))]
    all.push(("pages", seeds::seeds()));
    all
}
