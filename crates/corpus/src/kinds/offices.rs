//! Documents of offices and their staff, without a private person in them.

use super::{health::day, lists::Table};
use crate::{
    dice::Dice,
    document::Page,
    identity,
    people::{officer, town},
};

pub(super) fn order(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("GOVERNMENT OF RAJASTHAN").line("DEPARTMENT OF PERSONNEL (A-IV)")
        .line(&format!("No. F.{}({})DOP/A-IV/2021            Jaipur, dated {}", dice.between(1, 40), dice.between(1, 99), day(dice)))
        .line("ORDER")
        .line("In supersession of this office order of even number, the following transfers are made:");
    for at in 1..=dice.between(2, 12) {
        let (from, to) = (town(dice).0, town(dice).0);
        page.say(&format!("{at}. ")).either(&officer(dice));
        page.line(&format!(
            ", Assistant Engineer, from {from} to {to}, vide ID No. {}",
            dice.digits(9)
        ));
    }
    page.line("They shall join within seven days and send compliance to the undersigned.")
        .line("This bears the concurrence of the Finance Department vide");
    page.line(&format!("I.D. No. {} dated {}.", dice.number("6789", 10), day(dice)));
    page.say("(")
        .either(&officer(dice))
        .line(")")
        .line("Joint Secretary to the Government")
        .line("Copy to: 1. PS to Chief Secretary 2. Guard file");
    page
}

pub(super) fn roster(dice: &mut Dice) -> Page {
    let mut table = Table::new(dice, &["Date", "Shift", "Ward", "Designation", "Control room"]);
    for _ in 0..dice.between(10, 50) {
        let (on, ward) = (day(dice), dice.between(1, 90));
        let shift = dice.pick(&["08:00-14:00", "14:00-20:00", "20:00-08:00"]);
        let who = dice.pick(&[
            "Junior Engineer",
            "Sanitary Inspector",
            "Tehsildar",
            "BCMO",
            "Staff Nurse",
        ]);
        let phone = format!("0141-22{}", dice.digits(5));
        table.plain(&on).plain(shift).plain(&format!("Ward {ward}")).plain(who).plain(&phone).end();
    }
    table.page
}

pub(super) fn causes(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("HIGH COURT, DAILY CAUSE LIST").line(&format!(
        "Court No. {}, dated {}",
        dice.between(1, 30),
        day(dice)
    ));
    for at in 1..=dice.between(5, 25) {
        let kind = dice.pick(&["SB CWP", "DB SAW", "CRLMB", "CMA"]);
        page.say(&format!(
            "{at}  {kind}/{}/2021  CNR RJHC0{}  State vs. ",
            dice.digits(5),
            dice.digits(11)
        ));
        page.either(&officer(dice)).say("  Adv. ").either(&officer(dice)).line("");
    }
    page
}

pub(super) fn press(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("PRESS NOTE").line(&format!("Dated {}", day(dice)));
    page.line(&format!(
        "{} doses were given till 7 pm, taking the total to {}.",
        dice.digits(6),
        dice.number("6789", 10)
    ))
    .line(&format!(
        "{} samples were tested, {} were positive; males {} %, females {} %.",
        dice.digits(5),
        dice.digits(3),
        dice.between(40, 60),
        dice.between(40, 60)
    ))
    .line("Citizens may call 1075 or the State helpline 104, 0141-2225624, 181.")
    .line(&format!("Reference PIB/{}/{}", dice.digits(7), dice.between(1, 30)));
    page.say("For more contact the PRO, ").either(&officer(dice)).say(", ");
    page.either(&identity::mobile_written(dice)).line(".");
    page
}

pub(super) fn hospitals(dice: &mut Dice) -> Page {
    let heads = ["NIN", "Facility", "Type", "Address", "PIN", "Phone", "Beds"];
    let mut table = Table::new(dice, &heads);
    for _ in 0..dice.between(10, 40) {
        let (place, prefix) = town(dice);
        let (id, pin) = (dice.number("123456789", 10), identity::pin_code(dice, prefix));
        let kind = dice.pick(&["PHC", "CHC", "SDH", "DH"]);
        let (phone, beds) = (format!("0141-2{}", dice.digits(6)), dice.between(4, 300).to_string());
        table
            .plain(&id)
            .plain(&format!("{kind} {place}"))
            .plain(kind)
            .either(&format!("Main Road, {place}"))
            .either(&pin)
            .plain(&phone)
            .plain(&beds)
            .end();
    }
    table.page
}

pub(super) fn hindi(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("राजस्थान सरकार")
        .line("चिकित्सा एवं स्वास्थ्य विभाग")
        .line(&format!(
            "क्रमांक: एफ.{}({})/चि/2021/{}     दिनांक: {}",
            dice.between(1, 30),
            dice.between(1, 90),
            dice.digits(10),
            day(dice)
        ))
        .line("आदेश")
        .line("समस्त मुख्य चिकित्सा अधिकारियों को निर्देशित किया जाता है कि टीकाकरण सत्रों की सूचना")
        .line(&format!(
            "प्रतिदिन सायं 6 बजे तक पोर्टल पर दर्ज करें। बजट मद {} में राशि {} स्वीकृत।",
            dice.digits(12),
            dice.digits(8)
        ))
        .line(&format!(
            "कुल {} खुराकें, बैच {}। दूरभाष 0141-{}",
            dice.digits(6),
            dice.digits(8),
            dice.digits(7)
        ));
    page.line("निदेशक (जन स्वास्थ्य)");
    page
}
