//! The answer in words and as JSON: the same on the command line and in a browser.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Claims, Event, EventKind, Verdict};

/// The answer as JSON; with what the certificate says only where `show` asks for it.
///
/// # Shape
///
/// `verdict` is `valid`, `valid but` or `not valid`; `format` with the first two; `caveats` with the
/// second, `why` with the third. If asked for: `name`, `born`, `events`, `issuer`, `id`, `issued_at`
/// and `expires_at` in seconds since 1970.
pub fn json(verdict: &Verdict, show: bool) -> Value {
    let (claims, caveats) = match verdict {
        Verdict::NotValid(why) => {
            return json!({ "verdict": "not valid", "why": why.to_string() });
        }
        Verdict::Valid(claims) => (claims, None),
        Verdict::ValidBut(claims, caveats) => (claims, Some(caveats)),
    };
    let mut json = if show { claims_json(claims) } else { json!({}) };
    json["verdict"] = if caveats.is_some() { "valid but" } else { "valid" }.into();
    json["format"] = claims.format.name().into();
    if let Some(caveats) = caveats {
        json["caveats"] = caveats.iter().map(ToString::to_string).collect::<Vec<_>>().into();
    }
    json
}

/// The answer in words, the first line by itself; with what the certificate says only where `show`
/// asks for it.
pub fn words(verdict: &Verdict, show: bool) -> String {
    let (mut words, claims) = match verdict {
        Verdict::NotValid(why) => return format!("not valid: {why}"),
        Verdict::Valid(claims) => ("valid".to_owned(), claims),
        Verdict::ValidBut(claims, caveats) => {
            let caveats: Vec<_> = caveats.iter().map(ToString::to_string).collect();
            (format!("valid, but {}", caveats.join("; ")), claims)
        }
    };
    if show {
        show_claims(&mut words, claims);
    }
    words
}

fn claims_json(claims: &Claims) -> Value {
    json!({
        "name": claims.name,
        "born": claims.born,
        "events": claims.events.iter().map(event_json).collect::<Vec<_>>(),
        "issuer": claims.issuer,
        "id": claims.id,
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
    })
}

fn show_claims(words: &mut String, claims: &Claims) {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let (name, born, id) = (or_dash(&claims.name), or_dash(&claims.born), or_dash(&claims.id));
    write!(words, "\n  {name}, born {born}").expect("a String takes what is written");
    for event in &claims.events {
        write!(words, "\n  {}", event_words(event)).expect("a String takes what is written");
    }
    write!(words, "\n  {}\n  {id}", claims.issuer).expect("a String takes what is written");
}

const fn kind(event: &Event) -> &'static str {
    match event.kind {
        EventKind::Vaccination => "vaccination",
        EventKind::Test => "test",
        EventKind::Recovery => "recovery",
    }
}

fn event_json(event: &Event) -> Value {
    json!({
        "kind": kind(event),
        "disease": event.disease,
        "product": event.product,
        "manufacturer": event.manufacturer,
        "lot": event.lot,
        "dose_number": event.dose_number,
        "doses_total": event.doses_total,
        "on": event.on,
        "until": event.until,
        "place": event.place,
        "country": event.country,
        "result": event.result,
    })
}

/// An event in one line, as far as the certificate says.
fn event_words(event: &Event) -> String {
    let dose = event.dose_number.map(|number| match event.doses_total {
        Some(total) => format!("dose {number} of {total}"),
        None => format!("dose {number}"),
    });
    let parts = [&event.product, &dose, &event.result, &event.on, &event.place, &event.country];
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    format!("{}: {}", kind(event), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Caveat, Format, NotValid};

    fn claims() -> Claims {
        Claims {
            format: Format::Dcc,
            name: Some("Anna".to_owned()),
            born: None,
            events: vec![Event {
                product: Some("Covishield".to_owned()),
                dose_number: Some(1),
                doses_total: Some(2),
                ..Event::default()
            }],
            issuer: "Ministry".to_owned(),
            id: None,
            issued_at: Some(1),
            expires_at: None,
        }
    }

    #[test]
    fn what_a_certificate_says_is_told_only_to_who_asks() {
        let verdict = Verdict::ValidBut(claims(), vec![Caveat::StaleStatusList { days: 3 }]);
        let but = "valid, but the list of withdrawn certificates is 3 days old";
        assert_eq!(words(&verdict, false), but);
        let all = format!(
            "{but}\n  Anna, born –\n  vaccination: Covishield, dose 1 of 2\n  Ministry\n  –"
        );
        assert_eq!(words(&verdict, true), all);
        assert!(!json(&verdict, false).to_string().contains("Anna"));
        assert_eq!(json(&verdict, true)["name"], "Anna");
        assert_eq!(json(&verdict, true)["events"][0]["doses_total"], 2);
    }

    #[test]
    fn there_is_never_a_bare_yes() {
        assert_eq!(json(&Verdict::Valid(claims()), false)["format"], "EU DCC");
        let not = Verdict::NotValid(NotValid::Withdrawn);
        assert_eq!(words(&not, true), "not valid: it was withdrawn");
        assert_eq!(json(&not, true)["why"], "it was withdrawn");
    }
}
