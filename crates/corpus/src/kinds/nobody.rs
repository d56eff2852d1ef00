//! Documents of numbers that are nobody's.

use super::{health::day, lists::Table};
use crate::{dice::Dice, document::Page, identity, people::town};

pub(super) fn tender(dice: &mut Dice) -> Page {
    let (place, _) = town(dice);
    let mut page = Page::default();
    page.line(&format!("OFFICE OF THE EXECUTIVE ENGINEER, PWD DIVISION, {}", place.to_uppercase()))
        .line(&format!("No. EE/PWD/2021-22/{}      Dated {}", dice.between(100, 9_999), day(dice)))
        .line(&format!("NOTICE INVITING TENDER No. {}/2021-22", dice.between(1, 90)))
        .line("Online tenders are invited in two envelopes from enlisted contractors:")
        .line(&format!(
            "Tender ID 2021_PWD_{}_1, UBN PWD2122WSOB{}",
            dice.digits(6),
            dice.digits(5)
        ))
        .line(&format!("1. Estimated cost Rs. {},{},000.00", dice.between(1, 98), dice.digits(2)))
        .line(&format!("2. EMD Rs. {} by demand draft No. {}", dice.digits(6), dice.digits(6)))
        .line(&format!(
            "3. Receipt head 0059-80-800-{}, challan {}",
            dice.digits(2),
            dice.digits(14)
        ));
    for _ in 0..dice.between(4, 20) {
        let item = dice.number("6789", 10);
        page.line(&format!(
            "Item {item}: {} mm dia pipe, {} RM, drawing {} {} {}",
            dice.between(40, 600),
            dice.between(100, 4_000),
            dice.digits(4),
            dice.digits(4),
            dice.digits(4)
        ));
    }
    page.say("Queries: telephone 07462-").say(&dice.digits(6)).say(", e-mail ");
    page.either(&format!("ee.pwd.{}@example.gov.in", place.to_lowercase())).line("");
    page.line("Help desk of the portal: 0120-4001002, toll free 1800-3070-2232");
    page
}

pub(super) fn statement(dice: &mut Dice) -> Page {
    let heads = ["Txn Date", "Description", "Ref No./Cheque No.", "Debit", "Credit", "Balance"];
    let mut table = Table::new(dice, &heads);
    for _ in 0..dice.between(10, 60) {
        let on = day(dice);
        let (text, reference) = match dice.below(5) {
            0 => {
                (format!("BY NEFT*RBIN0RJTRES*{}*STATE TREASURY", dice.digits(12)), dice.digits(13))
            }
            1 => (format!("RTGS UTR NO SBINR5{}", dice.digits(16)), dice.digits(12)),
            2 => (format!("IMPS/{}/SHREE STATIONERS PVT LTD", dice.digits(12)), dice.digits(12)),
            3 => (format!("GST CPIN {}", dice.digits(14)), dice.digits(14)),
            _ => ("TO CHEQUE-VIDYUT VITRAN NIGAM LTD".to_owned(), dice.digits(6)),
        };
        let (amount, balance) = (dice.between(900, 900_000), dice.between(1_000_000, 9_000_000));
        table
            .plain(&on)
            .plain(&text)
            .plain(&reference)
            .plain(&format!("{amount}.00"))
            .plain("")
            .plain(&format!("{balance}.50"))
            .end();
    }
    table.page
}

pub(super) fn science(dice: &mut Dice) -> Page {
    let heads =
        ["accession", "specimen", "collected", "latitude", "longitude", "reads", "md5_prefix"];
    let mut table = Table::tabs(&heads);
    for at in 1..=dice.between(10, 80) {
        let collected = format!("2021-05-{:02}", dice.between(1, 28));
        let latitude = format!("{}.{}", dice.between(20, 30), dice.digits(6));
        let longitude = format!("{}.{}", dice.between(70, 88), dice.digits(6));
        let (accession, reads) = (format!("MW{}", dice.digits(6)), dice.number("6789", 10));
        let hash = dice.digits(16);
        table
            .plain(&accession)
            .plain(&format!("S-{at:04}"))
            .plain(&collected)
            .plain(&latitude)
            .plain(&longitude)
            .plain(&reads)
            .plain(&hash)
            .end();
    }
    table.page
}

pub(super) fn invoice(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("TAX INVOICE").line("Shree Balaji Surgicals Pvt. Ltd.");
    page.say("GSTIN: ").say(&identity::gstin(dice)).line(&format!(
        "   CIN U{}RJ2009PTC{}",
        dice.digits(5),
        dice.digits(6)
    ));
    page.line(&format!(
        "Invoice No. SBS/21-22/{}   PO No. {}",
        dice.digits(4),
        dice.number("789", 10)
    ))
    .line(&format!("IRN {}   Ack No. {}", dice.digits(20), dice.digits(15)))
    .line(&format!(
        "E-way bill {} {} {}",
        dice.number("2", 4),
        dice.digits(4),
        dice.digits(4)
    ));
    for at in 1..=dice.between(2, 12) {
        page.line(&format!(
            "{at}  HSN {}  Gloves, nitrile, lot {}  {} x {}.00",
            dice.digits(8),
            dice.number("6789", 10),
            dice.between(10, 500),
            dice.between(90, 990)
        ));
    }
    let (account, branch) = identity::account(dice);
    page.say("Bank of the company: A/c ").either(&account).line(&format!(", IFSC {branch}"));
    page.line("Goods once sold are not taken back. Subject to Jaipur jurisdiction.");
    page
}

