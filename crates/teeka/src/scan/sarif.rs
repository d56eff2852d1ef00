//! Findings as a SARIF 2.1.0 document, written as they come.

use std::{
    fmt::Write as _,
    io::{BufWriter, Stdout, Write, stdout},
};

use serde_json::{Value, json};

use super::{
    files::File,
    tell::{kinds, path},
    worker::Found,
};

/// The rule of what was not read.
const NOT_READ: &str = "not_read";

/// A document that is being written to standard output.
pub(super) struct Log {
    first: bool,
    out: BufWriter<Stdout>,
}

impl Log {
    /// Writes its beginning.
    pub(super) fn begin() -> anyhow::Result<Self> {
        let rules: Vec<_> = kinds().chain([NOT_READ]).map(|id| json!({ "id": id })).collect();
        let driver = json!({
            "name": "teeka scan",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        });
        let schema = "https://json.schemastore.org/sarif-2.1.0.json";
        let mut out = BufWriter::new(stdout());
        write!(
            out,
            "{{\"$schema\":\"{schema}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":\
             {driver}}},\"results\":["
        )?;
        Ok(Self { first: true, out })
    }

    /// A finding. Its region is in bytes of what `offsets` says.
    pub(super) fn found(&mut self, file: &File, found: &Found) -> anyhow::Result<()> {
        let Found { part, kind, start, end, confidence, preview, .. } = found;
        let place = json!({
            "artifactLocation": { "uri": uri(file) },
            "region": { "byteOffset": start, "byteLength": end - start },
        });
        self.result(&json!({
            "ruleId": kind,
            "level": "warning",
            "message": { "text": format!("{kind}, {confidence} %: {preview}") },
            "locations": [location(&place, file, part)],
            "properties": {
                "confidence": f64::from(*confidence) / 100.0,
                "record": found.record,
                "masked": found.masked,
                "offsets": found.offsets.as_str(),
                "encoding": found.encoding,
                "token": found.token,
            },
        }))
    }

    /// Something that was not read.
    pub(super) fn unread(&mut self, file: &File, part: &str, why: &str) -> anyhow::Result<()> {
        let place = json!({ "artifactLocation": { "uri": uri(file) } });
        self.result(&json!({
            "ruleId": NOT_READ,
            "level": "note",
            "message": { "text": format!("not read: {why}") },
            "locations": [location(&place, file, part)],
        }))
    }

    /// Writes its end.
    pub(super) fn end(mut self) -> anyhow::Result<()> {
        writeln!(self.out, "]}}]}}")?;
        self.out.flush()?;
        Ok(())
    }

    fn result(&mut self, result: &Value) -> anyhow::Result<()> {
        let before = if std::mem::take(&mut self.first) { "" } else { "," };
        write!(self.out, "{before}\n{result}")?;
        Ok(())
    }
}

/// A place in a file, with the part of it by its whole path.
fn location(place: &Value, file: &File, part: &str) -> Value {
    if part.is_empty() {
        return json!({ "physicalLocation": place });
    }
    let name = path(file, part);
    json!({ "physicalLocation": place, "logicalLocations": [{ "fullyQualifiedName": name }] })
}

/// The path of a file as a reference: everything but letters, digits and a few signs is escaped.
fn uri(file: &File) -> String {
    let mut uri = String::new();
    for byte in file.path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            write!(uri, "%{byte:02X}").expect("a text takes what is written");
        }
    }
    uri
}
