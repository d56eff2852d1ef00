//! A small government's web: an nginx with documents, a Varnish before it, a search engine, and two
//! people who decide.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use exposure::{
    exposed::{Digest, Near},
    takedown::{
        address::Query,
        case::{Case, Known, Ordered},
        world::{Told, Work, World},
    },
};
use ledger::note::{Algorithm, LocalKey, SigningKey};
use testkit::cdn::{Cdn, HOST, text};

use crate::{engine::Engine, net};

/// What stands in every document that has to go, and in none of the others.
pub(crate) const WORD: &str = "beneficiary-of-a-test";

pub(crate) struct Ground {
    pub(crate) cdn: Cdn,
    pub(crate) engine: Engine,
    pub(crate) folder: tempfile::TempDir,
    /// The paths of the documents that have to go.
    pub(crate) lists: Vec<String>,
}

/// The real world, but for a small impatience.
pub(crate) struct Real(Instant);

impl Real {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }
}

impl World for Real {
    fn now(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "the whole of it runs in the real world")]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        #[expect(clippy::disallowed_methods, reason = "other processes need a moment")]
        std::thread::sleep(time.min(Duration::from_millis(200)));
    }

    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).unwrap();
    }
}

/// The same, in which waiting takes no time.
pub(crate) struct Impatient<'a>(pub(crate) &'a Real, pub(crate) AtomicU64);

impl World for Impatient<'_> {
    fn now(&self) -> u64 {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.1.load(Ordering::Relaxed))
    }

    fn sleep(&self, time: Duration) {
        self.1.fetch_add(u64::try_from(time.as_millis()).unwrap() * 100, Ordering::Relaxed);
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

pub(crate) fn work(world: &Real) -> Work<'_> {
    Work { world, tell: &|_: Told| {}, threads: 4 }
}

pub(crate) fn asha() -> LocalKey {
    LocalKey::from_seed("asha", Algorithm::Ed25519, &[1; 32]).unwrap()
}

pub(crate) fn binoy() -> LocalKey {
    LocalKey::from_seed("binoy", Algorithm::Ed25519, &[2; 32]).unwrap()
}

pub(crate) fn secrets(name: &str) -> Option<String> {
    let known = [("INDEXNOW", "a1b2c3d4e5"), ("BING", "bing-key"), ("GOOGLE", "google-token")];
    known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

impl Ground {
    /// The same with an nginx that does not read our rules.
    pub(crate) fn without_rules(number: usize, more: &str) -> Option<Self> {
        Some(Self::of(Cdn::start_without_rules(&with_listings(more), 64)?, number))
    }

    /// So many documents that have to go, among others that stay; none if a part is not installed.
    pub(crate) fn new(number: usize, more: &str) -> Option<Self> {
        Some(Self::of(Cdn::start(&with_listings(more), 64)?, number))
    }

    fn of(cdn: Cdn, number: usize) -> Self {
        let lists = publish(&cdn.nginx.www(), number);
        let engine = Engine::start(cdn.varnish.authority(), HOST, (2000, 100));
        Self { cdn, engine, folder: tempfile::tempdir().unwrap(), lists }
    }

    /// The set-up, with whatever else stands in the part of the site.
    pub(crate) fn setup(&self, site: &str) -> String {
        let www = self.cdn.nginx.www();
        let site = format!(
            "aliases = [\"www.{HOST}\"]
sitemaps = [{:?}]
removal = {{ folder = {:?}, path = \"/removed/\" }}
{site}",
            text(&www.join("sitemap.xml")),
            text(&www.join("removed")),
        );
        let [asha, binoy] = [asha(), binoy()].map(|key| key.verifier().to_string());
        self.cdn.setup([&asha, &binoy], &site) + &self.engine.setup()
    }

    pub(crate) fn case_folder(&self) -> PathBuf {
        self.folder.path().join("case-1")
    }

    /// Orders and releases that all lists go.
    pub(crate) fn released(&self, setup: &str, world: &Real) -> Case {
        let mut case = self.ordered(setup, world);
        case.release(&binoy(), world).unwrap();
        case
    }

    pub(crate) fn ordered(&self, setup: &str, world: &Real) -> Case {
        let ordered = Ordered {
            setup,
            addresses: self.lists.iter().map(|path| format!("http://{HOST}{path}")).collect(),
            query: Query::Refused,
            known: self.known(),
            reason: "lists of beneficiaries".to_owned(),
        };
        Case::order(&self.case_folder(), &ordered, &asha(), world).unwrap()
    }

    fn known(&self) -> Vec<Known> {
        let lists = self.lists.iter().map(|path| {
            let decoded = path.replace("%20", " ");
            let bytes =
                fs::read(self.cdn.nginx.www().join(decoded.trim_start_matches('/'))).unwrap();
            Known { digest: Digest::of(&bytes), near: Near(0) }
        });
        lists.collect()
    }

    /// What the CDN answers for a path.
    pub(crate) fn status(&self, path: &str) -> u16 {
        net::get(&self.cdn.varnish.authority(), HOST, path).status
    }
}

/// Folders whose names of files a server tells.
fn with_listings(more: &str) -> String {
    format!("location /lists/ {{ autoindex on; }} {more}")
}

fn publish(www: &Path, number: usize) -> Vec<String> {
    fs::create_dir_all(www.join("lists/2021")).unwrap();
    fs::create_dir_all(www.join("open")).unwrap();
    let mut lists = Vec::new();
    let mut map = "<?xml version=\"1.0\"?>\n<urlset>\n".to_owned();
    let mut list = |path: &str, text: &str| {
        fs::write(www.join(path), text).unwrap();
        let url = format!("http://{HOST}/{}", path.replace(' ', "%20"));
        map += "<url><loc>";
        map += &url;
        map += "</loc><lastmod>2021-06-01</lastmod></url>\n";
        format!("/{}", path.replace(' ', "%20"))
    };
    for at in 0..number {
        let year = if at % 2 == 0 { "2021/" } else { "" };
        let path = format!("lists/{year}List of ward {at}.pdf");
        lists.push(list(&path, &format!("{WORD} Asha Devi {at}")));
    }
    for at in 0..20 {
        list(&format!("open/notice {at}.pdf"), &format!("a notice of public interest {at}"));
        list(&format!("lists/form {at}.pdf"), &format!("an empty form {at}"));
    }
    fs::write(www.join("sitemap.xml"), map + "</urlset>\n").unwrap();
    fs::write(www.join("robots.txt"), "User-agent: *\nDisallow: /private/\n").unwrap();
    fs::write(www.join("a1b2c3d4e5.txt"), "a1b2c3d4e5").unwrap();
    lists
}
