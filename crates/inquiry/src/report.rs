//! What is said of a finding: in plain words to who asked, in full to who checks, and in public. Each is
//! a paper of which text, page and print are made, from the finding and nothing else. The statement for
//! the public names nobody, no account and no facility.

mod evidence;
mod full;
mod html;
mod markdown;
mod words;

use std::fmt::Write;

use certs::print::{Block, Paper, Section, written::grouped};
use jiff::Timestamp;

use crate::{
    claim::Claim,
    copied::Copied,
    inquire::{Finding, Path},
    model::Origin,
    verdict::Verdict,
};
pub use words::sentence;
use words::{one_of, origin};

/// What stands at the head of a case.
#[derive(Clone, Debug)]
pub struct Head {
    /// The digest of what was shown, SHA-256 in hex.
    pub evidence: String,
    /// When it was first seen.
    pub seen_at: Timestamp,
    /// Who inquires, as certificates name the issuer.
    pub issuer: String,
}

impl Head {
    /// When it was first seen, for people.
    fn seen(&self) -> String {
        self.seen_at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string()
    }

    fn paper(&self, title: &str, foot: &str, sections: Vec<Section>) -> Paper {
        Paper {
            title: title.to_owned(),
            about: format!("By {}, on data first seen by us on {}", self.issuer, self.seen()),
            sections,
            foot: foot.to_owned(),
            made_at: self.seen_at,
        }
    }
}

/// What is said of a finding, as files: their names, and their bytes. The same finding is the same bytes.
pub fn files(head: &Head, finding: &Finding, claim: Option<&Claim>) -> Vec<(String, Vec<u8>)> {
    let papers = [
        ("verdict", verdict(head, finding, claim)),
        ("report", report(head, finding, claim)),
        (STATEMENT, statement(head, finding)),
    ];
    let forms = papers.iter().flat_map(|(name, paper)| {
        [
            (format!("{name}.md"), markdown::write(paper).into_bytes()),
            (format!("{name}.html"), html::write(paper).into_bytes()),
            (format!("{name}.pdf"), certs::print::paper(paper)),
        ]
    });
    forms.collect()
}

/// What the files of the statement are called, without their ends.
pub const STATEMENT: &str = "statement";

/// The statement for the public as text.
pub fn statement_text(head: &Head, finding: &Finding) -> String {
    markdown::write(&statement(head, finding))
}

fn section(heading: &str, blocks: Vec<Block>) -> Section {
    Section { heading: heading.to_owned(), on_new_page: false, blocks }
}

fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}

/// The statement for the public.
///
/// # Privacy
///
/// Holds no personal data, and names no account, facility or partner.
fn statement(head: &Head, finding: &Finding) -> Paper {
    let mut first = vec![Block::Lead(sentence(&finding.verdict))];
    if finding.held.is_empty() {
        first.push(text(format!(
            "This is {} (probability {:.4}), and stays so under every assumption that we tried.",
            finding.scale.as_str(),
            finding.probability
        )));
    }
    let counts = finding.counts;
    let mut compared = vec![text(format!(
        "We were shown {} records. We compared {} of them in full with our register of {} people; {} are about people who are registered.",
        grouped(counts.rows),
        grouped(counts.compared),
        grouped(counts.register),
        grouped(counts.found)
    ))];
    compared.push(text(
        "That somebody is registered says little, as most people are: what decides are values that only we could have.",
    ));
    compared.extend(not_read(finding));
    compared.extend(shares(finding));
    compared.extend(reasons(finding));
    compared.extend(power(finding));
    let rest = vec![
        text(
            "That a list has columns which we do not collect, or lacks some that we do, decided nothing: columns can be joined on and left out.",
        ),
        text(format!(
            "To compare, we opened the records of {} people; each of them can see that in their list of accesses.",
            grouped(counts.opened)
        )),
        text(
            "What this cannot tell: copies that were made past the register and changed in every value.",
        ),
    ];
    let again = vec![
        text(
            "Whoever has access to the same register can derive this finding again, bit for bit, from the evidence.",
        ),
        Block::Rows(vec![("SHA-256 of the evidence".to_owned(), head.evidence.clone())]),
    ];
    let foot = "It holds no personal data, and names no account, facility or partner.";
    let sections = vec![
        section("", first),
        section("What was compared", compared),
        section("What decided nothing, and what cannot be told", rest),
        section("How it can be checked", again),
    ];
    head.paper("Statement on an alleged leak", foot, sections)
}

fn shares(finding: &Finding) -> Option<Block> {
    if !matches!(finding.verdict, Verdict::Mixture { .. }) {
        return None;
    }
    let each = Origin::ALL.iter().zip(finding.shares).filter(|(_, share)| *share >= 0.01);
    let each: Vec<_> =
        each.map(|(one, share)| format!("{:.0} % {}", share * 100.0, origin(*one))).collect();
    Some(text(format!("Shares, as estimated: {}.", each.join(", "))))
}

fn not_read(finding: &Finding) -> Option<Block> {
    (!finding.not_read.is_empty()).then(|| {
        text(format!(
            "Parts that were not read: {} ({}). Nothing is said of them.",
            finding.counts.unread,
            finding.not_read.join(", ")
        ))
    })
}

