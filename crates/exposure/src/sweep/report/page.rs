//! The report on a page.

pub use certs::print::written::grouped;
use certs::print::{ReportPage, ReportPart};

use super::{Report, SIZES};
use crate::takedown::report::{CaseReport, words};

/// Draws it.
pub(super) fn draw(report: &Report) -> Vec<u8> {
    let state = if report.complete { "complete" } else { "not complete yet" };
    certs::print::report(&ReportPage {
        title: "Personal data in public documents",
        about: format!("Sweep {}, {state}, {}", report.turn, report.made_at.strftime("%d %B %Y")),
        parts: vec![
            totals(report),
            takedowns(report),
            kinds(report),
            sizes(report),
            sources(report),
            worst(report),
        ],
        foot: "A person who is in two documents counts twice. Parts of addresses that could name \
               somebody are replaced by signs. Nothing of what was found is repeated here.",
        made_at: report.made_at,
    })
}

fn totals(report: &Report) -> ReportPart {
    let rows = [
        ("Documents with personal data", report.exposed),
        ("People in them", report.people),
        ("Addresses looked at", report.addresses.saturating_sub(report.waiting)),
        ("Addresses still to be looked at", report.waiting),
        ("Different documents", report.documents),
        ("Pictures still to be read", report.pictures_unread),
    ];
    ReportPart {
        heading: "In short",
        rows: rows.into_iter().map(|(label, number)| (label.to_owned(), grouped(number))).collect(),
    }
}

fn takedowns(report: &Report) -> ReportPart {
    let row = |case: &CaseReport| {
        let (done, all) = (case.reached, CaseReport::STEPS.len());
        let state = words(case.standing);
        let addresses = grouped(case.addresses as u64);
        (case.case.clone(), format!("{state}; step {done} of {all}, {addresses} addresses"))
    };
    let rows = report.takedowns.iter().take(6).map(row).collect();
    ReportPart { heading: "What is being taken down", rows }
}

fn kinds(report: &Report) -> ReportPart {
    let mut kinds: Vec<_> = report.kinds.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(count.findings));
    let row = |(kind, count): &(&String, &super::KindCount)| {
        let name = kind.replace('_', " ");
        let text =
            format!("{} times in {} documents", grouped(count.findings), grouped(count.documents));
        (name, text)
    };
    ReportPart { heading: "What is in them", rows: kinds.iter().take(9).map(row).collect() }
}

fn sizes(report: &Report) -> ReportPart {
    let rows = SIZES.iter().filter_map(|(name, _)| {
        let count = report.sizes.get(name)?;
        Some((size(name), documents(*count)))
    });
    ReportPart { heading: "How many people are in one document", rows: rows.collect() }
}

fn sources(report: &Report) -> ReportPart {
    let row = |(source, count): (&&str, &u64)| (place(source).to_owned(), documents(*count));
    let rows = report.sources.iter().map(row);
    ReportPart { heading: "Where they were found", rows: rows.collect() }
}

fn worst(report: &Report) -> ReportPart {
    let rows =
        report.worst.iter().take(5).map(|worst| (people(worst.people), worst.address.clone()));
    ReportPart { heading: "The worst", rows: rows.collect() }
}

/// Where an address was met, in words.
pub(super) fn place(source: &str) -> &'static str {
    match source {
        "sitemap" => "In a sitemap",
        "listing" => "In an open folder",
        "link" => "Linked from a page",
        "bucket" => "In an open bucket",
        "csv" => "In a search engine's index",
        "cdn" => "In a CDN's cache",
        _ => "Named by the operator",
    }
}

/// How many people are in a document, in words.
pub(super) fn size(name: &str) -> String {
    if name == "1" { "1 person".to_owned() } else { format!("{name} people") }
}

pub(super) fn people(number: u64) -> String {
    counted(number, "person", "people")
}

pub(super) fn documents(number: u64) -> String {
    counted(number, "document", "documents")
}

fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_a_pdf_that_can_be_read() {
        let worst = super::super::Worst {
            address: "https://files.example/uploads/…a1b2c3.pdf".to_owned(),
            copies: 2,
            people: 41_000,
            kinds: vec!["aadhaar".to_owned()],
            sources: Vec::new(),
            score: 9.0,
        };
        let report =
            Report { turn: 3, people: 900_000, worst: vec![worst; 20], ..Report::default() };
        let mut none = |_: scan::extract::Picture<'_>| Err(scan::extract::Unread::NeedsOcr);
        let pdf = report.pdf();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let reading = crate::sweep::reading::read(&pdf, &mut none);
        assert_eq!((reading.people, reading.letters), (0, false), "{reading:?}");
        assert!(reading.near.0 != 0, "there is text in it");
    }
}
