//! Files that are part of the program and large enough to be sent compressed: compressed once, at
//! the first visit, and not sent at all to who has them already. And texts that are the same for
//! everybody for a while.

use std::sync::OnceLock;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

/// How well, from 1 to 22: 12 makes of the verifier's 2.0 MB 0.63 in a third of a second; 19 would
/// make 0.58 in two.
const ZSTD_LEVEL: i32 = 12;

/// A file that is part of the program.
pub(crate) struct File {
    plain: &'static [u8],
    kind: HeaderValue,
    made: OnceLock<[Form; 3]>,
}

/// A file as it travels.
struct Form {
    encoding: Option<&'static str>,
    bytes: Bytes,
    /// Strong: each form has its own.
    tag: HeaderValue,
}

impl File {
    /// A file of a media type.
    pub(crate) const fn new(plain: &'static [u8], kind: &'static str) -> Self {
        Self { plain, kind: HeaderValue::from_static(kind), made: OnceLock::new() }
    }

    /// The file in the best form that is accepted; nothing but its tag for who has that form.
    pub(crate) async fn answer(&'static self, headers: &HeaderMap) -> Response {
        let forms = self.forms().await;
        let accepted = |form: &&Form| form.encoding.is_none_or(|name| accepts(headers, name));
        let form = forms.iter().find(accepted).expect("the plain form is always accepted");
        let known = is_known(headers, &form.tag);
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            form.bytes.clone().into_response()
        };
        let set = response.headers_mut();
        set.insert(header::ETAG, form.tag.clone());
        set.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        set.insert(header::CONTENT_TYPE, self.kind.clone());
        if let (Some(encoding), false) = (form.encoding, known) {
            set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    async fn forms(&'static self) -> &'static [Form; 3] {
        if let Some(made) = self.made.get() {
            return made;
        }
        // Others are answered meanwhile.
        let made = tokio::task::spawn_blocking(|| self.made.get_or_init(|| make(self.plain)));
        made.await.expect("memory takes bytes")
    }
}

/// The forms, the best one first.
fn make(plain: &'static [u8]) -> [Form; 3] {
    let digest = app::sign_in::sha256_hex(plain);
    let form = |encoding: Option<&'static str>, bytes: Bytes| {
        let name = encoding.map(|name| format!("-{name}")).unwrap_or_default();
        Form { encoding, bytes, tag: tag(&digest, &name) }
    };
    let zstd = zstd::bulk::compress(plain, ZSTD_LEVEL).expect("memory takes bytes");
    [
        form(Some("zstd"), zstd.into()),
        form(Some("gzip"), gzip(plain).into()),
        form(None, Bytes::from_static(plain)),
    ]
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(plain).expect("memory takes bytes");
    gzip.finish().expect("memory takes bytes")
}

/// Whether an encoding is named as accepted, and not with the weight zero.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    values(headers, header::ACCEPT_ENCODING).any(|value| {
        let (name, parameters) = value.split_once(';').unwrap_or((value, ""));
        let weight = parameters.trim().to_ascii_lowercase();
        let weight = weight.strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// The values of a header that is a list.
fn values(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(name).into_iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}

/// A text for everybody, unless the caller has it. It is made anew after a minute here, and kept no
/// longer by what stands between.
pub(crate) fn public_text(kind: &'static str, text: &str, headers: &HeaderMap) -> Response {
    let tag = tag(&app::sign_in::sha256_hex(text), "");
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        text.to_owned().into_response()
    };
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    set.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    set.insert(header::ETAG, tag);
    response
}

/// What something of this digest is called, in the form of this name.
fn tag(digest: &str, form: &str) -> HeaderValue {
    let tag = HeaderValue::try_from(format!("\"{}{form}\"", &digest[..32]));
    tag.expect("hex digits in quotes are a header value")
}

/// Whether the caller has what is called so.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    values(headers, header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
