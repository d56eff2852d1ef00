//! A certificate for a wallet: the offer as a link and a picture, for whoever has the six digits too.

use app::{opened::Person, wallet::Offer};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};

use super::member::chosen;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, handle, later, show},
};

#[derive(Template)]
#[template(path = "wallet.html")]
struct Wallet {
    top: Top,
    handle: String,
    name: String,
    has_dose: bool,
    offer: Option<Offer>,
}

fn page(top: Top, person: &Person, offer: Option<Offer>) -> Response {
    let page = Wallet {
        handle: handle(person),
        name: person.details.name.text().to_owned(),
        has_dose: !person.doses.is_empty(),
        offer,
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match chosen(&web, &caller, &Query::parse(query.as_deref())).await {
        Ok(person) => page(Top::of(&caller), &person, None),
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn offer(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let person = match chosen(&web, &caller, &Query::form(&body)).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.offer_to_wallet(&caller.ctx, person.id).await {
        Ok(offer) => page(Top::of(&caller), &person, Some(offer)),
        Err(error) => later(page(Top::error(&caller, &error), &person, None), &error),
    }
}
