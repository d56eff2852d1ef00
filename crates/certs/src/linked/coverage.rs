//! Whether the statements of a document cover all that is written in it.
//!
//! Each value is exchanged for a mark of its own, and the marks are looked for in the statements of
//! the changed document. A value whose mark is missing stands at a place that no context defines.
//! This holds also where two values are equal, or stand for the same statement.

use std::collections::HashSet;

use oxrdf::{NamedOrBlankNode, Quad, Term, vocab::rdf};
use serde_json::Value;

use super::quads;
use crate::verdict::NotValid;

/// Whether the statements cover all that is written in the document.
pub(super) fn check(document: &Value, covered: &[Quad]) -> Result<(), NotValid> {
    let mut marks = Marks::default();
    let marked = marks.mark(document, None);
    let marked = quads(&marked)?;
    let (mut texts, mut names) = (HashSet::new(), HashSet::new());
    for quad in &marked {
        if let Term::Literal(literal) = &quad.object {
            texts.insert(literal.value());
        }
        names.extend(named(quad));
    }
    let real: HashSet<&str> = covered.iter().flat_map(named).collect();
    for (index, value) in marks.values.iter().enumerate() {
        let mark = mark(index);
        let held =
            texts.contains(mark.as_str()) || names.contains(mark.as_str()) && is_name(value, &real);
        if !held {
            return Err(NotValid::Unsigned);
        }
    }
    // A type that no context defines is no absolute IRI, and is dropped.
    let typed = marked.iter().filter(|quad| quad.predicate == rdf::TYPE).count();
    if typed == marks.types { Ok(()) } else { Err(NotValid::Unsigned) }
}

/// Whether a value that stands for a node is an absolute IRI, or the last part of one that its
/// context gives, as `assertionMethod` is.
fn is_name(value: &Value, names: &HashSet<&str>) -> bool {
    let Some(value) = value.as_str() else { return false };
    let is_last_part = |name: &&str| {
        name.strip_suffix(value).is_some_and(|front| front.ends_with('#') && !value.is_empty())
    };
    names.contains(value) || names.iter().any(is_last_part)
}

/// The IRIs of nodes in a statement.
fn named(quad: &Quad) -> impl Iterator<Item = &str> {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => Some(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    let object = match &quad.object {
        Term::NamedNode(node) => Some(node.as_str()),
        _ => None,
    };
    subject.into_iter().chain(object)
}

/// A mark is an absolute IRI, so that it can stand where an IRI must, too.
fn mark(index: usize) -> String {
    format!("urn:mark:{index}")
}

#[derive(Default)]
struct Marks<'a> {
    values: Vec<&'a Value>,
    types: usize,
}

impl<'a> Marks<'a> {
    fn mark(&mut self, value: &'a Value, name: Option<&str>) -> Value {
        match value {
            Value::Object(members) => {
                let marked = members.iter().map(|(name, member)| {
                    let member = match name.as_str() {
                        "@context" => member.clone(),
                        _ => self.mark(member, Some(name)),
                    };
                    (name.clone(), member)
                });
                Value::Object(marked.collect())
            }
            Value::Array(members) if name == Some("type") => {
                self.types += members.iter().collect::<HashSet<_>>().len();
                value.clone()
            }
            Value::Array(members) => {
                Value::Array(members.iter().map(|member| self.mark(member, name)).collect())
            }
            // Nothing is said, so nothing can be unsigned.
            Value::Null => Value::Null,
            // Types decide what other names mean, so they stay.
            Value::String(_) if name == Some("type") => {
                self.types += 1;
                value.clone()
            }
            _ => {
                self.values.push(value);
                mark(self.values.len() - 1).into()
            }
        }
    }
}
