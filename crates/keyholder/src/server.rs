//! The socket of the keyholder: who may connect, and one thread for each connection.

use std::{
    fs, io,
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
    },
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::net::sockopt::socket_peercred;

use crate::{
    frame::{self, Request, Response},
    process::Keyholder,
};

/// How many connections there may be at once: a server has a few.
const MOST_CONNECTIONS: usize = 256;
/// How often the keyholder reads the log and its folder.
const PAUSE: Duration = Duration::from_millis(250);

/// Who may ask a keyholder.
pub struct Callers {
    /// Other users than its own, by number. They seal and open; they neither make nor destroy keys.
    pub others: Vec<u32>,
}

/// A socket that is listened on.
pub struct Listening {
    listener: UnixListener,
    keyholder: Arc<Keyholder>,
    callers: Callers,
}

impl Listening {
    /// Listens on a path, in the place of one that nobody listens on any more. Only the keyholder's own
    /// user may connect, unless others are named.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub fn bind(path: &Path, keyholder: Arc<Keyholder>, callers: Callers) -> io::Result<Self> {
        if UnixStream::connect(path).is_err() {
            drop(fs::remove_file(path));
        }
        let listener = UnixListener::bind(path)?;
        // Who is not let in by the file is not by the credentials of the connection, either.
        let mode = if callers.others.is_empty() { 0o600 } else { 0o666 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        Ok(Self { listener, keyholder, callers })
    }

    /// Answers until the process ends.
    pub fn run(self) {
        let turns = Arc::clone(&self.keyholder);
        thread::spawn(move || {
            loop {
                turns.turn();
                pause();
            }
        });
        let busy = Arc::new(AtomicUsize::new(0));
        for stream in self.listener.incoming() {
            let Ok(stream) = stream else {
                pause();
                continue;
            };
            let Some(caller) = self.caller(&stream) else {
                tracing::warn!("a connection of another user was refused");
                continue;
            };
            if busy.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
                busy.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            let (keyholder, busy) = (Arc::clone(&self.keyholder), Arc::clone(&busy));
            thread::spawn(move || {
                // Who closes or talks nonsense is let go.
                drop(converse(&keyholder, stream, caller));
                busy.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }

    /// Who is at the other end, as the kernel says; none for who may not ask.
    fn caller(&self, stream: &UnixStream) -> Option<Caller> {
        let user = socket_peercred(stream).ok()?.uid;
        let own = user == rustix::process::geteuid() || user.is_root();
        let user = user.as_raw();
        (own || self.callers.others.contains(&user)).then_some(Caller { user, own })
    }
}

/// Who asks.
#[derive(Clone, Copy)]
struct Caller {
    /// As the kernel knows them.
    user: u32,
    /// Whether it is the keyholder's own user, or root; otherwise a server under another one.
    own: bool,
}

#[expect(clippy::disallowed_methods, reason = "the keyholder is a process of its own")]
fn pause() {
    thread::sleep(PAUSE);
}

fn converse(keyholder: &Keyholder, mut stream: UnixStream, caller: Caller) -> io::Result<()> {
    while let Some(body) = frame::read(&mut stream)? {
        let request = Request::from_bytes(&body)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no request"))?;
        let response = respond(keyholder, request, caller);
        frame::write(&mut stream, &response.to_bytes())?;
    }
    Ok(())
}

fn respond(keyholder: &Keyholder, request: Request, caller: Caller) -> Response {
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, "the keyholder did not do what it was asked for");
        Response::Failed(error.to_string())
    };
    match request {
        Request::Asks(asks) => match keyholder.answer(&asks, caller.user) {
            Ok(told) => Response::Told(told),
            Err(error) => failed(&error),
        },
        Request::ServerKeys => Response::ServerKeys(keyholder.server_keys()),
        Request::Status => match serde_json::to_string(&keyholder.status()) {
            Ok(text) => Response::Status(text),
            Err(error) => failed(&error),
        },
        _ if !caller.own => {
            Response::Failed("only the keyholder's own user makes and destroys keys".to_owned())
        }
        Request::MakeKek => match keyholder.make_kek() {
            Ok(version) => Response::Kek(version),
            Err(error) => failed(&error),
        },
        Request::DestroyKek(version) => match keyholder.destroy_kek(version) {
            Ok(()) => Response::Kek(version),
            Err(error) => failed(&error),
        },
    }
}
