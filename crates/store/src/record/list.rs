//! Lists that came in, who came by them, and where those work who may meet people.

use domain::id::{DistrictId, FacilityId, StaffId};
use jiff::Timestamp;

use super::StaffRole;

/// The number of a list that came in, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListNo(pub i32);

/// A list that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewList {
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// How many people it names.
    pub rows: u64,
    /// Whose people they are, if it is known.
    pub facility: Option<FacilityId>,
    /// The same of a district.
    pub district: Option<DistrictId>,
    /// When it comes.
    pub came_at: Timestamp,
}

/// A list that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Its number.
    pub number: ListNo,
    /// What is known of it.
    pub list: NewList,
}

/// How many people of one place came by one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CameBy {
    /// Where their first dose was given, or is to be given; none for who has neither.
    pub facility: Option<FacilityId>,
    /// The list; none for who was registered otherwise.
    pub list: Option<ListNo>,
    /// How many.
    pub people: u64,
}

/// Where an account of staff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffPlace {
    /// Whose account.
    pub id: StaffId,
    /// What they are.
    pub role: StaffRole,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district.
    pub district: Option<DistrictId>,
}
