//! A made-up country, the same for the same seed: facilities, a week of sessions, staff, people.
//! The places are real; everything in them is invented.

use app::{
    clock::{Entropy, SeededEntropy},
    import::records::StaffLine,
};
use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId, SessionId, StateId},
    person::{Details, Gender, IdentityDocument, Mobile, Name},
    place::{District, Pincode, Position, PostalPlace, State},
    session::{Channel, SeatPool, Session, SessionState, Slot},
};
use jiff::{
    ToSpan,
    civil::{Date, Time},
};
use store::StaffRole;
use uuid::Uuid;

use super::places::STATES;

/// Numbers of the demo's mobiles begin here: a range that is visibly made up.
const FIRST_MOBILE: u64 = 6_000_000_000;
/// Numbers of the demo's staff begin here.
const FIRST_STAFF_MOBILE: u64 = 6_900_000_000;

/// Random choices of a seed.
pub(crate) struct Chance(SeededEntropy);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    pub(crate) fn below(&self, most: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % most.max(1) as u64).unwrap_or(0)
    }

    fn of<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Up to one degree either way.
    fn nearby(&self) -> f64 {
        f64::from(u32::try_from(self.below(2_000)).unwrap_or(0)) / 1_000.0 - 1.0
    }
}

/// Everything but the people.
pub(crate) struct Country {
    pub(crate) states: Vec<State>,
    pub(crate) districts: Vec<District>,
    pub(crate) postal: Vec<PostalPlace>,
    pub(crate) facilities: Vec<Facility>,
    pub(crate) sessions: Vec<Session>,
}

impl Country {
    pub(crate) fn new(seed: u64, today: Date, facilities: usize) -> Self {
        let chance = Chance::new(seed);
        let mut country = Self {
            states: vec![],
            districts: vec![],
            postal: vec![],
            facilities: vec![],
            sessions: vec![],
        };
        for &(id, name, name_hi, latitude, longitude, pin, districts) in STATES {
            let state = StateId(id);
            country.states.push(State { id: state, name: name.into(), name_hi: name_hi.into() });
            for (place, entry) in (0..).zip(districts.split("; ")) {
                let (number, district) = entry.trim().split_once(' ').expect("number and name");
                let number: i32 = number.parse().expect("a district has a number");
                country.districts.push(District {
                    id: DistrictId(number),
                    state,
                    name: district.to_owned(),
                    name_hi: String::new(),
                    lgd_code: None,
                });
                country.add_post_offices(
                    &chance,
                    number,
                    district,
                    (latitude, longitude),
                    pin,
                    place,
                );
            }
        }
        for number in 0..facilities {
            country.add_facility(&chance, number, today);
        }
        country
    }

    /// Three made-up PIN codes for a district.
    fn add_post_offices(
        &mut self,
        chance: &Chance,
        district: i32,
        name: &str,
        (latitude, longitude): (f64, f64),
        pin: i32,
        place: i32,
    ) {
        let (north, east) = (chance.nearby(), chance.nearby());
        for office in 0..3 {
            let step = f64::from(office) * 0.05;
            let position = Position::in_country(latitude + north + step, longitude + east);
            let label = ["Head Office", "Bazar", "Gram"][usize::try_from(office).unwrap_or(0)];
            self.postal.push(PostalPlace {
                pincode: Pincode(pin * 10_000 + place * 100 + office + 1),
                name: format!("{name} {label}"),
                district: Some(DistrictId(district)),
                position,
            });
        }
    }

