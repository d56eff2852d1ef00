//! The pages, in a browser without JavaScript: a resident's whole way and a facility's whole way,
//! each page judged for accessibility, width and what it fetches; then the papers that come out.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// Fewer pages than this, and the walk has left something out.
const PAGES: usize = 101;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages")
}

fn runs(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// The browser, wherever the system keeps it.
fn chromium() -> Option<&'static str> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| Path::new(path).exists())
}

/// The packages of the walk, kept between runs.
fn packages() -> Option<PathBuf> {
    outsiders::node(&sources(), &Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages"))
}

/// What the walk wrote, a line of JSON for each page.
fn walk(chromium: &str, packages: &Path, folder: &Path) -> Vec<Value> {
    let config = folder.join("exposure.toml");
    let program = support::demo_with(folder, &["--config", config.to_str().unwrap()]);
    let mut walk = Command::new("node")
        .arg(sources().join("walk.js"))
        .arg(packages)
        .args([chromium, &program.address()])
        .arg(folder.join("messages.jsonl"))
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(walk.stdout.take().unwrap()).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if line["please"] == "age doses" {
            support::age_second_records(folder);
            std::fs::write(folder.join("aged"), "").unwrap();
        } else {
            lines.push(line);
        }
    }
    assert!(walk.wait().unwrap().success(), "what is wrong is said above");
    lines
}

#[test]
fn both_ways_go_through_pages_without_javascript_that_anyone_can_use() {
    let Some(chromium) = chromium() else { return testkit::missing("chromium") };
    let Some(packages) = packages() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(release) = support::exposed::make(folder.path()) else { return };
    std::fs::write(folder.path().join("release.txt"), release).unwrap();
    let lines = walk(chromium, &packages, folder.path());
    let (verifier, lines): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line["verifier"].is_array());
    let (twins, pages): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line["twin"].is_string());
    assert!(pages.len() >= PAGES, "{} pages", pages.len());
    for page in pages {
        judge(page);
    }

    // What must be found out is found out.
    assert_eq!(twins[0]["status"], 403, "a form of another site");
    let found = twins[1]["violations"].to_string();
    assert!(found.contains("label: "), "a field without a label: {found}");

    papers(folder.path());
    checked_offline(&verifier[0]);
}

/// What the verifier's page said without a network of the two codes of a page, and that it asked nobody
/// for anything.
fn checked_offline(line: &Value) {
    let (second, text) = (&line["verifier"][1][0], line["verifier"][1][1].as_str().unwrap());
    assert_eq!(second, "valid but", "{text}");
    assert!(text.contains("DIVOC") && text.contains("dose 1 of 2"), "{text}");
    let (verdict, text) = (&line["verifier"][0][0], line["verifier"][0][1].as_str().unwrap());
    assert_eq!(verdict, "valid", "{text}");
    for part in ["Asha Venkatanarasimharajuvaripeta Subrahmanya", "dose 1 of 2", "EU DCC"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(line["wrong"], "not valid");
    assert_eq!(line["none"], "none");
    for what in ["asked", "refused", "violations"] {
        assert_eq!(line[what], serde_json::json!([]), "{what}");
    }
}

fn judge(page: &Value) {
    let name = page["name"].as_str().unwrap();
    for what in ["violations", "foreign", "refused"] {
        assert_eq!(page[what], serde_json::json!([]), "{what} of {name}");
    }
    assert_eq!(page["overflow"], 0, "{name} is wider than 320 px");
    let (title, status) = (page["title"].as_str().unwrap(), page["status"].as_u64().unwrap());
    assert!(title.ends_with(" | Teeka"), "{name}: {title}");
    // The problem comes first in the title, and the status says so too.
    assert_eq!(title.starts_with("Error: "), status >= 400, "{name}: {status} {title}");
}

/// The slip names who comes; the certificates are read from the file and from a picture of it.
fn papers(folder: &Path) {
    if !runs(Command::new("pdftoppm").arg("-v")) {
        return testkit::missing("poppler-utils");
    }
    let slip = text_of(&folder.join("slip.pdf"));
    for part in ["Asha Venkatanarasimharajuvaripeta Subrahmanya", "सीता देवी शर्मा", "Secret code"]
    {
        assert!(slip.contains(part), "{part}");
    }
    for (number, name) in
        [(1, "Asha Venkatanarasimharajuvaripeta Subrahmanya"), (2, "सीता देवी शर्मा")]
    {
        let pdf = folder.join(format!("certificate-{number}.pdf"));
        let text = text_of(&pdf);
        assert!(text.contains(name) && text.contains("Provisional certificate"), "{text}");
        let picture = folder.join(format!("certificate-{number}"));
        let drawn = ["-r", "150", "-png", "-singlefile"];
        assert!(runs(Command::new("pdftoppm").args(drawn).arg(&pdf).arg(&picture)));
        for file in [pdf, picture.with_extension("png")] {
            let said = verified(folder, &file);
            assert!(said.contains(name) && said.contains("dose 1 of 2"), "{said}");
        }
    }
    // Of the one who gave details for travel, as the WHO's certificate tells them.
    for file in ["icvp.txt", "icvp.png"] {
        let said = verified(folder, &folder.join(file));
        assert!(said.contains("1970-02-28") && said.contains("Covishield"), "{said}");
    }
}

/// What the program says of a file with a certificate that is valid.
fn verified(folder: &Path, file: &Path) -> String {
    let verified = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(["verify", "--show", "--data"])
        .args([folder, file])
        .output()
        .unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(verified.status.success(), "{} {said}", file.display());
    said
}

fn text_of(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
