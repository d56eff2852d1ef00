//! Places that hold sessions.

use jiff::civil::Time;

use crate::{
    id::{DistrictId, FacilityId},
    place::{Pincode, Position},
};

/// Whether a facility may charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeeType {
    /// Government sites: nothing to pay.
    Free,
    /// Private sites: a fee for each vaccine.
    Paid,
}

impl FeeType {
    /// The word of the contract.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Paid => "Paid",
        }
    }

    /// The type with this word.
    pub fn from_label(label: &str) -> Option<Self> {
        [Self::Free, Self::Paid].into_iter().find(|fee| fee.label().eq_ignore_ascii_case(label))
    }
}

/// A place that holds sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    /// Its number in the contract.
    pub id: FacilityId,
    /// Name.
    pub name: String,
    /// Street address of the facility (not of a person).
    pub address: String,
    /// Block of the district.
    pub block: String,
    /// The district it lies in.
    pub district: DistrictId,
    /// PIN code.
    pub pincode: Pincode,
    /// Where it is, if known.
    pub position: Option<Position>,
    /// When it opens.
    pub opens: Time,
    /// When it closes.
    pub closes: Time,
    /// Whether it charges.
    pub fee_type: FeeType,
}
