//! From the order to "served nowhere, cached nowhere, in no result, in no engine's copy", with a real
//! nginx, a real Varnish and a small search engine; and what goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "takedown/engine.rs"]
mod engine;
#[path = "takedown/ground.rs"]
mod ground;
#[path = "takedown/net.rs"]
mod net;

use std::{fs, sync::atomic::AtomicU64};

use exposure::{
    exposed::{Digest, Near},
    takedown::{
        address::{Address, Query},
        case::{Case, CaseError},
        contain::{self, ContainError, contain},
        probe::{ProbeError, probe},
        purge::{PurgeError, purge},
        sitemap::unlist,
        stage::{OutOfOrder, Step},
        submit::{SubmitError, submit},
        variant,
        verify::verify,
        watch::{Found, Likeness, watch},
    },
};
use ground::{Ground, Real, WORD, asha, binoy, secrets, work};
use ledger::{
    auditor::{Terms, audit},
    checkpoint::Trusted,
    directory::Directory,
};
use testkit::cdn::HOST;

/// Asks the CDN for every variant of some documents, and gives how many answers had the document.
fn served(ground: &Ground, case: &Case) -> usize {
    let mut served = 0;
    for address in case.addresses() {
        for variant in variant::all(address, &case.sites()[0]) {
            let method = if variant.head { "HEAD" } else { "GET" };
            let header = variant.header.map(|(name, value)| format!("{name}: {value}\r\n"));
            let header = header.unwrap_or_default();
            let cdn = ground.cdn.varnish.authority();
            let answer = net::ask(&cdn, method, &variant.host, &variant.target, &header);
            served += usize::from(answer.status != 410 && answer.status != 404);
        }
    }
    served
}

#[test]
fn from_the_order_to_gone_everywhere() {
    let Some(ground) = Ground::new(40, "") else { return };
    let world = Real::begin();
    ground.engine.pass(24);
    assert_eq!(ground.engine.results(WORD).len(), 40);
    let setup = ground.setup("whole = [\"/lists/2021/\"]");
    let mut case = ground.ordered(&setup, &world);
    assert!(served(&ground, &case) > 400, "all of it is served and cached in many spellings");
    case.release(&binoy(), &world).unwrap();
    let begun = std::time::Instant::now();

    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    // The gate stands: nothing of it comes out of the cache though nothing was purged.
    assert_eq!(served(&ground, &case), 0);
    let contained = case.standing().contained().unwrap();
    purge(&mut case, contained, &secrets, work(&world)).unwrap();
    let purged = case.standing().purged().unwrap();
    probe(&mut case, purged, work(&world)).unwrap();
    let everywhere = begun.elapsed();
    let probed = case.standing().probed().unwrap();
    unlist(&mut case, probed, work(&world)).unwrap();
    let unlisted = case.standing().unlisted().unwrap();
    submit(&mut case, unlisted, &secrets, work(&world)).unwrap();

    // Bing hides a whole folder at once and the others one by one; nothing has forgotten yet.
    assert_eq!(ground.engine.results(WORD).len(), 0);
    assert_eq!(ground.engine.kept(WORD), 40);
    let submitted = case.standing().submitted().unwrap();
    let early = verify(&mut case, submitted, &secrets, work(&world)).unwrap();
    assert_eq!((early.found, early.asked), (40, 40));
    let mut hours = 0;
    while ground.engine.kept(WORD) > 0 && hours < 100 {
        ground.engine.pass(1);
        hours += 1;
    }
    println!("410 everywhere after {everywhere:?}; forgotten by the engine after {hours} hours");
    assert!(hours <= 6, "{hours}");
    let late = verify(&mut case, submitted, &secrets, work(&world)).unwrap();
    assert_eq!(late.sentence, "0 of 40 still indexed: at most 7.22 % at 95 %");
    others_are_untouched(&ground);
    its_record_audits(&case);
}

