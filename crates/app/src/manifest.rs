//! The data manifest as a document: what is in `domain::manifest`, as JSON, signed for whoever wants to
//! hold this platform to it.

use std::sync::Arc;

use certs::signature::PublicKey;
use domain::manifest::{
    self as listed, WAYS, Way,
    datum::Datum,
    tables::{self, Table},
    words::{Basis, Form, Life, Who, Words},
};
use domain::purpose::Purpose;
use serde_json::{Map, Value, json};

use crate::{
    Ctx, Platform, Result,
    detached::{self, Unfit},
    sign_in::sha256_hex,
};

/// A document beyond this size is not looked at. Ours has 60,000 bytes.
///
/// # Units
///
/// Bytes: 4 MiB.
pub const MOST_BYTES: usize = 4 << 20;
/// What the signature is of, so that it counts for nothing else that the key signs.
const TYPE: &str = "teeka-manifest+jws";

/// Why a document is not ours as it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadManifest {
    /// It is no signed manifest.
    #[error("it is not a signed data manifest")]
    NotAManifest,
    /// The digest is of something else.
    #[error("its digest does not fit what it says")]
    Digest,
    /// The signature is of something else, or by another key.
    #[error("its signature does not fit the anchor")]
    Signature,
}

impl From<Unfit> for BadManifest {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Form => Self::NotAManifest,
            Unfit::Signature => Self::Signature,
        }
    }
}

/// The manifest of this release.
///
/// # Shape
///
/// ```json
/// {"version": 1, "revision": 1, "released": "0.1.0",
///  "purposes": {"sign-in": {"en": "…", "hi": "…"}}, "bases": {}, "retention": {}, "forms": {}, "who": {},
///  "data": [{"data": "name", "what": {"en": "…", "hi": "…"}, "personal": true, "basis": "dpdp-7b",
///    "purposes": ["identity"], "opened_by": [{"who": "resident", "purpose": "identity"}]}],
///  "kept": [{"table": "account", "what": "…", "engines": ["sqlite", "postgres"],
///    "fields": [{"name": "mobile", "data": "mobile", "form": "sealed", "retention": "programme"}]}],
///  "ways": [{"way": "calls", "what": "…",
///    "shapes": [{"name": "Error", "fields": [{"name": "error", "data": "technical"}]}]}]}
/// ```
///
/// A field that one engine only has says so in `engine`.
pub fn manifest() -> Value {
    json!({
        "version": 1,
        "revision": listed::REVISION,
        "released": env!("CARGO_PKG_VERSION"),
        "purposes": list(Purpose::ALL.iter().map(|it| (it.name(), it.words()))),
        "bases": list(Basis::ALL.iter().map(|it| (it.name(), it.words()))),
        "retention": list(Life::ALL.iter().map(|it| (it.name(), it.words()))),
        "forms": list(Form::ALL.iter().map(|it| (it.name(), it.words()))),
        "who": list(Who::ALL.iter().map(|it| (it.name(), it.words()))),
        "data": Datum::ALL.iter().map(|datum| datum_json(*datum)).collect::<Value>(),
        "kept": tables::all().map(table_json).collect::<Value>(),
        "ways": WAYS.map(way_json),
    })
}

