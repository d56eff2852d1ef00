//! Lists of people.

use super::health::day;
use crate::{
    dice::Dice,
    document::{Kind, Page},
    identity,
    people::Person,
};

/// A table that is being written.
pub(super) struct Table {
    pub(super) page: Page,
    between: &'static str,
    /// Whether every value is quoted.
    quoted: bool,
    first: bool,
}

impl Table {
    /// A table with commas, semicolons or bars.
    pub(super) fn new(dice: &mut Dice, heads: &[&str]) -> Self {
        let between = dice.pick(&[",", ",", ",", ";", "|"]);
        let quoted = dice.chance(15);
        Self::with(between, quoted, heads)
    }

    /// A table with tabs.
    pub(super) fn tabs(heads: &[&str]) -> Self {
        Self::with("\t", false, heads)
    }

    fn with(between: &'static str, quoted: bool, heads: &[&str]) -> Self {
        let mut table = Self { page: Page::default(), between, quoted, first: true };
        for head in heads {
            table.plain(head);
        }
        table.end();
        table
    }

    pub(super) fn person(&mut self) -> &mut Self {
        self.page.person();
        self
    }

    fn cell(&mut self, value: &str, write: impl FnOnce(&mut Page)) -> &mut Self {
        if !self.first {
            self.page.say(self.between);
        }
        self.first = false;
        let quoted = self.quoted || value.contains(self.between);
        if quoted {
            self.page.say("\"");
        }
        write(&mut self.page);
        if quoted {
            self.page.say("\"");
        }
        self
    }

    /// A cell with what is nobody's.
    pub(super) fn plain(&mut self, value: &str) -> &mut Self {
        self.cell(value, |page| {
            page.say(value);
        })
    }

    pub(super) fn value(&mut self, kind: Kind, value: &str) -> &mut Self {
        self.cell(value, |page| {
            page.tell(kind, value);
        })
    }

    pub(super) fn masked(&mut self, kind: Kind, value: &str) -> &mut Self {
        self.cell(value, |page| {
            page.tell_masked(kind, value);
        })
    }

    pub(super) fn either(&mut self, value: &str) -> &mut Self {
        self.cell(value, |page| {
            page.either(value);
        })
    }

    pub(super) fn end(&mut self) {
        self.page.line("");
        self.first = true;
    }
}

pub(super) fn beneficiaries(dice: &mut Dice) -> Page {
    let name = dice.pick(&["Name", "Beneficiary Name", "Name of Beneficiary", "Full Name", "NAME"]);
    let mobile =
        dice.pick(&["Mobile", "Mobile No", "Mobile Number", "Contact No.", "MOB NO", "Phone"]);
    let aadhaar = dice.pick(&["Aadhaar", "Aadhaar No", "UID", "Aadhar Number", "AADHAAR NO."]);
    let mut table = Table::new(
        dice,
        &[
            "S.No",
            name,
            "Father/Husband Name",
            "Age",
            "Sex",
            mobile,
            aadhaar,
            "Address",
            "PIN Code",
        ],
    );
    let style = dice.below(3);
    for at in 1..=dice.between(5, 60) {
        let person = Person::new(dice);
        table
            .person()
            .plain(&at.to_string())
            .value("name", &person.name)
            .value("name", &person.father)
            .value("age", &person.age.to_string())
            .value("gender", person.gender(style))
            .value("mobile", &person.mobile)
            .value("aadhaar", &person.aadhaar)
            .value("address", &person.address())
            .value("pin_code", &person.pin_code)
            .end();
    }
    table.page
}

/// Names and numbers without a word over them.
pub(super) fn bare(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    let with_aadhaar = dice.chance(50);
    for _ in 0..dice.between(4, 30) {
        let person = Person::new(dice);
        page.person().tell("name", &format!("{} {}", person.first, person.surname)).say(" ");
        page.tell("mobile", &person.mobile);
        if with_aadhaar {
            page.say(" ").tell("aadhaar", &person.aadhaar);
        }
        page.line("");
    }
    page
}

pub(super) fn salaries(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("Honorarium of contractual staff, bank transfer list")
        .line("Sr | Name of payee | Account No | IFSC | PAN | Amount");
    for at in 1..=dice.between(5, 30) {
        let person = Person::new(dice);
        let (account, branch) = identity::account(dice);
        page.person().say(&format!("{at} | ")).tell("name", &person.name).say(" | ");
        page.tell("bank_account", &account).say(&format!(" | {branch} | "));
        page.tell("pan", &person.pan).line(&format!(" | {}", dice.between(5_000, 42_000)));
    }
    page.line(&format!("Total payees as above. Cheque No {} of SBI.", dice.digits(6)));
    page
}

pub(super) fn muster(dice: &mut Dice) -> Page {
    let mut table = Table::new(
        dice,
        &["Sl No", "Job Card No", "Name of Worker", "Days", "Wage", "Account No", "Aadhaar"],
    );
    for at in 1..=dice.between(5, 30) {
        let person = Person::new(dice);
        let (card, (account, _)) = (identity::job_card(dice), identity::account(dice));
        let (days, wage) = (dice.between(1, 14), dice.between(220, 3_200));
        table
            .person()
            .plain(&at.to_string())
            .value("job_card", &card)
            .value("name", &person.name)
            .plain(&days.to_string())
            .plain(&wage.to_string())
            .value("bank_account", &account)
            .value("aadhaar", &person.aadhaar)
            .end();
    }
    table.page
}

