//! The sorts of documents.

mod health;
mod letters;
mod lists;
mod nobody;
mod offices;
mod others;
mod scripts;
mod worn;

use crate::{dice::Dice, document::Page};

type Sort = (&'static str, &'static str, fn(&mut Dice) -> Page);

/// Every sort: its name, the end of its files' names, and what writes one. Those with people and
/// those without by turns, so that any number of documents has about as many of each.
pub(crate) const SORTS: &[Sort] = &[
    ("laboratory report", "txt", health::report),
    ("tender", "txt", nobody::tender),
    ("beneficiary list", "csv", lists::beneficiaries),
    ("bank statement", "csv", nobody::statement),
    ("list in an Indian language", "csv", scripts::list),
    ("scientific table", "tsv", nobody::science),
    ("bare list", "txt", lists::bare),
    ("government order", "txt", offices::order),
    ("application", "txt", letters::application),
    ("duty roster", "csv", offices::roster),
    ("salary list", "txt", lists::salaries),
    ("invoice", "txt", nobody::invoice),
    ("muster roll", "csv", lists::muster),
    ("library catalogue", "tsv", nobody::library),
    ("complaint", "txt", letters::complaint),
    ("server log", "log", nobody::log),
    ("ration cards", "csv", lists::rations),
    ("budget", "txt", nobody::budget),
    ("electoral roll", "txt", lists::electors),
    ("price list", "csv", nobody::prices),
    ("passport enquiries", "tsv", lists::passports),
    ("station readings", "csv", nobody::readings),
    ("traffic challans", "csv", lists::challans),
    ("cause list", "txt", offices::causes),
    ("discharge summary", "txt", health::discharge),
    ("press note", "txt", offices::press),
    ("form in an Indian language", "txt", scripts::form),
    ("directory of hospitals", "csv", offices::hospitals),
    ("JSON export", "json", lists::json),
    ("program source", "py", nobody::source),
    ("SQL dump", "sql", lists::sql),
    ("counts by age and gender", "csv", nobody::counts),
    ("scanned page", "txt", worn::scan),
    ("order in Hindi", "txt", offices::hindi),
    ("masked list", "csv", worn::masked),
    ("timetable", "txt", nobody::timetable),
    ("specimen register", "csv", health::specimens),
    ("vaccination register", "csv", health::vaccinations),
    ("e-mail thread", "txt", letters::thread),
    ("pension list", "csv", lists::pensions),
    ("marks by roll number", "csv", others::marks),
    ("numbers alone", "txt", others::numbers),
    ("payments", "csv", others::payments),
    ("nested records", "json", others::nested),
    ("stock register", "txt", others::stock),
    ("visitors' register", "txt", others::visitors),
];
