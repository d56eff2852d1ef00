//! A facility's sessions: the list, and the three acts that change whether people may book. To
//! stop bookings and to cancel a session are different acts, and each says first what it does to
//! the appointments that exist.

use app::access::Permission;
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    appointment::AppointmentState,
    id::{FacilityId, SessionId},
    session::{Channel, SessionSeats, SessionState},
};

use super::{facility, name_of};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, ages, count, day_words, go, show, slot_words, uuid},
    portal::STAFF,
};

#[derive(Template)]
#[template(path = "desk_sessions.html")]
struct Sessions {
    top: Top,
    facility: String,
    manages: bool,
    listed: Vec<SessionView>,
}

/// A session, for whoever works at its facility.
pub(super) struct SessionView {
    pub(super) id: String,
    pub(super) day: String,
    pub(super) vaccine: String,
    pub(super) ages: String,
    pub(super) times: String,
    pub(super) online: String,
    pub(super) on_site: String,
    pub(super) state: &'static str,
}

impl SessionView {
    pub(super) fn of(seats: &SessionSeats) -> Self {
        let session = &seats.session;
        let taken = |channel| {
            let pools = session.pools.iter().zip(&seats.booked);
            let own = pools.filter(|(pool, _)| pool.channel == channel);
            let (capacity, booked) =
                own.fold((0, 0), |sum, (pool, booked)| (sum.0 + pool.capacity, sum.1 + booked));
            format!("{booked} of {capacity}")
        };
        let times = session.slots.iter().map(|slot| slot_words(*slot)).collect::<Vec<_>>();
        Self {
            id: session.id.to_string(),
            day: day_words(session.on),
            vaccine: session.vaccine.clone(),
            ages: ages(session.min_age, session.max_age),
            times: times.join(", "),
            online: taken(Channel::Online),
            on_site: taken(Channel::OnSite),
            state: match session.state {
                SessionState::Open => "open",
                SessionState::Stopped => "bookings stopped",
                SessionState::Cancelled => "cancelled",
            },
        }
    }
}

/// Whether whoever asks manages the sessions of a facility.
pub(super) fn manages(web: &Web, caller: &Caller, facility: FacilityId) -> bool {
    let held = web.0.platform.inventory().facility(facility);
    held.is_some_and(|held| caller.ctx.allow_at(Permission::ManageSessions, &held).is_ok())
}

/// The list, with what came of the last form on top.
pub(super) async fn page(web: &Web, caller: &Caller, facility: FacilityId, top: Top) -> Response {
    let platform = &web.0.platform;
    let listed = platform.facility_sessions(&caller.ctx, facility, caller.ctx.today()).await;
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let page = Sessions {
        facility: name_of(web, facility),
        manages: manages(web, caller, facility),
        listed: listed.iter().map(SessionView::of).collect(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn list(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let facility = facility!(&caller);
    let query = Query::parse(query.as_deref());
    let number = query.get("n").and_then(|text| text.parse().ok()).unwrap_or(0);
    let said = match query.get("done") {
        Some("published") => {
            format!("{} published", count(number, "session is", "sessions are"))
        }
        Some("changed") => "The session is changed".to_owned(),
        Some("stopped") => "No more bookings are taken, and every appointment stands".to_owned(),
        Some("open") => "Bookings are taken again".to_owned(),
        Some("cancelled") => format!(
            "The session is cancelled, {} with it, and the people are told",
            count(number, "appointment", "appointments")
        ),
        _ => String::new(),
    };
    let top = if said.is_empty() { Top::of(&caller) } else { Top::done(&caller, said) };
    page(&web, &caller, facility, top).await
}

/// An act on a session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Stop,
    Open,
    Cancel,
}

impl Act {
    fn of(form: &Query) -> Option<Self> {
        Some(match form.get("to")? {
            "stop" => Self::Stop,
            "open" => Self::Open,
            "cancel" => Self::Cancel,
            _ => return None,
        })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Open => "open",
            Self::Cancel => "cancel",
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Stop => "Stop bookings for this session?",
            Self::Open => "Take bookings for this session again?",
            Self::Cancel => "Cancel this session?",
        }
    }

    fn effect(self, appointments: usize) -> String {
        let people = match appointments {
            0 => "It has no appointments.".to_owned(),
            1 => "It has 1 appointment".to_owned(),
            many => format!("It has {many} appointments"),
        };
        match (self, appointments) {
            (Self::Stop, 0) => format!("{people} Nobody can book a seat any more."),
            (Self::Stop, _) => {
                format!("{people}, which will stand. Nobody else can book a seat any more.")
            }
            (Self::Open, 0) => format!("{people} Its free seats can be booked again."),
            (Self::Open, _) => format!("{people}. Its free seats can be booked again."),
            (Self::Cancel, 0) => {
                format!("{people} It will not take place. This cannot be taken back.")
            }
            (Self::Cancel, _) => format!(
                "{people}, which will be cancelled, and the people told by message. The session \
                 will not take place. This cannot be taken back."
            ),
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Stop => "Stop bookings",
            Self::Open => "Take bookings again",
            Self::Cancel => "Cancel the session and its appointments",
        }
    }
}

#[derive(Template)]
#[template(path = "desk_session_state.html")]
struct Confirm {
    top: Top,
    session: SessionView,
    act: Act,
    effect: String,
}

/// A session of the facility, from the store.
pub(super) async fn session_of(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    form: &Query,
) -> Option<SessionSeats> {
    let id = uuid(form, "session").map(SessionId)?;
    let platform = &web.0.platform;
    let listed = platform.facility_sessions(&caller.ctx, facility, caller.ctx.today()).await;
    listed.ok()?.into_iter().find(|seats| seats.session.id == id)
}

pub(super) async fn ask_state(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let facility = facility!(&caller);
    let query = Query::parse(query.as_deref());
    let seats = session_of(&web, &caller, facility, &query).await;
    let (Some(seats), Some(act)) = (seats, Act::of(&query)) else {
        let top = Top::error(&caller, &app::Error::NotFound);
        return page(&web, &caller, facility, top).await;
    };
    let session = &seats.session;
    let listed = web.0.platform.day_list(&caller.ctx, facility, session.on).await;
    let listed = listed.unwrap_or_default();
    let booked = listed.iter().filter(|entry| {
        entry.booking.seat.session == session.id && entry.booking.state == AppointmentState::Booked
    });
    let effect = act.effect(booked.count());
    let view = SessionView::of(&seats);
    let page = Confirm { top: Top::of(&caller), session: view, act, effect };
    show(page.top.status(), &page)
}

pub(super) async fn set_state(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let (platform, ctx) = (&web.0.platform, &caller.ctx);
    let outcome = match (uuid(&form, "session").map(SessionId), Act::of(&form)) {
        (Some(session), Some(Act::Stop)) => {
            let stopped = platform.stop_bookings(ctx, facility, session).await;
            stopped.map(|()| "stopped".to_owned())
        }
        (Some(session), Some(Act::Open)) => {
            let opened = platform.open_bookings(ctx, facility, session).await;
            opened.map(|()| "open".to_owned())
        }
        (Some(session), Some(Act::Cancel)) => {
            let cancelled = platform.cancel_session(ctx, facility, session).await;
            cancelled.map(|ended| format!("cancelled&n={ended}"))
        }
        _ => Err(app::Error::NotFound),
    };
    match outcome {
        Ok(done) => go(&format!("/desk/sessions?done={done}")),
        Err(error) => page(&web, &caller, facility, Top::error(&caller, &error)).await,
    }
}
