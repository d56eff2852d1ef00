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
}

#[test]
fn sets_hold_what_was_put_in() {
    let mut set = Labels::of(&[Label::Mobile, Label::Years]);
    assert!(set.has(Label::Years) && !set.has(Label::Pan));
    set.add(Label::Pan);
    assert!(set.any(Labels::of(&[Label::Pan])));
    assert!(!set.without(Labels::of(&[Label::Pan])).has(Label::Pan));
}
