//! Asking a roll: as many answers as questions, and none for one that was used; what is found and what is
//! not look alike to whoever answers and to whoever listens; and the page that asks openly.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::{
    Actor,
    rolls::{Named, Roll, RollId, Rolls},
    settings::Settings,
};
use axum::{body::Body, http::Request};
use common::{Answer, Server};
use jiff::SignedDuration;
use oprf::{
    function::{Blinded, Evaluated, Random, blind, finish},
    list::{Layout, Place, hold},
    number::Number,
    question::Question,
};
use serde_json::{Value, json};

const MOBILE: &str = "7500000001";
/// In the dump, as its owner's mobile is.
const LISTED: &str = "7500000002";
const OTHERS: u64 = 3_000;
const QUESTIONS: &str = "/api/teeka/v1/questions";

/// A server with a roll of thousands.
struct Asked {
    server: Server,
    roll: Roll,
    _folder: tempfile::TempDir,
}

impl Asked {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rolls = Some(folder.path().join("rolls"));
        let server = Server::start(Settings { rolls, ..Settings::default() }).await;
        let others = (0..OTHERS).map(|number| format!("98290{number:05}"));
        let mobiles = others.chain([MOBILE.to_owned(), LISTED.to_owned()]);
        let numbers: Vec<_> = mobiles.map(|digits| Number::mobile(&digits).unwrap()).collect();
        let named = Named {
            id: RollId::of_case(b"a case"),
            title: "A list <of> January".to_owned(),
            holds: vec!["mobile".to_owned(), "name".to_owned()],
        };
        let (platform, ctx) = (&server.world.platform, server.world.ctx(Actor::System));
        let (roll, buckets) = platform.make_roll(&ctx, named, &numbers, |_| {}).unwrap();
        platform.rolls_folder().unwrap().publish(&roll, &buckets).unwrap();
        Self { server, roll, _folder: folder }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/teeka/v1/rolls/{}/{rest}", self.roll.id)
    }

    async fn answer(&self, question: &str, asked: &Blinded) -> Answer {
        let body = json!({ "question": question, "blinded": hex::encode(asked.element) });
        self.server.post(&self.path("answers"), body, None).await
    }

    /// Whether a number is in the roll, by an answer.
    async fn is_in(&self, asked: Blinded, answer: &Answer) -> bool {
        let key = hex::decode(&self.roll.key).unwrap().try_into().unwrap();
        let output = finish(&[asked], &evaluated(&answer.value()), &key).unwrap()[0];
        let place = Place::of(&output);
        let layout = Layout::new(self.roll.bits, self.roll.bucket_bytes).unwrap();
        let bucket = self.bucket(place.bucket(layout)).await;
        assert_eq!(bucket.status, 200);
        hold(&bucket.bytes, &place.tag)
    }

    async fn bucket(&self, number: u32) -> Answer {
        self.server.get(&self.path(&format!("buckets/{number}")), None).await
    }

    /// A resident's questions, by their numbers.
    async fn questions(&self, token: &str, numbers: &[u8]) -> Vec<String> {
        let (each, answer) = self.confirm(token, numbers).await;
        let said = answer.value();
        assert_eq!(answer.status, 200, "{said}");
        let key = hex::decode(said["key"].as_str().unwrap()).unwrap().try_into().unwrap();
        let outputs = finish(&each, &evaluated(&said), &key).unwrap();
        let day = said["day"].as_u64().unwrap().try_into().unwrap();
        let published = self.server.get("/api/teeka/v1/rolls", None).await.value();
        assert_eq!(published["question_keys"][0], json!({ "day": day, "key": said["key"] }));
        let made = numbers.iter().zip(&outputs);
        made.map(|(number, output)| Question::new(day, [*number; 32], output).text()).collect()
    }

    async fn confirm(&self, token: &str, numbers: &[u8]) -> (Vec<Blinded>, Answer) {
        let one = |number: &u8| blind(&Question::input(&[*number; 32]), &random(*number)).unwrap();
        let each: Vec<_> = numbers.iter().map(one).collect();
        let blinded: Value = each.iter().map(|one| hex::encode(one.element)).collect();
        let answer = self.server.post(QUESTIONS, json!({ "blinded": blinded }), Some(token)).await;
        (each, answer)
    }
}

fn evaluated(said: &Value) -> Evaluated {
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let list = said["evaluated"].as_array().unwrap();
    Evaluated {
        elements: list.iter().map(|one| bytes(one).try_into().unwrap()).collect(),
        proof: bytes(&said["proof"]).try_into().unwrap(),
    }
}

fn random(seed: u8) -> Random {
    std::array::from_fn(|place| seed.wrapping_mul(37).wrapping_add(u8::try_from(place).unwrap()))
}

