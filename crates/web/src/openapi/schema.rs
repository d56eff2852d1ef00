//! The notation of the tables, and the schemas it stands for.
//!
//! # Shape
//!
//! A line is `name: what` for a field that is always there, `name?: what` for one that may be
//! missing, `..Model` for all fields of another model. What follows the colon is a kind of value,
//! a `Model`, or either in brackets for a list; `|null` allows null.

use serde_json::{Map, Value, json};

use super::kinds::kind;

/// A line's name, whether it is always there, and what it holds.
pub(super) fn field(line: &str) -> (&str, bool, &str) {
    let (name, what) = line.split_once(": ").expect("a line of the table has a colon");
    match name.strip_suffix('?') {
        Some(name) => (name, false, what),
        None => (name, true, what),
    }
}

/// The schema of what follows a colon.
pub(super) fn schema(what: &str) -> Value {
    if let Some(plain) = what.strip_suffix("|null") {
        return json!({ "anyOf": [schema(plain), { "type": "null" }] });
    }
    if let Some(one) = what.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({ "type": "array", "items": schema(one) });
    }
    if what.starts_with(|first: char| first.is_ascii_uppercase()) {
        return json!({ "$ref": format!("#/components/schemas/{what}") });
    }
    kind(what)
}

/// The schema of a model.
pub(super) fn model(description: &str, lines: &[&str]) -> Value {
    let (mut parts, mut properties, mut required) = (Vec::new(), Map::new(), Vec::new());
    for line in lines {
        if let Some(other) = line.strip_prefix("..") {
            parts.push(schema(other));
            continue;
        }
        let (name, always, what) = field(line);
        properties.insert(name.to_owned(), schema(what));
        if always {
            required.push(name);
        }
    }
    let mut own = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        own["required"] = json!(required);
    }
    if parts.is_empty() {
        own["description"] = description.into();
        return own;
    }
    parts.push(own);
    json!({ "description": description, "allOf": parts })
}

/// A parameter of a query or a path.
pub(super) fn parameter(line: &str, place: &str) -> Value {
    let (name, required, what) = field(line);
    let mut schema = schema(what);
    let mut parameter = json!({ "name": name, "in": place, "required": required });
    if let Some(description) = schema.as_object_mut().and_then(|it| it.remove("description")) {
        parameter["description"] = description;
    }
    parameter["schema"] = schema;
    parameter
}
