//! Names of people, and how alike two of them are: the same, the same in another order or shorter, a
//! variant by sound, a slip of the keyboard, or of somebody else.

/// A name in words, in capital Latin letters, without titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Vec<String>);

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Likeness {
    /// Word for word, letter for letter.
    Same,
    /// The same words in another order, or some left out or cut to their first letter.
    Shorter,
    /// Words that sound alike: an independent hand wrote the name.
    Variant,
    /// A letter or two are off without sounding alike: a slip of a hand that copied.
    Slip,
    /// They share a word.
    Partly,
    /// Nothing says that they are of one person.
    Other,
}

const TITLES: &[&str] = &[
    "MR",
    "MRS",
    "MS",
    "MISS",
    "SHRI",
    "SRI",
    "SH",
    "SMT",
    "KUM",
    "DR",
    "MASTER",
    "LATE",
    "श्री",
    "श्रीमती",
    "कु",
    "डॉ",
];

/// Reads a name.
pub(crate) fn words(cell: &str) -> Words {
    let parts = cell.split(|c: char| !(c.is_alphabetic() || is_mark(c) || c == '\''));
    let parts = parts.map(|part| part.trim_matches('\'')).filter(|part| !part.is_empty());
    let words = parts.map(str::to_uppercase).filter(|word| !TITLES.contains(&word.as_str()));
    let words = words.map(|word| if word.is_ascii() { word } else { latin(&word) });
    Words(words.filter(|word| !word.is_empty()).collect())
}

/// A vowel sign or the like of a script of India, which is not a letter by itself.
const fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x900..=0xdff | 0x200c..=0x200d)
}

/// Devanagari in Latin letters, roughly as forms have it; letters of other scripts stay.
fn latin(word: &str) -> String {
    const CONSONANTS: &str = "क=K ख=KH ग=G घ=GH च=CH छ=CHH ज=J झ=JH ट=T ठ=TH ड=D ढ=DH ण=N त=T थ=TH द=D ध=DH न=N प=P फ=PH ब=B भ=BH म=M य=Y र=R ल=L व=V श=SH ष=SH स=S ह=H";
    const VOWELS: &str = "अ=A आ=A इ=I ई=I उ=U ऊ=U ऋ=RI ए=E ऐ=AI ओ=O औ=AU ा=A ि=I ी=I ु=U ू=U ृ=RI े=E ै=AI ो=O ौ=AU ं=N ँ=N";
    let of = |table: &'static str, c: char| {
        table.split(' ').find_map(|entry| entry.strip_prefix(c)?.strip_prefix('='))
    };
    let mut text = String::new();
    // A consonant has an A behind it, unless a sign takes it away or the word ends.
    let mut open = false;
    for c in word.chars() {
        if let Some(consonant) = of(CONSONANTS, c) {
            text.push_str(if open { "A" } else { "" });
            text.push_str(consonant);
            open = true;
        } else if let Some(vowel) = of(VOWELS, c) {
            text.push_str(if open && vowel == "N" { "A" } else { "" });
            text.push_str(vowel);
            open = false;
        } else {
            // The sign that takes the A away, and what is no Devanagari.
            open = false;
            text.extend((!is_mark(c)).then_some(c));
        }
    }
    text
}

/// The consonants of a word as they sound, so that ways of spelling it fall together.
pub(crate) fn sound(word: &str) -> String {
    if !word.is_ascii() {
        return word.to_owned();
    }
    const FOLDED: &[(&str, &str)] = &[
        ("KSH", "X"),
        ("KS", "X"),
        ("SH", "S"),
        ("CHH", "C"),
        ("CH", "C"),
        ("PH", "F"),
        ("BH", "B"),
        ("DH", "D"),
        ("GH", "G"),
        ("KH", "K"),
        ("TH", "T"),
        ("JH", "J"),
        ("Z", "J"),
        ("W", "V"),
        ("Q", "K"),
        ("EE", "I"),
        ("OO", "U"),
        ("AA", "A"),
        ("Y", "I"),
        ("EI", "I"),
        ("OU", "U"),
    ];
    let word = if matches!(word, "MD" | "MOHD" | "MOHD." | "MHD") { "MOHAMMED" } else { word };
    let mut folded = word.to_owned();
    for (from, to) in FOLDED {
        if folded.contains(from) {
            folded = folded.replace(from, to);
        }
    }
    let mut sound = String::with_capacity(folded.len());
    for (place, c) in folded.chars().enumerate() {
        let quiet = place > 0 && matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'H');
        if !quiet && !sound.ends_with(c) {
            sound.push(c);
        }
    }
    sound
}

/// The words of a name by sound, in order of the alphabet: what dirty records of one person share.
pub(crate) fn skeleton(name: &Words) -> String {
    let mut sounds: Vec<_> =
        name.0.iter().filter(|word| word.len() > 1).map(|word| sound(word)).collect();
    sounds.sort_unstable();
    sounds.join(" ")
}

