//! Routers, document and the list of who gets what agree, and the document is one that machines
//! can use.

mod hostile;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::openapi::calls;

/// Where routes are listed; the path of the contract's own is given without its generation.
const ROUTERS: [&str; 13] = [
    include_str!("cowin.rs"),
    include_str!("api.rs"),
    include_str!("portal.rs"),
    include_str!("desk.rs"),
    include_str!("health.rs"),
    include_str!("verifier.rs"),
    include_str!("withdrawn.rs"),
    include_str!("wallet.rs"),
    include_str!("data.rs"),
    include_str!("log.rs"),
    include_str!("security.rs"),
    include_str!("intake.rs"),
    include_str!("rolls.rs"),
];

/// Method and path.
type Route = (String, String);

/// The routes of the routers' source, with generations 2 and 4 spelled out.
fn routed(sources: &[&str]) -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    for source in sources {
        for part in source.split(".route(").skip(1) {
            let inside = up_to_its_bracket(part);
            let mut texts = inside.splitn(3, '"');
            let (before, path, rest) =
                (texts.next().unwrap(), texts.next().unwrap(), texts.next().unwrap());
            let paths = if before.trim() == "&path(" {
                vec![format!("/api/v2/{path}"), format!("/api/v4/{path}")]
            } else {
                vec![path.to_owned()]
            };
            for method in ["get", "post", "put", "delete", "patch", "options", "any"] {
                let call = format!("{method}(");
                let begins = |at: usize| !rest[..at].ends_with(|c: char| c.is_alphanumeric());
                if rest.match_indices(&call).any(|(at, _)| begins(at)) {
                    found.extend(paths.iter().map(|path| (method.to_uppercase(), path.clone())));
                }
            }
        }
    }
    found
}

fn up_to_its_bracket(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &text[..end.unwrap()]
}

/// The list: who gets something from each route.
fn listed() -> BTreeMap<Route, String> {
    let lines = include_str!("../routes.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            ((words[0].to_owned(), words[1].to_owned()), words[2].to_owned())
        })
        .collect()
}

/// The operations of the document, and who it says gets something from each.
fn documented() -> BTreeMap<Route, String> {
    let document = crate::document();
    let mut found = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schemes = operation["security"].as_array().unwrap();
            // Of several, the last is the one that opens least.
            let who = schemes
                .last()
                .map_or("nobody", |one| one.as_object().unwrap().keys().next().unwrap().as_str());
            found.insert((method.to_uppercase(), path.clone()), who.to_owned());
        }
    }
    found
}

#[test]
fn routers_document_and_list_have_the_same_routes() {
    let listed = listed();
    assert_eq!(listed.keys().cloned().collect::<BTreeSet<_>>(), routed(&ROUTERS));
    let documented = documented();
    let differing: Vec<_> =
        documented.iter().filter(|(route, who)| listed.get(*route) != Some(*who)).collect();
    assert_eq!(differing, Vec::new());
    // What is not in the document is a page, or the operator's.
    let pages = ["nobody", "resident-page", "staff-page", "operator"];
    let missing: Vec<_> = listed
        .iter()
        .filter(|(route, who)| {
            let is_call = route.1.starts_with("/api/") || !pages.contains(&who.as_str());
            is_call && !documented.contains_key(*route)
        })
        .collect();
    assert_eq!(missing, Vec::new());
}

#[test]
fn a_route_that_is_not_listed_is_seen() {
    let planted = r#".route("/planted", get(search::home).delete(sign_in::ask))"#;
    let found = routed(&[ROUTERS.as_slice(), &[planted]].concat());
    let listed: BTreeSet<_> = listed().into_keys().collect();
    let unlisted: Vec<_> = found.difference(&listed).map(|(method, _)| method.as_str()).collect();
    assert_eq!(unlisted, ["DELETE", "GET"]);
}

#[test]
fn the_document_has_one_operation_for_each_call_and_generation() {
    let document = crate::document();
    assert_eq!(document["openapi"], "3.1.0");
    let served: usize = calls().map(|call| call.paths().len()).sum();
    assert_eq!(documented().len(), served);
    let mut ids = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
        }
    }
}

#[test]
fn every_operation_says_what_it_takes_and_gives() {
    let document = crate::document();
    for ((method, path), who) in documented() {
        let operation = &document["paths"][&path][method.to_lowercase()];
        let responses = operation["responses"].as_object().unwrap();
        let needs_token =
            ["resident", "certificates", "status", "wallet", "staff"].contains(&who.as_str());
        let confirms = path.contains("confirmOTP") || path.contains("validateMobileOtp");
        assert_eq!(responses.contains_key("401"), needs_token || confirms, "{path}");
        for (status, response) in responses {
            let empty = ["204", "304"].contains(&status.as_str());
            assert_eq!(response.get("content").is_none(), empty, "{path} {status}");
        }
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["schema"].is_object(), "{path}");
        }
    }
    references_lead_somewhere(&document, &document);
}

fn references_lead_somewhere(document: &Value, value: &Value) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
            fields.values().for_each(|field| references_lead_somewhere(document, field));
        }
        Value::Array(list) => list.iter().for_each(|one| references_lead_somewhere(document, one)),
        _ => {}
    }
}

#[test]
fn the_page_for_people_shows_every_call_and_every_model() {
    let page = crate::openapi::page();
    for call in calls() {
        assert!(page.contains(&format!("<details id=\"{}\">", call.id)), "{}", call.id);
    }
    let document = crate::document();
    for model in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("<details open id=\"{model}\">")), "{model}");
    }
}
