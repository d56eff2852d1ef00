//! A gateway that is called over HTTP, by a template of its operator.

pub(super) mod settings;

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, bail};
use settings::Settings;
use ureq::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};

use super::{
    Environment, Outgoing, PASSWORD, Undelivered,
    template::{Escape, Place, Template},
};

/// A gateway may ask us to wait, but not for longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// All tries of a message together, in seconds; the outbox leases one for 60.
const LONGEST: u64 = 45;
/// What a hook gets.
const HOOK: &str = r#"{"id":"{id}","to":"{to}","kind":"{kind}","text":"{text}"}"#;
/// What is read of an answer when it is looked at.
const ANSWER: u64 = 64 * 1024;

/// A gateway.
pub(super) struct Gateway {
    agent: ureq::Agent,
    method: Method,
    url: Template,
    body: Option<Template>,
    content_type: HeaderValue,
    headers: Vec<(HeaderName, Template)>,
    templates: BTreeMap<String, String>,
    success: Vec<u16>,
    success_text: Option<String>,
    retries: u32,
}

/// What a try came to.
enum Tried {
    Taken,
    Busy(Undelivered, Option<Duration>),
    Refused(Undelivered),
}

impl Gateway {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or a value in it cannot be right.
    pub(super) fn read(path: &Path, environment: Environment<'_>) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let settings = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        Self::new(settings, environment).with_context(|| format!("in {}", path.display()))
    }

    /// A gateway of one's own that takes messages as they are: `id`, `to`, `kind` and `text` in
    /// JSON, posted, with `TEEKA_MESSAGES_PASSWORD`, if it is set, as bearer token.
    pub(super) fn hook(url: &str, environment: Environment<'_>) -> anyhow::Result<Self> {
        let mut settings: Settings =
            toml::from_str("url = ''").expect("all but the URL has a default");
        url.clone_into(&mut settings.url);
        settings.body = String::from(HOOK);
        if environment(PASSWORD).is_some() {
            let bearer = format!("Bearer ${{{PASSWORD}}}");
            settings.headers.insert("authorization".to_owned(), bearer);
        }
        Self::new(settings, environment)
    }

    fn new(settings: Settings, environment: Environment<'_>) -> anyhow::Result<Self> {
        let escape = match settings.content_type.split(';').next().unwrap_or_default().trim() {
            "application/json" => Escape::Json,
            "application/x-www-form-urlencoded" => Escape::Percent,
            _ => bail!("content_type is application/json or application/x-www-form-urlencoded"),
        };
        let tries = u64::from(settings.retries).saturating_add(1);
        let pauses = LONGEST_PAUSE.as_secs() * (tries - 1);
        if tries.saturating_mul(settings.timeout_seconds).saturating_add(pauses) > LONGEST {
            bail!("all tries and the pauses of 5 seconds between them must fit into {LONGEST}");
        }
        let url = Template::parse(&settings.url, Escape::Percent, environment).context("url")?;
        check_url(&url, settings.allow_clear)?;
        let body = (!settings.body.is_empty())
            .then(|| Template::parse(&settings.body, escape, environment).context("body"))
            .transpose()?;
        if let (Some(body), Escape::Json) = (&body, escape) {
            let sample = body.fill(&sample(), "").context("body")?;
            serde_json::from_str::<serde::de::IgnoredAny>(&sample)
                .context("body is not JSON once its places are filled")?;
        }
        Ok(Self {
            agent: agent(Duration::from_secs(settings.timeout_seconds)),
            method: settings.method.parse().context("method")?,
            url,
            body,
            content_type: settings.content_type.parse().context("content_type")?,
            headers: headers(&settings.headers, environment)?,
            templates: settings.templates,
            success: settings.success,
            success_text: settings.success_text,
            retries: settings.retries,
        })
    }

