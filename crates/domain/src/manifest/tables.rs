//! What the database keeps: each table with its columns, as both engines have them.

mod access;
mod care;
mod duties;
mod people;
mod places;
mod reported;
mod seats;
mod sign_in;
mod watch;

use super::{
    datum::Datum,
    words::{Form, Life},
};

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// A table: a type of record.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub what: &'static str,
    /// How long a row is kept, where a column does not say otherwise.
    pub life: Life,
    /// Its columns.
    pub columns: &'static [Column],
    /// The only engine that has it; none if both do.
    pub only: Option<Engine>,
}

/// A column: a field of a record.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub datum: Datum,
    /// In what form.
    pub form: Form,
    /// What it is called where it is sealed: a sealed value of another name does not open.
    pub label: Option<&'static str>,
    /// How long it is kept, if not as long as its row.
    pub life: Option<Life>,
    /// The only engine that has it; none if both do.
    pub only: Option<Engine>,
}

impl Table {
    /// Whether an engine has it.
    pub fn is_in(&self, engine: Engine) -> bool {
        self.only.is_none_or(|only| only == engine)
    }

    /// The columns that an engine has.
    pub fn columns_in(&self, engine: Engine) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(move |column| column.only.is_none_or(|only| only == engine))
    }

    /// How long a column of it is kept.
    pub fn life_of(&self, column: &Column) -> Life {
        column.life.unwrap_or(self.life)
    }
}

/// A table of both engines.
const fn table(
    name: &'static str,
    what: &'static str,
    life: Life,
    columns: &'static [Column],
) -> Table {
    Table { name, what, life, columns, only: None }
}

/// A table of one engine.
const fn table_of_postgres(
    name: &'static str,
    what: &'static str,
    life: Life,
    columns: &'static [Column],
) -> Table {
    Table { name, what, life, columns, only: Some(Engine::Postgres) }
}

const fn column(name: &'static str, datum: Datum, form: Form) -> Column {
    Column { name, datum, form, label: None, life: None, only: None }
}

/// A column that is kept as it is.
const fn plain(name: &'static str, datum: Datum) -> Column {
    column(name, datum, Form::Plain)
}

/// A column that is sealed under the person's key.
const fn sealed(name: &'static str, label: &'static str, datum: Datum) -> Column {
    Column { label: Some(label), ..column(name, datum, Form::Sealed) }
}

/// A person's own key, encrypted.
const WRAPPED_KEY: Column = column("wrapped_key", Datum::Technical, Form::Wrapped);
/// By what rows of a person are spread over servers: 16 bits of a digest of the mobile.
const HB: Column = plain("hb", Datum::Technical).of_postgres();

impl Column {
    /// The same, of the server only.
    const fn of_postgres(self) -> Self {
        Self { only: Some(Engine::Postgres), ..self }
    }

    /// The same, of the embedded engine only.
    const fn of_sqlite(self) -> Self {
        Self { only: Some(Engine::Sqlite), ..self }
    }

    /// The same, kept for another time than its row.
    const fn until(self, life: Life) -> Self {
        Self { life: Some(life), ..self }
    }
}

/// Every table.
pub static TABLES: &[&[Table]] = &[
    places::TABLES,
    seats::TABLES,
    people::TABLES,
    care::TABLES,
    sign_in::TABLES,
    access::TABLES,
    watch::TABLES,
    reported::TABLES,
    duties::TABLES,
];

/// Every table, one after the other.
pub fn all() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().flatten()
}

/// What sealed fields are called: what is sealed under one of these names opens under no other.
pub mod label {
    /// A name.
    pub const NAME: &str = "name";
    /// A year of birth.
    pub const BIRTH_YEAR: &str = "birth_year";
    /// A gender.
    pub const GENDER: &str = "gender";
    /// An identity document.
    pub const DOCUMENT: &str = "document";
    /// A statement about priority.
    pub const COMORBIDITY: &str = "comorbidity";
    /// A mobile.
    pub const MOBILE: &str = "mobile";
    /// A day of birth.
    pub const BORN_ON: &str = "travel_born_on";
    /// The number of a passport.
    pub const PASSPORT: &str = "travel_passport";
    /// A nationality.
    pub const NATIONALITY: &str = "travel_nationality";
    /// The name of a parent or guardian.
    pub const GUARDIAN: &str = "travel_guardian";
    /// A signed certificate.
    pub const CERTIFICATE: &str = "certificate";
    /// Why staff changed a record.
    pub const REASON: &str = "reason";
    /// What happened after a dose.
    pub const AEFI: &str = "aefi";
    /// What somebody reported.
    pub const REPORT: &str = "report";
    /// Who opened what of a person.
    pub const ACCESS: &str = "access";
}
