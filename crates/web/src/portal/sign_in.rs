//! Signing in with a mobile, for residents here and for staff at the desk.

use app::sign_in::{Audience, CODE_LIFE, SignedIn};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::person::Mobile;
use uuid::Uuid;

use crate::{
    Web,
    caller::{Caller, SIGN_IN},
    desk::passkey::{Challenge, scripted},
    form::{Query, encode},
    page::{self, Top, go, show, time_words},
    token::{Claims, Scope},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    top: Top,
    root: &'static str,
    action: &'static str,
    sent: Sent,
    /// What a passkey answers, where one is offered.
    passkey: Option<Challenge>,
}

/// A password that was sent, as the page's own form carries it on.
#[derive(Default)]
pub(super) struct Sent {
    /// The transaction; empty before one was sent.
    pub(super) transaction: String,
    /// The last four digits of the mobile.
    pub(super) ends: String,
    /// Until when the password is valid.
    pub(super) until: String,
    /// The page that was asked for before signing in.
    pub(super) then: String,
}

impl Sent {
    pub(super) fn form(form: &Query) -> Self {
        let short = |name: &str, most| -> String {
            form.get(name).unwrap_or_default().chars().take(most).collect()
        };
        let ends = short("ends", 4);
        Self {
            transaction: short("transaction", 40),
            ends: if ends.bytes().all(|b| b.is_ascii_digit()) { ends } else { String::new() },
            until: short("until", 10),
            then: own_page(form.get("then")),
        }
    }
}

/// A page of ours to go to after signing in; anything else is left out.
pub(super) fn own_page(path: Option<&str>) -> String {
    let ours = path.filter(|path| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/?=&-_".contains(&b);
        path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
    });
    ours.filter(|path| path.len() <= 200).unwrap_or_default().to_owned()
}

/// The page that asks a resident to sign in, and goes on to where they were.
pub(crate) fn first_sign_in(then: &str) -> Response {
    go(&format!("/sign-in?then={}", encode(then)))
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
    /// The page that asks for a mobile.
    pub(crate) fn ask(self, top: Top, then: Option<&str>) -> Response {
        self.page(top, Sent { then: own_page(then), ..Sent::default() })
    }

    /// The same, with a challenge that a passkey may answer.
    pub(crate) fn ask_with(self, top: Top, passkey: Challenge) -> Response {
        let Self { root, action, .. } = self;
        let (sent, passkey) = (Sent::default(), Some(passkey));
        scripted(show(top.status(), &SignIn { top, root, action, sent, passkey }))
    }

    fn page(self, top: Top, sent: Sent) -> Response {
        let Self { root, action, .. } = self;
        show(top.status(), &SignIn { top, root, action, sent, passkey: None })
    }

    /// Sends the password.
    pub(crate) async fn send(self, web: &Web, caller: &Caller, body: &[u8]) -> Response {
        let form = Query::form(body);
        let then = own_page(form.get("then"));
        let asked = Sent { then, ..Sent::default() };
        let mobile = match Mobile::parse(form.get("mobile").unwrap_or("")) {
            Ok(mobile) => mobile,
            Err(why) => return self.page(Top::error(caller, &why.into()), asked),
        };
        let platform = &web.0.platform;
        match platform.send_code(&caller.ctx, &mobile, self.audience, &caller.source).await {
            Ok(transaction) => {
                let until = caller.ctx.now.saturating_add(CODE_LIFE).unwrap_or(caller.ctx.now);
                let sent = Sent {
                    transaction: transaction.to_string(),
                    ends: mobile.last_four().to_owned(),
                    until: time_words(until),
                    ..asked
                };
                self.page(Top::of(caller), sent)
            }
            Err(error) => self.page(Top::error(caller, &error), asked),
        }
    }

    /// Tries the password.
    pub(crate) async fn confirm(self, web: &Web, caller: &Caller, body: &[u8]) -> Response {
        let form = Query::form(body);
        let sent = Sent::form(&form);
        let anew = |error: &app::Error, then| {
            self.page(Top::error(caller, error), Sent { then, ..Sent::default() })
        };
        let Ok(transaction) = Uuid::try_parse(&sent.transaction) else {
            return anew(&app::Error::CodeExpired, sent.then);
        };
        let hashed = app::sign_in::sha256_hex(form.get("otp").unwrap_or(""));
        let platform = &web.0.platform;
        let confirmed =
            platform.confirm_code(&caller.ctx, transaction, &hashed, self.audience).await;
        let signed_in = match confirmed {
            Ok(signed_in) => signed_in,
            Err(error @ app::Error::WrongCode) => {
                return self.page(Top::error(caller, &error), sent);
            }
            Err(error) => return anew(&error, sent.then),
        };
        let now = caller.ctx.now.as_second();
        let claims = if matches!(self.audience, Audience::Staff) {
            match platform.enter_by_code(&caller.ctx, &signed_in.mobile).await {
                Ok(Some(staff)) => Claims::staff(&staff, transaction, now),
                Ok(None) => {
                    let text = "This mobile is not registered for staff. Ask your district.";
                    let mut top = Top::field(caller, "mobile", text);
                    if let Some(wrong) = &mut top.wrong {
                        wrong.status = StatusCode::FORBIDDEN;
                    }
                    return self.page(top, Sent::default());
                }
                Err(error) => return anew(&error, sent.then),
            }
        } else {
            of_resident(&signed_in, transaction, now)
        };
        let to = match (self.root, sent.then.as_str()) {
            ("/", "") => "/people",
            ("/", then) => then,
            (root, _) => root,
        };
        page::sign_in(go(to), web, caller, &claims)
    }
}

/// What the token of a resident says on pages.
pub(super) fn of_resident(signed_in: &SignedIn, transaction: Uuid, now: i64) -> Claims {
    Claims {
        mobile_number: signed_in.mobile.expose().parse().unwrap_or(0),
        // Long enough to fill in a family's details on a slow connection.
        exp: now + 3_600,
        ..Claims::new(signed_in.account.uuid, transaction, now, Scope::Resident)
    }
}

pub(super) async fn ask(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    RESIDENT.ask(Top::of(&caller), query.get("then"))
}

pub(super) async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    RESIDENT.send(&web, &caller, &body).await
}

pub(super) async fn confirm(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    RESIDENT.confirm(&web, &caller, &body).await
}

pub(super) async fn sign_out(caller: Caller) -> Response {
    SIGN_IN.forget(go("/"), &caller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_gone_to_after_signing_in() {
        assert_eq!(own_page(Some("/book?session=a-b&move=c")), "/book?session=a-b&move=c");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "people"] {
            assert_eq!(own_page(Some(foreign)), "", "{foreign}");
        }
    }
}
