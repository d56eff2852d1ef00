//! What is taken down: addresses that a CDN serves, sitemaps that list them, an engine that has them.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    thread,
};

use exposure::takedown::{
    address::Query,
    case::{Case, Ordered},
    verify::verify,
    world::{Told, Work},
};
use ledger::note::{Algorithm, LocalKey, SigningKey};
use testkit::cdn::{Cdn, HOST, text};

use crate::{
    engine::Engine,
    work::{Real, secrets},
};

/// What stands in every document.
pub(crate) const WORD: &str = "a list of beneficiaries";

/// Addresses in one sitemap, as the protocol allows.
const IN_ONE: usize = 50_000;
/// How many requests are sent before their answers are read, when the cache is filled.
const AT_ONCE: usize = 100;

const DOCUMENTS: &str = "
        default_type application/pdf;
        location /lists/ { return 200 'a list of beneficiaries'; }";

/// What follows an address in a request.
const END: &str = " HTTP/1.1\r\nHost: files.example\r\n\r\n";

pub(crate) struct Ground {
    pub(crate) cdn: Cdn,
    pub(crate) engine: Engine,
    pub(crate) number: usize,
    folder: tempfile::TempDir,
    keys: [LocalKey; 2],
}

/// The path of a document.
pub(crate) fn path(number: usize) -> String {
    format!("/lists/{}/{}/list-of-ward-{number}.pdf", 2015 + number % 7, number % 300)
}

impl Ground {
    pub(crate) fn start(number: usize) -> Self {
        let cdn = Cdn::start(DOCUMENTS, 6000).expect("nginx and Varnish are installed");
        let engine = Engine::start(cdn.varnish.authority(), HOST, (2000, 100));
        let key = |name, seed| LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]).unwrap();
        let keys = [key("asha", 1), key("binoy", 2)];
        let ground = Self { cdn, engine, number, folder: tempfile::tempdir().unwrap(), keys };
        ground.publish();
        ground
    }

    pub(crate) fn case_folder(&self) -> PathBuf {
        self.folder.path().join("case")
    }

    /// The sitemaps, and what engines ask for besides.
    fn publish(&self) {
        let www = self.cdn.nginx.www();
        let mut index = "<sitemapindex>\n".to_owned();
        for (part, path) in self.maps().iter().enumerate() {
            let some = part * IN_ONE..((part + 1) * IN_ONE).min(self.number);
            let urls = some.map(|number| {
                format!("<url><loc>http://{HOST}{}</loc></url>\n", self::path(number))
            });
            let urls: String = urls.collect();
            fs::write(path, format!("<urlset>\n{urls}</urlset>\n")).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            writeln!(index, "<sitemap><loc>http://{HOST}/{name}</loc></sitemap>").unwrap();
        }
        fs::write(www.join("sitemap.xml"), index + "</sitemapindex>\n").unwrap();
        fs::write(www.join("robots.txt"), "User-agent: *\nDisallow: /private/\n").unwrap();
        fs::write(www.join("a1b2c3d4e5.txt"), "a1b2c3d4e5").unwrap();
    }

    fn maps(&self) -> Vec<PathBuf> {
        let www = self.cdn.nginx.www();
        (0..self.number.div_ceil(IN_ONE)).map(|part| www.join(format!("map-{part}.xml"))).collect()
    }

    fn setup(&self) -> String {
        let maps: Vec<_> = self.maps().iter().map(|path| text(path)).collect();
        let removal = text(&self.cdn.nginx.www().join("removed"));
        let site = format!(
            "aliases = [\"www.{HOST}\"]\nsitemaps = {maps:?}\nremoval = {{ folder = {removal:?}, path = \"/removed/\" }}\n\
             whole = [\"/lists/\"]"
        );
        let [asha, binoy] = self.keys.each_ref().map(|key| key.verifier().to_string());
        self.cdn.setup([&asha, &binoy], &site) + &self.engine.setup()
    }

    pub(crate) fn order(&self) {
        let setup = self.setup();
        let ordered = Ordered {
            setup: &setup,
            addresses: (0..self.number).map(|n| format!("http://{HOST}{}", path(n))).collect(),
            query: Query::Refused,
            known: Vec::new(),
            reason: "a measurement".to_owned(),
        };
        drop(Case::order(&self.case_folder(), &ordered, &self.keys[0], &Real::begin()).unwrap());
    }

    pub(crate) fn release(&self) {
        let world = Real::begin();
        Case::open(&self.case_folder(), &world).unwrap().release(&self.keys[1], &world).unwrap();
    }

    /// Asks the engine by sample, and prints what it said.
    pub(crate) fn verify(&self) {
        let world = Real::begin();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        let mut case = Case::open(&self.case_folder(), &world).unwrap();
        let submitted = case.standing().submitted().unwrap();
        let sampled = verify(&mut case, submitted, &secrets, work).unwrap();
        println!("verified: {}", sampled.sentence);
    }

    /// Has the cache keep each document twice.
    pub(crate) fn fill(&self) {
        let cdn = self.cdn.varnish.authority();
        thread::scope(|scope| {
            for first in 0..4 {
                let cdn = &cdn;
                scope.spawn(move || {
                    let mut stream = TcpStream::connect(cdn).unwrap();
                    let numbers: Vec<_> = (first..self.number).step_by(4).collect();
                    for some in numbers.chunks(AT_ONCE / 2) {
                        ask_many(&mut stream, some);
                    }
                });
            }
        });
    }
}

/// Sends requests for each of some documents, one without and one with a query, and reads the answers.
fn ask_many(stream: &mut TcpStream, numbers: &[usize]) {
    let mut requests = String::new();
    for number in numbers {
        for query in ["", "?x=1"] {
            requests += &["GET ", &path(*number), query, END].concat();
        }
    }
    stream.write_all(requests.as_bytes()).unwrap();
    let (mut left, mut tail) = (numbers.len() * 2, Vec::new());
    let mut buffer = vec![0; 1 << 16];
    while left > 0 {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the CDN closed the connection");
        tail.extend_from_slice(&buffer[..read]);
        let mut from = 0;
        while let Some(at) = find(&tail[from..], WORD.as_bytes()) {
            from += at + WORD.len();
            left -= 1;
        }
        tail.drain(..from);
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}
