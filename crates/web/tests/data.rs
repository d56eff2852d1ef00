//! What is held of whom, said to everybody: the page has every thing of the data manifest with all its
//! purposes, in both languages; who registers a person is told the same; and the signed form is given
//! once to each who asks.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::manifest::{manifest, verify};
use axum::{body::Body, http::Request};
use common::{Server, page};
use domain::manifest::{
    ASKED,
    datum::Datum,
    kept,
    words::{Form, Life, Words},
};
use domain::purpose::Purpose;

const MOBILE: &str = "7500000001";

/// The sentences that a page must have about a thing.
fn sentences(datum: Datum) -> Vec<Words> {
    let held = kept(datum);
    let mut words = vec![datum.words(), datum.basis().words()];
    words.extend(datum.purposes().into_iter().map(Purpose::words));
    words.extend(held.forms.into_iter().map(Form::words));
    words.extend(held.lives.into_iter().map(Life::words));
    words.extend(datum.openings().iter().map(|(who, _)| who.words()));
    words
}

fn text(bytes: &[u8]) -> String {
    // As a template writes what could be taken for a tag.
    String::from_utf8(bytes.to_vec()).unwrap().replace("&#39;", "'").replace("&#x27;", "'")
}

/// What of a thing a page does not say.
fn unsaid(page: &str, datums: &[Datum], of: impl Fn(Words) -> &'static str) -> Vec<&'static str> {
    let sentences = datums.iter().flat_map(|datum| sentences(*datum)).map(of);
    sentences.filter(|sentence| !page.contains(sentence)).collect()
}

#[tokio::test]
async fn the_page_says_all_of_the_manifest_in_both_languages() {
    let server = Server::open().await;
    let personal: Vec<_> = Datum::ALL.iter().copied().filter(|datum| datum.is_personal()).collect();
    assert!(personal.len() > 20);
    let english = page(&server, "/data", None).await;
    assert_eq!(english.status, 200);
    let english = text(&english.bytes);
    assert_eq!(unsaid(&english, &personal, |words| words.english), Vec::<&str>::new());
    let hindi = text(&page(&server, "/data?language=hi", None).await.bytes);
    assert_eq!(unsaid(&hindi, &personal, |words| words.hindi), Vec::<&str>::new());
    assert!(hindi.contains("<div lang=\"hi\">") && english.contains("<div lang=\"en\">"));
    // Each page leads to it; one that lacks a sentence is found out.
    assert!(text(&page(&server, "/", None).await.bytes).contains("href=\"/data\""));
    let short = english.replace("Year of birth", "");
    assert_eq!(unsaid(&short, &personal, |words| words.english), ["Year of birth"]);
}

#[tokio::test]
async fn who_registers_a_person_is_told_what_is_asked_for_and_why() {
    let server = Server::open().await;
    let token = server.sign_in(MOBILE).await;
    let form = text(&page(&server, "/people/add", Some(&token)).await.bytes);
    for datum in ASKED.into_iter().filter(|datum| *datum != Datum::Mobile) {
        assert!(form.contains(datum.words().english), "{datum:?}");
        for why in datum.purposes() {
            assert!(form.contains(why.words().english), "{datum:?} {why:?}");
        }
    }
}

#[tokio::test]
async fn the_manifest_is_given_signed_and_not_sent_again() {
    let server = Server::open().await;
    let path = "/.well-known/data-manifest.json";
    let given = page(&server, path, None).await;
    let anchor = server.world.platform.trust_anchor(server.world.now());
    assert_eq!(verify(&given.bytes, &anchor), Ok(manifest()));
    assert_eq!(given.header("content-type"), Some("application/json"));
    assert_eq!(given.header("access-control-allow-origin"), Some("*"));
    let tag = given.header("etag").unwrap();
    let again = Request::get(path).header("if-none-match", tag).body(Body::empty()).unwrap();
    let again = server.send(again).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}
