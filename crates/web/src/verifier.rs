//! The verifier of certificates in the browser: a page, its script, and the WebAssembly that does
//! the work. It fetches what it needs once, works without a network from then on, and what it is
//! shown goes nowhere: its policy lets it reach this server only, and it asks for fixed files only.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};

use serde_json::Value;

use crate::{
    Web,
    caller::Caller,
    file::File,
    page::{Top, show},
    problem::Problem,
};

/// Scripts of our own and WebAssembly, nothing else; `blob:` for the picture that was chosen.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' blob:; connect-src 'self'; worker-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Fetched again on each visit with a network, so that a new release is not held up.
const KEPT: &str = "no-cache";
/// A list of withdrawn certificates may be a minute old here; what carries it may keep it as long.
const BUNDLE_KEPT: &str = "public, max-age=60";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/verify", get(page))
        .route("/verify/app.js", get(app))
        .route("/verify/worker.js", get(worker))
        .route("/verify/verifier.wasm", get(wasm))
        .route("/.well-known/trust-anchor.json", get(anchor))
        .route("/.well-known/trust-bundle", get(bundle))
        .route("/.well-known/jwks.json", get(keys))
        .route("/.well-known/did.json", get(did))
        .route("/.well-known/trust-list.json", get(trust_list))
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Page {
    top: Top,
}

async fn page(caller: Caller) -> Response {
    let page = show(StatusCode::OK, &Page { top: Top::of(&caller) });
    ([(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, KEPT)], page).into_response()
}

static APP: File = File::new(include_bytes!("../verifier/app.js"), "text/javascript");
static WORKER: File = File::new(include_bytes!("../verifier/worker.js"), "text/javascript");
static WASM: File = File::new(include_bytes!("../verifier/verifier.wasm"), "application/wasm");

async fn app(headers: HeaderMap) -> impl IntoResponse {
    script(&APP, &headers).await
}

/// It may look after the page itself, which lies above its own folder.
async fn worker(headers: HeaderMap) -> impl IntoResponse {
    let reach = [(HeaderName::from_static("service-worker-allowed"), "/verify")];
    (reach, script(&WORKER, &headers).await)
}

async fn script(file: &'static File, headers: &HeaderMap) -> impl IntoResponse + use<> {
    let set = [(CACHE_CONTROL, KEPT), (CONTENT_SECURITY_POLICY, POLICY)];
    (set, file.answer(headers).await)
}

async fn wasm(headers: HeaderMap) -> impl IntoResponse {
    ([(CACHE_CONTROL, KEPT)], WASM.answer(&headers).await)
}

/// The key that the bundle is signed with.
async fn anchor(State(web): State<Web>, caller: Caller) -> impl IntoResponse {
    let key = web.0.platform.trust_anchor(caller.ctx.now).to_jwk();
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, KEPT)], key.to_string())
}

/// The keys of SMART Health Cards and of wallets.
async fn keys(State(web): State<Web>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    Ok(open("application/json", &web.0.platform.json_web_keys(&caller.ctx).await?))
}

/// The document of our DID.
async fn did(State(web): State<Web>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let document = web.0.platform.did_document(caller.ctx.now).ok_or(app::Error::NotFound)?;
    Ok(open("application/did+json", &document))
}

/// Our document signers, for the lists that countries exchange.
async fn trust_list(State(web): State<Web>, caller: Caller) -> impl IntoResponse {
    open("application/json", &web.0.platform.trust_list(caller.ctx.now))
}

/// Verifiers on other pages ask for it, too.
fn open(kind: &'static str, document: &Value) -> impl IntoResponse + use<> {
    let open = (ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT), open], document.to_string())
}

/// Keys and withdrawn certificates, signed.
async fn bundle(State(web): State<Web>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let bundle = web.0.platform.trust_bundle(&caller.ctx).await?;
    Ok(([(CONTENT_TYPE, "application/jose"), (CACHE_CONTROL, BUNDLE_KEPT)], bundle.to_string()))
}
