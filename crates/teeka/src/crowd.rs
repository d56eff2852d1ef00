//! Many connections at once: the socket that takes them on, the open files that each of them is, and
//! how long one may say nothing.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::pin,
    time::Duration,
};

use axum::{Router, extract::ConnectInfo};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Within what time a connection sends the head of its next request, or it is closed: who opens many
/// and says nothing would keep others out. Longer than nginx keeps one to a server that it does not
/// use (60 s), as that end should close it which knows that nothing is under way.
pub(crate) const PATIENCE: Duration = Duration::from_secs(75);

/// How long nobody is taken on after the system could not: files that are closed meanwhile let others
/// in.
const PAUSE: Duration = Duration::from_millis(100);

/// How many may wait to be taken on. Linux cuts it down to `net.core.somaxconn`, which is 4,096 if
/// nobody has changed it; what is turned away beyond it tries again a second later.
const WAITING: u32 = 65_535;

/// Listens where many come in the same second, each of whom is an open file.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    allow_all_files()?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Answers requests until `stop`, then finishes those that were begun.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience);
    let connections = GracefulShutdown::new();
    let service = TowerToHyperService::new(router);
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            taken_on = take_on(&listener) => taken_on,
            () = &mut stop => break,
        };
        let service = service.clone();
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            service.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), answer);
        let connection = connections.watch(connection);
        // What becomes of a connection is its client's affair.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    connections.shutdown().await;
}

/// The next connection.
async fn take_on(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // The end of an answer is not held back until its beginning has been received.
                drop(stream.set_nodelay(true));
                return (stream, peer);
            }
            // It went before it was taken on.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::warn!(what = "accept", %error, "a worker failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Allows this process as many open files as the system lets it have: many systems give 1,024 to
/// who does not ask for more. Gives how many that are; none is no limit.
fn allow_all_files() -> io::Result<Option<u64>> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(maximum)
}

/// Allows this process so many open files, which takes a right of its own beyond the system's limit.
pub(crate) fn allow_files(count: u64) -> io::Result<()> {
    if allow_all_files()?.is_none_or(|allowed| allowed >= count) {
        return Ok(());
    }
    let limit = Some(count);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit, maximum: limit })?)
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::oneshot,
        task::JoinHandle,
        time::timeout,
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);
    const LONG: Duration = Duration::from_secs(20);

    /// A server that is as patient, where it is, and what ends it.
    fn start(patience: Duration) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let router = Router::new()
            .route("/", get(async || "well"))
            .route(
                "/slow",
                get(async || {
                    tokio::time::sleep(2 * SHORT).await;
                    "well"
                }),
            )
            .route("/body", post(async |body: String| body));
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = serve(listener, router, patience, async { drop(stopped.await) });
        (address, stop, tokio::spawn(serving))
    }

    async fn connect(address: SocketAddr, first: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        stream
    }

    /// All that comes until the other end closes it.
    async fn rest(mut stream: TcpStream) -> String {
        let mut text = String::new();
        timeout(LONG, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn who_says_nothing_is_let_go_and_who_asks_is_answered() {
        let (address, _stop, _serving) = start(SHORT);
        let silent = connect(address, "").await;
        let half = connect(address, "GET / HTTP/1.1\r\nhost: here\r\n").await;
        let asked = connect(address, "GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
        let mut body =
            connect(address, "POST /body HTTP/1.1\r\nhost: here\r\ncontent-length: 2\r\n\r\n")
                .await;
        tokio::time::sleep(2 * SHORT).await;
        // A body may come late: the connection is bad where vaccinations are given.
        body.write_all(b"ok").await.unwrap();
        assert!(!rest(silent).await.contains("200"));
        assert!(!rest(half).await.contains("200"));
        assert!(rest(asked).await.ends_with("well"));
        assert!(rest(body).await.ends_with("ok"));
    }

    #[tokio::test]
    async fn what_was_begun_is_finished_and_nobody_else_is_taken_on() {
        let (address, stop, serving) = start(LONG);
        let slow = connect(address, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
        tokio::time::sleep(SHORT).await;
        stop.send(()).unwrap();
        tokio::time::sleep(SHORT / 3).await;
        assert!(!serving.is_finished());
        assert!(rest(slow).await.ends_with("well"));
        timeout(LONG, serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
