//! "Was I in it?": the rolls of alleged dumps, and asking them. A page with a script asks blind, by the
//! calls that are here, too: whoever answers is told nothing of whom is asked about. Without a script a
//! resident asks openly about their own mobile, and the page says what that means.

use app::{questions, rolls::Roll as Published, rolls::RollId};
use askama::Template;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use oprf::{
    function::{Element, Evaluated},
    question::Question,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Web,
    caller::Caller,
    file::File,
    form::Query,
    page::{Top, day_of, show},
    portal::first_sign_in,
    problem::Problem,
    token::Scope,
};

/// Scripts of our own and WebAssembly, nothing else, and nowhere to go but here.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self'; connect-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";
/// Fetched again on each visit, so that a new release is not held up.
const KEPT: &str = "no-cache";
/// A bucket is the same for everybody and never changes; a roll may be taken back.
const BUCKET_KEPT: &str = "public, max-age=3600";
/// Where the page is.
const PAGE: &str = "/rolls";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/teeka/v1/questions", post(confirm))
        .route("/api/teeka/v1/rolls", get(list))
        .route("/api/teeka/v1/rolls/{roll}/answers", post(answer))
        .route("/api/teeka/v1/rolls/{roll}/buckets/{bucket}", get(bucket))
        .route("/rolls", get(page))
        .route("/rolls/app.js", get(script))
        .route("/rolls/asker.wasm", get(wasm))
}

/// What is published, with the keys that answers are proven by.
async fn list(State(web): State<Web>, caller: Caller) -> Result<Json<Value>, Problem> {
    let platform = &web.0.platform;
    let keys = platform.question_keys(&caller.ctx).into_iter();
    let keys: Value =
        keys.map(|(day, key)| json!({ "day": day, "key": hex::encode(key) })).collect();
    let rolls: Value = platform.rolls().await?.iter().map(told).collect();
    Ok(Json(json!({ "question_keys": keys, "rolls": rolls })))
}

fn told(roll: &Published) -> Value {
    json!({
        "id": roll.id,
        "title": roll.title,
        "published_at": roll.published_at,
        "holds": roll.holds,
        "key": roll.key,
        "bits": roll.bits,
        "bucket_bytes": roll.bucket_bytes,
        "sha256": roll.sha256,
    })
}

/// What the body of a call holds. Anything else is said to be so, without repeating it.
fn read<'a, T: Deserialize<'a>>(body: &'a Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|_| Problem::invalid("expected JSON of the documented shape"))
}

fn element(text: &str) -> Result<Element, Problem> {
    let mut element = Element::default();
    let read = hex::decode_to_slice(text, &mut element);
    read.map_err(|_| Problem::invalid("an element of the group has 64 hex digits"))?;
    Ok(element)
}

#[derive(Deserialize)]
struct Asked {
    blinded: Vec<String>,
}

/// Confirms questions of a resident, who is told nothing but that and of whom nothing is seen.
async fn confirm(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    if !caller.has(&[Scope::Resident]) {
        return Err(app::Error::Unauthenticated.into());
    }
    let asked: Asked = read(&body)?;
    let each = asked.blinded.iter().take(questions::A_DAY as usize + 1).map(|one| element(one));
    let blinded = each.collect::<Result<Vec<_>, _>>()?;
    let confirmed = web.0.platform.confirm_questions(&caller.ctx, &blinded).await?;
    let mut said = evaluated(&confirmed.evaluated);
    said["day"] = confirmed.day.into();
    said["key"] = hex::encode(confirmed.key).into();
    Ok(Json(said))
}

/// What blinded elements became: as long for one as for any other.
fn evaluated(made: &Evaluated) -> Value {
    let elements: Value = made.elements.iter().map(hex::encode).collect();
    json!({ "evaluated": elements, "proof": hex::encode(made.proof) })
}

/// A roll that a path names. What can be none is answered like one that is not there.
fn named(text: &str) -> Result<RollId, Problem> {
    RollId::parse(text).ok_or_else(|| app::Error::NotFound.into())
}

