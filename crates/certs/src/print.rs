//! Certificates and appointment slips as PDF: one A4 page, made without a browser.

mod certificate;
mod code;
pub mod language;
mod paper;
mod report;
mod sheet;
mod slip;
mod text;
mod tree;
mod words;
pub mod written;

use jiff::{Timestamp, civil::Date};

use self::language::Language;
use crate::{
    read::Payload,
    vaccination::{Born, Gender},
};

/// What stands on a certificate.
///
/// # Privacy
///
/// Holds a person's details: for them. So it has no Debug.
pub struct CertificatePage<'a> {
    /// The resident's language: the page is in it and in English. An international one is in
    /// English only.
    pub language: Language,
    /// For whom it is.
    pub variant: Variant,
    /// The signed codes, the main one first. Of more than two, the first two are printed.
    pub codes: Vec<Code<'a>>,
    /// Name.
    pub name: &'a str,
    /// When the person was born, as far as it is known.
    pub born: Born,
    /// Gender.
    pub gender: Gender,
    /// The document that was shown, with its number masked.
    pub document: String,
    /// Number of the passport that an international one goes with.
    pub passport: Option<&'a str>,
    /// Parent or guardian, named on an international one.
    pub guardian: Option<&'a str>,
    /// Reference number.
    pub reference: String,
    /// Unique certificate identifier.
    pub uvci: &'a str,
    /// Vaccine.
    pub vaccine: &'a str,
    /// Doses, in order: number, date, lot.
    pub doses: Vec<(u8, Date, String)>,
    /// How many complete the series.
    pub doses_total: u8,
    /// From when on the next dose may be given, if one is to come.
    pub next_due: Option<Date>,
    /// Who gave the last one.
    pub vaccinator: &'a str,
    /// Where the last one was given.
    pub facility: String,
    /// Who certifies.
    pub issuer: &'a str,
    /// Whom to call.
    pub helpline: Option<&'a str>,
    /// When it was signed.
    pub issued_at: Timestamp,
}

/// For whom a certificate is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// For the resident's own country: the name as its person writes it.
    #[default]
    Domestic,
    /// For travel: in English, with the name in the letters of a passport.
    International,
}

/// A signed code.
///
/// # Privacy
///
/// Tells what the certificate tells: for its person. So it has no Debug.
pub struct Code<'a> {
    /// What the QR code holds.
    pub payload: Payload,
    /// What it is called, to tell it from another.
    pub caption: &'a str,
}

/// What stands on an appointment slip.
///
/// # Privacy
///
/// Holds names and codes: for the people of the appointment. So it has no Debug.
pub struct SlipPage<'a> {
    /// Facility and its address.
    pub facility: &'a str,
    /// Where it is.
    pub address: String,
    /// Which day.
    pub on: Date,
    /// Which slot.
    pub slot: String,
    /// What is given.
    pub vaccine: &'a str,
    /// Which dose.
    pub dose_number: u8,
    /// The four-digit code.
    pub security_code: String,
    /// Who comes: name and reference number.
    pub people: Vec<(String, String)>,
    /// The appointment's id.
    pub appointment: String,
    /// When the slip was asked for.
    pub made_at: Timestamp,
}

/// What stands in a report: rows under headings, as many as have place on one page.
pub struct ReportPage<'a> {
    /// What it is about.
    pub title: &'a str,
    /// Of when, and of what.
    pub about: String,
    /// Its parts, in order. One without rows is left out.
    pub parts: Vec<ReportPart>,
    /// What a reader has to know to understand it.
    pub foot: &'a str,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A part of a report.
pub struct ReportPart {
    /// What it is about.
    pub heading: &'static str,
    /// Labels and values.
    pub rows: Vec<(String, String)>,
}

/// What stands in a paper of as many pages as it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What it is about.
    pub title: String,
    /// Of when, and by whom.
    pub about: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// What a reader has to know to understand it; it stands on every page.
    pub foot: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A section of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is about; empty for the first words of a paper.
    pub heading: String,
    /// Whether it begins a page.
    pub on_new_page: bool,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A block of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The sentence that matters most.
    Lead(String),
    /// A paragraph.
    Text(String),
    /// Labels and values.
    Rows(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Bars to both sides of a line: to the right for what speaks for something.
    Bars(Vec<Bar>),
}

/// A table: its first column names the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Heads of the columns, each with its share of the width in percent.
    pub heads: Vec<(String, u8)>,
    /// Rows, each with a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A bar beside its label and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// What it says, in words.
    pub value: String,
    /// How long it is: 100 to the right at most, and as much to the left.
    pub length: i8,
}

/// A vaccination certificate.
///
/// # Shape
///
/// PDF/A-2a and PDF/UA-1. What its codes hold stands in its keywords too.
pub fn certificate(page: &CertificatePage<'_>) -> Vec<u8> {
    certificate::draw(page)
}

/// An appointment slip.
///
/// # Shape
///
/// PDF/A-2a and PDF/UA-1.
pub fn slip(page: &SlipPage<'_>) -> Vec<u8> {
    slip::draw(page)
}

/// A report in English.
///
/// # Shape
///
/// PDF/A-2a and PDF/UA-1.
pub fn report(page: &ReportPage<'_>) -> Vec<u8> {
    report::draw(page)
}

/// A paper in English, of as many A4 pages as it takes. The same paper is the same bytes.
///
/// # Shape
///
/// PDF/A-2a and PDF/UA-1, with an outline of its sections.
pub fn paper(paper: &Paper) -> Vec<u8> {
    paper::draw(paper)
}

#[cfg(test)]
mod tests;