/// How alike two names are.
pub(crate) fn likeness(ours: &Words, theirs: &Words) -> Likeness {
    if ours == theirs {
        return Likeness::Same;
    }
    if ours.0.is_empty() || theirs.0.is_empty() {
        return Likeness::Other;
    }
    let (long, short) =
        if ours.0.len() >= theirs.0.len() { (ours, theirs) } else { (theirs, ours) };
    let whole = || short.0.iter().any(|word| word.len() > 2 && long.0.contains(word));
    if paired(long, short, |a, b| a == b || begins(a, b)) {
        return if whole() { Likeness::Shorter } else { Likeness::Other };
    }
    if is_cut(long, short) && whole() {
        return Likeness::Shorter;
    }
    if paired(long, short, |a, b| a == b || begins(a, b) || is_variant(a, b)) {
        return Likeness::Variant;
    }
    if long.0.len() == short.0.len() && paired(long, short, slipped) {
        return Likeness::Slip;
    }
    // Words that were run together or parted.
    let joined = |name: &Words| name.0.concat();
    if strsim::osa_distance(&joined(ours), &joined(theirs)) <= 1 {
        return Likeness::Slip;
    }
    let shares =
        |word: &&String| word.len() > 2 && long.0.iter().any(|other| sound(other) == sound(word));
    if short.0.iter().any(|word| shares(&word)) { Likeness::Partly } else { Likeness::Other }
}

/// Whether one is the first letter of the other.
fn begins(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    short.chars().count() == 1 && long.starts_with(short)
}

/// Whether the shorter name is the beginning of the longer one, as a narrow column leaves it.
fn is_cut(long: &Words, short: &Words) -> bool {
    let (one, other) = (long.0.join(" "), short.0.join(" "));
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    long.starts_with(&short)
}

/// Whether one word is another way to spell the other: it sounds alike. Two letters that changed places
/// are a slip of the hand, though vowels that do so leave the sound.
fn is_variant(a: &str, b: &str) -> bool {
    sound(a) == sound(b) && !is_swapped(a, b)
}

/// Whether one word is the other with two neighbours changed for each other.
fn is_swapped(a: &str, b: &str) -> bool {
    let differ: Vec<usize> = (0..a.len().min(b.len()))
        .filter(|place| a.as_bytes()[*place] != b.as_bytes()[*place])
        .collect();
    let (one, other) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len()
        && matches!(differ[..], [first, second]
            if second == first + 1 && one[first] == other[second] && one[second] == other[first])
}

/// Whether one word is the other with one letter off, or two in a long one.
fn slipped(a: &str, b: &str) -> bool {
    let most = if a.len().min(b.len()) >= 7 { 2 } else { usize::from(a.len().min(b.len()) >= 3) };
    a == b || begins(a, b) || sound(a) == sound(b) || strsim::osa_distance(a, b) <= most
}

/// Whether each word of the shorter name has one of its own in the longer.
fn paired(long: &Words, short: &Words, alike: impl Fn(&str, &str) -> bool) -> bool {
    let mut used = vec![false; long.0.len()];
    // Whole words choose first, so that an initial does not take another word's place.
    let mut order: Vec<_> = short.0.iter().collect();
    order.sort_by_key(|word| std::cmp::Reverse(word.len()));
    order.into_iter().all(|word| {
        let exact = (0..used.len()).find(|place| !used[*place] && long.0[*place] == *word);
        let place = exact.or_else(|| {
            (0..used.len()).find(|place| !used[*place] && alike(&long.0[*place], word))
        });
        place.inspect(|place| used[*place] = true).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_beside_each_other() {
        let cases = [
            ("Asha Devi", "SMT. ASHA  DEVI", Likeness::Same),
            ("आशा देवी", "Asha Devi", Likeness::Same),
            ("Asha Devi", "Devi Asha", Likeness::Shorter),
            ("Asha Devi", "A. Devi", Likeness::Shorter),
            ("Asha Kumari Devi", "Asha Devi", Likeness::Shorter),
            ("Lakshmi Choudhary", "Laxmi Chaudhari", Likeness::Variant),
            ("Mohd Imran", "Mohammed Imraan", Likeness::Variant),
            ("Ramesh Sharma", "Ramesb Sharma", Likeness::Slip),
            ("Asha Devi", "AshaDevi", Likeness::Slip),
            ("Ramesh Sharma", "Ramseh Sharma", Likeness::Slip),
            ("Ramesh Sharma", "Ramesh Shrama", Likeness::Slip),
            ("Ramesh Kumar Sharma", "RAMESH KUMAR SHAR", Likeness::Shorter),
            ("Asha Devi", "Asha Khan", Likeness::Partly),
            ("Asha Devi", "Ravi Kumar", Likeness::Other),
            ("Asha Devi", "", Likeness::Other),
        ];
        for (ours, theirs, expected) in cases {
            assert_eq!(likeness(&words(ours), &words(theirs)), expected, "{ours} and {theirs}");
            assert_eq!(likeness(&words(theirs), &words(ours)), expected, "{theirs} and {ours}");
        }
    }

    #[test]
    fn a_skeleton_outlasts_order_and_spelling() {
        let of = |name| skeleton(&words(name));
        assert_eq!(of("Laxmi Chaudhari"), of("CHOUDHARY LAKSHMI"));
        assert_ne!(of("Asha Devi"), of("Usha Devi"));
    }
}
