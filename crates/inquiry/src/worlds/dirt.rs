//! What is done to records before they are offered: columns dropped and joined on, cells cleaned, put
//! through a spreadsheet or typed again.

use super::{
    dice::Dice,
    leak::Line,
    people::{slip, variant},
};

/// How a file is made of records.
#[expect(clippy::struct_excessive_bools, reason = "a column is there or not")]
pub(super) struct Form {
    name: bool,
    mobile: bool,
    born: Born,
    gender: bool,
    reference: bool,
    document: bool,
    address: bool,
    dose: bool,
    facility: bool,
    changed: bool,
    result: bool,
    dirt: Dirt,
    headed: bool,
    sign: char,
    words: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Born {
    Date,
    Year,
    Age,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dirt {
    None,
    Cleaned,
    Spreadsheet,
    Retyped,
    /// Names in a narrow column, with initials, or with one word only.
    Cut(Cut),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Narrow(usize),
    Initials,
    OneWord,
}

impl Form {
    /// A form by chance; `ours` says whether what only we hold can be in it.
    pub(super) fn draw(dice: &mut Dice, ours: bool) -> Self {
        let mut own = dice.fork(4);
        let reference = dice.chance(if ours { 0.5 } else { 0.12 });
        let form = Self {
            name: dice.chance(0.97),
            mobile: dice.chance(0.93),
            born: dice.pick(&[
                Born::Date,
                Born::Year,
                Born::Year,
                Born::Age,
                Born::Age,
                Born::None,
            ]),
            gender: dice.chance(0.8),
            reference,
            document: dice.chance(0.3),
            address: dice.chance(0.35),
            dose: dice.chance(if ours { 0.5 } else { 0.2 }),
            facility: dice.chance(0.35),
            changed: dice.chance(if ours { 0.35 } else { 0.1 }),
            result: dice.chance(0.25),
            dirt: dice.pick(&[
                Dirt::None,
                Dirt::None,
                Dirt::Cleaned,
                Dirt::Spreadsheet,
                Dirt::Retyped,
            ]),
            headed: dice.chance(0.85),
            sign: dice.pick(&[',', ',', ';', '\t', '|']),
            words: dice.below(3),
        };
        if form.dirt != Dirt::Cleaned || own.chance(0.5) {
            return form;
        }
        let cut = own.pick(&[Cut::Narrow(12), Cut::Narrow(15), Cut::Initials, Cut::OneWord]);
        Self { dirt: Dirt::Cut(cut), ..form }
    }

    /// The file.
    pub(super) fn write(&self, lines: &[Line], dice: &mut Dice) -> String {
        let mut text = String::new();
        if self.headed {
            let heads = self.columns().into_iter().map(|(_, heads)| heads[self.words]);
            text = heads.collect::<Vec<_>>().join(&self.sign.to_string());
            text.push('\n');
        }
        for line in lines {
            let cells = self.columns().into_iter().map(|(column, _)| self.cell(column, line, dice));
            let cells: Vec<_> = cells.map(|cell| cell.replace(self.sign, " ")).collect();
            text.push_str(&cells.join(&self.sign.to_string()));
            text.push('\n');
        }
        text
    }

    /// The columns in order, each with what it is called in three files.
    fn columns(&self) -> Vec<(char, [&'static str; 3])> {
        let born = match self.born {
            Born::Date => ["dob", "Date of Birth", "birth_date"],
            Born::Year => ["birth_year", "YOB", "Year of Birth"],
            Born::Age => ["age", "Age", "Age (years)"],
            Born::None => ["", "", ""],
        };
        let all: [(bool, char, [&'static str; 3]); 11] = [
            (self.reference, 'r', ["beneficiary_reference_id", "Ref ID", "reference"]),
            (self.name, 'n', ["name", "Name", "beneficiary_name"]),
            (self.mobile, 'm', ["mobile", "Mobile No", "phone"]),
            (self.born != Born::None, 'b', born),
            (self.gender, 'g', ["gender", "Sex", "gender"]),
            (self.document, 'd', ["aadhaar", "Aadhar No", "photo_id_number"]),
            (self.address, 'a', ["address", "Address", "address"]),
            (self.dose, 'v', ["dose1_date", "Date of Vaccination", "vaccination_date"]),
            (self.facility, 'f', ["center", "Vaccinated at", "facility"]),
            (self.changed, 'u', ["updated_at", "Modified", "updated_on"]),
            (self.result, 't', ["result", "RT-PCR Result", "test_result"]),
        ];
        let wanted = all.into_iter().filter(|(wanted, ..)| *wanted);
        wanted.map(|(_, column, heads)| (column, heads)).collect()
    }

    fn cell(&self, column: char, line: &Line, dice: &mut Dice) -> String {
        let retyped = self.dirt == Dirt::Retyped;
        match column {
            'n' => self.name_cell(&line.name, dice),
            'm' if retyped && dice.chance(0.04) => swapped_digits(&line.mobile, dice),
            'm' => self.mobile_cell(&line.mobile, dice),
            'b' => self.born_cell(line, dice),
            'g' => {
                let words =
                    [["M", "F", "O"], ["Male", "Female", "Others"], ["MALE", "FEMALE", "OTHERS"]];
                words[self.words][usize::from(line.gender.clamp(1, 3)) - 1].to_owned()
            }
            'r' if self.dirt == Dirt::Spreadsheet
                && line.reference.len() == 14
                && dice.chance(0.1) =>
            {
                format!("{}.{}E+13", &line.reference[..1], &line.reference[1..6])
            }
            'r' if retyped && dice.chance(0.05) => swapped_digits(&line.reference, dice),
            'r' => line.reference.clone(),
            'd' => line.document.clone(),
            'a' => line.address.clone(),
            'v' => line.dose.map(|day| self.day(day, dice)).unwrap_or_default(),
            'f' => line.facility.clone(),
            'u' => line.changed.clone(),
            _ => if line.result { "Positive" } else { "Negative" }.to_owned(),
        }
    }

    fn name_cell(&self, name: &str, dice: &mut Dice) -> String {
        match self.dirt {
            Dirt::Cleaned => name.to_uppercase(),
            Dirt::Retyped => {
                let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
                for word in &mut words {
                    if dice.chance(0.10) {
                        *word = slip(word, dice);
                    } else if dice.chance(0.02) {
                        *word = variant(word, dice);
                    }
                }
                if dice.chance(0.06) {
                    words.reverse();
                }
                words.join(" ")
            }
            Dirt::Cut(cut) => cut.of(name, dice),
            Dirt::None | Dirt::Spreadsheet => name.to_owned(),
        }
    }

    fn mobile_cell(&self, mobile: &str, dice: &mut Dice) -> String {
        match self.dirt {
            _ if mobile.is_empty() => String::new(),
            Dirt::Spreadsheet if dice.chance(0.12) => {
                format!("{}.{}E+09", &mobile[..1], &mobile[1..6])
            }
            Dirt::Spreadsheet if dice.chance(0.05) => mobile[1..].to_owned(),
            Dirt::Cleaned => format!("+91{mobile}"),
            _ => mobile.to_owned(),
        }
    }

    fn born_cell(&self, line: &Line, dice: &mut Dice) -> String {
        match self.born {
            // Who knows the year only prints the first of January.
            Born::Date => {
                let day = line.born_on.or_else(|| jiff::civil::Date::new(line.year, 1, 1).ok());
                day.map(|day| self.day(day, dice)).unwrap_or_default()
            }
            Born::Year => line.year.to_string(),
            Born::Age => (2021 - line.year).to_string(),
            Born::None => String::new(),
        }
    }

    fn day(&self, day: jiff::civil::Date, dice: &mut Dice) -> String {
        let (year, month, date) = (day.year(), day.month(), day.day());
        match self.dirt {
            Dirt::Spreadsheet if dice.chance(0.3) => format!("{month:02}/{date:02}/{year}"),
            Dirt::Spreadsheet => format!("{date:02}/{month:02}/{year}"),
            _ if self.words == 1 => format!("{date:02}-{month:02}-{year}"),
            _ => day.to_string(),
        }
    }
}

impl Cut {
    /// What is left of a name: of most in a narrow column, of some elsewhere.
    fn of(self, name: &str, dice: &mut Dice) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        match self {
            Self::Narrow(letters) => name.chars().take(letters).collect::<String>().trim().into(),
            Self::Initials if dice.chance(0.6) => {
                let (last, before) = words.split_last().unwrap_or((&name, &[]));
                let each = before.iter().filter_map(|word| word.chars().next());
                each.flat_map(|letter| [letter, ' ']).collect::<String>() + last
            }
            Self::OneWord if dice.chance(0.4) => words[0].to_owned(),
            Self::Initials | Self::OneWord => name.to_owned(),
        }
    }
}

/// The number with two neighbours changed for each other.
fn swapped_digits(number: &str, dice: &mut Dice) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    if digits.len() > 3 {
        let place = 1 + dice.below(digits.len() - 2);
        digits.swap(place, place + 1);
    }
    digits.into_iter().collect()
}
