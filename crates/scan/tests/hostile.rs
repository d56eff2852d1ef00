//! Texts that are made to cost much: the time of each byte does not grow with the length of a text.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use scan::Options;

/// What comes again and again, each in a text of its own.
const PARTS: &[&str] = &[
    "1",
    "1 ",
    "1-",
    "12 ",
    "9829011223 ",
    "9829011223,",
    "XXXX ",
    "*1",
    "a1",
    "RJ 14 ",
    "x x x 1 ",
    "@",
    "a@",
    "98290@b.in ",
    ":",
    "a:",
    "Name: ",
    "name ",
    "das ",
    "Ram Das, 9829011223 ",
    "m f ",
    "positive ",
    "dr. ",
    "Address: 1 Gali, ",
    "110001 ",
    "PIN 110001, Goa ",
    "PIN: 110001, 110002\n",
    "Address: a b c d, 110001\n",
    "Mobile: 98290@b.in 98290@b.in\n",
    "s/o ",
    "Asha Devi s/o ",
    "\"",
    "\"a\": ",
    "{\"a\":1},",
    "{\"a\": {",
    "\"mobile\": \"9829011223\",\n",
    "\"a\": {\n",
    "}\n",
    "\"m\": {\"e\": \"98290@b.in 98290@b.in\",\n",
    ",",
    "9829011223|",
    "a,1234567\n",
    "Name,Mobile\nAsha,9829011223\n",
    "Name,Mobile,Age\nAsha,9829011223,45\nx\n",
    "मोबाइल ",
    "नाम: आशा ९८२९०११२२३ ",
    "९",
    "\u{200b}1",
    "(98290) ",
    "committee met 4471 of 14/09/2021.\n",
    "a small word of prose, and 9829011223 in it\n",
];

#[test]
fn a_byte_costs_the_same_in_a_long_text() {
    const SHORT: usize = 24 << 10;
    const TIMES: usize = 8;
    for part in PARTS {
        for line in ["", "Mobile: 9829011223, "] {
            // Lines as long as a record may be, or one line that has no end.
            let unit = format!("{line}{}", part.repeat(4000 / part.len()));
            let short = unit.repeat(SHORT / unit.len());
            let long = short.repeat(TIMES);
            // A neighbour on the same processor makes one of three longer, and not all.
            let even = (0..3).any(|_| {
                let grown = spent(&long).as_secs_f64() / spent(&short).max(TICK).as_secs_f64();
                grown < 2.5 * 8.0
            });
            assert!(even, "{part:?} behind {line:?} takes more for each byte of a long text");
        }
    }
}

/// The kernel counts no shorter times.
const TICK: Duration = Duration::from_millis(8);

/// How long this thread was on a processor to read a text.
fn spent(text: &str) -> Duration {
    let begun = processor();
    scan::each(text, &Options { least_confidence: 0, impersonal: true }, &mut |_, _| ());
    processor().saturating_sub(begun)
}

fn processor() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("it runs forward")
}
