//! Witnesses that answer something else than they should: nothing of it counts.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use ledger::{
    directory::Directory,
    log::Log,
    note::SigningKey,
    witness::{Answer, Request},
    witnessed::{Files, Publishing},
};

use super::*;

fn log_key() -> LocalKey {
    LocalKey::from_seed("example.org/accesses", Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn witness_key(seed: u8) -> LocalKey {
    LocalKey::from_seed("w.example", Algorithm::CosignatureV1, &[seed; 32]).unwrap()
}

/// A log of three leaves, and what it promised.
fn log(folder: &tempfile::TempDir) -> (Witnessed<LocalKey>, Promised) {
    let directory = Directory::new(folder.path());
    let files = Files { folder: directory.clone(), publishing: Publishing::Cosigned };
    let mut log = Log::open(files, log_key()).unwrap();
    log.append(0, &["one", "two", "three"]).unwrap();
    let log = Witnessed::new(directory, log_key());
    let promised = log.promised().unwrap().unwrap();
    (log, promised)
}

/// What the stub sends: status and body, by what it was asked.
type Say = dyn Fn(&Request) -> (u16, Vec<u8>) + Send;

/// What a stub gives as its signature.
type Signs = dyn Fn(&Request) -> Vec<u8> + Send;

/// A witness that says whatever it is told to, and the sizes that it was asked to go on from.
fn stub(say: Box<Say>) -> (Peer, Arc<Mutex<Vec<u64>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes, mut part) = (stream.unwrap(), Vec::new(), [0; 4096]);
            let request = loop {
                let read = stream.read(&mut part).unwrap();
                bytes.extend(&part[..read]);
                let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
                let whole = end.and_then(|end| Request::parse(&bytes[end + 4..]));
                // A note that was cut has no line's end.
                if let Some(request) = whole.filter(|_| bytes.ends_with(b"\n")) {
                    break request;
                }
            };
            seen.lock().unwrap().push(request.old);
            let (status, body) = say(&request);
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            // Who has read enough hangs up.
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    let at = format!("url = '{url}/'\nkey = '{}'", witness_key(2).verifier());
    (Peer::new(&toml::from_str(&at).unwrap()).unwrap(), asked)
}

fn reply(say: impl Fn(&Request) -> (u16, Vec<u8>) + Send + 'static) -> (Reply, u64, Vec<u64>) {
    let folder = tempfile::tempdir().unwrap();
    let (log, promised) = log(&folder);
    let (peer, asked) = stub(Box::new(say));
    let mut old = 0;
    let reply = peer.ask(&log, &promised, &mut old).unwrap();
    let asked = asked.lock().unwrap().clone();
    (reply, old, asked)
}

/// The signature of a checkpoint of this size under a request's origin.
fn line(key: &LocalKey, text: &str) -> Vec<u8> {
    key.sign_note(text, 1_700_000_000).unwrap().line().into_bytes()
}

fn text_of(request: &Request) -> String {
    let note = std::str::from_utf8(&request.checkpoint).unwrap();
    note.split_once("\n\n").unwrap().0.to_owned() + "\n"
}

#[test]
fn only_the_signature_of_this_key_on_this_checkpoint_counts() {
    let (said, old, _) = reply(|asked| (200, line(&witness_key(2), &text_of(asked))));
    assert!(matches!(said, Reply::Cosigned(_)) && old == 3, "{said:?}");
    let others: [Box<Signs>; 5] = [
        Box::new(|asked| line(&witness_key(9), &text_of(asked))),
        Box::new(|asked| line(&witness_key(2), &text_of(asked).replace("\n3\n", "\n4\n"))),
        Box::new(|asked| line(&log_key(), &text_of(asked))),
        Box::new(|_| b"yes\n".to_vec()),
        Box::new(|_| Vec::new()),
    ];
    for (number, other) in others.into_iter().enumerate() {
        let (said, old, _) = reply(move |asked| (200, other(asked)));
        assert!(matches!(&said, Reply::Away(_)) && old == 0, "{number}: {said:?}");
        assert!(!said.contradicts());
    }
}

#[test]
fn each_refusal_is_what_it_is() {
    let status = |status: u16| reply(move |_| (status, Vec::new())).0;
    assert_eq!(
        (status(422), status(403), status(404)),
        (Reply::KnowsOther, Reply::Unknown, Reply::Unknown)
    );
    for odd in [204, 302, 400, 409, 429, 500] {
        assert_eq!(status(odd), Reply::Away(format!("it answers {odd}")));
    }
    let size = |size: u64| reply(move |_| (409, Answer::OtherSize(size).body().into_bytes()));
    assert_eq!(size(7), (Reply::KnowsMore(7), 7, vec![0]));
    // Asked again from there, it says the same: of this size it knows another root.
    assert_eq!(size(3), (Reply::KnowsOther, 3, vec![0, 3]));
    // A size that does not count, as it is none.
    let (said, ..) = reply(|_| (409, b"three\n".to_vec()));
    assert_eq!(said, Reply::Away("it answers 409".to_owned()));
    // Two that are cosigned in turn end, too.
    let (said, _, asked) = reply(|asked| (409, format!("{}\n", 1 + asked.old % 2).into_bytes()));
    assert_eq!((said, asked.len()), (Reply::Overtaken, TRIES));
    let (said, ..) = reply(|_| (200, vec![b'x'; 1 << 20]));
    assert!(matches!(said, Reply::Away(_)), "{said:?}");
}

#[test]
fn it_goes_on_from_where_the_witness_is() {
    let (said, old, asked) = reply(|asked| match asked.old {
        2 if asked.proof.len() == 1 || asked.proof.len() == 2 => {
            (200, line(&witness_key(2), &text_of(asked)))
        }
        _ => (409, b"2\n".to_vec()),
    });
    assert!(matches!(said, Reply::Cosigned(_)), "{said:?}");
    assert_eq!((old, asked), (3, vec![0, 2]));
}