fn ask(digits: &str, seed: u8) -> Blinded {
    blind(&Number::mobile(digits).unwrap().input(), &random(seed)).unwrap()
}

#[tokio::test]
async fn so_many_questions_give_so_many_answers() {
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let questions = asked.questions(&token, &[1, 2, 3, 4]).await;
    // The answer was lost: the same again is answered again. Others are not, whoever signs in.
    assert_eq!(asked.questions(&token, &[1, 2, 3, 4]).await, questions);
    for numbers in [&[5][..], &[1, 2, 3, 5]] {
        let (_, more) = asked.confirm(&token, numbers).await;
        assert_eq!((more.status, &more.value()["type"]), (429, &"/problems/too-many".into()));
    }
    let again = asked.server.sign_in(MOBILE).await;
    assert_eq!(asked.confirm(&again, &[6]).await.1.status, 429);

    let numbers = [(MOBILE, true), (LISTED, true), ("7500000009", false), ("9829000007", true)];
    for ((question, (digits, held)), seed) in questions.iter().zip(numbers).zip(10..) {
        let answer = asked.answer(question, &ask(digits, seed)).await;
        assert_eq!(answer.status, 200, "{}", answer.value());
        // The same again, for an answer that was lost; then with another number.
        let same = asked.answer(question, &ask(digits, seed)).await;
        assert_eq!(same.value()["evaluated"], answer.value()["evaluated"]);
        assert_eq!(asked.is_in(ask(digits, seed), &answer).await, held, "{digits}");
        for _ in 0..2 {
            let other = asked.answer(question, &ask("9829000008", 20)).await;
            assert_eq!(
                (other.status, &other.value()["type"]),
                (409, &"/problems/question-used".into())
            );
        }
        let same = asked.answer(question, &ask(digits, seed)).await;
        assert_eq!(same.status, 200, "what others tried with it changes nothing");
    }
    asked.server.world.advance(SignedDuration::from_hours(24));
    let token = asked.server.sign_in(MOBILE).await;
    assert_eq!(asked.confirm(&token, &[7]).await.1.status, 200, "the next day there are more");
}

#[tokio::test]
async fn a_question_that_is_not_ours_or_of_another_day_gives_nothing() {
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let questions = asked.questions(&token, &[1, 2]).await;
    let mut forged = questions[0].clone().into_bytes();
    forged[130] = if forged[130] == b'0' { b'1' } else { b'0' };
    let mut later = Question::read(&questions[0]).unwrap().text().into_bytes();
    later[7] = if later[7] == b'9' { b'8' } else { b'9' };
    for wrong in [forged, later] {
        let answer = asked.answer(std::str::from_utf8(&wrong).unwrap(), &ask(LISTED, 1)).await;
        assert_eq!(answer.status, 409, "{}", answer.value());
    }
    asked.server.world.advance(SignedDuration::from_hours(24));
    assert_eq!(asked.answer(&questions[0], &ask(LISTED, 1)).await.status, 200);
    asked.server.world.advance(SignedDuration::from_hours(24));
    for question in &questions {
        assert_eq!(asked.answer(question, &ask(LISTED, 2)).await.status, 409);
    }
    // Nor was the used one forgotten with its day.
    assert_eq!(asked.answer(&questions[0], &ask(LISTED, 1)).await.status, 409);
}

#[tokio::test]
async fn found_and_not_found_look_alike() {
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let questions = asked.questions(&token, &[1, 2]).await;
    let hit = asked.answer(&questions[0], &ask(LISTED, 1)).await;
    let miss = asked.answer(&questions[1], &ask("7500000009", 2)).await;
    assert_eq!((hit.status, &hit.headers), (miss.status, &miss.headers));
    assert_eq!(hit.bytes.len(), miss.bytes.len());
    assert!(
        asked.is_in(ask(LISTED, 1), &hit).await && !asked.is_in(ask("7500000009", 2), &miss).await
    );

    let layout = Layout::new(asked.roll.bits, asked.roll.bucket_bytes).unwrap();
    assert_eq!(layout.buckets(), 2);
    let first = asked.bucket(0).await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=3600"));
    for number in 0..layout.buckets() {
        let bucket = asked.bucket(number).await;
        assert_eq!((bucket.status, &bucket.headers), (200, &first.headers));
        assert_eq!(bucket.bytes.len(), asked.roll.bucket_bytes as usize);
    }
    assert_eq!(asked.bucket(layout.buckets()).await.status, 404);
}

