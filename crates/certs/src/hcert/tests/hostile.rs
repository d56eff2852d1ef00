use proptest::prelude::*;

use super::*;

/// Any value of CBOR, with the names and numbers that forms use among others.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let names = "(v|t|r|nam|vx|n|dob|vp|bo|cn|dt|dv|name|vaccine|test|date|certificate|fn|is|ci|df|du|fr|tg|co)";
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::Float),
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        names.prop_map(Value::Text),
        "\\PC{0,12}".prop_map(Value::Text),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]é?".prop_map(Value::Text),
        prop_oneof![Just(1_i64), Just(3), Just(4), Just(5), Just(6), Just(-6), Just(-260)]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((inner.clone(), inner.clone()), 0..6).prop_map(Value::Map),
            (any::<u64>(), inner).prop_map(|(tag, inner)| Value::Tag(tag, Box::new(inner))),
        ]
    })
}

/// A good certificate of some form, one value in it replaced by any.
fn nearly_good() -> impl Strategy<Value = Value> {
    let icvp = cbor!({
        "n" => "Anna", "dob" => "1980-02-03", "v" => "1",
        "vx" => { "vp" => "A", "dv" => "2021-12-01", "cn" => "B", "bo" => "C" }
    });
    let ddcc = cbor!({ "name" => "Anna", "vaccine" => "X", "date" => "2021-12-01" });
    let all = vec![
        dcc("v", dose()),
        dcc("t", test()),
        dcc("r", recovery("2021-10-11", "2022-04-01")),
        token(cbor!({ -6 => icvp.unwrap() }).unwrap()),
        token(cbor!({ 3 => ddcc.unwrap() }).unwrap()),
    ];
    (proptest::sample::select(all), any::<prop::sample::Index>(), any_value()).prop_map(
        |(mut token, place, with)| {
            let place = place.index(count(&token));
            replace(&mut token, &mut { place }, &with);
            token
        },
    )
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(entries) => entries.iter().collect(),
        Value::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        Value::Tag(_, inner) => vec![inner],
        _ => vec![],
    }
}

fn count(value: &Value) -> usize {
    1 + children(value).into_iter().map(count).sum::<usize>()
}

/// Replaces the value at a place, counted from the outside in.
fn replace(value: &mut Value, place: &mut usize, with: &Value) -> bool {
    if *place == 0 {
        *value = with.clone();
        return true;
    }
    *place -= 1;
    match value {
        Value::Array(entries) => entries.iter_mut().any(|entry| replace(entry, place, with)),
        Value::Map(entries) => entries
            .iter_mut()
            .any(|(key, value)| replace(key, place, with) || replace(value, place, with)),
        Value::Tag(_, inner) => replace(inner, place, with),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_signed_value_gets_an_answer(value in any_value(), now in any::<i64>()) {
        let (signer, trust) = shared();
        let _ = check(&text_of(signer, &value), trust, now);
        let inside = token(cbor!({ 1 => value.clone(), -6 => value.clone() }).unwrap());
        let _ = check(&text_of(signer, &inside), trust, now);
        for claim in [1, 3, 4, -6] {
            let inside = token(Value::Map(vec![(claim.into(), value.clone())]));
            let _ = check(&text_of(signer, &inside), trust, ISSUED);
        }
    }

    #[test]
    fn a_certificate_with_any_value_in_a_place_gets_an_answer(token in nearly_good()) {
        let (signer, trust) = shared();
        let _ = check(&text_of(signer, &token), trust, ISSUED);
    }

    #[test]
    fn any_bytes_in_the_wrapping_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (signer, trust) = shared();
        let inside = pack(&cose::sign(signer, &bytes).unwrap());
        prop_assert!(check(&inside, trust, ISSUED).is_err());
        prop_assert!(check(&pack(&bytes), trust, ISSUED).is_err());
        let packed = format!("HC1:{}", base45::encode(&bytes));
        prop_assert!(check(&packed, trust, ISSUED).is_err());
    }
}

fn shared() -> &'static (Signer, Trust) {
    static SHARED: std::sync::LazyLock<(Signer, Trust)> = std::sync::LazyLock::new(|| signer(&[]));
    &SHARED
}

#[test]
fn what_unpacks_to_more_than_the_cap_is_refused_and_what_fits_is_read() {
    let (signer, trust) = shared();
    for (size, expected) in
        [(MOST_UNPACKED - 200, NotValid::Content), (MOST_UNPACKED + 1, NotValid::Packing)]
    {
        let text = pack(&cose::sign(signer, &vec![0; size]).unwrap());
        assert_eq!(why(check(&text, trust, ISSUED)), Some(expected), "{size}");
    }
    // A stream that is cut off, and one that something follows.
    let whole = text_of(signer, &dcc("v", dose()));
    let packed = base45::decode(&whole[4..]).unwrap();
    let cut = format!("HC1:{}", base45::encode(&packed[..packed.len() - 8]));
    assert_eq!(why(check(&cut, trust, ISSUED)), Some(NotValid::Packing));
    assert_eq!(why(check(&whole, trust, ISSUED)), None);
}
