//! Every place in which an address can be met.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{collections::BTreeSet, io::Write};

use exposure::{
    exposed::Source,
    sweep::{List, exports},
};
use flate2::{Compression, write::GzEncoder};
use support::{Response, Site, paths, people, scope, sweep};

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

#[test]
fn sitemaps_lead_to_documents_however_they_are_packed() {
    let site = Site::start(|request| match request.target.as_str() {
        "/robots.txt" => {
            Response::new(200, "User-agent: *\nDisallow: /hidden/\nSitemap: /maps/index.xml\n")
        }
        "/maps/index.xml" => Response::new(
            200,
            "<sitemapindex><sitemap><loc>/maps/1.xml.gz</loc></sitemap><sitemap><loc>/maps/2.txt</loc>\
             </sitemap><sitemap><loc>/maps/3.xml</loc></sitemap></sitemapindex>",
        ),
        "/maps/1.xml.gz" => {
            Response::new(200, gzip("<urlset><url><loc>/1.csv</loc></url></urlset>"))
        }
        "/maps/2.txt" => Response::new(200, format!("http://{}/2.csv\n", request.headers["host"])),
        "/maps/3.xml" => Response::new(200, gzip("<urlset><url><loc>/3.csv</loc></url></urlset>"))
            .with("Content-Encoding", "gzip"),
        "/hidden/" => Response::new(200, "<html><a href='4.csv'>not for engines</a>"),
        "/1.csv" => Response::new(200, people(1, 1)),
        "/2.csv" => Response::new(200, people(2, 2)),
        "/3.csv" => Response::new(200, people(4, 3)),
        "/hidden/4.csv" => Response::new(200, people(7, 4)),
        _ => Response::new(404, ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let (_, exposed) = sweep(folder.path(), &scope(&[&site], &[], ""), &[]);
    assert_eq!(paths(&exposed), ["1.csv", "2.csv", "3.csv", "hidden/4.csv"]);
    let of = |path: &str| exposed.iter().find(|one| one.url.ends_with(path)).unwrap();
    assert_eq!(of("/1.csv").sources, BTreeSet::from([Source::Sitemap]));
    assert_eq!(of("/4.csv").sources, BTreeSet::from([Source::Link]));
    assert_eq!(of("/4.csv").people, 4);
}

#[test]
fn a_bucket_is_listed_page_by_page() {
    let site = Site::start(|request| {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let page = |keys: &[&str], next: Option<&str>| {
            let contents: Vec<String> = keys
                .iter()
                .map(|key| {
                    format!("<Contents><Key>{key}</Key><ETag>&quot;a&quot;</ETag></Contents>")
                })
                .collect();
            let next = next
                .map(|next| format!("<NextContinuationToken>{next}</NextContinuationToken>"))
                .unwrap_or_default();
            Response::new(
                200,
                format!(
                    "<?xml version='1.0'?><ListBucketResult>{next}{}</ListBucketResult>",
                    contents.concat()
                ),
            )
        };
        match path {
            "/bucket/" if query.contains("continuation-token=p%2F2%3D") => page(&["c.csv"], None),
            "/bucket/" if query.contains("list-type=2") => {
                page(&["a b.csv", "x/b.csv"], Some("p/2="))
            }
            "/bucket/" => page(&["a b.csv"], None),
            "/bucket/a%20b.csv" => Response::new(200, people(1, 1)),
            "/bucket/x/b.csv" => Response::new(200, people(2, 1)),
            "/bucket/c.csv" => Response::new(200, people(3, 1)),
            _ => Response::new(404, ""),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let scope = scope(&[&site], &[site.url("/bucket/")], "");
    let (_, exposed) = sweep(folder.path(), &scope, &[]);
    assert_eq!(paths(&exposed), ["bucket/a%20b.csv", "bucket/c.csv", "bucket/x/b.csv"]);
    assert!(exposed.iter().all(|one| one.sources == BTreeSet::from([Source::Bucket])));
}

#[test]
fn what_is_indexed_and_cached_is_asked_for_and_a_copy_counts_once() {
    let list = people(1, 5);
    let site = Site::of(&[
        ("/", "<html><a href='one.csv'>one</a>"),
        ("/one.csv", &list),
        ("/two.csv?v=1", &list),
        ("/three.csv", &list),
    ]);
    let csv = format!("Top pages,Clicks\n{},3\n", site.url("/two.csv?v=1"));
    let cdn = format!("{}\n", site.url("/three.csv"));
    let lists = [
        List { source: Source::Csv, addresses: exports::addresses(csv.as_bytes()) },
        List { source: Source::Cdn, addresses: exports::addresses(cdn.as_bytes()) },
    ];
    let folder = tempfile::tempdir().unwrap();
    let (_, exposed) = sweep(folder.path(), &scope(&[&site], &[], ""), &lists);
    assert_eq!(exposed.len(), 1, "the same bytes are one document");
    assert_eq!(exposed[0].people, 5);
    assert!(exposed[0].url.ends_with("/two.csv?v=1"), "the address that is found most easily");
    assert_eq!(exposed[0].also_at.len(), 2);
    assert_eq!(exposed[0].sources, BTreeSet::from([Source::Link, Source::Csv, Source::Cdn]));
}