pub(super) fn rations(dice: &mut Dice) -> Page {
    let card = dice.pick(&["Ration Card No", "Ration Card Number", "RC No."]);
    let mut table =
        Table::new(dice, &["FPS Code", card, "Head of Family", "Members", "Mobile No", "Category"]);
    let shop = dice.digits(8);
    for _ in 0..dice.between(5, 40) {
        let person = Person::new(dice);
        let (number, members) = (identity::ration_card(dice), dice.between(1, 9).to_string());
        let category = dice.pick(&["PHH", "AAY", "NPHH"]);
        table
            .person()
            .plain(&shop)
            .value("ration_card", &number)
            .value("name", &person.name)
            .plain(&members)
            .value("mobile", &person.mobile)
            .plain(category)
            .end();
    }
    table.page
}

pub(super) fn electors(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line(&format!("Electoral roll 2021, part {}, section 1", dice.between(1, 240))).line("");
    for at in 1..=dice.between(4, 20) {
        let person = Person::new(dice);
        page.person().line(&format!("Serial {at}"));
        page.say("EPIC No: ").tell("epic", &identity::epic(dice)).line("");
        page.say("Elector's Name: ").tell("name", &person.name).line("");
        page.say("Father's Name: ").tell("name", &person.father).line("");
        page.say("Age: ").tell("age", &person.age.to_string()).say("  Gender: ");
        page.tell("gender", person.gender(0)).line("").line("");
    }
    page
}

pub(super) fn passports(dice: &mut Dice) -> Page {
    let heads =
        ["File Number", "Applicant Name", "Passport No", "Date of Birth", "Email", "Mobile"];
    let mut table = Table::tabs(&heads);
    let style = dice.below(6);
    for _ in 0..dice.between(5, 25) {
        let person = Person::new(dice);
        let file = format!("JP{}{}", dice.number("1", 1), dice.digits(12));
        let passport = identity::passport(dice);
        table
            .person()
            .plain(&file)
            .value("name", &person.name)
            .value("passport", &passport)
            .value("birth_date", &person.born_written(style))
            .value("email", &person.email)
            .value("mobile", &person.mobile)
            .end();
    }
    table.page
}

pub(super) fn challans(dice: &mut Dice) -> Page {
    let mut table = Table::new(
        dice,
        &["Challan No", "Vehicle No", "Owner Name", "DL No", "Mobile", "Offence", "Amount"],
    );
    for _ in 0..dice.between(5, 25) {
        let person = Person::new(dice);
        let challan = format!("RJ{}", dice.digits(14));
        let (vehicle, licence) = (identity::vehicle(dice), identity::driving_licence(dice));
        let offence = dice.pick(&["Without helmet", "Signal jumping", "No parking", "Over speed"]);
        let amount = dice.pick(&["200", "500", "1000"]);
        table
            .person()
            .plain(&challan)
            .value("vehicle", &vehicle)
            .value("name", &person.name)
            .value("driving_licence", &licence)
            .value("mobile", &person.mobile)
            .plain(offence)
            .plain(amount)
            .end();
    }
    table.page
}

pub(super) fn pensions(dice: &mut Dice) -> Page {
    let mut table = Table::new(
        dice,
        &["PPO No", "Pensioner Name", "DOB", "Bank A/c No", "IFSC Code", "Aadhaar No", "Mobile No"],
    );
    let style = dice.below(6);
    for _ in 0..dice.between(5, 30) {
        let person = Person::new(dice);
        let (account, branch) = identity::account(dice);
        let order = dice.digits(9);
        table
            .person()
            .plain(&order)
            .value("name", &person.name)
            .value("birth_date", &person.born_written(style))
            .value("bank_account", &account)
            .plain(&branch)
            .value("aadhaar", &person.aadhaar)
            .value("mobile", &person.mobile)
            .end();
    }
    table.page
}

pub(super) fn json(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    let (lines, style) = (dice.chance(40), dice.below(6));
    let count = dice.between(3, 20);
    if !lines {
        page.line("{\"status\": 200, \"data\": [");
    }
    for at in 0..count {
        let person = Person::new(dice);
        page.person().say(&format!("{{\"id\": {}, \"name\": \"", dice.between(1_000, 99_999)));
        page.tell("name", &person.name).say("\", \"mobile_number\": \"");
        page.tell("mobile", &identity::mobile(dice)).say("\", \"dob\": \"");
        page.tell("birth_date", &person.born_written(style)).say("\", \"gender\": \"");
        page.tell("gender", person.gender(0)).say("\", \"email\": \"");
        page.tell("email", &person.email).say("\", \"upi\": \"").tell("upi", &person.upi);
        page.say(&format!(
            "\", \"created_at\": \"2021-05-{:02}T10:11:12Z\"}}",
            dice.between(1, 28)
        ));
        page.line(if lines || at + 1 == count { "" } else { "," });
    }
    if !lines {
        page.line("]}");
    }
    page
}

pub(super) fn sql(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("-- MySQL dump 10.13  Distrib 8.0.25")
        .line("DROP TABLE IF EXISTS `applicants`;")
        .line("CREATE TABLE `applicants` (`id` int NOT NULL, `name` varchar(80), `mobile` varchar(15),")
        .line("  `aadhaar` varchar(14), `pan` char(10), `created` datetime);")
        .say("INSERT INTO `applicants` (`id`, `name`, `mobile`, `aadhaar`, `pan`, `created`) VALUES ");
    let count = dice.between(4, 30);
    for at in 1..=count {
        let person = Person::new(dice);
        page.person().say(&format!("({at},'")).tell("name", &person.name).say("','");
        page.tell("mobile", &identity::mobile(dice)).say("','");
        page.tell("aadhaar", &identity::aadhaar(dice)).say("','").tell("pan", &person.pan);
        let on = day(dice).split('/').rev().collect::<Vec<_>>().join("-");
        page.say(&format!("','{on} 09:30:00')"));
        page.say(if at == count { ";\n" } else { "," });
    }
    page.line("-- Dump completed");
    page
}