/// The name of a file may name a person, and a folder that lists its files tells it.
#[test]
fn a_folder_that_lists_what_is_gone_goes_with_it() {
    let Some(ground) = Ground::new(4, "") else { return };
    let world = Real::begin();
    let cdn = ground.cdn.varnish.authority();
    let listings = ["/lists/", "/lists", "/lists/?C=M", "/lists/2021/", "/LISTS//2021/index.html"];
    assert!(net::get(&cdn, HOST, "/lists/").body.contains("ward"));
    let mut case = ground.released(&ground.setup("listings = true"), &world);
    assert_eq!(case.addresses().len(), 4 + 2);
    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    let contained = case.standing().contained().unwrap();
    purge(&mut case, contained, &secrets, work(&world)).unwrap();
    let purged = case.standing().purged().unwrap();
    probe(&mut case, purged, work(&world)).unwrap();
    for listing in listings {
        assert_eq!(net::get(&cdn, HOST, listing).status, 410, "{listing}");
    }
    for other in ["/lists/form%201.pdf", "/open/notice%201.pdf"] {
        assert_eq!(ground.status(other), 200, "{other}");
    }
}

fn others_are_untouched(ground: &Ground) {
    for at in 0..20 {
        assert_eq!(ground.status(&format!("/open/notice%20{at}.pdf")), 200);
        assert_eq!(ground.status(&format!("/lists/form%20{at}.pdf")), 200);
    }
    assert_eq!(ground.engine.results("notice").len(), 20);
    assert_eq!(ground.engine.results("form").len(), 20);
    let map = fs::read_to_string(ground.cdn.nginx.www().join("sitemap.xml")).unwrap();
    assert_eq!(map.matches("<url>").count(), 40);
    assert!(!map.contains("ward"));
}

fn its_record_audits(case: &Case) {
    let told: Vec<_> =
        case.told().iter().map(|told| (told.what.as_str(), told.actor.as_str())).collect();
    assert_eq!(
        told,
        [
            ("ordered", "asha"),
            ("released", "binoy"),
            ("contained", "program"),
            ("purged", "program"),
            ("probed", "program"),
            ("unlisted", "program"),
            ("submitted", "program"),
            ("verified", "program"),
            ("verified", "program"),
        ]
    );
    let key = case.decisions().verifier().parse().unwrap();
    let trusted = Trusted::new("ministry.example/takedown/case-1", [key], []).unwrap();
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    let report = audit(&Directory::new(case.folder().join("log")), &terms).unwrap();
    assert_eq!((report.findings.len(), report.leaves), (0, 9));
}

/// What a purge by address does without the rest: the reason for all of this.
#[test]
fn a_purged_address_is_still_served_under_a_query() {
    let Some(ground) = Ground::new(2, "") else { return };
    let (cdn, path) = (ground.cdn.varnish.authority(), ground.lists[0].clone());
    let world = Real::begin();
    let mut case = ground.released(&ground.setup(""), &world);
    let query = format!("{path}?x=1");
    assert_eq!([ground.status(&path), ground.status(&query)], [200, 200]);
    // Even after the document is taken off the disk.
    fs::remove_file(ground.cdn.nginx.www().join("lists/2021/List of ward 0.pdf")).unwrap();
    assert_eq!(net::ask(&cdn, "PURGE", HOST, &path, "").status, 200);
    assert_eq!([ground.status(&path), ground.status(&query)], [404, 200]);
    // And a purge before the origin says 410 fetches the document again.
    let other = &ground.lists[1];
    assert_eq!(ground.status(other), 200);
    assert_eq!(net::ask(&cdn, "PURGE", HOST, other, "").status, 200);
    assert_eq!(ground.status(other), 200);
    let early = case.standing().contained().unwrap_err();
    assert_eq!(early, OutOfOrder::NotYet(Step::Contained));
    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    assert_eq!([ground.status(&path), ground.status(&query), ground.status(other)], [410; 3]);
}

#[test]
fn an_origin_that_does_not_say_410_is_not_contained() {
    // A page that says it is gone, a redirection, a refusal, and a 410 that a cache may keep; each of
    // a server that does not read the rules.
    for answer in ["200 'not found'", "301 /", "403", "410"] {
        let more = format!("location ~ ward {{ return {answer}; }}");
        let Some(mut ground) = Ground::without_rules(3, &more) else { return };
        let world = Real::begin();
        ground.lists.truncate(1);
        let mut case = ground.released(&ground.setup(""), &world);
        let impatient = ground::Impatient(&world, AtomicU64::default());
        let mut work = work(&world);
        work.world = &impatient;
        let released = case.standing().released().unwrap();
        let refused = contain(&mut case, released, &secrets, work);
        let refused = refused.unwrap_err();
        let expected = matches!(refused, ContainError::StillServed { others: 1, asked: 1, .. });
        assert!(expected, "{more}: {refused}");
        assert_eq!(case.standing().reached(), Some(Step::Released));
    }
}

