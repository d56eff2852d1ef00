//! Codes of an app, which change every half minute: for staff beside a one-time password, for residents
//! in the place of one. A code of an app can be given to another site, and a passkey cannot.
//!
//! # Source
//!
//! RFC 6238 with RFC 4226: HMAC-SHA-1, six digits, thirty seconds, which is what all apps have.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::qr;
use domain::person::Mobile;
use jiff::{SignedDuration, Timestamp};
use store::{Holder, TotpRow};
use uuid::Uuid;
use vault::Secret;

use crate::{
    Actor, Ctx, Error, Platform, Result,
    ctx::StaffActor,
    settings::StaffSignIn,
    sign_in::{SignedIn, Span},
    staff_access::{SIGN_IN_LIFE, after},
};

/// How long a code is shown, in seconds.
const STEP: i64 = 30;
/// How many spans a clock may go wrong, either way.
const DRIFT: i64 = 1;
/// Bytes of a secret: as many as the digest has (RFC 4226, section 4, R6).
const SECRET: usize = 20;
/// How long somebody may take to set up an app.
const SETUP_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Wrong or right codes of one holder in a quarter of an hour. Three codes count at a time, so that is
/// 15 in a million.
const MOST_A_QUARTER: u32 = 5;
/// And in a day: 60 in a million.
const MOST_A_DAY: u32 = 20;

/// What an app is told.
///
/// # Privacy
///
/// Whoever has it signs in, so it has no Debug.
pub struct NewApp {
    /// The secret as people type it: base32 in groups of four.
    pub secret: String,
    /// The same as a link that apps open.
    pub link: String,
    /// The link as a QR code, in SVG.
    pub picture: Option<String>,
    /// The secret, sealed for the form that comes back.
    pub setup: String,
}

impl Platform {
    /// A secret for an app of who asks. It counts once a code of it came back.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] to staff where the operator asks for passkeys, and to whoever is neither
    /// resident nor staff.
    pub fn new_app(&self, ctx: &Ctx) -> Result<NewApp> {
        let holder = self.app_holder(ctx)?;
        let secret = ctx.random::<SECRET>();
        let mut plain = after(ctx.now, SETUP_LIFE).as_second().to_be_bytes().to_vec();
        plain.extend(secret);
        let setup = self.vault.seal_message(setup_id(holder).as_bytes(), &plain);
        let text = base32(&secret);
        let link = format!(
            "otpauth://totp/Teeka?secret={text}&issuer=Teeka&algorithm=SHA1&digits=6&period={STEP}"
        );
        let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        Ok(NewApp {
            secret: groups.join(" "),
            picture: qr::svg(&link),
            setup: URL_SAFE_NO_PAD.encode(setup),
            link,
        })
    }

    /// Keeps the secret of an app, of which a code came back. Staff who have nothing else need the code
    /// that they were handed, as for a passkey.
    ///
    /// # Errors
    ///
    /// [`Error::CodeExpired`] after a quarter of an hour; [`Error::WrongCode`]; [`Error::Invalid`] if there
    /// is an app already; as [`Platform::add_passkey`] for staff.
    pub async fn add_app(
        &self,
        ctx: &Ctx,
        setup: &str,
        typed: &str,
        staff_code: Option<&str>,
    ) -> Result<()> {
        let holder = self.app_holder(ctx)?;
        let secret = self.secret_of_setup(ctx, holder, setup).ok_or(Error::CodeExpired)?;
        self.count_tries(ctx, holder).await?;
        let step = matching_step(secret.expose(), typed, ctx.now).ok_or(Error::WrongCode)?;
        if let Actor::Staff(staff) = ctx.actor {
            self.allow_new_factor(ctx, staff, staff_code).await?;
        }
        let row = TotpRow {
            holder,
            secret: self.vault.seal_message(holder.id.as_bytes(), secret.expose()),
            last_step: step,
            made_at: ctx.now,
        };
        if !self.store.add_totp(&row).await? {
            return Err(Error::Invalid("an app is set up already"));
        }
        self.note_app(ctx, "app-added").await
    }

    /// Whether who asks has an app.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless it is a resident, or somebody who works here.
    pub async fn has_app(&self, ctx: &Ctx) -> Result<bool> {
        let holder = holder_of(ctx).ok_or(Error::Forbidden)?;
        Ok(self.store.totp(holder).await?.is_some())
    }

