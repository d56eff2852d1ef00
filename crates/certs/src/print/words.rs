//! The fixed words of a certificate in each language. Digits are Western in all of them, as on the
//! documents that people compare a certificate with.

mod assamese;
mod bengali;
mod english;
mod gujarati;
mod hindi;
mod kannada;
mod malayalam;
mod marathi;
mod odia;
mod punjabi;
mod tamil;
mod telugu;

use super::language::Language;

/// The fixed words of a certificate. A field each, so that no language can lack one.
pub(super) struct Words {
    /// Of the page.
    pub(super) title: &'static str,
    /// Doses are still to come.
    pub(super) provisional: &'static str,
    /// The series is complete.
    pub(super) last_dose: &'static str,
    /// Above what is said of the person.
    pub(super) beneficiary: &'static str,
    pub(super) name: &'static str,
    pub(super) born_on: &'static str,
    /// Where only the year of birth is known.
    pub(super) born_in: &'static str,
    pub(super) gender: &'static str,
    pub(super) female: &'static str,
    pub(super) male: &'static str,
    pub(super) other: &'static str,
    /// The document that was shown.
    pub(super) identity: &'static str,
    pub(super) reference: &'static str,
    /// Above what is said of the doses.
    pub(super) vaccination: &'static str,
    pub(super) vaccine: &'static str,
    /// How many of how many.
    pub(super) doses_given: &'static str,
    /// Above the doses, and for one beyond those that have a word, before its number.
    pub(super) dose: &'static str,
    /// The first to the sixth dose.
    pub(super) doses: [&'static str; 6],
    /// Above the days.
    pub(super) given_on: &'static str,
    pub(super) lot: &'static str,
    pub(super) next_due: &'static str,
    pub(super) vaccinated_by: &'static str,
    pub(super) vaccinated_at: &'static str,
    /// Above how to check it.
    pub(super) check_title: &'static str,
    /// How to check it.
    pub(super) check_text: &'static str,
    pub(super) identifier: &'static str,
    pub(super) helpline: &'static str,
    /// What the code is, for who does not see it.
    pub(super) code_alt: &'static str,
}

/// The words in a language.
pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &english::ENGLISH,
        Language::Hindi => &hindi::HINDI,
        Language::Bengali => &bengali::BENGALI,
        Language::Gujarati => &gujarati::GUJARATI,
        Language::Kannada => &kannada::KANNADA,
        Language::Malayalam => &malayalam::MALAYALAM,
        Language::Marathi => &marathi::MARATHI,
        Language::Odia => &odia::ODIA,
        Language::Punjabi => &punjabi::PUNJABI,
        Language::Tamil => &tamil::TAMIL,
        Language::Telugu => &telugu::TELUGU,
        Language::Assamese => &assamese::ASSAMESE,
    }
}

#[cfg(test)]
mod tests;
