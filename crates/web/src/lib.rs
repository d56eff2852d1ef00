//! HTTP: the Co-WIN contract, our API, the portal and the facility desk. It parses, finds who is
//! calling, calls a use case and converts back. It decides nothing.

pub mod api;
mod caller;
mod clock;
mod cookie;
mod cowin;
pub mod data;
mod desk;
mod discovery;
mod file;
mod form;
mod health;
mod intake;
mod language;
mod limit;
mod log;
mod openapi;
mod page;
mod portal;
mod problem;
mod rolls;
mod same_site;
mod saved;
mod security;
mod token;
mod verifier;
mod wallet;
mod withdrawn;
mod wrong;

use std::sync::Arc;

use app::{Platform, clock::Entropy, webauthn::RelyingParty};
use axum::{Router, middleware};
pub use clock::{Clock, SystemClock};
use exposure::console::Console;
use metrics_exporter_prometheus::PrometheusHandle;
pub use openapi::document;

/// A key of a partner app or of a state government's program.
#[derive(Clone)]
pub struct ApiKey {
    /// SHA-256 of the key, hex.
    pub sha256: String,
    /// Whether it opens the vaccinator calls.
    pub vaccinator: bool,
    /// The state it is for, if it is for one.
    pub state: Option<i32>,
}

/// What the pages and calls stand on.
#[derive(Clone)]
pub struct Web(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) platform: Arc<Platform>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) api_keys: Vec<ApiKey>,
    pub(crate) tokens: token::Tokens,
    pub(crate) discovery: discovery::Cache,
    pub(crate) sold_out: cowin::sold_out::Cache,
    pub(crate) limiter: limit::Limiter,
    pub(crate) metrics: Option<PrometheusHandle>,
    pub(crate) trusts_proxy: bool,
    pub(crate) security_contact: Option<String>,
    pub(crate) relying_party: Option<RelyingParty>,
    pub(crate) exposure: Arc<Console>,
}

/// How the server is set up.
pub struct Options {
    /// Keys of partners and state programs.
    pub api_keys: Vec<ApiKey>,
    /// Where metrics are read from.
    pub metrics: Option<PrometheusHandle>,
    /// Whether `X-Forwarded-For` of whoever connects is believed.
    pub trusts_proxy: bool,
    /// Whom researchers tell of a weakness: `mailto:ADDRESS` or the https address of a page. Without
    /// one, `security.txt` names the page for reports only, if the platform has an address.
    pub security_contact: Option<String>,
    /// To whom passkeys are bound; none where there is no address for it.
    pub relying_party: Option<RelyingParty>,
    /// The sweep and the takedowns that are shown.
    pub exposure: Console,
}

impl Web {
    /// Puts the server together.
    pub fn new(
        platform: Arc<Platform>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: Options,
    ) -> Self {
        let key = platform.vault().token_key();
        Self(Arc::new(Inner {
            tokens: token::Tokens::new(key.expose()),
            discovery: discovery::Cache::default(),
            sold_out: cowin::sold_out::Cache::default(),
            limiter: limit::Limiter::new(platform.settings().limits),
            platform,
            clock,
            entropy,
            api_keys: options.api_keys,
            metrics: options.metrics,
            trusts_proxy: options.trusts_proxy,
            security_contact: options.security_contact,
            relying_party: options.relying_party,
            exposure: Arc::new(options.exposure),
        }))
    }

    /// A resident's token without a one-time password: for measurements. Whoever holds this value
    /// holds the key of all tokens anyway.
    ///
    /// # Errors
    ///
    /// If the keyholder is away.
    pub async fn resident_token(
        &self,
        mobile: &domain::person::Mobile,
    ) -> Result<String, app::Error> {
        let inner = &self.0;
        let account = inner.platform.account_of(mobile).await?;
        let now = inner.clock.now().as_second();
        let claims = token::Claims {
            mobile_number: mobile.digits().parse().unwrap_or(0),
            exp: now + 24 * 3_600,
            ..token::Claims::new(account.uuid, account.uuid, now, token::Scope::Resident)
        };
        Ok(inner.tokens.make(&claims))
    }

    /// All routes.
    pub fn router(self) -> Router {
        let pages = portal::routes()
            .merge(desk::routes())
            .merge(intake::routes())
            .layer(middleware::from_fn(same_site::only));
        Router::new()
            .merge(cowin::routes())
            .merge(api::routes())
            .merge(verifier::routes())
            .merge(wallet::routes())
            .merge(withdrawn::routes())
            .merge(data::routes())
            .merge(security::routes())
            .merge(log::routes())
            .merge(rolls::routes())
            .merge(pages)
            .merge(health::routes())
            .fallback(problem::no_such_page)
            .layer(middleware::from_fn_with_state(self.clone(), health::observe))
            .layer(axum::extract::DefaultBodyLimit::max(64 * 1024))
            .with_state(self)
    }
}

#[cfg(test)]
mod tests;
