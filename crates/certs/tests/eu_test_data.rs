//! The EU's test data for Digital COVID Certificates: what our verdict says of each of its files
//! against what the file expects.
//!
//! Runs if the environment variable `TEEKA_DGC_TESTDATA` names a folder with a checkout of
//! <https://github.com/eu-digital-green-certificates/dgc-testdata>; else it prints that it did not.
//! What the test data's own `tests/known_issues.csv` lists is counted apart.
//!
//! ```text
//! TEEKA_DGC_TESTDATA=../dgc-testdata cargo test -p certs --test eu_test_data -- --nocapture
//! ```

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use certs::{
    trust::Trust,
    verdict::{Caveat, NotValid, Verdict},
    verify::verify_text,
};
use serde_json::Value;

/// What a file expects, and what the test data's list of known issues calls it.
const EXPECTATIONS: [(&str, &str); 8] = [
    ("EXPECTEDUNPREFIX", "test_un_prefix"),
    ("EXPECTEDB45DECODE", "test_b45decode"),
    ("EXPECTEDCOMPRESSION", "test_compression"),
    ("EXPECTEDDECODE", "test_cose_json"),
    ("EXPECTEDVERIFY", "test_verification_check"),
    ("EXPECTEDEXPIRATIONCHECK", "test_expiration_check"),
    ("EXPECTEDKEYUSAGE", "test_expected_key_usage"),
    ("EXPECTEDSCHEMAVALIDATION", "test_cose_schema"),
];
/// Schema validation is reported and not asserted: the schema refuses dates and codes that say
/// enough, and the countries' own files are of mixed opinion.
const ASSERTED: usize = 7;
/// What differs and stays so. The signer's certificate does not say what it may sign, so it may
/// sign anything; the test data's own checker disagrees with the file as well.
const KNOWN: [(&str, &str); 1] = [("EXPECTEDKEYUSAGE", "IS/2DCode/raw/3.json")];

#[derive(Default)]
struct Count {
    agree: usize,
    listed: usize,
    not_reached: usize,
    disagree: Vec<String>,
}

#[test]
fn verdicts_are_those_that_the_test_data_expects() {
    let Some(folder) = env::var_os("TEEKA_DGC_TESTDATA") else {
        println!("skipped: TEEKA_DGC_TESTDATA does not name a folder");
        return;
    };
    let folder = PathBuf::from(folder);
    let issues = fs::read_to_string(folder.join("tests/known_issues.csv")).unwrap();
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mut counts: BTreeMap<usize, Count> = BTreeMap::new();
    let (mut read, mut unread_signers) = (0, Vec::new());
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let case: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        if case["EXPECTEDRESULTS"].is_object() {
            read += 1;
            judge(&case, &name, &issues, &mut counts, &mut unread_signers);
        }
    }
    println!("{read} files; signers that could not be read: {unread_signers:?}");
    for (index, count) in &counts {
        println!(
            "{}: {} agree, {} disagree, {} excluded as known issues, {} not reached",
            EXPECTATIONS[*index].0,
            count.agree,
            count.disagree.len(),
            count.listed,
            count.not_reached
        );
        for case in &count.disagree {
            println!("  {case}");
        }
    }
    assert!(read > 500, "there are more files than that");
    let asserted = counts.iter().filter(|(index, _)| **index < ASSERTED);
    let surprises: Vec<_> = asserted
        .flat_map(|(index, count)| count.disagree.iter().map(|case| (EXPECTATIONS[*index].0, case)))
        .filter(|(what, case)| {
            !KNOWN.iter().any(|known| known.0 == *what && case.starts_with(known.1))
        })
        .collect();
    assert!(surprises.is_empty(), "{surprises:?}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

fn judge(
    case: &Value,
    name: &str,
    issues: &str,
    counts: &mut BTreeMap<usize, Count>,
    unread_signers: &mut Vec<String>,
) {
    let context = &case["TESTCTX"];
    let certificate = context["CERTIFICATE"].as_str().unwrap_or_default();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    let trust = Trust::from_pem(&pem).unwrap_or_else(|_| {
        unread_signers.push(name.to_owned());
        Trust::default()
    });
    // A clock without a zone is in UTC.
    let clock = context["VALIDATIONCLOCK"].as_str().unwrap_or_default();
    let clock = clock.parse().or_else(|_| format!("{clock}Z").parse::<jiff::Timestamp>()).ok();
    // Without a clock, nothing can be said of what depends on it; this one is of the test data.
    let now = clock.map_or(1_640_995_200, jiff::Timestamp::as_second);
    let verdict = verify_text(case["PREFIX"].as_str().unwrap_or_default(), &trust, now);
    for (index, (field, test)) in EXPECTATIONS.iter().enumerate() {
        let Some(expected) = case["EXPECTEDRESULTS"][field].as_bool() else { continue };
        let count = counts.entry(index).or_default();
        let found = found(field, expected, &verdict)
            .filter(|_| clock.is_some() || !field.contains("EXPIR"));
        match found {
            _ if is_listed(issues, test, name) => count.listed += 1,
            None => count.not_reached += 1,
            Some(found) if found == expected => count.agree += 1,
            Some(_) => {
                count.disagree.push(format!("{name}: {expected} expected, {}", words(&verdict)));
            }
        }
    }
}

/// What a verdict says of one expectation; none, if the check ended before that or can mean either.
fn found(field: &str, expected: bool, verdict: &Verdict) -> Option<bool> {
    let why = match verdict {
        Verdict::NotValid(why) => Some(*why),
        _ => None,
    };
    let prefixed = why != Some(NotValid::NotACertificate);
    let unpacked = prefixed && why != Some(NotValid::Packing);
    let signed = unpacked && !matches!(why, Some(NotValid::UnknownSigner | NotValid::Signature));
    let content = why != Some(NotValid::Content);
    let outlasts = matches!(verdict, Verdict::ValidBut(_, caveats)
        if caveats.contains(&Caveat::OutlastsSigner) || caveats.contains(&Caveat::ExpiredSigner));
    let in_time = !matches!(why, Some(NotValid::Expired | NotValid::NotYet)) && !outlasts;
    // A signer that may not sign this, or not at that time.
    let by_right_signer = why != Some(NotValid::WrongSigner);
    match field {
        "EXPECTEDUNPREFIX" => Some(prefixed),
        "EXPECTEDB45DECODE" | "EXPECTEDCOMPRESSION" => prefixed.then_some(unpacked),
        "EXPECTEDDECODE" if content || !expected => Some(unpacked && content),
        "EXPECTEDVERIFY" => Some(signed),
        "EXPECTEDEXPIRATIONCHECK" if signed && content && (by_right_signer || !expected) => {
            Some(in_time && by_right_signer)
        }
        "EXPECTEDKEYUSAGE" if signed && content => Some(by_right_signer),
        "EXPECTEDSCHEMAVALIDATION" if signed => Some(content),
        _ => None,
    }
}

/// Whether the test data itself lists it as an issue: `test,country,file,reason`.
fn is_listed(issues: &str, test: &str, name: &str) -> bool {
    let country = name.split('/').next().unwrap_or_default();
    let file = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
    issues.lines().any(|line| {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap_or_default();
        let (of, in_country, in_file) = (next(), next(), next());
        of == test && in_country == country && (in_file.is_empty() || *in_file == *file)
    })
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Valid(_) => "valid".into(),
        Verdict::ValidBut(_, caveats) => format!("valid but {caveats:?}"),
        Verdict::NotValid(why) => format!("not valid: {why:?}"),
    }
}
