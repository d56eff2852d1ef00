//! Text: what kind of text it is, by what is in it.

use super::{Work, dialect, html, json, krutidev, sql, trace::Piece, xml};

/// What a text is written in.
enum Kind {
    Html,
    Xml,
    Json,
    Sql,
    Dialect(dialect::Dialect),
    KrutiDev,
    Plain,
}

fn kind(text: &str) -> Kind {
    match () {
        () if html::is_html(text) => Kind::Html,
        () if xml::is_xml(text) => Kind::Xml,
        () if json::is_json(text) => Kind::Json,
        () if sql::is_sql(text) => Kind::Sql,
        () => match dialect::recognise(text) {
            Some(dialect) => Kind::Dialect(dialect),
            None if krutidev::is_krutidev(text) => Kind::KrutiDev,
            None => Kind::Plain,
        },
    }
}

/// Whether it is read as it is.
pub(super) fn is_plain(text: &str) -> bool {
    matches!(kind(text), Kind::Plain)
}

/// Reads a text of any kind.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    match kind(text) {
        Kind::Html => html::read(work, text),
        Kind::Xml => xml::read(work, text),
        Kind::Json => json::read(work, text),
        Kind::Sql => sql::read(work, text),
        Kind::Dialect(dialect) => dialect::read(work, text, dialect),
        Kind::KrutiDev | Kind::Plain => work.give(Piece::at(text, 0)),
    }
}
