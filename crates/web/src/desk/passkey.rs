//! Signing in with a passkey, and what a page needs to ask for one: the only script of the desk.

use app::{
    passkey::Shown,
    webauthn::{Asserted, RelyingParty},
};
use axum::{
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    Web,
    caller::Caller,
    file::File,
    form::Query,
    page::{self, Top, go},
    portal::STAFF,
    token::Claims,
};

/// The policy of all pages, and a script of our own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

static SCRIPT: File = File::new(include_bytes!("../../desk/passkey.js"), "text/javascript");

/// What a page asks a passkey.
pub(crate) struct Challenge {
    /// What is to be answered, base64url.
    pub(crate) challenge: String,
    /// To whom passkeys are bound.
    pub(crate) party: String,
}

/// Lets a page use the script.
pub(crate) fn scripted(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

pub(super) async fn script(headers: HeaderMap) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-cache")], SCRIPT.answer(&headers).await)
}

/// To whom passkeys are bound on the page that is asked for. On a computer that a server is tried out
/// on, only under the one name that browsers have passkeys for.
pub(super) fn party<'a>(web: &'a Web, headers: &HeaderMap) -> Option<&'a RelyingParty> {
    let party = web.0.relying_party.as_ref()?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let named = host.is_some_and(|host| party.origin.ends_with(&format!("://{host}")));
    (named || !party.is_loopback()).then_some(party)
}

/// The page that asks who it is, with a passkey's challenge where one can be used.
pub(super) fn ask(web: &Web, caller: &Caller, headers: &HeaderMap, top: Top) -> Response {
    match party(web, headers) {
        Some(party) => {
            let challenge = web.0.platform.sign_in_challenge(&caller.ctx);
            STAFF.ask_with(top, Challenge { challenge, party: party.id.clone() })
        }
        None => STAFF.ask(top, None),
    }
}

/// Bytes that a script put into a form.
pub(super) fn bytes(form: &Query, name: &str) -> Vec<u8> {
    form.get(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).unwrap_or_default()
}

pub(super) async fn sign_in(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Query::form(&body);
    let part = |name| bytes(&form, name);
    let (credential, user) = (part("credential"), part("user"));
    let (client_data, authenticator_data) = (part("client_data"), part("authenticator_data"));
    let signature = part("signature");
    let said = Asserted {
        client_data: &client_data,
        authenticator_data: &authenticator_data,
        signature: &signature,
    };
    let shown = Shown { credential: &credential, user: &user, said };
    let platform = &web.0.platform;
    let proven = match web.0.relying_party.as_ref() {
        Some(party) => platform.sign_in_by_passkey(&caller.ctx, party, &shown).await,
        None => Err(app::Error::NotProven),
    };
    match proven {
        Ok(staff) => {
            let (now, id) = (caller.ctx.now.as_second(), caller.ctx.random_uuid());
            page::sign_in(go("/desk"), &web, &caller, &Claims::staff(&staff, id, now))
        }
        Err(error) => ask(&web, &caller, &headers, Top::error(&caller, &error)),
    }
}