/// The rules are taken away by somebody between containing and purging.
#[test]
fn nothing_is_purged_once_an_origin_serves_again() {
    let Some(ground) = Ground::new(3, "") else { return };
    let world = Real::begin();
    let mut case = ground.released(&ground.setup(""), &world);
    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    let map = ground.cdn.nginx.folder().join("rules/teeka-files_example.map");
    fs::write(map, "").unwrap();
    let (_, reload) = ground.cdn.nginx.commands();
    assert!(std::process::Command::new(&reload[0]).args(&reload[1..]).status().unwrap().success());
    let origin = ground.cdn.nginx.authority();
    // Workers with the old rules may still answer some.
    let mut others = 0;
    while others < 50 {
        let gone = net::get(&origin, HOST, &ground.lists[0]).status == 410;
        others = if gone { 0 } else { others + 1 };
    }
    let impatient = ground::Impatient(&world, AtomicU64::default());
    let mut work = work(&world);
    work.world = &impatient;
    let contained = case.standing().contained().unwrap();
    let refused = purge(&mut case, contained, &secrets, work).unwrap_err();
    assert!(matches!(refused, PurgeError::NotContained(ContainError::StillServed { .. })));
    assert_eq!(case.standing().reached(), Some(Step::Contained));
}

/// A configuration that sends what is kept in spite of everything: only the probe sees that.
#[test]
fn an_edge_that_still_serves_is_found_by_the_probe() {
    let Some(ground) = Ground::new(3, "") else { return };
    let world = Real::begin();
    let mut case = ground.released(&ground.setup(""), &world);
    assert!(served(&ground, &case) > 10);
    let released = case.standing().released().unwrap();
    contain(&mut case, released, &secrets, work(&world)).unwrap();
    let contained = case.standing().contained().unwrap();
    purge(&mut case, contained, &secrets, work(&world)).unwrap();
    let main = ground.cdn.varnish.folder().join("main.vcl");
    let stubborn = fs::read_to_string(&main)
        .unwrap()
        .replace("unset req.http.Cookie;", "if (req.url ~ \"x=1\") { return (synth(200)); }");
    fs::write(&main, stubborn).unwrap();
    let main = main.display().to_string();
    let admin = ground.cdn.varnish.admin();
    for command in [vec!["vcl.load", "stubborn", &main], vec!["vcl.use", "stubborn"]] {
        let mut varnishadm = std::process::Command::new(&admin[0]);
        assert!(varnishadm.args(&admin[1..]).args(command).output().unwrap().status.success());
    }
    let purged = case.standing().purged().unwrap();
    let refused = probe(&mut case, purged, work(&world)).unwrap_err();
    assert!(matches!(refused, ProbeError::NotGone { others: 3, .. }), "{refused}");
    let kept = fs::read_to_string(case.folder().join("probe-failures.jsonl")).unwrap();
    assert_eq!(kept.lines().count(), 3);
    assert!(kept.contains("\"variant\":\"query\"") && kept.contains("\"verdict\":\"served\""));
    assert_eq!(case.standing().reached(), Some(Step::Purged));
}

#[test]
fn robots_that_may_not_look_are_found_before_engines_are_told() {
    let Some(ground) = Ground::new(4, "") else { return };
    let world = Real::begin();
    ground.engine.pass(24);
    let mut case = ground.released(&ground.setup(""), &world);
    let robots = ground.cdn.nginx.www().join("robots.txt");
    let hides = "User-agent: *\nDisallow: /lists/\n";
    fs::write(&robots, hides).unwrap();
    through(&mut case, &world);
    let unlisted = case.standing().unlisted().unwrap();
    let refused = submit(&mut case, unlisted, &secrets, work(&world)).unwrap_err();
    assert!(matches!(refused, SubmitError::Hidden { hidden: 4, .. }), "{refused}");
    // What would have come of it: the engine never sees that they are gone.
    let forget = || net::ask(&ground.cdn.varnish.authority(), "PURGE", HOST, "/robots.txt", "");
    forget();
    ground.engine.pass(24 * 90);
    assert_eq!(ground.engine.kept(WORD), 4);
    fs::write(&robots, "").unwrap();
    submit(&mut case, unlisted, &secrets, work(&world)).unwrap_err();
    // The CDN still has the old one, until that is forgotten, too.
    forget();
    submit(&mut case, unlisted, &secrets, work(&world)).unwrap();
    ground.engine.pass(7);
    assert_eq!(ground.engine.kept(WORD), 0);
}

