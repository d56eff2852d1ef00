//! The way to a keyholder: what many ask for at once goes in few frames.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::{Mutex, mpsc, oneshot},
    time::timeout,
};
use vault::{Ask, Holder, NotDone, ServerKeys, Told};

use crate::{
    frame::{self, MOST_ASKS, Request, Response},
    process::Status,
};

/// How many frames are under way at once: one is answered while another is on its way.
const LANES: usize = 3;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of a frame's asks is taken together.
const FULL: usize = 512;

type Waiting = (Vec<Ask>, oneshot::Sender<Result<Vec<Told>, NotDone>>);

/// A keyholder behind a socket.
pub struct Client {
    path: PathBuf,
    queue: mpsc::Sender<Waiting>,
}

/// Why a keyholder did not do something.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It does not answer.
    #[error("the keyholder cannot be reached")]
    Away,
    /// It says why not.
    #[error("the keyholder says: {0}")]
    Failed(String),
}

impl Client {
    /// The keyholder at a path. It need not be there yet. Must be called inside a tokio runtime.
    pub fn new(path: &Path) -> Self {
        let (queue, waiting) = mpsc::channel(1_024);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..LANES {
            tokio::spawn(lane(path.to_owned(), Arc::clone(&waiting)));
        }
        Self { path: path.to_owned(), queue }
    }

    /// How it stands.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn status(&self) -> Result<Status, ClientError> {
        match self.once(&Request::Status).await? {
            Response::Status(text) => serde_json::from_str(&text).map_err(|_| ClientError::Away),
            response => Err(failed(response)),
        }
    }

    /// Has it make a new key-encryption key; gives its version.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn make_kek(&self) -> Result<u32, ClientError> {
        match self.once(&Request::MakeKek).await? {
            Response::Kek(version) => Ok(version),
            response => Err(failed(response)),
        }
    }

    /// Has it destroy a version.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn destroy_kek(&self, version: u32) -> Result<(), ClientError> {
        match self.once(&Request::DestroyKek(version)).await? {
            Response::Kek(_) => Ok(()),
            response => Err(failed(response)),
        }
    }

    /// One question on a connection of its own.
    async fn once(&self, request: &Request) -> Result<Response, ClientError> {
        let mut lane = Lane { path: self.path.clone(), stream: None };
        lane.ask(request).await.map_err(|_| ClientError::Away)
    }
}

fn failed(response: Response) -> ClientError {
    match response {
        Response::Failed(why) => ClientError::Failed(why),
        _ => ClientError::Away,
    }
}

#[async_trait]
impl Holder for Client {
    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Told>, NotDone> {
        let mut told = Vec::with_capacity(asks.len());
        let mut asks = asks;
        while !asks.is_empty() {
            let rest = asks.split_off(asks.len().min(FULL));
            let (reply, answer) = oneshot::channel();
            self.queue.send((asks, reply)).await.map_err(|_| NotDone::Away)?;
            told.extend(answer.await.map_err(|_| NotDone::Away)??);
            asks = rest;
        }
        Ok(told)
    }

    async fn server_keys(&self) -> Result<ServerKeys, NotDone> {
        match self.once(&Request::ServerKeys).await {
            Ok(Response::ServerKeys(keys)) => Ok(keys),
            _ => Err(NotDone::Away),
        }
    }
}

/// Sends what arrived while the last frame was under way, until nobody asks any more.
async fn lane(path: PathBuf, waiting: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut lane = Lane { path, stream: None };
    loop {
        let mut batch = Vec::new();
        let mut queue = waiting.lock().await;
        let Some(first) = queue.recv().await else { return };
        let mut count = first.0.len();
        batch.push(first);
        while count + FULL <= MOST_ASKS {
            let Ok(next) = queue.try_recv() else { break };
            count += next.0.len();
            batch.push(next);
        }
        drop(queue);
        lane.answer(batch).await;
    }
}

/// One connection.
struct Lane {
    path: PathBuf,
    stream: Option<UnixStream>,
}

impl Lane {
    async fn answer(&mut self, batch: Vec<Waiting>) {
        let mut all = Vec::new();
        let mut replies = Vec::with_capacity(batch.len());
        for (asks, reply) in batch {
            replies.push((asks.len(), reply));
            all.extend(asks);
        }
        let asked = all.len();
        let told = match self.ask(&Request::Asks(all)).await {
            Ok(Response::Told(told)) if told.len() == asked => Some(told),
            _ => None,
        };
        let mut told = told.map(Vec::into_iter);
        for (count, reply) in replies {
            let part = told.as_mut().map(|told| told.by_ref().take(count).collect());
            // The caller may have stopped waiting.
            drop(reply.send(part.ok_or(NotDone::Away)));
        }
    }

    async fn ask(&mut self, request: &Request) -> io::Result<Response> {
        let answered = timeout(PATIENCE, self.round_trip(request)).await;
        let answered = answered.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if answered.is_err() {
            // What comes later on it would be the answer to something else.
            self.stream = None;
        }
        answered
    }

    async fn round_trip(&mut self, request: &Request) -> io::Result<Response> {
        // One that was closed in the meantime is known before anything is sent: nothing is asked twice.
        let usable = self.stream.take().filter(|stream| {
            let none = stream.try_read(&mut [0]);
            none.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        });
        let stream = match usable {
            Some(stream) => stream,
            None => UnixStream::connect(&self.path).await?,
        };
        let stream = self.stream.insert(stream);
        let body = request.to_bytes();
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(&body).await?;
        let mut length = [0; 4];
        stream.read_exact(&mut length).await?;
        let mut body = frame::empty(length)?;
        stream.read_exact(&mut body).await?;
        Response::from_bytes(&body).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}
