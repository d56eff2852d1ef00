//! Asks over plain connections that stay open: as little work as a client can do, since it shares
//! the machine with the server. The bytes of a request are made before the clock starts; of an answer
//! the status and the length are read, where they stand in its bytes, and of its body what is kept.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use memchr::{memchr, memmem};
use rustix::time::{ClockId, clock_gettime};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::crowd;

/// What came of many requests.
pub(crate) struct Measured {
    pub(crate) answers: usize,
    pub(crate) failed: usize,
    pub(crate) took: Duration,
    /// What client and server computed together, where both are of this process: what neighbours take
    /// of the clock is not in it.
    computed: Option<Duration>,
    /// In microseconds, sorted.
    latencies: Vec<u32>,
    /// Answers of 200 and 204.
    pub(crate) fine: usize,
}

impl Measured {
    /// What was measured otherwise: how long each took, in microseconds, and all together.
    pub(crate) fn of(mut latencies: Vec<u32>, took: Duration) -> Self {
        latencies.sort_unstable();
        let answers = latencies.len();
        Self { answers, failed: 0, took, computed: None, latencies, fine: answers }
    }

    /// How long each took, in microseconds.
    pub(crate) fn into_latencies(self) -> Vec<u32> {
        self.latencies
    }

    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let answers = self.answers as f64;
        answers / self.took.as_secs_f64()
    }

    /// Microseconds of computing for each answer, client and server together.
    pub(crate) fn computed_each(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let answers = self.answers as f64;
        self.computed.map(|computed| computed.as_secs_f64() * 1e6 / answers)
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
) -> anyhow::Result<Measured> {
    Ok(ask_and_keep(address, connections, requests, expected, |_| ()).await?.0)
}

/// The same, with what is kept of the body of each answer, in the order of the requests.
pub(crate) async fn ask_and_keep<T: Send + 'static>(
    address: SocketAddr,
    connections: usize,
    requests: Vec<Vec<u8>>,
    expected: &'static [u16],
    keep: fn(&[u8]) -> T,
) -> anyhow::Result<(Measured, Vec<T>)> {
    let total = requests.len();
    let connections = Connection::open_all(address, connections.min(total)).await?;
    let together = connections.len();
    let requests = Arc::new(requests);
    let (begun, computed) = (Instant::now(), computed());
    let tasks: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|(first, connection)| {
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                let places = (first..requests.len()).step_by(together);
                connection.ask_each(&requests, places, keep).await
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(total);
    let mut kept = Vec::with_capacity(total);
    let (mut failed, mut fine) = (0, 0);
    for task in tasks {
        for seen in task.await?? {
            latencies.push(seen.micros);
            kept.push((seen.place, seen.kept));
            if matches!(seen.status, 200 | 204) {
                fine += 1;
            } else if !expected.contains(&seen.status) {
                failed += 1;
            }
        }
    }
    let (took, computed) = (begun.elapsed(), Some(self::computed().saturating_sub(computed)));
    latencies.sort_unstable();
    kept.sort_unstable_by_key(|(place, _)| *place);
    let measured = Measured { answers: total, failed, took, computed, latencies, fine };
    Ok((measured, kept.into_iter().map(|(_, body)| body).collect()))
}

/// What all threads of this process have computed so far.
fn computed() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// An answer to the request at this place.
struct Seen<T> {
    place: usize,
    micros: u32,
    status: u16,
    kept: T,
}

/// A connection that stays open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: (usize, usize),
}

/// How many connections come from one address: it has about 28,000 ports for them.
const FROM_ONE_ADDRESS: usize = 20_000;
/// How many connections are opened at the same time: fewer than may wait to be taken on.
const OPENED_TOGETHER: usize = 512;
/// Files that are open beside the connections.
const OTHER_FILES: u64 = 512;

impl Connection {
    /// So many connections, all open.
    async fn open_all(address: SocketAddr, count: usize) -> anyhow::Result<Vec<Self>> {
        // Both ends of each are here.
        crowd::allow_files(2 * u64::try_from(count)? + OTHER_FILES)
            .with_context(|| format!("{count} connections need more open files: ulimit -n"))?;
        let mut open = Vec::with_capacity(count);
        while open.len() < count {
            let next = open.len()..count.min(open.len() + OPENED_TOGETHER);
            let opening: Vec<_> =
                next.map(|number| tokio::spawn(Self::open(address, number))).collect();
            for one in opening {
                open.push(one.await??);
            }
        }
        Ok(open)
    }

    async fn open(address: SocketAddr, number: usize) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Ok(more @ 1..) = u8::try_from(number / FROM_ONE_ADDRESS) {
            socket.bind(SocketAddr::from(([127, 0, 1, more], 0)))?;
        }
        let stream = socket.connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1_024), body: (0, 0) })
    }

    /// Sends the requests at these places, one after the other.
    async fn ask_each<T>(
        mut self,
        requests: &[Vec<u8>],
        places: impl ExactSizeIterator<Item = usize>,
        keep: fn(&[u8]) -> T,
    ) -> anyhow::Result<Vec<Seen<T>>> {
        let mut seen = Vec::with_capacity(places.len());
        for place in places {
            let asked = Instant::now();
            let status = self.ask(&requests[place]).await?;
            let micros = u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX);
            seen.push(Seen { place, micros, status, kept: keep(self.body()) });
        }
        Ok(seen)
    }

    /// Sends a request and reads the whole answer; gives its status.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let (status, length) = status_and_length(&self.buffer[..head]).context("no answer")?;
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

/// Status and length of the body, from the head of an answer; no length is none.
fn status_and_length(head: &[u8]) -> Option<(u16, usize)> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let text = |bytes| std::str::from_utf8(bytes).ok();
    let status = text(head.get(9..12)?)?.parse().ok()?;
    let Some(at) = memmem::find(head, LENGTH) else { return Some((status, 0)) };
    let rest = &head[at + LENGTH.len()..];
    let length = text(&rest[..memchr(b'\r', rest)?])?.parse().ok()?;
    Some((status, length))
}

/// A GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    request("GET", path)
}

/// A request without a body.
pub(crate) fn request(method: &str, path: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: zstd\r\n\r\n")
        .into_bytes()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_its_status_and_length_are_read() {
        let read = |head: &str| status_and_length(head.as_bytes());
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n\r\n";
        assert_eq!(read(head), Some((200, 17)));
        assert_eq!(read("HTTP/1.1 204 No Content\r\ndate: today\r\n\r\n"), Some((204, 0)));
        assert_eq!(read("HTTP/1.1 409 Conflict\r\ncontent-length: 1x\r\n\r\n"), None);
        assert_eq!(read("HTTP/1.1\r\n\r\n"), None);
    }
}
