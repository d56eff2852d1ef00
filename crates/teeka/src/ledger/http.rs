//! The files of a log from a web server.

use std::time::Duration;

use anyhow::{Context, ensure};
use ledger::source::{Source, SourceError};
use ureq::http::{StatusCode, Uri, header};

/// How long one file may take: the largest has 17 MB.
const PATIENCE: Duration = Duration::from_mins(1);

/// A web server that has the files of a log.
pub(super) struct Server {
    prefix: String,
    agent: ureq::Agent,
}

impl Server {
    pub(super) fn is_url(text: &str) -> bool {
        text.starts_with("https://") || text.starts_with("http://")
    }

    pub(super) fn new(prefix: &str) -> anyhow::Result<Self> {
        let uri: Uri = prefix.parse().context("the URL of the log")?;
        ensure!(uri.query().is_none(), "the URL of a log has no query");
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .user_agent("teeka")
            .tls_config(exposure::client::tls())
            .build()
            .new_agent();
        Ok(Self { prefix: prefix.trim_end_matches('/').to_owned(), agent })
    }
}

impl Source for Server {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let url = format!("{}/{path}", self.prefix);
        let asked = self.agent.get(&url).header(header::ACCEPT_ENCODING, "identity").call();
        let mut answer = asked.map_err(|error| SourceError::Away(error.into()))?;
        let away = |why: String| Err(SourceError::Away(why.into()));
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            status => return away(format!("the server answers with status {status}")),
        }
        let encoding = answer.headers().get(header::CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| encoding != "identity") {
            return away("the server sends an encoding that was not asked for".to_owned());
        }
        match answer.body_mut().with_config().limit(most as u64 + 1).read_to_vec() {
            Ok(bytes) if bytes.len() <= most => Ok(Some(bytes)),
            Ok(_) | Err(ureq::Error::BodyExceedsLimit(_)) => Err(SourceError::TooLarge),
            Err(error) => Err(SourceError::Away(error.into())),
        }
    }
}