pub(super) fn library(dice: &mut Dice) -> Page {
    let mut table = Table::tabs(&["Accession", "Title", "ISBN", "Call No", "Price"]);
    for _ in 0..dice.between(10, 50) {
        let title = dice.pick(&[
            "History of Rajputana",
            "Fluid Mechanics",
            "Modern Algebra",
            "Public Health in India",
            "The Village Economy",
            "Organic Chemistry",
        ]);
        let (accession, isbn) = (dice.digits(6), format!("97881{}", dice.digits(8)));
        let call = format!("{}.{}", dice.between(100, 990), dice.digits(4));
        let price = dice.between(90, 2_000).to_string();
        table.plain(&accession).plain(title).plain(&isbn).plain(&call).plain(&price).end();
    }
    table.page
}

pub(super) fn log(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    for at in 0..dice.between(20, 120) {
        page.line(&format!(
            "2021-05-12T09:{:02}:{:02}.{}Z INFO request id={} session={} bytes={} took={}us from 10.0.{}.{}",
            at / 60 % 60, at % 60, dice.digits(6), dice.number("6789", 10), dice.digits(16),
            dice.between(100, 90_000), dice.between(40, 9_000), dice.below(256), dice.below(256)
        ));
    }
    page
}

pub(super) fn budget(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("DEMAND FOR GRANTS 2021-22")
        .line("Head of account                     Budget      Revised");
    for _ in 0..dice.between(10, 40) {
        page.line(&format!(
            "2210-01-{:03}-{:02} Medical and public health   {:>12} {:>12}",
            dice.below(900),
            dice.below(90),
            dice.number("6789", 10),
            dice.number("6789", 10)
        ));
    }
    page.line(&format!("Total {} {}", dice.digits(12), dice.digits(12)));
    page
}

pub(super) fn prices(dice: &mut Dice) -> Page {
    let mut table = Table::new(dice, &["Part No", "Description", "Model", "Pack", "MRP"]);
    for _ in 0..dice.between(10, 50) {
        let part = format!("{}{}{}", dice.letters(5), dice.digits(4), dice.letters(1));
        let model = format!("{}{}", dice.letters(1), dice.digits(7));
        let text = dice.pick(&["Ball bearing", "Gasket", "Relay 24 V", "Oil filter", "Fuse link"]);
        let (pack, price) =
            (dice.between(1, 100).to_string(), format!("{}.00", dice.between(10, 9_000)));
        table.plain(&part).plain(text).plain(&model).plain(&pack).plain(&price).end();
    }
    table.page
}

pub(super) fn readings(dice: &mut Dice) -> Page {
    let heads = ["Station", "Meter No", "Reading date", "Previous", "Current", "Units", "K No"];
    let mut table = Table::new(dice, &heads);
    for at in 1..=dice.between(10, 60) {
        let (meter, account) = (dice.number("6789", 10), dice.number("2", 12));
        let (on, before) = (day(dice), dice.between(1_000, 80_000));
        let units = dice.between(10, 900);
        table
            .plain(&format!("Pump house {at}"))
            .plain(&meter)
            .plain(&on)
            .plain(&before.to_string())
            .plain(&(before + units).to_string())
            .plain(&units.to_string())
            .plain(&account)
            .end();
    }
    table.page
}

pub(super) fn source(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("import hashlib")
        .line("")
        .line(&format!("EPOCH_MS = 16{}", dice.digits(11)))
        .line(&format!("SEED = {}", dice.number("6789", 10)))
        .line("");
    for at in 0..dice.between(5, 30) {
        page.line(&format!(
            "def step_{at}(x, key=\"{}{}{}\"):",
            dice.letters(5),
            dice.digits(4),
            dice.letters(1)
        ))
        .line(&format!(
            "    return (x * {} + {}) % {}",
            dice.digits(8),
            dice.digits(12),
            dice.number("2", 10)
        ))
        .line("");
    }
    page
}

pub(super) fn counts(dice: &mut Dice) -> Page {
    let heads = ["District", "Age group", "Male", "Female", "Tested", "Positive", "Negative"];
    let mut table = Table::new(dice, &heads);
    for _ in 0..dice.between(10, 50) {
        let (place, _) = town(dice);
        let group = dice.pick(&["0-17", "18-44", "45-59", "60+"]);
        let numbers: Vec<_> = (0..5).map(|_| dice.between(10, 90_000).to_string()).collect();
        table.plain(place).plain(group);
        for number in &numbers {
            table.plain(number);
        }
        table.end();
    }
    table.page
}

pub(super) fn timetable(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("STATE TRANSPORT, TIME TABLE w.e.f. 01/06/2021")
        .line("Route  Service  From  To  Dep  Arr  Km");
    for _ in 0..dice.between(10, 40) {
        let ((from, _), (to, _)) = (town(dice), town(dice));
        page.line(&format!(
            "{}  {}  {from}  {to}  {:02}:{:02}  {:02}:{:02}  {}",
            dice.digits(5),
            dice.digits(8),
            dice.below(24),
            dice.below(60),
            dice.below(24),
            dice.below(60),
            dice.between(20, 700)
        ));
    }
    page.line("Enquiry 0141-2373044, 1800-2000-103");
    page
}