    fn add_facility(&mut self, chance: &Chance, number: usize, today: Date) {
        const KINDS: [&str; 5] = [
            "Primary Health Centre",
            "Community Health Centre",
            "District Hospital",
            "Government High School",
            "Urban Health Post",
        ];
        const WORDS: [&str; 12] = [
            "Rampur",
            "Shantipur",
            "Navgaon",
            "Lakeview",
            "Greenfield",
            "Old Town",
            "Riverside",
            "Kamala Nagar",
            "Gandhi Chowk",
            "Station Road",
            "East",
            "West",
        ];
        let district = &self.districts[number % self.districts.len()];
        let offices: Vec<_> =
            self.postal.iter().filter(|place| place.district == Some(district.id)).collect();
        let office = offices[chance.below(offices.len())];
        let paid = number % 5 == 4;
        let word = chance.of(&WORDS);
        let name = if paid {
            format!("{word} Private Hospital {}", number + 1)
        } else {
            format!("{} {word} {}", chance.of(&KINDS), number + 1)
        };
        let facility = Facility {
            id: FacilityId(100_001 + i64::try_from(number).unwrap_or(0)),
            name,
            address: format!("{} {}", chance.below(200) + 1, chance.of(&WORDS)),
            block: format!("{} Block", chance.of(&WORDS)),
            district: district.id,
            pincode: office.pincode,
            position: office.position,
            opens: Time::constant(9, 0, 0, 0),
            closes: Time::constant(17, 0, 0, 0),
            fee_type: if paid { FeeType::Paid } else { FeeType::Free },
        };
        for day in 0..7 {
            let on = today.saturating_add(i64::from(day).days());
            self.sessions.extend(sessions_of(&facility, on, number));
        }
        self.facilities.push(facility);
    }
}

/// What a facility offers on a day: two or three sessions for different ages.
///
/// Ids and capacities follow from facility, day and offer, so that a demo that is started again on
/// another day adds the new days and leaves the others as they are.
fn sessions_of(facility: &Facility, on: Date, number: usize) -> Vec<Session> {
    let mut offers = vec![("COVISHIELD", 18, None), ("COVAXIN", 15, Some(17))];
    if number.is_multiple_of(3) {
        offers[0] = ("COVISHIELD", 45, None);
        offers.push(("COVISHIELD", 18, Some(44)));
    }
    if number.is_multiple_of(4) {
        offers.push(("CORBEVAX", 12, Some(14)));
    }
    if number.is_multiple_of(7) {
        offers.push(("SPUTNIK V", 18, None));
    }
    let hours = [9, 11, 13, 15];
    let slot =
        |hour| Slot { from: Time::constant(hour, 0, 0, 0), to: Time::constant(hour + 2, 0, 0, 0) };
    let session = |(vaccine, min_age, max_age): (&str, u8, Option<u8>)| {
        let named = format!("{}|{on}|{vaccine}|{min_age}", facility.id.0);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, named.as_bytes());
        let seats = |byte: usize, most: u8| u32::from(id.as_bytes()[byte] % most);
        let pool = |channel, dose_number, capacity| SeatPool {
            channel,
            dose_number,
            slot: None,
            capacity,
        };
        Session {
            id: SessionId(id),
            facility: facility.id,
            on,
            vaccine: vaccine.to_owned(),
            min_age,
            max_age,
            fee: match (facility.fee_type, vaccine) {
                (FeeType::Free, _) => 0,
                (FeeType::Paid, "COVAXIN") => 1_410,
                (FeeType::Paid, _) => 780,
            },
            state: SessionState::Open,
            slots: hours.into_iter().map(slot).collect(),
            pools: vec![
                pool(Channel::Online, 1, 20 + seats(0, 80)),
                pool(Channel::Online, 2, 20 + seats(1, 80)),
                pool(Channel::Online, 3, 10 + seats(2, 20)),
                pool(Channel::OnSite, 1, 20),
                pool(Channel::OnSite, 2, 20),
                pool(Channel::OnSite, 3, 10),
            ],
        }
    };
    offers.into_iter().map(session).collect()
}

