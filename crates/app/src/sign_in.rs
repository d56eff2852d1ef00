//! One-time passwords: six digits, single use, 180 seconds, limited per mobile, per address and
//! for the whole country.

use domain::{id::AccountId, person::Mobile};
use jiff::{SignedDuration, Timestamp};
use store::{Bump, CodeTry, NoMatch, SignInCode};
use uuid::Uuid;
use vault::{Index, Purpose, Secret};

use crate::{Actor, Ctx, Error, Platform, Result, ctx::StaffActor};

/// How long a one-time password may be used.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_secs(180);

/// What a one-time password lets one do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Public API: certificates only, for those who are registered.
    Public,
    /// Partner apps and the portal: everything of the account.
    Resident,
    /// People who work here.
    Staff,
    /// Whether someone is vaccinated, for those the person tells.
    Status,
    /// Records of the mobile are taken into the account of another one.
    Merge,
}

impl Audience {
    const fn number(self) -> i16 {
        match self {
            Self::Public => 0,
            Self::Resident => 1,
            Self::Staff => 3,
            Self::Status => 4,
            Self::Merge => 5,
        }
    }

    /// What a message with the password is about, and its text. What takes a record away says so.
    fn message(self, digits: &str) -> (&'static str, String) {
        match self {
            Self::Merge => (
                "merge-otp",
                format!(
                    "Your OTP to move a record of this mobile to another mobile's account is \
                     {digits}. Tell it to nobody. It will be valid for 3 minutes. - CoWIN"
                ),
            ),
            _ => (
                "otp",
                format!(
                    "Your OTP to register/access CoWIN is {digits}. It will be valid for 3 \
                     minutes. - CoWIN"
                ),
            ),
        }
    }
}

/// Someone proved that a mobile is theirs.
pub struct SignedIn {
    /// The account of the mobile.
    pub account: AccountId,
    /// The mobile.
    ///
    /// # Privacy
    ///
    /// Only for the token of its holder.
    pub mobile: Secret<String>,
    /// Whether nobody is registered with it yet.
    pub is_new: bool,
}

impl Platform {
    /// Sends a one-time password, and gives the transaction it belongs to. The answer is the same
    /// whether or not anybody is registered with the mobile.
    ///
    /// # Errors
    ///
    /// [`Error::CodesBlocked`] beyond the limits of the mobile, [`Error::TooMany`] beyond those of
    /// the source.
    pub async fn send_code(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        audience: Audience,
        source: &str,
    ) -> Result<Uuid> {
        self.send_code_as(ctx, mobile, audience, source, ctx.random()).await
    }

    /// The same, with the random part of the transaction's id.
    pub(crate) async fn send_code_as(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        audience: Audience,
        source: &str,
        random: [u8; 16],
    ) -> Result<Uuid> {
        self.check_code_limits(ctx, mobile, source).await?;
        let index = self.vault.index(Index::Mobile, mobile.digits()).await?;
        let bucket = index.bucket();
        let id = Uuid::from_bytes(self.vault.routed_id(bucket, random));
        let digits = Secret::new(six_digits(ctx));
        let (kind, text) = audience.message(digits.expose());
        let account = self.account_at(index);
        self.came_upon(ctx, [account.uuid]).await?;
        // To a canary's account it is dropped at delivery.
        let message = if self.is_canary(account.uuid) {
            self.message_to_account(ctx, account, kind, text)
        } else {
            self.message_to_mobile(ctx, bucket, mobile.digits(), kind, text)
        };
        let code = SignInCode {
            id,
            bucket,
            mobile_index: index.0,
            mobile: self.vault.seal_message(id.as_bytes(), mobile.digits().as_bytes()),
            code: self.code_digest(&index.0, &sha256_hex(digits.expose())),
            audience: audience.number(),
            sent_at: ctx.now,
            expires_at: ctx.now.saturating_add(CODE_LIFE).unwrap_or(ctx.now),
            message,
        };
        self.writes.codes.submit(code).await?;
        Ok(id)
    }

    async fn check_code_limits(&self, ctx: &Ctx, mobile: &Mobile, source: &str) -> Result<()> {
        let Some(limits) = self.settings.limits else {
            return Ok(());
        };
        let from_source = self.bump(ctx, "codes-source", source, Span::Hour, 1);
        if self.store.bump(&[from_source]).await?[0] > limits.codes_per_address {
            return Err(Error::TooMany { retry_after_seconds: Span::Hour.left(ctx) });
        }
        // Only now: a source that is refused does not use up what a mobile may be sent.
        let to_mobile = self.bump(ctx, "codes", mobile.digits(), Span::Day, 1);
        if self.store.bump(&[to_mobile]).await?[0] > limits.codes_per_mobile {
            return Err(Error::CodesBlocked { retry_after_seconds: Span::Day.left(ctx) });
        }
        Ok(())
    }

