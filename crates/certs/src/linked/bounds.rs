//! How much work a document may make.

use std::collections::{HashMap, HashSet};

use oxrdf::{Quad, Term};
use serde_json::Value;

use super::blank_subject;
use crate::verdict::NotValid;

/// The most values of a document, and of these the most objects: each has its own context. Sixteen
/// doses have 4 each, the rest of a certificate 3.
const MOST_VALUES: usize = 2_000;
const MOST_OBJECTS: usize = 72;
/// How deep values may be in each other: oxjsonld calls itself for each level.
const DEEPEST: usize = 16;
/// The most types of an object, and of a document: each may bring a context, which takes as long as
/// everything else of an object. A certificate of sixteen doses has 19.
const MOST_TYPES: usize = 6;
const MOST_TYPES_IN_ALL: usize = 40;
/// The most nodes without a name that look like another. Canonicalization tries their orders, so its
/// work grows with the factorial of this.
const MOST_ALIKE: usize = 6;

/// Whether a document is small and simple enough: no keywords but its contexts, which could say
/// anything; no names of blank nodes, which could make any graph; no names of members that are IRIs,
/// and no node in two places: both say the same to the signature, and hide it from who reads names.
pub(super) fn check_tree(document: &Value) -> Result<(), NotValid> {
    let (mut values, mut objects, mut types, mut ids) = (0, 0, 0, HashSet::new());
    let mut open = vec![(document, 1)];
    while let Some((value, depth)) = open.pop() {
        values += 1;
        match value {
            Value::Object(members) => {
                objects += 1;
                if members.get("id").and_then(Value::as_str).is_some_and(|id| !ids.insert(id)) {
                    return Err(NotValid::Content);
                }
                for (name, member) in members {
                    let at_top = std::ptr::eq(value, document);
                    match name.as_str() {
                        "@context" if at_top => continue,
                        "type" => types += count_types(member)?,
                        _ if name.starts_with('@') || name.contains(':') => {
                            return Err(NotValid::Content);
                        }
                        _ => {}
                    }
                    open.push((member, depth + 1));
                }
            }
            Value::Array(members) => {
                open.extend(members.iter().map(|member| (member, depth + 1)));
            }
            Value::String(text) if text.starts_with("_:") => return Err(NotValid::Content),
            _ => {}
        }
        let many = values + open.len() > MOST_VALUES || objects > MOST_OBJECTS;
        if many || types > MOST_TYPES_IN_ALL || depth > DEEPEST {
            return Err(NotValid::TooLarge);
        }
    }
    Ok(())
}

/// Whether the only lists of a document are those of some names. To a signature over statements, a
/// list of one text is that text; who reads a text there would find none.
pub(crate) fn has_lists_only_of(value: &Value, names: &[&str]) -> bool {
    let is_right = |(name, member): (&String, &Value)| match member {
        Value::Array(_) if !names.contains(&name.as_str()) => false,
        Value::Array(parts) => {
            parts.iter().all(|part| !part.is_array() && has_lists_only_of(part, names))
        }
        member => has_lists_only_of(member, names),
    };
    value.as_object().is_none_or(|members| members.iter().all(is_right))
}

fn count_types(types: &Value) -> Result<usize, NotValid> {
    match types.as_array().map_or(1, Vec::len) {
        count if count > MOST_TYPES => Err(NotValid::TooLarge),
        count => Ok(count),
    }
}

/// Whether the canonical form can be found without trying too many orders.
pub(super) fn check_graph(quads: &[Quad]) -> Result<(), NotValid> {
    let mut looks: HashMap<&str, Vec<String>> = HashMap::new();
    for quad in quads {
        let subject = blank_subject(&quad.subject);
        let object = match &quad.object {
            Term::BlankNode(node) => Some(node.as_str()),
            _ => None,
        };
        for node in [subject, object].into_iter().flatten() {
            let name = |other: Option<&str>, whole: String| match other {
                Some(other) if other == node => "_:a".to_owned(),
                Some(_) => "_:z".to_owned(),
                None => whole,
            };
            let subject = name(subject, quad.subject.to_string());
            let object = name(object, quad.object.to_string());
            looks.entry(node).or_default().push(format!("{subject} {} {object}", quad.predicate));
        }
    }
    let mut alike: HashMap<Vec<String>, usize> = HashMap::new();
    for (_, mut look) in looks {
        look.sort_unstable();
        *alike.entry(look).or_default() += 1;
    }
    let alike: usize = alike.into_values().filter(|nodes| *nodes > 1).sum();
    if alike > MOST_ALIKE { Err(NotValid::TooLarge) } else { Ok(()) }
}
