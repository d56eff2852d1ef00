//! A web server of one's own, that remembers what it was asked, and a sweep of it.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use exposure::{
    exposed::{self, Digest, Exposed},
    sweep::{
        Ended, List, Sweep,
        folder::Folder,
        reading::{self, Read, Reading},
        scope::Scope,
    },
};
use jiff::Timestamp;
use scan::extract::Unread;

/// A request, as far as anybody wants to know it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answer = dyn Fn(&Request) -> Response + Send + Sync;

/// A server. It speaks HTTP/1.1 with validators and ranges, as servers of files do.
pub(crate) struct Site {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl Site {
    pub(crate) fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, connections) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let site =
            Self { port, requests: Arc::clone(&requests), connections: Arc::clone(&connections) };
        let answer: Arc<Answer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, requests) = (Arc::clone(&answer), Arc::clone(&requests));
                thread::spawn(move || serve(stream.unwrap(), &*answer, &requests));
            }
        });
        site
    }

    /// Serves documents by their paths, and nothing else.
    pub(crate) fn of(documents: &[(&str, &str)]) -> Self {
        let documents: BTreeMap<String, String> =
            documents.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self::start(move |request| match documents.get(&request.target) {
            Some(text) => Response::new(200, text.as_str()),
            None => Response::new(404, "not found"),
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Takes what was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.requests.lock().unwrap().iter().filter(|request| request.target == path).count()
    }
}

fn serve(stream: TcpStream, answer: &Answer, requests: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut request = Request::default();
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        line.split(' ').nth(1).unwrap_or_default().clone_into(&mut request.target);
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            request.headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let response = validated(&request, answer(&request));
        requests.lock().unwrap().push(request);
        let mut head = format!(
            "HTTP/1.1 {} X\r\nContent-Length: {}\r\n",
            response.status,
            response.body.len()
        );
        for (name, value) in &response.headers {
            head.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        if stream.write_all(format!("{head}\r\n").as_bytes()).is_err() {
            return;
        }
        if stream.write_all(&response.body).is_err() {
            return;
        }
    }
}

/// The answer with a validator, or without its body if that is known, or the part that is wanted.
fn validated(request: &Request, response: Response) -> Response {
    let fixed = response.headers.iter().any(|(name, _)| name == "Content-Encoding");
    if response.status != 200 || fixed {
        return response;
    }
    let etag = format!("\"{}\"", &Digest::of(&response.body).to_string()[..16]);
    if request.headers.get("if-none-match") == Some(&etag) {
        return Response::new(304, "").with("ETag", &etag);
    }
    let length = response.body.len();
    let range = request.headers.get("range").and_then(|range| range.strip_prefix("bytes="));
    let stale = request.headers.get("if-range").is_some_and(|own| *own != etag);
    let Some((from, to)) = range.filter(|_| !stale).and_then(|range| range.split_once('-')) else {
        return response.with("ETag", &etag);
    };
    let from: usize = from.parse().unwrap();
    let to = to.parse().map_or(length, |to: usize| (to + 1).min(length));
    if from >= length {
        return Response::new(416, "");
    }
    let mut part = Response::new(206, &response.body[from..to])
        .with("ETag", &etag)
        .with("Content-Range", &format!("bytes {from}-{}/{length}", to - 1));
    part.headers.extend(response.headers);
    part
}

/// Reads documents here and now.
pub(crate) struct Here;

impl Read for Here {
    fn read(&self, bytes: &[u8], letters: bool) -> Reading {
        reading::read(bytes, &mut |_| {
            let text = "Name: Asha Devi\nMobile: 9829011223\n";
            if letters { Ok(text.to_owned()) } else { Err(Unread::NeedsOcr) }
        })
    }
}

/// A scope of these sites, without a limit to how fast they are asked.
pub(crate) fn scope(sites: &[&Site], start: &[String], more: &str) -> String {
    let hosts: Vec<String> = sites
        .iter()
        .map(|site| {
            format!("[[host]]\nname = '127.0.0.1'\nports = [{}]\nrate = 0.0\n", site.port())
        })
        .collect();
    format!("start = {start:?}\n{}{more}", hosts.concat())
}

pub(crate) fn sweep(folder: &Path, scope: &str, lists: &[List]) -> (Ended, Vec<Exposed>) {
    sweep_at(folder, scope, lists, 0)
}

/// The same, so many seconds later.
pub(crate) fn sweep_at(
    folder: &Path,
    scope: &str,
    lists: &[List],
    later: i64,
) -> (Ended, Vec<Exposed>) {
    let mut folder = Folder::open(folder).unwrap();
    // Its own time, which passes as any other does.
    let begun = Instant::now();
    let start = Timestamp::from_second(1_800_000_000 + later).unwrap();
    let now = || start + begun.elapsed();
    let scope = Arc::new(Scope::read(scope).unwrap());
    let sweep = Sweep { scope, reader: &Here, now: &now };
    let ended = sweep.run(&mut folder.job, lists, &mut |_| {}).unwrap();
    folder.write_list().unwrap();
    let list = std::fs::read(folder.list()).unwrap();
    (ended, exposed::read(&list[..]).map(Result::unwrap).collect())
}

/// Where documents are, in order.
pub(crate) fn paths(exposed: &[Exposed]) -> Vec<String> {
    let all = exposed.iter().flat_map(|one| std::iter::once(&one.url).chain(&one.also_at));
    let mut paths: Vec<_> =
        all.map(|url| url.splitn(4, '/').nth(3).unwrap_or_default().to_owned()).collect();
    paths.sort();
    paths
}

/// A made-up list of people.
pub(crate) fn people(first: usize, count: usize) -> String {
    let row = |number: usize| format!("Asha Devi,98290{:05}\n", number % 100_000);
    let rows: Vec<String> = (first..first + count).map(row).collect();
    format!("Name,Mobile\n{}", rows.concat())
}