/// What is sent of one number and what is sent of another differ only by chance: blinded with the scalar
/// that fits, each is the other.
#[tokio::test]
async fn who_answers_is_sent_a_group_element_and_nothing_else() {
    let element = |digits: &str, seed| ask(digits, seed).element;
    assert_ne!(element(MOBILE, 1), element(MOBILE, 2), "the same number, another day");
    assert_ne!(element(MOBILE, 1), element(LISTED, 1));
    // What is read of a body: a question, and 64 hex digits that are an element. A number is refused.
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let questions = asked.questions(&token, &[1]).await;
    for blinded in [MOBILE.to_owned(), hex::encode(MOBILE), "0".repeat(64), "f".repeat(64)] {
        let body = json!({ "question": questions[0], "blinded": blinded });
        let answer = asked.server.post(&asked.path("answers"), body, None).await;
        assert_eq!(answer.status, 400);
        assert!(!answer.value().to_string().contains(&blinded), "{}", answer.value());
    }
    assert_eq!(asked.answer(&questions[0], &ask(MOBILE, 1)).await.status, 200, "it is not used up");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_not_repeated() {
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let many = vec![hex::encode(ask(MOBILE, 1).element); 5];
    for body in [
        json!({}),
        json!({ "blinded": "Asha" }),
        json!({ "blinded": ["Asha"] }),
        json!({ "blinded": [] }),
        json!({ "blinded": many }),
    ] {
        let answer = asked.server.post(QUESTIONS, body, Some(&token)).await;
        assert_eq!(answer.status, 400, "{}", answer.value());
        assert!(!answer.value().to_string().contains("Asha"));
    }
    assert_eq!(asked.confirm(&token, &[1, 2, 3, 4]).await.1.status, 200, "they cost nothing");
    let body = json!({ "blinded": [hex::encode(ask(MOBILE, 1).element)] });
    assert_eq!(asked.server.post(QUESTIONS, body, None).await.status, 401);
    let body = json!({ "question": "0".repeat(136), "blinded": "0".repeat(64) });
    for roll in ["0123456789abcdef", "..", "%2e%2e%2fetc", "ABCDEF0123456789"] {
        for path in ["answers", "buckets/0"] {
            let path = format!("/api/teeka/v1/rolls/{roll}/{path}");
            let answer = if path.ends_with('0') {
                asked.server.get(&path, None).await
            } else {
                asked.server.post(&path, body.clone(), None).await
            };
            assert_eq!(answer.status, 404, "{path}");
        }
    }
}

async fn page(server: &Server, form: Option<&str>, token: Option<&str>) -> Answer {
    let mut request = match form {
        None => Request::get("/rolls"),
        Some(_) => Request::post("/rolls/openly"),
    };
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await
}

#[tokio::test]
async fn without_a_script_one_s_own_mobile_is_asked_about_openly() {
    let asked = Asked::start().await;
    let form = format!("roll={}", asked.roll.id);
    let first = page(&asked.server, None, None).await;
    let text = first.value();
    let text = text.as_str().unwrap();
    assert!(
        text.contains("A list &#60;of&#62; January") && text.contains("mobile, name"),
        "{text}"
    );
    assert!(first.header("content-security-policy").unwrap().contains("'wasm-unsafe-eval'"));
    let elsewhere = page(&asked.server, Some(&form), None).await;
    assert_eq!(elsewhere.header("location"), Some("/sign-in?then=%2Frolls"));

    for (mobile, said) in [(LISTED, "Your mobile is in"), ("7500000009", "Your mobile is not in")] {
        let token = asked.server.sign_in(mobile).await;
        let answer = page(&asked.server, Some(&form), Some(&token)).await;
        assert_eq!(answer.status, 200);
        assert!(answer.value().as_str().unwrap().contains(said), "{}", answer.value());
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let none = page(&asked.server, Some("roll=0123456789abcdef"), Some(&token)).await;
        assert_eq!(none.status, 404);
    }
}

#[tokio::test]
async fn a_roll_that_is_taken_back_is_not_found() {
    let asked = Asked::start().await;
    let token = asked.server.sign_in(MOBILE).await;
    let questions = asked.questions(&token, &[1]).await;
    let listed = asked.server.get("/api/teeka/v1/rolls", None).await.value();
    assert_eq!(listed["rolls"], json!([asked.roll]));
    let rolls: Rolls = asked.server.world.platform.rolls_folder().unwrap();
    assert!(rolls.withdraw(&RollId::parse(&asked.roll.id).unwrap()).unwrap());
    assert_eq!(asked.answer(&questions[0], &ask(MOBILE, 1)).await.status, 404);
    assert_eq!(asked.bucket(0).await.status, 404);
    let listed = asked.server.get("/api/teeka/v1/rolls", None).await.value();
    assert_eq!(listed["rolls"], json!([]));
    let text = page(&asked.server, None, None).await.value();
    assert!(text.as_str().unwrap().contains("There is no such list at present"));
}
