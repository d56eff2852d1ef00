//! The words in English.

use super::Words;

pub(super) const ENGLISH: Words = Words {
    title: "Certificate of Vaccination",
    provisional: "Provisional certificate",
    last_dose: "Final certificate",
    beneficiary: "Beneficiary",
    name: "Name",
    born_on: "Date of birth",
    born_in: "Year of birth",
    gender: "Gender",
    female: "Female",
    male: "Male",
    other: "Other",
    identity: "Identity verified with",
    reference: "Reference number",
    vaccination: "Vaccination",
    vaccine: "Vaccine",
    doses_given: "Doses given",
    dose: "Dose",
    doses: ["1st dose", "2nd dose", "3rd dose", "4th dose", "5th dose", "6th dose"],
    given_on: "Date",
    lot: "Lot number",
    next_due: "Next dose due from",
    vaccinated_by: "Vaccinated by",
    vaccinated_at: "Vaccinated at",
    check_title: "Check this certificate",
    check_text: "Scan the code with any app that verifies certificates. It works without the internet and sends nothing anywhere.",
    identifier: "Certificate identifier",
    helpline: "Helpline",
    code_alt: "QR code of the signed certificate",
};