/// All steps up to the sitemaps.
fn through(case: &mut Case, world: &Real) {
    let released = case.standing().released().unwrap();
    contain(case, released, &secrets, work(world)).unwrap();
    let contained = case.standing().contained().unwrap();
    purge(case, contained, &secrets, work(world)).unwrap();
    let purged = case.standing().purged().unwrap();
    probe(case, purged, work(world)).unwrap();
    let probed = case.standing().probed().unwrap();
    unlist(case, probed, work(world)).unwrap();
}

#[test]
fn what_comes_back_under_another_name_is_seen() {
    let Some(ground) = Ground::new(2, "") else { return };
    let world = Real::begin();
    let mut case = ground.released(&ground.setup(""), &world);
    through(&mut case, &world);
    let known = case.known().unwrap();
    let found = |url: &str, digest| Found {
        url: format!("http://{HOST}{url}"),
        digest,
        near: Near(0),
        also_at: Vec::new(),
    };
    let other = Digest::of(b"another document");
    let found = [
        found("/open/renamed.pdf", known[0].digest),
        found("/open/notice%200.pdf", other),
        found(&format!("{}?again", ground.lists[1]), other),
    ];
    let back = watch(&mut case, &found, work(&world)).unwrap();
    let back: Vec<_> = back.iter().map(|back| (back.likeness, back.url.as_str())).collect();
    assert_eq!(back[0], (Likeness::Same, "http://files.example/open/renamed.pdf"));
    assert_eq!(back[1].0, Likeness::Address);
    assert_eq!(back.len(), 2);
    assert_eq!(case.told().last().unwrap().fact("same bytes"), Some("1"));
}

#[test]
fn two_people_take_a_false_positive_back() {
    let Some(ground) = Ground::new(2, "") else { return };
    let world = Real::begin();
    let mut case = ground.released(&ground.setup(""), &world);
    through(&mut case, &world);
    assert_eq!(ground.status(&ground.lists[0]), 410);
    case.order_withdrawal("a form without people".to_owned(), &binoy(), &world).unwrap();
    let ordered = case.standing().withdrawal_ordered().unwrap();
    // Nobody else has agreed, and the same person cannot.
    assert!(contain::withdraw(&mut case, ordered, &secrets, work(&world)).is_err());
    assert!(matches!(case.release_withdrawal(&binoy(), &world), Err(CaseError::Order(_))));
    case.release_withdrawal(&asha(), &world).unwrap();
    contain::withdraw(&mut case, ordered, &secrets, work(&world)).unwrap();
    let origin = ground.cdn.nginx.authority();
    while net::get(&origin, HOST, &ground.lists[0]).status == 410 {}
    assert_eq!(ground.status(&ground.lists[0]), 200);
    let again = Case::open(case_folder(case).as_path(), &world).unwrap();
    assert!(again.standing().contained().is_err());
}

/// The folder of a case that is let go of.
#[expect(clippy::needless_pass_by_value, reason = "the case is let go of")]
fn case_folder(case: Case) -> std::path::PathBuf {
    case.folder().to_owned()
}

#[test]
fn a_case_that_was_changed_does_not_open() {
    let Some(ground) = Ground::new(2, "") else { return };
    let world = Real::begin();
    let folder = case_folder(ground.released(&ground.setup(""), &world));
    assert!(Case::open(&folder, &world).is_ok());
    for (file, from, to) in
        [("addresses", "ward", "Ward"), ("setup.toml", "cdn", "cda"), ("release", "order", "Order")]
    {
        let before = fs::read_to_string(folder.join(file)).unwrap();
        fs::write(folder.join(file), before.replacen(from, to, 1)).unwrap();
        assert!(matches!(Case::open(&folder, &world), Err(CaseError::Order(_))), "{file}");
        fs::write(folder.join(file), before).unwrap();
    }
    let first = Case::open(&folder, &world).unwrap();
    assert!(matches!(Case::open(&folder, &world), Err(CaseError::Busy)));
    drop(first);
}

#[test]
fn an_address_of_another_host_is_not_ordered() {
    let sites = [exposure::takedown::address::Site { host: HOST.to_owned(), aliases: vec![] }];
    assert!(Address::parse("http://other.example/a", &sites, Query::Dropped).is_err());
}
