//! Where messages leave the platform. A sink says whether it took one; the outbox decides when to
//! try again. Nothing here logs an address or a text: not in an error, not in a reason.

mod address;
mod courier;
mod file;
mod http;
mod smpp;
mod smtp;
mod template;
mod tls;

use std::{borrow::Cow, path::Path};

use anyhow::bail;
use app::{Secret, messages::Outgoing as Opened};
pub(crate) use courier::{Sink, deliver_due};
use jiff::Timestamp;
use store::Message;
use uuid::Uuid;

/// Where the platform's mobiles are.
const COUNTRY_CODE: &str = "+91";
/// The variable that holds a gateway's password, so that no command line has to.
const PASSWORD: &str = "TEEKA_MESSAGES_PASSWORD";

/// Looks a variable of the environment up.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A message about to leave.
///
/// # Privacy
///
/// Holds an address and a text: for the gateway only.
pub(crate) struct Outgoing {
    /// Its id, by which a gateway knows one that comes again.
    id: Uuid,
    /// A mobile with its country code (`+916000000001`), or a mail address.
    to: Secret<String>,
    /// The text.
    text: Secret<String>,
    /// What it is about: `otp`, `appointment`, `dose`.
    kind: String,
    /// When it was written.
    at: Timestamp,
}

impl Outgoing {
    fn new(message: &Message, opened: &Opened) -> Self {
        let to = opened.to.expose();
        let to = if to.starts_with('+') || to.contains('@') {
            to.clone()
        } else {
            format!("{COUNTRY_CODE}{to}")
        };
        Self {
            id: message.id,
            to: Secret::new(to),
            text: opened.text.clone(),
            kind: message.kind.clone(),
            at: message.at,
        }
    }

    /// The mobile with its country code, digits only; none for a mail address.
    fn digits(&self) -> Option<&str> {
        self.to.expose().strip_prefix('+')
    }

    /// The mobile without its country code; none for a mail address.
    fn national(&self) -> Option<&str> {
        let to = self.to.expose();
        to.strip_prefix(COUNTRY_CODE).or_else(|| self.digits())
    }
}

/// Why a message was not delivered: technical, and never an address or a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// It may be tried again.
    Later(Cow<'static, str>),
    /// It will not be taken, whenever it comes.
    Never(Cow<'static, str>),
}

impl Undelivered {
    fn later(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Later(reason.into())
    }

    fn never(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Never(reason.into())
    }
}

/// One way out of the platform.
enum Way {
    /// Standard output, a JSON object a line: for the demo.
    Stdout,
    /// A file, a JSON object a line.
    File(file::Lines),
    /// A gateway that is called over HTTP.
    Http(Box<http::Gateway>),
    /// A mail server.
    Smtp(Box<smtp::MailServer>),
    /// A message centre.
    Smpp(Box<smpp::MessageCentre>),
}

impl Way {
    async fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        match self {
            Self::Stdout => file::print(message),
            Self::File(lines) => lines.deliver(message),
            Self::Http(gateway) => gateway.deliver(message).await,
            Self::Smtp(server) => server.deliver(message).await,
            Self::Smpp(centre) => centre.deliver(message).await,
        }
    }
}

/// Reads a sink's name.
///
/// # Shape
///
/// One of:
///
/// - `stdout`
/// - `file:PATH`, to which a JSON object a line is added
/// - `http:FILE`, a gateway by a template; see [`http::settings::Settings`]
/// - `https://HOST/PATH`, which gets the message as JSON, posted; see [`http::Gateway::hook`]
/// - `smpp://SYSTEM_ID@HOST:PORT/?source=SENDER`, or `smpps:` for TLS; see [`smpp::Settings`]
/// - `smtp://USER@HOST:PORT/?from=ADDRESS`, or `smtps:`; see [`smtp::MailServer`]
///
/// A password is best left out of it and put into `TEEKA_MESSAGES_PASSWORD`.
///
/// # Errors
///
/// If it is not a known sink, or what it names cannot be used. No error holds the name itself,
/// which may hold a password.
pub(crate) fn parse(name: &str) -> anyhow::Result<Sink> {
    way(name, &|variable| std::env::var(variable).ok()).map(Sink::new)
}

fn way(name: &str, environment: Environment<'_>) -> anyhow::Result<Way> {
    Ok(match name.split_once(':') {
        None if name == "stdout" => Way::Stdout,
        Some(("file", path)) => Way::File(file::Lines::open(Path::new(path))?),
        Some(("http" | "https", rest)) if rest.starts_with("//") => {
            Way::Http(Box::new(http::Gateway::hook(name, environment)?))
        }
        Some(("http", path)) => {
            Way::Http(Box::new(http::Gateway::read(Path::new(path), environment)?))
        }
        Some(("smtp" | "smtps", _)) => {
            Way::Smtp(Box::new(smtp::MailServer::parse(name, environment)?))
        }
        Some(("smpp" | "smpps", _)) => {
            Way::Smpp(Box::new(smpp::MessageCentre::parse(name, environment)?))
        }
        _ => bail!("a sink is stdout, file:PATH, http:FILE, https://URL, smpp://… or smtp://…"),
    })
}

#[cfg(test)]
mod tests;
