//! The app of somebody who works here, which shows codes.

use app::totp::NewApp;
use askama::Template;
use axum::{body::Bytes, extract::State, response::Response};

use super::{keys, signed_in};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, go, refused_page, show},
};

#[derive(Template)]
#[template(path = "desk_app.html")]
struct Setup {
    top: Top,
    app: NewApp,
    /// Whether the code is needed that somebody is handed with an account.
    wants_staff_code: bool,
}

fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    match web.0.platform.new_app(&caller.ctx) {
        Ok(app) => {
            let strong = caller.ctx.staff().is_ok_and(|staff| staff.is_strong(caller.ctx.now));
            show(top.status(), &Setup { top, app, wants_staff_code: !strong })
        }
        Err(error) => refused_page(caller, "An app for codes", &error),
    }
}

pub(super) async fn ask(State(web): State<Web>, caller: Caller) -> Response {
    signed_in!(anyone, &caller);
    page(&web, &caller, Top::of(&caller))
}

pub(super) async fn add(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let staff = signed_in!(anyone, &caller);
    let form = Query::form(&body);
    let (setup, typed) = (form.get("setup").unwrap_or(""), form.get("app_code").unwrap_or(""));
    let code = form.get("staff_code");
    match web.0.platform.add_app(&caller.ctx, setup, typed, code).await {
        Ok(()) if !staff.is_strong(caller.ctx.now) => keys::again(&caller, "The app is set up"),
        Ok(()) => go("/desk/keys"),
        Err(error) => page(&web, &caller, Top::app_code(&caller, &error)),
    }
}

pub(super) async fn remove(State(web): State<Web>, caller: Caller) -> Response {
    signed_in!(anyone, &caller);
    match web.0.platform.remove_app(&caller.ctx).await {
        Ok(()) => keys::again(&caller, "The app is removed, and you are signed out"),
        Err(error) => refused_page(&caller, "The app stays", &error),
    }
}
