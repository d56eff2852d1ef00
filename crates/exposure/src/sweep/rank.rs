//! What comes first: people exposed × sensitivity × findability.

use std::collections::{BTreeMap, BTreeSet};

use scan::Kind;
use store::{
    StoreError,
    exposure::{Exposure, JobFile},
};
use url::Url;

use crate::exposed::Source;

/// How bad it is that kinds of data about people are public together.
///
/// The sum of what each weighs, half as much again for each of three combinations: a name with a
/// way to reach its person, anything about health with whoever it is about, and two official
/// numbers, with which somebody can pass for another.
pub fn sensitivity(kinds: &BTreeMap<String, u64>) -> f64 {
    let present: BTreeSet<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| kinds.get(kind.as_str()).is_some_and(|n| *n > 0))
        .collect();
    let has = |some: &[Kind]| some.iter().any(|kind| present.contains(kind));
    let official = present.iter().filter(|kind| weight(**kind) >= OFFICIAL).count();
    let together = [
        has(&[Kind::Name]) && has(&[Kind::Mobile, Kind::Email, Kind::Address]),
        has(&HEALTH) && (has(&[Kind::Name]) || present.iter().any(|kind| kind.identifies())),
        official >= 2,
    ];
    let bonus: f64 = together.iter().map(|so| if *so { 0.5 } else { 0.0 }).sum();
    present.iter().copied().map(weight).sum::<f64>() * (1.0 + bonus)
}

const HEALTH: [Kind; 5] =
    [Kind::TestResult, Kind::Vaccination, Kind::SrfId, Kind::IcmrId, Kind::AbhaNumber];

/// From here on a number is one that an office asks for.
const OFFICIAL: f64 = 4.0;

/// What one kind weighs.
const fn weight(kind: Kind) -> f64 {
    match kind {
        Kind::Aadhaar => 6.0,
        Kind::TestResult | Kind::BankAccount | Kind::Pan | Kind::Passport => 5.0,
        Kind::Epic
        | Kind::DrivingLicence
        | Kind::AbhaNumber
        | Kind::VirtualId
        | Kind::RationCard
        | Kind::JobCard => OFFICIAL,
        Kind::Mobile | Kind::Address | Kind::BirthDate | Kind::SrfId | Kind::IcmrId => 3.0,
        Kind::Email
        | Kind::Upi
        | Kind::AbhaAddress
        | Kind::BeneficiaryId
        | Kind::Vaccination
        | Kind::Vehicle => 2.0,
        Kind::Name | Kind::PinCode | Kind::Age | Kind::Gender => 1.0,
        Kind::Gstin => 0.0,
    }
}

/// How easily others find an address: by searching, by following what a server offers, by guessing.
pub fn findability(sources: &BTreeSet<Source>, url: &str) -> f64 {
    let weight = |source: &Source| match source {
        Source::Csv => 4.0,
        Source::Sitemap => 2.0,
        Source::Listing | Source::Bucket => 1.5,
        Source::Link => 1.0,
        Source::Cdn => 0.5,
        Source::Seed => 0.0,
    };
    let offered: f64 = sources.iter().map(weight).sum();
    1.0 + offered + if is_guessable(url) { 1.0 } else { 0.0 }
}

/// The place of a document in the queue.
pub fn score(
    people: u64,
    kinds: &BTreeMap<String, u64>,
    sources: &BTreeSet<Source>,
    url: &str,
) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no document names so many people")]
    let people = people.max(1) as f64;
    people * sensitivity(kinds) * findability(sources, url)
}

/// The place in the queue of a document whose letters are still to be read: nobody knows what is in
/// it, so that it is what it would be if it were a form about one person.
pub fn expected(sources: &BTreeSet<Source>, url: &str) -> f64 {
    weight(Kind::Name) * findability(sources, url)
}

