//! A message gateway that is called over HTTP, by a template of its operator.

use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use app::{messages::Outgoing, upkeep::Delivery};
use serde::Deserialize;

/// The template: a TOML file.
///
/// # Shape
///
/// `url`, `method` (POST), `body` with `{to}`, `{text}`, `{kind}`, `{id}`, `content_type` (JSON or
/// form), `headers`, `timeout_seconds` (10). Values are escaped for the content type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    url: String,
    body: String,
    #[serde(default = "json_type")]
    content_type: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default = "ten")]
    timeout_seconds: u64,
}

fn json_type() -> String {
    "application/json".to_owned()
}

const fn ten() -> u64 {
    10
}

/// A gateway.
pub(crate) struct Gateway {
    template: Template,
    agent: ureq::Agent,
}

impl Gateway {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or names an unknown content type.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let template: Template =
            toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        Self::new(template)
    }

    fn new(template: Template) -> anyhow::Result<Self> {
        let known = ["application/json", "application/x-www-form-urlencoded"];
        if !known.contains(&template.content_type.as_str()) {
            bail!("content_type is application/json or application/x-www-form-urlencoded");
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ureq::tls::TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(ureq::tls::RootCerts::PlatformVerifier)
            .build();
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(template.timeout_seconds)))
            .http_status_as_error(false)
            .tls_config(tls)
            .build()
            .new_agent();
        Ok(Self { template, agent })
    }

    /// Hands a message over. Its id goes with it, so that the gateway knows a repeated one.
    pub(crate) async fn deliver(&self, kind: &str, message: &Outgoing) -> Delivery {
        let body = self.body(kind, message);
        let mut request = self
            .agent
            .post(&self.template.url)
            .header("content-type", &self.template.content_type)
            .header("idempotency-key", message.id.to_string());
        for (name, value) in &self.template.headers {
            request = request.header(name, value);
        }
        let sent = tokio::task::spawn_blocking(move || {
            request.send(body).map(|response| response.status().as_u16())
        });
        match sent.await {
            Ok(Ok(200..=299)) => Delivery::Delivered,
            Ok(Ok(429 | 500..=599) | Err(_)) | Err(_) => Delivery::Later,
            Ok(Ok(_)) => Delivery::Never,
        }
    }

    fn body(&self, kind: &str, message: &Outgoing) -> String {
        let escape = |text: &str| {
            if self.template.content_type == "application/json" {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            } else {
                form_encode(text)
            }
        };
        let id = message.id.to_string();
        let fields = [
            ("{to}", message.to.expose().as_str()),
            ("{text}", message.text.expose().as_str()),
            ("{kind}", kind),
            ("{id}", id.as_str()),
        ];
        let mut body = String::new();
        let mut rest = self.template.body.as_str();
        while let Some(place) = rest.find('{') {
            body.push_str(&rest[..place]);
            rest = &rest[place..];
            if let Some((name, value)) = fields.iter().find(|(name, _)| rest.starts_with(name)) {
                body.push_str(&escape(value));
                rest = &rest[name.len()..];
            } else {
                body.push('{');
                rest = &rest[1..];
            }
        }
        body + rest
    }
}

fn form_encode(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use app::Secret;

    use super::*;

    fn message() -> Outgoing {
        Outgoing {
            id: uuid::Uuid::nil(),
            to: Secret::new("6000000001".to_owned()),
            text: Secret::new("say \"hi\" & {to}".to_owned()),
        }
    }

    fn gateway(url: String, content_type: &str, body: &str) -> Gateway {
        let (body, content_type) = (body.to_owned(), content_type.to_owned());
        Gateway::new(Template { url, body, content_type, headers: vec![], timeout_seconds: 2 })
            .unwrap()
    }

    #[test]
    fn values_are_escaped_and_never_read_as_template() {
        let json = gateway(String::new(), "application/json", r#"{"m":"{to}","t":"{text}"}"#);
        let body: serde_json::Value = serde_json::from_str(&json.body("otp", &message())).unwrap();
        assert_eq!(body["t"], "say \"hi\" & {to}");
        let form = gateway(String::new(), "application/x-www-form-urlencoded", "m={to}&t={text}");
        assert_eq!(form.body("otp", &message()), "m=6000000001&t=say%20%22hi%22%20%26%20%7Bto%7D");
    }

    #[tokio::test]
    async fn a_gateway_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
        for (status, expected) in [
            ("200 OK", Delivery::Delivered),
            ("503 Busy", Delivery::Later),
            ("400 Bad", Delivery::Never),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}/send", listener.local_addr().unwrap());
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&bytes[..read]).into_owned()
            });
            let gateway = gateway(url, "application/json", r#"{"t":"{text}"}"#);
            assert_eq!(gateway.deliver("otp", &message()).await, expected);
            assert!(server.join().unwrap().contains("idempotency-key: 00000000-"));
        }
    }
}
