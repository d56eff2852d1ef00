//! Certificates and slips as people see them: drawn at 150 dots an inch and read back, as text and
//! as the picture of their code, whatever a name is.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use certs::print::{CertificatePage, SlipPage, certificate, slip};
use jiff::civil::date;

const LONG: &str = "Venkatanarasimharajuvaripeta Subrahmanya Chidambaranathan Thiruvananthapuram \
                    Lakshminarayanan";
const DEVANAGARI: &str = "श्रीमती लक्ष्मीबाई कृष्णकुमारी त्रिपाठी श्रीवास्तव";

/// Where the papers are kept, to be looked at.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("print");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn signed() -> String {
    format!("HC1:{}", "6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23".repeat(13))
}

fn page(name: &str, doses: u8, facility: &str) -> Vec<u8> {
    let given = [date(2021, 5, 3), date(2021, 8, 1)];
    let doses = (1..=doses).zip(given).map(|(n, on)| (n, on, format!("4121Z{n:03}")));
    certificate(&CertificatePage {
        qr_text: &signed(),
        name,
        birth_year: 1980,
        gender: "Female",
        document: "Official identity cards issued to MPs/MLAs/MLCs XXXXXXXX3445".to_owned(),
        reference: "21363381933156".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: doses.collect(),
        doses_total: 2,
        vaccinator: "Meera Pillai",
        facility: facility.to_owned(),
        issuer: "Ministry of Health and Family Welfare",
    })
}

/// Text of a paper, white space as one space each; and the picture of it.
fn seen(name: &str, pdf: &[u8]) -> (String, Vec<u8>) {
    let file = folder().join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    let text = Command::new("pdftotext").args(["-raw"]).arg(&file).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let arguments = ["-r", "150", "-png", "-singlefile"];
    let picture = file.with_extension("");
    let drawn = Command::new("pdftoppm").args(arguments).arg(&file).arg(&picture).status().unwrap();
    assert!(drawn.success());
    (text, std::fs::read(file.with_extension("png")).unwrap())
}

#[test]
fn papers_hold_whatever_a_name_is_and_their_codes_are_read_from_a_picture() {
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        return testkit::missing("poppler-utils");
    }
    let place = "Community Health Centre and First Referral Unit Chandrashekharapuram Extension, \
                 Sri Potti Sriramulu Nellore, Andhra Pradesh";
    let cases = [
        ("provisional", "Anna O'Brien", 1, "PHC Rampur, Barabanki, Uttar Pradesh"),
        ("final", DEVANAGARI, 2, "PHC Rampur, Barabanki, Uttar Pradesh"),
        ("long", LONG, 2, place),
    ];
    for (case, name, doses, facility) in cases {
        let (text, picture) = seen(case, &page(name, doses, facility));
        let kind = if doses == 2 { "Final certificate" } else { "Provisional certificate" };
        for part in [name, kind, facility, "21363381933156", "lot 4121Z001"] {
            assert!(text.contains(part), "{case}: {part} is not in {text}");
        }
        assert_eq!(text.contains("2nd dose"), doses == 2, "{case}");
        assert_eq!(certs::read::certificates(&picture), [signed()], "{case}");
    }

    let people = [LONG, DEVANAGARI, "Ravi", "Asha", "Imran", "Meera"];
    let pdf = slip(&SlipPage {
        facility: place,
        address: format!("Near the bus stand, {place} 524001"),
        on: date(2021, 9, 22),
        slot: "09:00AM-11:00AM".to_owned(),
        vaccine: "COVISHIELD",
        dose_number: 2,
        security_code: "0417".to_owned(),
        people: people.map(|name| (name.to_owned(), "21363381933156".to_owned())).to_vec(),
        appointment: "3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned(),
    });
    let (text, _) = seen("slip", &pdf);
    for part in people.into_iter().chain([place, "0417", "Wednesday 22 September 2021"]) {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
