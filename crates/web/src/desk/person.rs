//! Someone stands at the desk: verify, give a seat, record, undo, note, print.

use app::{
    doses::Given,
    opened::Person,
    presence::{Presence, Presented},
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    dose::{Dose, UNDO_SECONDS},
    id::{DoseId, FacilityId, SessionId},
    session::{Channel, SessionState},
};
use uuid::Uuid;

use super::{carried::Carried, day, facility};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, ages, day_of, day_words, form_key, later, show, slot_words, time_words, uuid},
    wrong::wrong,
};

#[derive(Template)]
#[template(path = "desk_person.html")]
struct AtTheDesk {
    top: Top,
    name: String,
    reference: String,
    born: String,
    gender: &'static str,
    document: String,
    verified: Option<String>,
    presence: String,
    until: String,
    doses: Vec<DoseView>,
    appointment: Option<String>,
    seats: Vec<(String, String)>,
    /// The dose that is due; none after the last.
    due: Option<u8>,
    /// Why it cannot be given today, if it cannot.
    not_today: Option<String>,
    vaccines: Vec<(String, bool)>,
    lot: String,
    vaccinator: String,
    carried: bool,
    now: String,
    key: String,
    recorded: bool,
}

struct DoseView {
    number: u8,
    vaccine: String,
    day: String,
    lot: String,
    vaccinator: String,
    id: String,
    /// Until when it can be undone here; empty if not.
    undo_until: String,
}

/// The page of a person who stands at the desk.
pub(super) fn page(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    Presented { person, presence }: &Presented,
    top: Top,
) -> Response {
    let filled = Filled::Before(Carried::read(headers));
    let view = view(web, caller, person, presence, top, &filled);
    show(view.top.status(), &view)
}

/// What the form of a dose is filled with.
enum Filled {
    /// What the record before said.
    Before(Carried),
    /// What was typed, and refused.
    Typed(Carried),
    /// Nothing yet: this dose was just recorded, and the next person gets the form.
    Recorded(Carried),
}

fn view(
    web: &Web,
    caller: &Caller,
    person: &Person,
    presence: &Presence,
    top: Top,
    filled: &Filled,
) -> AtTheDesk {
    let (Filled::Before(carried) | Filled::Typed(carried) | Filled::Recorded(carried)) = filled;
    let typed = matches!(filled, Filled::Typed(_));
    let platform = &web.0.platform;
    let expected = person.claims.iter().find(|claim| {
        claim.seat.facility == presence.facility
            && claim.state == app::claims::ClaimState::Confirmed
    });
    let seats = expected.and_then(|claim| platform.inventory().session(claim.seat.session));
    let programme = platform.programme();
    let due = u8::try_from(person.doses.len() + 1).unwrap_or(u8::MAX);
    let last = programme.vaccines.iter().flat_map(|v| &v.doses).map(|dose| dose.number).max();
    // The vaccine of the appointment, else of the dose before, else of the record before.
    let vaccine = typed
        .then(|| carried.vaccine.clone())
        .or_else(|| seats.as_ref().map(|seats| seats.session.vaccine.clone()))
        .or_else(|| person.doses.last().map(|dose| dose.vaccine.clone()))
        .unwrap_or_else(|| carried.vaccine.clone());
    let same = carried.vaccine == vaccine && !carried.lot.is_empty();
    let details = &person.details;
    AtTheDesk {
        name: details.name.text().to_owned(),
        reference: person.reference.to_string(),
        born: details.birth_year.to_string(),
        gender: details.gender.label(),
        document: format!("{} {}", details.document.label(), details.document.masked()),
        verified: person.verified_at.map(day_of),
        presence: platform.seal_presence(presence),
        until: time_words(presence.until),
        doses: person.doses.iter().map(|d| dose_view(caller, person, presence, d)).collect(),
        appointment: expected.map(|claim| {
            let slot = seats
                .as_ref()
                .and_then(|s| s.session.slots.get(usize::from(claim.seat.slot)))
                .map_or_else(String::new, |slot| format!(", {}", slot_words(*slot)));
            format!("dose {} of {vaccine} on {}{slot}", claim.dose_number, day_words(claim.on))
        }),
        seats: if expected.is_none() {
            seats_today(web, caller, presence.facility, person)
        } else {
            vec![]
        },
        not_today: platform.too_soon(&caller.ctx, person, &vaccine).map(|error| wrong(&error).text),
        due: last.is_some_and(|last| due <= last).then_some(due),
        vaccines: programme
            .vaccines
            .iter()
            .map(|v| (v.name.clone(), v.name.eq_ignore_ascii_case(&vaccine)))
            .collect(),
        lot: if same { carried.lot.clone() } else { String::new() },
        vaccinator: carried.vaccinator.clone(),
        carried: same && !typed,
        now: time_words(caller.ctx.now),
        key: form_key(caller),
        recorded: matches!(filled, Filled::Recorded(_)),
        top,
    }
}

