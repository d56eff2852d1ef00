//! The official directories in their published forms, recognised by their columns. They have many
//! more than are read, none of them about a person: so nothing is said of those that are dropped.

use domain::{
    id::{DistrictId, StateId},
    place::{District, Pincode, Position, PostalPlace, State},
};
use rustc_hash::FxHashMap;

use super::{Parsed, Table, Unreadable, listed};
use crate::geography::Geography;

/// Places that a file holds.
pub enum Places {
    /// States and districts with the contract's numbers.
    Districts(Parsed<(State, District)>),
    /// Codes of the Local Government Directory for districts that are known.
    LgdDistricts(Parsed<District>),
    /// States of the Local Government Directory: matched with those that are known.
    LgdStates(Parsed<State>),
    /// Post offices.
    PostalPlaces(Parsed<PostalPlace>),
}

const FORMS: &str = "state_id, district_id, district_name, state_name; or the LGD state or district \
    directory; or a PIN code directory with pincode, district, state";

/// Reads a directory of places.
///
/// # Errors
///
/// [`Unreadable::Columns`] if it is none of the known forms.
pub fn read(table: &Table, geography: &Geography) -> Result<Places, Unreadable> {
    if table.has(&["state_id", "district_id", "district_name", "state_name"]) {
        return Ok(Places::Districts(districts(table)));
    }
    if table.has(&["district_code", "district_name", "state_name"]) {
        return Ok(Places::LgdDistricts(lgd_districts(table, geography)));
    }
    if table.has(&["state_code"]) && state_column(table).is_some() {
        return Ok(Places::LgdStates(lgd_states(table, geography)));
    }
    if table.has(&["pincode"]) && (table.has(&["district"]) || table.has(&["districtname"])) {
        return Ok(Places::PostalPlaces(postal(table, geography)));
    }
    Err(Unreadable::Columns(FORMS))
}

fn districts(table: &Table) -> Parsed<(State, District)> {
    Parsed::from_rows("Co-WIN districts", table, listed("places"), |row| {
        let state = row.read("state_id", "a number", |cell| cell.parse().ok().map(StateId))?;
        let id = row.read("district_id", "a number", |cell| cell.parse().ok().map(DistrictId))?;
        let name = row.read("district_name", "a name", named)?;
        let state_name = row.read("state_name", "a name", named)?;
        let district = District { id, state, name, name_hi: String::new(), lgd_code: None };
        Ok((State { id: state, name: state_name, name_hi: String::new() }, district))
    })
}

fn named(cell: &str) -> Option<String> {
    (!cell.is_empty() && cell.len() <= 200).then(|| cell.to_owned())
}

/// The column of the state's name; the directory calls it differently in different years.
fn state_column(table: &Table) -> Option<&str> {
    let wanted = |name: &&String| name.starts_with("state_name") && listed("places").has(name);
    table.header().iter().find(wanted).map(String::as_str)
}

fn lgd_states(table: &Table, geography: &Geography) -> Parsed<State> {
    let column = state_column(table).unwrap_or("state_name").to_owned();
    let mut unmatched = Vec::new();
    let mut parsed = Parsed::from_rows("LGD states", table, listed("places"), |row| {
        let name = row.read(&column, "a name", named)?;
        row.read("state_code", "a number", |cell| cell.parse::<i32>().ok())?;
        let known = geography.state_named(&name).cloned();
        if known.is_none() {
            unmatched.push(format!("row {}: no state of this name is known", row.number));
        }
        Ok(known)
    });
    parsed.notes = unmatched;
    Parsed {
        kind: parsed.kind,
        rows: parsed.rows.into_iter().flatten().collect(),
        numbers: vec![],
        errors: parsed.errors,
        dropped: parsed.dropped,
        notes: parsed.notes,
    }
}

fn lgd_districts(table: &Table, geography: &Geography) -> Parsed<District> {
    let mut unmatched = Vec::new();
    let parsed = Parsed::from_rows("LGD districts", table, listed("places"), |row| {
        let code = row.read("district_code", "a number", |cell| cell.parse::<i32>().ok())?;
        let name = row.read("district_name", "a name", named)?;
        let state = geography.state_named(row.cell(&["state_name"]));
        let known = state.and_then(|state| geography.district_named(state.id, &name));
        if known.is_none() {
            unmatched.push(format!("row {}: no district of this name is known", row.number));
        }
        Ok(known.map(|known| District { lgd_code: Some(code), ..known.clone() }))
    });
    Parsed {
        kind: parsed.kind,
        rows: parsed.rows.into_iter().flatten().collect(),
        numbers: vec![],
        errors: parsed.errors,
        dropped: parsed.dropped,
        notes: unmatched,
    }
}

