//! The languages that a certificate is printed in.

/// A language that Co-WIN had, and that a certificate is printed in beside English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English alone.
    #[default]
    English,
    /// Hindi.
    Hindi,
    /// Bengali.
    Bengali,
    /// Gujarati.
    Gujarati,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Marathi.
    Marathi,
    /// Odia.
    Odia,
    /// Punjabi, in Gurmukhi.
    Punjabi,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Assamese.
    Assamese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 12] = [
        Self::English,
        Self::Hindi,
        Self::Bengali,
        Self::Gujarati,
        Self::Kannada,
        Self::Malayalam,
        Self::Marathi,
        Self::Odia,
        Self::Punjabi,
        Self::Tamil,
        Self::Telugu,
        Self::Assamese,
    ];

    /// Its tag.
    ///
    /// # Source
    ///
    /// BCP 47; the subtags are those of ISO 639-1.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hindi => "hi",
            Self::Bengali => "bn",
            Self::Gujarati => "gu",
            Self::Kannada => "kn",
            Self::Malayalam => "ml",
            Self::Marathi => "mr",
            Self::Odia => "or",
            Self::Punjabi => "pa",
            Self::Tamil => "ta",
            Self::Telugu => "te",
            Self::Assamese => "as",
        }
    }

    /// The language of a tag, whatever its region; none for one that there are no words in.
    ///
    /// # Shape
    ///
    /// `hi`, `HI` or `hi-IN`. Of a tag that names another script (`pa-Arab`), none: the words are
    /// in the language's script in India.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let language = parts.next()?;
        let found =
            Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language))?;
        let script =
            parts.find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()));
        script.is_none_or(|script| script.eq_ignore_ascii_case(found.script_tag())).then_some(found)
    }

    /// Its name in its own words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Hindi => "हिन्दी",
            Self::Bengali => "বাংলা",
            Self::Gujarati => "ગુજરાતી",
            Self::Kannada => "ಕನ್ನಡ",
            Self::Malayalam => "മലയാളം",
            Self::Marathi => "मराठी",
            Self::Odia => "ଓଡ଼ିଆ",
            Self::Punjabi => "ਪੰਜਾਬੀ",
            Self::Tamil => "தமிழ்",
            Self::Telugu => "తెలుగు",
            Self::Assamese => "অসমীয়া",
        }
    }

    /// The script that it is written in in India. Source: ISO 15924.
    const fn script_tag(self) -> &'static str {
        match self {
            Self::English => "Latn",
            Self::Hindi | Self::Marathi => "Deva",
            Self::Bengali | Self::Assamese => "Beng",
            Self::Gujarati => "Gujr",
            Self::Kannada => "Knda",
            Self::Malayalam => "Mlym",
            Self::Odia => "Orya",
            Self::Punjabi => "Guru",
            Self::Tamil => "Taml",
            Self::Telugu => "Telu",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_tag_whatever_the_region() {
        for language in Language::ALL {
            let tag = language.tag();
            for tag in [tag.to_owned(), tag.to_uppercase(), format!("{tag}-IN")] {
                assert_eq!(Language::from_tag(&tag), Some(language), "{tag}");
            }
        }
        assert_eq!(Language::from_tag("pa-Guru-IN"), Some(Language::Punjabi));
        for tag in ["", "-", "fr", "pa-Arab-PK", "hin", "hi_IN"] {
            assert_eq!(Language::from_tag(tag), None, "{tag}");
        }
    }
}
