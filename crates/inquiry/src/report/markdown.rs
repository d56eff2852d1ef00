//! A paper as text, in Markdown.

use std::fmt::Write;

use certs::print::{Block, Paper, Table};

/// Writes it.
pub(super) fn write(paper: &Paper) -> String {
    let mut text = format!("# {}\n\n{}.\n", paper.title, paper.about);
    for section in &paper.sections {
        if !section.heading.is_empty() {
            let _ = write!(text, "\n## {}\n", section.heading);
        }
        for block in &section.blocks {
            text.push('\n');
            match block {
                Block::Lead(words) => {
                    let _ = writeln!(text, "**{words}**");
                }
                Block::Text(words) => {
                    let _ = writeln!(text, "{words}");
                }
                Block::Rows(rows) => {
                    for (label, value) in rows {
                        let _ = writeln!(text, "- {label}: {value}");
                    }
                }
                Block::Table(one) => table(&mut text, one),
                Block::Bars(bars) => {
                    for bar in bars {
                        let _ = writeln!(text, "- {}: {}", bar.label, bar.value);
                    }
                }
            }
        }
    }
    let _ = write!(text, "\n---\n\n{}\n", paper.foot);
    text
}

fn table(text: &mut String, table: &Table) {
    let heads: Vec<_> = table.heads.iter().map(|(head, _)| cell(head)).collect();
    let lines: Vec<_> = heads.iter().map(|_| "---").collect();
    let _ = writeln!(text, "| {} |\n| {} |", heads.join(" | "), lines.join(" | "));
    for row in &table.rows {
        let row: Vec<_> = row.iter().map(|words| cell(words)).collect();
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
}

/// Words that stay in their cell.
fn cell(words: &str) -> String {
    words.replace('|', "\\|")
}
