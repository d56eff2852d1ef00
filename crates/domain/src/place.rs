//! States, districts, PIN codes and distances.

use crate::id::{DistrictId, StateId};

/// A state or union territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its number in the contract.
    pub id: StateId,
    /// English name.
    pub name: String,
    /// Name in Hindi, empty if not known.
    pub name_hi: String,
}

/// A district of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Its number in the contract.
    pub id: DistrictId,
    /// The state it belongs to.
    pub state: StateId,
    /// English name.
    pub name: String,
    /// Name in Hindi, empty if not known.
    pub name_hi: String,
    /// Code in the Local Government Directory, if known.
    pub lgd_code: Option<i32>,
}

/// A six-digit postal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pincode(pub i32);

impl Pincode {
    /// Reads six digits of which the first is not zero. A space after the third is common.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 16 {
            return None;
        }
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        (digits.len() == 6
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0'))
        .then(|| digits.parse().ok().map(Self))
        .flatten()
    }
}

/// A named place with a PIN code: a post office of the published directory.
#[derive(Clone, Debug, PartialEq)]
pub struct PostalPlace {
    /// Its PIN code.
    pub pincode: Pincode,
    /// Its name.
    pub name: String,
    /// The district it lies in, if the directory's names could be matched.
    pub district: Option<DistrictId>,
    /// Where it is, if known.
    pub position: Option<Position>,
}

/// A point on the map.
///
/// # Units
///
/// Degrees, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Position {
    /// The point, if it lies in the country.
    ///
    /// # Source
    ///
    /// Co-WIN public API 1.1.0: latitude 8.06 to 37.1, longitude 68.11 to 97.41; the islands
    /// south of the mainland reach to 6.7.
    pub fn in_country(latitude: f64, longitude: f64) -> Option<Self> {
        ((6.5..=37.2).contains(&latitude) && (68.0..=97.5).contains(&longitude))
            .then_some(Self { latitude, longitude })
    }

    /// Great-circle distance.
    ///
    /// # Units
    ///
    /// Kilometres, on a sphere of radius 6,371 km.
    pub fn distance_km(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_long = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let a = half_lat.mul_add(half_lat, lat1.cos() * lat2.cos() * half_long * half_long);
        2.0 * 6_371.0 * a.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delhi_to_mumbai_is_about_1150_kilometres() {
        let delhi = Position::in_country(28.61, 77.21).unwrap();
        let mumbai = Position::in_country(19.08, 72.88).unwrap();
        assert!((1_140.0..1_160.0).contains(&delhi.distance_km(mumbai)));
        assert!(delhi.distance_km(delhi) < 1e-9);
        assert!(Position::in_country(51.5, 0.1).is_none());
    }

    #[test]
    fn a_pincode_has_six_digits() {
        assert_eq!(Pincode::parse("110 001"), Some(Pincode(110_001)));
        for text in ["", "11000", "010001", "1100011", "११०००१", "abcdef"] {
            assert_eq!(Pincode::parse(text), None);
        }
    }
}