#[derive(Deserialize)]
struct Use {
    question: String,
    blinded: String,
}

/// Answers a question. Who asks need not be signed in, and should not be.
async fn answer(
    State(web): State<Web>,
    caller: Caller,
    roll: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let roll = named(&roll.map(|Path(text)| text).unwrap_or_default())?;
    let used: Use = read(&body)?;
    let question = Question::read(&used.question)
        .ok_or_else(|| Problem::invalid("a question has 136 hex digits"))?;
    let blinded = element(&used.blinded)?;
    let platform = &web.0.platform;
    let made = platform.answer_question(&caller.ctx, &roll, &question, &blinded).await?;
    Ok(Json(evaluated(&made)))
}

async fn bucket(
    State(web): State<Web>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let (roll, bucket) = path.map(|Path(both)| both).unwrap_or_default();
    let bucket: u32 = bucket.parse().map_err(|_| app::Error::NotFound)?;
    let bytes = web.0.platform.roll_bucket(&named(&roll)?, bucket).await?;
    let set = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, BUCKET_KEPT)];
    Ok((set, bytes).into_response())
}

#[derive(Template)]
#[template(path = "rolls.html")]
struct Page {
    top: Top,
    rolls: Vec<View>,
    /// How many questions a mobile gets in a day.
    a_day: u32,
    /// What came of asking openly: the title of the roll, and whether the mobile is in it.
    told: Option<(String, bool)>,
}

struct View {
    id: String,
    title: String,
    published: String,
    holds: String,
}

impl View {
    fn of(roll: &Published) -> Self {
        let at = roll.published_at.parse::<Timestamp>();
        Self {
            id: roll.id.clone(),
            title: roll.title.clone(),
            published: at.map(day_of).unwrap_or_default(),
            holds: roll.holds.join(", "),
        }
    }
}

async fn shown(web: &Web, caller: &Caller, top: Top, told: Option<(String, bool)>) -> Response {
    let (top, rolls) = match web.0.platform.rolls().await {
        Ok(rolls) => (top, rolls),
        Err(error) => (Top::error(caller, &error), Vec::new()),
    };
    let rolls = rolls.iter().map(View::of).collect();
    let page = Page { rolls, a_day: questions::A_DAY, told, top };
    let page = show(page.top.status(), &page);
    ([(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, KEPT)], page).into_response()
}

async fn page(State(web): State<Web>, caller: Caller) -> Response {
    shown(&web, &caller, Top::of(&caller), None).await
}

/// Asks openly about the mobile of whoever is signed in.
pub(crate) async fn openly(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !caller.has(&[Scope::Resident]) {
        return first_sign_in(PAGE);
    }
    match looked_up(&web, &caller, &headers, &Query::form(&body)).await {
        Ok(told) => shown(&web, &caller, Top::of(&caller), Some(told)).await,
        Err(error) => shown(&web, &caller, Top::error(&caller, &error), None).await,
    }
}

async fn looked_up(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    form: &Query,
) -> app::Result<(String, bool)> {
    let platform = &web.0.platform;
    let id = form.get("roll").and_then(RollId::parse).ok_or(app::Error::NotFound)?;
    let mobile = caller.mobile(web, headers);
    let (roll, is_in) = platform.ask_openly(&caller.ctx, &id, mobile.expose()).await?;
    Ok((roll.title, is_in))
}

static SCRIPT: File = File::new(include_bytes!("../asker/app.js"), "text/javascript");
static WASM: File = File::new(include_bytes!("../asker/asker.wasm"), "application/wasm");

async fn script(headers: HeaderMap) -> impl IntoResponse {
    ([(CACHE_CONTROL, KEPT)], SCRIPT.answer(&headers).await)
}

async fn wasm(headers: HeaderMap) -> impl IntoResponse {
    ([(CACHE_CONTROL, KEPT)], WASM.answer(&headers).await)
}
