use std::collections::BTreeSet;

use crate::openapi::CALLS;

/// Where routes are listed.
const ROUTERS: [&str; 5] = [
    include_str!("cowin.rs"),
    include_str!("api.rs"),
    include_str!("portal.rs"),
    include_str!("desk.rs"),
    include_str!("health.rs"),
];

/// Pages for browsers and operators: not calls of the API.
const PAGES: [&str; 42] = [
    "/",
    "/api",
    "/api/{*path}",
    "/appointment",
    "/book",
    "/cancel",
    "/certificate",
    "/desk",
    "/desk/aefi",
    "/desk/certificate",
    "/desk/dose",
    "/desk/otp",
    "/desk/otp/code",
    "/desk/person",
    "/desk/present",
    "/desk/seat",
    "/desk/sessions",
    "/desk/sessions/change",
    "/desk/sessions/new",
    "/desk/sessions/state",
    "/desk/sign-in",
    "/desk/sign-in/code",
    "/desk/sign-out",
    "/desk/undo",
    "/desk/verify",
    "/desk/walk-in",
    "/icon.svg",
    "/livez",
    "/metrics",
    "/move",
    "/people",
    "/people/add",
    "/people/change",
    "/people/remove",
    "/readyz",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/slip",
    "/style.css",
    // Named in the contract's own router by version; both generations are the same handlers.
    "/api/v2/",
    "/api/v4/",
];

/// The routes of the routers' source, with generation 2 spelled out.
fn routed() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in ROUTERS {
        for (marker, prefix) in [(".route(\"", ""), ("path(\"", "/api/v2/")] {
            for part in source.split(marker).skip(1) {
                let path = part.split('"').next().unwrap_or_default();
                found.insert(format!("{prefix}{path}"));
            }
        }
    }
    found
}

#[test]
fn every_route_is_documented_or_a_page_and_nothing_else_is_documented() {
    let documented: BTreeSet<_> = CALLS.iter().map(|call| call.path.to_owned()).collect();
    let pages: BTreeSet<_> = PAGES.iter().map(|&page| page.to_owned()).collect();
    let routed = routed();
    let unlisted: Vec<_> =
        routed.iter().filter(|r| !documented.contains(*r) && !pages.contains(*r)).collect();
    assert_eq!(unlisted, Vec::<&String>::new());
    let missing: Vec<_> = documented.iter().filter(|path| !routed.contains(*path)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn the_document_is_openapi_with_one_operation_for_each_call() {
    let document = crate::document();
    assert_eq!(document["openapi"], "3.1.0");
    let operations: usize =
        document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
    assert_eq!(operations, CALLS.len());
}
