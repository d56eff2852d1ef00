//! The papers of a case: the same finding is the same bytes, each piece of evidence has its page, and what
//! leaves the house names nobody.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use inquiry::{
    Origin,
    fabrication::Signs,
    inquire::{Counts, Evidence, Finding, Path},
    register::{CommittedList, Registry},
    report::{Head, files},
    verdict::{Held, Scale, Verdict},
};
use jiff::Timestamp;

fn finding() -> Finding {
    let evidence = |name: &str, ours: f64| Evidence {
        name: name.to_owned(),
        weights: [ours, 0.3, ours, 0.0, -4.0],
        says: "3 of 4 <names> are ours".to_owned(),
    };
    Finding {
        verdict: Verdict::One { origin: Origin::Ours },
        probability: 0.9999,
        scale: Scale::AlmostCertain,
        shares: [1.0, 0.0, 0.0, 0.0, 0.0],
        held: Vec::new(),
        excluded: None,
        path: Some(Path {
            named: true,
            what: "vaccinator 1f3c9a02 of facility 100001".to_owned(),
            source: Some(1),
            probability: 0.99,
            ties: vec!["vaccinator 2b2b2b2b of facility 100001".to_owned()],
            false_accusations: 0.001,
        }),
        ranking: Vec::new(),
        evidence: ["columns", "membership", "values", "canaries", "another one"]
            .map(|name| evidence(name, 2.4))
            .into(),
        sensitivity: vec![("as assumed".to_owned(), 0.9999)],
        without: vec![("values".to_owned(), 0.6123)],
        counts: Counts {
            rows: 900_000,
            unread: 0,
            other_parts: 0,
            keyed: 1_000,
            hits: 900,
            compared: 1_000,
            found: 900,
            testable: 1_000,
            opened: 900,
            canaries: 1,
            chance: 0.01,
            register: 10_000,
        },
        not_read: Vec::new(),
        dating: None,
        copied: None,
        columns: Vec::new(),
        signs: Signs::default(),
        registry: Some(Registry {
            people: 10,
            share: 0.001,
            lists: vec![CommittedList { digest: "ab".repeat(16), committed_at: 0, leaf: 7 }],
        }),
    }
}

fn head() -> Head {
    Head {
        evidence: "0123456789abcdef".repeat(4),
        seen_at: Timestamp::from_second(1_642_750_000).unwrap(),
        issuer: "Ministry of <Health>".to_owned(),
    }
}

fn file(files: &[(String, Vec<u8>)], name: &str) -> String {
    let (_, bytes) = files.iter().find(|(one, _)| one == name).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn the_same_finding_is_the_same_nine_files() {
    let all = files(&head(), &finding(), None);
    assert_eq!(all.len(), 9);
    assert!(all == files(&head(), &finding(), None));
    let other = Finding { probability: 0.97, ..finding() };
    let changed = files(&head(), &other, None);
    assert!(all.iter().zip(&changed).all(|(one, other)| one.0 == other.0 && one.1 != other.1));
}

#[test]
fn each_piece_of_evidence_has_a_page_with_its_ratio_and_what_hangs_on_it() {
    let all = files(&head(), &finding(), None);
    for name in ["report.md", "report.html"] {
        let report = file(&all, name);
        for one in &finding().evidence {
            assert!(report.contains(&format!("Evidence: {}", one.name)), "{name}: {}", one.name);
        }
        for said in [
            "+2.4 powers of ten: 250 times likelier",
            "or more: a list prepared for us, another system, made up.",
            "stays with 0.6123; with it, 0.9999",
            "1.00 would be among them, and none with a probability of 0.368",
            &"ab".repeat(16),
        ] {
            assert!(report.contains(said), "{name}: {said}");
        }
    }
}

#[test]
fn what_leaves_the_house_names_no_account_and_a_page_has_nothing_from_elsewhere() {
    let all = files(&head(), &finding(), None);
    for name in ["statement.md", "statement.html"] {
        let statement = file(&all, name);
        assert!(statement.contains("from our register"), "{statement}");
        assert!(!statement.contains("vaccinator") && !statement.contains("100001"), "{statement}");
    }
    for name in ["verdict.html", "report.html", "statement.html"] {
        let page = file(&all, name);
        assert!(page.contains("Ministry of &lt;Health&gt;"), "{page}");
        for foreign in ["<script", "src=", "href=", "http://", "https://", "url("] {
            assert!(!page.contains(foreign), "{name} has {foreign}");
        }
    }
    assert!(file(&all, "verdict.html").contains("vaccinator 1f3c9a02"));
    assert!(file(&all, "report.html").contains("3 of 4 &lt;names&gt; are ours"));
}

#[test]
fn why_nothing_is_said_stands_in_every_paper() {
    let open = Finding {
        verdict: Verdict::Undetermined { between: vec![Origin::Ours, Origin::Unrelated] },
        held: vec![Held::NotAllRead],
        not_read: vec!["it takes too long".to_owned()],
        path: None,
        ..finding()
    };
    let all = files(&head(), &open, None);
    for name in ["verdict.md", "report.md", "statement.md", "statement.html"] {
        let said = file(&all, name);
        assert!(said.contains("Why no verdict is given: a part of what was shown"), "{said}");
        assert!(said.contains("Parts that were not read: 0 (it takes too long)"), "{said}");
        assert!(said.contains("Power: "), "{said}");
    }
}
