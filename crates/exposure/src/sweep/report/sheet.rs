//! The report as a page for a browser: tables, and bars beside their numbers. No script, nothing
//! from elsewhere, readable on a phone.

use std::fmt::Write;

use certs::print::written::{escaped, grouped};

use super::{
    Report, SIZES,
    page::{documents, people, place, size},
    takedowns,
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#182026;background:#fff}\
    header{background:#0b5e49;color:#fff;padding:1rem}header>*{max-width:60rem;margin:0 auto}header h1{font-size:1.5rem}\
    header p{color:#d6ece4}main{max-width:60rem;margin:auto;padding:1rem}\
    h2{color:#0b5e49;font-size:1.1rem;margin:1.5rem 0 .25rem}\
    table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;padding:.25rem .5rem .25rem 0;border-bottom:1px solid #dee3e6;\
    vertical-align:top;font-weight:400;overflow-wrap:anywhere}\
    td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\
    th.l{width:40%}td.b{width:35%}svg{display:block;width:100%;height:.9rem;margin:.3rem 0}\
    rect{fill:#0b5e49}rect.no{fill:#dee3e6}h3{font-size:1rem;margin:1rem 0 0}h3+p{margin:.25rem 0}\
    svg.steps{height:.6rem}code,small{overflow-wrap:anywhere}section{border-top:1px solid #dee3e6}ul{padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.75rem}\
    li{flex:1 1 8rem;border:1px solid #dee3e6;border-radius:.4rem;padding:.5rem .75rem}\
    li b{display:block;font-size:1.5rem}footer{color:#58636c;font-size:.9rem;margin-top:2rem}";

/// Writes the page.
pub(super) fn write(report: &Report) -> String {
    let state = if report.complete { "complete" } else { "not complete yet" };
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>Personal data in public documents</title>\
         <style>{STYLE}</style></head><body><header><h1>Personal data in public documents</h1>\
         <p>Sweep {}, {state}, {}</p></header><main>",
        report.turn,
        report.made_at.strftime("%d %B %Y, %H:%M UTC"),
    );
    totals(&mut html, report);
    takedowns::write(&mut html, &report.takedowns);
    let mut kinds: Vec<_> = report.kinds.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(count.documents));
    let kinds = kinds.iter().map(|(kind, count)| (kind.replace('_', " "), count.documents));
    bars(&mut html, "What is in them", &kinds.collect::<Vec<_>>(), documents);
    let sizes = SIZES.iter().filter_map(|(name, _)| Some((size(name), *report.sizes.get(name)?)));
    bars(&mut html, "How many people are in one document", &sizes.collect::<Vec<_>>(), documents);
    let sources = report.sources.iter().map(|(name, count)| (place(name).to_owned(), *count));
    bars(&mut html, "Where they were found", &sources.collect::<Vec<_>>(), documents);
    let outcomes = report.outcomes.iter().map(|(name, count)| (name.replace('_', " "), *count));
    bars(&mut html, "What came of the addresses", &outcomes.collect::<Vec<_>>(), grouped);
    worst(&mut html, report);
    html.push_str(
        "<footer>A person who is in two documents counts twice. Parts of addresses that could name \
         somebody are replaced by signs. Nothing of what was found is repeated here.</footer>\
         </main></body></html>\n",
    );
    html
}

fn totals(html: &mut String, report: &Report) {
    let numbers = [
        (report.exposed, "documents with personal data"),
        (report.people, "people in them"),
        (report.addresses, "addresses known"),
        (report.waiting, "addresses still to be asked"),
        (report.pictures_unread, "pictures still to be read"),
    ];
    html.push_str("<ul>");
    for (number, words) in numbers {
        let _ = write!(html, "<li><b>{}</b>{words}</li>", grouped(number));
    }
    html.push_str("</ul>");
}

/// A table with a bar for each row.
fn bars(html: &mut String, heading: &str, rows: &[(String, u64)], shown: impl Fn(u64) -> String) {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let _ = write!(html, "<h2>{heading}</h2><table>");
    for (label, count) in rows {
        // Whatever there is can be seen.
        let wide = (count * 100 / most).max(u64::from(*count > 0));
        let _ = write!(
            html,
            "<tr><th class=\"l\" scope=\"row\">{}</th><td class=\"b\"><svg viewBox=\"0 0 100 10\" \
             preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{wide}\" height=\"10\"/>\
             </svg></td><td class=\"n\">{}</td></tr>",
            escaped(label),
            shown(*count),
        );
    }
    html.push_str("</table>");
}

fn worst(html: &mut String, report: &Report) {
    if report.worst.is_empty() {
        return;
    }
    html.push_str("<h2>The queue, the worst first</h2><table>");
    for (rank, worst) in (1..).zip(&report.worst) {
        let kinds: Vec<_> = worst.kinds.iter().map(|kind| kind.replace('_', " ")).collect();
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{rank}. {}<br><small>{}</small></th><td class=\"n\">{}</td></tr>",
            escaped(&worst.address),
            escaped(&kinds.join(", ")),
            people(worst.people),
        );
    }
    html.push_str("</table>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_itself_stays_text() {
        let worst = super::super::Worst {
            address: "https://<b>.example/\"…".to_owned(),
            copies: 1,
            people: 1_234,
            kinds: vec!["birth_date".to_owned()],
            sources: Vec::new(),
            score: 1.0,
        };
        let report = Report { worst: vec![worst], sizes: [("1", 7)].into(), ..Report::default() };
        let html = write(&report);
        assert!(html.contains("https://&lt;b&gt;.example/&quot;…"), "{html}");
        assert!(html.contains("1,234 people") && html.contains("7 documents"), "{html}");
        assert!(!html.contains("<script") && !html.contains("src="));
    }
}
