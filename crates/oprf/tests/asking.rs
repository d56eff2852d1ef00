//! The vectors of RFC 9497, and what asking promises: an answer by another key is seen, a question is
//! known for one's own, a list holds whom it holds and nobody else.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use oprf::{
    function::{Blinded, Evaluated, Key, Malformed, Output, Random, blind, finish},
    list::{Layout, Place, TAG, hold, lay},
    number::Number,
    question::Question,
};
use proptest::prelude::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// Random bytes from which this scalar is drawn: a scalar is them modulo the order of the group.
fn scalar(hex: &str) -> Random {
    let mut random = [0; 64];
    random[..32].copy_from_slice(&bytes::<32>(hex));
    random
}

/// A vector of appendix A.1.2: inputs, blinds, blinded and evaluated elements, the scalar of the proof,
/// the proof, outputs.
struct Vector {
    inputs: &'static [&'static str],
    blinds: &'static [&'static str],
    blinded: &'static [&'static str],
    evaluated: &'static [&'static str],
    drawn: &'static str,
    proof: &'static str,
    outputs: &'static [&'static str],
}

const SEED: [u8; 32] = [0xa3; 32];
const PURPOSE: &[u8] = b"test key";
const PUBLIC: &str = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";
const FIRST_BLIND: &str = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
const SECOND_BLIND: &str = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e";
const FIRST_OUTPUT: &str = "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c";
const SECOND_OUTPUT: &str = "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6";

