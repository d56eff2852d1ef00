use jiff::civil::date;

use super::*;
use crate::read::payloads;

/// A page of a made-up person.
pub(super) fn page<'a>(name: &'a str, codes: &[Payload]) -> CertificatePage<'a> {
    let code = |payload: &Payload| Code { payload: payload.clone(), caption: "EU DCC" };
    CertificatePage {
        language: Language::Hindi,
        variant: Variant::Domestic,
        codes: codes.iter().map(code).collect(),
        name,
        born: Born::Year(1980),
        gender: Gender::Female,
        document: "Aadhaar Card XXXXXXXX3445".to_owned(),
        passport: None,
        guardian: None,
        reference: "21363381933156".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: vec![
            (1, date(2021, 5, 3), "4121Z001".to_owned()),
            (2, date(2021, 8, 1), "4121Z120".to_owned()),
        ],
        doses_total: 2,
        next_due: None,
        vaccinator: "Meera Pillai",
        facility: "PHC Rampur, Barabanki, Uttar Pradesh".to_owned(),
        issuer: "Ministry of Health and Family Welfare",
        helpline: Some("1075"),
        issued_at: Timestamp::from_second(1_630_000_000).unwrap(),
    }
}

pub(super) fn signed() -> Payload {
    Payload::Text(format!("HC1:{}", "6BFOXN*TS0BI$ZD4N9:9S6RCVN5".repeat(18)))
}

#[test]
fn a_certificate_is_one_small_pdf_that_carries_its_signed_text() {
    let long = "क".repeat(100);
    for name in ["Anna O'Brien", "सीता देवी शर्मा", "முருகன்", "🙂 Kumar", long.as_str()]
    {
        let pdf = certificate(&page(name, &[signed()]));
        assert!(pdf.starts_with(b"%PDF-1."));
        assert!(pdf.len() < 160_000, "{}", pdf.len());
        assert!(payloads(&pdf) == [signed()]);
    }
}

#[test]
fn a_slip_is_a_pdf() {
    let pdf = slip(&SlipPage {
        facility: "Government High School, Sector 12",
        address: "Near the bus stand, 225001, Barabanki, Uttar Pradesh".to_owned(),
        on: date(2021, 8, 1),
        slot: "09:00AM-11:00AM".to_owned(),
        vaccine: "COVISHIELD",
        dose_number: 2,
        security_code: "0417".to_owned(),
        people: vec![
            ("Anna O'Brien".to_owned(), "21363381933156".to_owned()),
            ("सीता देवी".to_owned(), "21363381933157".to_owned()),
        ],
        appointment: "3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned(),
        made_at: Timestamp::from_second(1_630_000_000).unwrap(),
    });
    assert!(pdf.starts_with(b"%PDF-1."));
}

/// As the code of the Co-WIN form: a ZIP.
pub(super) fn zipped() -> Payload {
    let mut noise = 7_u32;
    let mut next = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.to_be_bytes()[0]
    };
    Payload::Bytes(b"PK\x03\x04".iter().copied().chain((0..1_196).map(|_| next())).collect())
}

#[test]
fn a_certificate_says_what_is_what_for_archives_and_for_whoever_does_not_see_it() {
    let pdf = certificate(&page("முருகன்", &[signed()]));
    let has = |part: &str| pdf.windows(part.len()).any(|bytes| bytes == part.as_bytes());
    for part in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/DisplayDocTitle true",
        "/Lang(hi)",
        "/Lang(ta)",
        "/Lang(en)",
        "/S/H1",
        "/S/H2",
        "/S/LBody",
        "/S/TH",
        "/S/Figure",
        "/S/Caption",
        "/ActualText",
        "/Alt",
    ] {
        assert!(has(part), "{part}");
    }
}
