//! Spending one-time passwords: two transactions of one mobile, tried by several clients.

use jiff::SignedDuration;
use store::{CodeTry, Message, NoMatch, SignInCode};
use testkit::{
    chance::Chance,
    history::{History, Model, is_linearizable},
    world::World,
};
use uuid::Uuid;

use crate::Played;

const CLIENTS: u64 = 4;
const CALLS: usize = 4;
const MAX_TRIES: u8 = 3;

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Code {
    used: bool,
    tries: u8,
}

impl Code {
    const fn is_live(self) -> bool {
        !self.used && self.tries < MAX_TRIES
    }
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Codes([Code; 2]);

/// A try: through which transaction, and whose digits; 2 are nobody's.
#[derive(Clone, Copy, Debug)]
struct Try {
    through: usize,
    digits: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    In,
    Wrong,
    Expired,
}

impl Model for Codes {
    type Call = Try;
    type Answer = Answer;

    fn apply(&mut self, tried: &Try) -> Answer {
        if !self.0[tried.through].is_live() {
            return Answer::Expired;
        }
        if self.0.get(tried.digits).is_some_and(|code| code.is_live()) {
            self.0[tried.digits].used = true;
            self.0[tried.through].used = true;
            return Answer::In;
        }
        for code in self.0.iter_mut().filter(|code| !code.used) {
            code.tries += 1;
        }
        Answer::Wrong
    }
}

/// What is planted between the store and its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// A spent password lets one in again.
    SpentTwice,
    /// A wrong try is not counted.
    FreeTries,
}

impl Fault {
    pub(crate) const PLANTED: [Self; 2] = [Self::SpentTwice, Self::FreeTries];
}

/// Plays a history.
pub(crate) async fn play(world: &World, number: u64, fault: Fault) -> Played {
    let codes = [0, 1].map(|which| sign_in_code(world, number, which));
    world.platform.store().put_codes(&codes).await.unwrap();
    let history = History::<Codes>::default();
    let client = async |client: u64| {
        let mut chance = Chance::new(number * CLIENTS + client);
        for _ in 0..CALLS {
            let tried = Try {
                through: usize::try_from(chance.below(2)).unwrap(),
                digits: [0, 1, 2, 2][usize::try_from(chance.below(4)).unwrap()],
            };
            history.note(tried, ask(world, number, tried, fault)).await;
        }
    };
    tokio::join!(client(0), client(1), client(2), client(3));
    let entries = history.entries();
    let explained = is_linearizable(&Codes::default(), &entries);
    assert!(explained || fault != Fault::None, "history {number}: {entries:#?}");
    let unanswered = entries.iter().filter(|entry| entry.answer.is_none()).count();
    Played { explained, calls: entries.len(), unanswered }
}

async fn ask(world: &World, number: u64, tried: Try, fault: Fault) -> Option<Answer> {
    if fault == Fault::FreeTries && tried.digits == 2 {
        return Some(Answer::Wrong);
    }
    let wanted = CodeTry {
        id: id(number, tried.through),
        bucket: 5,
        mobile_index: mobile(number),
        typed: [u8::try_from(tried.digits).unwrap(); 32],
        at: world.now(),
        max_tries: i16::from(MAX_TRIES),
    };
    match world.platform.store().try_codes(&[wanted]).await.ok()?[0] {
        Ok(()) => Some(Answer::In),
        Err(NoMatch::Wrong) => Some(Answer::Wrong),
        Err(NoMatch::Expired) if fault == Fault::SpentTwice && tried.digits < 2 => Some(Answer::In),
        Err(NoMatch::Expired) => Some(Answer::Expired),
        Err(NoMatch::Unknown) => panic!("the transaction is there"),
    }
}

fn id(number: u64, which: usize) -> Uuid {
    Uuid::from_u128(u128::from(number) * 2 + which as u128 + 1)
}

fn mobile(number: u64) -> [u8; 32] {
    let mut index = [0; 32];
    index[..8].copy_from_slice(&number.to_be_bytes());
    index
}

fn sign_in_code(world: &World, number: u64, which: usize) -> SignInCode {
    let now = world.now();
    SignInCode {
        id: id(number, which),
        bucket: 5,
        mobile_index: mobile(number),
        mobile: vec![1],
        code: [u8::try_from(which).unwrap(); 32],
        audience: 2,
        sent_at: now,
        expires_at: now + SignedDuration::from_mins(3),
        message: Message {
            id: Uuid::from_u128((1 << 64) + u128::from(number) * 2 + which as u128),
            bucket: 5,
            sealed: vec![9],
            kind: "otp".to_owned(),
            at: now,
            tries: 0,
        },
    }
}
