//! Takedowns on the page of a report: how far each is, its steps with their times, and its proof.

use std::fmt::Write;

use certs::print::written::{escaped, grouped};

use crate::takedown::report::{CaseReport, StepReport, words};

/// Writes the part of the page.
pub(super) fn write(html: &mut String, cases: &[CaseReport]) {
    if cases.is_empty() {
        return;
    }
    html.push_str("<h2>What is being taken down</h2>");
    for case in cases {
        one(html, case);
    }
}

fn one(html: &mut String, case: &CaseReport) {
    let (steps, done) = (CaseReport::STEPS.len(), case.reached);
    let _ = write!(
        html,
        "<section><h3>{}</h3><p><b>{}</b>, {} addresses. Step {done} of {steps}.</p>\
         <svg class=\"steps\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        escaped(&case.case),
        words(case.standing),
        grouped(case.addresses as u64),
        steps * 12 - 2,
    );
    for step in 0..steps {
        let class = if step < done { "" } else { " class=\"no\"" };
        let _ = write!(html, "<rect{class} x=\"{}\" width=\"10\" height=\"10\"/>", step * 12);
    }
    html.push_str(
        "</svg><table><tr><th scope=\"col\">Step</th><th class=\"n\" scope=\"col\">When, and leaf</th></tr>",
    );
    case.steps.iter().for_each(|step| row(html, step));
    let _ = write!(
        html,
        "</table><p><small>Each step is a leaf of a log; leaves: {}, root: <code>{}</code>. \
         <code>teeka ledger verify</code> checks it with the key <code>{}</code>.</small></p></section>",
        case.log.size,
        escaped(&case.log.root),
        escaped(&case.log.verifier),
    );
}

fn row(html: &mut String, step: &StepReport) {
    let facts = step.facts.iter().filter(|fact| !fact.starts_with("order: "));
    let facts: Vec<_> = facts.map(|fact| escaped(fact)).collect();
    let _ = write!(
        html,
        "<tr><th scope=\"row\">{}<br><small>{}</small></th><td class=\"n\">{}<br><small>leaf {}, {}\
         </small></td></tr>",
        words(&step.what),
        facts.join("<br>"),
        step.at.strftime("%d %b %Y, %H:%M"),
        step.leaf,
        step.by,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::{report::LogReport, stage::Step};

    #[test]
    fn every_step_has_words_and_what_was_recorded_stays_text() {
        let all: std::collections::BTreeSet<_> =
            Step::ALL.iter().map(|step| words(step.name())).collect();
        assert_eq!(all.len(), Step::ALL.len());
        let case = CaseReport {
            case: "case-7".to_owned(),
            standing: "contained",
            reached: 3,
            addresses: 900_000,
            steps: vec![StepReport {
                leaf: 2,
                at: jiff::Timestamp::UNIX_EPOCH,
                what: "contained".to_owned(),
                by: "program",
                facts: vec!["<b>: 1".to_owned(), "order: 00".to_owned()],
            }],
            log: LogReport { size: 3, root: "r".to_owned(), verifier: "v".to_owned() },
        };
        let mut html = String::new();
        write(&mut html, &[case]);
        assert!(html.contains("9,00,000 addresses. Step 3 of 8."), "{html}");
        assert!(html.contains("&lt;b&gt;: 1") && !html.contains("order: "), "{html}");
        assert_eq!(html.matches("<rect x=").count(), 3, "{html}");
        assert_eq!(html.matches("<rect class=\"no\"").count(), 5);
    }
}
