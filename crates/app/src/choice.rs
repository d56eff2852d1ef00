//! What people can choose from before they ask: who of a family may book a session, in which
//! slots a seat is free, and when the next one is. Nothing is promised here: booking applies the
//! same rules again.

use domain::{
    schedule::{NotEligible, Standing, check_dose, check_session},
    session::{Channel, SessionSeats, SessionState, Slot},
};
use jiff::{ToSpan, civil::Date};
use store::{ClaimState, NotBooked};

use crate::{
    Ctx, Error, Platform,
    opened::Person,
    search::{Filter, Place},
};

/// How a person stands towards a session.
pub struct Prospect {
    /// The dose that they are due.
    pub dose_number: u8,
    /// Why they cannot book the session for it, if they cannot.
    pub obstacle: Option<Error>,
}

impl Platform {
    /// Says whether a person could book a session for the dose that they are due.
    pub fn prospect(&self, ctx: &Ctx, person: &Person, seats: &SessionSeats) -> Prospect {
        let standing = Standing {
            birth_year: person.details.birth_year,
            comorbidity: person.details.comorbidity,
            doses: &person.doses,
        };
        let dose_number = standing.next_dose();
        let held = person
            .claims
            .iter()
            .any(|claim| claim.dose_number == dose_number && claim.state == ClaimState::Confirmed);
        let rule =
            check_session(&self.programme(), &standing, &seats.session, dose_number, ctx.now);
        let obstacle = match rule {
            Err(rule) => Some(Error::NotEligible { beneficiary: person.id, rule }),
            Ok(()) if held => Some(Error::NotBooked(NotBooked::Held { beneficiary: person.id })),
            Ok(()) => None,
        };
        Prospect { dose_number, obstacle }
    }

    /// Says why the next dose of a vaccine cannot be given today because of the dose before, if so.
    pub fn too_soon(&self, ctx: &Ctx, person: &Person, vaccine: &str) -> Option<Error> {
        let standing = Standing {
            birth_year: person.details.birth_year,
            comorbidity: person.details.comorbidity,
            doses: &person.doses,
        };
        let next = standing.next_dose();
        match check_dose(&self.programme(), &standing, vaccine, next, ctx.today()) {
            Err(rule @ NotEligible::TooSoon { .. }) => {
                Some(Error::NotEligible { beneficiary: person.id, rule })
            }
            _ => None,
        }
    }

    /// Slots of a session that are not over and have a free online seat for a dose, each with how
    /// many. None while bookings are stopped.
    pub fn open_slots(&self, ctx: &Ctx, seats: &SessionSeats, dose_number: u8) -> Vec<(Slot, u32)> {
        let session = &seats.session;
        if session.state != SessionState::Open {
            return Vec::new();
        }
        let over = usize::from(self.window(ctx.now).closed_slots(session));
        let free = |number: usize| {
            let number = u8::try_from(number).ok()?;
            let pool = usize::from(session.pool_for(Channel::Online, dose_number, number)?);
            let capacity = session.pools.get(pool)?.capacity;
            Some(capacity.saturating_sub(*seats.booked.get(pool)?)).filter(|free| *free > 0)
        };
        let slots = session.slots.iter().enumerate().skip(over);
        slots.filter_map(|(number, slot)| Some((*slot, free(number)?))).collect()
    }

    /// The first day from `from` on, among those that may be booked, on which a seat that fits
    /// the filter is free around a place.
    pub fn next_free_day(
        &self,
        ctx: &Ctx,
        place: &Place,
        from: Date,
        filter: &Filter,
    ) -> Option<Date> {
        let last = ctx.today().saturating_add(i64::from(self.programme().booking_days).days());
        let days = u8::try_from((last - from).get_days() + 1).ok().filter(|days| *days > 0)?;
        let offers = self.find_sessions(place, from, days, filter);
        let sessions = offers.iter().flat_map(|offer| &offer.sessions);
        let wanted = |dose: u8| filter.dose_number.is_none_or(|only| only == dose);
        let free = sessions.filter(|seats| {
            (1..=9).any(|dose| wanted(dose) && !self.open_slots(ctx, seats, dose).is_empty())
        });
        free.map(|seats| seats.session.on).min()
    }
}
