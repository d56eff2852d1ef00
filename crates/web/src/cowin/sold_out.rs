//! What everybody is told who finds a session full: the next sessions that are not. A crowd asks the
//! same at once, so the answer is made once and given for a moment.

use app::{Actor, Ctx, kept::Kept};
use axum::body::Bytes;
use domain::id::SessionId;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::shape;
use crate::{Web, language::Twins};

/// How long an answer is given. With the inventory's own 250 ms it stays below a second.
const REST: SignedDuration = SignedDuration::from_millis(500);
/// How many answers are kept; beyond, all are made anew as asked. At about 4 kB each: 40 MB.
const MOST_ANSWERS: usize = 10_000;

/// The answers made so far, by session and dose.
pub(crate) struct Cache(Kept<(SessionId, u8), Bytes>);

impl Default for Cache {
    fn default() -> Self {
        Self(Kept::new(REST, MOST_ANSWERS))
    }
}

/// The body of the answer to whoever is not looked up yet.
pub(crate) fn for_anyone(web: &Web, session: SessionId, dose_number: u8) -> Bytes {
    let now = web.0.clock.now();
    let key = (session, dose_number);
    let Cache(kept) = &web.0.sold_out;
    if let Some(body) = kept.get(&key, now) {
        return body;
    }
    let ctx = Ctx::new(Actor::Anyone, now, web.0.entropy.clone());
    let body = body(web, &web.0.platform.next_alike(&ctx, session, dose_number));
    kept.put(key, now, body.clone());
    body
}

/// The body of the answer, with the sessions that can be had.
///
/// # Source
///
/// The contract, section 1.7, `APPOIN0040`; `next_sessions` is ours.
pub(crate) fn body(web: &Web, next: &[SessionId]) -> Bytes {
    let inventory = web.0.platform.inventory();
    let one = |id: &SessionId| {
        let seats = inventory.session(*id)?;
        let facility = inventory.facility(seats.session.facility)?;
        Some(Value::Object(shape::found(web, &facility, &seats, Twins::Absent)))
    };
    let body = json!({
        "errorCode": "APPOIN0040",
        "error": "This vaccination center is completely booked for the selected date. \
                  Please try another date or vaccination center.",
        "next_sessions": next.iter().filter_map(one).collect::<Value>(),
    });
    Bytes::from(body.to_string())
}
