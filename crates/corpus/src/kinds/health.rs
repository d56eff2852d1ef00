//! What laboratories, hospitals and vaccination centres write.

use super::lists::Table;
use crate::{
    dice::Dice,
    document::Page,
    identity,
    people::{Person, VACCINES, officer},
};

const RESULTS: &[&str] =
    &["Positive", "Negative", "NEGATIVE", "POSITIVE", "Negative", "Inconclusive"];

/// A day of the year 2021.
pub(super) fn day(dice: &mut Dice) -> String {
    format!("{:02}/{:02}/2021", dice.between(1, 28), dice.between(1, 12))
}

pub(super) fn report(dice: &mut Dice) -> Page {
    let (person, style) = (Person::new(dice), dice.below(6));
    let mut page = Page::default();
    page.line("STATE VIRAL RESEARCH AND DIAGNOSTIC LABORATORY")
        .line("COVID-19 RT-PCR TEST REPORT")
        .line(&format!("Report No: {}/{}", dice.between(100, 9_999), dice.digits(6)))
        .line("");
    page.person().say("Patient Name : ").tell("name", &person.name).line("");
    if dice.chance(60) {
        page.say("Age/Gender   : ").tell("age", &person.age.to_string()).say(" Y / ");
        page.tell("gender", person.gender(0)).line("");
    } else {
        page.say("Date of Birth: ").tell("birth_date", &person.born_written(style)).line("");
        page.say("Sex          : ").tell("gender", person.gender(1)).line("");
    }
    page.say("Mobile No.   : ").tell("mobile", &person.mobile).line("");
    if dice.chance(50) {
        page.say("Aadhaar No.  : ").tell("aadhaar", &person.aadhaar).line("");
    }
    page.say("Address      : ").tell("address", &person.address()).say(" - ");
    page.tell("pin_code", &person.pin_code).line("");
    page.say("SRF ID       : ").tell("srf_id", &identity::srf_id(dice)).line("");
    page.say("ICMR ID      : ").tell("icmr_id", &identity::icmr_id(dice)).line("");
    page.line(&format!("Specimen     : Nasopharyngeal swab, barcode {}", dice.digits(12)))
        .line(&format!("Collected on : {}", day(dice)));
    page.say("Result       : ").tell("test_result", dice.pick(RESULTS)).line("");
    page.line("")
        .line(&format!("Ct value ORF1ab {}.{}, N gene 28.4", dice.between(14, 36), dice.digits(1)))
        .line(&format!("Kit lot {}{}; valid for 72 hours.", dice.letters(2), dice.digits(6)));
    page.say("Verified by: ").either(&officer(dice)).line(", Microbiologist");
    page.line("This report needs no signature. Helpline 1075, 0141-2225624");
    page
}

pub(super) fn discharge(dice: &mut Dice) -> Page {
    let person = Person::new(dice);
    let mut page = Page::default();
    page.line("DISTRICT HOSPITAL").line("DISCHARGE SUMMARY").line("");
    page.line(&format!("UHID: {}   IPD No: {}", dice.digits(10), dice.digits(6)));
    page.person().say("Name: ").tell("name", &person.name).line("");
    page.say("Age: ").tell("age", &format!("{}", person.age)).say(" years   Sex: ");
    page.tell("gender", person.gender(0)).line("");
    page.say("ABHA Number: ").tell("abha_number", &identity::abha_number(dice)).line("");
    if dice.chance(60) {
        let address = format!(
            "{}.{}{}@abdm",
            person.first.to_lowercase().replace(' ', ""),
            person.surname.to_lowercase(),
            dice.digits(2)
        );
        page.say("ABHA Address: ").tell("abha_address", &address).line("");
    }
    page.say("Contact: ").tell("mobile", &person.mobile).line("");
    page.say("Residence: ").tell("address", &person.address()).line("");
    page.line("")
        .line(&format!("Admitted {}   Discharged {}", day(dice), day(dice)))
        .line("Diagnosis: Type 2 diabetes mellitus with hypertension")
        .line("BP 140/90 mmHg, pulse 82/min, SpO2 97 %, Hb 11.2 g/dl, RBS 186 mg/dl")
        .line("Tab. Metformin 500 mg 1-0-1 x 30 days; Tab. Amlodipine 5 mg 0-0-1 x 30 days")
        .line("Review in OPD 14 after 15 days.");
    page.say("Consultant: ").either(&officer(dice)).line("");
    page
}

pub(super) fn specimens(dice: &mut Dice) -> Page {
    let mut table = Table::new(
        dice,
        &[
            "S.No.",
            "SRF ID",
            "ICMR ID",
            "Patient Name",
            "Age",
            "Gender",
            "Contact Number",
            "Sample Date",
            "Final Result",
        ],
    );
    for at in 1..=dice.between(8, 40) {
        let person = Person::new(dice);
        let (srf, icmr) = (identity::srf_id(dice), identity::icmr_id(dice));
        let result = dice.pick(RESULTS);
        let on = day(dice);
        table
            .person()
            .plain(&at.to_string())
            .value("srf_id", &srf)
            .value("icmr_id", &icmr)
            .value("name", &person.name)
            .value("age", &person.age.to_string())
            .value("gender", person.gender(1))
            .value("mobile", &person.mobile)
            .plain(&on)
            .value("test_result", result)
            .end();
    }
    table.page
}

pub(super) fn vaccinations(dice: &mut Dice) -> Page {
    let id = dice.pick(&["Beneficiary Reference ID", "Beneficiary ID", "Reference ID"]);
    let mut table = Table::new(
        dice,
        &[
            id,
            "Beneficiary Name",
            "Year of Birth",
            "Gender",
            "Photo ID Type",
            "Vaccine",
            "Dose",
            "Batch",
            "Vaccinated On",
        ],
    );
    for _ in 0..dice.between(8, 40) {
        let person = Person::new(dice);
        let reference = identity::beneficiary_id(dice);
        let (vaccine, dose) = (dice.pick(VACCINES), dice.between(1, 2).to_string());
        let batch = format!("412{}Z{}", dice.letters(1), dice.digits(3));
        let on = day(dice);
        table
            .person()
            .value("beneficiary_id", &reference)
            .value("name", &person.name)
            .value("birth_date", &person.born.0.to_string())
            .value("gender", person.gender(0))
            .plain("Aadhaar Card")
            .value("vaccination", vaccine)
            .plain(&dose)
            .plain(&batch)
            .plain(&on)
            .end();
    }
    table.page
}
