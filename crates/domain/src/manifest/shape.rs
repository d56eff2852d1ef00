//! The notation of what is sent: a shape with its fields, each of them a thing of the manifest.

use super::datum::Datum;

/// What is sent or read in one form.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Its fields, by what they hold.
    pub fields: &'static [(Datum, &'static [&'static str])],
}

impl Shape {
    /// Whether it has a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(_, names)| names.contains(&name))
    }

    /// Its fields, each with what it holds.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, Datum)> {
        self.fields.iter().flat_map(|(datum, names)| names.iter().map(move |name| (*name, *datum)))
    }
}

/// A shape.
pub(super) const fn shape(
    name: &'static str,
    fields: &'static [(Datum, &'static [&'static str])],
) -> Shape {
    Shape { name, fields }
}
