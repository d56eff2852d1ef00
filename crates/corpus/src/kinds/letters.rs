//! What people write, and what is written about them, in sentences.

use super::health::day;
use crate::{
    dice::Dice,
    document::Page,
    identity,
    people::{Person, officer},
};

pub(super) fn application(dice: &mut Dice) -> Page {
    let (person, style) = (Person::new(dice), dice.below(6));
    let mut page = Page::default();
    page.line("APPLICATION FOR REGISTRATION").line("(Fill in capital letters)").line("");
    page.person().say("1. Name of the applicant: ").tell("name", &person.name).line("");
    page.say("2. Father's name: ").tell("name", &person.father).line("");
    page.say("3. Date of birth: ").tell("birth_date", &person.born_written(style)).line("");
    page.say("4. Gender: ").tell("gender", person.gender(0)).line("");
    page.say("5. Permanent address: ").tell("address", &person.address()).line("");
    page.say("   PIN Code: ").tell("pin_code", &person.pin_code).line("");
    page.say("6. Mobile: ").tell("mobile", &person.mobile).say("   E-mail: ");
    page.tell("email", &person.email).line("");
    match dice.below(4) {
        0 => page.say("7. PAN: ").tell("pan", &person.pan).line(""),
        1 => page.say("7. Voter ID Card No.: ").tell("epic", &identity::epic(dice)).line(""),
        2 => page.say("7. Passport Number: ").tell("passport", &identity::passport(dice)).line(""),
        _ => page
            .say("7. Driving Licence No.: ")
            .tell("driving_licence", &identity::driving_licence(dice))
            .line(""),
    };
    if dice.chance(40) {
        page.say("8. Virtual ID (VID): ").tell("virtual_id", &identity::virtual_id(dice)).line("");
    } else {
        page.say("8. Aadhaar number: ").tell("aadhaar", &person.aadhaar).line("");
    }
    let (account, branch) = identity::account(dice);
    page.say("9. Bank account number: ").tell("bank_account", &account);
    page.line(&format!(", IFSC {branch}")).line("");
    page.line(&format!("I declare that the above is true.   Application No. {}", dice.digits(10)));
    page
}

pub(super) fn complaint(dice: &mut Dice) -> Page {
    let person = Person::new(dice);
    let mut page = Page::default();
    page.line("To").line("The District Collector").line("");
    page.line(&format!("Sub: Non-receipt of certificate, grievance No. {}", dice.digits(10)))
        .line("");
    page.person().say("Sir, I, ").tell("name", &format!("{} {}", person.first, person.surname));
    page.say(if person.woman { ", daughter of Shri " } else { ", son of Shri " });
    page.tell("name", &person.father).say(", aged ").tell("age", &person.age.to_string());
    page.say(" years, resident of ").tell("address", &person.address()).say(" - ");
    page.tell("pin_code", &person.pin_code).line(", beg to state that I was vaccinated");
    page.line(&format!(
        "on {} at the community centre, and that no certificate came. I went to",
        day(dice)
    ));
    page.line(&format!(
        "the office {} times and was shown file no. {}/2021.",
        dice.between(2, 9),
        dice.between(10, 999)
    ));
    match dice.below(3) {
        0 => page.say("My Aadhaar number is ").tell("aadhaar", &person.aadhaar),
        1 => page.say("My PAN is ").tell("pan", &person.pan),
        _ => page
            .say("My beneficiary reference id is ")
            .tell("beneficiary_id", &identity::beneficiary_id(dice)),
    };
    page.say(" and my mobile number is ").tell("mobile", &person.mobile).line(".");
    page.say("Please reply to ").tell("email", &person.email).line(" or by post.").line("");
    page.line("Yours faithfully,");
    page
}

pub(super) fn thread(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    let file = dice.digits(5);
    page.say("From: ").either(&format!("nodal.{file}@example.gov.in")).line("");
    page.say("To: ").either("helpdesk@example.gov.in").line("");
    page.line(&format!("Date: Tue, {:02} Jun 2021 11:42:07 +0530", dice.between(1, 28)))
        .line(&format!("Message-ID: <{}.{}@mail.example.gov.in>", dice.digits(12), dice.digits(10)))
        .line(&format!("Subject: Re: pending corrections, ticket #{file}"))
        .line("")
        .line("Please correct the following, received over telephone:");
    for at in 1..=dice.between(1, 5) {
        let person = Person::new(dice);
        page.person().say(&format!("{at}) ")).tell("name", &person.name).say(", mobile ");
        page.tell("mobile", &person.mobile)
            .say(", DOB ")
            .tell("birth_date", &person.born_written(0));
        page.say(" instead of the year only, beneficiary ID ");
        page.tell("beneficiary_id", &identity::beneficiary_id(dice)).line("");
    }
    page.line("").line("Regards,");
    page.either(&officer(dice)).line("").line("Nodal officer, 0141-2225001 (O)");
    page.line("")
        .line(&format!("> On 03/06/2021 ticket #{file} was opened, SLA 48 hours, priority 2."));
    page
}
