//! Vial-doses of a facility: what was received, what is left.

use app::access::Permission;
use askama::Template;
use axum::{body::Bytes, extract::State, response::Response};
use domain::id::FacilityId;

use super::{facility, name_of};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, show},
    portal::STAFF,
};

#[derive(Template)]
#[template(path = "desk_stock.html")]
struct Stock {
    top: Top,
    facility: String,
    receives: bool,
    vaccines: Vec<String>,
    lots: Vec<(String, String, u32, u32)>,
}

async fn page(web: &Web, caller: &Caller, facility: FacilityId, top: Top) -> Response {
    let platform = &web.0.platform;
    let stock = match platform.stock(&caller.ctx, facility).await {
        Ok(stock) => stock,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let held = platform.inventory().facility(facility);
    let page = Stock {
        facility: name_of(web, facility),
        receives: held
            .is_some_and(|held| caller.ctx.allow_at(Permission::ReceiveStock, &held).is_ok()),
        vaccines: platform.programme().vaccines.iter().map(|one| one.name.clone()).collect(),
        lots: stock
            .into_iter()
            .map(|row| (row.vaccine, row.lot, row.received, row.received - row.given))
            .collect(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    let facility = facility!(&caller);
    page(&web, &caller, facility, Top::of(&caller)).await
}

pub(super) async fn receive(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let said = |name| form.get(name).unwrap_or("");
    let doses = said("doses").parse().unwrap_or(0);
    let lot = (said("vaccine"), said("lot"));
    let top = match web.0.platform.receive_stock(&caller.ctx, facility, lot, doses).await {
        Ok(()) => Top::done(&caller, format!("{doses} doses are in stock")),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, facility, top).await
}
