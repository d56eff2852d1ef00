//! The page at home has two codes side by side: each is read from a picture of the page with 150 dots
//! an inch, as a cheap printer and a cheap phone give it, in every language.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use app::certificates::{Language, Paper};
use certs::{
    print::Variant,
    read::{Payload, payloads},
};
use domain::{id::BeneficiaryId, person::Name};
use testkit::world::{World, details, first_dose};
use vault::Secret;

/// A name of each script, and the longest that is taken.
const NAMES: [&str; 13] = [
    "Anna O'Brien",
    "श्रीमती लक्ष्मीबाई त्रिपाठी",
    "শ্রীমতী লক্ষ্মী চট্টোপাধ্যায়",
    "લક્ષ્મીબેન ત્રિવેદી",
    "ಲಕ್ಷ್ಮಮ್ಮ ಕೃಷ್ಣಪ್ಪ",
    "ശ്രീലക്ഷ്മി കൃഷ്ണൻകുട്ടി നായർ",
    "ज्ञानेश्वरी कुलकर्णी",
    "ଲକ୍ଷ୍ମୀପ୍ରିୟା ପଣ୍ଡା",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਢਿੱਲੋਂ",
    "ஸ்ரீமதி லக்ஷ்மி சுப்பிரமணியன்",
    "లక్ష్మీ కృష్ణమూర్తి",
    "লক্ষ্মীপ্ৰিয়া বৰুৱা",
    "श्रीमतीलक्ष्मीबाईकृष्णकुमारीत्रिपाठी श्रीवास्तवचट्टोपाध्यायवेङ्कटनरसिंहराजुवारिपेटसुब्रह्मण्य",
];

async fn world() -> World {
    let public_address = Some("https://vaccination.example".to_owned());
    let settings = app::settings::Settings { limits: None, public_address, ..Default::default() };
    World::with_settings(1, settings).await
}

/// Somebody of this name, with a dose.
async fn vaccinated(world: &World, mobile: &str, name: &str) -> BeneficiaryId {
    let mut details = details("Asha Demo", 1980, mobile.parse().unwrap());
    details.name = Name::parse(name).unwrap();
    let ctx = world.resident(mobile);
    let enrolled =
        world.platform.enrol(&ctx, &Secret::new(mobile.to_owned()), &details, None).await;
    let id = enrolled.unwrap();
    world.give(mobile, id, &first_dose(mobile.parse().unwrap())).await;
    id
}

/// Where the papers are kept, to be looked at.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-codes");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A half of the lower half of the page as a picture, as of a phone that is held over one code.
fn half(name: &str, pdf: &[u8], left: u32) -> Vec<u8> {
    let file = folder().join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    let picture = folder().join(format!("{name}-{left}"));
    let mut draw = Command::new("pdftoppm");
    draw.args(["-png", "-gray", "-singlefile", "-r", "150", "-x", &left.to_string()]);
    draw.args(["-W", "620", "-y", "877", "-H", "877"]);
    draw.arg(&file).arg(&picture);
    assert!(draw.status().unwrap().success());
    std::fs::read(picture.with_extension("png")).unwrap()
}

#[tokio::test]
async fn both_codes_are_read_from_paper_in_every_language() {
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        return testkit::missing("poppler-utils");
    }
    let world = world().await;
    let mut unread = Vec::new();
    for (number, name) in NAMES.iter().enumerate() {
        let mobile = (9_000_000_000 + number).to_string();
        let id = vaccinated(&world, &mobile, name).await;
        let language = Language::ALL[number % Language::ALL.len()];
        let paper = Paper { language, variant: Variant::Domestic };
        let pdf = world.platform.my_certificate(&world.resident(&mobile), id, paper).await.unwrap();
        let codes = payloads(&pdf);
        let [Payload::Text(_), Payload::Bytes(_)] = &codes[..] else { panic!("two codes") };
        for (code, left) in codes.iter().zip([0, 620]) {
            let picture = half(&format!("{number}-{}", language.tag()), &pdf, left);
            if payloads(&picture) != std::slice::from_ref(code) {
                unread.push((language, left));
            }
        }
    }
    assert_eq!(unread, []);
}