fn dose_view(caller: &Caller, person: &Person, presence: &Presence, dose: &Dose) -> DoseView {
    let until = dose.recorded_at.as_second() + UNDO_SECONDS;
    let undoable = dose.facility == presence.facility
        && until > caller.ctx.now.as_second()
        && person.doses.last().is_some_and(|last| last.id == dose.id);
    let until = jiff::Timestamp::from_second(until).unwrap_or(caller.ctx.now);
    DoseView {
        number: dose.number,
        vaccine: dose.vaccine.clone(),
        day: format!("{}, recorded {}", day_words(dose.given_on), time_words(dose.recorded_at)),
        lot: dose.lot.clone(),
        vaccinator: dose.vaccinator.clone(),
        id: dose.id.to_string(),
        undo_until: if undoable { time_words(until) } else { String::new() },
    }
}

/// Sessions and slots of today in which this person may have a seat on site: slots that are over
/// only where the facility works on after all of them.
fn seats_today(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    person: &Person,
) -> Vec<(String, String)> {
    let platform = &web.0.platform;
    let now = app::clock::time_zone().to_datetime(caller.ctx.now).time();
    let area = app::inventory::Area::Facility(facility);
    let offers = platform.inventory().offers(area, caller.ctx.today(), 1);
    let mut choices = Vec::new();
    for seats in offers.iter().flat_map(|offer| &offer.sessions) {
        let session = &seats.session;
        let prospect = platform.prospect(&caller.ctx, person, seats);
        let free = seats.free(Channel::OnSite, prospect.dose_number);
        let cancelled = session.state == SessionState::Cancelled;
        if cancelled || free == 0 || prospect.obstacle.is_some() {
            continue;
        }
        let all_over = session.slots.iter().all(|slot| slot.to <= now);
        for slot in session.slots.iter().filter(|slot| all_over || slot.to > now) {
            let ages = ages(session.min_age, session.max_age);
            let words =
                format!("{}, {ages}, {}, {free} on site", session.vaccine, slot_words(*slot));
            choices.push((format!("{}|{}", session.id, slot.label()), words));
        }
    }
    choices
}

/// Shows the person again after a form, by the proof of presence that came with it.
async fn again(
    web: &Web,
    caller: &Caller,
    presence: &Presence,
    top: Top,
    filled: &Filled,
) -> Response {
    let person = match web.0.platform.see_again(&caller.ctx, presence).await {
        Ok(person) => person,
        Err(error) => {
            let top = Top::error(caller, &error);
            return day::page(web, caller, presence.facility, top, &Query::default()).await;
        }
    };
    let page = view(web, caller, &person, presence, top, filled);
    let response = show(page.top.status(), &page);
    match filled {
        Filled::Recorded(carried) => carried.keep(response, caller),
        _ => response,
    }
}

/// The proof of presence in a form; else the list of the day, which says so.
macro_rules! presence {
    ($web:expr, $caller:expr, $facility:expr, $form:expr) => {{
        let proof = $form.get("presence").unwrap_or("");
        match $web.0.platform.check_presence(&$caller.ctx, $facility, proof) {
            Ok(presence) => presence,
            Err(_) => {
                let text = "This person was opened too long ago. Ask for the number and the code.";
                let mut top = Top::field($caller, "reference", text);
                if let Some(wrong) = &mut top.wrong {
                    wrong.status = StatusCode::FORBIDDEN;
                }
                return day::page($web, $caller, $facility, top, &Query::default()).await;
            }
        }
    }};
}

