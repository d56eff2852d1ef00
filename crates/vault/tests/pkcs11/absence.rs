//! Tokens that go away, come back, and change their PIN meanwhile.

use std::time::{Duration, Instant};

use cryptoki::types::AuthPin;
use testkit::softhsm::alone;
use vault::pkcs11::{KeyKind, TokenAway, TokenError, TokenKey};

use super::common::{KINDS, Log, PIN, fits, new_token, open, session};

/// Signs as soon as the token lets it.
fn sign_when_back(key: &TokenKey) -> Vec<u8> {
    let begun = Instant::now();
    loop {
        if let Ok(signature) = key.sign(b"a message") {
            return signature;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not come back");
        std::thread::yield_now();
    }
}

#[test]
fn a_token_that_was_away_signs_again_when_it_is_back() {
    alone(|hsm| {
        let log = Log::keep();
        let (soft, token) = new_token(hsm, "signers");
        let keys = KINDS.map(|kind| token.make_key(kind, &format!("{kind:?}")).unwrap());
        for round in 1..=3 {
            for key in &keys {
                assert!(fits(key.public_key(), b"a message", &key.sign(b"a message").unwrap()));
            }
            soft.take_away();
            for _ in 0..50 {
                for key in &keys {
                    let refused = key.sign(b"a message").unwrap_err();
                    assert_eq!(refused.to_string(), "the token cannot be reached");
                }
                let away = Some(TokenError::Away(TokenAway));
                assert_eq!(token.find("P256").err(), away);
                assert_eq!(token.keys().err(), away);
                assert_eq!(token.make_key(KeyKind::P256, "another").err(), away);
                assert_eq!(token.destroy(&keys[0]).err(), away);
            }
            assert_eq!(log.lines_with("the token cannot be reached"), round, "{}", log.text());
            assert_eq!(log.lines_with("the token is back"), round - 1);
            soft.bring_back();
            for key in &keys {
                assert!(fits(key.public_key(), b"a message", &sign_when_back(key)));
            }
            assert_eq!(log.lines_with("the token is back"), round);
        }
        assert_eq!(token.keys().unwrap().len(), 3);
        assert!(log.text().contains("WARN") && log.text().contains("token=\"signers\""));
        assert!(!log.text().contains(PIN));
    });
}

#[test]
fn a_token_that_is_away_is_told_at_once_and_not_looked_for_by_every_thread() {
    alone(|hsm| {
        let (soft, token) = new_token(hsm, "signers");
        let key = token.make_key(KeyKind::P256, "one").unwrap();
        soft.take_away();
        assert_eq!(key.sign(b"a message"), Err(TokenAway));
        let begun = Instant::now();
        let tries: u32 = std::thread::scope(|scope| {
            let count = || {
                let mut tries = 0;
                while begun.elapsed() < Duration::from_millis(300) {
                    assert_eq!(key.sign(b"a message"), Err(TokenAway));
                    tries += 1;
                }
                tries
            };
            let threads = [0; 4].map(|_| scope.spawn(count));
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        // Looking takes SoftHSM a millisecond or so; being told takes none.
        assert!(tries > 3_000, "{tries} in 300 ms");
        soft.bring_back();
        assert!(fits(key.public_key(), b"a message", &sign_when_back(&key)));
    });
}

#[test]
fn one_token_that_is_away_does_not_take_another_with_it() {
    alone(|hsm| {
        let other_soft = hsm.make_token("others", PIN);
        let (soft, token) = new_token(hsm, "signers");
        let other = open(hsm, &other_soft, "others").unwrap();
        let key = token.make_key(KeyKind::P256, "one").unwrap();
        let other_key = other.make_key(KeyKind::Ed25519, "one").unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            // Through every start of the module, which both share.
            let others = [0; 3].map(|_| {
                scope.spawn(|| {
                    let mut signed = 0;
                    while !done.load(std::sync::atomic::Ordering::Relaxed) {
                        let signature = other_key.sign(b"a message").unwrap();
                        assert!(fits(other_key.public_key(), b"a message", &signature));
                        signed += 1;
                    }
                    signed
                })
            });
            for _ in 0..5 {
                soft.take_away();
                assert_eq!(key.sign(b"a message"), Err(TokenAway));
                soft.bring_back();
                assert!(fits(key.public_key(), b"a message", &sign_when_back(&key)));
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            for thread in others {
                assert!(thread.join().unwrap() > 10);
            }
        });
    });
}

#[test]
fn a_pin_that_is_not_taken_any_more_is_offered_once() {
    alone(|hsm| {
        let log = Log::keep();
        let (soft, token) = new_token(hsm, "signers");
        let key = token.make_key(KeyKind::P256, "one").unwrap();
        let pin = |text: &str| AuthPin::new(text.into());
        session(hsm, "signers").set_pin(&pin(PIN), &pin("another")).unwrap();
        soft.take_away();
        assert_eq!(key.sign(b"a message"), Err(TokenAway));
        soft.bring_back();
        let begun = Instant::now();
        while token.find("one").err() != Some(TokenError::PinRefused) {
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not come back");
        }
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        assert_eq!(key.sign(b"a message"), Err(TokenAway));
                    }
                });
            }
        });
        assert_eq!(log.lines_with("does not take the PIN"), 1, "{}", log.text());
        assert!(!log.text().contains(PIN) && !log.text().contains("another"));
    });
}
