//! Forms of our own pages only: what another site's page sends is refused, beside the cookie that
//! such a request does not carry.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses a form that another site sent.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    let safe = request.method().is_safe();
    if safe || is_ours(request.headers()) {
        next.run(request).await
    } else {
        let text = "This form was sent from another site. Open the page here and send it again.\n";
        (StatusCode::FORBIDDEN, text).into_response()
    }
}

/// Whether a request came from a page of this host, or not from a page at all.
///
/// # Source
///
/// The order of Go's `net/http.CrossOriginProtection`: `Sec-Fetch-Site` where a browser sends it,
/// else `Origin` against `Host`; a request with neither does not come from a browser of this
/// decade.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    host.is_some_and(|(_, host)| text(header::HOST) == Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_a_page_of_this_host_may_send_a_form() {
        let host = ("host", "teeka.example:8080");
        for ours in [
            &[("sec-fetch-site", "same-origin"), ("origin", "null"), host][..],
            &[("origin", "https://teeka.example:8080"), host],
            &[host],
        ] {
            assert!(is_ours(&headers(ours)), "{ours:?}");
        }
        for foreign in [
            &[("sec-fetch-site", "cross-site"), host][..],
            &[("sec-fetch-site", "same-site"), host],
            &[("origin", "https://evil.example"), host],
            &[("origin", "null"), host],
        ] {
            assert!(!is_ours(&headers(foreign)), "{foreign:?}");
        }
    }
}
