//! The ways out of a platform that leave traces: lists by which people came, and accounts of staff. How
//! many people of a group went through each is counted, or said to be unknown where it is not.

use std::collections::{BTreeMap, BTreeSet};

use app::{
    clock::date_at,
    inventory::Inventory,
    passages::{CameBy, ListNo, ListRow, StaffAccount, StaffAccounts},
};
use domain::id::{DistrictId, FacilityId};

use crate::register::{PersonNo, Reach, Source, SourceKind, SourceNo};

/// A reach that says nothing: a source which had nearly everybody is neither likelier nor less likely
/// for any record.
pub(super) const UNTOLD: Reach = Reach { part: 985, whole: 1_000 };
/// How many of those who come to another place an account meets, at least: one of a hundred.
const ELSEWHERE: Reach = Reach { part: 1, whole: 100 };

/// Where people are: at facilities, in districts, and nowhere yet.
pub(super) struct Places {
    districts: BTreeMap<FacilityId, u64>,
    people: BTreeMap<(usize, u64), u64>,
    by_list: BTreeMap<(ListNo, usize, u64), u64>,
}

impl Places {
    pub(super) fn new(counts: &[CameBy], inventory: &Inventory) -> Self {
        let mut places =
            Self { districts: BTreeMap::new(), people: BTreeMap::new(), by_list: BTreeMap::new() };
        for count in counts {
            let strata = count.facility.map_or([0, 0], |id| {
                let district = inventory.facility(id).map_or(0, |held| district_no(held.district));
                places.districts.insert(id, district);
                [district, facility_no(id)]
            });
            for (level, stratum) in strata.into_iter().enumerate() {
                *places.people.entry((level, stratum)).or_default() += count.people;
                if let Some(list) = count.list {
                    *places.by_list.entry((list, level, stratum)).or_default() += count.people;
                }
            }
        }
        places
    }

    pub(super) fn people(&self, level: usize, stratum: u64) -> u64 {
        self.people.get(&(level, stratum)).copied().unwrap_or(0)
    }
}

/// A district as a group of people.
pub(super) fn district_no(id: DistrictId) -> u64 {
    u64::try_from(id.0).unwrap_or(0)
}

/// A facility as a group of people.
pub(super) fn facility_no(id: FacilityId) -> u64 {
    u64::try_from(id.0).unwrap_or(0)
}

/// The ways out.
pub(super) struct Ways {
    sources: Vec<Source>,
    lists: Vec<ListNo>,
    pub(super) accounts: StaffAccounts,
    places: Places,
}

impl Ways {
    pub(super) fn new(lists: &[ListRow], accounts: StaffAccounts, places: Places) -> Self {
        let mut sources: Vec<Source> = lists.iter().map(source_of_list).collect();
        sources.extend(accounts.all().iter().map(source_of_account));
        Self { sources, lists: lists.iter().map(|row| row.number).collect(), accounts, places }
    }

    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The source that a list is.
    pub(super) fn of_list(&self, number: ListNo) -> Option<SourceNo> {
        self.lists.iter().position(|one| *one == number).map(source_no)
    }

    /// The source that an account is, by its place.
    pub(super) fn of_account(&self, place: usize) -> SourceNo {
        source_no(self.lists.len() + place)
    }

    /// The account that a source is, with its place.
    pub(super) fn account(&self, source: SourceNo) -> Option<(usize, &StaffAccount)> {
        let place = (source.0 as usize).checked_sub(self.lists.len())?;
        self.accounts.all().get(place).map(|account| (place, account))
    }

    /// How many people of a district or facility went through a source, which met some of those that
    /// were looked at.
    pub(super) fn reach(
        &self,
        source: SourceNo,
        (level, stratum): (usize, u64),
        seen: Option<&BTreeSet<PersonNo>>,
    ) -> Reach {
        let people = self.places.people(level, stratum);
        if let Some(came) = self.came_by(&self.places, source, (level, stratum)) {
            return came;
        }
        let Some((_, account)) = self.account(source) else { return UNTOLD };
        // Of who was nowhere yet it is not known whom they could have met.
        if stratum == 0 || people == 0 {
            return UNTOLD;
        }
        let met = self.met(account).max(seen.map_or(0, |seen| seen.len() as u64));
        if self.is_of(account, level, stratum) { told(met.min(people), people) } else { ELSEWHERE }
    }

    /// Whether a source is a list.
    pub(super) fn is_list(&self, source: SourceNo) -> bool {
        (source.0 as usize) < self.lists.len()
    }

    /// How many people of a district or facility came by a list, of those of some places.
    pub(super) fn came_by(
        &self,
        places: &Places,
        source: SourceNo,
        (level, stratum): (usize, u64),
    ) -> Option<Reach> {
        let list = self.lists.get(source.0 as usize)?;
        let came = places.by_list.get(&(*list, level, stratum)).copied().unwrap_or(0);
        Some(told(came, places.people(level, stratum)))
    }

    /// How many people an account met, where that is counted; else half of those of its place.
    fn met(&self, account: &StaffAccount) -> u64 {
        let own = || match (account.facility, account.district) {
            (Some(id), _) => self.places.people(1, facility_no(id)),
            (None, Some(id)) => self.places.people(0, district_no(id)),
            (None, None) => 0,
        };
        account.met.unwrap_or_else(|| own().div_ceil(2))
    }

    /// Whether people of a group come to an account: those of its facility and its district, and for
    /// who has no facility those of every facility of the district.
    fn is_of(&self, account: &StaffAccount, level: usize, stratum: u64) -> bool {
        let district = account.district.map(district_no);
        match (level, account.facility) {
            (0, _) => district == Some(stratum),
            (_, Some(facility)) => facility_no(facility) == stratum,
            (_, None) => {
                let facility = i64::try_from(stratum).map(FacilityId);
                let of = facility.ok().and_then(|id| self.places.districts.get(&id).copied());
                of.is_some() && of == district
            }
        }
    }
}

/// So many of so many, but never so near to all that one who is not among them says anything.
pub(super) fn told(part: u64, whole: u64) -> Reach {
    let (part, whole) = (part.saturating_mul(1_000), whole.saturating_mul(1_000));
    Reach { part: part.min(whole / 1_000 * UNTOLD.part), whole }
}

fn source_no(place: usize) -> SourceNo {
    SourceNo(u32::try_from(place).unwrap_or(u32::MAX))
}

fn source_of_list(row: &ListRow) -> Source {
    let came_at = row.list.came_at;
    let on = date_at(came_at);
    Source {
        kind: SourceKind::Feeder,
        label: format!("list {} of {on}", row.number.0),
        at: Some(came_at.as_second()),
        canaries: 0.0,
    }
}

/// An account by its role, the beginning of its id, and its place.
fn source_of_account(account: &StaffAccount) -> Source {
    let id = account.id.0.simple().to_string();
    let place = match (account.facility, account.district) {
        (Some(facility), _) => format!(" of facility {}", facility.0),
        (None, Some(district)) => format!(" of district {}", district.0),
        (None, None) => String::new(),
    };
    let label = format!("{} {}{place}", account.role, &id[..8]);
    Source { kind: SourceKind::Account, label, at: None, canaries: 0.0 }
}
