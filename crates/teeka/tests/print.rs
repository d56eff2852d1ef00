//! Certificates and slips as people see them: drawn at 150 dots an inch and read back, as text and
//! as the picture of their code, whatever a name is.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use certs::{
    print::{CertificatePage, Code, SlipPage, Variant, certificate, language::Language, slip},
    read::{Payload, payloads},
    vaccination::{Born, Gender},
};
use jiff::{Timestamp, civil::date};

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

/// As the code of the Co-WIN form: a ZIP.
fn zipped() -> Payload {
    let mut noise = 7_u32;
    let mut next = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.to_be_bytes()[0]
    };
    Payload::Bytes(b"PK\x03\x04".iter().copied().chain((0..1_146).map(|_| next())).collect())
}

/// A certificate of a made-up person.
fn page(language: Language, name: &str, doses: u8, facility: &str) -> Vec<u8> {
    let code = Code { payload: Payload::Text(signed()), caption: "EU Digital COVID Certificate" };
    page_with(language, vec![code], name, doses, facility)
}

fn page_with(
    language: Language,
    codes: Vec<Code<'_>>,
    name: &str,
    doses: u8,
    facility: &str,
) -> Vec<u8> {
    let given = [date(2021, 5, 3), date(2021, 8, 1)];
    let doses = (1..=doses).zip(given).map(|(n, on)| (n, on, format!("4121Z{n:03}")));
    certificate(&CertificatePage {
        language,
        variant: Variant::Domestic,
        codes,
        name,
        born: Born::Year(1980),
        gender: Gender::Female,
        document: "Official identity cards issued to MPs/MLAs/MLCs XXXXXXXX3445".to_owned(),
        passport: None,
        guardian: None,
        reference: "21363381933156".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: doses.collect(),
        doses_total: 2,
        next_due: Some(date(2021, 7, 26)),
        vaccinator: "Meera Pillai",
        facility: facility.to_owned(),
        issuer: "Ministry of Health and Family Welfare",
        helpline: Some("1075"),
        issued_at: Timestamp::from_second(1_630_000_000).unwrap(),
    })
}

/// Keeps a paper as a file.
fn kept(name: &str, pdf: &[u8]) -> PathBuf {
    let file = folder().join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    file
}

