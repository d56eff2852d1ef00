//! A browser sends our cookies to our pages only, and not in clear where a proxy speaks TLS.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::Settings;
use axum::{body::Body, http::Request};
use common::Server;

/// The cookies that a browser is told to forget, with everything that is said of them.
async fn told(trusts_proxy: bool, proto: Option<&str>) -> Vec<String> {
    let server = Server::start_behind(Settings::default(), trusts_proxy).await;
    let mut request = Request::post("/desk/sign-out");
    if let Some(proto) = proto {
        request = request.header("x-forwarded-proto", proto);
    }
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies.map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_cookie_stays_out_of_clear_text() {
    let plain = [
        "teeka_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
        "teeka_last_record=; Path=/desk; Max-Age=0; HttpOnly; SameSite=Strict",
    ];
    assert_eq!(told(false, None).await, plain);
    // Anybody can say so who does not come through a proxy of ours.
    assert_eq!(told(false, Some("https")).await, plain);
    let secure = plain.map(|cookie| format!("{cookie}; Secure"));
    assert_eq!(told(true, Some("https")).await, secure);
    assert_eq!(told(true, None).await, secure);
    assert_eq!(told(true, Some("http")).await, plain);
}
