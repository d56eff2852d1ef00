//! Finding a session: by district, PIN code, place name or distance, over some days, filtered by
//! what this person can use. Answered from memory.

use std::sync::Arc;

use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId},
    place::{Pincode, Position},
    session::{Channel, SessionSeats, SessionState},
};
use jiff::civil::Date;

use crate::{
    Ctx, Platform,
    inventory::{Area, Offer},
};

/// Facilities further away than this are not near.
///
/// # Units
///
/// Kilometres.
const NEAR_KM: f64 = 50.0;
/// How many facilities a search by distance gives at most.
const NEAR_MOST: usize = 50;

/// Where someone looks for a session.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a district.
    District(DistrictId),
    /// By PIN code.
    Pincode(Pincode),
    /// Near a point.
    Near(Position),
    /// At one facility.
    Facility(FacilityId),
}

/// What someone can use. An empty filter lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this vaccine.
    pub vaccine: Option<String>,
    /// Only free or only paid.
    pub fee_type: Option<FeeType>,
    /// Only sessions that admit this age, in years.
    pub age: Option<i16>,
    /// Only sessions with a free online seat for this dose.
    pub dose_number: Option<u8>,
}

impl Filter {
    fn admits(&self, facility: &Facility, seats: &SessionSeats) -> bool {
        let session = &seats.session;
        self.vaccine.as_ref().is_none_or(|name| session.vaccine.eq_ignore_ascii_case(name))
            && self.fee_type.is_none_or(|fee_type| facility.fee_type == fee_type)
            && self.age.is_none_or(|age| session.admits_age(age))
            && self.dose_number.is_none_or(|dose| seats.free(Channel::Online, dose) > 0)
    }

    /// Drops what does not fit.
    pub fn apply(&self, offers: Vec<Offer>) -> Vec<Offer> {
        let keep = |mut offer: Offer| {
            offer.sessions.retain(|seats| self.admits(&offer.facility, seats));
            (!offer.sessions.is_empty()).then_some(offer)
        };
        offers.into_iter().filter_map(keep).collect()
    }
}

impl Platform {
    /// Sessions around a place from a day on, nearest facility first where there is a distance.
    /// Cancelled sessions are left out.
    pub fn find_sessions(
        &self,
        place: &Place,
        from: Date,
        days: u8,
        filter: &Filter,
    ) -> Vec<Offer> {
        let offers = match place {
            Place::District(district) => {
                self.inventory.offers(Area::District(*district), from, days)
            }
            Place::Pincode(pincode) => self.inventory.offers(Area::Pincode(*pincode), from, days),
            Place::Near(position) => self.offers_near(*position, from, days),
            Place::Facility(facility) => {
                self.inventory.offers(Area::Facility(*facility), from, days)
            }
        };
        filter.apply(without_cancelled(offers))
    }

    /// Facilities near a point, nearest first, with the distance in kilometres.
    pub fn facilities_near(&self, position: Position) -> Vec<(f64, Arc<Facility>)> {
        let mut near: Vec<_> = self
            .inventory
            .facilities()
            .into_iter()
            .filter_map(|facility| {
                let distance = facility.position?.distance_km(position);
                (distance <= NEAR_KM).then_some((distance, facility))
            })
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
        near.truncate(NEAR_MOST);
        near
    }

    fn offers_near(&self, position: Position, from: Date, days: u8) -> Vec<Offer> {
        let near = self.facilities_near(position);
        near.iter()
            .flat_map(|(_, facility)| {
                self.inventory.offers(Area::Facility(facility.id), from, days)
            })
            .collect()
    }

    /// Other sessions with a free seat for a dose, near in place and time: at the same facility,
    /// then in the same district, at most five.
    pub fn next_free(
        &self,
        ctx: &Ctx,
        full: &SessionSeats,
        dose_number: u8,
    ) -> Vec<domain::id::SessionId> {
        let Some(facility) = self.inventory.facility(full.session.facility) else {
            return Vec::new();
        };
        let filter = Filter {
            vaccine: Some(full.session.vaccine.clone()),
            dose_number: Some(dose_number),
            ..Filter::default()
        };
        let place = Place::District(facility.district);
        let mut found: Vec<_> = self
            .find_sessions(&place, ctx.today(), 7, &filter)
            .into_iter()
            .flat_map(|offer| offer.sessions)
            .filter(|seats| {
                seats.session.id != full.session.id && seats.session.min_age == full.session.min_age
            })
            .map(|seats| {
                let elsewhere = seats.session.facility != facility.id;
                let days = (seats.session.on - full.session.on).get_days().abs();
                (elsewhere, days, seats.session.id)
            })
            .collect();
        found.sort_unstable();
        found.truncate(5);
        found.into_iter().map(|(.., id)| id).collect()
    }
}

/// Drops sessions that will not take place.
pub fn without_cancelled(mut offers: Vec<Offer>) -> Vec<Offer> {
    for offer in &mut offers {
        offer.sessions.retain(|seats| seats.session.state != SessionState::Cancelled);
    }
    offers.retain(|offer| !offer.sessions.is_empty());
    offers
}