fn list(entries: impl Iterator<Item = (&'static str, Words)>) -> Value {
    entries.map(|(name, words)| (name.to_owned(), words_json(words))).collect::<Map<_, _>>().into()
}

fn words_json(words: Words) -> Value {
    json!({ "en": words.english, "hi": words.hindi })
}

fn datum_json(datum: Datum) -> Value {
    let openings = datum
        .openings()
        .into_iter()
        .map(|(who, purpose)| json!({ "who": who.name(), "purpose": purpose.name() }))
        .collect::<Value>();
    let purposes = datum.purposes().into_iter().map(Purpose::name).collect::<Value>();
    json!({
        "data": datum.name(),
        "what": words_json(datum.words()),
        "personal": datum.is_personal(),
        "basis": datum.basis().name(),
        "purposes": purposes,
        "opened_by": openings,
    })
}

fn table_json(table: &'static Table) -> Value {
    let engines = [tables::Engine::Sqlite, tables::Engine::Postgres];
    let engines = engines.into_iter().filter(|engine| table.is_in(*engine)).map(engine_name);
    let fields = table.columns.iter().map(|column| {
        let mut field = json!({
            "name": column.name,
            "data": column.datum.name(),
            "form": column.form.name(),
            "retention": table.life_of(column).name(),
        });
        if let Some(only) = column.only {
            field["engine"] = engine_name(only).into();
        }
        field
    });
    json!({
        "table": table.name,
        "what": table.what,
        "engines": engines.collect::<Value>(),
        "fields": fields.collect::<Value>(),
    })
}

const fn engine_name(engine: tables::Engine) -> &'static str {
    match engine {
        tables::Engine::Sqlite => "sqlite",
        tables::Engine::Postgres => "postgres",
    }
}

fn way_json(way: &Way) -> Value {
    let shapes = way.shapes.iter().map(|shape| {
        let fields =
            shape.each().map(|(name, datum)| json!({ "name": name, "data": datum.name() }));
        json!({ "name": shape.name, "fields": fields.collect::<Value>() })
    });
    json!({ "way": way.name, "what": way.what, "shapes": shapes.collect::<Value>() })
}

/// A document in the one form of which digest and signature are.
///
/// # Source
///
/// RFC 8785, JSON Canonicalization Scheme.
pub(crate) fn canonical(document: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(document).expect("JSON has a canonical form")
}

/// The digest of a manifest: SHA-256 of its canonical form, in hex.
pub fn digest(document: &Value) -> String {
    sha256_hex(canonical(document))
}

impl Platform {
    /// The manifest of this release, signed with the key that [`Platform::trust_anchor`] tells.
    ///
    /// # Shape
    ///
    /// ```json
    /// {"manifest": {}, "digest": "hex of SHA-256 of the manifest's canonical form (RFC 8785)",
    ///  "signature": "header..signature: a JWS (RFC 7515, appendix F) whose payload is that form"}
    /// ```
    ///
    /// # Errors
    ///
    /// If the key cannot be reached.
    pub fn data_manifest(&self, ctx: &Ctx) -> Result<Arc<str>> {
        if let Some(made) = self.bundles.manifest.get(&(), ctx.now) {
            return Ok(made);
        }
        let document = manifest();
        let signature = detached::sign(&self.keys(), ctx.now, TYPE, &canonical(&document))?;
        let digest = digest(&document);
        let made = json!({ "manifest": document, "digest": digest, "signature": signature });
        let made: Arc<str> = made.to_string().into();
        self.bundles.manifest.put((), ctx.now, made.clone());
        Ok(made)
    }
}

/// The manifest in a signed document, if the anchor's key signed it.
///
/// # Errors
///
/// [`BadManifest`].
pub fn verify(text: &[u8], anchor: &PublicKey) -> std::result::Result<Value, BadManifest> {
    if text.len() > MOST_BYTES {
        return Err(BadManifest::NotAManifest);
    }
    let mut document: Map<String, Value> =
        serde_json::from_slice(text).map_err(|_| BadManifest::NotAManifest)?;
    let manifest = document.remove("manifest").filter(Value::is_object);
    let manifest = manifest.ok_or(BadManifest::NotAManifest)?;
    let said = |name: &str| document.get(name).and_then(Value::as_str);
    if said("digest") != Some(&digest(&manifest)) {
        return Err(BadManifest::Digest);
    }
    let signature = said("signature").ok_or(BadManifest::NotAManifest)?;
    detached::verify(TYPE, &canonical(&manifest), signature, anchor)?;
    Ok(manifest)
}
