//! What a cell means, however it was written: mobiles, dates, genders and names, undamaged or not.

pub(crate) mod name;

use jiff::civil::Date;

/// A mobile, as far as a cell tells it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Mobile {
    /// All ten digits.
    Whole(String),
    /// Nine digits: one was lost on the way.
    Short(String),
    /// The cell was a number to a spreadsheet, which kept the first digits only.
    Rounded(String),
    /// No mobile of India.
    None,
}

/// The digits of a cell, of whatever Indian script.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

/// The value of a digit of the scripts of India, in ASCII.
fn digit(c: char) -> Option<char> {
    // The first digit of Latin, Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada
    // and Malayalam.
    const ZEROS: [u32; 10] = [0x30, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66];
    let code = u32::from(c);
    let value = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10))
}

/// Reads a mobile.
pub(crate) fn mobile(cell: &str) -> Mobile {
    let cell = cell.trim();
    if let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) {
        let kept = digits(mantissa);
        let power = digits(exponent);
        if matches!(power.as_str(), "9" | "09" | "11") && kept.len() >= 4 {
            // With 91 before it the number is of twelve digits.
            let kept = if power == "11" { kept.strip_prefix("91").unwrap_or(&kept) } else { &kept };
            return whole_or(kept.to_owned(), Mobile::Rounded);
        }
        return Mobile::None;
    }
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    let all = digits(cell);
    let rest = match all.len() {
        13 => all.strip_prefix("091"),
        12 => all.strip_prefix("91"),
        11 => all.strip_prefix('0'),
        14 => all.strip_prefix("0091"),
        _ => Some(all.as_str()),
    };
    match rest {
        Some(rest) if rest.len() == 9 => Mobile::Short(rest.to_owned()),
        Some(rest) => whole_or(rest.to_owned(), |_| Mobile::None),
        None => Mobile::None,
    }
}

fn whole_or(digits: String, other: impl FnOnce(String) -> Mobile) -> Mobile {
    let fits = digits.len() == 10 && digits.as_bytes()[0] >= b'6';
    if fits { Mobile::Whole(digits) } else { other(digits) }
}

/// Every mobile that nine digits may have been before one was lost.
pub(crate) fn restored(short: &str) -> Vec<String> {
    let mut all = Vec::with_capacity(91);
    for place in 0..=short.len() {
        for digit in '0'..='9' {
            let whole = format!("{}{digit}{}", &short[..place], &short[place..]);
            if whole.as_bytes()[0] >= b'6' && !all.contains(&whole) {
                all.push(whole);
            }
        }
    }
    all
}

/// A day, as far as a cell tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// The day as it stands there, day before month where both are possible.
    pub(crate) date: Date,
    /// The day if month and day were swapped, where that is another one.
    pub(crate) swapped: Option<Date>,
}

/// Reads a day, written as people and programs write it: with the year first or last, the month as a
/// number or a word, a time behind it or none, or as the number that a spreadsheet makes of it.
pub(crate) fn day(cell: &str) -> Option<Day> {
    let cell: String = cell.trim().chars().map(|c| digit(c).unwrap_or(c)).collect();
    if let Some(serial) = cell.strip_suffix(".0").or(Some(&cell)).filter(|text| text.len() == 5) {
        return serial.parse().ok().and_then(of_serial);
    }
    let mut parts = cell.split(['-', '/', '.', ' ', 'T', ',']).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| text.parse::<i16>().ok();
    if first.len() == 4 {
        return plain(number(first)?, month_of(second)?, number(third)?);
    }
    let year = match third.len() {
        4 => number(third)?,
        2 => number(third).map(|year| if year <= 30 { 2000 + year } else { 1900 + year })?,
        _ => return None,
    };
    if second.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return plain(year, month_of(second)?, number(first)?);
    }
    if first.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return plain(year, month_of(first)?, number(second)?);
    }
    let (day, month) = (number(first)?, number(second)?);
    let day_first = date_of(year, month, day);
    let month_first = date_of(year, day, month);
    let swapped = month_first.filter(|_| day_first.is_some() && day != month);
    Some(Day { date: day_first.or(month_first)?, swapped })
}

fn plain(year: i16, month: i16, day: i16) -> Option<Day> {
    Some(Day {
        date: date_of(year, month, day)?,
        swapped: date_of(year, day, month).filter(|_| day != month),
    })
}

