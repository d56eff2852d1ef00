//! Other caches than a Varnish that we may speak with: one that is told by surrogate key only, an nginx
//! whose folder is gone through, and one that takes `PURGE` by https under a certificate of its own.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]
#![allow(dead_code, clippy::allow_attributes, reason = "the ground is that of more tests")]

#[path = "takedown/engine.rs"]
mod engine;
#[path = "takedown/ground.rs"]
mod ground;
#[path = "takedown/net.rs"]
mod net;

use std::{fs, path::Path};

use exposure::takedown::{
    case::Case,
    contain::contain,
    http::{Client, Unreachable},
    probe::probe,
    purge::purge,
    setup::Setup,
    stage::Step,
};
use ground::{Ground, Real, WORD, secrets, work};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use testkit::{
    cdn::{HOST, text},
    nginx::Nginx,
    varnish::Varnish,
};
use ureq::http::Request;

const BY_TAG: &str = "
vcl 4.1;
import xkey;
backend origin { .host = \"127.0.0.1\"; .port = \"@ORIGIN@\"; }
sub vcl_recv {
    if (req.method == \"PURGE\") {
        if (req.http.xkey) {
            set req.http.gone = xkey.purge(req.http.xkey);
            return (synth(200));
        }
        return (purge);
    }
}
sub vcl_backend_response {
    set beresp.ttl = 1h;
    if (bereq.url ~ \"ward\") { set beresp.http.xkey = \"lists\"; }
}
";

fn through(case: &mut Case, world: &Real) {
    let released = case.standing().released().unwrap();
    contain(case, released, &secrets, work(world)).unwrap();
    let contained = case.standing().contained().unwrap();
    purge(case, contained, &secrets, work(world)).unwrap();
    let purged = case.standing().purged().unwrap();
    probe(case, purged, work(world)).unwrap();
}

/// The edge's part of a set-up, replaced.
fn with_edge(setup: &str, edge: &str) -> String {
    let (before, rest) = setup.split_once("[[edges]]").unwrap();
    let (_, engines) = rest.split_once("[[engines]]").unwrap();
    format!("{before}[[edges]]\n{edge}\n[[engines]]{engines}")
}

#[test]
fn a_surrogate_key_reaches_spellings_that_nobody_thought_of() {
    if !Path::new("/usr/lib/x86_64-linux-gnu/varnish/vmods/libvmod_xkey.so").exists() {
        return testkit::missing("xkey of varnish-modules");
    }
    let Some(ground) = Ground::new(5, "") else { return };
    let vcl = BY_TAG.replace("@ORIGIN@", &ground.cdn.nginx.port().to_string());
    let varnish = Varnish::start(&vcl, 32).unwrap();
    let edge = format!(
        "kind = \"varnish\"\nname = \"tagged\"\nxkey = true\nhttp = [\"{}\"]",
        varnish.authority()
    );
    let unthought = format!("{}?somebody=else&n=7", ground.lists[0]);
    let asked = || net::get(&varnish.authority(), HOST, &unthought).status;
    let world = Real::begin();
    let setup = with_edge(&ground.setup("tags = [\"lists\"]"), &edge);
    let mut case = ground.released(&setup, &world);
    assert_eq!(asked(), 200);
    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    // There is no gate in this one: it still has what it kept.
    assert_eq!(asked(), 200);
    through(&mut case, &world);
    assert_eq!(asked(), 410);
    let by = case.told().iter().rfind(|told| told.what == "purged").unwrap();
    assert_eq!(by.fact("tagged"), Some("1 tags, every variant of 5 addresses"));
}

/// The files below a folder that hold a word.
fn files_with(folder: &Path, word: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    let count = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        usize::from(String::from_utf8_lossy(&bytes).contains(word))
    };
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { files_with(&path, word) } else { count(&path) }
        })
        .sum()
}

#[test]
fn nothing_is_left_in_the_folder_of_an_nginx_that_keeps_copies() {
    let Some(ground) = Ground::new(5, "") else { return };
    let edge = Nginx::start(&format!(
        "proxy_cache_path @FOLDER@/cache keys_zone=copies:1m;
        include @FOLDER@/rules/teeka-http*.conf;
        server {{
            listen 127.0.0.1:@PORT@;
            include @FOLDER@/rules/teeka-files_example*.conf;
            location / {{
                proxy_pass http://{};
                proxy_set_header Host $host;
                proxy_cache copies;
                proxy_cache_valid 200 1h;
                proxy_ignore_headers Cache-Control;
            }}
        }}",
        ground.cdn.nginx.authority()
    ))
    .unwrap();
    let (test, reload) = edge.commands();
    let (rules, cache) = (edge.folder().join("rules"), edge.folder().join("cache"));
    let setup = with_edge(
        &ground.setup(""),
        &format!(
            "kind = \"nginx\"\nname = \"copies\"\nhttp = [\"{}\"]\ncache = {:?}\n\
             rules = {{ folder = {:?}, test = {test:?}, reload = {reload:?} }}",
            edge.authority(),
            text(&cache),
            text(&rules),
        ),
    );
    for path in &ground.lists {
        for query in ["", "?x=1", "?somebody=else"] {
            let status = net::get(&edge.authority(), HOST, &format!("{path}{query}")).status;
            assert_eq!(status, 200);
        }
    }
    assert_eq!(net::get(&edge.authority(), HOST, "/open/notice%201.pdf").status, 200);
    assert_eq!(files_with(&cache, WORD), 15);
    let world = Real::begin();
    let mut case = ground.released(&setup, &world);
    through(&mut case, &world);
    assert_eq!(files_with(&cache, WORD), 0);
    assert_eq!(files_with(&cache, "public interest"), 1);
    assert_eq!(case.standing().reached(), Some(Step::Probed));
}