    /// Takes away the app of who asks. Every sign-in of staff ends with it.
    ///
    /// # Errors
    ///
    /// As [`Platform::remove_passkey`] for staff; [`Error::NotFound`] if there is none.
    pub async fn remove_app(&self, ctx: &Ctx) -> Result<()> {
        let holder = holder_of(ctx).ok_or(Error::Forbidden)?;
        let Actor::Staff(_) = ctx.actor else {
            let removed = self.store.remove_totp(holder).await?;
            return if removed { Ok(()) } else { Err(Error::NotFound) };
        };
        let staff = Self::freshly(ctx)?;
        if !self.store.remove_staff_totp(staff.id).await? {
            let there = self.store.totp(holder).await?.is_some();
            return Err(if there { Error::LastFactor } else { Error::NotFound });
        }
        self.end_sign_ins(ctx, staff).await?;
        self.note_app(ctx, "app-removed").await
    }

    /// Proves by the code of an app who works here and asks, after a one-time password.
    ///
    /// # Errors
    ///
    /// [`Error::WrongCode`], also for a code that was used; [`Error::TooMany`] beyond five tries in a
    /// quarter of an hour; [`Error::PasskeyNeeded`] where the operator asks for passkeys.
    pub async fn strengthen(&self, ctx: &Ctx, typed: &str) -> Result<StaffActor> {
        let staff = ctx.staff()?;
        if self.settings.staff_sign_in == StaffSignIn::Passkey {
            return Err(Error::PasskeyNeeded);
        }
        self.try_app(ctx, Holder::staff(staff.id), typed).await?;
        Ok(StaffActor { strong_until: Some(after(ctx.now, SIGN_IN_LIFE)), ..staff })
    }

    /// Signs a resident in by mobile and the code of their app. Whoever has no app, or is not registered,
    /// is answered as for a wrong code.
    ///
    /// # Errors
    ///
    /// As [`Platform::strengthen`]; [`Error::TooMany`] beyond the limits of the source, too.
    pub async fn sign_in_by_app(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        typed: &str,
        source: &str,
    ) -> Result<SignedIn> {
        if let Some(limits) = self.settings.limits {
            let from_source = self.bump(ctx, "app-source", source, Span::Hour, 1);
            if self.store.bump(&[from_source]).await?[0] > limits.codes_per_address {
                return Err(Error::TooMany { retry_after_seconds: Span::Hour.left(ctx) });
            }
        }
        let account = self.account_of(mobile).await?;
        self.came_upon(ctx, [account.uuid]).await?;
        let holder = Holder { bucket: account.bucket.0, id: account.uuid };
        self.try_app(ctx, holder, typed).await?;
        let is_new = self.store.account(account).await?.is_none();
        Ok(SignedIn { account, mobile: Secret::new(mobile.digits().to_owned()), is_new })
    }

    /// Tries a code, which counts once.
    async fn try_app(&self, ctx: &Ctx, holder: Holder, typed: &str) -> Result<()> {
        self.check_failures(ctx, 0).await?;
        self.count_tries(ctx, holder).await?;
        let row = self.store.totp(holder).await?;
        let step = match row {
            Some(row) => {
                let secret = self.vault.open_message(holder.id.as_bytes(), &row.secret)?;
                matching_step(secret.expose(), typed, ctx.now)
            }
            None => None,
        };
        let counts = match step {
            Some(step) => self.store.use_totp(holder, step).await?,
            None => false,
        };
        if !counts {
            self.check_failures(ctx, 1).await?;
            return Err(Error::WrongCode);
        }
        Ok(())
    }

    /// Counted before it is looked at: of many tries at once, no more than the limit count.
    async fn count_tries(&self, ctx: &Ctx, holder: Holder) -> Result<()> {
        if self.settings.limits.is_none() {
            return Ok(());
        }
        let whose = holder.id.to_string();
        let of = |what, span| self.bump(ctx, what, &whose, span, 1);
        let bumps = [of("app-quarter", Span::Quarter), of("app-day", Span::Day)];
        let counts = self.store.bump(&bumps).await?;
        for (count, most, span) in
            [(counts[1], MOST_A_DAY, Span::Day), (counts[0], MOST_A_QUARTER, Span::Quarter)]
        {
            if count > most {
                return Err(Error::TooMany { retry_after_seconds: span.left(ctx) });
            }
        }
        Ok(())
    }

