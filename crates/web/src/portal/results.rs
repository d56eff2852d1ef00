//! What a search found: facilities, and for each a calendar of seven days.

use app::{
    claims::ClaimState,
    inventory::Offer,
    search::{Filter, Place},
};
use domain::{
    facility::FeeType,
    place::Position,
    session::{Channel, SessionSeats, SessionState},
};
use jiff::{ToSpan, civil::Date};

use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{ages, count, day_words, time_words, uuid},
};

/// Days of a calendar.
const DAYS: u8 = 7;
/// Facilities on one page at most: a district may have hundreds.
const ON_A_PAGE: usize = 15;

/// Where, from when and what for.
pub(super) struct Search {
    pub(super) place: Place,
    pub(super) origin: Option<Position>,
    pub(super) from: Date,
    pub(super) filter: Filter,
}

/// One page of what was found.
pub(super) struct Results {
    /// How many there are.
    pub(super) count: String,
    /// Which days.
    pub(super) days: String,
    /// When the free seats were read, and how long ago that is.
    pub(super) as_of: String,
    /// What else can be asked where nothing was found.
    pub(super) advice: Option<(String, String)>,
    pub(super) facilities: Vec<FacilityView>,
    /// Other weeks and pages: words and what is to be asked for.
    pub(super) weeks: Vec<(&'static str, String)>,
    pub(super) pages: Vec<(&'static str, String)>,
    pub(super) which: String,
}

pub(super) struct FacilityView {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) facts: String,
    pub(super) days: Vec<DayView>,
    /// Said where no seat is free: when the next one is, and what is to be asked for.
    pub(super) full: Option<(String, String)>,
}

pub(super) struct DayView {
    pub(super) day: String,
    pub(super) sessions: Vec<SessionView>,
}

pub(super) struct SessionView {
    pub(super) vaccine: String,
    pub(super) ages: String,
    pub(super) fee: u32,
    /// Free seats by dose, or why there are none.
    pub(super) seats: String,
    /// Where it can be booked.
    pub(super) book: Option<String>,
}

impl Results {
    pub(super) fn find(web: &Web, caller: &Caller, query: &Query, search: &Search) -> Self {
        let platform = &web.0.platform;
        let mut offers = platform.find_sessions(&search.place, search.from, DAYS, &search.filter);
        let most_km = query.get("km").and_then(|text| text.parse::<f64>().ok());
        if let (Some(most), Place::Near(_)) = (most_km, &search.place) {
            offers.retain(|offer| distance(search, offer).is_some_and(|km| km <= most));
        }
        let total = offers.len();
        let page = query.get("page").and_then(|text| text.parse().ok()).unwrap_or(1_usize);
        let page = page.clamp(1, total.div_ceil(ON_A_PAGE).max(1));
        let first = (page - 1) * ON_A_PAGE;
        let last = (first + ON_A_PAGE).min(total);
        let week = DAYS.into();
        let until = search.from.saturating_add((i64::from(DAYS) - 1).days());
        let rest = query.without(&["page", "search"]);
        let turn = |to: usize| format!("page={to}{rest}");
        let mut pages = Vec::new();
        if page > 1 {
            pages.push(("Previous facilities", turn(page - 1)));
        }
        if last < total {
            pages.push(("More facilities", turn(page + 1)));
        }
        let refreshed = platform.inventory().refreshed_at();
        let age = (caller.ctx.now.as_millisecond() - refreshed.as_millisecond()).max(0);
        let ago = match age / 1_000 {
            0 => "less than a second ago".to_owned(),
            seconds => format!("{} ago", seconds_words(seconds)),
        };
        let shown = offers.get(first..last).unwrap_or_default();
        Self {
            count: match total {
                0 => "No session found".to_owned(),
                _ => count(total, "facility with sessions", "facilities with sessions"),
            },
            days: format!("{} to {}", day_words(search.from), day_words(until)),
            as_of: format!("{}, {ago}", time_words(refreshed)),
            advice: (total == 0).then(|| advice(web, caller, query, search)),
            facilities: shown
                .iter()
                .map(|offer| FacilityView::of(web, caller, query, search, offer))
                .collect(),
            weeks: weeks(caller, query, search.from, week),
            pages,
            which: if last - first < total {
                format!("Facilities {} to {last} of {total}", first + 1)
            } else {
                String::new()
            },
        }
    }
}

fn seconds_words(seconds: i64) -> String {
    count(usize::try_from(seconds).unwrap_or(usize::MAX), "second", "seconds")
}

/// The weeks before and after, as far as they can be booked.
fn weeks(caller: &Caller, query: &Query, from: Date, week: i64) -> Vec<(&'static str, String)> {
    let rest = query.without(&["date", "page", "search"]);
    let today = caller.ctx.today();
    let mut weeks = Vec::new();
    if from > today {
        let before = from.saturating_sub(week.days()).max(today);
        weeks.push(("Seven days before", format!("date={before}{rest}")));
    }
    let after = from.saturating_add(week.days());
    weeks.push(("Seven days later", format!("date={after}{rest}")));
    weeks
}

/// What else can be asked where nothing was found.
fn advice(web: &Web, caller: &Caller, query: &Query, search: &Search) -> (String, String) {
    let after = search.from.saturating_add(i64::from(DAYS).days());
    let next = web.0.platform.next_free_day(&caller.ctx, &search.place, after, &search.filter);
    match next {
        Some(day) => (
            format!("The next free seat here is on {}. Show that week", day_words(day)),
            format!("date={day}{}", query.without(&["date", "page", "search"])),
        ),
        None if search.filter == Filter::default() => (String::new(), String::new()),
        None => (
            "Search without vaccine, fee, age and dose".to_owned(),
            query.without(&["vaccine", "fee", "age", "dose", "page", "search"]),
        ),
    }
}

fn distance(search: &Search, offer: &Offer) -> Option<f64> {
    Some(offer.facility.position?.distance_km(search.origin?))
}

impl FacilityView {
    fn of(web: &Web, caller: &Caller, query: &Query, search: &Search, offer: &Offer) -> Self {
        let geography = web.0.platform.geography();
        let facility = &offer.facility;
        let district = geography.district(facility.district).map_or("", |d| d.name.as_str());
        let away = distance(search, offer).map(|km| match km {
            ..1.0 => "less than 1 km away".to_owned(),
            _ => format!("{km:.1} km away"),
        });
        let fee = match facility.fee_type {
            FeeType::Free => "Free of charge".to_owned(),
            FeeType::Paid => "Charges a fee".to_owned(),
        };
        let suffix = uuid(query, "move").map_or_else(String::new, |id| format!("&move={id}"));
        let view = |seats: &SessionSeats| session(web, caller, search, seats, &suffix);
        let days = (0..DAYS).map(|ahead| {
            let on = search.from.saturating_add(i64::from(ahead).days());
            let held = offer.sessions.iter().filter(|seats| seats.session.on == on);
            DayView { day: day_words(on), sessions: held.map(|seats| view(seats)).collect() }
        });
        let days: Vec<_> = days.collect();
        let none_free = days.iter().all(|day| day.sessions.iter().all(|s| s.book.is_none()));
        Self {
            name: facility.name.clone(),
            address: format!("{}, {district} {}", facility.address, facility.pincode.0),
            facts: away.into_iter().chain([fee]).collect::<Vec<_>>().join(" · "),
            full: none_free.then(|| {
                let place = Place::Facility(facility.id);
                let after = search.from.saturating_add(i64::from(DAYS).days());
                let next = web.0.platform.next_free_day(&caller.ctx, &place, after, &search.filter);
                next.map_or_else(
                    || {
                        (
                            "No seat is free here in the days that can be booked.".into(),
                            String::new(),
                        )
                    },
                    |day| {
                        let rest = query.without(&["date", "page", "search"]);
                        (
                            format!("Next free seat here: {}", day_words(day)),
                            format!("date={day}{rest}"),
                        )
                    },
                )
            }),
            days,
        }
    }
}

fn session(
    web: &Web,
    caller: &Caller,
    search: &Search,
    seats: &SessionSeats,
    suffix: &str,
) -> SessionView {
    let session = &seats.session;
    let free = |dose: u8| {
        let open = !web.0.platform.open_slots(&caller.ctx, seats, dose).is_empty();
        open.then(|| (dose, seats.free(Channel::Online, dose)))
    };
    let wanted = |dose: &u8| search.filter.dose_number.is_none_or(|only| only == *dose);
    let free: Vec<_> = (1..=9).filter(wanted).filter_map(free).collect();
    let words: Vec<_> =
        free.iter().map(|(dose, free)| format!("dose {dose}: {free} free")).collect();
    let ages = ages(session.min_age, session.max_age);
    SessionView {
        seats: match (session.state, words.is_empty()) {
            (SessionState::Stopped, _) => "bookings are stopped".to_owned(),
            (_, true) => "no seat free".to_owned(),
            (_, false) => words.join(", "),
        },
        book: (!free.is_empty()).then(|| format!("/book?session={}{suffix}", session.id)),
        vaccine: session.vaccine.clone(),
        ages,
        fee: session.fee,
    }
}

/// The appointment that is to be moved, said above the search.
pub(super) struct Moving {
    pub(super) id: String,
    pub(super) names: String,
    pub(super) when: String,
}

impl Moving {
    /// The appointment that a query names, if it is one of whoever asks.
    pub(super) async fn find(web: &Web, caller: &Caller, query: &Query) -> Option<Self> {
        let id = uuid(query, "move")?;
        let people = web.0.platform.my_people(&caller.ctx).await.ok()?;
        let live = |claim: &&app::claims::ClaimRow| {
            claim.appointment.0 == id && claim.state == ClaimState::Confirmed
        };
        let coming = people.iter().filter(|person| person.claims.iter().any(|c| live(&c)));
        let names: Vec<_> = coming.map(|person| person.details.name.text()).collect();
        let claim = people.iter().flat_map(|person| &person.claims).find(live)?;
        Some(Self {
            id: id.to_string(),
            names: names.join(", "),
            when: format!("dose {} on {}", claim.dose_number, day_words(claim.on)),
        })
    }
}
