//! The document of the calls and the data manifest name the same fields of the same models, and the
//! forms of the pages ask for nothing else.

use std::collections::BTreeSet;

use domain::manifest::{CALLS, PARAMETERS, REPORTS};
use serde_json::{Value, json};

/// The fields that a document gives its models, `Model.field`, and its parameters, `place.name`.
fn documented(document: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut models = BTreeSet::new();
    for (model, schema) in document["components"]["schemas"].as_object().unwrap() {
        fields(model, schema, &mut models);
    }
    let mut parameters = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().unwrap() {
                let (place, name) = (parameter["in"].as_str(), parameter["name"].as_str());
                parameters.insert(format!("{}.{}", place.unwrap(), name.unwrap()));
            }
            // What is no model is described in place, and then its fields are its own.
            let mut inline = BTreeSet::new();
            fields("inline", &operation["responses"], &mut inline);
            fields("inline", &operation["requestBody"], &mut inline);
            models.append(&mut inline);
        }
    }
    (models, parameters)
}

/// Every `properties` within a schema.
fn fields(model: &str, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(parts) => {
            for (name, part) in parts {
                if let ("properties", Some(properties)) = (name.as_str(), part.as_object()) {
                    found.extend(properties.keys().map(|field| format!("{model}.{field}")));
                }
                fields(model, part, found);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| fields(model, part, found)),
        _ => {}
    }
}

/// What is in one of the two only.
fn differences(document: &Value) -> Vec<String> {
    let (models, parameters) = documented(document);
    let listed: BTreeSet<_> = CALLS.fields().chain(REPORTS.fields()).collect();
    let asked: BTreeSet<_> = PARAMETERS.fields().collect();
    let unlike = models.symmetric_difference(&listed).cloned();
    unlike.chain(parameters.symmetric_difference(&asked).cloned()).collect()
}

#[test]
fn calls_take_and_give_what_is_listed_and_nothing_else() {
    let document = crate::document();
    assert_eq!(differences(&document), Vec::<String>::new());

    let mut planted = document;
    let text = json!({ "type": "string" });
    planted["components"]["schemas"]["Beneficiary"]["properties"]["address"] = text.clone();
    planted["components"]["schemas"]["TestResult"] = json!({ "properties": { "result": text } });
    planted["paths"]["/api/openapi.json"]["get"]["responses"]["200"]["content"] =
        json!({ "application/json": { "schema": { "properties": { "income": text } } } });
    planted["paths"]["/api/openapi.json"]["get"]["parameters"] =
        json!([{ "in": "query", "name": "religion" }]);
    let captcha = &mut planted["components"]["schemas"]["Captcha"]["properties"];
    captcha.as_object_mut().unwrap().remove("captcha");
    let seen = [
        "Beneficiary.address",
        "Captcha.captcha",
        "TestResult.result",
        "inline.income",
        "query.religion",
    ];
    assert_eq!(differences(&planted), seen);
}

/// The templates of the pages.
fn templates() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|suffix| suffix == "html"));
    pages
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The fields of forms in templates, and the templates in which a field's name is made up on the way.
fn asked(templates: &[(String, String)]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut made) = (BTreeSet::new(), BTreeSet::new());
    for (file, text) in templates {
        let text = text.replace("{% call", "<% call");
        let tags = text.split('<').filter(|tag| {
            ["input", "select", "textarea", "button", "% call f::input", "% call input"]
                .iter()
                .any(|begin| tag.starts_with(begin))
        });
        for tag in tags {
            let named = tag.split_once(" name=\"").or_else(|| tag.split_once("(top, \""));
            let Some((_, rest)) = named else { continue };
            let name = rest.split('"').next().unwrap();
            if name.contains("{{") {
                made.insert(file.clone());
            } else {
                names.insert(format!("form.{name}"));
            }
        }
    }
    (names, made)
}

#[test]
fn the_pages_ask_for_what_is_listed_and_nothing_else() {
    let (names, made) = asked(&templates());
    let listed: BTreeSet<_> = domain::manifest::FORMS.fields().collect();
    assert_eq!(names.symmetric_difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new());
    // These repeat a field for each slot and dose, and the one field that all forms are made of.
    let known = ["desk_session_change.html", "desk_session_new.html", "fields.html"];
    assert_eq!(made.iter().map(String::as_str).collect::<Vec<_>>(), known);

    let planted = r#"<form><input name="address"><select name="caste"></select>
        {% call f::input(top, "income", "Income", "", "") %}{% endcall %}</form>"#;
    let (planted, _) = asked(&[("planted.html".to_owned(), planted.to_owned())]);
    let seen: Vec<_> = planted.difference(&listed).map(String::as_str).collect();
    assert_eq!(seen, ["form.address", "form.caste", "form.income"]);
}
