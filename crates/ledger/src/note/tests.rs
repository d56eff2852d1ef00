use super::*;

/// The example of the specification itself.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The keys and signatures that Go's implementation is tested with.
const PETER_SEED: &str = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const PETER_LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn\
    NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str = "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2t\
    iOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::new(keys.iter().map(|key| key.parse().unwrap())).unwrap()
}

fn opened(note: &str, keys: &[&str]) -> Result<Verified, NoteError> {
    Note::parse(note.as_bytes())?.verify(&ring(keys))
}

fn peter() -> LocalKey {
    // Go's secret key is the kind, then the seed.
    let seed = STANDARD.decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
    assert_eq!(hex::encode(&seed[1..]), PETER_SEED);
    let seed = seed[1..].try_into().unwrap();
    LocalKey::from_seed("PeterNeumann", Algorithm::Ed25519, seed).unwrap()
}

#[test]
fn the_examples_of_others_are_verified() {
    assert_eq!(opened(EXAMPLE, &[EXAMPLE_KEY]).unwrap().text(), "This is an example message.\n");
    let both = format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}");
    let verified = opened(&both, &[ENOCH, PETER]).unwrap();
    assert_eq!(verified.text(), TEXT);
    let names: Vec<_> = verified.signed().iter().map(|signed| signed.key.name()).collect();
    assert_eq!(names, ["PeterNeumann", "EnochRoot"]);
    assert_eq!(verified.to_note(), both);
    assert_eq!(verified.by(&PETER.parse().unwrap()).count(), 1);
}

#[test]
fn a_signature_is_that_of_others_byte_for_byte() {
    let key = peter();
    assert_eq!(key.verifier().to_string(), PETER);
    assert_eq!(key.sign_note(TEXT, 0).unwrap().line(), PETER_LINE);
}

#[test]
fn signatures_of_unknown_keys_are_ignored_and_dropped() {
    let both = format!("{TEXT}\n{ENOCH_LINE}{PETER_LINE}");
    assert_eq!(opened(&both, &[PETER]).unwrap().to_note(), format!("{TEXT}\n{PETER_LINE}"));
    assert_eq!(opened(&both, &[EXAMPLE_KEY]), Err(NoteError::UnknownKeys));
    assert_eq!(opened(&both, &[]), Err(NoteError::UnknownKeys));
    // The same id under another name, and the same name with another id, are other keys.
    let peter = PETER_LINE.trim_end().rsplit_once(' ').unwrap().1;
    let others = [
        format!("\u{2014} SomebodyElse {peter}\n"),
        format!("\u{2014} PeterNeumann {}\n", peter.replace("x08g", "xxxx")),
    ];
    for other in others {
        assert_eq!(opened(&format!("{TEXT}\n{other}"), &[PETER]), Err(NoteError::UnknownKeys));
        assert!(opened(&format!("{TEXT}\n{other}{PETER_LINE}"), &[PETER]).is_ok());
    }
}

#[test]
fn one_wrong_signature_of_a_known_key_spoils_the_note() {
    let wrong = PETER_LINE.replace("ZInNIuG", "ZInNIuH");
    for lines in [wrong.clone(), format!("{PETER_LINE}{wrong}"), format!("{wrong}{PETER_LINE}")] {
        let note = format!("{TEXT}\n{lines}");
        assert_eq!(opened(&note, &[PETER]), Err(NoteError::WrongSignature));
    }
    let other_text = format!("{}\n{PETER_LINE}", TEXT.replace("problem", "prodlem"));
    assert_eq!(opened(&other_text, &[PETER]), Err(NoteError::WrongSignature));
    assert!(opened(&format!("{TEXT}\n{PETER_LINE}{PETER_LINE}"), &[PETER]).is_ok());
}

#[test]
fn what_is_not_a_note_is_not_read() {
    let id_only = format!("\u{2014} a {}\n", STANDARD.encode([0; 4]));
    let bad = [
        TEXT.to_owned(),
        format!("{TEXT}\n"),
        format!("{TEXT}\n{}", PETER_LINE.trim_end()),
        format!("{TEXT}{PETER_LINE}"),
        format!("\u{1}{TEXT}\n{PETER_LINE}"),
        format!("{TEXT}\r\n{PETER_LINE}"),
        format!("{TEXT}\t\n{PETER_LINE}"),
        format!("{TEXT}\n{PETER_LINE}Unexpected line.\n"),
        format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Peter Neumann")),
        format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Peter\u{a0}Neumann")),
        format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Peter+Neumann")),
        format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "")),
        format!("{TEXT}\n{}", PETER_LINE.replace('\u{2014}', "-")),
        // A last letter with bits that no byte holds would be a second spelling of the same note.
        format!("{TEXT}\n{}", PETER_LINE.replace("nAM=", "nAN=")),
        format!("{TEXT}\n{}", PETER_LINE.replace("nAM=", "nAM")),
        format!("{TEXT}\n{id_only}"),
        String::new(),
        "\n\n".to_owned(),
    ];
    for note in bad {
        assert_eq!(Note::parse(note.as_bytes()), Err(NoteError::Malformed), "{note}");
    }
    let not_utf8 = [b"\xff", TEXT.as_bytes(), b"\n", PETER_LINE.as_bytes()].concat();
    assert_eq!(Note::parse(&not_utf8), Err(NoteError::Malformed));
}