const VECTORS: [Vector; 3] = [
    Vector {
        inputs: &["00"],
        blinds: &[FIRST_BLIND],
        blinded: &["863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"],
        evaluated: &["aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"],
        drawn: SECOND_BLIND,
        proof: "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd066d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
        outputs: &[FIRST_OUTPUT],
    },
    Vector {
        inputs: &["5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
        blinds: &[FIRST_BLIND],
        blinded: &["cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c"],
        evaluated: &["60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468"],
        drawn: SECOND_BLIND,
        proof: "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
        outputs: &[SECOND_OUTPUT],
    },
    Vector {
        inputs: &["00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
        blinds: &[FIRST_BLIND, SECOND_BLIND],
        blinded: &[
            "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
            "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
        ],
        evaluated: &[
            "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
            "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
        ],
        drawn: "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
        proof: "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
        outputs: &[FIRST_OUTPUT, SECOND_OUTPUT],
    },
];

#[test]
fn the_function_is_that_of_the_rfc() {
    let key = Key::derive(&SEED, PURPOSE);
    assert_eq!(hex::encode(key.public()), PUBLIC);
    for vector in VECTORS {
        let inputs: Vec<_> = vector.inputs.iter().map(|one| hex::decode(one).unwrap()).collect();
        let asked: Vec<Blinded> = inputs
            .iter()
            .zip(vector.blinds)
            .map(|(input, drawn)| blind(input, &scalar(drawn)).unwrap())
            .collect();
        let elements: Vec<_> = asked.iter().map(|one| one.element).collect();
        assert_eq!(elements, vector.blinded.iter().map(|one| bytes(one)).collect::<Vec<_>>());
        let answer = key.evaluate(&elements, &scalar(vector.drawn)).unwrap();
        let evaluated = vector.evaluated.iter().map(|one| bytes(one)).collect();
        assert_eq!(answer, Evaluated { elements: evaluated, proof: bytes(vector.proof) });
        let outputs: Vec<Output> = vector.outputs.iter().map(|one| bytes(one)).collect();
        assert_eq!(finish(&asked, &answer, &key.public()), Ok(outputs.clone()));
        let known: Vec<_> = inputs.iter().map(|input| key.output(input).unwrap()).collect();
        assert_eq!(known, outputs);
    }
}

fn random(seed: u8) -> Random {
    std::array::from_fn(|place| seed.wrapping_mul(31).wrapping_add(u8::try_from(place).unwrap()))
}

#[test]
fn an_answer_that_is_not_by_the_published_key_is_seen() {
    let (ours, other) = (Key::derive(&[1; 32], b"a"), Key::derive(&[1; 32], b"b"));
    let asked = [blind(b"x", &random(1)).unwrap(), blind(b"y", &random(2)).unwrap()];
    let elements = [asked[0].element, asked[1].element];
    let answer = ours.evaluate(&elements, &random(3)).unwrap();
    assert!(finish(&asked, &answer, &ours.public()).is_ok());
    assert_eq!(finish(&asked, &answer, &other.public()), Err(Malformed::Proof));
    // Answers for one another, one in the place of two, and a proof of another answer.
    let mut swapped = answer.clone();
    swapped.elements.reverse();
    let mut short = answer.clone();
    short.elements.pop();
    let again = ours.evaluate(&elements[..1], &random(3)).unwrap();
    let borrowed = Evaluated { proof: again.proof, ..answer.clone() };
    let zero = Evaluated { proof: [0; 64], ..answer.clone() };
    for (bent, why) in [
        (swapped, Malformed::Proof),
        (short, Malformed::Count),
        (borrowed, Malformed::Proof),
        (zero, Malformed::Proof),
    ] {
        assert_eq!(finish(&asked, &bent, &ours.public()), Err(why));
    }
    assert_eq!(finish(&[], &answer, &ours.public()), Err(Malformed::Count));
}

#[test]
fn what_is_no_element_is_refused() {
    let key = Key::derive(&SEED, PURPOSE);
    // The identity, something that is no encoding, and none.
    for wrong in [[0; 32], [0xff; 32]] {
        assert_eq!(key.evaluate(&[wrong], &random(1)), Err(Malformed::Element));
        let asked = [blind(b"x", &random(1)).unwrap()];
        let answer = Evaluated { elements: vec![wrong], proof: [1; 64] };
        assert!(finish(&asked, &answer, &key.public()).is_err());
        assert!(finish(&asked, &answer, &wrong).is_err());
    }
    assert_eq!(key.evaluate(&[], &random(1)), Err(Malformed::Count));
    assert_eq!(blind(b"", &random(1)).err(), Some(Malformed::Input));
    assert_eq!(blind(&vec![1; 70_000], &random(1)).err(), Some(Malformed::Input));
}

#[test]
fn a_question_is_known_for_one_s_own() {
    let (today, yesterday) = (Key::derive(&SEED, b"20000"), Key::derive(&SEED, b"19999"));
    let asked = [blind(&Question::input(&[7; 32]), &random(1)).unwrap()];
    let answer = today.evaluate(&[asked[0].element], &random(2)).unwrap();
    let made = finish(&asked, &answer, &today.public()).unwrap();
    let question = Question::new(20_000, [7; 32], &made[0]);
    assert!(question.is_of(&today) && !question.is_of(&yesterday));
    let text = question.text();
    let read = Question::read(&text).unwrap();
    assert_eq!((text.len(), read.day(), read.number()), (136, 20_000, &[7; 32]));
    assert!(read == question && read.is_of(&today));
    // Any other mark, and the mark of another number, is none of ours.
    for place in (8..136).step_by(9) {
        let mut bent = text.clone().into_bytes();
        bent[place] = if bent[place] == b'0' { b'1' } else { b'0' };
        let bent = Question::read(std::str::from_utf8(&bent).unwrap()).unwrap();
        assert!(!bent.is_of(&today), "{place}");
    }
    for odd in ["", "é", &text[1..], &format!("{text}0"), &"g".repeat(136), &"0".repeat(1 << 20)] {
        assert!(Question::read(odd).is_none());
    }
}

#[test]
fn a_number_is_read_as_people_type_it() {
    let mobile = Number::mobile("9829011223").unwrap();
    for text in ["9829011223", " 98290 11223", "+91 98290-11223", "09829011223", "(91)9829011223"] {
        assert!(Number::parse(text) == Some(mobile.clone()), "{text}");
    }
    let reference = Number::reference("21363381933156").unwrap();
    assert!(Number::parse("2136 3381 9331 56") == Some(reference.clone()));
    assert_eq!(mobile.input(), b"mobile:9829011223");
    assert_eq!(reference.input(), b"reference:21363381933156");
    for text in ["", "982901122", "5829011223", "982901122x", "९८२९०११२२३", &"9".repeat(200)]
    {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

/// What a list of these outputs holds.
fn laid(outputs: &[Output]) -> (Layout, Vec<u8>) {
    let mut state = 0_u64;
    lay(outputs.iter().map(Place::of).collect(), |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    })
}

fn is_in(layout: Layout, all: &[u8], output: &Output) -> bool {
    let place = Place::of(output);
    let begin = usize::try_from(layout.begin(place.bucket(layout)).unwrap()).unwrap();
    hold(&all[begin..begin + layout.bucket_bytes as usize], &place.tag)
}

/// What a function could make of a number: any bytes, and others of another.
fn output(number: u64) -> Output {
    std::array::from_fn(|place| {
        let mut z =
            number.wrapping_mul(64).wrapping_add(place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 56).to_le_bytes()[0]
    })
}

#[test]
fn a_list_of_thousands_holds_them_in_buckets_of_one_length() {
    let known: Vec<_> = (0..5_000).map(output).collect();
    let (layout, all) = laid(&known);
    assert_eq!((layout.bits, layout.buckets()), (2, 4));
    assert_eq!(all.len(), 4 * layout.bucket_bytes as usize);
    assert!(known.iter().all(|one| is_in(layout, &all, one)));
    assert!((5_000..7_000).all(|number| !is_in(layout, &all, &output(number))));
    // Who is in it twice is in it once; nothing is told by the order, nor by an end that is empty.
    let (again, same) = laid(&[known.as_slice(), &known].concat());
    assert!(again == layout && same == all);
    for bucket in all.chunks(layout.bucket_bytes as usize) {
        let tags: Vec<_> = bucket.chunks(TAG).collect();
        assert!(tags.is_sorted());
        assert!(tags.iter().all(|tag| **tag != [0; TAG]));
    }
    assert_eq!((layout.begin(3).is_some(), layout.begin(4)), (true, None));
}

#[test]
fn a_small_list_is_one_bucket_and_an_empty_one_looks_like_it() {
    let key = Key::derive(&SEED, PURPOSE);
    let (layout, all) = laid(&[key.output(b"a").unwrap()]);
    let (empty, none) = laid(&[]);
    assert_eq!((layout, all.len()), (empty, none.len()));
    assert!(is_in(layout, &all, &key.output(b"a").unwrap()));
    assert!(!is_in(empty, &none, &key.output(b"a").unwrap()));
    assert!(Layout::new(0, 512).is_some());
    for (bits, bytes) in [(25, 512), (0, 0), (0, 9)] {
        assert_eq!(Layout::new(bits, bytes), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    /// Whatever comes, there is an answer and no panic, and what was blinded twice alike is alike.
    #[test]
    fn any_bytes_are_answered_or_refused(
        element in any::<[u8; 32]>(), proof in any::<[[u8; 32]; 2]>(), input in proptest::collection::vec(any::<u8>(), 0..80),
        drawn in any::<[[u8; 32]; 2]>(), text in "\\PC{0,200}|[0-9a-f]{136}",
    ) {
        let key = Key::derive(&SEED, PURPOSE);
        let drawn: Random = drawn.concat().try_into().unwrap();
        prop_assume!(drawn != [0; 64]);
        let _ = key.evaluate(&[element], &drawn);
        let _ = Question::read(&text).map(|question| question.is_of(&key));
        drop(Number::parse(&text));
        if let Ok(one) = blind(&input, &drawn) {
            prop_assert_eq!(one.element, blind(&input, &drawn).unwrap().element);
            let answer = Evaluated { elements: vec![element], proof: proof.concat().try_into().unwrap() };
            prop_assert!(finish(&[one], &answer, &key.public()).is_err());
        }
    }
}
