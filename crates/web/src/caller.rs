//! Who asks: from the token, the key and the address of a request.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use app::{Actor, Ctx, Secret};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, header::AUTHORIZATION, request::Parts},
};
use domain::id::StateId;

use crate::{
    Inner, Web,
    cookie::Cookie,
    language::Twins,
    token::{Claims, Scope},
};

/// Who asks, as far as the request shows. It never fails: a route that needs more says so.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The request's view of the world, by the token.
    pub(crate) ctx: Ctx,
    /// What the token says, if there is a good one.
    pub(crate) claims: Option<Arc<Claims>>,
    /// Where the request comes from.
    pub(crate) source: String,
    /// What the `_l` twins of the answer hold.
    pub(crate) twins: Twins,
    /// The key of an idempotent request, if it can be one.
    pub(crate) idempotency_key: Result<Option<String>, UnusableKey>,
    /// Whether the browser speaks TLS with a proxy of ours: unless it says that it does not.
    pub(crate) encrypted: bool,
    /// The browser's name for itself.
    pub(crate) user_agent: Option<String>,
    key: Option<usize>,
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        // The limit on addresses looked before: a token is read once for a request.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let inner = &web.0;
        let headers = &parts.headers;
        let now = inner.clock.now();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let account = |id| inner.platform.account_named(id);
        let claims =
            token(headers).and_then(|token| inner.tokens.read(token, now.as_second(), account));
        // Whoever was signed out since is nobody.
        let claims = claims.filter(|claims| !claims.is_ended(&inner.platform));
        let actor = claims.as_ref().and_then(|claims| Some(claims.actor(claims.account?)));
        let actor = actor.unwrap_or(Actor::Anyone);
        let caller = Self {
            ctx: Ctx::new(actor, now, inner.entropy.clone()),
            claims,
            source: source(inner, parts),
            twins: Twins::of(headers),
            idempotency_key: headers.get("idempotency-key").map(usable_key).transpose(),
            encrypted: inner.trusts_proxy && text("x-forwarded-proto") != Some("http"),
            user_agent: text("user-agent").map(|agent| agent.chars().take(200).collect()),
            key: text("x-api-key").and_then(|key| inner.key(key)),
        };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

/// The token that a request carries: in its header, or in its cookie.
fn token(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).or_else(|| SIGN_IN.read(headers))
}

/// The token that a request carries in its header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A key that is empty, too long, or not plain text.
#[derive(Clone, Copy)]
pub(crate) struct UnusableKey;

fn usable_key(value: &HeaderValue) -> Result<String, UnusableKey> {
    let key = value.to_str().map_err(|_| UnusableKey)?;
    let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    let usable = plain && (1..=200).contains(&key.len());
    usable.then(|| key.to_owned()).ok_or(UnusableKey)
}

/// The token of a browser.
pub(crate) const SIGN_IN: Cookie = Cookie { name: "teeka_sign_in", path: "/" };

fn source(inner: &Inner, parts: &Parts) -> String {
    let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    match forwarded.and_then(|list| list.rsplit(',').next()) {
        // The last entry is what our own proxy saw.
        Some(last) if inner.trusts_proxy => last.trim().chars().take(64).collect(),
        _ => parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string()),
    }
}

impl Inner {
    fn key(&self, key: &str) -> Option<usize> {
        let hash = app::sign_in::sha256_hex(key);
        self.api_keys.iter().position(|held| held.sha256.eq_ignore_ascii_case(&hash))
    }
}

impl Caller {
    /// Whether the request carries a partner's key.
    pub(crate) const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The view of a state government's program, if the request carries its key.
    pub(crate) fn state_program(&self, web: &Web) -> Option<Ctx> {
        let key = self.key.and_then(|place| web.0.api_keys.get(place))?;
        let actor = Actor::StateProgram { state: key.state.map(StateId) };
        key.vaccinator.then(|| self.ctx.acting(actor))
    }

    /// The mobile in the token of this request's headers; ten zeros if there is no good token.
    pub(crate) fn mobile(&self, web: &Web, headers: &HeaderMap) -> Secret<String> {
        let known = self.claims.as_ref().and_then(|_| web.0.tokens.mobile(token(headers)?));
        known.unwrap_or_else(|| Secret::new("0".repeat(10)))
    }

    /// Whether the token opens what is asked.
    pub(crate) fn has(&self, scopes: &[Scope]) -> bool {
        self.claims.as_ref().is_some_and(|claims| scopes.contains(&claims.scope))
    }
}
