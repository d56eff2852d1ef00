//! The resident's pages: plain forms that work without JavaScript.

mod accesses;
mod account;
mod app_code;
mod appointment;
mod book;
mod correct;
mod erasure;
mod member;
mod merge;
mod results;
mod saved;
mod search;
mod sign_in;
mod travel;
mod wallet;

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};

pub(crate) use self::{
    merge::doses as merge_doses,
    sign_in::{STAFF, first_sign_in},
};
use crate::{Web, page::personal};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/people", get(account::people))
        .route("/people/accesses", get(accesses::list))
        .route("/people/accesses/proof", get(accesses::proof))
        .route("/people/accesses/whole", get(accesses::whole))
        .route("/people/add", get(member::ask).post(member::add))
        .route("/people/app", get(app_code::ask).post(app_code::add))
        .route("/people/app/remove", post(app_code::remove))
        .route("/people/change", get(member::edit).post(member::change))
        .route("/people/correct", get(correct::ask).post(correct::correct))
        .route("/people/erasure", get(erasure::list).post(erasure::act))
        .route("/people/merge", get(merge::ask).post(merge::merge))
        .route("/people/merge/look", get(merge::ask).post(merge::look))
        .route("/people/merge/mobile", get(merge::ask).post(merge::send))
        .route("/people/merge/code", get(merge::ask).post(merge::confirm))
        .route("/people/remove", get(member::ask_removal).post(member::remove))
        .route("/people/travel", get(travel::ask).post(travel::keep))
        .route("/people/travel/remove", post(travel::remove))
        .route("/people/wallet", get(wallet::ask).post(wallet::offer))
        .route("/certificate", get(account::certificate))
        .route("/certificate/card", get(account::card))
        .route("/certificate/cowin", get(saved::cowin))
        .route("/certificate/credential", get(saved::credential))
        .route("/certificate/icvp", get(travel::icvp))
        .route("/book", get(book::choose).post(book::book))
        .route("/move", get(book::choose).post(book::reschedule))
        .route("/appointment", get(appointment::see))
        .route("/slip", get(appointment::slip))
        .route("/cancel", get(appointment::ask_cancellation).post(appointment::cancel))
        .route("/rolls/openly", post(crate::rolls::openly))
        .route_layer(middleware::map_response(personal))
        .route("/", get(search::home))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .route("/sign-in", get(sign_in::ask).post(sign_in::send))
        .route("/sign-in/code", get(sign_in::ask).post(sign_in::confirm))
        .route("/sign-in/app", get(app_code::ask_sign_in).post(app_code::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
}

async fn style() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../templates/style.css"))
}

async fn icon() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, include_str!("../templates/icon.svg"))
}
