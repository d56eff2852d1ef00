//! Nothing outside the scope is ever contacted.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use exposure::{
    exposed::Source,
    sweep::{List, exports},
};
use support::{Response, Site, paths, people, scope, sweep};

#[test]
fn no_link_redirect_sitemap_or_trick_leads_outside() {
    let foreign = Site::start(|_| Response::new(200, people(1, 3)));
    let outside = foreign.url("");
    let port = foreign.port();
    let site = Site::start(move |request| match request.target.as_str() {
        "/" => Response::new(
            200,
            format!(
                "<html><a href='{outside}/link.csv'>a</a><a href='//127.0.0.1:{port}/b.csv'>b</a>\
                 <a href='http://127.0.0.1@127.0.0.1:{port}/c.csv'>c</a>\
                 <a href='\\\\127.0.0.1:{port}\\d.csv'>d</a><a href='http://localhost:{port}/'>e</a>\
                 <img src='{outside}/f.png'><meta http-equiv=refresh content='0;url={outside}/g'>\
                 <a href='/moved'>h</a><a href='/fine.csv'>i</a><base href='{outside}/'>\
                 <a href='j.csv'>j</a><a href='HTTP://127.1:{port}/k.csv'>k</a>"
            ),
        ),
        "/moved" => Response::new(302, "").with("Location", &format!("{outside}/moved.csv")),
        "/robots.txt" => Response::new(200, format!("Sitemap: {outside}/sitemap.xml\n")),
        "/sitemap.xml" => Response::new(
            200,
            format!(
                "<urlset><url><loc>{outside}/s.csv</loc></url><url><loc>/fine.csv</loc></url></urlset>"
            ),
        ),
        "/fine.csv" => Response::new(200, people(1, 2)),
        _ => Response::new(404, ""),
    });
    let list = format!("URL\n{}\n{}\n", foreign.url("/listed.csv"), site.url("/fine.csv"));
    let lists = [List { source: Source::Csv, addresses: exports::addresses(list.as_bytes()) }];
    let folder = tempfile::tempdir().unwrap();
    let scope = scope(&[&site], &[site.url("/")], "");
    let (ended, exposed) = sweep(folder.path(), &scope, &lists);
    assert_eq!(paths(&exposed), ["fine.csv"]);
    assert_eq!(ended.outside, 1);
    assert_eq!(site.asked("/moved"), 1, "the trap was walked into");
    assert_eq!(foreign.connections(), 0);
}

#[test]
fn paths_outside_are_not_asked_for_and_a_narrower_scope_counts_at_once() {
    let site = Site::of(&[
        (
            "/open/",
            "<html><a href='a.csv'>a</a><a href='/shut/b.csv'>b</a><a href='../shut/'>c</a>",
        ),
        ("/open/a.csv", "Name,Mobile\nAsha Devi,9829011223\n"),
        ("/shut/b.csv", "Name,Mobile\nAsha Devi,9829011224\n"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let narrow = |path: &str| scope(&[&site], &[], &format!("paths = ['{path}']\n"));
    let (_, exposed) = sweep(folder.path(), &narrow("/open/"), &[]);
    assert_eq!(paths(&exposed), ["open/a.csv"]);
    let asked: Vec<_> = site.requests().into_iter().map(|request| request.target).collect();
    assert!(asked.iter().all(|target| target.starts_with("/open/")), "{asked:?}");

    sweep(folder.path(), &narrow("/open/nothing/"), &[]);
    let asked: Vec<_> = site.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(asked, ["/open/nothing/"], "what is known from before is held to the scope of now");
}
