//! How a sweep treats servers, and what hostile ones can do to it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    io::Write,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use support::{Response, Site, paths, people, scope, sweep, sweep_at};

#[test]
fn a_sweep_that_is_begun_again_asks_only_for_what_has_changed() {
    let edition = std::sync::Arc::new(AtomicUsize::new(0));
    let now = std::sync::Arc::clone(&edition);
    let site = Site::start(move |request| match request.target.as_str() {
        "/" => {
            Response::new(200, "<html><a href=a.csv>a</a><a href=b.csv>b</a><a href=c.csv>c</a>")
        }
        "/a.csv" => Response::new(200, people(1, 1)),
        "/b.csv" => Response::new(200, people(10, 1 + now.load(Ordering::SeqCst))),
        "/c.csv" if now.load(Ordering::SeqCst) == 0 => Response::new(200, people(20, 1)),
        _ => Response::new(410, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let scope = scope(&[&site], &[], "");
    let (_, first) = sweep(folder.path(), &scope, &[]);
    assert_eq!(paths(&first), ["a.csv", "b.csv", "c.csv"]);
    site.requests();
    edition.store(4, Ordering::SeqCst);
    let (_, second) = sweep(folder.path(), &scope, &[]);
    assert_eq!(paths(&second), ["a.csv", "b.csv"], "what is gone is not exposed");
    assert_eq!(second.iter().map(|one| one.people).collect::<Vec<_>>(), [5, 1], "the worst first");
    let asked = site.requests();
    let conditional = asked.iter().filter(|request| request.headers.contains_key("if-none-match"));
    assert_eq!(conditional.count(), 4, "the page and its three documents");
}

#[test]
fn what_a_listing_says_has_not_changed_is_not_asked_for() {
    let site = Site::start(|request| match request.target.as_str() {
        "/" => Response::new(
            200,
            "<title>Index of /</title><h1>Index of /</h1><pre>\
             <a href='a.csv'>a.csv</a>  14-Jan-2026 09:12   27\n</pre>",
        ),
        "/a.csv" => Response::new(200, people(1, 1)),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let scope = scope(&[&site], &[], "");
    sweep(folder.path(), &scope, &[]);
    site.requests();
    // In the same minute a document can be changed without a trace; later it cannot.
    let asked = |later| {
        let (_, exposed) = sweep_at(folder.path(), &scope, &[], later);
        assert_eq!(paths(&exposed), ["a.csv"]);
        let asked = site.asked("/a.csv");
        site.requests();
        asked
    };
    assert_eq!([asked(60), asked(600), asked(900)], [1, 1, 0]);
}

#[test]
fn a_server_that_asks_for_time_is_given_it() {
    let asked = AtomicUsize::new(0);
    let site = Site::start(move |request| match request.target.as_str() {
        "/robots.txt" => Response::new(200, "User-agent: *\nCrawl-delay: 0.2\n"),
        "/" => {
            Response::new(200, "<html><a href=a.csv>a</a><a href=b.csv>b</a><a href=c.csv>c</a>")
        }
        "/a.csv" if asked.fetch_add(1, Ordering::SeqCst) == 0 => {
            Response::new(503, "").with("Retry-After", "1")
        }
        "/a.csv" | "/b.csv" => Response::new(200, people(1, 1)),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let text = scope(&[&site], &[], "").replace("rate = 0.0\n", "");
    let begun = Instant::now();
    let (ended, exposed) = sweep(folder.path(), &text, &[]);
    assert!(ended.away.is_empty());
    assert_eq!(exposed.len(), 1);
    assert!(begun.elapsed() > Duration::from_millis(1_400), "{:?}", begun.elapsed());
}

#[test]
fn of_what_has_no_text_the_first_bytes_are_enough() {
    let mut film = b"\0\0\0\x18ftypmp42".to_vec();
    film.resize(3 << 20, 7);
    let mut list = people(0, 20_000).into_bytes();
    list.truncate(300_000);
    let (own, sheet) = (film.clone(), list.clone());
    let site = Site::start(move |request| match request.target.as_str() {
        "/" => Response::new(
            200,
            "<html><a href=film.bin>f</a><a href=list.csv>l</a><a href=none.csv>n</a>",
        ),
        "/film.bin" => Response::new(200, own.clone()),
        "/list.csv" => Response::new(200, sheet.clone()),
        "/none.csv" => Response::new(200, ""),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let (_, exposed) = sweep(folder.path(), &scope(&[&site], &[], ""), &[]);
    assert_eq!(paths(&exposed), ["list.csv"]);
    assert_eq!(exposed[0].bytes, 300_000);
    assert_eq!(exposed[0].digest, exposure::exposed::Digest::of(&list), "both parts, in order");
    let ranges: Vec<_> = site
        .requests()
        .into_iter()
        .filter(|request| request.target == "/film.bin")
        .map(|request| request.headers.get("range").cloned())
        .collect();
    assert_eq!(ranges, [Some("bytes=0-65535".to_owned())]);
}

#[test]
fn of_what_is_too_large_the_beginning_is_read_and_a_bomb_does_not_go_off() {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        writer.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = writer.finish().unwrap();
    let list = people(0, 30_000);
    let site = Site::start(move |request| match request.target.as_str() {
        "/" => Response::new(200, "<html><a href=list.csv>l</a><a href=bomb.html>b</a>"),
        "/list.csv" => Response::new(200, list.as_str()),
        "/bomb.html" => Response::new(200, bomb.clone()).with("Content-Encoding", "gzip"),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let more = "[limits]\ndocument_bytes = 200000\n";
    let (_, exposed) = sweep(folder.path(), &scope(&[&site], &[], more), &[]);
    assert_eq!(paths(&exposed), ["list.csv"]);
    assert!((5_000..15_000).contains(&exposed[0].people), "{}", exposed[0].people);
    assert_eq!(exposed[0].bytes, 630_012);
}

#[test]
fn a_site_without_end_comes_to_an_end() {
    let site = Site::start(|request| {
        let number = request.target.trim_start_matches("/page/").trim_end_matches('/');
        let number: u64 = number.parse().unwrap_or(0);
        match number % 2 {
            0 => Response::new(200, format!("<html><a href='/page/{}/'>on</a>", number + 1)),
            _ => Response::new(301, "").with("Location", &format!("/page/{}/", number + 1)),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path(), &scope(&[&site], &[], "[limits]\ndepth = 20\n"), &[]);
    let asked = site.requests().len();
    assert!((20..=24).contains(&asked), "{asked}");
}

#[test]
fn documents_of_pictures_are_read_after_all_else_the_most_findable_first() {
    let picture = |number: u8| [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[number][..]].concat();
    let site = Site::start(move |request| match request.target.as_str() {
        "/" => Response::new(
            200,
            "<html><img src=1.png><img src=2.png><img src=3.png><a href=a.csv>a</a>",
        ),
        "/sitemap.xml" => Response::new(200, "<urlset><url><loc>/3.png</loc></url></urlset>"),
        "/1.png" => Response::new(200, picture(1)),
        "/2.png" => Response::new(200, picture(2)),
        "/3.png" => Response::new(200, picture(3)),
        "/a.csv" => Response::new(200, people(1, 9)),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let scope = scope(&[&site], &[], "connections = 1\n[limits]\npictures = 1\n");
    let (_, exposed) = sweep(folder.path(), &scope, &[]);
    assert_eq!(
        paths(&exposed),
        ["3.png", "a.csv"],
        "one picture a turn, that of the sitemap first"
    );
    let asked: Vec<_> = site.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(asked.last().map(String::as_str), Some("/3.png"));
    let (_, exposed) = sweep(folder.path(), &scope, &[]);
    assert_eq!(exposed.len(), 3, "another in the next turn");
}
