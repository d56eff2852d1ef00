//! The servers of a set-up: each is asked itself, whichever host is asked for.

use std::path::PathBuf;

use super::{EdgeSetup, SiteSetup};
use crate::takedown::http::Unreachable;

/// A server that is asked itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Whether it speaks https.
    pub secure: bool,
    /// Where it is, `HOST:PORT`.
    pub at: String,
    /// Who signs its certificate, if the machine does not know.
    pub ca: Option<PathBuf>,
}

impl Server {
    /// What its addresses begin with.
    pub const fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

impl SiteSetup {
    /// The origin.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] if what is said of it is not of the documented shape.
    pub fn server(&self) -> Result<Server, Unreachable> {
        let (secure, server) = match self.origin.split_once("://") {
            Some(("http", server)) => (false, server),
            Some(("https", server)) => (true, server),
            _ => return Err(Unreachable("origin is http://HOST:PORT or https://HOST:PORT")),
        };
        let server = server.trim_end_matches('/');
        let port = if secure { 443 } else { 80 };
        let named = server.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let at = if named { server.to_owned() } else { format!("{server}:{port}") };
        Ok(Server { secure, at, ca: self.ca.clone() })
    }
}

impl EdgeSetup {
    /// Its servers.
    pub fn servers(&self) -> impl Iterator<Item = Server> {
        let all = self.http.iter().map(|at| (false, at));
        let all = all.chain(self.https.iter().map(|at| (true, at)));
        all.map(|(secure, at)| Server { secure, at: at.clone(), ca: self.ca.clone() })
    }
}
