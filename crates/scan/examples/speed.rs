//! How fast the scanner is, in MB for each second of one processor, on text with hardly anything in
//! it and on text that is full of people: `cargo run --release -p scan --example speed`.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::time::Duration;

use scan::Options;

/// Bytes of each text.
const LENGTH: usize = 64 << 20;

fn main() {
    let sorts = |wanted: &'static [&'static str]| {
        let mut text = String::with_capacity(LENGTH + 65_536);
        let mut documents = corpus::documents(5)
            .filter(|document| wanted.is_empty() || wanted.contains(&document.sort));
        let part: Vec<_> = documents.by_ref().take(400).map(|document| document.text).collect();
        for document in part.iter().cycle() {
            text.push_str(document);
            text.push('\n');
            if text.len() >= LENGTH {
                break;
            }
        }
        text
    };
    let words = "The committee met in the afternoon and was told that work goes on as it should; \
                 minutes were read, and nobody spoke against them.\n";
    measure("sparse: words, a number in forty lines", &{
        let part = format!("{}Sanctioned vide No. 4471 of 14/09/2021.\n", words.repeat(40));
        part.repeat(LENGTH / part.len())
    });
    measure("dense: lists of beneficiaries", &sorts(&["beneficiary list"]));
    measure("dense: every sort of document", &sorts(&[]));
    measure(
        "numbers of nobody: logs, budgets, tables",
        &sorts(&["server log", "budget", "scientific table"]),
    );
}

fn measure(what: &str, text: &str) {
    let mut found = 0;
    scan::text(&text[..text.floor_char_boundary(1 << 20)], &Options::default());
    let begun = processor();
    scan::each(text, &Options::default(), &mut |_, record| found += record.len());
    let took = processor().saturating_sub(begun);
    #[expect(clippy::cast_precision_loss, reason = "a length of some millions")]
    let speed = text.len() as f64 / 1e6 / took.as_secs_f64();
    println!("{what:<44}{speed:>8.0} MB/s{found:>10} findings");
}

/// How long this process has been on a processor: neighbours do not count.
fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds = told.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}
