use jiff::civil::date;

use super::*;
use crate::{
    print::tests::{page, signed, zipped},
    read::{Payload, payloads},
};

/// A name in the script of each language, with the signs that make it tall and deep.
const NAMES: [(Language, &str); 12] = [
    (Language::English, "Ångström Quigley-Jäger Fitzpatrick "),
    (Language::Hindi, "श्रीमती लक्ष्मीबाई कृष्णकुमारी त्रिपाठी "),
    (Language::Bengali, "শ্রীমতী লক্ষ্মী চট্টোপাধ্যায় স্ত্রী "),
    (Language::Gujarati, "શ્રીમતી લક્ષ્મીબેન ત્રિવેદી દ્દૂ "),
    (Language::Kannada, "ಶ್ರೀಮತಿ ಲಕ್ಷ್ಮಮ್ಮ ಕೃಷ್ಣಪ್ಪ ಸ್ತ್ರೀ "),
    (Language::Malayalam, "ശ്രീലക്ഷ്മി കൃഷ്ണൻകുട്ടി നായർ സ്ത്രീ "),
    (Language::Marathi, "श्रीमती लक्ष्मीबाई कुलकर्णी ज्ञानेश्वर "),
    (Language::Odia, "ଲକ୍ଷ୍ମୀପ୍ରିୟା ପଣ୍ଡା ସ୍ତ୍ରୀ "),
    (Language::Punjabi, "ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਢਿੱਲੋਂ ਸਿੰਘ "),
    (Language::Tamil, "ஸ்ரீமதி லக்ஷ்மி சுப்பிரமணியன் கௌரி "),
    (Language::Telugu, "శ్రీమతి లక్ష్మీ కృష్ణమూర్తి స్త్రీ "),
    (Language::Assamese, "লক্ষ্মীপ্ৰিয়া বৰুৱা স্ত্ৰী "),
];

fn long(name: &str) -> String {
    name.chars().cycle().take(100).collect()
}

#[test]
fn nothing_overlaps_with_long_names_and_places_six_doses_and_two_codes() {
    for (language, name) in NAMES {
        let name = long(name);
        for variant in [Variant::Domestic, Variant::International] {
            let mut page = page(&name, &[signed(), zipped()]);
            page.language = language;
            page.variant = variant;
            page.passport = Some("Z1234567");
            page.guardian = Some(&name);
            page.facility.clone_from(&name);
            page.vaccinator = &name;
            page.doses = (1..=6).map(|n| (n, date(2021, 5, 3), "4121Z00112".to_owned())).collect();
            page.doses_total = 6;
            let sheet = legible(&page);
            sheet.assert_tidy();
            let widths = sheet.module_widths();
            let least = if widths.len() == 2 { 0.55 } else { 0.4 };
            assert!(widths.iter().all(|width| *width >= least), "{language:?} {widths:?} mm");
        }
    }
}

/// Two codes of their usual size have place beside one another in every language; one that would be
/// too narrow to be read leaves the whole place to the first, and stays in the file.
#[test]
fn the_second_code_is_there_where_it_can_be_read() {
    for (language, name) in NAMES {
        let widths = |codes: &[Payload]| {
            let mut page = page(name, codes);
            page.language = language;
            let sheet = legible(&page);
            sheet.assert_tidy();
            sheet.module_widths()
        };
        let both = widths(&[signed(), zipped()]);
        assert!(both.len() == 2 && both.iter().all(|width| *width > 0.6), "{language:?} {both:?}");
        let large = Payload::Bytes([b"PK\x03\x04", vec![0xfe; 2_500].as_slice()].concat());
        let alone = widths(&[signed(), large.clone()]);
        assert!(alone.len() == 1 && alone[0] >= both[0], "{language:?} {alone:?}");
        let mut page = page(name, &[signed(), large.clone()]);
        page.language = language;
        assert!(payloads(&draw(&page)) == [signed(), large]);
    }
}

#[test]
fn nothing_overlaps_on_a_provisional_one_and_its_code_is_large() {
    for (language, name) in NAMES {
        let mut page = page(name, &[signed()]);
        page.language = language;
        page.doses.truncate(1);
        page.next_due = Some(date(2021, 7, 26));
        let sheet = legible(&page);
        sheet.assert_tidy();
        assert!(sheet.module_widths()[0] > 0.8);
    }
}

#[test]
fn codes_of_every_form_are_read_from_the_file() {
    let card = Payload::Text(format!("shc:/{}", "5676".repeat(300)));
    let json = Payload::Text("{\"name\": \"Zoë & <Co>\", \"sig\": \"))\"}".to_owned());
    let token = Payload::Text(format!("eyJh.{}.c2ln~WyJz~", "eyJu".repeat(40)));
    for second in [zipped(), card, json, token] {
        let pdf = draw(&page("Anna", &[signed(), second.clone()]));
        assert!(payloads(&pdf) == [signed(), second]);
    }
    let huge = Payload::Bytes([b"PK\x03\x04", vec![0xfe; 5_000].as_slice()].concat());
    assert!(payloads(&draw(&page("Anna", &[huge]))).is_empty(), "it fits into no code");
}

#[test]
fn a_page_of_odd_values_is_still_a_page() {
    let mut page = page("\u{0}\u{feff}\u{e000}\u{202e}🙂", &[]);
    page.gender = Gender::Unknown;
    page.vaccine = "";
    page.doses.clear();
    page.facility = "\u{1f468}\u{200d}\u{1f469} \u{fffe}".repeat(3_000);
    page.uvci = "";
    for variant in [Variant::Domestic, Variant::International] {
        page.variant = variant;
        assert!(draw(&page).starts_with(b"%PDF-1.7"));
    }
    page.doses = (0..=255).map(|number| (number, date(9999, 12, 31), String::new())).collect();
    assert!(draw(&page).starts_with(b"%PDF-1.7"));
}
