//! A small search engine. It crawls on a schedule of its own, keeps copies, honours robots.txt,
//! noindex and 410, answers queries, and takes IndexNow, Bing's blocks and inspections within limits.
//!
//! What it is not: a real engine may be slower, keep more, and take something back that it was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::{get, post},
};
use exposure::takedown::robots::Robots;
use serde_json::{Value, json};

use crate::net;

/// Hours between two visits to a page that nobody told it about.
const SLOW: u64 = 30 * 24;

/// A page that it knows.
#[derive(Default)]
struct Page {
    /// When it is visited next, in hours.
    due: u64,
    /// Its text, if it is in the index.
    text: Option<String>,
    /// The copy that it shows.
    copy: Option<String>,
    /// How often it was not found.
    missing: u32,
    /// The date that a sitemap gave it.
    dated: String,
    /// Until when it is blocked, in hours.
    blocked: u64,
}

#[derive(Default)]
struct Index {
    hour: u64,
    pages: BTreeMap<String, Page>,
    calls: BTreeMap<&'static str, usize>,
}

/// The engine, and where its interfaces are.
#[derive(Clone)]
pub(crate) struct Engine {
    index: Arc<Mutex<Index>>,
    /// The server through which it sees the web.
    web: String,
    host: &'static str,
    /// Where it serves.
    pub(crate) url: String,
    /// How many inspections and blocks it allows.
    limits: (usize, usize),
}

impl Engine {
    /// Starts an engine that sees a host at a server.
    pub(crate) fn start(web: String, host: &'static str, limits: (usize, usize)) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let engine = Self { index: Arc::default(), web, host, url, limits };
        let router = Router::new()
            .route("/indexnow", post(indexnow))
            .route("/AddBlockedUrl", post(block))
            .route("/urlInspection/index:inspect", post(inspect))
            .route("/search", get(search))
            .with_state(engine.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        engine
    }

    /// The part of a set-up in which it is told of, as three kinds, and a person is told besides.
    pub(crate) fn setup(&self) -> String {
        let (url, host) = (&self.url, self.host);
        format!(
            "[[engines]]
kind = \"indexnow\"
endpoint = \"{url}/indexnow\"
key_env = \"INDEXNOW\"
[[engines]]
kind = \"bing\"
endpoint = \"{url}\"
key_env = \"BING\"
[[engines]]
kind = \"google\"
[[engines]]
kind = \"inspection\"
endpoint = \"{url}\"
token_env = \"GOOGLE\"
property = \"sc-domain:{host}\"
"
        )
    }

    /// Lets hours pass, and visits what is due in each.
    pub(crate) fn pass(&self, hours: u64) {
        for _ in 0..hours {
            let mut index = self.index.lock().unwrap();
            index.hour += 1;
            if index.hour % 24 == 1 {
                self.read_sitemaps(&mut index, "/sitemap.xml");
                self.read_sitemaps(&mut index, "/removed/removed.xml");
                index.calls.clear();
            }
            self.visit_due(&mut index);
        }
    }

    fn fetch(&self, url: &str) -> net::Answer {
        let path = self.path(url);
        net::get(&self.web, self.host, if path.is_empty() { "/" } else { path })
    }

    fn path<'u>(&self, url: &'u str) -> &'u str {
        url.strip_prefix("http://").unwrap().strip_prefix(self.host).unwrap()
    }

    /// What a sitemap dates anew is visited within the hour.
    fn read_sitemaps(&self, index: &mut Index, path: &str) {
        let answer = self.fetch(&format!("http://{}{path}", self.host));
        if answer.status != 200 {
            return;
        }
        for entry in answer.body.split("<loc>").skip(1) {
            let url = entry.split("</loc>").next().unwrap().replace("&amp;", "&");
            // An index of sitemaps lists others.
            if url.rsplit('.').next() == Some("xml") {
                self.read_sitemaps(index, self.path(&url));
                continue;
            }
            let dated = entry.split("<lastmod>").nth(1).and_then(|rest| rest.split('<').next());
            let dated = dated.unwrap_or_default().to_owned();
            let hour = index.hour;
            let page = index.pages.entry(url).or_default();
            if page.due == 0 || page.dated != dated {
                (page.due, page.dated) = (hour, dated);
            }
        }
    }

    fn visit_due(&self, index: &mut Index) {
        let robots = self.fetch(&format!("http://{}/robots.txt", self.host));
        let robots = if robots.status == 200 { robots.body } else { String::new() };
        let robots = Robots::of(&robots, "Googlebot");
        let hour = index.hour;
        let due: Vec<_> = index
            .pages
            .iter()
            .filter(|(_, page)| page.due <= hour)
            .map(|(url, _)| url.clone())
            .collect();
        // Over one connection: there may be a million of them.
        let mut line = net::Line::open(&self.web, self.host);
        for url in due {
            let path = self.path(&url);
            let visited = robots.allow(path).then(|| line.get(path));
            let page = index.pages.get_mut(&url).unwrap();
            page.due = hour + SLOW;
            if let Some(answer) = visited {
                page.learn(&answer);
            }
        }
    }

    /// What it shows for a word: addresses of results, and of copies.
    pub(crate) fn results(&self, word: &str) -> BTreeSet<String> {
        let index = self.index.lock().unwrap();
        let shown = index.pages.iter().filter(|(_, page)| {
            let has = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(word));
            page.blocked <= index.hour && (has(&page.text) || has(&page.copy))
        });
        shown.map(|(url, _)| url.clone()).collect()
    }

    /// How many pages it has of a word, shown or blocked.
    pub(crate) fn kept(&self, word: &str) -> usize {
        let index = self.index.lock().unwrap();
        let has = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(word));
        index.pages.values().filter(|page| has(&page.text) || has(&page.copy)).count()
    }

    fn is_indexed(&self, url: &str) -> bool {
        let index = self.index.lock().unwrap();
        index.pages.get(url).is_some_and(|page| page.text.is_some())
    }

    /// Counts a call of the day, and says whether it is still within the limit.
    fn count(&self, what: &'static str, limit: usize) -> bool {
        let mut index = self.index.lock().unwrap();
        let calls = index.calls.entry(what).or_default();
        *calls += 1;
        *calls <= limit
    }
}