/// The demo's staff: two of the first facility, an officer of its district, an auditor.
pub(crate) fn staff(country: &Country) -> Vec<StaffLine> {
    let facility = &country.facilities[0];
    let line = |number: u64, name: &str, role, at: bool, district: bool| StaffLine {
        active: true,
        name: Name::parse(name).expect("a made-up name is a name"),
        mobile: Mobile::parse(&(FIRST_STAFF_MOBILE + number).to_string())
            .expect("a made-up mobile is a mobile"),
        role,
        facility: at.then_some(facility.id),
        district: district.then_some(facility.district),
        state: None,
    };
    vec![
        line(1, "Meera Pillai", StaffRole::Vaccinator, true, false),
        line(2, "Arjun Demo", StaffRole::FacilityManager, true, false),
        line(3, "Latha Sample", StaffRole::DistrictOfficer, false, true),
        line(4, "Imran Example", StaffRole::Auditor, false, false),
    ]
}

/// Made-up people in families of one to six on a mobile; no two share a document.
pub(crate) fn people(seed: u64, today: Date) -> impl Iterator<Item = (Mobile, Details)> {
    const FIRST: [&str; 24] = [
        "Asha",
        "Ravi",
        "Lakshmi",
        "Imran",
        "Gurpreet",
        "Anita",
        "Joseph",
        "Meena",
        "सीता",
        "राम",
        "प्रिया",
        "அன்பு",
        "মিতা",
        "ਹਰਪ੍ਰੀਤ",
        "Zoya",
        "Vikram",
        "Fatima",
        "Kiran",
        "D'Souza",
        "Noor",
        "Tenzin",
        "Lalrin",
        "Savitri",
        "Om",
    ];
    const LAST: [&str; 16] = [
        "Demo",
        "Sample",
        "Example",
        "Made-Up",
        "Nobody",
        "Invented",
        "देवी",
        "कुमार",
        "Specimen",
        "Fiction",
        "Test",
        "Singh-Demo",
        "O'Sample",
        "Rao-Example",
        "Khan-Demo",
        "",
    ];
    let chance = Chance::new(seed ^ 0x00c0_ffee);
    let (mut family, mut left) = (0, 0);
    (0_u64..).map(move |number| {
        if left == 0 {
            family += 1;
            left = 1 + chance.below(6);
        }
        left -= 1;
        let name = format!("{} {}", chance.of(&FIRST), chance.of(&LAST));
        let age = 10 + i16::try_from(chance.below(75)).unwrap_or(0);
        let details = Details {
            name: Name::parse(&name).expect("a made-up name is a name"),
            birth_year: today.year() - age,
            gender: chance.of(&Gender::ALL),
            document: IdentityDocument::parse(1, &format!("{:012}", 900_000_000_000 + number))
                .expect("a made-up number is a number"),
            comorbidity: chance.below(10) == 0,
        };
        let mobile = Mobile::parse(&(FIRST_MOBILE + family).to_string());
        (mobile.expect("a made-up mobile is a mobile"), details)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_country_is_whole_and_the_same_each_time() {
        let country = Country::new(1, date(2026, 1, 1), 800);
        assert_eq!(country.states.len(), 36);
        assert!(country.districts.len() > 700);
        let ids: HashSet<_> = country.districts.iter().map(|district| district.id).collect();
        assert_eq!(ids.len(), country.districts.len());
        assert!(country.sessions.iter().all(|session| session.check().is_ok()));
        assert!(country.postal.iter().all(|p| (100_001..1_000_000).contains(&p.pincode.0)));
        let again = Country::new(1, date(2026, 1, 1), 800);
        assert_eq!(country.sessions, again.sessions);
    }

    #[test]
    fn no_two_people_share_a_document_and_no_mobile_has_more_than_six() {
        let mut documents = HashSet::new();
        let mut families = std::collections::HashMap::new();
        for (mobile, details) in people(1, date(2026, 1, 1)).take(5_000) {
            assert!(documents.insert(details.document.index_text()));
            *families.entry(mobile.digits().to_owned()).or_insert(0) += 1;
        }
        assert!(families.values().all(|&people| people <= 6));
    }
}
