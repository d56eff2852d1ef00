//! The first page: finding a session by PIN code, place name, district or distance.

use app::search::{Filter, Place};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    facility::FeeType,
    id::DistrictId,
    place::{Pincode, Position},
};

use super::results::{Moving, Results, Search};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, show},
};

/// Distances to choose from, in kilometres.
const DISTANCES: [u16; 4] = [5, 10, 25, 50];

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    top: Top,
    moving: Option<Moving>,
    pincode: String,
    place: String,
    groups: Vec<Group>,
    distances: Vec<(u16, bool)>,
    date: String,
    first_day: String,
    vaccines: Vec<(String, bool)>,
    fee: String,
    age: String,
    dose: String,
    places: Vec<(String, String)>,
    results: Option<Results>,
}

pub(super) async fn home(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let text = |name| query.get(name).unwrap_or_default().chars().take(60).collect::<String>();
    let today = caller.ctx.today();
    let from = query.get("date").and_then(|text| text.parse().ok()).unwrap_or(today).max(today);
    let mut top = Top::of(&caller);
    let filter = match filter(&query) {
        Ok(filter) => filter,
        Err((field, said)) => {
            top = Top::field(&caller, field, said);
            Filter::default()
        }
    };
    let wanted = if top.wrong.is_some() { Wanted::default() } else { wanted(&web, &query) };
    if let Some((field, said)) = wanted.problem {
        top = Top::field(&caller, field, said);
    }
    let age = filter.age.map_or_else(String::new, |age| age.to_string());
    let moving = Moving::find(&web, &caller, &query).await;
    let results = wanted.place.map(|place| {
        let search = Search { place, origin: wanted.origin, from, filter };
        Results::find(&web, &caller, &query, &search)
    });
    let chosen_km = query.get("km").and_then(|text| text.parse::<u16>().ok());
    let page = Home {
        moving,
        // A number in the wrong field may be a mobile: only what is usable stays in the form.
        pincode: Some(text("pincode")).filter(|t| Pincode::parse(t).is_some()).unwrap_or_default(),
        place: Some(text("place"))
            .filter(|text| !text.contains(|c: char| c.is_ascii_digit()))
            .unwrap_or_default(),
        groups: districts(&web, &query),
        distances: DISTANCES.iter().map(|km| (*km, chosen_km == Some(*km))).collect(),
        date: from.to_string(),
        first_day: today.to_string(),
        vaccines: vaccines(&web, query.get("vaccine")),
        fee: text("fee"),
        age,
        dose: text("dose"),
        places: wanted.places,
        results,
        top,
    };
    show(page.top.status(), &page)
}

type Problem = (&'static str, &'static str);

fn filter(query: &Query) -> Result<Filter, Problem> {
    let age = query.get("age").map(str::parse::<u8>).transpose();
    let age = age.map_err(|_| ("age", "Enter an age in years, like 45."))?;
    Ok(Filter {
        vaccine: query.get("vaccine").map(str::to_owned),
        fee_type: query.get("fee").and_then(FeeType::from_label),
        age: age.map(i16::from),
        dose_number: query.get("dose").and_then(|text| text.parse().ok()),
    })
}

/// What a query asks for.
#[derive(Default)]
struct Wanted {
    /// The one place.
    place: Option<Place>,
    /// From where distances are counted.
    origin: Option<Position>,
    /// Places to choose from: their words, and what is to be asked for.
    places: Vec<(String, String)>,
    /// What is wrong with the question.
    problem: Option<Problem>,
}

impl Wanted {
    fn problem(field: &'static str, said: &'static str) -> Self {
        Self { problem: Some((field, said)), ..Self::default() }
    }

    fn near(position: Position) -> Self {
        Self { place: Some(Place::Near(position)), origin: Some(position), ..Self::default() }
    }
}

