//! What only the report in full has: each piece of evidence on a page of its own, the assumptions and
//! how much they matter, whom to look at first, and what was counted.

use certs::print::{Block, Section, Table, written::grouped};

use super::{evidence, section, text, words::factor};
use crate::{
    inquire::{Counts, Finding},
    model::Origin,
};

/// The sections, in order.
pub(super) fn sections(finding: &Finding) -> Vec<Section> {
    let mut all = vec![in_short(finding)];
    all.extend(finding.evidence.iter().map(|one| evidence::page(finding, one)));
    all.extend(ranking(finding));
    all.push(sensitivity(finding));
    all.push(counts(finding.counts));
    all
}

fn heads(heads: &[(&str, u8)]) -> Vec<(String, u8)> {
    heads.iter().map(|(head, share)| ((*head).to_owned(), *share)).collect()
}

fn in_short(finding: &Finding) -> Section {
    let rows = finding.evidence.iter().map(|one| {
        let ours = one.weights[Origin::Ours as usize];
        vec![one.name.clone(), factor(ours), one.says.clone()]
    });
    let table = Table {
        heads: heads(&[
            ("evidence", 22),
            ("ours, beside another system", 26),
            ("what was seen", 52),
        ]),
        rows: rows.collect(),
    };
    let said = "Each piece of evidence makes each origin more or less likely. How much, stands on a page for each; here it is for our register beside another system about the same people. The pieces are not multiplied as they stand here: origins have settings and may be mixed, and the verdict weighs all of it at once.";
    Section {
        heading: "The evidence in short".to_owned(),
        on_new_page: true,
        blocks: vec![text(said), Block::Table(table)],
    }
}

/// Where to look first. It goes into no statement.
fn ranking(finding: &Finding) -> Option<Section> {
    if finding.ranking.is_empty() {
        return None;
    }
    let rows = finding.ranking.iter().map(|one| {
        vec![
            one.what.clone(),
            one.rank.to_string(),
            format!("{:.4}", one.probability),
            grouped(one.through),
        ]
    });
    let table = Table {
        heads: heads(&[
            ("account or list", 46),
            ("rank", 10),
            ("probability", 16),
            ("people found who went through it", 28),
        ]),
        rows: rows.collect(),
    };
    let blocks = vec![
        text(
            "This is where to look first, and accuses nobody: somebody stands first in every such table, and a copy of the database went through none of these. Those of one rank cannot be told apart. The probability is that of each, if it was any account or list at all.",
        ),
        Block::Table(table),
    ];
    Some(Section {
        heading: "Through whose hands they could have gone".to_owned(),
        on_new_page: true,
        blocks,
    })
}

fn sensitivity(finding: &Finding) -> Section {
    let table = |head: &str, rows: &[(String, f64)]| {
        Block::Table(Table {
            heads: heads(&[(head, 70), ("the answer on us stays with", 30)]),
            rows: rows
                .iter()
                .map(|(words, probability)| vec![words.clone(), format!("{probability:.4}")])
                .collect(),
        })
    };
    let mut blocks = vec![
        text(
            "The answer on us is whether any of the records left our hands. How likely that answer stays if the assumptions are stretched:",
        ),
        table("assumptions", &finding.sensitivity),
    ];
    if !finding.without.is_empty() {
        blocks.push(text("How likely it stays if a piece of evidence is left out:"));
        blocks.push(table("without", &finding.without));
    }
    Section { heading: "How much it depends on".to_owned(), on_new_page: true, blocks }
}

fn counts(counts: Counts) -> Section {
    let rows = [
        ("Records shown", counts.rows),
        ("With a mobile or a number of ours", counts.keyed),
        ("Under which somebody is found", counts.hits),
        ("Compared in full", counts.compared),
        ("Of those, with something to look them up under", counts.testable),
        ("Of those, about somebody of the register", counts.found),
        ("People whose records were opened", counts.opened),
        ("Made-up people of ours among them", counts.canaries),
        ("Parts with other text", counts.other_parts),
        ("Parts that were not read", counts.unread),
        ("People in the register", counts.register),
    ];
    let rows = rows.map(|(label, number)| (label.to_owned(), grouped(number)));
    section("What was counted", vec![Block::Rows(rows.into())])
}