#[test]
fn text_may_hold_empty_lines_and_any_letters() {
    let key = peter();
    for text in ["\n", "\n\n\n", "टीका\n\n— a quoted dash\n", "\u{85}\u{2028}\n"] {
        let note = note(text, [&key.sign_note(text, 0).unwrap()]);
        assert_eq!(opened(&note, &[PETER]).unwrap().text(), text);
    }
}

#[test]
fn size_and_number_have_a_limit_above_what_every_reader_must_take() {
    let lines = |number| format!("{TEXT}\n{}", PETER_LINE.repeat(number));
    assert!(opened(&lines(16), &[PETER]).is_ok());
    assert!(opened(&lines(MOST_SIGNATURES), &[PETER]).is_ok());
    assert_eq!(opened(&lines(MOST_SIGNATURES + 1), &[PETER]), Err(NoteError::TooLarge));
    let long = format!("{}\n\n{PETER_LINE}", "x".repeat(MOST_BYTES));
    assert_eq!(opened(&long, &[PETER]), Err(NoteError::TooLarge));
    // Sixteen signatures of the largest kind in use: eight bytes of time and 2,420 of ML-DSA-44.
    let large = Signature { name: "n".repeat(255), id: 7, bytes: vec![7; 4_900] }.line();
    assert!(opened(&format!("{TEXT}\n{}{PETER_LINE}", large.repeat(16)), &[PETER]).is_ok());
}

#[test]
fn a_cosignature_says_when_and_is_bound_to_it() {
    let key =
        LocalKey::from_seed("witness.example/w1", Algorithm::CosignatureV1, &[7; 32]).unwrap();
    let vkey = key.verifier().to_string();
    let signature = key.sign_note(TEXT, 1_679_315_147).unwrap();
    let verified = opened(&note(TEXT, [&signature]), &[&vkey]).unwrap();
    assert_eq!(verified.signed()[0].at, Some(1_679_315_147));
    assert_eq!(signature.bytes.len(), 72);
    // What is signed, put together by hand.
    let message = format!("cosignature/v1\ntime 1679315147\n{TEXT}");
    assert_eq!(signature.bytes[8..], key.sign(message.as_bytes()).unwrap());

    let later = Signature {
        bytes: [&1_679_315_148_u64.to_be_bytes(), &signature.bytes[8..]].concat(),
        ..signature.clone()
    };
    assert_eq!(opened(&note(TEXT, [&later]), &[&vkey]), Err(NoteError::WrongSignature));
    let never = key.sign_note(TEXT, 1 << 63).unwrap();
    assert_eq!(opened(&note(TEXT, [&never]), &[&vkey]), Err(NoteError::WrongSignature));
    let short = Signature { bytes: vec![0; 7], ..signature.clone() };
    assert_eq!(opened(&note(TEXT, [&short]), &[&vkey]), Err(NoteError::WrongSignature));
    // The same secret as a key of the other kind has another id, and its signatures do not pass.
    let plain = LocalKey::from_seed("witness.example/w1", Algorithm::Ed25519, &[7; 32]).unwrap();
    assert_ne!(plain.verifier().id(), key.verifier().id());
    let relabelled = Signature { id: key.verifier().id(), ..plain.sign_note(TEXT, 0).unwrap() };
    assert_eq!(opened(&note(TEXT, [&relabelled]), &[&vkey]), Err(NoteError::WrongSignature));
}

#[test]
fn a_mangled_verifier_key_is_refused() {
    for (at, letter) in PETER.char_indices() {
        assert!(PETER[at + 1..].parse::<VerifierKey>().is_err());
        assert!(at == 0 || PETER[..at].parse::<VerifierKey>().is_err());
        let next = char::from(letter as u8 + 1);
        let changed = format!("{}{next}{}", &PETER[..at], &PETER[at + 1..]);
        assert!(changed.parse::<VerifierKey>().is_err(), "{changed}");
    }
    let kind = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(kind.parse::<VerifierKey>(), Err(KeyError::OtherKind));
    let long = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==";
    assert!(long.parse::<VerifierKey>().is_err());
    let capital = PETER.replace("c74f20a3", "C74F20A3");
    assert_eq!(capital.parse::<VerifierKey>(), Err(KeyError::OtherId));
    assert_eq!(PETER.parse::<VerifierKey>().unwrap().to_string(), PETER);
    assert!(VerifierKey::new("with space", Algorithm::Ed25519, [0; 32]).is_err());
    assert!(VerifierKey::new(&"n".repeat(256), Algorithm::Ed25519, [0; 32]).is_err());
}

#[test]
fn a_ring_has_no_two_keys_for_one_line() {
    let twice = [PETER, PETER].map(|key| key.parse().unwrap());
    assert_eq!(KeyRing::new(twice).unwrap().keys().len(), 1);
    let peter: VerifierKey = PETER.parse().unwrap();
    // The first four bytes of a hash collide after 2^32 tries; here the id is simply set.
    let twin = VerifierKey { public: [9; 32], ..peter.clone() };
    assert_eq!(KeyRing::new([peter, twin]), Err(KeyError::Ambiguous));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = Note::parse(&bytes).map(|note| note.verify(&ring(&[PETER])));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = text.parse::<VerifierKey>();
        let _ = Note::parse(format!("{text}\n\n\u{2014} {text}\n").as_bytes());
    }
}
