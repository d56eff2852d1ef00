//! Finding a session: by district, PIN code, place name or distance, over some days, filtered by
//! what this person can use. Answered from memory.

use std::sync::Arc;

use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId, SessionId},
    place::{Pincode, Position},
    schedule::{Standing, check_session},
    session::{Channel, SessionSeats, SessionState},
};
use jiff::civil::Date;
use store::PersonRecord;

use crate::{
    Ctx, Platform, Result,
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

    /// Offers as the people of the resident who asks can use them: a seat that none of them may
    /// have is shown as taken. Before anybody is registered, all are shown.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`](crate::Error::Unauthenticated) if nobody is signed in.
    pub async fn for_my_people(&self, ctx: &Ctx, mut offers: Vec<Offer>) -> Result<Vec<Offer>> {
        let people = self.people(ctx.resident()?).await?;
        if people.is_empty() {
            return Ok(offers);
        }
        let standings = self.standings(&people)?;
        let programme = self.programme();
        for seats in offers.iter_mut().flat_map(|offer| &mut offer.sessions) {
            let held = Arc::clone(seats);
            let may_have = |dose_number| {
                let check = |standing| {
                    check_session(&programme, standing, &held.session, dose_number, ctx.now)
                };
                standings.iter().any(|standing| check(standing).is_ok())
            };
            for (place, pool) in held.session.pools.iter().enumerate() {
                if pool.channel == Channel::Online && !may_have(pool.dose_number) {
                    Arc::make_mut(seats).booked[place] = pool.capacity;
                }
            }
        }
        Ok(offers)
    }

    fn standings<'a>(&self, people: &'a [PersonRecord]) -> Result<Vec<Standing<'a>>> {
        let standing = |person: &'a PersonRecord| {
            let known = self.open_eligibility(&person.beneficiary)?;
            Ok(Standing {
                birth_year: known.birth_year,
                comorbidity: known.comorbidity,
                doses: &person.doses,
            })
        };
        people.iter().map(standing).collect()
    }

    fn offers_near(&self, position: Position, from: Date, days: u8) -> Vec<Offer> {
        let near = self.facilities_near(position);
        near.iter()
            .flat_map(|(_, facility)| {
                self.inventory.offers(Area::Facility(facility.id), from, days)
            })
            .collect()
    }

    /// Other sessions in which all of these people can have a dose, near in place and time: at the
    /// same facility, then in the same district, at most five.
    pub(crate) fn next_free(
        &self,
        ctx: &Ctx,
        full: &SessionSeats,
        dose_number: u8,
        people: &[PersonRecord],
    ) -> Result<Vec<SessionId>> {
        let Some(facility) = self.inventory.facility(full.session.facility) else {
            return Ok(Vec::new());
        };
        let (standings, programme) = (self.standings(people)?, self.programme());
        let fits = |seats: &SessionSeats| {
            let check =
                |who| check_session(&programme, who, &seats.session, dose_number, ctx.now).is_ok();
            seats.free(Channel::Online, dose_number) as usize >= people.len()
                && standings.iter().all(check)
        };
        Ok(self.nearest(ctx, full, facility.district, fits))
    }

    /// Other sessions with a free seat that are for everybody whom a full one is for: of all its
    /// ages, and of its vaccine if it is not the first dose. The district is gone through, so who
    /// asks for many keeps the answer for a moment.
    pub fn next_alike(&self, ctx: &Ctx, full: SessionId, dose_number: u8) -> Vec<SessionId> {
        let full = self.inventory.session(full);
        let facility = full.as_ref().map(|full| self.inventory.facility(full.session.facility));
        let (Some(full), Some(Some(facility))) = (full, facility) else {
            return Vec::new();
        };
        let wanted = &full.session;
        self.nearest(ctx, &full, facility.district, |seats| {
            let (session, oldest) = (&seats.session, |max: Option<u8>| max.unwrap_or(u8::MAX));
            seats.free(Channel::Online, dose_number) > 0
                && (dose_number == 1 || session.vaccine == wanted.vaccine)
                && session.min_age <= wanted.min_age
                && oldest(session.max_age) >= oldest(wanted.max_age)
        })
    }

    /// Sessions of a district that fit, other than a full one: those of its facility first, then
    /// those of days near its own.
    fn nearest(
        &self,
        ctx: &Ctx,
        full: &SessionSeats,
        district: DistrictId,
        fits: impl Fn(&SessionSeats) -> bool,
    ) -> Vec<SessionId> {
        let place = Place::District(district);
        let mut found: Vec<_> = self
            .find_sessions(&place, ctx.today(), 7, &Filter::default())
            .into_iter()
            .flat_map(|offer| offer.sessions)
            .filter(|seats| seats.session.id != full.session.id && fits(seats))
            .map(|seats| {
                let elsewhere = seats.session.facility != full.session.facility;
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
