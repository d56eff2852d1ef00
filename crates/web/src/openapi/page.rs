//! A page with every call, for people. It needs no script.

use std::fmt::Write;

use super::{
    EXPOSURE_MODELS, MODELS, REPORT_MODELS, TAGS,
    call::{Auth, Call, Gives},
    calls,
    schema::field,
    tag,
};

/// The page.
pub(crate) fn page() -> String {
    let mut sections = String::new();
    for (name, what) in TAGS {
        put(&mut sections, format_args!("<h2 id=\"{name}\">{what}</h2>"));
        for call in calls().filter(|call| tag(call.auth) == name) {
            one(&mut sections, call);
        }
    }
    let mut models = String::new();
    for (name, what, lines) in MODELS.iter().chain(REPORT_MODELS).chain(EXPOSURE_MODELS) {
        put(
            &mut models,
            format_args!(
                "<details open id=\"{name}\"><summary>{name}</summary><p>{what}.</p>{}</details>",
                fields(lines)
            ),
        );
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>Teeka: the API</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><header><div class=\"in\">\
         <a class=\"brand\" href=\"/\">Teeka</a></div></header><main class=\"in api\">\
         <h1>The API</h1><p>The calls of Co-WIN, and a few more. Paths of generation 2 answer \
         under <code>/api/v4</code> too. Machines read \
         <a href=\"/api/openapi.json\">openapi.json</a>.</p>{sections}\
         <h2 id=\"models\">Models</h2>{models}</main></body></html>"
    )
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("memory takes text");
}

fn one(page: &mut String, call: &Call) {
    let needs = match call.auth {
        Auth::Nobody => "nothing",
        Auth::Resident => "a resident's token",
        Auth::Certificates => "a resident's token, or one for certificates",
        Auth::Status => "a token for the status",
        Auth::Partner => "a partner's key",
        Auth::Program => "a state program's key",
        Auth::Wallet => "a wallet's token",
        Auth::Staff => "the token of somebody whose role allows it",
    };
    let gives = match call.gives {
        Gives::Json(name) => format!("200, {}", link(name)),
        Gives::List(name) => format!("200, a list of {}", link(name)),
        Gives::Document => "200, JSON".to_owned(),
        Gives::Pdf => "200, PDF".to_owned(),
        Gives::Nothing => "204".to_owned(),
        Gives::Text(kind) | Gives::Object(kind) | Gives::Bytes(kind) => format!("200, {kind}"),
    };
    let statuses: Vec<_> = call.refusals().iter().map(u16::to_string).collect();
    put(
        page,
        format_args!(
            "<details id=\"{id}\"><summary><b>{method}</b> <code>{path}</code> <span>{summary}\
             </span></summary>",
            id = call.id,
            method = call.method.to_uppercase(),
            path = call.path.replace('/', "/<wbr>"),
            summary = call.summary,
        ),
    );
    put(page, format_args!("<dl><dt>Needs</dt><dd>{needs}</dd>"));
    if let Some((name, _)) = call.body {
        put(page, format_args!("<dt>Body</dt><dd>{}</dd>", link(name)));
    }
    put(page, format_args!("<dt>Gives</dt><dd>{gives}</dd>"));
    put(page, format_args!("<dt>Or</dt><dd>{}</dd></dl>", statuses.join(", ")));
    let parameters = [call.path_fields, call.query].concat();
    if !parameters.is_empty() {
        put(page, format_args!("{}", fields(&parameters)));
    }
    put(page, format_args!("</details>"));
}

fn link(name: &str) -> String {
    format!("<a href=\"#{name}\">{name}</a>")
}

/// A table of fields; required names are bold.
fn fields(lines: &[&str]) -> String {
    let mut rows = String::new();
    for line in lines {
        if let Some(other) = line.strip_prefix("..") {
            put(&mut rows, format_args!("<tr><td>all of</td><td>{}</td></tr>", link(other)));
            continue;
        }
        let (name, required, what) = field(line);
        let name = if required { format!("<b>{name}</b>") } else { name.to_owned() };
        put(&mut rows, format_args!("<tr><td>{name}</td><td>{}</td></tr>", described(what)));
    }
    format!("<div class=\"scroll\"><table><tbody>{rows}</tbody></table></div>")
}

/// What a field holds, in words.
fn described(what: &str) -> String {
    if let Some(plain) = what.strip_suffix("|null") {
        return format!("{} or null", described(plain));
    }
    if let Some(one) = what.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return format!("list of {}", described(one));
    }
    if what.starts_with(|first: char| first.is_ascii_uppercase()) {
        return link(what);
    }
    let schema = super::kinds::kind(what);
    let mut words = Vec::new();
    if let Some(description) = schema["description"].as_str() {
        words.push(escaped(description));
    }
    match &schema["enum"] {
        serde_json::Value::Array(list) => {
            let list: Vec<_> = list.iter().map(|one| escaped(&one.to_string())).collect();
            words.push(format!("one of {}", list.join(", ")));
        }
        _ => {
            if let Some(example) = schema["examples"][0].as_str() {
                words.push(format!("such as <code>{}</code>", escaped(example)));
            } else if schema["examples"][0].is_number() {
                words.push(format!("such as <code>{}</code>", schema["examples"][0]));
            }
        }
    }
    if words.is_empty() {
        let kind = schema["type"].as_str().unwrap_or("anything");
        words.push(schema["format"].as_str().unwrap_or(kind).to_owned());
    }
    words.join("; ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
