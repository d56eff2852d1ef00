use oprf::{function::Key, list::lay};
use proptest::prelude::*;

use super::*;

/// Hands bytes in as the page does.
fn give(state: &mut State, bytes: &[u8]) {
    state.begin(bytes.len());
    for four in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        state.push(u32::from_le_bytes(word));
    }
}

fn asked(state: &mut State, act: fn(&Input) -> Answer, input: &str) -> Value {
    give(state, input.as_bytes());
    let length = state.act(act);
    let words = (0..length).step_by(4).map(|place| state.pull(place).to_le_bytes());
    let bytes: Vec<u8> = words.flatten().take(length).collect();
    serde_json::from_slice(&bytes).unwrap()
}

fn elements(answer: &Value) -> Vec<Element> {
    let list = answer["blinded"].as_array().unwrap().iter();
    list.map(|one| hex::decode(one.as_str().unwrap()).unwrap().try_into().unwrap()).collect()
}

fn told(evaluated: &Evaluated) -> (Vec<String>, String) {
    (evaluated.elements.iter().map(hex::encode).collect(), hex::encode(evaluated.proof))
}

fn text(byte: u8, length: usize) -> String {
    hex::encode(vec![byte; length])
}

#[test]
fn questions_are_made_that_count_for_the_key_that_confirmed_them() {
    let (key, mut state) = (Key::derive(&[1; 32], b"day"), State::default());
    let random = text(1, 96) + &text(2, 96);
    let input = json!({ "random": random });
    let blinded = asked(&mut state, blind_questions, &input.to_string());
    assert_eq!(blinded, asked(&mut state, blind_questions, &input.to_string()), "the same again");
    let evaluated = key.evaluate(&elements(&blinded), &[5; 64]).unwrap();
    let (list, proof) = told(&evaluated);
    let mut input = json!({
        "random": random, "day": 20_000, "key": hex::encode(key.public()),
        "evaluated": list, "proof": proof,
    });
    let made = asked(&mut state, keep_questions, &input.to_string());
    let made: Vec<_> =
        made["questions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let read: Vec<_> = made.iter().map(|text| Question::read(text).unwrap()).collect();
    assert!(read.len() == 2 && read.iter().all(|one| one.day() == 20_000 && one.is_of(&key)));
    input["key"] = hex::encode(Key::derive(&[1; 32], b"other").public()).into();
    assert_eq!(asked(&mut state, keep_questions, &input.to_string())["error"], NOT_BY_THE_KEY);
}

#[test]
fn a_number_that_is_in_a_list_is_found_and_another_is_not() {
    let (key, mut state) = (Key::derive(&[1; 32], b"list"), State::default());
    let place =
        |digits: &str| Place::of(&key.output(&Number::mobile(digits).unwrap().input()).unwrap());
    let (layout, all) = lay(vec![place("9829011223")], |to| to.fill(7));
    for (number, held) in [("+91 98290 11223", true), ("9829011224", false)] {
        let mut input = json!({ "random": text(3, 64), "number": number });
        let blinded = asked(&mut state, blind_number, &input.to_string());
        let element = hex::decode(blinded["blinded"].as_str().unwrap()).unwrap();
        let evaluated = key.evaluate(&[element.try_into().unwrap()], &[5; 64]).unwrap();
        let (list, proof) = told(&evaluated);
        let more = json!({
            "key": hex::encode(key.public()), "bits": layout.bits,
            "bucket_bytes": layout.bucket_bytes, "evaluated": list, "proof": proof,
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let told = asked(&mut state, place_number, &input.to_string());
        assert_eq!(told["bucket"], 0, "{told}");
        let tag = hex::decode(told["tag"].as_str().unwrap()).unwrap();
        give(&mut state, &[tag.as_slice(), &all].concat());
        assert_eq!(state.holds(), held);
        input["proof"] = text(9, 64).into();
        let why = asked(&mut state, place_number, &input.to_string());
        assert_eq!(why["error"], NOT_BY_THE_KEY);
    }
    assert!(!state.holds(), "nothing was handed in");
}

#[test]
fn what_is_missing_or_wrong_is_said() {
    let mut state = State::default();
    for (act, input, why) in [
        (blind_number as fn(&Input) -> Answer, "", "the input is no JSON object"),
        (blind_number, "{}", "a field is missing"),
        (
            blind_number,
            r#"{"number":"12","random":"00"}"#,
            "give a mobile of ten digits, or a reference number of fourteen",
        ),
        (blind_number, r#"{"number":"9829011223","random":"00"}"#, "a field has another length"),
        (blind_questions, r#"{"random":"zz"}"#, "a field is not hex"),
        (blind_questions, r#"{"random":""}"#, "a field has another length"),
        (keep_questions, &format!(r#"{{"random":"{}"}}"#, text(1, 96)), "a number is missing"),
    ] {
        assert_eq!(asked(&mut state, act, input)["error"], why, "{input}");
    }
    // A browser without randomness is not taken for one that has it.
    let none = [
        (
            blind_number as fn(&Input) -> Answer,
            format!(r#"{{"number":"9829011223","random":"{}"}}"#, text(0, 64)),
        ),
        (blind_questions, format!(r#"{{"random":"{}"}}"#, text(0, 96))),
    ];
    for (act, input) in none {
        assert_eq!(asked(&mut state, act, &input)["error"], "there is no randomness");
    }
    state.begin(2);
    state.push(u32::MAX);
    state.push(u32::MAX);
    assert_eq!(state.take(), [255, 255]);
    assert_eq!(state.pull(usize::MAX - 8), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_page_hands_in_is_answered(
        number in "\\PC{0,20}|[6-9][0-9]{9}", random in "[0-9a-f]{0,4}|[0-9a-f]{128}|[0-9a-f]{192}",
        key in "[0-9a-f]{64}", element in "\\PC{0,4}|[0-9a-f]{64}", proof in "[0-9a-f]{128}",
        bits in any::<u32>(), bytes in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut state = State::default();
        let input = json!({
            "number": number, "random": random, "key": key, "evaluated": [element], "proof": proof,
            "bits": bits, "bucket_bytes": bits, "day": bits,
        });
        for act in [blind_questions as fn(&Input) -> Answer, keep_questions, blind_number, place_number] {
            prop_assert!(asked(&mut state, act, &input.to_string()).is_object());
            give(&mut state, &bytes);
            state.act(act);
        }
        give(&mut state, &bytes);
        state.holds();
    }
}
