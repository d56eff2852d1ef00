//! The list of the day.

use app::{access::Permission, sessions::DayEntry};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::{appointment::AppointmentState, id::FacilityId};
use jiff::ToSpan;

use super::{facility, name_of, signed_in};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, go, show, slot_words},
    portal::STAFF,
};

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk {
    top: Top,
    facility: String,
    reference: String,
    day: String,
    is_today: bool,
    before: String,
    after: String,
    counts: [(&'static str, usize); 4],
    slots: Vec<SlotView>,
}

/// The appointments of a slot, for one vaccine.
struct SlotView {
    title: String,
    entries: Vec<EntryView>,
}

struct EntryView {
    ends: String,
    dose: u8,
    state: &'static str,
}

fn state(entry: &DayEntry) -> Option<&'static str> {
    Some(match entry.booking.state {
        AppointmentState::Booked if entry.missed => "missed",
        AppointmentState::Booked => "expected",
        AppointmentState::Done => "done",
        AppointmentState::Cancelled => "cancelled",
        AppointmentState::Full => return None,
    })
}

/// The page, with what came of the last form, and the reference number that was typed.
pub(super) async fn page(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    top: Top,
    form: &Query,
) -> Response {
    let today = caller.ctx.today();
    let on = form.get("date").and_then(|text| text.parse().ok()).unwrap_or(today);
    let entries = match web.0.platform.day_list(&caller.ctx, facility, on).await {
        Ok(entries) => entries,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let shown: Vec<_> = entries.iter().filter_map(|entry| Some((entry, state(entry)?))).collect();
    let number = |wanted| shown.iter().filter(|(_, state)| *state == wanted).count();
    let counts = ["expected", "done", "missed", "cancelled"].map(|state| (state, number(state)));
    let mut slots: Vec<SlotView> = Vec::new();
    for (entry, state) in &shown {
        let title = format!("{}, {}", slot_words(entry.slot), entry.vaccine);
        let view = EntryView {
            ends: entry.reference_ends.clone(),
            dose: entry.booking.dose_number,
            state,
        };
        match slots.iter_mut().find(|slot| slot.title == title) {
            Some(slot) => slot.entries.push(view),
            None => slots.push(SlotView { title, entries: vec![view] }),
        }
    }
    let page = Desk {
        facility: name_of(web, facility),
        reference: form.get("reference").unwrap_or_default().chars().take(14).collect(),
        day: day_words(on),
        is_today: on == today,
        before: on.saturating_sub(1.days()).to_string(),
        after: on.saturating_add(1.days()).to_string(),
        counts,
        slots,
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn today(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let staff = signed_in!(strong, &caller);
    // Who works for a district or audits has no list of the day; theirs is elsewhere.
    if staff.facility.is_none() {
        return go(if caller.ctx.allow_somewhere(Permission::SeeExposure).is_ok() {
            "/desk/exposure"
        } else {
            "/desk/alarms"
        });
    }
    let facility = facility!(&caller);
    let query = Query::parse(query.as_deref());
    page(&web, &caller, facility, Top::of(&caller), &query).await
}
