//! The data manifest: every field that is kept, sent or read, and for each what it is, why, on what
//! basis, how long, in what form, and who may open it. What is not here is not collected. Tests hold
//! the databases, the calls, the log, the messages, the certificates, the imports and the backups to
//! it, each by what the build really holds.

mod certificates;
pub mod datum;
mod passing;
mod reports;
pub mod shape;
pub mod tables;
mod wire;
pub mod words;

use self::{
    datum::Datum,
    shape::Shape,
    words::{Form, Life},
};

/// Counted up with each change of what is published; a test refuses a change without that.
pub const REVISION: u32 = 5;

/// A place where fields leave the program, or come into it.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Its name.
    pub name: &'static str,
    /// What goes that way.
    pub what: &'static str,
    /// The shapes in which it goes.
    pub shapes: &'static [Shape],
}

/// What calls take and give, without reports.
pub const CALLS: Way =
    Way { name: "calls", what: "What calls take and give", shapes: wire::MODELS };
/// What reports give.
pub const REPORTS: Way =
    Way { name: "reports", what: "What reports give", shapes: reports::REPORTS };
/// The parameters of calls.
pub const PARAMETERS: Way =
    Way { name: "parameters", what: "Parameters of calls", shapes: wire::PARAMETERS };
/// What tokens say.
pub const TOKENS: Way = Way { name: "tokens", what: "What a token says", shapes: passing::TOKEN };
/// What certificates say.
pub const CERTIFICATES: Way = Way {
    name: "certificates",
    what: "What a certificate says, in each form",
    shapes: certificates::CERTIFICATES,
};
/// Messages.
pub const MESSAGES: Way =
    Way { name: "messages", what: "What waits to be sent, sealed", shapes: passing::MESSAGES };
/// Log lines.
pub const LOG: Way = Way { name: "log", what: "Fields of log lines", shapes: passing::LOG };
/// Metrics.
pub const METRICS: Way =
    Way { name: "metrics", what: "Metrics and their labels", shapes: passing::METRICS };
/// Files that are read.
pub const IMPORTS: Way = Way {
    name: "imports",
    what: "Columns that are read of files; any other is dropped",
    shapes: passing::IMPORTS,
};

/// Forms of pages.
pub const FORMS: Way =
    Way { name: "forms", what: "Fields of the forms of all pages", shapes: passing::FORMS };

/// All ways.
pub const WAYS: [&Way; 10] = [
    &CALLS,
    &REPORTS,
    &PARAMETERS,
    &TOKENS,
    &CERTIFICATES,
    &MESSAGES,
    &LOG,
    &METRICS,
    &IMPORTS,
    &FORMS,
];

impl Way {
    /// A shape by its name.
    pub fn shape(&self, name: &str) -> Option<&'static Shape> {
        self.shapes.iter().find(|shape| shape.name == name)
    }

    /// Every field, as `shape.field`.
    pub fn fields(&self) -> impl Iterator<Item = String> {
        let each =
            |shape: &'static Shape| shape.each().map(|(name, _)| format!("{}.{name}", shape.name));
        self.shapes.iter().flat_map(each)
    }
}

/// How something is kept: in which forms, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The forms, each once.
    pub forms: Vec<Form>,
    /// Until when, each once.
    pub lives: Vec<Life>,
}

/// How a thing is kept: empty, if it is not.
pub fn kept(datum: Datum) -> Kept {
    let mut kept = Kept::default();
    for table in tables::all() {
        for column in table.columns.iter().filter(|column| column.datum == datum) {
            let life = table.life_of(column);
            if !kept.forms.contains(&column.form) {
                kept.forms.push(column.form);
            }
            if !kept.lives.contains(&life) {
                kept.lives.push(life);
            }
        }
    }
    kept.forms.sort_unstable();
    kept.lives.sort_unstable();
    kept
}

/// The things that are asked of a person who registers, in the order of the form.
pub const ASKED: [Datum; 6] =
    [Datum::Mobile, Datum::Name, Datum::BirthYear, Datum::Gender, Datum::Document, Datum::Priority];

#[cfg(test)]
mod tests;