    /// Tries a one-time password, given as the SHA-256 in hex of its digits.
    ///
    /// # Errors
    ///
    /// [`Error::WrongCode`], [`Error::CodeExpired`], or [`Error::TooMany`] while the country's
    /// budget of failures is spent.
    pub async fn confirm_code(
        &self,
        ctx: &Ctx,
        transaction: Uuid,
        hashed: &str,
        audience: Audience,
    ) -> Result<SignedIn> {
        self.check_failures(ctx, 0).await?;
        let bucket = self.vault.bucket_of(transaction.as_bytes());
        let sent = self.store.sent_code(transaction, bucket).await?.ok_or(Error::CodeExpired)?;
        if sent.audience != audience.number() {
            return Err(Error::CodeExpired);
        }
        let tried = CodeTry {
            id: transaction,
            bucket,
            mobile_index: sent.mobile_index,
            typed: self.code_digest(&sent.mobile_index, &hashed.trim().to_ascii_lowercase()),
            at: ctx.now,
            max_tries: self.settings.limits.map_or(5, |limits| limits.tries_per_code),
        };
        let outcome = self.store.try_codes(&[tried]).await?.pop().unwrap_or(Err(NoMatch::Unknown));
        match outcome {
            Ok(()) => {}
            Err(NoMatch::Wrong) => {
                self.check_failures(ctx, 1).await?;
                return Err(Error::WrongCode);
            }
            Err(NoMatch::Expired | NoMatch::Unknown) => return Err(Error::CodeExpired),
        }
        let mobile = self.vault.open_message(transaction.as_bytes(), &sent.mobile)?;
        let mobile = Secret::new(String::from_utf8_lossy(mobile.expose()).into_owned());
        let account = self.account_at(vault::BlindIndex(sent.mobile_index));
        let is_new = self.store.account(account).await?.is_none();
        Ok(SignedIn { account, mobile, is_new })
    }

    /// Counts failures of the whole country in a minute.
    pub(crate) async fn check_failures(&self, ctx: &Ctx, by: u32) -> Result<()> {
        let Some(limits) = self.settings.limits else {
            return Ok(());
        };
        let counts = self.store.bump(&[self.bump(ctx, "failures", "", Span::Minute, by)]).await?;
        if counts[0] > limits.failures_per_minute {
            return Err(Error::TooMany { retry_after_seconds: Span::Minute.left(ctx) });
        }
        Ok(())
    }

    /// Who works here under a mobile's index, if someone does and may sign in; nothing is proven yet.
    pub(crate) async fn staff_at(&self, mobile_index: [u8; 32]) -> Result<Option<StaffActor>> {
        let row = self.store.staff_by_mobile(mobile_index).await?;
        Ok(row.filter(|row| row.active).map(|row| StaffActor {
            id: row.id,
            role: row.role,
            facility: row.facility,
            district: row.district,
            state: row.state,
            strong_until: None,
        }))
    }

    /// Counts one search against the quarter of an hour of a sign-in and the day of its account.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] beyond the limit of the sign-in, [`Error::TooManySearches`] beyond that
    /// of the account. Neither signs anybody out: who is about to book can do so.
    pub async fn count_search(&self, ctx: &Ctx, sign_in: Uuid) -> Result<()> {
        let (Some(limits), Actor::Resident { account }) = (self.settings.limits, ctx.actor) else {
            return Ok(());
        };
        let bumps = [
            self.bump(ctx, "searches", &account.uuid.to_string(), Span::Day, 1),
            self.bump(ctx, "searches-sign-in", &sign_in.to_string(), Span::Quarter, 1),
        ];
        let counts = self.store.bump(&bumps).await?;
        if counts[0] > limits.searches_per_day {
            return Err(Error::TooManySearches { retry_after_seconds: Span::Day.left(ctx) });
        }
        if counts[1] > limits.searches_per_sign_in {
            return Err(Error::TooMany { retry_after_seconds: Span::Quarter.left(ctx) });
        }
        Ok(())
    }

    fn code_digest(&self, mobile_index: &[u8; 32], hashed: &str) -> [u8; 32] {
        self.vault.mac(Purpose::OneTimePassword, &[mobile_index, hashed.as_bytes()])
    }

    /// An addition to a counter of something, over a span of time.
    pub(crate) fn bump(&self, ctx: &Ctx, what: &str, whose: &str, span: Span, by: u32) -> Bump {
        let seconds = span.seconds();
        let begin = ctx.now.as_second() / seconds * seconds;
        let at = |second| Timestamp::from_second(second).unwrap_or(ctx.now);
        Bump {
            key: self.vault.mac(Purpose::Counter, &[what.as_bytes(), whose.as_bytes()]),
            window: at(begin),
            by,
            expires_at: at(begin + 2 * seconds),
        }
    }
}

/// A span that is counted over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Span {
    Minute,
    /// A quarter of an hour.
    Quarter,
    Hour,
    Day,
}

impl Span {
    const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Quarter => 900,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// Seconds until the span that now is in ends.
    pub(crate) fn left(self, ctx: &Ctx) -> u32 {
        let left = self.seconds() - ctx.now.as_second().rem_euclid(self.seconds());
        u32::try_from(left).unwrap_or(u32::MAX)
    }
}

/// Six digits, each number equally likely.
pub(crate) fn six_digits(ctx: &Ctx) -> String {
    // 2^64 is so much larger than 10^6 that the remainder's bias is below 10^-13.
    let number = u64::from_be_bytes(ctx.random()) % 1_000_000;
    format!("{number:06}")
}

/// SHA-256 in lower-case hex: the form in which the contract sends a one-time password.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.as_ref()))
}
