//! A signing key that goes away and comes back, and one that is slow, as keys in hardware are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use certs::{
    signature::{PublicKey, Scheme},
    signer::key::{LocalKey, NotSigned, SigningKey},
};

/// What a test does to a key.
#[derive(Clone, Debug, Default)]
pub struct Switch(Arc<State>);

#[derive(Debug, Default)]
struct State {
    away: AtomicBool,
    delay_millis: AtomicU64,
    asked: AtomicU64,
    dies_at: AtomicU64,
}

impl Switch {
    /// The key cannot be reached any more.
    pub fn take_away(&self) {
        self.0.away.store(true, Ordering::SeqCst);
    }

    /// The key can be reached again.
    pub fn bring_back(&self) {
        self.0.away.store(false, Ordering::SeqCst);
    }

    /// Each answer of the key takes so long, and blocks who asks.
    pub fn slow_down(&self, delay_millis: u64) {
        self.0.delay_millis.store(delay_millis, Ordering::SeqCst);
    }

    /// Whoever asks it for the signature after so many more dies of it, once.
    pub fn let_die_after(&self, signatures: u64) {
        self.0.dies_at.store(self.asked() + signatures + 1, Ordering::SeqCst);
    }

    /// How often the key was asked, whether or not it answered.
    pub fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::SeqCst)
    }
}

/// A key in memory behind a switch.
pub struct SwitchedKey {
    key: LocalKey,
    switch: Switch,
}

impl SwitchedKey {
    /// A key in PKCS #8 PEM behind a switch.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn from_pem(pem: &str, switch: Switch) -> Self {
        Self { key: LocalKey::from_pem(pem).expect("a key"), switch }
    }
}

impl SigningKey for SwitchedKey {
    fn scheme(&self) -> Scheme {
        self.key.scheme()
    }

    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// # Panics
    ///
    /// If a test wants it.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        let State { away, delay_millis, asked, dies_at } = &*self.switch.0;
        let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(number != dies_at.load(Ordering::SeqCst), "whoever asks is to die here");
        let delay = delay_millis.load(Ordering::SeqCst);
        if delay > 0 {
            #[expect(clippy::disallowed_methods, reason = "such a key blocks who asks it")]
            std::thread::sleep(Duration::from_millis(delay));
        }
        if away.load(Ordering::SeqCst) { Err(NotSigned) } else { self.key.sign(message) }
    }
}
