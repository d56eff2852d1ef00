use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::{super::tests::message, *};

const EXAMPLE: &str = include_str!("../gateway.example.toml");

/// A gateway that gives these answers, one after the other, and tells what it was asked.
async fn stub(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            while !is_whole(&text) {
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).await.unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            asked.push(text);
            let answer = answer.replace('\n', "\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    });
    (url, asked)
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

fn gateway(text: &str) -> anyhow::Result<Gateway> {
    let set = |name: &str| Some(format!("value of {name}"));
    Gateway::new(toml::from_str(text)?, &set)
}

fn refusal(text: &str) -> String {
    format!("{:#}", gateway(text).err().unwrap())
}

const OK: &str = "HTTP/1.1 200 OK\ncontent-length: 0\nconnection: close\n\n";
const BUSY: &str = "HTTP/1.1 429 Slow\nretry-after: 0\ncontent-length: 0\nconnection: close\n\n";
const DOWN: &str = "HTTP/1.1 503 Down\nretry-after: 0\ncontent-length: 0\nconnection: close\n\n";

#[tokio::test]
async fn a_message_is_posted_as_the_template_says() {
    let (url, asked) = stub(&[OK]).await;
    let text = EXAMPLE.replace("https://gateway.example", &url);
    let text = text.replace("success_text = ", "# ");
    gateway(&text).unwrap().deliver(&message()).await.unwrap();
    let asked = asked.await.unwrap().remove(0);
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v2/messages HTTP/1.1"), "{head}");
    assert!(head.contains("authorization: Bearer value of GATEWAY_TOKEN"), "{head}");
    assert!(head.contains("idempotency-key: 00000000-0000-0000-0000-000000000007"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "sender": "TEEKAA",
            "mobile": "916000000001",
            "text": "say \"hi\" & {to} \\ 50% ₹\n",
            "template": "1107160000000000001",
            "reference": "00000000-0000-0000-0000-000000000007",
            "key": "value of GATEWAY_KEY",
        })
    );
}

#[tokio::test]
async fn a_message_can_be_in_the_url() {
    let (url, asked) = stub(&[OK]).await;
    let text = format!("url = '{url}/send?to={{national}}&text={{text}}'\nmethod = 'GET'");
    gateway(&text).unwrap().deliver(&message()).await.unwrap();
    let asked = asked.await.unwrap().remove(0);
    let line = "GET /send?to=6000000001&text=say%20%22hi%22%20%26%20%7Bto%7D%20%5C%2050%25%20\
                %E2%82%B9%0A HTTP/1.1";
    assert!(asked.starts_with(line), "{asked}");
}

#[tokio::test]
async fn a_hook_gets_the_message_as_json() {
    let (url, asked) = stub(&[OK]).await;
    let set = |name: &str| (name == PASSWORD).then(|| "secret".to_owned());
    Gateway::hook(&url, &set).unwrap().deliver(&message()).await.unwrap();
    let asked = asked.await.unwrap().remove(0);
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("authorization: Bearer secret"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["to"], &body["kind"]), (&"+916000000001".into(), &"otp".into()));
}

#[tokio::test]
async fn a_gateway_that_is_busy_is_asked_again_with_the_same_id() {
    let (url, asked) = stub(&[BUSY, DOWN, OK]).await;
    let text = format!("url = '{url}'\nbody = '{{\"t\":\"{{text}}\"}}'\nretries = 2");
    gateway(&text).unwrap().deliver(&message()).await.unwrap();
    let asked = asked.await.unwrap();
    assert!(asked.iter().all(|asked| asked.contains("idempotency-key: 00000000-0000")));
    assert_eq!(asked[0], asked[2]);
}

#[tokio::test]
async fn what_a_status_means_is_told_apart() {
    let later = |why: &'static str| Err(Undelivered::later(why));
    let never = |why: &'static str| Err(Undelivered::never(why));
    #[rustfmt::skip]
    let cases: [(&[&str], &str, Result<(), Undelivered>); 8] = [
        (&["HTTP/1.1 202 Fine\ncontent-length: 0\n\n"], "", Ok(())),
        (&["HTTP/1.1 202 Fine\ncontent-length: 0\n\n"], "success = [200]", later("status 202")),
        (&["HTTP/1.1 200 OK\ncontent-length: 8\n\n{\"ok\":1}"], "success_text = '\"ok\":1'", Ok(())),
        (&["HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"], "success_text = '\"ok\":1'",
            later("the answer lacks success_text")),
        (&[BUSY, BUSY], "retries = 1", later("status 429")),
        (&["HTTP/1.1 401 Who\ncontent-length: 0\n\n"], "", later("status 401")),
        (&["HTTP/1.1 400 Bad\ncontent-length: 0\n\n"], "", never("status 400")),
        (&["HTTP/1.1 302 Moved\nlocation: http://127.0.0.1:1/\ncontent-length: 0\n\n"], "",
            later("status 302")),
    ];
    for (answers, setting, expected) in cases {
        let (url, asked) = stub(answers).await;
        let gateway = gateway(&format!("url = '{url}'\nbody = '{{}}'\n{setting}")).unwrap();
        assert_eq!(gateway.deliver(&message()).await, expected, "{answers:?} {setting}");
        assert_eq!(asked.await.unwrap().len(), answers.len());
    }
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_is_asked_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let silent = gateway(&format!("url = '{url}'\nretries = 0\ntimeout_seconds = 1")).unwrap();
    let why = silent.deliver(&message()).await.unwrap_err();
    assert_eq!(why, Undelivered::later("no answer in time"));
    drop(listener);
    let gone = gateway(&format!("url = '{url}'\nretries = 0")).unwrap();
    let why = gone.deliver(&message()).await.unwrap_err();
    assert_eq!(why, Undelivered::later("it cannot be reached"));
}

#[test]
fn a_template_that_cannot_be_right_is_refused_at_the_start() {
    for (text, why) in [
        ("url = 'ftp://gateway.example'", "url is https"),
        ("url = 'http://gateway.example'", "allow_clear"),
        ("url = 'https://gateway.example/{mobile}'", "{mobile}"),
        ("url = 'https://gateway.example'\nbody = '{\"to\": {text}}'", "not JSON"),
        ("url = 'https://gateway.example'\ncontent_type = 'text/xml'", "content_type"),
        ("url = 'https://gateway.example'\nmethod = 'P O S T'", "method"),
        ("url = 'https://gateway.example'\nretries = 9", "must fit into 45"),
        ("url = 'https://gateway.example'\n[headers]\nx = '{to}'", "header x"),
        ("url = 'https://gateway.example'\nbdy = ''", "bdy"),
    ] {
        assert!(refusal(text).contains(why), "{text}: {}", refusal(text));
    }
    assert!(gateway("url = 'http://gateway.example'\nallow_clear = true").is_ok());
    assert!(gateway("url = 'http://[::1]:1/'").is_ok());
    assert!(gateway(EXAMPLE).is_ok());
}
