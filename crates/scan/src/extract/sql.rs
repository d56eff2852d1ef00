//! Dumps of databases: rows that are inserted or copied, as tables.

mod token;

use std::collections::BTreeMap;

use super::{
    Work,
    grid::{Grid, Page},
    trace::Traced,
};
use token::{Token, Tokens};

/// How much of a text is asked whether it is a dump.
const HEAD: usize = 1 << 17;
/// Tables that are told apart; rows of more are read as text.
const MOST_TABLES: usize = 4096;

/// Whether a text is a dump: lines of it begin as its statements do.
pub(super) fn is_sql(text: &str) -> bool {
    let head = &text[..crate::weak::floor(text, HEAD)];
    head.lines().any(|line| {
        let words: Vec<_> = line.split_whitespace().take(3).map(str::to_ascii_uppercase).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match *words {
            ["INSERT" | "REPLACE", "INTO", _] => true,
            ["CREATE", "TABLE", ..] => line.contains('(') || line.trim_end().len() < 200,
            ["COPY", ..] => {
                line.trim_end().ends_with("stdin;") || line.trim_end().ends_with("STDIN;")
            }
            _ => false,
        }
    })
}

/// A table, with its rows so far.
struct Table {
    columns: Vec<String>,
    /// Whether the names of the columns have been written.
    headed: bool,
    grid: Grid,
    page: Page,
}

struct Dump {
    tables: BTreeMap<String, Table>,
    limit: usize,
    /// What is no row.
    rest: Page,
}

/// Reads a dump: each table is a part, and what else there is, is the text of the dump itself.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    let limit = work.limits.text;
    let mut dump = Dump { tables: BTreeMap::new(), limit, rest: Page::new(limit) };
    let mut tokens = Tokens::new(text);
    while let Some(statement) = tokens.statement() {
        match statement {
            token::Statement::Insert => dump.insert(&mut tokens),
            token::Statement::Create => dump.create(&mut tokens),
            token::Statement::Copy => dump.copy(&mut tokens),
            token::Statement::Other(text) => {
                dump.rest.line();
                dump.rest.push(text.trim());
            }
        }
    }
    work.finish(&dump.rest);
    for (name, mut table) in dump.tables {
        table.grid.end(&mut table.page);
        if !work.within(&name, |work| work.finish(&table.page)) {
            return;
        }
    }
}

impl Dump {
    /// The table of a name, if there is room for it.
    fn table(&mut self, name: &str) -> Option<&mut Table> {
        if self.tables.len() >= MOST_TABLES && !self.tables.contains_key(name) {
            return None;
        }
        let limit = self.limit;
        Some(self.tables.entry(name.to_owned()).or_insert_with(|| Table {
            columns: Vec::new(),
            headed: false,
            grid: Grid::default(),
            page: Page::new(limit),
        }))
    }

    /// `CREATE TABLE name (column type, …)`: the columns of rows that do not name them.
    fn create(&mut self, tokens: &mut Tokens<'_>) {
        let Some(name) = tokens.name() else { return };
        let mut columns = Vec::new();
        let (mut depth, mut first) = (0_usize, true);
        while let Some(token) = tokens.next() {
            match &token {
                Token::Sign('(') => {
                    depth += 1;
                    first = depth == 1 || first;
                }
                Token::Sign(')') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                Token::Sign(',') if depth == 1 => first = true,
                Token::Sign(';') => break,
                other if first && depth == 1 => {
                    let Some(word) = other.word() else { continue };
                    first = false;
                    let keys =
                        ["PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "FOREIGN", "INDEX", "CHECK"];
                    if !keys.iter().any(|key| word.eq_ignore_ascii_case(key)) {
                        columns.push(word.to_owned());
                    }
                }
                _ => {}
            }
        }
        tokens.end();
        if let Some(table) = self.table(&name)
            && table.columns.is_empty()
        {
            table.columns = columns;
        }
    }

    /// `INSERT INTO name (columns) VALUES (row), (row);`
    fn insert(&mut self, tokens: &mut Tokens<'_>) {
        let Some(name) = tokens.name() else { return };
        let (mut rest, mut in_rows) = (Vec::new(), false);
        let Some(table) = self.table(&name) else { return tokens.end() };
        while let Some(token) = tokens.next() {
            let values = token.word().is_some_and(|word| {
                word.eq_ignore_ascii_case("VALUES") || word.eq_ignore_ascii_case("VALUE")
            });
            match token {
                Token::Sign('(') => {
                    let row = tokens.row();
                    if in_rows {
                        table.row(row);
                    } else {
                        rest = row;
                    }
                }
                Token::Sign(';') => break,
                _ if values => {
                    in_rows = true;
                    table.head(&std::mem::take(&mut rest));
                }
                _ => {}
            }
        }
    }

    /// `COPY name (columns) FROM stdin;`, rows with tabs, and `\.`.
    fn copy(&mut self, tokens: &mut Tokens<'_>) {
        let Some(name) = tokens.name() else { return };
        let mut columns = Vec::new();
        while let Some(token) = tokens.next() {
            match token {
                Token::Sign('(') => columns = tokens.row(),
                Token::Sign(';') => break,
                _ => {}
            }
        }
        tokens.line();
        let table = self.table(&name);
        let Some(table) = table else { return };
        table.head(&columns);
        while let Some(line) = tokens.line().filter(|line| line.text().trim_end() != "\\.") {
            let cells = line.text().trim_end_matches(['\r', '\n']).split('\t');
            table.row(cells.map(|cell| token::copied(line.part(cell))).collect());
        }
    }
}

impl Table {
    /// Takes names of columns, which for the first rows are the head of the table.
    fn head(&mut self, columns: &[Traced]) {
        let names = columns.iter().map(|name| &**name);
        if !columns.is_empty() && !names.clone().eq(&self.columns) {
            self.columns = names.map(str::to_owned).collect();
            self.headed = false;
            self.grid.end(&mut self.page);
            self.page.record();
        }
    }

    fn row(&mut self, row: Vec<Traced>) {
        if self.page.is_full() {
            return;
        }
        if !self.headed {
            self.headed = true;
            let head: Vec<_> = self.columns.iter().map(|name| name.replace('_', " ")).collect();
            self.grid.row(head, &mut self.page);
        }
        self.grid.row(row, &mut self.page);
    }
}
