use super::*;
use crate::print::text::{Line, Script, Weight};

impl Words {
    /// All of them. Without `..`, so that a new field is not forgotten.
    fn all(&self) -> Vec<&'static str> {
        let Self {
            title,
            provisional,
            last_dose,
            beneficiary,
            name,
            born_on,
            born_in,
            gender,
            female,
            male,
            other,
            identity,
            reference,
            vaccination,
            vaccine,
            doses_given,
            dose,
            doses,
            given_on,
            lot,
            next_due,
            vaccinated_by,
            vaccinated_at,
            check_title,
            check_text,
            identifier,
            helpline,
            code_alt,
        } = *self;
        let one = [
            title,
            provisional,
            last_dose,
            beneficiary,
            name,
            born_on,
            born_in,
            gender,
            female,
            male,
            other,
            identity,
            reference,
            vaccination,
            vaccine,
            doses_given,
            dose,
            given_on,
            lot,
            next_due,
            vaccinated_by,
            vaccinated_at,
            check_title,
            check_text,
            identifier,
            helpline,
            code_alt,
        ];
        one.into_iter().chain(doses).collect()
    }
}

const fn script(language: Language) -> Script {
    match language {
        Language::English => Script::Latin,
        Language::Hindi | Language::Marathi => Script::Devanagari,
        Language::Bengali | Language::Assamese => Script::Bengali,
        Language::Gujarati => Script::Gujarati,
        Language::Kannada => Script::Kannada,
        Language::Malayalam => Script::Malayalam,
        Language::Odia => Script::Odia,
        Language::Punjabi => Script::Gurmukhi,
        Language::Tamil => Script::Tamil,
        Language::Telugu => Script::Telugu,
    }
}

#[test]
fn every_word_is_in_its_languages_script_and_shaped_without_a_missing_sign() {
    for language in Language::ALL {
        for word in words(language).all().into_iter().chain([language.name()]) {
            assert!(!word.is_empty() && word.trim() == word, "{language:?} {word}");
            for run in Line::of(word, Weight::Bold).0 {
                let letters = run.text.contains(char::is_alphabetic);
                assert!(!letters || run.script == script(language), "{language:?} {word}");
                assert!(!run.has_broken_sign(), "{language:?} {word}");
            }
        }
    }
}

#[test]
fn every_word_fits_its_line_and_says_its_own_thing() {
    for language in Language::ALL {
        let all = words(language).all();
        for (place, word) in all.iter().enumerate() {
            assert!(!all[..place].contains(word), "{language:?} {word} stands for two things");
            // How to check it is broken into lines, and what the code is is not drawn at all.
            let own = words(language);
            let whole = ![own.check_text, own.code_alt].contains(word);
            let most = if whole { 24.0 } else { 100.0 };
            assert!(Line::of(word, Weight::Regular).width() < most, "{language:?} {word}");
        }
    }
}