impl Page {
    fn learn(&mut self, answer: &net::Answer) {
        let robots = answer.header("x-robots-tag").unwrap_or_default();
        match answer.status {
            410 => *self = Self { due: self.due, dated: self.dated.clone(), ..Self::default() },
            404 => {
                self.missing += 1;
                if self.missing >= 3 {
                    (self.text, self.copy) = (None, None);
                }
            }
            200 if robots.contains("noindex") => (self.text, self.copy) = (None, None),
            200 => {
                self.missing = 0;
                self.text = Some(answer.body.clone());
                self.copy = (!robots.contains("noarchive")).then(|| answer.body.clone());
            }
            // A redirection or a failure takes nothing out.
            _ => {}
        }
    }
}

async fn indexnow(State(engine): State<Engine>, Json(call): Json<Value>) -> StatusCode {
    let (key, host) = (call["key"].as_str().unwrap(), call["host"].as_str().unwrap());
    let urls = call["urlList"].as_array().unwrap();
    if host != engine.host || urls.len() > 10_000 {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    if !engine.count("indexnow", 100) {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let location = call["keyLocation"].as_str().unwrap().to_owned();
    let fetching = engine.clone();
    let published = tokio::task::spawn_blocking(move || fetching.fetch(&location)).await.unwrap();
    if published.status != 200 || published.body.trim() != key {
        return StatusCode::FORBIDDEN;
    }
    let mut index = engine.index.lock().unwrap();
    // It comes when it likes: within six hours.
    for (number, url) in (0..).zip(urls) {
        let due = index.hour + 1 + number % 6;
        index.pages.entry(url.as_str().unwrap().to_owned()).or_default().due = due;
    }
    StatusCode::ACCEPTED
}

async fn block(
    State(engine): State<Engine>,
    Query(query): Query<BTreeMap<String, String>>,
    Json(call): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let refused = |code: u8| (StatusCode::BAD_REQUEST, Json(json!({ "ErrorCode": code })));
    if query.get("apikey").is_none_or(|key| key != "bing-key") {
        return refused(3);
    }
    if !engine.count("block", engine.limits.1) {
        return refused(4);
    }
    let blocked = &call["blockedUrl"];
    let url = blocked["Url"].as_str().unwrap();
    let directory = blocked["EntityType"] == 1;
    let mut index = engine.index.lock().unwrap();
    let until = index.hour + 90 * 24;
    for (known, page) in &mut index.pages {
        if known == url || (directory && known.starts_with(url)) {
            page.blocked = until;
        }
    }
    (StatusCode::OK, Json(json!({ "d": null })))
}

async fn inspect(
    State(engine): State<Engine>,
    headers: axum::http::HeaderMap,
    Json(call): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if headers.get("authorization").is_none_or(|token| token != "Bearer google-token") {
        return (StatusCode::FORBIDDEN, Json(json!({})));
    }
    if !engine.count("inspect", engine.limits.0) {
        return (StatusCode::TOO_MANY_REQUESTS, Json(json!({})));
    }
    let indexed = engine.is_indexed(call["inspectionUrl"].as_str().unwrap());
    let (verdict, state) =
        if indexed { ("PASS", "Submitted and indexed") } else { ("NEUTRAL", "Not found (404)") };
    let status = json!({ "verdict": verdict, "coverageState": state });
    (StatusCode::OK, Json(json!({ "inspectionResult": { "indexStatusResult": status } })))
}

async fn search(
    State(engine): State<Engine>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<BTreeSet<String>> {
    Json(engine.results(query.get("q").map_or("", String::as_str)))
}
