//! The test vectors of the W3C: whoever has a copy of github.com/w3c/vc-di-eddsa names its folder
//! `TestVectors` in `TEEKA_W3C_VECTORS`, and a folder with the contexts that they use in
//! `TEEKA_TEST_CONTEXTS` (see `linked/tests.rs`). Without them, the test says that it was skipped.

use std::path::{Path, PathBuf};

use super::*;
use crate::signature::{Checker, PublicKey};

const NOW: i64 = 1_700_000_000;

fn document(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The key that a `did:key` is.
fn key_of(proof: &Value) -> PublicKey {
    let method = proof["verificationMethod"].as_str().unwrap();
    let text = method.rsplit_once("#z").unwrap().1;
    let bytes = bs58::decode(text).into_vec().unwrap();
    assert_eq!(bytes[..2], [0xed, 1]);
    PublicKey::Ed25519(bytes[2..].to_vec())
}

#[test]
fn the_vectors_of_the_w3c_fit_and_their_changes_do_not() {
    let Some(folder) = std::env::var_os("TEEKA_W3C_VECTORS").map(PathBuf::from) else {
        println!("skipped: TEEKA_W3C_VECTORS is not set");
        return;
    };
    let mut fitting = 0;
    for name in [
        "eddsa-jcs-2022/signedJCS.json",
        "eddsa-rdfc-2022/signedDataInt.json",
        "proof-set-chain/signedProofSet1.json",
        "proof-set-chain/signedProofSet2.json",
        "proof-set-chain/signedProofChain1.json",
        "proof-set-chain/signedProofChain2.json",
    ] {
        let mut document = document(&folder, name);
        let proof = document.as_object_mut().unwrap().remove("proof").unwrap();
        let proofs = proof.as_array().cloned().unwrap_or_else(|| vec![proof]);
        for proof in proofs {
            let found = proof::verify_one(&document, &proof, &Checker::new(key_of(&proof)), NOW);
            if proof.get("previousProof").is_some() {
                assert_eq!(found, Err(NotValid::WrongSigner), "{name}");
                continue;
            }
            assert!(found.is_ok(), "{name}: {found:?}");
            fitting += 1;
            let mut changed = document.clone();
            changed["validFrom"] = "2023-01-02T00:00:00Z".into();
            let found = proof::verify_one(&changed, &proof, &Checker::new(key_of(&proof)), NOW);
            assert_eq!(found, Err(NotValid::Signature), "{name}");
        }
    }
    // The signature fits; but oxjsonld 0.2.7 forgets the first of two contexts that come with the types
    // of one node, so a part of this document has no statements here, and nothing is better than half.
    let mut odd = document(&folder, "eddsa-rdfc-2022/employ/signedDataInt.json");
    let proof = odd.as_object_mut().unwrap().remove("proof").unwrap();
    let found = proof::verify_one(&odd, &proof, &Checker::new(key_of(&proof)), NOW);
    assert_eq!(found, Err(NotValid::Unsigned));
    println!("{fitting} proofs fit");
    assert_eq!(fitting, 9);
}
