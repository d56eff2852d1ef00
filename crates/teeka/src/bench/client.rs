//! Asks over plain connections that stay open: as little work as a client can do, since it shares
//! the machine with the server.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came of many requests.
pub(crate) struct Measured {
    pub(crate) answers: usize,
    pub(crate) failed: usize,
    pub(crate) took: Duration,
    /// In microseconds, sorted.
    latencies: Vec<u32>,
    /// Answers of 200 and 204.
    pub(crate) fine: usize,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let answers = self.answers as f64;
        answers / self.took.as_secs_f64()
    }

    /// Milliseconds within which this share of the answers came.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a list in memory"
        )]
        let place = (self.latencies.len() as f64 * share) as usize;
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(place.min(last)).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }
}

/// Sends each request once, over so many connections, and says what came of them. An answer other
/// than 200, 204 and the ones in `expected` is a failure.
pub(crate) async fn ask(
    address: SocketAddr,
    connections: usize,
    requests: Vec<Vec<u8>>,
    expected: &'static [u16],
) -> anyhow::Result<(Measured, Vec<Vec<u8>>)> {
    let total = requests.len();
    let requests = Arc::new(requests);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|first| {
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut seen = Vec::with_capacity(requests.len() / connections + 1);
                for place in (first..requests.len()).step_by(connections) {
                    let asked = Instant::now();
                    let status = connection.ask(&requests[place]).await?;
                    let micros = u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX);
                    seen.push((place, micros, status, connection.body().to_vec()));
                }
                anyhow::Ok(seen)
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(total);
    let mut bodies = vec![Vec::new(); total];
    let (mut failed, mut fine) = (0, 0);
    for task in tasks {
        for (place, micros, status, body) in task.await?? {
            latencies.push(micros);
            bodies[place] = body;
            if matches!(status, 200 | 204) {
                fine += 1;
            } else if !expected.contains(&status) {
                failed += 1;
            }
        }
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    Ok((Measured { answers: total, failed, took, latencies, fine }, bodies))
}

/// A connection that stays open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: (usize, usize),
}

impl Connection {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 * 1024), body: (0, 0) })
    }

    /// Sends a request and reads the whole answer; gives its status.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.get(9..12).and_then(|text| text.parse().ok()).context("no status")?;
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(Ok(0), str::parse)?;
        while self.buffer.len() < head + length {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
        }
        self.body = (head, head + length);
        Ok(status)
    }

    fn body(&self) -> &[u8] {
        // Large answers are not kept: they are the same each time.
        let (from, to) = self.body;
        if to - from > 1_024 { &[] } else { &self.buffer[from..to] }
    }
}

/// A GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: zstd\r\n\r\n").into_bytes()
}

/// A POST request with a token or key in `header`.
pub(crate) fn post(path: &str, header: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{header}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
