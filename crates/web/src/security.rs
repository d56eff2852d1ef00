//! Where who finds a weakness tells it: `security.txt`, which is made anew each day, so that it never
//! runs out.

use axum::{Router, extract::State, http::HeaderMap, response::Response, routing::get};
use jiff::Timestamp;

use crate::{Web, caller::Caller, file::public_text, problem::Problem};

/// For how many days it holds.
///
/// # Source
///
/// RFC 9116, section 2.5.5: less than a year is recommended.
const DAYS: i64 = 90;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/.well-known/security.txt", get(security))
}

async fn security(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let contact = web.0.security_contact.as_deref();
    let address = web.0.platform.settings().public_address.as_deref();
    if contact.is_none() && address.is_none() {
        return Err(app::Error::NotFound.into());
    }
    let text = text(contact, address, caller.ctx.now);
    Ok(public_text("text/plain; charset=utf-8", &text, &headers))
}

/// # Source
///
/// RFC 9116, section 2.5: `Contact` and `Expires` have to be there, the latter once. Who is preferred comes
/// first.
fn text(contact: Option<&str>, address: Option<&str>, now: Timestamp) -> String {
    let day = now.as_second().div_euclid(86_400) + DAYS;
    let expires = Timestamp::from_second(day * 86_400).unwrap_or(now);
    let page = address.map(|address| [address, "/report"].concat());
    let contacts = contact.into_iter().chain(page.as_deref());
    let mut text: String = contacts.flat_map(|one| ["Contact: ", one, "\n"]).collect();
    text += &["Expires: ", &expires.to_string(), "\nPreferred-Languages: en, hi\n"].concat();
    if let Some(address) = address {
        text += &["Canonical: ", address, "/.well-known/security.txt\n"].concat();
    }
    text
}
