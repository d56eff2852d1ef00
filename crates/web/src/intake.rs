//! Where researchers and others report what they found: a form, and the page of its receipt, which says
//! how the report stands and by when. In English and Hindi, without JavaScript.

mod words;

use app::reported::{Standing, State as Progress};
use askama::Template;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
    routing::get,
};
use domain::reported::{BadReport, Reported};
use jiff::Timestamp;

use self::words::{Frame, frame};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, go, personal, show},
    wrong::{Wrong, wrong},
};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/report", get(ask).post(send)).route("/report/{receipt}", get(standing))
}

/// What a form holds, as typed.
#[derive(Default)]
struct Typed {
    seen: String,
    found_at: String,
    reach: String,
    claimed: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Form {
    top: Top,
    frame: &'static Frame,
    typed: Typed,
}

async fn ask(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let frame = frame(&Query::parse(query.as_deref()));
    show(StatusCode::OK, &Form { top: Top::of(&caller), frame, typed: Typed::default() })
}

async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let frame = frame(&form);
    let [seen, found_at, reach, claimed] =
        ["seen", "found_at", "reach", "claimed"].map(|name| form.get(name).unwrap_or_default());
    let refused = match Reported::new(seen, found_at, reach, claimed) {
        Ok(reported) => {
            let taken = web.0.platform.take_report(&caller.ctx, &reported, &caller.source).await;
            match taken {
                Ok(taken) => return personal(go(&frame.receipt_page(&taken.receipt))).await,
                Err(error) => not_taken(&error, frame),
            }
        }
        Err(bad) => Wrong::field(field(bad), frame.bad(bad)),
    };
    let most = |text: &str| text.chars().take(5_000).collect();
    let typed = Typed {
        seen: most(seen),
        found_at: most(found_at),
        reach: most(reach),
        claimed: most(claimed),
    };
    let top = Top { wrong: Some(refused), ..Top::of(&caller) };
    personal(show(top.status(), &Form { top, frame, typed })).await
}

/// The field that cannot be used.
const fn field(bad: BadReport) -> &'static str {
    match bad {
        BadReport::Seen => "seen",
        BadReport::FoundAt => "found_at",
        BadReport::Reach => "reach",
        BadReport::Claimed => "claimed",
    }
}

fn not_taken(error: &app::Error, frame: &Frame) -> Wrong {
    let mut wrong = wrong(error);
    if let app::Error::TooMany { .. } = error {
        frame.too_many.clone_into(&mut wrong.text);
    }
    wrong
}

/// How a report stands, as the page says it.
#[derive(Template)]
#[template(path = "report_receipt.html")]
struct StandingPage<'a> {
    top: Top,
    frame: &'static Frame,
    receipt: &'a str,
    other: String,
    state: &'static str,
    received: String,
    looked_at: Moment,
    closed: Moment,
    outcome: &'static str,
}

/// What is to happen by an instant, or has.
struct Moment {
    done: bool,
    when: String,
    late: bool,
}

impl Moment {
    fn of(done: Option<Timestamp>, due: Timestamp, now: Timestamp, frame: &Frame) -> Self {
        let when = frame.instant(done.unwrap_or(due));
        Self { done: done.is_some(), when, late: done.unwrap_or(now) > due }
    }
}

async fn standing(
    State(web): State<Web>,
    caller: Caller,
    receipt: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let frame = frame(&Query::parse(query.as_deref()));
    let receipt = receipt.map(|Path(text)| text).unwrap_or_default();
    let response = match web.0.platform.report_standing(&receipt).await {
        Ok(standing) => show(StatusCode::OK, &page(&caller, frame, &receipt, &standing)),
        Err(error) => {
            let mut wrong = wrong(&error);
            if let app::Error::NotFound = error {
                frame.no_receipt.clone_into(&mut wrong.text);
            }
            let top = Top { wrong: Some(wrong), ..Top::of(&caller) };
            show(top.status(), &Form { top, frame, typed: Typed::default() })
        }
    };
    personal(response).await
}

fn page<'a>(
    caller: &Caller,
    frame: &'static Frame,
    receipt: &'a str,
    standing: &Standing,
) -> StandingPage<'a> {
    let (due, now) = (standing.due, caller.ctx.now);
    let closed_at = standing.closed.map(|(at, _)| at);
    StandingPage {
        top: Top::of(caller),
        frame,
        receipt,
        other: frame.of_other(receipt),
        state: match standing.state() {
            Progress::Received => frame.received,
            Progress::LookedAt => frame.looked_at,
            Progress::Closed => frame.closed,
        },
        received: frame.instant(standing.received_at),
        looked_at: Moment::of(standing.acknowledged_at, due.acknowledge_by, now, frame),
        closed: Moment::of(closed_at, due.close_by, now, frame),
        outcome: standing.closed.map_or("", |(_, outcome)| frame.outcome(outcome)),
    }
}