/// The module of Debian that takes `PURGE`.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so";

/// Writes the certificate of somebody who signs certificates, and one of the host that they signed
/// with its key.
fn write_certificates(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    fs::write(folder.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let names = vec![HOST.to_owned(), format!("www.{HOST}")];
    let own = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(names).unwrap();
    let signed = signed.signed_by(&own, &Issuer::new(params, key)).unwrap();
    fs::write(folder.join("own.pem"), signed.pem()).unwrap();
    fs::write(folder.join("own.key"), own.serialize_pem()).unwrap();
}

/// An nginx that keeps copies, speaks https, and takes `PURGE`; it does not read our rules.
fn purging(certificates: &Path, origin: &str) -> Nginx {
    let http = format!(
        "proxy_cache_path @FOLDER@/cache keys_zone=copies:1m;
        server {{
            listen 127.0.0.1:@PORT@ ssl;
            ssl_certificate {own}.pem;
            ssl_certificate_key {own}.key;
            location / {{
                if ($request_method = PURGE) {{ rewrite ^ /.purge last; }}
                proxy_pass http://{origin};
                proxy_set_header Host $host;
                proxy_cache copies;
                proxy_cache_key $host$request_uri;
                proxy_cache_valid 200 1h;
                proxy_ignore_headers Cache-Control;
            }}
            location = /.purge {{
                internal;
                allow 127.0.0.1;
                deny all;
                proxy_cache_purge copies $host$request_uri;
            }}
        }}",
        own = certificates.join("own").display(),
    );
    Nginx::start_with(&format!("load_module {MODULE};"), &http).unwrap()
}

#[test]
fn an_nginx_takes_purges_by_https_under_a_certificate_that_the_set_up_names() {
    if !Path::new(MODULE).exists() {
        return testkit::missing("libnginx-mod-http-cache-purge");
    }
    let Some(ground) = Ground::new(5, "") else { return };
    write_certificates(ground.folder.path());
    let edge = purging(ground.folder.path(), &ground.cdn.nginx.authority());
    let ca = ground.folder.path().join("ca.pem");
    let of = |ca: &str| {
        let at = edge.authority();
        let edge = format!("kind = \"nginx\"\nname = \"copies\"\nhttps = [{at:?}]\n{ca}");
        with_edge(&ground.setup(""), &edge)
    };
    let world = Real::begin();
    let setup = of(&format!("ca = {:?}", text(&ca)));
    let mut case = ground.released(&setup, &world);
    let client = Client::at(&case.setup().edges[0].servers().next().unwrap()).unwrap();
    let ask = |target: &str| {
        let request = Request::get(format!("https://{HOST}{target}")).body(Vec::new()).unwrap();
        client.ask(request).unwrap().status
    };
    for path in &ground.lists {
        for query in ["", "?x=1", "?somebody=else"] {
            assert_eq!(ask(&format!("{path}{query}")), 200);
        }
    }
    through(&mut case, &world);
    let cache = edge.folder().join("cache");
    // By this module each spelling is purged for itself: what nobody thought of stays until it is too
    // old. `cache` or `rules` of the set-up reach it.
    assert_eq!(files_with(&cache, WORD), ground.lists.len());
    assert_eq!(ask(&format!("{}?somebody=else", ground.lists[0])), 200);
    assert_eq!(ask(&ground.lists[0]), 410);

    let stranger = ground.folder.path().join("stranger");
    fs::create_dir(&stranger).unwrap();
    write_certificates(&stranger);
    for (ca, said) in [
        (String::new(), "its TLS cannot be trusted"),
        (format!("ca = {:?}", text(&stranger.join("ca.pem"))), "its TLS cannot be trusted"),
        (format!("ca = {:?}", text(&stranger.join("own.key"))), "its ca holds no certificates"),
    ] {
        let setup: Setup = of(&ca).parse().unwrap();
        let server = setup.edges[0].servers().next().unwrap();
        let request = Request::get(format!("https://{HOST}/")).body(Vec::new()).unwrap();
        let refused = Client::at(&server).and_then(|client| client.ask(request)).unwrap_err();
        assert_eq!(refused, Unreachable(said));
    }
}
