//! JSON in its one canonical form.
//!
//! # Source
//!
//! RFC 8785, "JSON Canonicalization Scheme".

use serde_json::{Number, Value};

use crate::verdict::NotValid;

/// The largest whole number up to which a double holds each.
const MOST_EXACT: u64 = 1 << 53;

/// The canonical bytes of a value.
///
/// # Errors
///
/// [`NotValid::Content`] for what has none.
pub(crate) fn to_vec(value: &Value) -> Result<Vec<u8>, NotValid> {
    // The library for all of JSON sorts each object by names that it reads again: of a certificate
    // that takes longer than its signature.
    if is_plain(value) {
        serde_json::to_vec(value).map_err(|_| NotValid::Content)
    } else {
        serde_json_canonicalizer::to_vec(value).map_err(|_| NotValid::Content)
    }
}

/// Whether a value is canonical as it is written: with names of ASCII that are in order, and no
/// numbers but whole ones that a double holds.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let in_order = members.keys().is_sorted();
            in_order && members.iter().all(|(name, member)| name.is_ascii() && is_plain(member))
        }
        Value::Array(members) => members.iter().all(is_plain),
        Value::Number(number) => is_exact(number),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn is_exact(number: &Number) -> bool {
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    whole.is_some_and(|whole| whole <= MOST_EXACT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-70_000_i64..70_000).prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\x00-\\x7f]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let name = prop_oneof!["[a-zA-Z@\\x00-\\x7f]{0,4}", any::<String>()];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec((name, inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            cases: 1_000,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_is_written_here_is_what_the_library_for_all_of_json_writes(value in any_json()) {
            let theirs = serde_json_canonicalizer::to_vec(&value).unwrap();
            prop_assert_eq!(String::from_utf8(to_vec(&value).unwrap()), String::from_utf8(theirs));
        }
    }

    #[test]
    fn certificates_are_plain_and_what_has_another_form_is_not() {
        assert!(is_plain(&json!({ "n": [1, -2, MOST_EXACT], "name": "सीता \u{1f}\u{7f}" })));
        for other in [json!({ "é": 1 }), json!([1.5]), json!(MOST_EXACT + 1), json!(i64::MIN)] {
            assert!(!is_plain(&other), "{other}");
        }
    }
}