fn date_of(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1880..=2100).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The number of a month, from its number or the beginning of its English name.
fn month_of(text: &str) -> Option<i16> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let start = text.get(..3)?.to_ascii_lowercase();
    let place = NAMES.iter().position(|name| *name == start)?;
    i16::try_from(place + 1).ok()
}

/// The day that a spreadsheet counts from 30 December 1899.
fn of_serial(serial: i64) -> Option<Day> {
    let first = jiff::civil::date(1899, 12, 30);
    let date = first.checked_add(jiff::Span::new().try_days(serial).ok()?).ok()?;
    (1920..=2100).contains(&date.year()).then_some(Day { date, swapped: None })
}

/// A year of four digits in which somebody living was born.
pub(crate) fn birth_year(cell: &str) -> Option<i16> {
    let cell = cell.trim();
    let text = digits(cell.strip_suffix(".0").unwrap_or(cell));
    text.parse().ok().filter(|year| text.len() == 4 && (1900..=2030).contains(year))
}

/// An age in years.
pub(crate) fn age(cell: &str) -> Option<i16> {
    let text = cell.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    let end = text.find(|c: char| digit(c).is_none()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let word = rest.trim().to_ascii_lowercase();
    let unit = ["", "y", "yr", "yrs", "years", "year"].contains(&word.trim_end_matches('.'))
        || word.starts_with('/');
    digits(number).parse().ok().filter(|age| unit && (0..=120).contains(age))
}

/// A gender: 1 male, 2 female, 3 others, as the contract counts them.
pub(crate) fn gender(cell: &str) -> Option<u8> {
    let word = cell.trim().trim_matches('.').to_lowercase();
    let word = word.rsplit('/').next().unwrap_or(&word).trim();
    match word {
        "m" | "male" | "man" | "boy" | "पुरुष" | "पु" => Some(1),
        "f" | "female" | "woman" | "girl" | "महिला" | "स्त्री" | "म" => {
            Some(2)
        }
        "o" | "t" | "other" | "others" | "transgender" | "अन्य" => Some(3),
        _ => None,
    }
}

/// A number of so many digits.
pub(crate) fn number(cell: &str, length: usize) -> Option<String> {
    let cell = cell.trim();
    let plain = |c: char| digit(c).is_some() || matches!(c, ' ' | '-' | '.' | '\'');
    let text = digits(cell.strip_suffix(".0").unwrap_or(cell));
    (text.len() == length && cell.chars().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_mobile_is_read_through_what_was_done_to_it() {
        for cell in ["9829011223", "+91 98290-11223", "098290 11223", "9829011223.0", "९८२९०११२२३"]
        {
            assert!(mobile(cell) == Mobile::Whole("9829011223".to_owned()), "{cell}");
        }
        assert!(mobile("9.82901E+09") == Mobile::Rounded("982901".to_owned()));
        assert!(mobile("9.19829E+11") == Mobile::Rounded("9829".to_owned()));
        assert!(mobile("982901122") == Mobile::Short("982901122".to_owned()));
        assert!(mobile("5829011223") == Mobile::None);
        assert!(restored("982901122").contains(&"9829011223".to_owned()));
    }

    #[test]
    fn a_day_is_read_as_people_and_programs_write_it() {
        let same =
            ["2021-03-05", "05/03/2021", "5-Mar-2021", "2021-03-05T09:10:11Z", "44260", "5.3.21"];
        for cell in same {
            assert_eq!(day(cell).map(|day| day.date), Some(date(2021, 3, 5)), "{cell}");
        }
        assert_eq!(day("05/03/2021").unwrap().swapped, Some(date(2021, 5, 3)));
        assert_eq!(day("03/25/2021").unwrap().date, date(2021, 3, 25));
        for cell in ["", "Asha", "9829011223", "1234567", "31/31/2021", "12"] {
            assert_eq!(day(cell), None, "{cell}");
        }
    }

    #[test]
    fn ages_and_genders_are_read() {
        assert_eq!(
            (age("45"), age("45 yrs"), age("45/M"), age("450")),
            (Some(45), Some(45), Some(45), None)
        );
        assert_eq!((gender("Male"), gender("45/F"), gender("x")), (Some(1), Some(2), None));
        assert_eq!(number("2341 2341 2346", 12).as_deref(), Some("234123412346"));
    }
}