/// Text of a paper, white space as one space each.
fn text_of(file: &Path) -> String {
    let text = Command::new("pdftotext").args(["-raw"]).arg(file).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Picture of a paper; with arguments of the drawing program.
fn picture_of(file: &Path, arguments: &[&str]) -> Vec<u8> {
    let picture = file.with_extension("");
    let drawn = Command::new("pdftoppm")
        .args(["-png", "-gray", "-singlefile"])
        .args(arguments)
        .arg(file)
        .arg(&picture)
        .status();
    assert!(drawn.unwrap().success());
    std::fs::read(file.with_extension("png")).unwrap()
}

/// The lower half of an A4 page, where the codes are, at 300 dots an inch.
const LOWER_HALF: [&str; 10] = ["-r", "300", "-x", "0", "-y", "1754", "-W", "2480", "-H", "1754"];

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
        let file = kept(case, &page(Language::English, name, doses, facility));
        let (text, picture) = (text_of(&file), picture_of(&file, &["-r", "150"]));
        let kind = if doses == 2 { "Final certificate" } else { "Provisional certificate" };
        for part in [name, kind, facility, "21363381933156", "4121Z001", "03 May 2021", "1075"] {
            assert!(text.contains(part), "{case}: {part} is not in {text}");
        }
        assert_eq!(text.contains("2nd dose"), doses == 2, "{case}");
        assert_eq!(text.contains("26 Jul 2021"), doses == 1, "{case}");
        assert!(payloads(&picture) == [Payload::Text(signed())], "{case}");
    }
    let code = |payload, caption| Code { payload, caption };
    let codes = vec![code(Payload::Text(signed()), "EU"), code(zipped(), "Co-WIN")];
    let file = kept("two codes", &page_with(Language::English, codes, LONG, 2, place));
    let picture = picture_of(&file, &LOWER_HALF);
    assert!(payloads(&picture) == [Payload::Text(signed()), zipped()]);

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
        made_at: Timestamp::from_second(1_630_000_000).unwrap(),
    });
    let text = text_of(&kept("slip", &pdf));
    for part in people.into_iter().chain([place, "0417", "Wednesday 22 September 2021"]) {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// Each language with its title of a certificate, a name and a place.
const LOCAL: [(Language, &str, &str, &str); 11] = [
    (Language::Hindi, "टीकाकरण प्रमाणपत्र", "श्रीमती लक्ष्मीबाई त्रिपाठी", "प्राथमिक स्वास्थ्य केंद्र रामपुर"),
    (Language::Bengali, "টিকাকরণের শংসাপত্র", "শ্রীমতী লক্ষ্মী চট্টোপাধ্যায়", "প্রাথমিক স্বাস্থ্যকেন্দ্র, রামপুরহাট"),
    (Language::Gujarati, "રસીકરણ પ્રમાણપત્ર", "લક્ષ્મીબેન ત્રિવેદી", "પ્રાથમિક આરોગ્ય કેન્દ્ર, રામપુર"),
    (Language::Kannada, "ಲಸಿಕಾ ಪ್ರಮಾಣಪತ್ರ", "ಲಕ್ಷ್ಮಮ್ಮ ಕೃಷ್ಣಪ್ಪ", "ಪ್ರಾಥಮಿಕ ಆರೋಗ್ಯ ಕೇಂದ್ರ, ರಾಮಪುರ"),
    (
        Language::Malayalam,
        "വാക്സിനേഷൻ സർട്ടിഫിക്കറ്റ്",
        "ശ്രീലക്ഷ്മി കൃഷ്ണൻകുട്ടി നായർ",
        "പ്രാഥമികാരോഗ്യ കേന്ദ്രം, രാമപുരം",
    ),
    (Language::Marathi, "लसीकरण प्रमाणपत्र", "ज्ञानेश्वरी कुलकर्णी", "प्राथमिक आरोग्य केंद्र, पुणे"),
    (Language::Odia, "ଟୀକାକରଣ ପ୍ରମାଣପତ୍ର", "ଲକ୍ଷ୍ମୀପ୍ରିୟା ପଣ୍ଡା", "ପ୍ରାଥମିକ ସ୍ୱାସ୍ଥ୍ୟକେନ୍ଦ୍ର, ରାମପୁର"),
    (Language::Punjabi, "ਟੀਕਾਕਰਨ ਸਰਟੀਫਿਕੇਟ", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਢਿੱਲੋਂ", "ਮੁੱਢਲਾ ਸਿਹਤ ਕੇਂਦਰ, ਰਾਮਪੁਰ"),
    (Language::Tamil, "தடுப்பூசி சான்றிதழ்", "ஸ்ரீமதி லக்ஷ்மி சுப்பிரமணியன்", "ஆரம்ப சுகாதார நிலையம், ராமபுரம்"),
    (Language::Telugu, "టీకా ధ్రువీకరణ పత్రం", "లక్ష్మీ కృష్ణమూర్తి", "ప్రాథమిక ఆరోగ్య కేంద్రం, రామాపురం"),
    (Language::Assamese, "টিকাকৰণৰ প্ৰমাণপত্ৰ", "লক্ষ্মীপ্ৰিয়া বৰুৱা", "প্ৰাথমিক স্বাস্থ্যকেন্দ্ৰ, ৰামপুৰ"),
];

#[test]
fn a_certificate_in_each_language_is_copied_out_as_it_was_written_and_its_code_is_read() {
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        return testkit::missing("poppler-utils");
    }
    for (language, title, name, facility) in LOCAL {
        let file = kept(language.tag(), &page(language, name, 2, facility));
        let text = text_of(&file);
        for part in [title, name, facility, "Certificate of Vaccination", "Final certificate"] {
            assert!(text.contains(part), "{language:?}: {part} is not in {text}");
        }
        let picture = picture_of(&file, &LOWER_HALF);
        assert!(payloads(&picture) == [Payload::Text(signed())], "{language:?}");
    }
}
