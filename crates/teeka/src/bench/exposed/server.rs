//! A server of documents that are made as they are asked for, and of sitemaps of them. It says that all
//! are gone once it is told to, and takes `PURGE`.

use std::{
    future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use crate::crowd;

/// Addresses in one sitemap, as the protocol allows.
const IN_ONE: usize = 50_000;

/// The path of a document.
pub(super) fn path(number: usize) -> String {
    format!("/reports/{}/report-{number}.csv", number % 300)
}

/// The server, which goes with its runtime.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    documents: usize,
    gone: AtomicBool,
    purged: AtomicUsize,
}

impl Server {
    /// Starts it, within a runtime.
    pub(super) fn start(documents: usize) -> anyhow::Result<Self> {
        let state = State { documents, gone: AtomicBool::new(false), purged: AtomicUsize::new(0) };
        let state = Arc::new(state);
        let answering = Arc::clone(&state);
        let answer = move |method: Method, uri: Uri| {
            std::future::ready(answering.answer(&method, uri.path()))
        };
        let listener = crowd::listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(answer);
        tokio::spawn(crowd::serve(listener, router, crowd::PATIENCE, future::pending()));
        Ok(Self { address, state })
    }

    /// From now on all documents are gone, and purges are counted.
    pub(super) fn contain(&self) {
        self.state.purged.store(0, Relaxed);
        self.state.gone.store(true, Relaxed);
    }

    /// How many purges came since.
    pub(super) fn purged(&self) -> usize {
        self.state.purged.load(Relaxed)
    }
}

impl State {
    fn answer(&self, method: &Method, path: &str) -> Response {
        if method.as_str() == "PURGE" {
            self.purged.fetch_add(1, Relaxed);
            return "purged".into_response();
        }
        let number = path.strip_suffix(".csv").and_then(|path| path.rsplit_once("/report-"));
        match (path, number.and_then(|(_, number)| number.parse().ok())) {
            (_, Some(_)) if self.gone.load(Relaxed) => {
                let marks = [("cache-control", "no-store"), ("x-robots-tag", "noindex, noarchive")];
                (StatusCode::GONE, marks, "Gone.\n").into_response()
            }
            (_, Some(number)) => document(number).into_response(),
            ("/robots.txt", _) => "Sitemap: /maps/sitemap.xml\n".into_response(),
            ("/maps/sitemap.xml", _) => self.index().into_response(),
            _ => match path.strip_prefix("/maps/").and_then(|part| part.parse().ok()) {
                Some(part) => self.map(part).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    }

    fn index(&self) -> String {
        let parts = 0..self.documents.div_ceil(IN_ONE);
        let parts = parts.map(|part| format!("<sitemap><loc>/maps/{part}</loc></sitemap>"));
        format!("<sitemapindex>{}</sitemapindex>", parts.collect::<String>())
    }

    fn map(&self, part: usize) -> String {
        let some = part * IN_ONE..((part + 1) * IN_ONE).min(self.documents);
        let some = some.map(|number| format!("<url><loc>{}</loc></url>\n", path(number)));
        format!("<urlset>{}</urlset>", some.collect::<String>())
    }
}

/// One in ten names a person, who is made up.
fn document(number: usize) -> String {
    let text = "The district's stock of vaccine was counted on the first of the month; the cold \
                chain was in order, and no vial was lost.\n";
    match number % 10 {
        0 => format!(
            "Report {number}\nName: Asha Devi\nMobile: 98{:08}\n{text}",
            number * 7_919 % 100_000_000
        ),
        _ => format!("Report {number}\n{text}{text}"),
    }
}