fn wanted(web: &Web, query: &Query) -> Wanted {
    let degrees = |name| query.get(name).and_then(|text| text.parse::<f64>().ok());
    if let Some((latitude, longitude)) = degrees("lat").zip(degrees("long")) {
        let outside = || Wanted::problem("pincode", "This point is not in the country.");
        return Position::in_country(latitude, longitude).map_or_else(outside, Wanted::near);
    }
    if let Some(text) = query.get("pincode") {
        let wrong = "Enter a PIN code of six digits that does not begin with 0.";
        return Pincode::parse(text)
            .map_or_else(|| Wanted::problem("pincode", wrong), |pin| at_pincode(web, query, pin));
    }
    if let Some(name) = query.get("place") {
        return at_name(web, query, name);
    }
    let district = query.get("district_id").and_then(|text| text.parse().ok());
    let place = district.map(|id| Place::District(DistrictId(id)));
    if place.is_none() && query.get("search").is_some() {
        return Wanted::problem("pincode", "Enter a PIN code or a place, or choose a district.");
    }
    Wanted { place, ..Wanted::default() }
}

/// A PIN code without facilities of its own means the facilities near it, where it is known.
fn at_pincode(web: &Web, query: &Query, pincode: Pincode) -> Wanted {
    let area = app::inventory::Area::Pincode(pincode);
    let own = web.0.platform.inventory().version(area) > 0;
    let geography = web.0.platform.geography();
    let position = geography.position_of(pincode);
    if !own && geography.postal_count() > 0 && geography.post_offices(pincode).is_empty() {
        let unknown = "We do not know this PIN code. Check it, or choose a district.";
        return Wanted::problem("pincode", unknown);
    }
    match (position, query.get("km")) {
        (Some(position), Some(_)) => Wanted::near(position),
        (Some(position), None) if !own => Wanted::near(position),
        (None, Some(_)) => Wanted::problem(
            "km",
            "We do not know where this PIN code is. Choose \u{201c}this place only\u{201d}, or a \
             district.",
        ),
        _ => Wanted { place: Some(Place::Pincode(pincode)), origin: position, ..Wanted::default() },
    }
}

/// One place of a name is taken; of several, people choose.
fn at_name(web: &Web, query: &Query, name: &str) -> Wanted {
    let geography = web.0.platform.geography();
    let found = geography.named(name);
    let of_district = |id| geography.district(id).map_or("", |district| district.name.as_str());
    if let [only] = found.as_slice() {
        return match (only.pincode, only.district) {
            (Some(pincode), _) => at_pincode(web, query, pincode),
            (None, district) => {
                Wanted { place: district.map(Place::District), ..Wanted::default() }
            }
        };
    }
    let rest = query.without(&["place", "pincode", "district_id", "page", "search"]);
    let link = |found: &app::geography::Found| match (found.pincode, found.district) {
        (Some(pincode), district) => {
            let within = district.map_or("", of_district);
            let words = format!("{}, {within} {}", found.name, pincode.0);
            Some((words, format!("pincode={}{rest}", pincode.0)))
        }
        (None, Some(id)) => Some((
            format!("{} (whole district)", found.name),
            format!("district_id={}{rest}", id.0),
        )),
        (None, None) => None,
    };
    let places: Vec<_> = found.iter().filter_map(link).collect();
    if places.is_empty() {
        return Wanted::problem(
            "place",
            "We know no place whose name begins so. Try another spelling, a PIN code or a district.",
        );
    }
    Wanted { places, ..Wanted::default() }
}

/// A state and its districts: number, name, whether it was chosen.
type Group = (String, Vec<(i32, String, bool)>);

fn districts(web: &Web, query: &Query) -> Vec<Group> {
    let chosen = query.get("district_id").and_then(|text| text.parse().ok());
    let geography = web.0.platform.geography();
    let group = |state: &domain::place::State| {
        let mut districts: Vec<_> = geography
            .districts_of(state.id)
            .map(|district| (district.id.0, district.name.clone(), chosen == Some(district.id.0)))
            .collect();
        districts.sort_by(|a, b| a.1.cmp(&b.1));
        (state.name.clone(), districts)
    };
    geography.states().iter().map(group).collect()
}

fn vaccines(web: &Web, chosen: Option<&str>) -> Vec<(String, bool)> {
    let programme = web.0.platform.programme();
    let names = programme.vaccines.iter().map(|vaccine| vaccine.name.clone());
    names.map(|name| (name.clone(), chosen == Some(name.as_str()))).collect()
}
