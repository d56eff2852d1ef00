//! How many megabytes a second are read on one core: `cargo run --release -p scan --example
//! throughput`.

#![expect(clippy::print_stdout, reason = "an example that says what it measured")]

use std::time::Instant;

use scan::Options;

/// Documents of the corpus that its test reads, over and over.
const DOCUMENTS: &[(&str, &str)] = &[
    ("tender without people", include_str!("../tests/nobody/tender.txt")),
    ("scientific table", include_str!("../tests/nobody/science.tsv")),
    ("laboratory list", include_str!("../tests/people/laboratory.csv")),
    ("Hindi list", include_str!("../tests/people/hindi.csv")),
];

/// Length of what is read, in bytes.
const LENGTH: usize = 1 << 26;

fn main() {
    for (name, document) in DOCUMENTS {
        let text = document.repeat(LENGTH / document.len());
        let begun = Instant::now();
        let mut findings = 0;
        scan::each(&text, &Options::default(), &mut |_, record| findings += record.len());
        let seconds = begun.elapsed().as_secs_f64();
        let megabytes = text.len() / 1_000_000;
        let rate = f64::from(u32::try_from(megabytes).unwrap_or(u32::MAX)) / seconds;
        println!("{name}: {megabytes} MB, {findings} findings, {rate:.0} MB/s");
    }
}
