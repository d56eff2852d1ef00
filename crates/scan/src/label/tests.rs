use super::*;

fn labels(text: &str) -> Vec<(Label, &str)> {
    let mut marks = Vec::new();
    find(text, (0, text.len()), &mut Skeleton::default(), &mut marks);
    marks.iter().map(|mark| (mark.label, &text[mark.start..mark.end])).collect()
}

#[test]
fn a_label_is_a_whole_word() {
    assert_eq!(labels("Mobile No.: 1"), [(Label::Mobile, "Mobile No")]);
    assert_eq!(labels("automobile company"), [(Label::Organisation, "company")]);
    assert_eq!(labels("\"patientName\":"), [(Label::Name, "patientName")]);
    assert_eq!(labels("mobile_no"), [(Label::Mobile, "mobile")]);
    assert_eq!(labels("spanned japan"), []);
}

#[test]
fn each_language_of_the_portal_has_its_words_for_a_mobile_and_a_name() {
    let mobile = [
        "मोबाइल नंबर",
        "भ्रमणध्वनी क्रमांक",
        "મોબાઇલ નંબર",
        "মোবাইল নম্বর",
        "ମୋବାଇଲ ନମ୍ବର",
        "ਮੋਬਾਈਲ ਨੰਬਰ",
        "మొబైల్ నంబర్",
        "கைபேசி எண்",
        "ಮೊಬೈಲ್ ಸಂಖ್ಯೆ",
        "മൊബൈൽ നമ്പർ",
        "ম'বাইল নম্বৰ",
    ];
    for text in mobile {
        assert_eq!(labels(text).first().map(|(label, _)| *label), Some(Label::Mobile), "{text}");
    }
    for text in ["नाम", "नाव", "નામ", "নাম", "ନାମ", "ਨਾਮ", "పేరు", "பெயர்", "ಹೆಸರು", "പേര്"]
    {
        assert_eq!(labels(text), [(Label::Name, text)], "{text}");
    }
}

#[test]
fn a_label_that_lost_its_signs_is_known() {
    assert_eq!(labels("लाभाथ का नाम").first().map(|(label, _)| *label), Some(Label::Name));
    assert_eq!(labels("जला"), [(Label::Place, "जला")]);
    // And one letter more is another word.
    assert_eq!(labels("नमक"), []);
    assert_eq!(labels("अनुमान"), []);
    // Nor is one with signs that were never there.
    assert_eq!(labels("सातारा"), []);
    assert_eq!(labels("सतर"), [(Label::GenderValue, "सतर")]);
}

#[test]
fn sets_hold_what_was_put_in() {
    let mut set = Labels::of(&[Label::Mobile, Label::Years]);
    assert!(set.has(Label::Years) && !set.has(Label::Pan));
    set.add(Label::Pan);
    assert!(set.any(Labels::of(&[Label::Pan])));
    assert!(!set.without(Labels::of(&[Label::Pan])).has(Label::Pan));
}

#[test]
fn each_word_is_of_one_script_and_says_one_thing() {
    let indic = |c: &char| (0x0900..0x0D80).contains(&u32::from(*c));
    let mut said = HashMap::new();
    for (label, word) in listed(indic::WORDS) {
        assert!(said.insert(word, label).is_none(), "{word} is there twice");
        let blocks: Vec<_> = word.chars().filter(indic).map(|c| u32::from(c) >> 7).collect();
        assert!(blocks.windows(2).all(|pair| pair[0] == pair[1]), "{word} is of two scripts");
        let foreign = |c: &char| !indic(c) && !" -/'₹\u{200c}\u{200d}".contains(*c);
        assert!(!word.chars().any(|c| foreign(&c)), "{word} has a letter of another script");
        assert_eq!(labels(word), [(label, word)], "{word} is found as it is written");
    }
}

#[test]
fn words_with_the_same_consonants_are_told_apart_where_their_signs_are_left() {
    for (text, label) in [
        ("पिता", Label::Relative),
        ("पता", Label::Address),
        ("पिन कोड", Label::Pin),
        ("पैन कार्ड", Label::Pan),
        ("টিকা", Label::Vaccine),
        ("টাকা", Label::Amount),
        ("ஆணை", Label::Order),
        ("ஆண்", Label::GenderValue),
    ] {
        assert_eq!(labels(text), [(label, text)], "{text}");
    }
}