    /// Hands a message over. Its id goes with it as `Idempotency-Key`, so that the gateway knows
    /// one that comes again.
    pub(super) async fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        let mut pause = Duration::from_millis(200);
        let mut left = self.retries;
        loop {
            match self.try_once(message).await? {
                Tried::Taken => return Ok(()),
                Tried::Refused(why) => return Err(why),
                Tried::Busy(why, _) if left == 0 => return Err(why),
                Tried::Busy(_, asked) => {
                    left -= 1;
                    tokio::time::sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE)).await;
                    pause *= 4;
                }
            }
        }
    }

    async fn try_once(&self, message: &Outgoing) -> Result<Tried, Undelivered> {
        let request = self.request(message)?;
        let agent = self.agent.clone();
        let wants_text = self.success_text.is_some();
        let asked = tokio::task::spawn_blocking(move || {
            let mut response = agent.run(request)?;
            let pause = response.headers().get("retry-after").and_then(pause_in);
            // Read in any case, so that the connection can be used again.
            let text = response.body_mut().with_config().limit(ANSWER).lossy_utf8(true);
            let text = text.read_to_string();
            let text = if wants_text { text? } else { String::new() };
            Ok::<_, ureq::Error>((response.status(), pause, text))
        });
        Ok(match asked.await {
            Ok(Ok((status, pause, text))) => self.judge(status, pause, &text),
            Ok(Err(error)) => Tried::Busy(Undelivered::later(cause(&error)), None),
            Err(_) => Tried::Busy(Undelivered::later("the call was broken off"), None),
        })
    }

    fn request(&self, message: &Outgoing) -> Result<Request<Vec<u8>>, Undelivered> {
        let registered = self.templates.get(&message.kind).map_or("", String::as_str);
        let fill = |template: &Template| {
            template
                .fill(message, registered)
                .ok_or_else(|| Undelivered::never("the gateway takes mobiles only"))
        };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(fill(&self.url)?)
            .header("idempotency-key", message.id.to_string());
        for (name, value) in &self.headers {
            request = request.header(name, fill(value)?);
        }
        let body = self.body.as_ref().map(fill).transpose()?;
        if body.is_some() {
            request = request.header("content-type", &self.content_type);
        }
        request
            .body(body.unwrap_or_default().into_bytes())
            .map_err(|_| Undelivered::never("it makes no valid request"))
    }

    fn judge(&self, status: StatusCode, pause: Option<Duration>, text: &str) -> Tried {
        let taken = match self.success.as_slice() {
            [] => status.is_success(),
            some => some.contains(&status.as_u16()),
        };
        let why = format!("status {}", status.as_u16());
        match status.as_u16() {
            _ if taken => match &self.success_text {
                Some(expected) if !text.contains(expected) => {
                    Tried::Refused(Undelivered::later("the answer lacks success_text"))
                }
                _ => Tried::Taken,
            },
            408 | 425 | 429 | 500..=599 => Tried::Busy(Undelivered::later(why), pause),
            // Our credentials, our balance or our URL: the operator's to put right, and no reason
            // to lose a message.
            ..=399 | 401..=407 => Tried::Refused(Undelivered::later(why)),
            _ => Tried::Refused(Undelivered::never(why)),
        }
    }
}

fn agent(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // A message goes where the operator said, and nowhere else.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(100)
        .max_idle_connections_per_host(100)
        .user_agent("teeka")
        .tls_config(exposure::client::tls())
        .build()
        .new_agent()
}

fn check_url(url: &Template, allow_clear: bool) -> anyhow::Result<()> {
    let url: Uri = url.fill(&sample(), "").context("url")?.parse().context("url")?;
    let host = url.host().context("url has no host")?;
    let here = host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    match url.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if here || allow_clear => Ok(()),
        Some("http") => bail!("url is http: set allow_clear if its way is secured by other means"),
        _ => bail!("url is https"),
    }
}

fn headers(
    settings: &BTreeMap<String, String>,
    environment: Environment<'_>,
) -> anyhow::Result<Vec<(HeaderName, Template)>> {
    let mut headers = Vec::new();
    for (name, value) in settings {
        let template = Template::parse(value, Escape::None, environment)
            .with_context(|| format!("header {name}"))?;
        if [Place::To, Place::Digits, Place::National, Place::Text]
            .into_iter()
            .any(|place| template.holds(place))
        {
            bail!("header {name} has a place for an address or a text");
        }
        headers.push((name.parse().with_context(|| format!("header {name}"))?, template));
    }
    Ok(headers)
}

/// A message to try templates on.
fn sample() -> Outgoing {
    Outgoing {
        id: uuid::Uuid::nil(),
        to: app::Secret::new(format!("{}6000000001", super::COUNTRY_CODE)),
        text: app::Secret::new("\"&\\".to_owned()),
        kind: "otp".to_owned(),
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A number of seconds; the form with a date is not looked at.
fn pause_in(header: &HeaderValue) -> Option<Duration> {
    header.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// Why a call came to nothing, without what was called: a URL may hold an address.
fn cause(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "no answer in time",
        ureq::Error::HostNotFound => "the host is not found",
        ureq::Error::Rustls(_) => "its TLS cannot be trusted",
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => "it cannot be reached",
        _ => "the call failed",
    }
}

#[cfg(test)]
mod tests;
