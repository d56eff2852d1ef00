//! The resident's pages: plain forms that work without JavaScript.

mod account;
mod book;
mod search;
mod sign_in;

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::{get, post},
};

pub(crate) use self::sign_in::STAFF;
use crate::Web;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(search::home))
        .route("/style.css", get(style))
        .route("/sign-in", get(sign_in::ask).post(sign_in::send))
        .route("/sign-in/code", post(sign_in::confirm))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/people", get(account::people).post(account::add))
        .route("/people/change", post(account::change))
        .route("/people/remove", post(account::remove))
        .route("/certificate", post(account::certificate))
        .route("/slip", post(account::slip))
        .route("/cancel", post(account::cancel))
        .route("/book", get(book::choose).post(book::book))
        .route("/move", post(book::reschedule))
}

async fn style() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../templates/style.css"))
}
