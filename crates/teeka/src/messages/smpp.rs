//! A message centre of an operator or aggregator, over SMPP 3.4: one connection that stays open,
//! opened anew when it is lost.

mod line;
mod text;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, bail};
use app::Secret;
use line::{Dial, Line};
use rusmpp::{
    pdus::SubmitSm,
    tlvs::{MessageSubmissionRequestTlvValue as Tlv, TlvTag},
    types::{AnyOctetString, COctetString, OctetString},
    values::{EsmClass, MessagePayload, Npi, Ton, UserMessageReference},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

use super::{Environment, Outgoing, PASSWORD, Undelivered, address, tls};

/// How long the message centre may take to take a message.
const ANSWER: Duration = Duration::from_secs(20);
/// How long a message centre that could not be reached is left alone.
const LET_REST: Duration = Duration::from_secs(2);
/// After this long without a word, the message centre is asked whether it is there.
const QUIET: Duration = Duration::from_secs(30);
/// The registered id of a text's form: the tag that operators in India use.
const TEMPLATE_TAG: u16 = 0x1401;

/// A message centre and how it is used.
///
/// # Shape
///
/// `smpp://SYSTEM_ID:PASSWORD@HOST:PORT/?source=SENDER`, port 2775, or `smpps:` for TLS, port 3550.
/// SMPP itself hides nothing: without TLS it belongs into a tunnel.
///
/// | key | meaning |
/// | --- | --- |
/// | `source` | the sender: a name of at most 11 letters, a short code or a number |
/// | `source_ton`, `source_npi` | its type and plan, if the guess from its form is wrong |
/// | `system_type` | as the operator says; empty |
/// | `rate` | messages a second, parts counted; without limit |
/// | `window` | how many may wait for an answer, 10 |
/// | `alphabet` | `gsm` (default; UCS-2 only for texts that need it), or `ucs2` always |
/// | `long` | long texts: `parts` (default), or `payload`, which the message centre splits |
/// | `template.KIND` | the registered id of this kind's text, sent under tag 1401 |
/// | `tlv.TAG` | a value sent with every message under this tag, four hex digits; such as `tlv.1400`, the entity's id in India |
pub(super) struct MessageCentre {
    settings: Settings,
    dial: Dial,
    line: Mutex<LineState>,
}

/// How messages are written.
pub(super) struct Settings {
    source: COctetString<1, 21>,
    source_ton: Ton,
    source_npi: Npi,
    gsm: bool,
    payload: bool,
    templates: BTreeMap<String, String>,
    tlvs: Vec<(u16, String)>,
}

enum LineState {
    Open(Line),
    /// Not open, and left alone until then.
    Closed(Instant),
}

impl MessageCentre {
    /// Reads a message centre's URL. It is called with the first message.
    ///
    /// # Errors
    ///
    /// If something in it is missing, unknown or cannot be right.
    pub(super) fn parse(url: &str, environment: Environment<'_>) -> anyhow::Result<Self> {
        let mut url = address::Parsed::parse(url, environment)?;
        let settings = Settings::take(&mut url)?;
        let secure = url.scheme == "smpps";
        let password = url.password.take().with_context(|| format!("{PASSWORD} is not set"))?;
        let system_id = url.user.take().context("the URL has no system id")?;
        let window = url.take_number("window")?.unwrap_or(10);
        let rate = url.take_number("rate")?;
        if window == 0 || rate == Some(0) {
            bail!("window and rate are at least 1");
        }
        let dial = Dial {
            port: url.port.unwrap_or(if secure { 3550 } else { 2775 }),
            tls: secure.then(tls::client).transpose()?,
            system_id: octets(&system_id).context("the system id has at most 15 characters")?,
            password: Secret::new(password.expose().to_owned()),
            system_type: octets(&url.take("system_type").unwrap_or_default())
                .context("system_type has at most 12 characters")?,
            window: usize::try_from(window)?,
            pause: rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate),
            quiet: QUIET,
            host: url.host.clone(),
        };
        if octets::<9>(dial.password.expose()).is_none() {
            bail!("the password has at most 8 characters");
        }
        url.end()?;
        Ok(Self { settings, dial, line: Mutex::new(LineState::Closed(Instant::now())) })
    }

    /// Hands a message over, in parts if it is long. The end of its id goes with it as
    /// `user_message_reference`.
    pub(super) async fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        let parts = self.settings.submissions(message)?;
        let deadline = Instant::now() + ANSWER;
        let line = self.line().await?;
        let mut answers = Vec::with_capacity(parts.len());
        for part in parts {
            let answer = timeout_at(deadline, line.submit(part)).await;
            answers.push(answer.map_err(|_| Undelivered::later("no answer in time"))??);
        }
        for answer in answers {
            let answer = timeout_at(deadline, answer).await;
            answer
                .map_err(|_| Undelivered::later("no answer in time"))?
                .map_err(|_| Undelivered::later("the connection is lost"))??;
        }
        Ok(())
    }

    /// The open connection, opened if need be.
    async fn line(&self) -> Result<Line, Undelivered> {
        let mut state = self.line.lock().await;
        match &*state {
            LineState::Open(line) if line.is_open() => return Ok(line.clone()),
            LineState::Closed(until) if *until > Instant::now() => {
                return Err(Undelivered::later("it could not be reached just now"));
            }
            LineState::Open(_) | LineState::Closed(_) => {}
        }
        match self.dial.open().await {
            Ok(line) => {
                *state = LineState::Open(line.clone());
                Ok(line)
            }
            Err(why) => {
                *state = LineState::Closed(Instant::now() + LET_REST);
                Err(why)
            }
        }
    }
}

