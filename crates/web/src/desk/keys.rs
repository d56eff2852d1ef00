//! By what somebody who works here signs in: their passkeys, their app, and what is asked of who proved
//! nothing yet but a mobile.

use app::{
    access::Permission, ctx::StaffActor, passkey::NewPasskey, settings::StaffSignIn,
    webauthn::Attested,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use uuid::Uuid;

use super::{
    passkey::{bytes, party, scripted},
    signed_in,
};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{self, Top, day_of, go, moment_words, plain_page, refused_page, show, uuid},
    token::Claims,
};

/// A passkey, in words.
struct KeyView {
    id: String,
    name: String,
    made: String,
    used: String,
}

/// What a browser is told to make a passkey.
struct New {
    options: NewPasskey,
    party: String,
    account: String,
}

/// An app that shows codes.
enum App {
    /// It counts for nothing, whether or not there is one.
    NotTaken,
    /// There is none.
    Missing,
    /// There is one.
    There,
}

#[derive(Template)]
#[template(path = "desk_keys.html")]
struct Ways {
    top: Top,
    /// Whether who looks proved enough.
    strong: bool,
    keys: Vec<KeyView>,
    app: App,
    /// None where passkeys cannot be used.
    new: Option<New>,
    /// Where they can be, if that is not here.
    elsewhere: String,
    key_name: String,
    restores: bool,
}

impl Ways {
    /// Whether the code of an app is the next thing to type.
    const fn wants_code(&self) -> bool {
        !self.strong && matches!(self.app, App::There)
    }

    /// Whether the code is needed that somebody is handed with an account.
    const fn wants_staff_code(&self) -> bool {
        !self.strong && self.keys.is_empty() && !self.has_app()
    }

    const fn has_app(&self) -> bool {
        matches!(self.app, App::There)
    }

    const fn takes_app(&self) -> bool {
        !matches!(self.app, App::NotTaken)
    }
}

async fn page(web: &Web, caller: &Caller, headers: &HeaderMap, top: Top, form: &Query) -> Response {
    match ways(web, caller, headers, top, form).await {
        Ok(ways) => scripted(show(ways.top.status(), &ways)),
        Err(error) => refused_page(caller, "How you sign in", &error),
    }
}

async fn ways(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    top: Top,
    form: &Query,
) -> app::Result<Ways> {
    let (platform, ctx) = (&web.0.platform, &caller.ctx);
    let staff = ctx.staff()?;
    let new = match party(web, headers) {
        Some(party) => Some(New {
            options: platform.new_passkey(ctx).await?,
            party: party.id.clone(),
            account: account(web, &staff),
        }),
        None => None,
    };
    let view = |key: app::passkey::Passkey| KeyView {
        id: key.id.to_string(),
        name: key.name.expose().clone(),
        made: day_of(key.made_at),
        used: key.used_at.map_or_else(|| "never".to_owned(), moment_words),
    };
    let own = web.0.relying_party.as_ref().map(|party| party.origin.clone());
    Ok(Ways {
        elsewhere: own.filter(|_| new.is_none()).unwrap_or_default(),
        top,
        strong: staff.is_strong(ctx.now),
        keys: platform.my_passkeys(ctx).await?.into_iter().map(view).collect(),
        app: match platform.settings().staff_sign_in {
            StaffSignIn::Passkey => App::NotTaken,
            _ if platform.has_app(ctx).await? => App::There,
            _ => App::Missing,
        },
        new,
        key_name: form.get("key_name").unwrap_or_default().chars().take(40).collect(),
        restores: ctx.allow_somewhere(Permission::RestoreAccess).is_ok(),
    })
}

/// What a device shows beside the passkey: the role and the place, and no name.
fn account(web: &Web, staff: &StaffActor) -> String {
    let role = staff.role.word().replace('_', " ");
    let facility = staff.facility.map(|id| super::name_of(web, id)).unwrap_or_default();
    if facility.is_empty() { role } else { format!("{role}, {facility}") }
}

pub(super) async fn list(State(web): State<Web>, caller: Caller, headers: HeaderMap) -> Response {
    signed_in!(anyone, &caller);
    page(&web, &caller, &headers, Top::of(&caller), &Query::default()).await
}

pub(super) async fn add(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let staff = signed_in!(anyone, &caller);
    let form = Query::form(&body);
    let (client_data, attestation) = (bytes(&form, "client_data"), bytes(&form, "attestation"));
    let attested = Attested { client_data: &client_data, attestation: &attestation };
    let named = (&attested, form.get("key_name").unwrap_or(""));
    let added = match web.0.relying_party.as_ref() {
        Some(party) => {
            web.0.platform.add_passkey(&caller.ctx, party, named, form.get("staff_code")).await
        }
        None => Err(app::Error::NotProven),
    };
    match added {
        Ok(()) if !staff.is_strong(caller.ctx.now) => again(&caller, "The passkey is there"),
        Ok(()) => {
            let top = Top::done(&caller, "The passkey is there");
            page(&web, &caller, &headers, top, &Query::default()).await
        }
        Err(error) => page(&web, &caller, &headers, Top::error(&caller, &error), &form).await,
    }
}

/// Whoever came with a mobile only signs in with what they have now.
pub(super) fn again(caller: &Caller, done: &str) -> Response {
    let text = "Sign in with it: go to the facility desk and begin again.";
    let response = plain_page(caller, StatusCode::OK, done, text);
    crate::caller::SIGN_IN.forget(response, caller)
}

pub(super) async fn remove(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    signed_in!(anyone, &caller);
    let form = Query::form(&body);
    let id = uuid(&form, "id").unwrap_or(Uuid::nil());
    match web.0.platform.remove_passkey(&caller.ctx, id).await {
        Ok(()) => again(&caller, "The passkey is removed, and you are signed out"),
        Err(error) => page(&web, &caller, &headers, Top::error(&caller, &error), &form).await,
    }
}

/// The code of an app, after a one-time password.
pub(super) async fn strengthen(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    signed_in!(anyone, &caller);
    let form = Query::form(&body);
    match web.0.platform.strengthen(&caller.ctx, form.get("app_code").unwrap_or("")).await {
        Ok(staff) => {
            let (now, id) = (caller.ctx.now.as_second(), caller.ctx.random_uuid());
            page::sign_in(go("/desk"), &web, &caller, &Claims::staff(&staff, id, now))
        }
        Err(error) => {
            let top = Top::app_code(&caller, &error);
            page(&web, &caller, &headers, top, &Query::default()).await
        }
    }
}
