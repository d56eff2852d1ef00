//! Certificates on paper in every language, for whoever changes how they look or how fast they are
//! made.
//!
//! ```sh
//! cargo run -p certs --example papers -- FOLDER            # to look at
//! cargo run --release -p certs --example papers -- 500     # how many a second, of so many each
//! ```

#![expect(clippy::print_stdout, reason = "it is for whoever runs it")]

use std::{env, fs, hint::black_box, path::Path, time::Instant};

use certs::{
    print::{CertificatePage, Code, Variant, certificate, language::Language},
    read::Payload,
    signature::Scheme,
    signer::key::{LocalKey, SigningKey, make_key},
    vaccination::{Born, Gender},
};
use jiff::{Timestamp, civil::date};

/// Each language with the name of a made-up person and of a facility.
const LOCAL: [(Language, &str, &str); 12] = [
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

/// What differs from one paper to another.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    variant: Variant,
    doses: u8,
    /// Names as long as they may be.
    is_long: bool,
    /// With a second code.
    has_two: bool,
}

const CASES: [Case; 6] = {
    let plain = Case {
        name: "final",
        variant: Variant::Domestic,
        doses: 2,
        is_long: false,
        has_two: false,
    };
    let abroad = Case { name: "travel", variant: Variant::International, has_two: true, ..plain };
    [
        plain,
        Case { name: "provisional", doses: 1, ..plain },
        Case { name: "long", is_long: true, has_two: true, ..plain },
        abroad,
        Case { name: "travel-provisional", doses: 1, ..abroad },
        Case { name: "travel-long", is_long: true, ..abroad },
    ]
};

fn main() {
    let wanted = env::args().nth(1).unwrap_or_else(|| "target/papers".to_owned());
    match wanted.parse() {
        Ok(count) => measure(count),
        Err(_) => keep(Path::new(&wanted)),
    }
}

fn keep(folder: &Path) {
    fs::create_dir_all(folder).expect("the folder can be made");
    for local in LOCAL {
        for case in CASES {
            let name = format!("{}-{}.pdf", local.0.tag(), case.name);
            fs::write(folder.join(name), paper(local, case)).expect("a file can be written");
        }
    }
}

/// Prints and signs in turns, on one core.
fn measure(count: u32) {
    let pem = make_key(Scheme::Es256).expect("a key can be made");
    let key = LocalKey::from_pem(&pem).expect("it was just made");
    for local in LOCAL {
        let size = paper(local, CASES[0]).len();
        let (mut printed, mut signed) = (0.0, 0.0);
        for _ in 0..count {
            let begun = Instant::now();
            drop(black_box(paper(local, CASES[0])));
            let between = Instant::now();
            drop(black_box(key.sign(black_box(&[7; 350]))));
            printed += (between - begun).as_secs_f64();
            signed += between.elapsed().as_secs_f64();
        }
        let count = f64::from(count);
        println!(
            "{:<10} {:>6.0} a second, as long as {:>5.1} signatures, {size} bytes",
            format!("{:?}", local.0),
            count / printed,
            printed / signed,
        );
    }
}

fn paper((language, name, facility): (Language, &str, &str), case: Case) -> Vec<u8> {
    let long = |text: &str| format!("{text} ").chars().cycle().take(100).collect::<String>();
    let (name, facility) = if case.is_long {
        (long(name), long(facility))
    } else {
        (name.to_owned(), facility.to_owned())
    };
    let eu = format!("HC1:{}", "6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23".repeat(13));
    let mut codes =
        vec![Code { payload: Payload::Text(eu.clone()), caption: "EU Digital COVID Certificate" }];
    if case.has_two && case.variant == Variant::International {
        let caption = "WHO vaccination certificate (ICVP)";
        codes.push(Code { payload: Payload::Text(eu), caption });
    } else if case.has_two {
        codes.push(Code { payload: zipped(), caption: "Co-WIN" });
    }
    let dates = [date(2025, 11, 3), date(2026, 1, 15)];
    let doses = (1..=case.doses).zip(dates).map(|(n, on)| (n, on, format!("4121Z{n:03}")));
    let travels = case.variant == Variant::International;
    certificate(&CertificatePage {
        language,
        variant: case.variant,
        codes,
        name: &name,
        born: if travels { Born::On(date(2014, 5, 30)) } else { Born::Year(2014) },
        gender: Gender::Female,
        document: "Passport XXXX0000".to_owned(),
        passport: travels.then_some("Z1234567"),
        guardian: travels.then_some(&name),
        reference: "12345678901234".to_owned(),
        uvci: "URN:UVCI:01:IN:0123456789ABCDEF0123456789ABCDEF#K",
        vaccine: "COVISHIELD",
        doses: doses.collect(),
        doses_total: 2,
        next_due: (case.doses < 2).then_some(date(2026, 1, 26)),
        vaccinator: "Meera Pillai",
        facility: format!("{facility}, Pune, Maharashtra"),
        issuer: "Ministry of Health and Family Welfare",
        helpline: Some("1075"),
        issued_at: Timestamp::from_second(1_769_904_000).unwrap_or_default(),
    })
}

/// As large as the code of the Co-WIN form, with bytes that do not pack.
fn zipped() -> Payload {
    let mut noise = 7_u32;
    let mut next = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.to_be_bytes()[0]
    };
    Payload::Bytes(b"PK\x03\x04".iter().copied().chain((0..1_146).map(|_| next())).collect())
}