/// Puts every document in its place in the queue.
///
/// # Errors
///
/// [`StoreError`].
pub(super) fn put(job: &mut JobFile) -> Result<(), StoreError> {
    let mut scores = Vec::new();
    job.each_exposed::<StoreError>(&mut |exposure| {
        let kinds = serde_json::from_str(&exposure.row.kinds).unwrap_or_default();
        let (sources, url) = best(&exposure);
        scores.push((exposure.row.digest, score(exposure.row.people, &kinds, &sources, url)));
        Ok(())
    })?;
    job.each_unlettered::<StoreError>(&mut |exposure| {
        let (sources, url) = best(&exposure);
        scores.push((exposure.row.digest, expected(&sources, url)));
        Ok(())
    })?;
    for some in scores.chunks(50_000) {
        job.put_scores(some)?;
    }
    Ok(())
}

/// Where a document was met in all, and the address at which it is found most easily.
pub(super) fn best(exposure: &Exposure) -> (BTreeSet<Source>, &str) {
    let bits = exposure.addresses.iter().fold(0, |bits, (_, sources, _)| bits | sources);
    let easily =
        |(url, sources, _): &(String, i64, Option<String>)| findability(&Source::of(*sources), url);
    let mut best: Option<(f64, &str)> = None;
    for address in &exposure.addresses {
        let found = easily(address);
        if best.is_none_or(|(most, _)| found > most) {
            best = Some((found, &address.0));
        }
    }
    (Source::of(bits), best.map_or("", |(_, url)| url))
}

/// Whether somebody who knows one such address can guess another: if nothing in it is long and
/// without a pattern.
fn is_guessable(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let rest = &url[url::Position::BeforePath..];
    !rest.split(|c: char| !c.is_ascii_alphanumeric()).any(is_random)
}

/// Whether a word looks drawn by lot: long, with letters and digits mixed over and over.
fn is_random(word: &str) -> bool {
    let mixed = |pair: &[u8]| pair[0].is_ascii_digit() != pair[1].is_ascii_digit();
    let changes = word.as_bytes().windows(2).filter(|pair| mixed(pair)).count();
    word.len() >= 16 && changes >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(names: &[&str]) -> BTreeMap<String, u64> {
        names.iter().map(|name| ((*name).to_owned(), 1)).collect()
    }

    #[test]
    fn worse_data_weighs_more_and_together_more_than_alone() {
        let order = [
            sensitivity(&kinds(&[])),
            sensitivity(&kinds(&["name"])),
            sensitivity(&kinds(&["mobile"])),
            sensitivity(&kinds(&["aadhaar"])),
            sensitivity(&kinds(&["name", "mobile", "address"])),
            sensitivity(&kinds(&["name", "mobile", "address", "test_result"])),
            sensitivity(&kinds(&["name", "mobile", "address", "test_result", "aadhaar", "pan"])),
        ];
        assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
        let alone = sensitivity(&kinds(&["name"])) + sensitivity(&kinds(&["test_result"]));
        assert!(sensitivity(&kinds(&["name", "test_result"])) > alone);
    }

    #[test]
    fn an_address_that_is_indexed_or_guessed_is_found_sooner() {
        let open = "https://a.example/certificates/000123.pdf";
        let hidden = "https://a.example/certificates/9f8a7c6b5d4e3f2a1b0c.pdf";
        let of = |sources: &[Source], url| findability(&sources.iter().copied().collect(), url);
        assert!(of(&[Source::Seed], open) > of(&[Source::Seed], hidden));
        let order = [
            Source::Seed,
            Source::Cdn,
            Source::Link,
            Source::Listing,
            Source::Sitemap,
            Source::Csv,
        ];
        assert!(order.is_sorted_by(|one, next| of(&[*one], open) < of(&[*next], open)));
        assert!(of(&[Source::Csv, Source::Sitemap], open) > of(&[Source::Csv], open));
    }

    #[test]
    fn the_product_decides() {
        let list = kinds(&["name", "mobile"]);
        let seed = BTreeSet::from([Source::Seed]);
        let csv = BTreeSet::from([Source::Csv]);
        let url = "https://a.example/a";
        let of = |people, sources| score(people, &list, sources, url);
        assert!((of(200, &seed) / of(100, &seed) - 2.0).abs() < 1e-9);
        assert!(of(100, &csv) > of(200, &seed), "indexed, for half the people");
        assert!(expected(&csv, url) < of(1, &csv));
    }
}
