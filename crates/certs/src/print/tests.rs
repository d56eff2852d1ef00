use jiff::civil::date;

use super::*;

fn page<'a>(name: &'a str, qr_text: &'a str) -> Vec<u8> {
    certificate(&CertificatePage {
        qr_text,
        name,
        birth_year: 1980,
        gender: "Female",
        document: "Aadhaar Card XXXXXXXX3445".to_owned(),
        reference: "21363381933156".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: vec![
            (1, date(2021, 5, 3), "4121Z001".to_owned()),
            (2, date(2021, 8, 1), "4121Z120".to_owned()),
        ],
        doses_total: 2,
        vaccinator: "Meera Pillai",
        facility: "PHC Rampur, Barabanki, Uttar Pradesh".to_owned(),
        issuer: "Ministry of Health and Family Welfare",
    })
}

#[test]
fn a_certificate_is_one_small_pdf_that_carries_its_signed_text() {
    let qr_text = format!("HC1:{}", "6BFOXN*TS0BI$ZD4N9:9S6RCVN5".repeat(18));
    let long = "क".repeat(100);
    for name in ["Anna O'Brien", "सीता देवी शर्मा", "முருகன்", "🙂 Kumar", long.as_str()]
    {
        let pdf = page(name, &qr_text);
        assert!(pdf.starts_with(b"%PDF-1."));
        assert!(pdf.len() < 120_000, "{}", pdf.len());
        assert_eq!(crate::read::certificates(&pdf), [qr_text.as_str()]);
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
    });
    assert!(pdf.starts_with(b"%PDF-1."));
}
