//! The words in Marathi.

use super::Words;

pub(super) const MARATHI: Words = Words {
    title: "लसीकरण प्रमाणपत्र",
    provisional: "तात्पुरते प्रमाणपत्र",
    last_dose: "अंतिम प्रमाणपत्र",
    beneficiary: "लाभार्थ्याचा तपशील",
    name: "नाव",
    born_on: "जन्मतारीख",
    born_in: "जन्मवर्ष",
    gender: "लिंग",
    female: "स्त्री",
    male: "पुरुष",
    other: "इतर",
    identity: "ओळख पडताळणीचा दस्तऐवज",
    reference: "संदर्भ क्रमांक",
    vaccination: "लसीकरणाचा तपशील",
    vaccine: "लस",
    doses_given: "दिलेले डोस",
    dose: "डोस",
    doses: ["पहिला डोस", "दुसरा डोस", "तिसरा डोस", "चौथा डोस", "पाचवा डोस", "सहावा डोस"],
    given_on: "तारीख",
    lot: "बॅच क्रमांक",
    next_due: "पुढील डोस या तारखेपासून",
    vaccinated_by: "लस देणारे",
    vaccinated_at: "लसीकरणाचे ठिकाण",
    check_title: "हे प्रमाणपत्र तपासा",
    check_text: "प्रमाणपत्र पडताळणीच्या कोणत्याही ॲपने हा कोड स्कॅन करा. ते इंटरनेटशिवाय चालते आणि कोणतीही माहिती कुठेही पाठवत नाही.",
    identifier: "प्रमाणपत्र ओळख क्रमांक",
    helpline: "हेल्पलाइन",
    code_alt: "स्वाक्षरी केलेल्या प्रमाणपत्राचा क्यूआर कोड",
};
