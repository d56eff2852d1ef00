//! The raw operations: what the machine does without a platform, in the same minute.

use std::{
    future,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};

use super::client::{self, ask};
use crate::crowd;

/// How long a raw operation is measured.
pub(crate) const SPAN: Duration = Duration::from_secs(2);

/// Answers of so many bytes a second from a handler that does nothing else.
pub(crate) async fn http(connections: usize, bytes: usize) -> anyhow::Result<f64> {
    let body = axum::body::Bytes::from(vec![b'x'; bytes]);
    let router = Router::new().route("/", get(move || async move { body }));
    let listener = crowd::listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(crowd::serve(listener, router, crowd::PATIENCE, future::pending()));
    ask(address, connections, vec![client::get("/"); 2_000], &[]).await?;
    let measured = ask(address, connections, vec![client::get("/"); 150_000], &[]).await?;
    server.abort();
    Ok(measured.per_second())
}

/// P-256 signatures a second on one core.
pub(crate) fn signatures() -> anyhow::Result<f64> {
    let new = certs::signer::make_signer("IN", "Raw", jiff::civil::date(2021, 1, 1))?;
    let signer = certs::signer::Signer::from_pem(&new.key_pem, &new.certificate_pem)?;
    let begun = Instant::now();
    let mut count = 0.0;
    while begun.elapsed() < SPAN {
        for _ in 0..100 {
            std::hint::black_box(signer.sign(b"a message of some length, as certificates have")?);
        }
        count += 100.0;
    }
    Ok(count / begun.elapsed().as_secs_f64())
}
