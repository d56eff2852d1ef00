//! A resident's app, which shows codes: set up once signed in, and from then on another way to sign in.

use app::totp::NewApp;
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::person::Mobile;

use super::{
    account::signed_in,
    sign_in::{of_resident, own_page},
};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{self, Top, go, refused_page, show},
};

const HERE: &str = "/people/app";

#[derive(Template)]
#[template(path = "app.html")]
struct Setup {
    top: Top,
    app: NewApp,
    has_app: bool,
}

#[derive(Template)]
#[template(path = "app_sign_in.html")]
struct SignIn {
    top: Top,
    mobile: String,
    then: String,
}

async fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    let platform = &web.0.platform;
    let shown = async {
        let has_app = platform.has_app(&caller.ctx).await?;
        Ok::<_, app::Error>((has_app, platform.new_app(&caller.ctx)?))
    };
    match shown.await {
        Ok((has_app, app)) => show(top.status(), &Setup { top, app, has_app }),
        Err(error) => refused_page(caller, "An app for codes", &error),
    }
}

pub(super) async fn ask(State(web): State<Web>, caller: Caller) -> Response {
    if let Err(elsewhere) = signed_in(&caller, HERE) {
        return *elsewhere;
    }
    page(&web, &caller, Top::of(&caller)).await
}

pub(super) async fn add(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    if let Err(elsewhere) = signed_in(&caller, HERE) {
        return *elsewhere;
    }
    let form = Query::form(&body);
    let (setup, typed) = (form.get("setup").unwrap_or(""), form.get("app_code").unwrap_or(""));
    let top = match web.0.platform.add_app(&caller.ctx, setup, typed, None).await {
        Ok(()) => Top::done(&caller, "From now on you can sign in with the app, too"),
        Err(error) => Top::app_code(&caller, &error),
    };
    page(&web, &caller, top).await
}

pub(super) async fn remove(State(web): State<Web>, caller: Caller) -> Response {
    if let Err(elsewhere) = signed_in(&caller, HERE) {
        return *elsewhere;
    }
    let top = match web.0.platform.remove_app(&caller.ctx).await {
        Ok(()) => Top::done(&caller, "The app is removed"),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, top).await
}

pub(super) async fn ask_sign_in(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let then = own_page(Query::parse(query.as_deref()).get("then"));
    let top = Top::of(&caller);
    show(top.status(), &SignIn { top, mobile: String::new(), then })
}

pub(super) async fn sign_in(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let (typed, then) = (form.get("mobile").unwrap_or(""), own_page(form.get("then")));
    let code = form.get("app_code").unwrap_or("");
    let platform = &web.0.platform;
    let signed_in = match Mobile::parse(typed) {
        Ok(mobile) => platform.sign_in_by_app(&caller.ctx, &mobile, code, &caller.source).await,
        Err(why) => Err(why.into()),
    };
    match signed_in {
        Ok(signed_in) => {
            let id = caller.ctx.random_uuid();
            let claims = of_resident(&signed_in, id, caller.ctx.now.as_second());
            let to = if then.is_empty() { "/people" } else { &then };
            page::sign_in(go(to), &web, &caller, &claims)
        }
        Err(error) => {
            let top = Top::app_code(&caller, &error);
            let mobile = typed.chars().take(16).collect();
            show(top.status(), &SignIn { top, mobile, then })
        }
    }
}
