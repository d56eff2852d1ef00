//! Bytes that nobody in their right mind sends: every reader of a request answers, and none panics.

use axum::body::Bytes;
use domain::person::{IdentityDocument, Mobile, Name};
use jiff::civil::date;
use proptest::prelude::*;

use crate::{
    cowin::{body::Body, read_details},
    form::Query,
};

/// Everything that is ever read from a body.
fn read_all(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    drop(read_details(&bytes, date(2022, 2, 1)));
    let Ok(body) = Body::read(&bytes) else { return };
    for name in ["name", "mobile", "dose", "beneficiaries", "session_id", ""] {
        drop(body.text(name));
        let _ = body.number(name);
        drop(body.texts(name));
        let _ = body.uuid(name);
        drop(crate::cowin::body::optional_day(&body, name));
    }
    drop(body.mobile());
    drop(body.session());
    drop(body.dose());
}

/// JSON of any shape, under names that are read.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1e400".to_owned()),
        Just("-0".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| n.to_string()),
        "\\PC{0,40}".prop_map(|text| serde_json::Value::from(text).to_string()),
        "[0-9]{0,4}-[0-9]{0,4}-[0-9]{0,6}".prop_map(|text| format!("{text:?}")),
    ];
    let name = "name|mobile|mobile_number|birth_year|gender_id|photo_id_type|photo_id_number|dose\
        |beneficiaries|session_id|comorbidity_ind|[a-z]{0,3}";
    let value = leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6)
                .prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((name, inner), 0..6).prop_map(|fields| {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    });
    proptest::collection::vec((name, value), 0..12).prop_map(|fields| {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_body_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read_all(&bytes);
        drop(Query::form(&bytes));
    }

    #[test]
    fn any_json_is_read_or_refused(text in json(), cut in any::<prop::sample::Index>()) {
        read_all(text.as_bytes());
        read_all(&text.as_bytes()[..cut.index(text.len())]);
    }

    #[test]
    fn any_query_is_read(text in "([a-z_]{0,12}[=&+%;]{0,3}(%[0-9A-Fa-z]{0,3}|\\PC){0,8}&?){0,12}") {
        let query = Query::parse(Some(&text));
        for name in ["date", "pincode", ""] {
            let _ = query.get(name).and_then(crate::cowin::body::day);
            prop_assert!(query.all(name).count() <= 200);
        }
        let _ = query.has_empty();
    }

    /// What is shown of a document is never more than its end, whatever it holds.
    #[test]
    fn a_document_of_any_text_shows_four_characters(kind in 0_i64..15, text in "\\PC{0,80}") {
        if let Ok(document) = IdentityDocument::parse(kind, &text) {
            let shown = document.masked();
            let number = document.number();
            prop_assert!(shown.ends_with(&number[number.len() - 4..]));
            prop_assert!(shown[..shown.len() - 4].bytes().all(|byte| byte == b'X'));
        }
    }

    #[test]
    fn a_mobile_or_name_of_any_text_is_read_or_refused(text in "\\PC{0,1100}|[+0-9 -]{0,40}") {
        if let Ok(mobile) = Mobile::parse(&text) {
            prop_assert_eq!(mobile.digits().len(), 10);
        }
        if let Ok(name) = Name::parse(&text) {
            prop_assert!(!name.text().contains(char::is_control));
        }
    }
}

/// Beyond the depth that the reader follows, and many of everything: refused, not suffered.
#[test]
fn what_is_deep_or_many_costs_no_more_than_its_size() {
    for bracket in ["[", "{\"a\":"] {
        assert!(Body::read(&Bytes::from(bracket.repeat(10_000))).is_err());
    }
    let many = format!("{{{}\"x\":1}}", "\"beneficiaries\":[],".repeat(3_000));
    assert!(Body::read(&Bytes::from(many)).is_ok());
    let many = "a=1&".repeat(15_000);
    assert_eq!(Query::parse(Some(&many)).all("a").count(), 200);
}
