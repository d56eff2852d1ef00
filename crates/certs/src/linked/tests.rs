//! Canonical forms, what is refused, and what takes how long.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Contexts that only tests of other projects' examples need: the file of that name in the folder
/// `TEEKA_TEST_CONTEXTS`, such as `examples-v2.json`.
pub(crate) fn context_of_a_test(url: &str) -> Option<String> {
    let name = match url {
        "https://www.w3.org/ns/credentials/examples/v2" => "examples-v2.json",
        "https://w3id.org/citizenship/v4rc1" => "citizenship-v4rc1.json",
        "https://divoc.dev/credentials/vaccination/v1" => return text_of(contexts::COWIN_1),
        _ => return None,
    };
    let folder = std::env::var_os("TEEKA_TEST_CONTEXTS")?;
    std::fs::read_to_string(std::path::Path::new(&folder).join(name)).ok()
}

fn text_of(url: &str) -> Option<String> {
    contexts::text(url).map(Into::into)
}

/// The path of each value of a document.
pub(crate) fn paths(document: &Value) -> Vec<String> {
    let (mut open, mut all) = (vec![(String::new(), document)], Vec::new());
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                let members = members.iter();
                open.extend(
                    members.map(|(name, value)| {
                        (format!("{path}/{}", name.replace('/', "~1")), value)
                    }),
                );
            }
            Value::Array(members) => {
                let members = members.iter().enumerate();
                open.extend(members.map(|(index, value)| (format!("{path}/{index}"), value)));
            }
            _ => all.push(path),
        }
    }
    all
}

fn credential() -> Value {
    json!({
        "@context": [contexts::CREDENTIALS_1, contexts::COWIN_2],
        "type": ["VerifiableCredential", "ProofOfVaccinationCredential"],
        "credentialSubject": { "type": "Person", "id": "did:example:1", "name": "Anna" },
        "issuer": "https://example.org/",
        "issuanceDate": "2021-04-15T04:00:00.000Z",
        "nonTransferable": "true",
    })
}

#[test]
fn the_canonical_form_has_every_statement() {
    let form = canonical(&credential(), Escapes::All).unwrap();
    let lines: Vec<_> = form.lines().collect();
    assert_eq!(lines.len(), 8, "{form}");
    assert!(lines.contains(&"<did:example:1> <https://schema.org/name> \"Anna\" ."));
    assert!(form.contains("_:c14n0 <vac:nonTransferable> \"true\" ."), "{form}");
}

#[test]
fn what_would_be_unsigned_is_refused() {
    let after = |change: fn(&mut Value)| {
        let mut document = credential();
        change(&mut document);
        canonical(&document, Escapes::Few).err()
    };
    assert_eq!(after(|_| ()), None);
    let unsigned = Some(NotValid::Unsigned);
    assert_eq!(after(|it| it["credentialSubject"]["id"] = "".into()), unsigned);
    assert_eq!(after(|it| it["credentialSubject"]["id"] = "ABC123".into()), unsigned);
    assert_eq!(after(|it| it["credentialSubject"]["email"] = "a@example.org".into()), unsigned);
    assert_eq!(after(|it| it["unknown"] = json!({ "name": "Anna" })), unsigned);
    assert_eq!(after(|it| it["issuer"] = "example".into()), unsigned);
    assert_eq!(after(|it| it["credentialSubject"]["type"] = "Persona".into()), unsigned);
    assert_eq!(after(|it| it["type"] = json!(["VerifiableCredential", "Undefined"])), unsigned);
    // The same value elsewhere does not help.
    assert_eq!(after(|it| it["note"] = "Anna".into()), unsigned);
    let content = Some(NotValid::Content);
    assert_eq!(after(|it| it["credentialSubject"]["@context"] = json!({})), content);
    assert_eq!(after(|it| it["@graph"] = json!([])), content);
    assert_eq!(after(|it| it["credentialSubject"]["id"] = "_:b0".into()), content);
    let context = Some(NotValid::Context);
    assert_eq!(after(|it| it["@context"][1] = "https://example.org/context".into()), context);
    assert_eq!(after(|it| it["@context"][1] = json!({ "name": "urn:x" })), context);
    assert_eq!(after(|it| it["@context"] = json!([])), context);
}

#[test]
fn escapes_are_those_of_each_form() {
    let text = "a\"\\\n\r\t\u{8}\u{7f}ü🙂";
    assert_eq!(quoted(text, Escapes::All), "\"a\\\"\\\\\\n\\r\\t\\b\\u007Fü🙂\"");
    assert_eq!(quoted(text, Escapes::Few), "\"a\\\"\\\\\\n\\r\t\u{8}\u{7f}ü🙂\"");
}

/// Graphs that make canonicalization try all orders of many nodes.
#[test]
fn poison_is_refused_at_once() {
    let nurse = json!({ "name": "Anna" });
    let dose = json!({ "type": "Vaccination", "verifier": Value::Array(vec![nurse; 9]) });
    let mut twins = credential();
    twins["evidence"] = Value::Array(vec![dose; 2]);
    let mut wide = credential();
    wide["credentialSubject"] = (0..1_990).map(|index| index.to_string()).collect();
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!({ "type": "Person", "address": deep });
    }
    let mut nested = credential();
    nested["credentialSubject"] = deep;
    let mut many = credential();
    many["credentialSubject"] =
        (0..60).map(|index| json!({ "type": "Person", "name": index.to_string() })).collect();
    for (document, limit) in [(twins, 1), (wide, 5), (nested, 5), (many, 5)] {
        let start = Instant::now();
        let _ = canonical(&document, Escapes::All);
        println!("{:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(limit), "{:?}", start.elapsed());
    }
}

/// Each type may bring a context, and each object has its own: this many took a hundred times as
/// long as a certificate.
#[test]
fn contexts_are_brought_in_only_so_often() {
    let of = |doses: usize, types: usize| {
        let types = Value::Array(vec![json!("Vaccination"); types]);
        let dose = |place: usize| {
            let (verifier, district) = (json!({ "name": place }), json!({ "district": place }));
            json!({ "type": types, "batch": place, "verifier": verifier,
                "facility": { "name": place, "address": district } })
        };
        let mut document = credential();
        document["evidence"] = (0..doses).map(dose).collect();
        canonical(&document, Escapes::All)
    };
    assert!(of(16, 1).is_ok());
    assert_eq!(of(18, 1), Err(NotValid::TooLarge), "objects");
    assert_eq!(of(8, 6), Err(NotValid::TooLarge), "types of all");
    assert_eq!(of(1, 7), Err(NotValid::TooLarge), "types of one");
}

#[test]
fn six_twins_are_few_enough() {
    let person = json!({ "type": "Person", "name": "Anna" });
    let mut document = credential();
    document["credentialSubject"] = Value::Array(vec![person.clone(); 6]);
    assert!(canonical(&document, Escapes::All).is_ok());
    document["credentialSubject"] = Value::Array(vec![person; 7]);
    assert_eq!(canonical(&document, Escapes::All), Err(NotValid::TooLarge));
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        Just("id".to_owned()),
        Just("type".to_owned()),
        Just("name".to_owned()),
        Just("proof".to_owned()),
        Just("evidence".to_owned()),
        Just("address".to_owned()),
        "\\PC{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("Person")),
        Just(json!("Vaccination")),
        Just(json!("did:example:1")),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_gets_an_answer(subject in any_json(), evidence in any_json()) {
        let mut document = credential();
        document["credentialSubject"] = subject;
        document["evidence"] = evidence;
        let first = canonical(&document, Escapes::All);
        prop_assert_eq!(first, canonical(&document, Escapes::All));
    }
}
