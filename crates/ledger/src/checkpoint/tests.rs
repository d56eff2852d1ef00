use super::*;
use crate::note::{Algorithm, LocalKey, SigningKey, note};

/// The example of the specification.
const EXAMPLE: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

fn key(name: &str, algorithm: Algorithm, seed: u8) -> LocalKey {
    LocalKey::from_seed(name, algorithm, &[seed; 32]).unwrap()
}

fn signed_by(text: &str, keys: &[&LocalKey]) -> Vec<u8> {
    let signatures: Vec<_> = keys.iter().map(|key| key.sign_note(text, 60).unwrap()).collect();
    note(text, &signatures).into_bytes()
}

#[test]
fn the_example_of_the_specification_is_read_and_written() {
    let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
    assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
    assert_eq!(checkpoint.head.size, 20_852_163);
    assert_eq!(checkpoint.text(), EXAMPLE);
    let extended = format!("{EXAMPLE}one more\nand another\n");
    let checkpoint = Checkpoint::parse(&extended).unwrap();
    assert_eq!(checkpoint.extensions, ["one more", "and another"]);
    assert_eq!(checkpoint.text(), extended);
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let swaps = [
        ("20852163", "020852163"),
        ("20852163", "+20852163"),
        ("20852163", "-1"),
        ("20852163", "٣"),
        ("20852163", ""),
        ("20852163", "0x10"),
        ("20852163", "9223372036854775808"),
        ("20852163", "18446744073709551616"),
        ("q2I=", "q2J="),
        ("q2I=", "q2I"),
        ("q2I=", "q2IA"),
        ("CsUY", ""),
        ("example.com/behind-the-sofa", ""),
    ];
    for (from, to) in swaps {
        let text = EXAMPLE.replace(from, to);
        assert_eq!(Checkpoint::parse(&text), Err(CheckpointError::Malformed), "{text}");
    }
    let bad = [
        EXAMPLE.trim_end().to_owned(),
        format!("{EXAMPLE}\n"),
        format!("{EXAMPLE}\nx\n"),
        format!("{EXAMPLE}{}", "x\n".repeat(17)),
        "a\n1\n".to_owned(),
        String::new(),
        "\n".to_owned(),
    ];
    for text in bad {
        assert_eq!(Checkpoint::parse(&text), Err(CheckpointError::Malformed), "{text}");
    }
    assert!(Checkpoint::parse(&EXAMPLE.replace("20852163", "9223372036854775807")).is_ok());
}

#[test]
fn a_checkpoint_counts_only_with_its_logs_own_signature() {
    let log = key("example.com/behind-the-sofa", Algorithm::Ed25519, 1);
    let witness = key("witness.example/w1", Algorithm::CosignatureV1, 2);
    let other = key("example.com/behind-the-sofa", Algorithm::Ed25519, 3);
    let trusted = Trusted::new(
        "example.com/behind-the-sofa",
        [log.verifier().clone()],
        [witness.verifier().clone()],
    )
    .unwrap();
    let both = trusted.open(&signed_by(EXAMPLE, &[&log, &witness, &other])).unwrap();
    assert_eq!(both.head().size, 20_852_163);
    assert_eq!(both.cosigned(&trusted), [(witness.verifier().clone(), 60)]);
    assert_eq!(both.note().to_note().as_bytes(), signed_by(EXAMPLE, &[&log, &witness]));

    let refused = |note: Vec<u8>| trusted.open(&note).unwrap_err();
    assert_eq!(refused(signed_by(EXAMPLE, &[&witness])), CheckpointError::NotByLog);
    assert_eq!(refused(signed_by(EXAMPLE, &[&other])), NoteError::UnknownKeys.into());
    let elsewhere = EXAMPLE.replace("sofa", "door");
    assert_eq!(refused(signed_by(&elsewhere, &[&log])), CheckpointError::OtherLog);
    assert_eq!(refused(signed_by("two\nlines\n", &[&log])), CheckpointError::Malformed);
}

#[test]
fn a_log_is_not_its_own_witness() {
    let log = key("example.org/log", Algorithm::CosignatureV1, 1).verifier().clone();
    let both = Trusted::new("example.org/log", [log.clone()], [log]);
    assert_eq!(both, Err(KeyError::Ambiguous));
}

proptest::proptest! {
    #[test]
    fn whatever_is_read_is_written_the_same(text in "[a-z0-9/\n=+ ]{0,80}") {
        for text in [text.clone(), format!("{text}\n"), format!("{EXAMPLE}{text}\n")] {
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                proptest::prop_assert_eq!(checkpoint.text(), text);
            }
        }
    }
}
