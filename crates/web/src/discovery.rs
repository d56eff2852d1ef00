//! Answers to searches, made once and given many times: bytes already written and compressed,
//! made anew when something changed in their area, at most a few times a second.

use std::{sync::Arc, sync::OnceLock};

use app::inventory::{Area, Offer};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::session::Channel;
use jiff::{Timestamp, civil::Date};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use crate::{Web, cowin::shape, language::Twins};

/// An answer is made anew at most so often, however fast its area changes.
///
/// # Units
///
/// Milliseconds. With the inventory's own 250 it keeps every answer below a second.
const REST_MS: i64 = 300;
/// All answers together; beyond, they are forgotten and made again as asked.
///
/// # Units
///
/// Bytes: 256 MiB.
const MOST_BYTES: usize = 256 << 20;

/// The header that says how old the seats shown are.
pub(crate) const AGE: HeaderName = HeaderName::from_static("data-age-ms");

/// What an answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Sessions of one day with a free place.
    Find,
    /// Centres with their sessions of seven days.
    Calendar,
    /// One centre with its sessions of seven days.
    Center,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) area: Area,
    pub(crate) from: Date,
    pub(crate) twins: Twins,
}

/// An answer as bytes.
struct Made {
    version: u64,
    at: i64,
    plain: Bytes,
    zstd: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    tag: HeaderValue,
}

/// The answers made so far.
#[derive(Default)]
pub(crate) struct Cache {
    answers: RwLock<(FxHashMap<Asked, Arc<Made>>, usize)>,
}

/// Answers a search from memory.
pub(crate) fn answer(web: &Web, asked: Asked, headers: &HeaderMap, now: Timestamp) -> Response {
    let made = current(web, asked, now);
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let unchanged = text(header::IF_NONE_MATCH)
        .is_some_and(|known| made.tag.to_str().is_ok_and(|tag| known.contains(tag)));
    let accepted = text(header::ACCEPT_ENCODING).unwrap_or("");
    let (body, encoding) = if unchanged {
        (Bytes::new(), None)
    } else if made.plain.len() > 600 && accepted.contains("zstd") {
        (made.zstd.get_or_init(|| zstd_of(&made.plain)).clone(), Some("zstd"))
    } else if made.plain.len() > 600 && accepted.contains("gzip") {
        (made.gzip.get_or_init(|| gzip_of(&made.plain)).clone(), Some("gzip"))
    } else {
        (made.plain.clone(), None)
    };
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = (status, body).into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=1"));
    set.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Accept-Language"));
    set.insert(header::ETAG, made.tag.clone());
    set.insert(AGE, age_ms(web, now));
    if let Some(encoding) = encoding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// How old what is shown is.
///
/// # Units
///
/// Milliseconds.
pub(crate) fn age_ms(web: &Web, now: Timestamp) -> HeaderValue {
    let refreshed = web.0.platform.inventory().refreshed_at();
    HeaderValue::from((now.as_millisecond() - refreshed.as_millisecond()).max(0))
}

fn current(web: &Web, asked: Asked, now: Timestamp) -> Arc<Made> {
    let cache = &web.0.discovery;
    let version = web.0.platform.inventory().version(asked.area);
    let held = cache.answers.read().0.get(&asked).cloned();
    if let Some(held) = held
        && (held.version == version || now.as_millisecond() - held.at < REST_MS)
    {
        return held;
    }
    let plain = Bytes::from(write(web, asked));
    let hash = app::sign_in::sha256_hex(std::str::from_utf8(&plain).unwrap_or_default());
    let tag = HeaderValue::try_from(format!("\"{}\"", &hash[..16]))
        .expect("hex digits in quotes are a header value");
    let made = Arc::new(Made {
        version,
        at: now.as_millisecond(),
        plain,
        zstd: OnceLock::new(),
        gzip: OnceLock::new(),
        tag,
    });
    // Answers for days without any session are cheap, and whoever asks for all of them would
    // fill the memory.
    if made.plain.len() > 20 {
        let mut held = cache.answers.write();
        held.1 += made.plain.len();
        if held.1 > MOST_BYTES {
            held.0.clear();
            held.1 = made.plain.len();
        }
        held.0.insert(asked, Arc::clone(&made));
    }
    made
}

/// Writes the answer. The contract's public calls know no filter.
fn write(web: &Web, asked: Asked) -> Vec<u8> {
    let days = if asked.kind == Kind::Find { 1 } else { 7 };
    let offers = web.0.platform.inventory().offers(asked.area, asked.from, days);
    let mut offers = app::search::without_cancelled(offers);
    if let (Area::Facility(id), []) = (asked.area, offers.as_slice()) {
        // Clients read the list of sessions of the one centre without looking whether it is there.
        let known = web.0.platform.inventory().facility(id);
        offers.extend(known.map(|facility| Offer { facility, sessions: Vec::new() }));
    }
    let value = json_of(web, asked.kind, &offers, asked.twins);
    serde_json::to_vec(&value).expect("a value is JSON")
}

/// The body of a search's answer.
pub(crate) fn json_of(web: &Web, kind: Kind, offers: &[Offer], twins: Twins) -> Value {
    match kind {
        Kind::Find => {
            let mut sessions = Vec::new();
            for offer in offers {
                for seats in &offer.sessions {
                    if (1..=3).any(|dose| seats.free(Channel::Online, dose) > 0) {
                        let found = shape::found(web, &offer.facility, seats, twins);
                        sessions.push(Value::Object(found));
                    }
                }
            }
            json!({ "sessions": sessions })
        }
        Kind::Calendar => {
            let centers: Vec<_> =
                offers.iter().map(|offer| shape::calendar(web, offer, twins)).collect();
            json!({ "centers": centers })
        }
        // One object, not a list: so the wire had it.
        Kind::Center => {
            let center = offers.first().map(|offer| shape::calendar(web, offer, twins));
            json!({ "centers": center.unwrap_or_else(|| json!({})) })
        }
    }
}

fn zstd_of(plain: &[u8]) -> Bytes {
    zstd::bulk::compress(plain, 3).expect("memory takes bytes").into()
}

fn gzip_of(plain: &[u8]) -> Bytes {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(plain).expect("memory takes bytes");
    gzip.finish().expect("memory takes bytes").into()
}
