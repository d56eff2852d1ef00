//! Two people say that a colleague lost all passkeys; the second one gets the code to hand over.

use askama::Template;
use axum::{body::Bytes, extract::State, response::Response};
use domain::person::Mobile;

use super::signed_in;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, show},
};

#[derive(Template)]
#[template(path = "desk_restore.html")]
struct Restore {
    top: Top,
    mobile: String,
    /// The code to hand over; empty until two agreed.
    code: String,
}

pub(super) async fn ask(caller: Caller) -> Response {
    signed_in!(strong, &caller);
    let top = match caller.ctx.allow_somewhere(app::access::Permission::RestoreAccess) {
        Ok(()) => Top::of(&caller),
        Err(error) => Top::error(&caller, &error),
    };
    show(top.status(), &Restore { top, mobile: String::new(), code: String::new() })
}

pub(super) async fn restore(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    signed_in!(strong, &caller);
    let form = Query::form(&body);
    let typed = form.get("mobile").unwrap_or("");
    let done = match Mobile::parse(typed) {
        Ok(mobile) => web.0.platform.restore_access(&caller.ctx, &mobile).await,
        Err(why) => Err(why.into()),
    };
    let (top, code) = match done {
        Ok(Some(code)) => {
            (Top::done(&caller, "The account has no passkey any more"), code.expose().clone())
        }
        Ok(None) => {
            let said = "One more person has to say so, on this page, within a day";
            (Top::done(&caller, said), String::new())
        }
        Err(app::Error::NotFound) => {
            let text = "Nobody of your facility or district works under this mobile.";
            (Top::field(&caller, "mobile", text), String::new())
        }
        Err(error) => (Top::error(&caller, &error), String::new()),
    };
    let mobile = if top.wrong.is_some() { typed.chars().take(16).collect() } else { String::new() };
    show(top.status(), &Restore { top, mobile, code })
}
