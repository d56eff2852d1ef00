//! Forms of a certificate that are saved as a file.

use app::links::Download;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use super::account;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, later},
    saved::Saved,
};

/// The W3C's credential.
pub(super) async fn credential(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    answer(&web, &caller, &query, (Download::Credential, Saved::Credential)).await
}

/// Co-WIN's form: its code as a picture, or else what that holds.
pub(super) async fn cowin(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let picture = query.get("as") == Some("picture");
    let form = if picture { Saved::CowinPicture } else { Saved::CowinArchive };
    answer(&web, &caller, &query, (Download::Cowin, form)).await
}

async fn answer(
    web: &Web,
    caller: &Caller,
    query: &Query,
    (what, form): (Download, Saved),
) -> Response {
    let person = match account::linked(web, caller, query, what).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match form.answer(web, caller, person.id).await {
        Ok(answer) => answer,
        Err(error) => later(account::page(web, caller, Top::error(caller, &error)).await, &error),
    }
}
