//! The files of the verifier and the asker: compressed for who takes it so, and not sent again to who has them.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::io::Read;

use axum::{body::Body, http::Request};
use common::{Answer, Server};

const FILES: [(&str, &str, &[u8]); 5] = [
    ("/verify/app.js", "text/javascript", include_bytes!("../verifier/app.js")),
    ("/verify/worker.js", "text/javascript", include_bytes!("../verifier/worker.js")),
    ("/verify/verifier.wasm", "application/wasm", include_bytes!("../verifier/verifier.wasm")),
    ("/rolls/app.js", "text/javascript", include_bytes!("../asker/app.js")),
    ("/rolls/asker.wasm", "application/wasm", include_bytes!("../asker/asker.wasm")),
];

async fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// What a browser makes of an answer.
fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        Some("zstd") => plain = zstd::stream::decode_all(&answer.bytes[..]).unwrap(),
        Some("gzip") => {
            flate2::read::GzDecoder::new(&answer.bytes[..]).read_to_end(&mut plain).unwrap();
        }
        None => plain.clone_from(&answer.bytes),
        Some(other) => panic!("{other}"),
    }
    plain
}

#[tokio::test]
async fn a_file_comes_in_the_best_form_that_is_accepted() {
    let server = Server::open().await;
    for (path, kind, bytes) in FILES {
        for (accepted, encoding) in [
            (None, None),
            (Some(""), None),
            (Some("identity"), None),
            (Some("br"), None),
            (Some("gzip, deflate, br, zstd"), Some("zstd")),
            (Some("gzip, deflate"), Some("gzip")),
            (Some("GZIP;q=0.5"), Some("gzip")),
            (Some("zstd;q=0, gzip; q=1.0"), Some("gzip")),
            (Some("zstd;q=0.000, gzip;Q=0"), None),
            (Some("zstd;q=much"), None),
            (Some("zstdx, xgzip"), None),
        ] {
            let headers: Vec<_> =
                accepted.map(|value| ("accept-encoding", value)).into_iter().collect();
            let answer = ask(&server, path, &headers).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-encoding"), encoding, "{path} {accepted:?}");
            assert_eq!(answer.header("content-type"), Some(kind));
            assert_eq!(answer.header("cache-control"), Some("no-cache"));
            assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
            assert!(unpacked(&answer) == bytes, "{path} {accepted:?}");
            let smaller = answer.bytes.len() * 3 < bytes.len() * 2;
            assert_eq!(smaller, encoding.is_some(), "{path}: {}", answer.bytes.len());
        }
    }
}

#[tokio::test]
async fn a_file_is_not_sent_again_in_a_form_that_is_there() {
    let server = Server::open().await;
    for (path, ..) in FILES {
        let mut tags = Vec::new();
        for accepted in ["zstd", "gzip", "identity"] {
            let first = ask(&server, path, &[("accept-encoding", accepted)]).await;
            let tag = first.header("etag").unwrap().to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag} is not strong");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
                let headers = [("accept-encoding", accepted), ("if-none-match", &known)];
                let again = ask(&server, path, &headers).await;
                assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} {known}");
                assert_eq!(again.header("etag"), Some(tag.as_str()));
                assert_eq!(again.header("cache-control"), Some("no-cache"));
                assert_eq!(again.header("vary"), Some("Accept-Encoding"));
            }
            for unknown in ["\"x\"", &tag[1..tag.len() - 1], ""] {
                let headers = [("accept-encoding", accepted), ("if-none-match", unknown)];
                assert_eq!(ask(&server, path, &headers).await.status, 200, "{path} {unknown}");
            }
            tags.push(tag);
        }
        // Each form has a tag of its own, which says nothing of the others.
        let [one, two, three] = &tags[..] else { panic!("three forms") };
        assert!(one != two && two != three && one != three);
        let headers = [("accept-encoding", "zstd"), ("if-none-match", two)];
        assert_eq!(ask(&server, path, &headers).await.status, 200);
    }
}

#[tokio::test]
async fn the_worker_may_still_look_after_the_page_itself() {
    let server = Server::open().await;
    let worker = ask(&server, "/verify/worker.js", &[("accept-encoding", "zstd")]).await;
    assert_eq!(worker.header("service-worker-allowed"), Some("/verify"));
    for (path, ..) in &FILES[..2] {
        let script = ask(&server, path, &[("accept-encoding", "zstd")]).await;
        let policy = script.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}
