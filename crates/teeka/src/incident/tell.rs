//! What is told of incidents.

use std::{fmt::Write, process::ExitCode};

use app::{
    Platform,
    incident::{Duty, Incident, Listed},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::found;
use crate::{output::Output, platform::system};

pub(super) async fn list(
    platform: &Platform,
    all: bool,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let now = system().now;
    let mut incidents = platform.listed_incidents(&system()).await?;
    incidents.retain(|one| all || one.closed_at.is_none());
    let late = incidents.iter().filter(|one| one.is_late(now)).count();
    let mut text = String::new();
    for one in &incidents {
        let _ = writeln!(text, "{}  people {}{}", one.id, one.people, due_words(one, now));
    }
    let _ = write!(text, "incidents: {}, late: {late}", incidents.len());
    let told: Value = incidents.iter().map(|one| listed(one, now)).collect();
    output.result(&json!({ "incidents": told, "late": late }), &text)?;
    Ok(ExitCode::from(u8::from(late > 0)))
}

fn due_words(one: &Listed, now: Timestamp) -> String {
    match one.next {
        None if one.closed_at.is_some() => ", closed".to_owned(),
        None => ", everything is done".to_owned(),
        Some((duty, by)) => {
            let late = if one.is_late(now) { ", LATE" } else { "" };
            format!(", {} due {by}{late}", duty.word())
        }
    }
}

fn listed(one: &Listed, now: Timestamp) -> Value {
    let done = |duty: Duty| one.done.iter().find(|(of, _)| *of == duty).and_then(|(_, at)| *at);
    json!({
        "id": one.id,
        "people": one.people,
        "next": one.next.map(|(duty, _)| duty.word()),
        "due": one.next.map(|(_, by)| by),
        "late": one.is_late(now),
        "reported_at": done(Duty::Report),
        "told_at": done(Duty::Tell),
        "filed_at": done(Duty::File),
        "closed_at": one.closed_at,
    })
}

pub(super) async fn show(
    platform: &Platform,
    id: Uuid,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let one = found(platform.incident(&system(), id).await)?;
    let (said, clocks) = (&one.said, &one.clocks);
    let at = |at: Option<Timestamp>| at.map_or_else(|| "not yet".to_owned(), |at| at.to_string());
    let text = format!(
        "{}: {}\n{}\nsystems: {}\ndone: {}\nfor those affected: {}\nofficial: {}, {}\n\
         people affected: {}, {}; lists that cannot be read any more: {}\nnoticed {}, confirmed {}\n\
         CERT-In by {}: {}\nnotices by {}: {}\nBoard by {}: {}\nclosed: {}",
        one.id,
        said.kind.words().english,
        said.what,
        said.systems,
        said.done,
        said.advice,
        said.official,
        said.contact,
        one.people,
        one.by,
        one.unread,
        clocks.noticed_at,
        clocks.confirmed_at,
        clocks.report_by,
        at(one.reported_at),
        clocks.tell_by,
        at(one.told_at),
        clocks.file_by,
        at(one.filed_at),
        at(one.closed_at),
    );
    output.result(&in_json(&one), &text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn in_json(one: &Incident) -> Value {
    let (said, clocks) = (&one.said, &one.clocks);
    json!({
        "id": one.id,
        "kind": said.kind.name(),
        "what": said.what,
        "systems": said.systems,
        "done": said.done,
        "advice": said.advice,
        "official": said.official,
        "contact": said.contact,
        "people": one.people,
        "known_by": one.by,
        "unread": one.unread,
        "noticed_at": clocks.noticed_at,
        "confirmed_at": clocks.confirmed_at,
        "report_by": clocks.report_by,
        "tell_by": clocks.tell_by,
        "file_by": clocks.file_by,
        "reported_at": one.reported_at,
        "told_at": one.told_at,
        "filed_at": one.filed_at,
        "closed_at": one.closed_at,
    })
}
