//! Public documents that expose somebody, how far it is that they go, and the release that a second
//! person signed: for who may see that of the whole country.

use std::sync::Arc;

use app::access::Permission;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::StatusCode,
};
use exposure::{
    console::{Console, Swept},
    sweep::report::findings::Finding,
    takedown::{
        report::CaseReport,
        view::{Ordered, View},
        world::instant,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::within;
use crate::{Web, caller::Caller, form::Query, problem::Problem, token::Scope};

/// Asks the console, apart from the threads that answer: it reads files.
pub(crate) async fn ask<T: Send + 'static>(
    web: &Web,
    act: impl FnOnce(&Console) -> app::Result<T> + Send + 'static,
) -> app::Result<T> {
    let console = Arc::clone(&web.0.exposure);
    let asked = tokio::task::spawn_blocking(move || act(&console)).await;
    asked.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))
}

fn signed_in(caller: &Caller) -> Result<(), Problem> {
    let signed_in = caller.has(&[Scope::Staff]);
    if signed_in { Ok(()) } else { Err(app::Error::Unauthenticated.into()) }
}

pub(super) async fn overview(
    State(web): State<Web>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    signed_in(&caller)?;
    let overview = ask(&web, move |console| console.overview(&caller.ctx)).await?;
    Ok(Json(json!({
        "sweep": overview.swept.as_ref().map(sweep),
        "cases": overview.cases.iter().map(case_report).collect::<Value>(),
        "unreadable": overview.broken,
    })))
}

fn sweep(swept: &Swept) -> Value {
    let (turn, totals) = (&swept.turn, &swept.totals);
    json!({
        "counted_at": swept.counted_at.to_string(),
        "turn": turn.as_ref().map_or(0, |turn| turn.number),
        "complete": turn.as_ref().is_some_and(|turn| turn.ended_at.is_some()),
        "addresses": totals.addresses,
        "waiting": totals.waiting,
        "documents": totals.documents,
        "exposed": totals.exposed,
        "people": totals.people,
        "pictures_unread": totals.letters,
    })
}

pub(super) async fn findings(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    signed_in(&caller)?;
    let query = Query::parse(query.as_deref());
    let after = within(&query, "after", 0..=MOST_AFTER, "after must be a whole number")?;
    let found = ask(&web, move |console| console.findings(&caller.ctx, after.unwrap_or(0))).await?;
    Ok(Json(json!({ "findings": found.iter().map(finding).collect::<Value>() })))
}

/// No sweep has as many.
pub(crate) const MOST_AFTER: u64 = i64::MAX.unsigned_abs();

fn finding(found: &Finding) -> Value {
    let kinds = found.kinds.iter().map(|(kind, count)| json!({ "kind": kind, "count": count }));
    let sources = found.sources.iter().map(|source| source.as_str());
    json!({
        "place": found.place,
        "address": found.address,
        "copies": found.copies,
        "people": found.people,
        "kinds": kinds.collect::<Value>(),
        "sources": sources.collect::<Value>(),
        "media_type": found.media_type,
        "bytes": found.bytes,
        "found_at": found.found_at.to_string(),
        "score": found.score,
    })
}

pub(super) async fn case(
    State(web): State<Web>,
    caller: Caller,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    signed_in(&caller)?;
    let name = name.map_err(|_| app::Error::NotFound)?.0;
    let View { report, orders, progress } =
        ask(&web, move |console| console.case(&caller.ctx, &name)).await?;
    let progress = progress.iter().map(|(what, done)| json!({ "what": what, "done": done }));
    let mut told = case_report(&report);
    told["orders"] = orders.iter().map(order).collect();
    told["progress"] = progress.collect();
    Ok(Json(told))
}

fn case_report(report: &CaseReport) -> Value {
    let steps = report.steps.iter().map(|step| {
        json!({
            "leaf": step.leaf,
            "at": step.at.to_string(),
            "what": step.what,
            "by": step.by,
            "facts": step.facts,
        })
    });
    json!({
        "case": report.case,
        "standing": report.standing,
        "reached": report.reached,
        "addresses": report.addresses,
        "steps": steps.collect::<Value>(),
        "log": {
            "size": report.log.size,
            "root": report.log.root,
            "verifier": report.log.verifier,
        },
    })
}

fn order(ordered: &Ordered) -> Value {
    json!({
        "kind": ordered.order.kind.name(),
        "signed": ordered.signed,
        "by": ordered.by,
        "at": instant(ordered.order.at).to_string(),
        "reason": ordered.order.reason,
        "released_by": ordered.released_by,
    })
}

/// A release, as its body holds it.
#[derive(Deserialize)]
struct Release {
    note: String,
}

pub(super) async fn release(
    State(web): State<Web>,
    caller: Caller,
    name: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    signed_in(&caller)?;
    // Who may not hand one in is not told what is wrong with it.
    caller.ctx.allow_somewhere(Permission::ReleaseTakedown)?;
    let name = name.map_err(|_| app::Error::NotFound)?.0;
    let read = serde_json::from_slice::<Release>(&body);
    let Release { note } = read.map_err(|_| Problem::invalid("expected an object with note"))?;
    ask(&web, move |console| console.release(&caller.ctx, &name, &note)).await?;
    Ok(StatusCode::NO_CONTENT)
}