/// How small a share of ours would have shown: the power of the comparison.
fn power(finding: &Finding) -> Option<Block> {
    if finding.verdict.is_from_us() == Some(true) {
        return None;
    }
    Some(match finding.excluded {
        Some(share) => text(format!(
            "Power: if {:.0} % of the records or more were from us, it would have shown; a smaller part cannot be left out.",
            share * 100.0
        )),
        None => text(
            "Power: what was shown is too little, or too much like ours, to leave out any share of records from us.",
        ),
    })
}

fn reasons(finding: &Finding) -> Vec<Block> {
    let each = finding.held.iter();
    each.map(|reason| text(format!("Why no verdict is given: {}.", reason.as_str()))).collect()
}

/// The verdict in plain words, for who asked.
fn verdict(head: &Head, finding: &Finding, claim: Option<&Claim>) -> Paper {
    let foot = "It is for who asked: it may name an account or a list, which a statement for the public does not.";
    head.paper("Verdict", foot, plain(head, finding, claim))
}

fn plain(head: &Head, finding: &Finding, claim: Option<&Claim>) -> Vec<Section> {
    let mut sure =
        vec![text(format!("Probability {:.4}: {}.", finding.probability, finding.scale.as_str()))];
    sure.extend(not_read(finding));
    sure.extend(shares(finding));
    sure.extend(reasons(finding));
    sure.extend(power(finding));
    let mut sections = vec![
        section("", vec![Block::Lead(sentence(&finding.verdict))]),
        section("How sure that is", sure),
    ];
    sections.extend(finding.path.as_ref().map(way_out));
    sections.extend(when(finding).map(|said| section("When the copy was made", said)));
    if let Some(claim) = claim {
        let said = format!("The claim by itself: {}.", claim.standing.as_str());
        sections.push(section("What is claimed", vec![text(said)]));
    }
    let rows =
        vec![("SHA-256".to_owned(), head.evidence.clone()), ("First seen".to_owned(), head.seen())];
    sections.push(section("The evidence", vec![Block::Rows(rows)]));
    sections
}

fn way_out(path: &Path) -> Section {
    let said = if path.named {
        "The way out was"
    } else {
        "The likeliest way out, which is not proven, was"
    };
    let mut blocks = vec![text(format!(
        "{said}: {} (probability {:.4} among those like it; an innocent one would have as much against it in at most {} of all inquiries).",
        path.what, path.probability, path.false_accusations
    ))];
    if !path.ties.is_empty() {
        blocks.push(text(format!(
            "These explain nearly as much, and none of them is accused: {}.",
            path.ties.join(", ")
        )));
    }
    section("How they got out", blocks)
}

/// When the copy was made, as far as that is told.
fn when(finding: &Finding) -> Option<Vec<Block>> {
    let mut said = Vec::new();
    if let Some(dating) = finding.dating.as_ref().filter(|dating| dating.telling > 0) {
        let until = dating.until.map_or_else(|| "now".to_owned(), words::instant);
        said.push(text(format!(
            "The values are those that were held between {} and {until} ({} of {} records that can tell fit).",
            words::instant(dating.from),
            grouped(dating.fitting),
            grouped(dating.telling)
        )));
    }
    if let Some(copied) = finding.copied.as_ref().filter(|_| !finding.verdict.is_of_strangers()) {
        said.extend(rows_of(copied));
    }
    (!said.is_empty()).then_some(said)
}

/// When a copy was made, by its rows.
fn rows_of(copied: &Copied) -> Vec<Block> {
    if copied.torn {
        return vec![text(
            "By who is in it and who is not, it is of no one instant: it was put together from more than one copy, or changed.",
        )];
    }
    let until = copied.until.map_or_else(
        || "no row is missing that a later copy would have".to_owned(),
        |until| {
            let by = if copied.by_missing {
                "from then on it would be rare that nobody newer is in it, unless the newest were left out"
            } else {
                "from then on a row of it would be another one, or gone"
            };
            format!("and before {}: {by}", words::instant(until))
        },
    );
    let mut said = format!(
        "If it is a copy of our rows, it was made after {}, when the last row of it was; {until}.",
        words::instant(copied.from)
    );
    if copied.undosed > 0 {
        let _ = write!(
            said,
            " {} records lack a dose that was put on record later.",
            grouped(copied.undosed)
        );
    }
    if copied.gone > 0 {
        let _ = write!(
            said,
            " {} reference numbers are of people who are in the register no more: nobody else has these.",
            grouped(copied.gone)
        );
    }
    vec![text(said)]
}

/// The report in full.
fn report(head: &Head, finding: &Finding, claim: Option<&Claim>) -> Paper {
    let foot = "Likelihood ratios are beside another system about the same people. No piece of evidence decides by itself; nobody is cleared by columns alone, and nobody accused by overlap alone.";
    let mut sections = plain(head, finding, claim);
    sections.extend(full::sections(finding));
    head.paper("Report on an alleged leak", foot, sections)
}

/// A label with what an origin is, for rows and bars.
fn label(of: Origin) -> String {
    one_of(of).to_owned()
}
