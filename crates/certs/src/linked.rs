//! JSON-LD and its canonical form: what signatures over linked data are made of.
//!
//! A signature of this kind covers statements, not bytes. So what JSON-LD drops silently (a name that
//! no context defines, an id that is no absolute IRI) would be unsigned: here it is refused. Contexts
//! come only from this program.

mod bounds;
pub(crate) mod contexts;
mod coverage;

pub(crate) use bounds::has_lists_only_of;
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::{
    Dataset, GraphName, NamedOrBlankNode, Quad, Term,
    dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm},
};
use serde_json::Value;

use crate::verdict::NotValid;

/// The longest JSON of a certificate.
///
/// # Units
///
/// Bytes: 64 KiB.
pub(crate) const MOST_JSON: usize = 64 << 10;

/// Which characters of a literal are escaped in the canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Those of RDFC-1.0: all control characters.
    All,
    /// Those of URDNA2015, its forerunner: quotation mark, backslash and the ends of lines.
    Few,
}

/// Reads the JSON of a certificate.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, NotValid> {
    if bytes.len() > MOST_JSON {
        return Err(NotValid::TooLarge);
    }
    let document: Value = serde_json::from_slice(bytes).map_err(|_| NotValid::Content)?;
    if document.is_object() { Ok(document) } else { Err(NotValid::Content) }
}

/// The canonical form of a document, all of which it covers.
///
/// # Source
///
/// W3C RDF Dataset Canonicalization 1.0 (RDFC-1.0) with SHA-256; before it, URDNA2015.
pub(crate) fn canonical(document: &Value, escapes: Escapes) -> Result<String, NotValid> {
    contexts::check(document)?;
    bounds::check_tree(document)?;
    let quads = quads(document)?;
    coverage::check(document, &quads)?;
    bounds::check_graph(&quads)?;
    let mut dataset: Dataset = quads.into_iter().collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<_> = dataset.iter().map(|quad| line(&quad.into_owned(), escapes)).collect();
    lines.sort_unstable();
    Ok(lines.concat())
}

/// The statements of a document.
fn quads(document: &Value) -> Result<Vec<Quad>, NotValid> {
    let text = document.to_string();
    let parser =
        JsonLdParser::new().for_slice(text.as_bytes()).with_load_document_callback(|url, _| {
            match contexts::text(url) {
                Some(text) => Ok(JsonLdRemoteDocument {
                    document: text.into_owned().into_bytes(),
                    document_url: url.to_owned(),
                }),
                None => Err(Box::new(NotValid::Context)),
            }
        });
    parser.map(|quad| quad.map_err(|_| NotValid::Content)).collect()
}

/// A statement as a line of N-Quads.
fn line(quad: &Quad, escapes: Escapes) -> String {
    let object = match &quad.object {
        Term::Literal(literal) => {
            let value = quoted(literal.value(), escapes);
            let datatype = literal.datatype();
            if let Some(language) = literal.language() {
                format!("{value}@{language}")
            } else if datatype == oxrdf::vocab::xsd::STRING {
                value
            } else {
                format!("{value}^^{datatype}")
            }
        }
        other => other.to_string(),
    };
    let graph = match &quad.graph_name {
        GraphName::DefaultGraph => String::new(),
        graph => format!(" {graph}"),
    };
    format!("{} {} {object}{graph} .\n", quad.subject, quad.predicate)
}

fn quoted(text: &str, escapes: Escapes) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match (c, escapes) {
            ('"', _) => out += "\\\"",
            ('\\', _) => out += "\\\\",
            ('\n', _) => out += "\\n",
            ('\r', _) => out += "\\r",
            ('\t', Escapes::All) => out += "\\t",
            ('\u{8}', Escapes::All) => out += "\\b",
            ('\u{c}', Escapes::All) => out += "\\f",
            ('\0'..='\u{1f}' | '\u{7f}', Escapes::All) => {
                write!(out, "\\u{:04X}", u32::from(c)).expect("a text takes what is written");
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The blank node of a subject or graph, if it is one.
fn blank_subject(node: &NamedOrBlankNode) -> Option<&str> {
    match node {
        NamedOrBlankNode::BlankNode(node) => Some(node.as_str()),
        NamedOrBlankNode::NamedNode(_) => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
