//! Every form that the program gives, by its own command without a network: refused once the details
//! were corrected, and the new ones not.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use support::{Resident, small_demo, somewhere};

/// What is fetched, and the file that it is kept as.
const FORMS: [(&str, &str); 4] = [
    ("/api/teeka/v1/beneficiaries/{}/credential", "credential.json"),
    ("/api/teeka/v1/beneficiaries/{}/cowin", "cowin.zip"),
    ("/api/teeka/v1/beneficiaries/{}/cowin/picture", "cowin.png"),
    ("/api/v2/registration/certificate/download?beneficiary_reference_id={}", "page.pdf"),
];

fn fetch(resident: &Resident<'_>, path: &str, file: &Path) {
    let agent = ureq::Agent::new_with_defaults();
    let request = agent.get(format!("{}{path}", resident.address()));
    let mut answer =
        request.header("authorization", format!("Bearer {}", resident.token)).call().unwrap();
    fs::write(file, answer.body_mut().read_to_vec().unwrap()).unwrap();
}

/// The forms of a person, kept in a folder.
fn forms(resident: &Resident<'_>, reference: &str, folder: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(folder).unwrap();
    let fetched = FORMS.into_iter().map(|(path, name)| {
        let file = folder.join(name);
        fetch(resident, &path.replace("{}", reference), &file);
        file
    });
    fetched.collect()
}

/// What the command says of a file, a line for each certificate in it, and its exit status.
fn verified(file: &Path, bundle: &Path, anchor: &Path) -> (Vec<Value>, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(["verify", "--json", "--show", "--trust"])
        .args([bundle, Path::new("--anchor"), anchor, file])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), output.status.code())
}

#[test]
fn a_correction_withdraws_every_form_for_a_verifier_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let (date, ..) = somewhere(&program);
    let anna = Resident::sign_in(&program, folder.path(), "7300000001");
    let reference = anna.register("Anna Demo", "1980", "730000000001");
    support::vaccinate(&program, &reference, &date);
    let old = forms(&anna, &reference, &folder.path().join("old"));
    let change = json!({ "beneficiary_reference_id": reference, "name": "Anna Demo Right" });
    assert_eq!(anna.post("/api/teeka/v1/corrections", &change).0, 204);
    let new = forms(&anna, &reference, &folder.path().join("new"));
    let (bundle, anchor) = (folder.path().join("bundle"), folder.path().join("anchor"));
    fetch(&anna, "/.well-known/trust-bundle", &bundle);
    fetch(&anna, "/.well-known/trust-anchor.json", &anchor);
    assert!(program.stop(), "nothing is asked any more");
    for file in old {
        let (said, status) = verified(&file, &bundle, &anchor);
        assert_eq!(status, Some(1), "{} {said:?}", file.display());
        for one in said {
            let told = (&one["verdict"], &one["why"]);
            assert_eq!(
                told,
                (&json!("not valid"), &json!("it was withdrawn")),
                "{} {one}",
                file.display()
            );
        }
    }
    for file in new {
        let (said, status) = verified(&file, &bundle, &anchor);
        assert_eq!(status, Some(0), "{} {said:?}", file.display());
        let codes = if file.ends_with("page.pdf") { 2 } else { 1 };
        assert_eq!(said.len(), codes);
        assert!(said.iter().all(|one| one["name"] == "Anna Demo Right"), "{said:?}");
    }
}
