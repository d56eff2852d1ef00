//! Two records of one person made one: by a call, on a resident's pages, and at a desk.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "merges/calls.rs"]
mod calls;
mod common;
#[path = "merges/desk.rs"]
mod desk;
#[path = "merges/pages.rs"]
mod pages;

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use common::{Answer, Server};
use jiff::SignedDuration;
use testkit::world::{Visit, first_dose};

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A record with one dose.
struct Record {
    reference: String,
    code: String,
}

/// Registers somebody, who has a dose today.
async fn vaccinated(server: &Server, mobile: &str, token: &str, document: u64) -> Record {
    let reference = server.register(token, document, "1980").await;
    let id = server.world.platform.by_reference(&reference).unwrap();
    let visit = server.world.give(mobile, id, &first_dose(document.into())).await;
    let Visit { reference, code, .. } = visit;
    Record { reference, code }
}

/// Somebody with a dose who is registered a second time with another mobile, and has one there that
/// goes with it. The tokens are of both mobiles, for now.
async fn twice(server: &Server, other: &str) -> (Record, Record, [String; 2]) {
    let token = server.sign_in(MOBILE).await;
    let stays = vaccinated(server, MOBILE, &token, 1).await;
    server.world.advance(HOUR * 24 * 100);
    let token = server.sign_in(other).await;
    let goes = vaccinated(server, other, &token, 2).await;
    server.world.advance(HOUR * 2);
    (stays, goes, [server.sign_in(MOBILE).await, server.sign_in(other).await])
}

/// Sends a form, as a browser does that is signed in.
async fn form(server: &Server, path: &str, token: Option<&str>, body: String) -> Answer {
    let mut request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::from(body)).unwrap()).await
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.clone()).unwrap()
}

/// The value of a hidden field.
fn hidden(answer: &Answer, name: &str) -> String {
    common::between(answer, &format!("name=\"{name}\" value=\""), "\"")
}

/// The values of the choices of a name, in the order of the page.
fn choices(answer: &Answer, name: &str) -> Vec<String> {
    let begin = format!("type=\"radio\" name=\"{name}\" value=\"");
    let page = text(answer);
    page.split(&begin).skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}