    fn app_holder(&self, ctx: &Ctx) -> Result<Holder> {
        let by_passkey = self.settings.staff_sign_in == StaffSignIn::Passkey;
        match ctx.actor {
            Actor::Staff(_) if by_passkey => Err(Error::Forbidden),
            Actor::Anyone => Err(Error::Unauthenticated),
            _ => holder_of(ctx).ok_or(Error::Forbidden),
        }
    }

    fn secret_of_setup(&self, ctx: &Ctx, holder: Holder, setup: &str) -> Option<Secret<Vec<u8>>> {
        let sealed = URL_SAFE_NO_PAD.decode(setup).ok()?;
        let plain = self.vault.open_message(setup_id(holder).as_bytes(), &sealed).ok()?;
        let (until, secret) = plain.expose().split_first_chunk()?;
        let counts = i64::from_be_bytes(*until) > ctx.now.as_second() && secret.len() == SECRET;
        counts.then(|| Secret::new(secret.to_vec()))
    }

    /// What staff did about their app is a decision in the log.
    async fn note_app(&self, ctx: &Ctx, decision: &'static str) -> Result<()> {
        match ctx.actor {
            Actor::Staff(staff) => self.record_decision(ctx, staff.id, decision).await,
            _ => Ok(()),
        }
    }
}

/// Whose app it would be.
fn holder_of(ctx: &Ctx) -> Option<Holder> {
    match ctx.actor {
        Actor::Resident { account } => Some(Holder { bucket: account.bucket.0, id: account.uuid }),
        Actor::Staff(staff) => Some(Holder::staff(staff.id)),
        _ => None,
    }
}

/// What a secret is bound to before it counts: what is kept does not open in its place.
fn setup_id(holder: Holder) -> Uuid {
    Uuid::new_v5(&holder.id, b"set up")
}

/// The span whose code was typed, of those that count now.
fn matching_step(secret: &[u8], typed: &str, now: Timestamp) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(10).collect();
    let current = now.as_second().div_euclid(STEP);
    let fits = |step: &i64| {
        verify_slices_are_equal(code_at(secret, *step).as_bytes(), typed.as_bytes()).is_ok()
    };
    (current - DRIFT..=current + DRIFT).find(fits)
}

/// The code of a span.
fn code_at(secret: &[u8], step: i64) -> String {
    format!("{:06}", truncated(secret, step) % 1_000_000)
}

/// # Source
///
/// RFC 4226, section 5.3.
fn truncated(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 0xf);
    let four = digest[offset..].first_chunk().expect("an offset below 16 of 20 bytes");
    u32::from_be_bytes(*four) & 0x7fff_ffff
}

/// # Source
///
/// RFC 4648, section 6; twenty bytes need no padding.
fn base32(bytes: &[u8; SECRET]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let groups = bytes.chunks_exact(5).map(|five| {
        let mut wide = [0; 8];
        wide[3..].copy_from_slice(five);
        u64::from_be_bytes(wide)
    });
    let letters =
        groups.flat_map(|group| (0..8).rev().map(move |place| (group >> (5 * place)) & 31));
    letters.map(|letter| char::from(LETTERS[usize::try_from(letter).unwrap_or(0)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, and RFC 4226, appendix D.
    #[test]
    fn codes_are_those_of_the_standards() {
        const SECRET: &[u8] = b"12345678901234567890";
        for (second, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(SECRET, second / STEP) % 100_000_000, code, "{second}");
        }
        let codes: Vec<_> = (0..10).map(|count| code_at(SECRET, count)).collect();
        assert_eq!(
            codes,
            [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
                "399871", "520489",
            ]
        );
    }

    #[test]
    fn a_code_counts_for_a_minute_and_a_half() {
        let secret = [7; SECRET];
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = 1_643_700_015;
        let code = code_at(&secret, now / STEP);
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        for (second, counts) in [(-46, false), (-44, true), (0, true), (44, true), (46, false)] {
            let found = matching_step(&secret, &spaced, at(now + second));
            assert_eq!(found.is_some(), counts, "{second}");
            assert!(found.is_none_or(|step| step == now / STEP));
        }
        for odd in ["", "0", "00000000000000", &code[1..], &format!("{code}0")] {
            assert_eq!(matching_step(&secret, odd, at(now)), None, "{odd}");
        }
    }

    /// RFC 4648, section 10, lengthened to what needs no padding.
    #[test]
    fn base32_is_that_of_the_standard() {
        assert_eq!(base32(b"foobafoobafoobafooba"), "MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB");
    }
}