fn postal(table: &Table, geography: &Geography) -> Parsed<PostalPlace> {
    let mut known: FxHashMap<(String, String), Option<DistrictId>> = FxHashMap::default();
    let mut seen: FxHashMap<(Pincode, String), usize> = FxHashMap::default();
    let mut parsed = Parsed::from_rows("PIN codes", table, listed("places"), |row| {
        let pincode = row.read("pincode", "six digits", Pincode::parse)?;
        let district = row.cell(&["district", "districtname"]).to_owned();
        let state = row.cell(&["state", "statename", "circlename"]).to_owned();
        let matched = *known.entry((state, district)).or_insert_with_key(|(state, district)| {
            let state = geography.state_named(state)?;
            geography.district_named(state.id, district).map(|district| district.id)
        });
        let degree = |columns: &[&str]| row.cell(columns).parse::<f64>().ok();
        let position = degree(&["lat", "latitude"])
            .zip(degree(&["lon", "long", "longitude"]))
            .and_then(|(latitude, longitude)| Position::in_country(latitude, longitude));
        let offices = row.cell(&["officename", "office_name", "post_offices", "name"]);
        let names: Vec<_> = offices
            .split(['|', ';'])
            .map(str::trim)
            // A list of thousands of offices in one cell is a mistake, not a place.
            .take(200)
            // A directory by PIN code has here how many offices there are.
            .filter(|name| name.parse::<u32>().is_err())
            .filter_map(named)
            .collect();
        let names = if names.is_empty() { vec![format!("{:06}", pincode.0)] } else { names };
        Ok(names
            .into_iter()
            .map(|name| PostalPlace { pincode, name, district: matched, position })
            .collect::<Vec<_>>())
    });
    let mut rows = Vec::new();
    for place in parsed.rows.drain(..).flatten() {
        if seen.insert((place.pincode, place.name.clone()), rows.len()).is_none() {
            rows.push(place);
        }
    }
    let unmatched = rows.iter().filter(|place| place.district.is_none()).count();
    let notes = if unmatched == 0 {
        vec![]
    } else {
        vec![format!("{unmatched} post offices are of a district that is not known by its name")]
    };
    let Parsed { kind, errors, dropped, .. } = parsed;
    Parsed { kind, rows, numbers: vec![], errors, dropped, notes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geography() -> Geography {
        let table = Table::read(
            b"state_id,district id,district name,state_name\n21,391,Ahmednagar,Maharashtra\n",
        )
        .unwrap();
        let Ok(Places::Districts(parsed)) = read(&table, &Geography::default()) else {
            panic!("not recognised")
        };
        let (states, districts) = parsed.rows.into_iter().unzip();
        Geography::new(states, districts, vec![])
    }

    #[test]
    fn the_published_directories_are_recognised_and_matched_by_name() {
        let geography = geography();
        let lgd = Table::read(
            b"\"State Code\",\"State Name\",\"District Code\",\"District Name\"\n\
              27,MAHARASHTRA,466,Ahmadnagar\n27,MAHARASHTRA,999,Nowhere\n",
        );
        let Ok(Places::LgdDistricts(parsed)) = read(&lgd.unwrap(), &geography) else {
            panic!("not recognised")
        };
        assert_eq!(parsed.rows.len(), 1);
        assert_eq!((parsed.rows[0].id, parsed.rows[0].lgd_code), (DistrictId(391), Some(466)));
        assert_eq!(parsed.notes, ["row 3: no district of this name is known"]);
    }

    #[test]
    fn post_offices_come_with_their_district_and_bad_rows_are_named() {
        let file = Table::read(
            b"pincode,state,district,lat,lon,post_offices\n\
              414001,Maharashtra,Ahmednagar,19.09,74.74,Ahmednagar HO|Bhingar\n\
              41400,Maharashtra,Ahmednagar,,,x\n",
        );
        let Ok(Places::PostalPlaces(parsed)) = read(&file.unwrap(), &geography()) else {
            panic!("not recognised")
        };
        assert_eq!(parsed.rows.len(), 2);
        assert!(parsed.rows.iter().all(|place| place.district == Some(DistrictId(391))));
        assert_eq!((parsed.errors[0].row, parsed.errors[0].column.as_str()), (3, "pincode"));
    }
}