/// One form of the page: what it does, and what is said when it went well.
macro_rules! form {
    ($name:ident, $said:literal, |$web:ident, $caller:ident, $presence:ident, $form:ident| $act:expr) => {
        pub(super) async fn $name(
            State(web): State<Web>,
            caller: Caller,
            headers: HeaderMap,
            body: Bytes,
        ) -> Response {
            let facility = facility!(&caller);
            let form = Query::form(&body);
            let presence = presence!(&web, &caller, facility, form);
            let ($web, $caller, $presence, $form) = (&web, &caller, &presence, &form);
            let outcome: app::Result<()> = async { $act }.await;
            let top = match outcome {
                Ok(()) if $said.is_empty() => Top::of(&caller),
                Ok(()) => Top::done(&caller, $said),
                Err(error) => Top::error(&caller, &error),
            };
            let filled = Filled::Before(Carried::read(&headers));
            again(&web, &caller, &presence, top, &filled).await
        }
    };
}

fn id(form: &Query, name: &str) -> app::Result<Uuid> {
    uuid(form, name).ok_or(app::Error::NotFound)
}

form!(open, "", |_web, _caller, _presence, _form| Ok(()));

form!(verify, "The document shows this person", |web, caller, presence, _form| {
    web.0.platform.verify_identity(&caller.ctx, presence).await
});

form!(undo, "The dose is undone, and its certificate withdrawn", |web, caller, presence, form| {
    let (dose, reason) = (DoseId(id(form, "dose_id")?), form.get("reason").unwrap_or(""));
    web.0.platform.undo_dose(&caller.ctx, presence, dose, reason).await
});

form!(aefi, "The adverse event is noted", |web, caller, presence, form| {
    let dose = form.get("dose").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (note, id) = (form.get("note").unwrap_or(""), id(form, "id")?);
    web.0.platform.note_aefi(&caller.ctx, presence, dose, note, id).await
});

form!(seat, "The person has a seat", |web, caller, presence, form| {
    let chosen = form.get("seat").unwrap_or("");
    let (session, slot) = chosen.split_once('|').ok_or(app::Error::NoSuchSlot)?;
    let session = Uuid::try_parse(session).map_err(|_| app::Error::NotFound)?;
    let platform = &web.0.platform;
    platform.book_walk_in(&caller.ctx, presence, SessionId(session), slot).await.map(|_| ())
});

/// Records a dose, and carries over what it said to the next record.
pub(super) async fn dose(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let presence = presence!(&web, &caller, facility, form);
    let text = |name| form.get(name).unwrap_or("");
    let recorded = async {
        let given = Given {
            id: DoseId(id(&form, "id")?),
            number: None,
            vaccine: text("vaccine"),
            lot: text("lot"),
            vaccinator: text("vaccinator"),
            given_on: None,
        };
        web.0.platform.record_dose(&caller.ctx, &presence, &given).await
    };
    let carried = |vaccine: &str, lot: &str, vaccinator: &str| Carried {
        vaccine: vaccine.to_owned(),
        lot: lot.to_owned(),
        vaccinator: vaccinator.to_owned(),
    };
    let (top, filled) = match recorded.await {
        Ok(dose) => (
            Top::done(&caller, format!("Dose {} of {} is recorded", dose.number, dose.vaccine)),
            Filled::Recorded(carried(&dose.vaccine, &dose.lot, &dose.vaccinator)),
        ),
        Err(error) => (
            Top::error(&caller, &error),
            Filled::Typed(carried(text("vaccine"), text("lot"), text("vaccinator"))),
        ),
    };
    again(&web, &caller, &presence, top, &filled).await
}

/// The certificate of who stands there, for those without a phone.
pub(super) async fn certificate(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let presence = presence!(&web, &caller, facility, form);
    match web.0.platform.print_presented(&caller.ctx, &presence).await {
        Ok(bytes) => crate::cowin::pdf(bytes),
        Err(error) => {
            let filled = Filled::Before(Carried::read(&headers));
            let top = Top::error(&caller, &error);
            later(again(&web, &caller, &presence, top, &filled).await, &error)
        }
    }
}
