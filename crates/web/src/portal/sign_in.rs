//! Signing in with a mobile, for residents here and for staff at the desk.

use app::sign_in::Audience;
use askama::Template;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::person::Mobile;
use uuid::Uuid;

use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{go, show, status, with_cookie, without_cookie, words},
    token::{Claims, Scope},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    root: &'static str,
    action: &'static str,
    transaction: String,
    error: Option<String>,
}

/// Which door.
#[derive(Clone, Copy)]
pub(crate) struct Door {
    root: &'static str,
    action: &'static str,
    audience: Audience,
}

/// The resident's.
pub(crate) const RESIDENT: Door =
    Door { root: "/", action: "/sign-in", audience: Audience::Resident };
/// The staff's.
pub(crate) const STAFF: Door =
    Door { root: "/desk", action: "/desk/sign-in", audience: Audience::Staff };

impl Door {
    /// The page that asks for a mobile, or for the password that was sent.
    pub(crate) fn page(
        self,
        code: StatusCode,
        transaction: &str,
        error: Option<String>,
    ) -> Response {
        let Self { root, action, .. } = self;
        show(code, &SignIn { root, action, transaction: transaction.to_owned(), error })
    }

    /// Sends the password.
    pub(crate) async fn send(self, web: &Web, caller: &Caller, body: &[u8]) -> Response {
        let form = Query::form(body);
        let mobile = match Mobile::parse(form.get("mobile").unwrap_or("")) {
            Ok(mobile) => mobile,
            Err(why) => {
                return self.page(StatusCode::BAD_REQUEST, "", Some(words(&why.into())));
            }
        };
        let platform = &web.0.platform;
        match platform.send_code(&caller.ctx, &mobile, self.audience, &caller.source).await {
            Ok(transaction) => self.page(StatusCode::OK, &transaction.to_string(), None),
            Err(error) => self.page(status(&error), "", Some(words(&error))),
        }
    }

    /// Tries the password.
    pub(crate) async fn confirm(self, web: &Web, caller: &Caller, body: &[u8]) -> Response {
        let form = Query::form(body);
        let sent = form.get("transaction").unwrap_or("");
        let Ok(transaction) = Uuid::try_parse(sent) else {
            return self.page(StatusCode::BAD_REQUEST, "", None);
        };
        let hashed = app::sign_in::sha256_hex(form.get("otp").unwrap_or(""));
        let confirmed =
            web.0.platform.confirm_code(&caller.ctx, transaction, &hashed, self.audience).await;
        let signed_in = match confirmed {
            Ok(signed_in) => signed_in,
            Err(error) => {
                let again = matches!(error, app::Error::WrongCode);
                let transaction = if again { sent } else { "" };
                return self.page(status(&error), transaction, Some(words(&error)));
            }
        };
        let now = caller.ctx.now.as_second();
        let claims = if matches!(self.audience, Audience::Staff) {
            match web.0.platform.staff_of(&signed_in.mobile).await {
                Ok(Some(staff)) => Claims::staff(&staff, transaction, now),
                Ok(None) => {
                    let text = "This mobile is not registered for staff.".to_owned();
                    return self.page(StatusCode::FORBIDDEN, "", Some(text));
                }
                Err(error) => return self.page(status(&error), "", Some(words(&error))),
            }
        } else {
            Claims {
                mobile_number: signed_in.mobile.expose().parse().unwrap_or(0),
                // Long enough to fill in a family's details on a slow connection.
                exp: now + 3_600,
                ..Claims::new(signed_in.account.uuid, transaction, now, Scope::Resident)
            }
        };
        let to = if self.root == "/" { "/people" } else { self.root };
        with_cookie(go(to), web, &claims, now)
    }
}

pub(super) async fn ask() -> Response {
    RESIDENT.page(StatusCode::OK, "", None)
}

pub(super) async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    RESIDENT.send(&web, &caller, &body).await
}

pub(super) async fn confirm(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    RESIDENT.confirm(&web, &caller, &body).await
}

pub(super) async fn sign_out() -> Response {
    without_cookie(go("/"))
}
