//! A piece of evidence on a page of its own: what it is, what was seen, how much likelier that makes each
//! origin, what it excludes, what it could have shown, and how much hangs on it.

use certs::print::{Bar, Block, Section, Table, written::grouped};

use super::{
    label, text,
    words::{factor, instant},
};
use crate::{
    inquire::{Evidence, Finding},
    model::Origin,
    number::{exp, real},
};

/// An origin is excluded by a piece of evidence alone if it is so much less likely than the likeliest, in
/// powers of ten: what is called almost certain.
const EXCLUDED: f64 = 2.0;
/// A weight of so many powers of ten is a bar as long as there are.
const LONGEST: f64 = 6.0;

/// What a kind of evidence is, and what it cannot tell.
struct Method {
    name: &'static str,
    is: &'static str,
    cannot: &'static str,
}

const METHODS: [Method; 9] = [
    Method {
        name: "columns",
        is: "Which columns there are, typed by what they hold, and where each may come from. A column that only we have speaks for us, and so does a format that betrays how we keep it.",
        cannot: "Columns can be joined on and left out: they move a verdict a little and never make it.",
    },
    Method {
        name: "membership",
        is: "Whether the people of the records are registered here, against how many strangers would be found by chance.",
        cannot: "Whose list it is: most people of the country are registered, so any list of them overlaps.",
    },
    Method {
        name: "values",
        is: "How names, years, genders and documents agree with ours, letter for letter, by sound, or by a slip; and whether families that share a mobile here share it there.",
        cannot: "Which of two has copied from the other, where both spell as everybody does.",
    },
    Method {
        name: "numbers of ours and doses",
        is: "Reference numbers that only we give, and days of doses that only we recorded.",
        cannot: "Anything, where a record has neither; a certificate that its holder showed has both.",
    },
    Method {
        name: "versions",
        is: "Whether there is an instant at which we held all of these values together: a copy has those of one time, and who collected them elsewhere mostly what is right now.",
        cannot: "Anything, where nobody's details were ever changed, or older values are not kept.",
    },
    Method {
        name: "canaries",
        is: "Made-up people whom nobody else can have. One that was taken along with its neighbours says that the register itself was copied; many without neighbours were planted to frame us.",
        cannot: "Who looked people up one by one: such an account meets no made-up person. One whose list was not in the public log before the records were seen counts for nothing.",
    },
    Method {
        name: "marks",
        is: "A code in the last bit of a fraction of a second, of lists that we gave away, another one for each who got it.",
        cannot: "Anything, once the column that carries it is dropped.",
    },
    Method {
        name: "access coverage",
        is: "Which account or list could have produced these people at all: who had them open before the copy was made, against others who came to the same place in the same week.",
        cannot: "A copy of the database, which goes through no account; a read that passed the log by.",
    },
    Method {
        name: "fabrication",
        is: "Check digits, genders that do not go with names, series of mobiles, copies, mobiles a step apart: asked only of records of whom nobody is found.",
        cannot: "A careful forger, who knows of check digits.",
    },
];

/// The page.
pub(super) fn page(finding: &Finding, one: &Evidence) -> Section {
    let method = METHODS.iter().find(|method| method.name == one.name);
    let mut blocks = Vec::new();
    blocks.extend(method.map(|method| text(method.is)));
    let mut rows = vec![
        ("What was seen".to_owned(), sentence(&one.says)),
        (
            "Likelihood ratio, our register to another system".to_owned(),
            ratio(one.weights[Origin::Ours as usize]),
        ),
        ("What it excludes by itself".to_owned(), excluded(one)),
    ];
    let without = finding.without.iter().find(|(name, _)| *name == one.name);
    if let Some((_, probability)) = without {
        let said = format!(
            "without it, the answer on us stays with {probability:.4}; with it, {}",
            finding.sensitivity.first().map_or_else(String::new, |(_, all)| format!("{all:.4}"))
        );
        rows.push(("How much hangs on it".to_owned(), sentence(&said)));
    }
    rows.extend(power(finding, &one.name).map(|said| ("Its power".to_owned(), said)));
    rows.extend(method.map(|one| ("What it cannot tell".to_owned(), one.cannot.to_owned())));
    blocks.push(Block::Rows(rows));
    blocks.push(text("How much likelier each origin makes it than another system does:"));
    blocks.push(Block::Bars(bars(one)));
    match one.name.as_str() {
        "columns" => blocks.push(columns(finding)),
        "canaries" => blocks.extend(registry(finding)),
        _ => {}
    }
    Section { heading: heading(&one.name), on_new_page: true, blocks }
}

