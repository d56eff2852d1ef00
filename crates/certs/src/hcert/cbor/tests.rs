use ciborium::Value as Theirs;

use super::*;
use crate::hcert::tests::hostile::any_value;

/// Whether another library read the same.
fn is_same(ours: &Value<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Integer(ours), Theirs::Integer(theirs)) => i128::from(*theirs) == i128::from(*ours),
        (Value::Other, Theirs::Integer(theirs)) => i64::try_from(i128::from(*theirs)).is_err(),
        (Value::Float(ours), Theirs::Float(theirs)) => {
            ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan()
        }
        (Value::Text(ours), Theirs::Text(theirs)) => ours == theirs,
        (Value::Bytes(ours), Theirs::Bytes(theirs)) => **ours == theirs[..],
        (Value::Array(ours), Theirs::Array(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Map(ours), Theirs::Map(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            let alike = |(ours, theirs): (&(Value<'_>, Value<'_>), &(Theirs, Theirs))| {
                is_same(&ours.0, &theirs.0) && is_same(&ours.1, &theirs.1)
            };
            ours.len() == theirs.len() && pairs.all(alike)
        }
        (Value::Tag(ours, inner), Theirs::Tag(theirs, value)) => {
            ours == theirs && is_same(inner, value)
        }
        (Value::Null, Theirs::Null) | (Value::Other, Theirs::Bool(_)) => true,
        _ => false,
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn another_library_writes_what_is_read_here(value in any_value()) {
        let mut bytes = Vec::new();
        ciborium::into_writer(&value, &mut bytes).unwrap();
        proptest::prop_assert!(read(&bytes).is_ok_and(|read| is_same(&read, &value)));
        bytes.push(0);
        proptest::prop_assert!(read(&bytes).is_err(), "something follows");
        bytes.truncate(bytes.len() - 2);
        proptest::prop_assert!(read(&bytes).is_err(), "something is missing");
    }
}

#[test]
fn lists_and_texts_without_a_length_are_read_as_those_with_one() {
    let text = read(b"\x7f\x61a\x63bcd\xff").unwrap();
    assert_eq!(text.as_text(), Some("abcd"));
    let bytes = read(b"\x5f\x41a\x43bcd\xff").unwrap();
    assert_eq!(bytes.as_bytes(), Some(&b"abcd"[..]));
    let list = read(b"\x9f\x01\xbf\x61a\x02\xff\xff").unwrap();
    let [one, map] = list.as_array().unwrap() else { panic!("it has two entries") };
    assert_eq!(whole(one), Some(1));
    assert_eq!(under(map, "a").and_then(whole), Some(2));
    for cut in
        [&b"\x9f\x01"[..], b"\xbf\x61a", b"\xbf\x61a\xff", b"\x7f\x61a", b"\xff", b"\x7f\x01\xff"]
    {
        assert!(read(cut).is_err(), "{cut:?}");
    }
}

#[test]
fn what_says_that_it_is_long_or_deep_takes_no_more_place_than_it_has() {
    for long in [b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff"] {
        assert!(read(long).is_err());
    }
    let nested = |levels: usize| [vec![0x81; levels], vec![0]].concat();
    assert!(read(&nested(DEEPEST)).is_ok());
    assert!(read(&nested(DEEPEST + 1)).is_err());
    assert!(read(&nested(60_000)).is_err());
}
