//! Places in memory: names to numbers and back, tolerant of how names are written.

use domain::{
    id::{DistrictId, StateId},
    place::{District, Pincode, Position, PostalPlace, State},
};
use rustc_hash::FxHashMap;

/// How many places a search by name gives at most.
const MOST_FOUND: usize = 20;

/// States, districts and post offices.
#[derive(Debug, Default)]
pub struct Geography {
    states: Vec<State>,
    districts: Vec<District>,
    district_place: FxHashMap<DistrictId, usize>,
    by_state: FxHashMap<StateId, Vec<usize>>,
    postal: Vec<PostalPlace>,
    /// Post offices by the plain form of their name, sorted, so that a beginning is a range.
    by_name: Vec<(String, usize)>,
}

/// A place whose name begins as was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// The district, if known.
    pub district: Option<DistrictId>,
    /// Its PIN code, if it is a post office.
    pub pincode: Option<Pincode>,
    /// Where it is, if known.
    pub position: Option<Position>,
}

impl Geography {
    /// Puts places in order.
    pub fn new(
        mut states: Vec<State>,
        mut districts: Vec<District>,
        mut postal: Vec<PostalPlace>,
    ) -> Self {
        states.sort_by_key(|state| state.id);
        districts.sort_by_key(|district| district.id);
        postal.sort_by(|a, b| (a.pincode, &a.name).cmp(&(b.pincode, &b.name)));
        let mut by_state: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (place, district) in districts.iter().enumerate() {
            by_state.entry(district.state).or_default().push(place);
        }
        let district_place = districts.iter().enumerate().map(|(i, d)| (d.id, i)).collect();
        let mut by_name: Vec<_> =
            postal.iter().enumerate().map(|(i, place)| (plain(&place.name), i)).collect();
        by_name.sort();
        Self { states, districts, district_place, by_state, postal, by_name }
    }

    /// All states, in order of their numbers.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// A state.
    pub fn state(&self, id: StateId) -> Option<&State> {
        self.states.binary_search_by_key(&id, |state| state.id).ok().map(|i| &self.states[i])
    }

    /// All districts, in order of their numbers.
    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// A district.
    pub fn district(&self, id: DistrictId) -> Option<&District> {
        self.district_place.get(&id).map(|place| &self.districts[*place])
    }

    /// The districts of a state, in order of their numbers.
    pub fn districts_of(&self, state: StateId) -> impl Iterator<Item = &District> {
        self.by_state.get(&state).into_iter().flatten().map(|place| &self.districts[*place])
    }

    /// The state with a name, however it is written.
    pub fn state_named(&self, name: &str) -> Option<&State> {
        let wanted = plain(name);
        self.states.iter().find(|state| plain(&state.name) == wanted || state.name_hi == name)
    }

    /// The district with a name in a state, however it is written: a letter or two may differ.
    pub fn district_named(&self, state: StateId, name: &str) -> Option<&District> {
        let wanted = plain(name);
        let mut best: Option<(usize, &District)> = None;
        for district in self.districts_of(state) {
            let distance = edits(&plain(&district.name), &wanted);
            if best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, district));
            }
        }
        let allowed = usize::from(wanted.len() > 5) + usize::from(wanted.len() > 9);
        best.filter(|(distance, _)| *distance <= allowed).map(|(_, district)| district)
    }

    /// The post offices of a PIN code.
    pub fn post_offices(&self, pincode: Pincode) -> &[PostalPlace] {
        let from = self.postal.partition_point(|place| place.pincode < pincode);
        let to = self.postal.partition_point(|place| place.pincode <= pincode);
        &self.postal[from..to]
    }

    /// Where a PIN code is: the first of its post offices with a position.
    pub fn position_of(&self, pincode: Pincode) -> Option<Position> {
        self.post_offices(pincode).iter().find_map(|place| place.position)
    }

    /// How many post offices are known.
    pub fn postal_count(&self) -> usize {
        self.postal.len()
    }

    /// Districts and post offices whose name begins as given, districts first.
    pub fn named(&self, beginning: &str) -> Vec<Found> {
        let wanted = plain(beginning);
        if wanted.len() < 2 {
            return Vec::new();
        }
        let districts = self
            .districts
            .iter()
            .filter(|district| {
                plain(&district.name).starts_with(&wanted) || district.name_hi == beginning
            })
            .map(|district| Found {
                name: district.name.clone(),
                district: Some(district.id),
                pincode: None,
                position: None,
            });
        let from = self.by_name.partition_point(|(name, _)| *name < wanted);
        let offices = self.by_name[from..]
            .iter()
            .take_while(|(name, _)| name.starts_with(&wanted))
            .map(|(_, place)| &self.postal[*place])
            .map(|place| Found {
                name: place.name.clone(),
                district: place.district,
                pincode: Some(place.pincode),
                position: place.position,
            });
        districts.chain(offices).take(MOST_FOUND).collect()
    }
}

/// A name without what differs between directories: case, marks, "and".
fn plain(name: &str) -> String {
    let lower = name.to_lowercase().replace('&', " and ");
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty() && *word != "and" && *word != "district").collect()
}

/// How many letters must change, be added or go. Source: Levenshtein, 1966.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geography() -> Geography {
        let state =
            |id, name: &str| State { id: StateId(id), name: name.into(), name_hi: String::new() };
        let district = |id, state, name: &str| District {
            id: DistrictId(id),
            state: StateId(state),
            name: name.into(),
            name_hi: String::new(),
            lgd_code: None,
        };
        let office = |pincode, name: &str| PostalPlace {
            pincode: Pincode(pincode),
            name: name.into(),
            district: Some(DistrictId(391)),
            position: Position::in_country(19.0, 74.7),
        };
        Geography::new(
            vec![state(21, "Maharashtra"), state(1, "Andaman and Nicobar Islands")],
            vec![district(391, 21, "Ahmednagar"), district(363, 21, "Pune")],
            vec![office(414_001, "Ahmednagar HO"), office(414_002, "Bhingar")],
        )
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let geography = geography();
        assert_eq!(geography.state_named("ANDAMAN & NICOBAR ISLANDS").unwrap().id, StateId(1));
        for name in ["AHMADNAGAR", "Ahmednagar District", "ahmed nagar"] {
            let found = geography.district_named(StateId(21), name);
            assert_eq!(found.unwrap().id, DistrictId(391), "{name}");
        }
        assert!(geography.district_named(StateId(21), "Nagpur").is_none());
        assert!(geography.district_named(StateId(1), "Pune").is_none());
    }

    #[test]
    fn a_beginning_finds_districts_then_post_offices() {
        let geography = geography();
        let names: Vec<_> = geography.named("ahmed").into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["Ahmednagar", "Ahmednagar HO"]);
        assert!(geography.named("a").is_empty());
        assert_eq!(geography.post_offices(Pincode(414_002)).len(), 1);
        assert!(geography.position_of(Pincode(414_001)).is_some());
        assert!(geography.position_of(Pincode(999_999)).is_none());
    }
}
