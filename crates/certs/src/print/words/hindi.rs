//! The words in Hindi.

use super::Words;

pub(super) const HINDI: Words = Words {
    title: "टीकाकरण प्रमाणपत्र",
    provisional: "अनंतिम प्रमाणपत्र",
    last_dose: "अंतिम प्रमाणपत्र",
    beneficiary: "लाभार्थी का विवरण",
    name: "नाम",
    born_on: "जन्म तिथि",
    born_in: "जन्म वर्ष",
    gender: "लिंग",
    female: "महिला",
    male: "पुरुष",
    other: "अन्य",
    identity: "पहचान का सत्यापित दस्तावेज़",
    reference: "संदर्भ संख्या",
    vaccination: "टीकाकरण का विवरण",
    vaccine: "टीका",
    doses_given: "दी गई खुराकें",
    dose: "खुराक",
    doses: ["पहली खुराक", "दूसरी खुराक", "तीसरी खुराक", "चौथी खुराक", "पाँचवीं खुराक", "छठी खुराक"],
    given_on: "तिथि",
    lot: "बैच संख्या",
    next_due: "अगली खुराक इस तिथि से",
    vaccinated_by: "टीका लगाने वाले",
    vaccinated_at: "टीकाकरण का स्थान",
    check_title: "इस प्रमाणपत्र की जाँच करें",
    check_text: "इस कोड को किसी भी प्रमाणपत्र सत्यापन ऐप से स्कैन करें। यह इंटरनेट के बिना काम करता है और कोई जानकारी कहीं नहीं भेजता।",
    identifier: "प्रमाणपत्र पहचान संख्या",
    helpline: "हेल्पलाइन",
    code_alt: "हस्ताक्षरित प्रमाणपत्र का क्यूआर कोड",
};