impl Settings {
    fn take(url: &mut address::Parsed) -> anyhow::Result<Self> {
        let source = url.take("source").context("source is missing")?;
        let (ton, npi) = numbering(&source);
        let small = |number: Option<u32>| number.map(u8::try_from).transpose();
        let mut choice = |key: &str, default: &str, other: &str| match url.take(key) {
            None => Ok(true),
            Some(value) if value == default => Ok(true),
            Some(value) if value == other => Ok(false),
            Some(_) => bail!("{key} is {default} or {other}"),
        };
        let gsm = choice("alphabet", "gsm", "ucs2")?;
        let payload = !choice("long", "parts", "payload")?;
        Ok(Self {
            source: octets(&source).context("source has at most 20 characters")?,
            source_ton: small(url.take_number("source_ton")?)?.map_or(ton, Ton::from),
            source_npi: small(url.take_number("source_npi")?)?.map_or(npi, Npi::from),
            gsm,
            payload,
            templates: url.take_all("template.").into_iter().collect(),
            tlvs: url
                .take_all("tlv.")
                .into_iter()
                .map(|(tag, value)| Ok((u16::from_str_radix(&tag, 16)?, value)))
                .collect::<anyhow::Result<_>>()
                .context("a tag has four hex digits")?,
        })
    }

    /// What is sent for a message: the same again when it is sent again.
    fn submissions(&self, message: &Outgoing) -> Result<Vec<SubmitSm>, Undelivered> {
        let digits = message.digits().and_then(octets);
        let to = digits.ok_or_else(|| Undelivered::never("it has no mobile"))?;
        let encoded = text::Encoded::new(message.text.expose(), self.gsm);
        let [.., high, low] = *message.id.as_bytes();
        let basic = || {
            let mut basic = SubmitSm::builder()
                .source_addr(self.source.clone())
                .source_addr_ton(self.source_ton)
                .source_addr_npi(self.source_npi)
                .destination_addr(to.clone())
                .dest_addr_ton(Ton::International)
                .dest_addr_npi(Npi::Isdn)
                // The library's own default is that of a delivery acknowledgement.
                .esm_class(EsmClass::from(0))
                .data_coding(encoded.coding)
                .build();
            let reference = u16::from_be_bytes([high, low]);
            basic.push_tlv(Tlv::UserMessageReference(UserMessageReference::new(reference)));
            let registered = self.templates.get(&message.kind);
            let registered = registered.map(|id| (TEMPLATE_TAG, id));
            let always = self.tlvs.iter().map(|(tag, value)| (*tag, value));
            for (tag, value) in always.chain(registered) {
                let value = AnyOctetString::from_slice(value.as_bytes());
                basic.push_tlv(Tlv::Other { tag: TlvTag::Other(tag), value });
            }
            basic
        };
        let parts = encoded.parts();
        if self.payload && parts.len() > 1 {
            let mut long = basic();
            let payload = MessagePayload::new(AnyOctetString::from_vec(encoded.whole()));
            long.push_tlv(Tlv::MessagePayload(payload));
            return Ok(vec![long]);
        }
        let total = u8::try_from(parts.len()).map_err(|_| Undelivered::never("it is too long"))?;
        Ok(parts
            .into_iter()
            .zip(1..=total)
            .map(|(part, place)| {
                let mut submission = basic();
                // 3GPP TS 23.040, section 9.2.3.24.1: the header that joins parts.
                let header = [5, 0, 3, low, total, place];
                let bytes = if total > 1 { [&header, part.as_slice()].concat() } else { part };
                if total > 1 {
                    submission.esm_class = EsmClass::from(0).with_udhi_indicator();
                }
                let bytes = OctetString::from_vec(bytes).expect("a part has at most 160 bytes");
                submission.set_short_message(bytes);
                submission
            })
            .collect())
    }
}

/// Type and plan of a sender by its form: a name, a short code or a number.
fn numbering(source: &str) -> (Ton, Npi) {
    let digits = source.bytes().all(|byte| byte.is_ascii_digit());
    match source.len() {
        _ if !digits => (Ton::Alphanumeric, Npi::Unknown),
        ..=8 => (Ton::NetworkSpecific, Npi::Unknown),
        _ => (Ton::International, Npi::Isdn),
    }
}

/// A text that ends in a NUL, if it is short enough and ASCII.
fn octets<const MAX: usize>(text: &str) -> Option<COctetString<1, MAX>> {
    COctetString::from_vec([text.as_bytes(), &[0]].concat()).ok()
}

#[cfg(test)]
mod tests;