fn heading(name: &str) -> String {
    format!("Evidence: {name}")
}

/// Words with a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

fn ratio(tens: f64) -> String {
    // There is no minus nothing.
    let tens = if tens.abs() < 0.05 { 0.0 } else { tens };
    format!("{tens:+.1} powers of ten: {}.", factor(tens))
}

fn bars(one: &Evidence) -> Vec<Bar> {
    let each = Origin::ALL.iter().zip(one.weights);
    each.map(|(origin, weight)| {
        let part = (weight / LONGEST).clamp(-1.0, 1.0) * 100.0;
        #[expect(clippy::cast_possible_truncation, reason = "it is from -100 to 100")]
        let length = part.round() as i8;
        Bar { label: label(*origin), value: factor(weight), length }
    })
    .collect()
}

/// What a piece of evidence leaves out, were there no other.
fn excluded(one: &Evidence) -> String {
    let most = one.weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let out: Vec<_> = Origin::ALL
        .iter()
        .zip(one.weights)
        .filter(|(_, weight)| most - weight >= EXCLUDED)
        .map(|(origin, _)| label(*origin))
        .collect();
    if out.is_empty() {
        "Nothing: no origin is a hundred times less likely than another.".to_owned()
    } else {
        format!("Each a hundred times less likely than the likeliest, or more: {}.", out.join(", "))
    }
}

/// What a kind of evidence could have shown, by what there was to look at.
fn power(finding: &Finding, name: &str) -> Option<String> {
    let counts = finding.counts;
    Some(match name {
        "columns" => format!(
            "{} columns were typed; all of them together are bounded.",
            finding.columns.len()
        ),
        "membership" => format!(
            "{} of {} records compared can be looked up; of strangers {:.2} % would fit somebody by chance.",
            grouped(counts.testable),
            grouped(counts.compared),
            counts.chance * 100.0
        ),
        "values" => match finding.excluded {
            Some(share) => format!(
                "{} people were found whose values compare; with all evidence together, {:.0} % of ours would have shown.",
                grouped(counts.found),
                share * 100.0
            ),
            None => format!(
                "{} people were found whose values compare; no share of ours can be left out.",
                grouped(counts.found)
            ),
        },
        "versions" => {
            let telling = finding.dating.as_ref().map_or(0, |dating| dating.telling);
            format!("{} records are of people whose details changed.", grouped(telling))
        }
        "canaries" => canaries(finding),
        "access coverage" => format!(
            "{} accounts and lists are likely enough to be told; one that is innocent is named in at most one inquiry of a thousand.",
            finding.ranking.len()
        ),
        "fabrication" => {
            format!("{} records of nobody's were looked at.", grouped(finding.signs.records))
        }
        _ => return None,
    })
}

/// How many made-up people a copy of the register would have brought.
fn canaries(finding: &Finding) -> String {
    let Some(registry) = &finding.registry else {
        return "None are kept, or none that were in the public log before: it can show nothing."
            .to_owned();
    };
    let expected = registry.share * real(finding.counts.keyed);
    format!(
        "{} were in the public log before: of as many records of a copy, {expected:.2} would be among them, and none with a probability of {:.3}.",
        grouped(registry.people),
        exp(-expected)
    )
}

fn columns(finding: &Finding) -> Block {
    let rows = finding.columns.iter().map(|column| {
        let provenance = serde_json::to_value(column.provenance).unwrap_or_default();
        let provenance = provenance.as_str().unwrap_or_default().replace('-', " ");
        vec![column.place.to_string(), column.holds.clone(), provenance, column.remark.clone()]
    });
    let heads = [("column", 12), ("holds", 24), ("provenance", 24), ("remark", 40)];
    Block::Table(Table {
        heads: heads.iter().map(|(head, share)| ((*head).to_owned(), *share)).collect(),
        rows: rows.collect(),
    })
}

/// What the public log has of the lists of made-up people.
fn registry(finding: &Finding) -> Option<Block> {
    let registry = finding.registry.as_ref().filter(|registry| !registry.lists.is_empty())?;
    let rows = registry
        .lists
        .iter()
        .map(|list| vec![list.digest.clone(), list.leaf.to_string(), instant(list.committed_at)]);
    let heads = [("digest of the list", 56), ("leaf of the log", 16), ("committed at", 28)];
    Some(Block::Table(Table {
        heads: heads.iter().map(|(head, share)| ((*head).to_owned(), *share)).collect(),
        rows: rows.collect(),
    }))
}
