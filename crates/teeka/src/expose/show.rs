//! How far a takedown is.

use std::{fmt::Write, path::Path, process::ExitCode};

use exposure::takedown::{
    case::Case,
    stage::{Standing, Step},
    world::instant,
};
use serde_json::{Value, json};

use super::takedown::{self, Real};
use crate::output::Output;

pub(super) fn run(folder: &Path, output: Output) -> anyhow::Result<ExitCode> {
    let case = takedown::open(folder, &Real::begin(), output.quiet)?;
    case_as_it_is(&case, output)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows a case.
pub(super) fn case_as_it_is(case: &Case, output: Output) -> anyhow::Result<()> {
    output.result(&in_json(case), &in_words(case))
}

fn in_json(case: &Case) -> Value {
    let head = case.decisions().head();
    let told = case.told().iter().map(|told| {
        let at = instant(told.at).to_string();
        json!({ "at": at, "what": told.what, "by": told.actor, "facts": told.facts })
    });
    json!({
        "case": case.name(),
        "standing": standing(case.standing()),
        "addresses": case.addresses().len(),
        "steps": told.collect::<Value>(),
        "log": {
            "size": head.size,
            "root": head.root.to_base64(),
            "verifier": case.decisions().verifier(),
        },
    })
}

fn in_words(case: &Case) -> String {
    let mut text = format!(
        "{}: {}, {} addresses\n",
        case.name(),
        standing(case.standing()),
        case.addresses().len()
    );
    for told in case.told() {
        let at = instant(told.at).to_string().replace('T', " ");
        let at = at.get(..16).unwrap_or(&at);
        let _ = writeln!(text, "  {at}  {} by {}", told.what, told.actor);
        for fact in &told.facts {
            // A digest is for who checks, not for who looks.
            if !fact.starts_with("order: ") {
                text += &wrapped(fact);
            }
        }
    }
    let _ = write!(text, "next: {}", next(case));
    text
}

/// A fact on lines of at most 80 columns.
fn wrapped(fact: &str) -> String {
    let (mut text, mut column) = (String::from("     "), 5);
    for word in fact.split(' ') {
        let width = word.chars().count();
        if column + 1 + width > 80 && column > 8 {
            text += "\n       ";
            column = 7;
        }
        text.push(' ');
        text += word;
        column += 1 + width;
    }
    text + "\n"
}

fn standing(standing: Standing) -> &'static str {
    match (standing.withdrawal(), standing.reached()) {
        (Some(withdrawal), _) => withdrawal.name(),
        (None, Some(reached)) => reached.name(),
        (None, None) => "empty",
    }
}

fn next(case: &Case) -> String {
    let folder = case.folder().display();
    let standing = case.standing();
    match (standing.withdrawal(), standing.reached()) {
        (Some(Step::Withdrawn), _) => "nothing; everything is as it was before".to_owned(),
        (Some(_), _) | (None, Some(Step::Ordered)) => {
            format!("a second person: teeka expose release {folder} --key FILE")
        }
        (None, Some(Step::Submitted)) => format!("teeka expose verify {folder}"),
        (None, Some(Step::Verified)) => format!("teeka expose watch {folder} --found FILE"),
        _ => format!("teeka expose takedown {folder}"),
    }
}
