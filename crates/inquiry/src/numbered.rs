//! The numbers of a specimen: every mobile and every reference number that is whole in it. What was cut or
//! rounded on the way names several people or nobody, and is left out.

use oprf::number::Number;

use crate::{
    normal::{self, Mobile},
    specimen::{Specimen, Table, column::Kind},
};

/// The mobiles and reference numbers of all tables, in order, each once.
///
/// # Privacy
///
/// Gives everybody's numbers, to be made unreadable and nothing else.
pub fn numbers(specimen: &Specimen) -> Vec<Number> {
    let mut all: Vec<_> = specimen.tables.iter().flat_map(of_table).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn of_table(table: &Table) -> impl Iterator<Item = Number> {
    let columns = table.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| reader(column.kind).is_some());
    columns.flat_map(move |(place, column)| {
        let read = reader(column.kind).expect("it was asked for above");
        (0..table.len()).filter_map(move |row| read(table.cell(row, place)))
    })
}

/// What reads the cells of a column of a kind as numbers.
fn reader(kind: Kind) -> Option<fn(&str) -> Option<Number>> {
    match kind {
        Kind::Mobile => Some(|cell| match normal::mobile(cell) {
            Mobile::Whole(digits) => Number::mobile(&digits),
            Mobile::Short(_) | Mobile::Rounded(_) | Mobile::None => None,
        }),
        Kind::Reference => {
            Some(|cell| normal::number(cell, 14).and_then(|digits| Number::reference(&digits)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_whole_number_is_there_once_however_it_is_written() {
        let text = "name,phone,second phone,ref_id\nAsha Devi,+91 98290 11223,9829011225,21363381933156\n\
                    Ravi Kumar,9829011224,098290-11223,21363381933157\nMeena Khan,982901122,,\n";
        let expected = [
            Number::mobile("9829011223"),
            Number::mobile("9829011224"),
            Number::mobile("9829011225"),
            Number::reference("21363381933156"),
            Number::reference("21363381933157"),
        ];
        let found = numbers(&Specimen::read(text.as_bytes()));
        assert!(found == expected.map(Option::unwrap));
        assert!(numbers(&Specimen::read(b"We sell everything.\n")).is_empty());
    }
}
