//! Certificates on paper, in each language.

use certs::{
    print::{CertificatePage, Code, Variant, certificate, language::Language},
    read::Payload,
    vaccination::{Born, Gender},
};
use jiff::{Timestamp, civil::date};

use super::forms::NOW;

/// Each language with the name of a made-up person and of a facility.
pub(super) const LOCAL: [(Language, &str, &str); 12] = [
    (Language::English, "Anna O'Brien", "PHC \"Old Town\", Ward 3"),
    (Language::Hindi, "श्रीमती लक्ष्मीबाई त्रिपाठी", "प्राथमिक स्वास्थ्य केंद्र रामपुर"),
    (Language::Bengali, "শ্রীমতী লক্ষ্মী চট্টোপাধ্যায়", "প্রাথমিক স্বাস্থ্যকেন্দ্র, রামপুরহাট"),
    (Language::Gujarati, "લક્ષ્મીબેન ત્રિવેદી", "પ્રાથમિક આરોગ્ય કેન્દ્ર, રામપુર"),
    (Language::Kannada, "ಲಕ್ಷ್ಮಮ್ಮ ಕೃಷ್ಣಪ್ಪ", "ಪ್ರಾಥಮಿಕ ಆರೋಗ್ಯ ಕೇಂದ್ರ, ರಾಮಪುರ"),
    (Language::Malayalam, "ശ്രീലക്ഷ്മി കൃഷ്ണൻകുട്ടി നായർ", "പ്രാഥമികാരോഗ്യ കേന്ദ്രം, രാമപുരം"),
    (Language::Marathi, "ज्ञानेश्वरी कुलकर्णी", "प्राथमिक आरोग्य केंद्र, पुणे"),
    (Language::Odia, "ଲକ୍ଷ୍ମୀପ୍ରିୟା ପଣ୍ଡା", "ପ୍ରାଥମିକ ସ୍ୱାସ୍ଥ୍ୟକେନ୍ଦ୍ର, ରାମପୁର"),
    (Language::Punjabi, "ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਢਿੱਲੋਂ", "ਮੁੱਢਲਾ ਸਿਹਤ ਕੇਂਦਰ, ਰਾਮਪੁਰ"),
    (Language::Tamil, "ஸ்ரீமதி லக்ஷ்மி சுப்பிரமணியன்", "ஆரம்ப சுகாதார நிலையம், ராமபுரம்"),
    (Language::Telugu, "లక్ష్మీ కృష్ణమూర్తి", "ప్రాథమిక ఆరోగ్య కేంద్రం, రామాపురం"),
    (Language::Assamese, "লক্ষ্মীপ্ৰিয়া বৰুৱা", "প্ৰাথমিক স্বাস্থ্যকেন্দ্ৰ, ৰামপুৰ"),
];

/// The certificate of one of these people after both doses, as the platform prints it.
pub(super) fn print((language, name, facility): (Language, &str, &str), signed: &str) -> Vec<u8> {
    let payload = Payload::Text(signed.to_owned());
    certificate(&CertificatePage {
        language,
        variant: Variant::Domestic,
        codes: vec![Code { payload, caption: "EU Digital COVID Certificate" }],
        name,
        born: Born::Year(1980),
        gender: Gender::Female,
        document: "Passport XXXX0000".to_owned(),
        passport: None,
        guardian: None,
        reference: "12345678901234".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: vec![
            (1, date(2025, 11, 3), "4121Z001".to_owned()),
            (2, date(2026, 1, 15), "4121Z008".to_owned()),
        ],
        doses_total: 2,
        next_due: None,
        vaccinator: "Meera Pillai",
        facility: format!("{facility}, Pune, Maharashtra"),
        issuer: "Ministry of Health and Family Welfare",
        helpline: Some("1075"),
        issued_at: Timestamp::from_second(NOW).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_a_person() {
        assert_eq!(LOCAL.map(|(language, ..)| language), Language::ALL);
    }
}
