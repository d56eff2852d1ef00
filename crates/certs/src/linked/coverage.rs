//! Whether the statements of a document cover all that is written in it.
//!
//! Each value is exchanged for a mark of its own, and the marks are looked for in the statements of
//! the changed document. A value whose mark is missing stands at a place that no context defines.
//! This holds also where two values are equal, or stand for the same statement.
//!
//! Certificates of one issuer differ in their values only, so marked they are the same: what was found
//! out about one is kept for the next.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use oxrdf::{NamedOrBlankNode, Quad, Term, vocab::rdf};
use serde_json::Value;

use super::quads_of;
use crate::verdict::NotValid;

/// Whether the statements cover all that is written in the document.
pub(super) fn check(document: &Value, covered: &[Quad]) -> Result<(), NotValid> {
    let mut marks = Marks::default();
    let marked = marks.mark(document, None);
    let shape = shape(&marked.to_string(), marks.values.len())?;
    let real: HashSet<&str> = covered.iter().flat_map(named).collect();
    let is_held = |(place, value): (&Place, &&Value)| match place {
        Place::Text => true,
        Place::Name => is_name(value, &real),
        Place::Nowhere => false,
    };
    let all_held = shape.places.iter().zip(&marks.values).all(is_held);
    // A type that no context defines is no absolute IRI, and is dropped.
    if all_held && shape.types == marks.types { Ok(()) } else { Err(NotValid::Unsigned) }
}

/// What the statements of a document have of all that is written in it.
struct Shape {
    /// Of each value.
    places: Vec<Place>,
    /// How many types.
    types: usize,
}

/// Where a value is in the statements.
#[derive(Clone, Copy)]
enum Place {
    Text,
    Name,
    Nowhere,
}

/// How many shapes are kept. A document is 64 KiB at most and its marks another 30, so they take 3 MiB.
const MOST_SHAPES: usize = 32;

/// The shape of a document with so many marks, from its JSON.
fn shape(marked: &str, values: usize) -> Result<Arc<Shape>, NotValid> {
    static SHAPES: LazyLock<RwLock<HashMap<String, Arc<Shape>>>> = LazyLock::new(RwLock::default);
    let kept = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(marked).cloned();
    if let Some(shape) = kept {
        return Ok(shape);
    }
    let shape = Arc::new(found_shape(&quads_of(marked)?, values));
    let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
    if shapes.len() >= MOST_SHAPES {
        shapes.clear();
    }
    shapes.insert(marked.to_owned(), Arc::clone(&shape));
    Ok(shape)
}

fn found_shape(marked: &[Quad], values: usize) -> Shape {
    let (mut texts, mut names) = (HashSet::new(), HashSet::new());
    for quad in marked {
        if let Term::Literal(literal) = &quad.object {
            texts.insert(literal.value());
        }
        names.extend(named(quad));
    }
    let place = |index| match mark(index).as_str() {
        mark if texts.contains(mark) => Place::Text,
        mark if names.contains(mark) => Place::Name,
        _ => Place::Nowhere,
    };
    Shape {
        places: (0..values).map(place).collect(),
        types: marked.iter().filter(|quad| quad.predicate == rdf::TYPE).count(),
    }
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
