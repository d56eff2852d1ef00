//! A paper as a page for a browser: whole in itself, no script, nothing from elsewhere, readable on a
//! phone and when printed.

use std::fmt::Write;

use certs::print::{Bar, Block, Paper, Table, written::escaped};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#182026;background:#fff}\
    header{background:#0b5e49;color:#fff;padding:1rem}header>*{max-width:52rem;margin:0 auto}\
    h1{font-size:1.6rem;line-height:1.2}header p{color:#d6ece4;margin-top:.25rem}\
    main{max-width:52rem;margin:auto;padding:1rem}\
    h2{color:#0b5e49;font-size:1.15rem;margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid #dee3e6}\
    p{margin:.5rem 0}p.lead{font-size:1.35rem;line-height:1.35;font-weight:700;margin:1rem 0}\
    dl{margin:.75rem 0;display:grid;grid-template-columns:minmax(8rem,13rem) 1fr;gap:.35rem 1rem}\
    dt{color:#58636c}dd{margin:0;overflow-wrap:anywhere}\
    dl.bars{grid-template-columns:minmax(8rem,11rem) minmax(6rem,14rem) 1fr;align-items:center}\
    svg{display:block;width:100%;height:.9rem}rect.for{fill:#0b5e49}rect.against{fill:#9e622a}\
    rect.middle{fill:#58636c}\
    table{border-collapse:collapse;width:100%;margin:.75rem 0}\
    th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #dee3e6;\
    vertical-align:top;font-weight:400;overflow-wrap:anywhere}thead th{color:#58636c;font-size:.85rem}\
    footer{color:#58636c;font-size:.9rem;margin-top:2rem;border-top:1px solid #dee3e6;padding-top:.5rem}\
    @media(max-width:40rem){dl{grid-template-columns:1fr;gap:0}dl dd{margin:0 0 .6rem}\
    dl.bars{grid-template-columns:1fr}dl.bars svg{margin:.2rem 0}\
    thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}\
    tr,tbody th,td{display:block}tr{border-bottom:1px solid #dee3e6;padding:.5rem 0}\
    tbody th,td{border:0;padding:.1rem 0}tbody th{font-weight:700}\
    td::before{content:attr(data-head) \": \";color:#58636c}}\
    @media print{section.page{break-before:page}h2{break-after:avoid}dl,tr{break-inside:avoid}}";

/// Writes it.
pub(super) fn write(paper: &Paper) -> String {
    let (title, about) = (escaped(&paper.title), escaped(&paper.about));
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><header><h1>{title}</h1><p>{about}</p></header><main>\n"
    );
    for section in &paper.sections {
        html.push_str(if section.on_new_page { "<section class=\"page\">" } else { "<section>" });
        if !section.heading.is_empty() {
            let _ = write!(html, "<h2>{}</h2>", escaped(&section.heading));
        }
        for block in &section.blocks {
            write_block(&mut html, block);
        }
        html.push_str("</section>\n");
    }
    let _ = writeln!(html, "<footer>{}</footer></main></body></html>", escaped(&paper.foot));
    html
}

fn write_block(html: &mut String, block: &Block) {
    match block {
        Block::Lead(words) => {
            let _ = write!(html, "<p class=\"lead\">{}</p>", escaped(words));
        }
        Block::Text(words) => {
            let _ = write!(html, "<p>{}</p>", escaped(words));
        }
        Block::Rows(rows) => {
            html.push_str("<dl>");
            for (label, value) in rows {
                let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(value));
            }
            html.push_str("</dl>");
        }
        Block::Table(one) => table(html, one),
        Block::Bars(all) => bars(html, all),
    }
}

fn table(html: &mut String, table: &Table) {
    html.push_str("<table><thead><tr>");
    for (head, share) in &table.heads {
        let _ = write!(html, "<th scope=\"col\" style=\"width:{share}%\">{}</th>", escaped(head));
    }
    html.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        html.push_str("<tr>");
        for (place, (words, (head, _))) in row.iter().zip(&table.heads).enumerate() {
            let (words, head) = (escaped(words), escaped(head));
            let _ = if place == 0 {
                write!(html, "<th scope=\"row\">{words}</th>")
            } else {
                write!(html, "<td data-head=\"{head}\">{words}</td>")
            };
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
}

fn bars(html: &mut String, bars: &[Bar]) {
    html.push_str("<dl class=\"bars\">");
    for Bar { label, value, length } in bars {
        let wide = i16::from(*length).abs().min(100);
        let (class, begin) = if *length > 0 { ("for", 100) } else { ("against", 100 - wide) };
        let _ = write!(
            html,
            "<dt>{}</dt><dd><svg viewBox=\"0 0 200 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect class=\"{class}\" x=\"{begin}\" y=\"1\" width=\"{wide}\" height=\"8\"/>\
             <rect class=\"middle\" x=\"99.5\" width=\"1\" height=\"10\"/></svg></dd><dd>{}</dd>",
            escaped(label),
            escaped(value),
        );
    }
    html.push_str("</dl>");
}
