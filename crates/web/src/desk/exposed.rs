//! Public documents that expose somebody: which come first, how far it is that they go, and the release
//! by a second person.

use std::fmt::Write;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use exposure::{
    console::{MOST_FINDINGS, Swept},
    sweep::report::{findings::Finding, page::grouped},
    takedown::{
        report::{CaseReport, StepReport, words},
        view::{Ordered, View},
        world::instant,
    },
};

use super::signed_in;
use crate::{
    Web,
    api::exposed::{MOST_AFTER, ask},
    caller::Caller,
    form::Query,
    page::{Top, moment_words, show},
    portal::STAFF,
};

#[derive(Template)]
#[template(path = "desk_exposure.html")]
struct Overview {
    top: Top,
    counts: Vec<(&'static str, String)>,
    about: String,
    found: Vec<FindingView>,
    /// What the list goes on behind, and what it went on behind before; none at its ends.
    next: Option<u64>,
    before: Option<u64>,
    cases: Vec<CaseView>,
    broken: Vec<String>,
}

/// A document, in words.
struct FindingView {
    place: u64,
    address: String,
    about: String,
    people: String,
    kinds: String,
    sources: String,
}

/// A case, in words.
struct CaseView {
    name: String,
    standing: &'static str,
    step: String,
    addresses: String,
}

#[derive(Template)]
#[template(path = "desk_exposure_case.html")]
struct Takedown {
    top: Top,
    case: CaseView,
    steps: Vec<StepView>,
    /// What is under way, and how much of it is done.
    progress: Vec<(String, String)>,
    orders: Vec<OrderView>,
    /// Whether one of them waits for a second person.
    waits: bool,
    log: (u64, String, String),
}

/// A step, in words.
struct StepView {
    when: String,
    what: &'static str,
    by: &'static str,
    facts: Vec<String>,
}

/// An order, in words.
struct OrderView {
    title: &'static str,
    by: String,
    when: String,
    reason: String,
    released_by: String,
    signed: String,
}

pub(super) async fn overview(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    signed_in!(strong, &caller);
    let query = Query::parse(query.as_deref());
    let after = query.get("after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (ctx, after) = (caller.ctx.clone(), after.min(MOST_AFTER - MOST_FINDINGS));
    let asked =
        ask(&web, move |console| Ok((console.overview(&ctx)?, console.findings(&ctx, after)?)));
    let (overview, found) = match asked.await {
        Ok(asked) => asked,
        Err(error) => return STAFF.ask(Top::error(&caller, &error), None),
    };
    let full = found.len() as u64 == MOST_FINDINGS;
    let page = Overview {
        counts: overview.swept.as_ref().map_or_else(Vec::new, counts),
        about: overview.swept.as_ref().map_or_else(String::new, about),
        found: found.into_iter().map(finding).collect(),
        next: full.then(|| after + MOST_FINDINGS),
        before: (after > 0).then(|| after.saturating_sub(MOST_FINDINGS)),
        cases: overview.cases.iter().map(case_view).collect(),
        broken: overview.broken,
        top: Top::of(&caller),
    };
    show(page.top.status(), &page)
}

fn counts(swept: &Swept) -> Vec<(&'static str, String)> {
    let totals = &swept.totals;
    vec![
        ("Addresses", grouped(totals.addresses)),
        ("Different documents", grouped(totals.documents)),
        ("Expose somebody", grouped(totals.exposed)),
        ("People exposed", grouped(totals.people)),
    ]
}

fn about(swept: &Swept) -> String {
    let mut text = match &swept.turn {
        None => "The sweep has not begun.".to_owned(),
        Some(turn) => match turn.ended_at {
            Some(at) => {
                format!("Turn {} of the sweep was over on {}.", turn.number, moment_words(at))
            }
            None => format!(
                "Turn {} of the sweep began on {}.",
                turn.number,
                moment_words(turn.began_at)
            ),
        },
    };
    if swept.totals.waiting > 0 {
        let _ = write!(text, " {} addresses are still to be asked.", grouped(swept.totals.waiting));
    }
    if swept.totals.letters > 0 {
        let letters = grouped(swept.totals.letters);
        let _ = write!(text, " {letters} documents of pictures are still to be read.");
    }
    text
}

fn finding(found: Finding) -> FindingView {
    let spoken =
        |(kind, count): (&String, &u64)| format!("{} {}", grouped(*count), kind.replace('_', " "));
    let kinds: Vec<_> = found.kinds.iter().map(spoken).collect();
    let sources: Vec<_> = found.sources.iter().map(|source| source.as_str()).collect();
    let copies = match found.copies {
        1 => String::new(),
        copies => format!(", at {} addresses", grouped(copies)),
    };
    FindingView {
        place: found.place,
        about: format!("{}{copies}, found on {}", found.media_type, moment_words(found.found_at)),
        address: found.address,
        people: grouped(found.people),
        kinds: kinds.join(", "),
        sources: sources.join(", "),
    }
}

fn case_view(report: &CaseReport) -> CaseView {
    CaseView {
        name: report.case.clone(),
        standing: words(report.standing),
        step: format!("{} of {}", report.reached, CaseReport::STEPS.len()),
        addresses: grouped(report.addresses as u64),
    }
}

pub(super) async fn case(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    signed_in!(strong, &caller);
    let name = Query::parse(query.as_deref()).get("case").unwrap_or_default().to_owned();
    page(&web, &caller, name, Top::of(&caller)).await
}

/// Takes the release that a second person signed.
pub(super) async fn release(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    signed_in!(strong, &caller);
    let form = Query::form(&body);
    let said = |name| form.get(name).unwrap_or_default().to_owned();
    let (name, signed, ctx) = (said("case"), said("release"), caller.ctx.clone());
    let of = name.clone();
    let top = match ask(&web, move |console| console.release(&ctx, &of, &signed)).await {
        Ok(()) => Top::done(&caller, "A second person has released it"),
        Err(app::Error::Invalid(_)) => {
            let text = "This is not a signed release of the order that is shown here.";
            Top::field(&caller, "release", text)
        }
        Err(app::Error::SecondPerson) => {
            let text = "Who signed the order has signed this, too. Another person has to.";
            Top::field(&caller, "release", text)
        }
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, name, top).await
}

async fn page(web: &Web, caller: &Caller, name: String, top: Top) -> Response {
    let ctx = caller.ctx.clone();
    match ask(web, move |console| console.case(&ctx, &name)).await {
        Ok(view) => {
            let page = case_page(&view, top);
            show(page.top.status(), &page)
        }
        Err(error) => STAFF.ask(Top::error(caller, &error), None),
    }
}

fn case_page(view: &View, top: Top) -> Takedown {
    let done = |(what, done): (&String, &usize)| (what.clone(), grouped(*done as u64));
    let log = &view.report.log;
    Takedown {
        case: case_view(&view.report),
        steps: view.report.steps.iter().map(step).collect(),
        progress: view.progress.iter().map(done).collect(),
        orders: view.orders.iter().map(order).collect(),
        waits: view.waiting().is_some(),
        log: (log.size, log.root.clone(), log.verifier.clone()),
        top,
    }
}

fn step(step: &StepReport) -> StepView {
    StepView {
        when: moment_words(step.at),
        what: words(&step.what),
        by: step.by,
        // A digest is for who checks, not for who looks.
        facts: step.facts.iter().filter(|fact| !fact.starts_with("order: ")).cloned().collect(),
    }
}

fn order(ordered: &Ordered) -> OrderView {
    OrderView {
        title: match ordered.order.kind.name() {
            "takedown" => "That it goes",
            _ => "That it comes back",
        },
        by: ordered.by.clone(),
        when: moment_words(instant(ordered.order.at)),
        reason: ordered.order.reason.clone(),
        released_by: ordered.released_by.clone().unwrap_or_default(),
        signed: ordered.signed.clone(),
    }
}
