//! A token of SoftHSM wraps the keyholder's keys.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use keyholder::{
    keks::KekFolder,
    provider::{Provider, ProviderError, token::OnToken},
};
use testkit::softhsm::{SoftHsm, alone};
use vault::{
    Secret,
    pkcs11::{Pin, Token, TokenError},
};

fn token(hsm: &SoftHsm, label: &str) -> Token {
    let soft = hsm.make_token(label, "pin-7291");
    Token::open(hsm.module(), label, Pin::load(&soft.pin_file).unwrap()).unwrap()
}

#[test]
fn a_key_on_a_token_wraps_and_never_leaves_it() {
    alone(|hsm| {
        let token = token(hsm, "keyholder");
        let provider = OnToken::new(token.clone()).unwrap();
        let key = Secret::new([8; 32]);
        let wrapped = provider.wrap("kek-1", &key).unwrap();
        assert_eq!(wrapped.len(), 60);
        assert_ne!(wrapped, provider.wrap("kek-1", &key).unwrap(), "a nonce each time");
        assert_eq!(provider.unwrap("kek-1", &wrapped).unwrap().expose(), key.expose());
        let refused = |name, wrapped: &[u8]| {
            matches!(provider.unwrap(name, wrapped), Err(ProviderError::DoesNotUnwrap))
        };
        assert!(refused("kek-2", &wrapped), "another name");
        for place in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[place] ^= 1;
            assert!(refused("kek-1", &changed), "byte {place}");
        }
        assert!(refused("kek-1", &[]) && refused("kek-1", &wrapped[..20]));
        // Whoever opens it again has the same key.
        let again = OnToken::new(token.clone()).unwrap();
        assert_eq!(again.unwrap("kek-1", &wrapped).unwrap().expose(), key.expose());
        assert_eq!(token.make_wrapping_key("teeka-keyholder"), Err(TokenError::Exists));
        assert_eq!(token.wrap("other", b"", &key).unwrap_err(), TokenError::NotFound);
    });
}

#[test]
fn the_keys_of_a_folder_open_with_their_token_and_no_other() {
    alone(|hsm| {
        let folder = tempfile::tempdir().unwrap();
        let keks = KekFolder::open(folder.path()).unwrap();
        let own = OnToken::new(token(hsm, "own")).unwrap();
        let other = OnToken::new(token(hsm, "other")).unwrap();
        let root = keks.root(None, &own, 7).unwrap();
        keks.make(1, &own, 7).unwrap();
        let key = keks.kek(1, &[&own]).unwrap().key;
        assert_eq!(keks.root(None, &own, 8).unwrap().expose(), root.expose());
        assert_eq!(keks.kek(1, &[&own]).unwrap().key.expose(), key.expose());
        assert!(keks.kek(1, &[&other]).is_err() && keks.root(None, &other, 8).is_err());
    });
}
