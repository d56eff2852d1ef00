//! Asking a roll blind. Who has shown a mobile gets a few questions a day, confirmed without being seen;
//! a question, once, evaluates one blinded number under a roll's key. Whoever answers sees neither who
//! asks nor about whom, and whoever asks learns of as many numbers as they have questions.

use jiff::Timestamp;
use oprf::{
    function::{Element, Evaluated, Key, Malformed},
    question::Question,
};
use store::Bump;
use vault::Purpose;

use crate::{Actor, Ctx, Error, Platform, Result, rolls::RollId, sign_in::Span};

/// How many questions a mobile gets in a day.
pub const A_DAY: u32 = 4;
/// A day in seconds.
const DAY: i64 = 86_400;
/// For how many days after its own a question still counts.
const LATER: u32 = 1;

/// Questions that were confirmed.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The day whose key confirmed them, counted from 1 January 1970.
    pub day: u32,
    /// That key's public half, which is the same for everybody.
    pub key: Element,
    /// What the blinded numbers became.
    pub evaluated: Evaluated,
}

impl From<Malformed> for Error {
    fn from(why: Malformed) -> Self {
        match why {
            Malformed::Element => Self::Invalid("blinded must be an element of ristretto255"),
            Malformed::Count => Self::Invalid("blinded has 1 to 4 elements"),
            Malformed::Input | Malformed::Proof => Self::Invalid("blinded cannot be used"),
        }
    }
}

/// The day of an instant, counted from 1 January 1970.
fn day_of(now: Timestamp) -> u32 {
    u32::try_from(now.as_second().div_euclid(DAY)).unwrap_or(0)
}

impl Platform {
    fn question_key(&self, day: u32) -> Key {
        let seed = self.vault.mac(Purpose::Roll, &[b"question", &day.to_be_bytes()]);
        Key::derive(&seed, b"teeka/v1/question")
    }

    /// The public keys of the days whose questions count, for whoever wants to see that they are the same
    /// for everybody.
    pub fn question_keys(&self, ctx: &Ctx) -> Vec<(u32, Element)> {
        let today = day_of(ctx.now);
        let days = (today.saturating_sub(LATER)..=today).rev();
        days.map(|day| (day, self.question_key(day).public())).collect()
    }

    /// Confirms questions of a resident without seeing them. The same again is answered again, and is not
    /// counted again.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] for who is not signed in, [`Error::TooMany`] beyond what a mobile gets in
    /// a day, [`Error::Invalid`] if something is no element of the group.
    pub async fn confirm_questions(&self, ctx: &Ctx, blinded: &[Element]) -> Result<Confirmed> {
        let Actor::Resident { account } = ctx.actor else { return Err(Error::Unauthenticated) };
        let count = u32::try_from(blinded.len()).unwrap_or(u32::MAX);
        if !(1..=A_DAY).contains(&count) {
            return Err(Malformed::Count.into());
        }
        // First of all, so that what cannot be used costs nobody a question.
        let day = day_of(ctx.now);
        let key = self.question_key(day);
        let evaluated = key.evaluate(blinded, &ctx.random())?;
        let whose = account.uuid.to_string();
        let again =
            |by| self.bump(ctx, "questions-again", &text_of(&whose, blinded), Span::Day, by);
        if self.store.bump(&[again(0)]).await?[0] == 0 {
            let counted = self.bump(ctx, "questions", &whose, Span::Day, count);
            if self.store.bump(&[counted]).await?[0] > A_DAY {
                return Err(Error::TooMany { retry_after_seconds: Span::Day.left(ctx) });
            }
            self.store.bump(&[again(1)]).await?;
        }
        Ok(Confirmed { day, key: key.public(), evaluated })
    }

    /// Answers a question: evaluates one blinded number under the key of a roll. The same again, of the
    /// same roll and number, is answered again; else a question is used up by its first use.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such roll, [`Error::QuestionUsed`] if the question was used, is
    /// not of this platform, or of a day that is over, [`Error::Invalid`] if something is no element of the
    /// group.
    pub async fn answer_question(
        &self,
        ctx: &Ctx,
        roll: &RollId,
        question: &Question,
        blinded: &Element,
    ) -> Result<Evaluated> {
        if !self.has_roll(roll).await? {
            return Err(Error::NotFound);
        }
        let today = day_of(ctx.now);
        let live = (today.saturating_sub(LATER)..=today).contains(&question.day());
        if !live || !question.is_of(&self.question_key(question.day())) {
            return Err(Error::QuestionUsed);
        }
        let evaluated = self.roll_key(roll).evaluate(&[*blinded], &ctx.random())?;
        let asked: [&[u8]; 3] = [question.number(), roll.as_str().as_bytes(), blinded];
        let again = |by| self.use_of(question, &asked, by);
        if self.store.bump(&[again(0)]).await?[0] == 0 {
            let first = self.use_of(question, &[&question.number()[..]], 1);
            if self.store.bump(&[first]).await?[0] > 1 {
                return Err(Error::QuestionUsed);
            }
            self.store.bump(&[again(1)]).await?;
        }
        Ok(evaluated)
    }

    /// A use of a question, to be counted for as long as it counts and a day more, as clocks differ.
    fn use_of(&self, question: &Question, parts: &[&[u8]], by: u32) -> Bump {
        let parts: Vec<&[u8]> =
            [&b"question"[..]].into_iter().chain(parts.iter().copied()).collect();
        let at = |day: u32| Timestamp::from_second(i64::from(day) * DAY).unwrap_or(Timestamp::MAX);
        let day = question.day();
        Bump {
            key: self.vault.mac(Purpose::Roll, &parts),
            window: at(day),
            by,
            expires_at: at(day.saturating_add(LATER + 2)),
        }
    }
}

/// What was sent by whom, for a counter of repeated requests.
fn text_of(whose: &str, blinded: &[Element]) -> String {
    std::iter::once(whose.to_owned()).chain(blinded.iter().map(hex::encode)).collect()
}
