//! A mail server: for gateways that turn a mail into a text message, and for mail addresses.

use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::{
    Environment, Outgoing, PASSWORD, Undelivered, address,
    template::{Escape, Template},
};

/// How long the server may take to answer a command.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How many connections are kept open.
const CONNECTIONS: u32 = 10;

/// A mail server.
///
/// # Shape
///
/// `smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS`, with STARTTLS on port 587, or `smtps:`, with
/// TLS from the start on port 465. USER and PASSWORD are percent-encoded and may be left out.
///
/// | key | meaning |
/// | --- | --- |
/// | `from` | the sender's address |
/// | `to` | the address of a mobile at a gateway, such as `{digits}@sms.example`; without it, only messages to mail addresses are taken |
/// | `subject` | the subject, `{kind}` and other places allowed; none if left out |
/// | `tls` | `required` (default), or `none`, for a server on this machine or behind a tunnel |
pub(super) struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    gateway: Option<Template>,
    subject: Option<Template>,
}

impl MailServer {
    /// Reads a server's URL.
    ///
    /// # Errors
    ///
    /// If something in it is missing, unknown or cannot be right.
    pub(super) fn parse(url: &str, environment: Environment<'_>) -> anyhow::Result<Self> {
        let mut url = address::Parsed::parse(url, environment)?;
        let from: Address = url.take("from").context("from is missing")?.parse().context("from")?;
        let mut place = |key: &str| {
            url.take(key)
                .map(|text| Template::parse(&text, Escape::None, environment))
                .transpose()
                .with_context(|| key.to_owned())
        };
        let (gateway, subject) = (place("to")?, place("subject")?);
        let tls = match url.take("tls").as_deref() {
            None | Some("required") => {
                let parameters = TlsParameters::new(url.host.clone()).context("TLS")?;
                if url.scheme == "smtps" {
                    Tls::Wrapper(parameters)
                } else {
                    Tls::Required(parameters)
                }
            }
            Some("none") => Tls::None,
            Some(_) => bail!("tls is required or none"),
        };
        let port = url.port.unwrap_or(if url.scheme == "smtps" { 465 } else { 587 });
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&url.host)
            .port(port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .hello_name(ClientId::Domain(from.domain().to_owned()))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some(user) = url.user.take() {
            let password = url.password.take();
            let password = password.with_context(|| format!("{PASSWORD} is not set"))?;
            transport = transport.credentials(Credentials::new(user, password.expose().to_owned()));
        }
        url.end()?;
        Ok(Self { transport: transport.build(), from: Mailbox::new(None, from), gateway, subject })
    }

    /// Hands a message over. Its id is in its `Message-ID`, so that a server knows one that comes
    /// again.
    pub(super) async fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        let mail = self.mail(message)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(judge(&error)),
        }
    }

    fn mail(&self, message: &Outgoing) -> Result<Message, Undelivered> {
        let to = if message.to.expose().contains('@') {
            Some(message.to.expose().to_owned())
        } else {
            self.gateway.as_ref().and_then(|gateway| gateway.fill(message, ""))
        };
        let to: Address = to
            .ok_or_else(|| Undelivered::never("no mail address, and no gateway for mobiles"))?
            .parse()
            .map_err(|_| Undelivered::never("it makes no mail address"))?;
        let written = u64::try_from(message.at.as_second()).unwrap_or_default();
        let written = Duration::from_secs(written);
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(SystemTime::UNIX_EPOCH + written)
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            // RFC 3834: out-of-office answers stay away.
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN);
        if let Some(subject) = self.subject.as_ref().and_then(|subject| subject.fill(message, "")) {
            mail = mail.subject(subject);
        }
        mail.body(message.text.expose().clone())
            .map_err(|_| Undelivered::never("it makes no valid mail"))
    }
}

/// A server's text may quote an address, so only its code is kept.
fn judge(error: &Error) -> Undelivered {
    let Some(code) = error.status() else {
        return Undelivered::later(if error.is_timeout() {
            "no answer in time"
        } else if error.is_tls() {
            "its TLS cannot be trusted"
        } else {
            "it cannot be reached"
        });
    };
    let why = format!("status {code}");
    match u16::from(code) {
        // Not signed in, or not well enough: the operator's to put right (RFC 4954, section 6).
        530 | 534 | 535 | 538 => Undelivered::later(why),
        500..=599 => Undelivered::never(why),
        _ => Undelivered::later(why),
    }
}

#[cfg(test)]
mod tests;
