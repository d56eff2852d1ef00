//! Asking blind in the browser: a number in, a group element out, and of the answer whether the number is
//! in a list.
//!
//! It is WebAssembly without imports, as the verifier is, and takes and gives bytes four at a time.
//! Random bytes come from the page, and the same make the same again, so that what was lost on the way can
//! be asked for once more.
//!
//! # Shape
//!
//! `begin(length)`, then `push(word)` for each four bytes, least significant first; then one of the acts,
//! which give the length of the answer; then `pull(place)` for each four bytes of it. Input and answer are
//! JSON, bytes in it hex. An answer has either what was asked for or `error`, a sentence.
//!
//! | act | takes | gives |
//! | --- | --- | --- |
//! | `blind_questions` | `random`, 96 bytes for each | `blinded`, a list |
//! | `keep_questions` | `random`, `day`, `key`, `evaluated`, `proof` | `questions`, a list |
//! | `blind_number` | `random`, 64 bytes, and `number` | `blinded` |
//! | `place_number` | `random`, `number`, `key`, `bits`, `bucket_bytes`, `evaluated`, `proof` | `bucket`, `tag` |
//!
//! `holds()` takes a tag and behind it a bucket, as bytes, and gives 1 if it is in it, else 0.

use std::cell::RefCell;

use oprf::{
    function::{Blinded, ELEMENT, Element, Evaluated, Random, blind, finish},
    list::{Layout, Place, TAG, hold},
    number::Number,
    question::Question,
};
use serde_json::{Map, Value, json};

pub mod exports;

/// An input has less than this: a bucket, in the first place.
const MOST_BYTES: usize = 1 << 24;
/// Random bytes of a question: its number, and its blind.
const OF_QUESTION: usize = 32 + 64;
/// More are not blinded at once.
const MOST_QUESTIONS: usize = 100;

/// What the page and the program hand to each other.
#[derive(Default)]
struct State {
    input: Vec<u8>,
    length: usize,
    output: Vec<u8>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Why there is no answer, in words for the page.
type Answer = Result<Value, &'static str>;

impl State {
    fn begin(&mut self, length: usize) {
        self.input.clear();
        self.length = length.min(MOST_BYTES);
        self.input.reserve(self.length + 3);
    }

    /// The next four bytes; what is beyond the length is dropped.
    fn push(&mut self, word: u32) {
        if self.input.len() < self.length {
            self.input.extend(word.to_le_bytes());
        }
    }

    fn take(&mut self) -> Vec<u8> {
        let mut input = std::mem::take(&mut self.input);
        input.truncate(self.length);
        input
    }

    /// Makes an answer ready; gives its length.
    fn act(&mut self, act: fn(&Input) -> Answer) -> usize {
        let input = serde_json::from_slice(&self.take()).map_err(|_| "the input is no JSON object");
        let answer = input.and_then(|fields| act(&Input(fields)));
        let answer = answer.unwrap_or_else(|why| json!({ "error": why }));
        self.output = answer.to_string().into_bytes();
        self.output.len()
    }

    /// Four bytes of the answer; zeros beyond its end.
    fn pull(&self, place: usize) -> u32 {
        let byte = |ahead: usize| {
            let at = place.checked_add(ahead);
            at.and_then(|at| self.output.get(at)).copied().unwrap_or(0)
        };
        u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
    }

    fn holds(&mut self) -> bool {
        let input = self.take();
        input.split_first_chunk::<TAG>().is_some_and(|(tag, bucket)| hold(bucket, tag))
    }
}

/// What the page handed in.
struct Input(Map<String, Value>);

impl Input {
    fn text(&self, name: &str) -> Result<&str, &'static str> {
        self.0.get(name).and_then(Value::as_str).ok_or("a field is missing")
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, &'static str> {
        hex::decode(self.text(name)?).map_err(|_| "a field is not hex")
    }

    fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], &'static str> {
        self.bytes(name)?.try_into().map_err(|_| "a field has another length")
    }

    fn whole(&self, name: &str) -> Result<u32, &'static str> {
        let number = self.0.get(name).and_then(Value::as_u64);
        number.and_then(|number| number.try_into().ok()).ok_or("a number is missing")
    }

    fn number(&self) -> Result<Number, &'static str> {
        Number::parse(self.text("number")?)
            .ok_or("give a mobile of ten digits, or a reference number of fourteen")
    }

    fn random(&self) -> Result<Random, &'static str> {
        let random: Random = self.array("random")?;
        // What a page gives whose browser has no randomness.
        if random == [0; 64] { Err("there is no randomness") } else { Ok(random) }
    }

    /// The numbers of questions and what blinds each.
    fn questions(&self) -> Result<Vec<([u8; 32], Blinded)>, &'static str> {
        let random = self.bytes("random")?;
        let (each, rest) = random.as_chunks::<OF_QUESTION>();
        if !rest.is_empty() || each.is_empty() || each.len() > MOST_QUESTIONS {
            return Err("a field has another length");
        }
        each.iter().map(question).collect()
    }

    /// What the server made of what was blinded.
    fn evaluated(&self) -> Result<Evaluated, &'static str> {
        let list = self.0.get("evaluated").and_then(Value::as_array).ok_or("a field is missing")?;
        let read = list.iter().map(|one| {
            let mut element: Element = [0; ELEMENT];
            let text = one.as_str().ok_or("a field is not hex")?;
            hex::decode_to_slice(text, &mut element).map_err(|_| "a field is not hex")?;
            Ok(element)
        });
        Ok(Evaluated {
            elements: read.collect::<Result<_, &'static str>>()?,
            proof: self.array("proof")?,
        })
    }
}

fn question(random: &[u8; OF_QUESTION]) -> Result<([u8; 32], Blinded), &'static str> {
    let (number, drawn) = random.split_first_chunk().expect("96 bytes");
    let drawn: &Random = drawn.try_into().expect("64 of them");
    if *drawn == [0; 64] {
        return Err("there is no randomness");
    }
    let blinded = blind(&Question::input(number), drawn).map_err(|_| "it cannot be blinded")?;
    Ok((*number, blinded))
}

fn blind_questions(input: &Input) -> Answer {
    let blinded = input.questions()?;
    let each = blinded.iter().map(|(_, one)| hex::encode(one.element));
    Ok(json!({ "blinded": each.collect::<Vec<_>>() }))
}

const NOT_BY_THE_KEY: &str = "the answer was not made with the published key";

fn keep_questions(input: &Input) -> Answer {
    let (numbers, asked): (Vec<_>, Vec<_>) = input.questions()?.into_iter().unzip();
    let (day, key) = (input.whole("day")?, input.array("key")?);
    let outputs = finish(&asked, &input.evaluated()?, &key).map_err(|_| NOT_BY_THE_KEY)?;
    let each = numbers.into_iter().zip(&outputs);
    let each = each.map(|(number, output)| Question::new(day, number, output).text());
    Ok(json!({ "questions": each.collect::<Vec<_>>() }))
}

fn blind_one(input: &Input) -> Result<Blinded, &'static str> {
    blind(&input.number()?.input(), &input.random()?).map_err(|_| "it cannot be blinded")
}

fn blind_number(input: &Input) -> Answer {
    Ok(json!({ "blinded": hex::encode(blind_one(input)?.element) }))
}

fn place_number(input: &Input) -> Answer {
    let asked = [blind_one(input)?];
    let outputs = finish(&asked, &input.evaluated()?, &input.array("key")?);
    let outputs = outputs.map_err(|_| NOT_BY_THE_KEY)?;
    let bits = u8::try_from(input.whole("bits")?).map_err(|_| "there is no such list")?;
    let layout = Layout::new(bits, input.whole("bucket_bytes")?).ok_or("there is no such list")?;
    let place = Place::of(outputs.first().ok_or(NOT_BY_THE_KEY)?);
    Ok(json!({ "bucket": place.bucket(layout), "tag": hex::encode(place.tag) }))
}

#[cfg(test)]
mod tests;
