//! Passkeys of those who work here: made, used to sign in, and removed. What browser and authenticator
//! say is checked in [`crate::webauthn`]; here, that it answers a challenge of ours, for the first time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::id::StaffId;
use jiff::{SignedDuration, Timestamp};
use store::{Bump, Holder, PasskeyRow, PasskeyUse};
use uuid::Uuid;
use vault::{Purpose, Secret};

use crate::{
    Ctx, Error, Platform, Result,
    ctx::StaffActor,
    staff_access::{SIGN_IN_LIFE, after},
    watch::AlarmKind,
    webauthn::{
        self, Asserted, Attested, Ceremony, NotProven, RelyingParty, check_asserted,
        check_client_data, check_made,
    },
};

/// How long a challenge may be answered.
const CHALLENGE_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// How many passkeys one person may have.
const MOST: u32 = 10;
/// How long the name of a passkey may be, in characters.
const LONGEST_NAME: usize = 40;

const CHALLENGE: &[u8] = b"challenge";
const USED: &[u8] = b"used challenge";
/// Bytes of a challenge before its digest: until when it may be answered, and random ones.
const BODY: usize = 8 + 16;

/// What a browser is told to make a passkey.
pub struct NewPasskey {
    /// The challenge, base64url.
    pub challenge: String,
    /// The account, base64url.
    pub user: String,
    /// The ids of the passkeys that are there, base64url.
    pub taken: Vec<String>,
}

/// A passkey, for its owner.
pub struct Passkey {
    /// Its id here.
    pub id: Uuid,
    /// What its owner calls it.
    ///
    /// # Privacy
    ///
    /// Only for its owner.
    pub name: Secret<String>,
    /// Since when it is there.
    pub made_at: Timestamp,
    /// When it signed in last.
    pub used_at: Option<Timestamp>,
}

/// What comes back from a browser when a passkey signs in.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The authenticator's id for the passkey.
    pub credential: &'a [u8],
    /// The account, as the authenticator has it.
    pub user: &'a [u8],
    /// What is signed.
    pub said: Asserted<'a>,
}

impl From<NotProven> for Error {
    fn from(why: NotProven) -> Self {
        // Which part, is for whoever runs the platform: it says nothing about anybody.
        tracing::info!(kind = "passkey", reason = %why, "nothing is proven");
        Self::NotProven
    }
}

impl Platform {
    /// A challenge that a passkey may answer to sign in.
    pub fn sign_in_challenge(&self, ctx: &Ctx) -> String {
        self.make_challenge(ctx, Ceremony::Get, Uuid::nil())
    }

    /// What a browser is told to make a passkey for who asks.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless it is somebody who works here.
    pub async fn new_passkey(&self, ctx: &Ctx) -> Result<NewPasskey> {
        let staff = ctx.staff()?;
        let there = self.store.passkeys(staff.id).await?;
        Ok(NewPasskey {
            challenge: self.make_challenge(ctx, Ceremony::Make, staff.id.0),
            user: URL_SAFE_NO_PAD.encode(staff.id.0.as_bytes()),
            taken: there.iter().map(|row| URL_SAFE_NO_PAD.encode(&row.credential)).collect(),
        })
    }

    /// Keeps a passkey that was made. A first one needs the code that its owner was handed, if the
    /// operator asks for more than a one-time password.
    ///
    /// # Errors
    ///
    /// [`Error::NotProven`] if it was not made for us, here and now; [`Error::StaleSignIn`] if the sign-in
    /// is older than a quarter of an hour; [`Error::WrongStaffCode`] without the code where it is needed;
    /// [`Error::Invalid`] for a name that cannot be used, and beyond ten.
    ///
    /// # Privacy
    ///
    /// The name is kept sealed.
    pub async fn add_passkey(
        &self,
        ctx: &Ctx,
        party: &RelyingParty,
        (attested, name): (&Attested<'_>, &str),
        code: Option<&str>,
    ) -> Result<()> {
        let staff = ctx.staff()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::Invalid("key_name must be 1 to 40 characters"));
        }
        let (challenge, made) = check_made(attested, party)?;
        self.spend_challenge(ctx, &challenge, Ceremony::Make, staff.id.0).await?;
        self.allow_new_factor(ctx, staff, code).await?;
        let id = ctx.random_uuid();
        let row = PasskeyRow {
            id,
            staff: staff.id,
            credential: made.credential,
            public_key: made.key.cose().to_vec(),
            name: self.vault.seal_message(id.as_bytes(), name.as_bytes()),
            sign_count: made.sign_count,
            made_at: ctx.now,
            used_at: None,
        };
        if !self.store.add_passkey(&row, MOST).await? {
            return Err(Error::Invalid("passkeys are ten at most, each there once"));
        }
        self.record_decision(ctx, staff.id, "passkey-added").await
    }

    /// Signs in who has a passkey.
    ///
    /// # Errors
    ///
    /// [`Error::NotProven`] if it is none of ours, was made to sign for another site, or answers no
    /// challenge of ours for the first time.
    pub async fn sign_in_by_passkey(
        &self,
        ctx: &Ctx,
        party: &RelyingParty,
        shown: &Shown<'_>,
    ) -> Result<StaffActor> {
        self.check_failures(ctx, 0).await?;
        let proven = self.proven(ctx, party, shown).await;
        if matches!(proven, Err(Error::NotProven)) {
            self.check_failures(ctx, 1).await?;
        }
        proven
    }

    async fn proven(
        &self,
        ctx: &Ctx,
        party: &RelyingParty,
        shown: &Shown<'_>,
    ) -> Result<StaffActor> {
        let challenge = check_client_data(shown.said.client_data, Ceremony::Get, party)?;
        self.spend_challenge(ctx, &challenge, Ceremony::Get, Uuid::nil()).await?;
        let staff = StaffId(Uuid::from_slice(shown.user).map_err(|_| Error::NotProven)?);
        let mut mine = self.store.passkeys(staff).await?.into_iter();
        let row = mine.find(|row| row.credential == shown.credential).ok_or(Error::NotProven)?;
        let key = webauthn::key::PublicKey::read(&row.public_key)?;
        let sign_count = check_asserted(&shown.said, &key, party)?;
        let index = self.store.known_staff(staff).await?.ok_or(Error::NotProven)?;
        let actor = self.staff_at(index).await?.filter(|actor| actor.id == staff);
        let actor = actor.ok_or(Error::NotProven)?;
        let used = PasskeyUse { staff, id: row.id, sign_count, at: ctx.now };
        if !self.store.use_passkey(&used).await? {
            // Its counter did not move on: there is a copy of it, or it was taken away just now.
            self.raise_alarm(ctx, AlarmKind::Passkey, staff, actor.facility).await?;
            return Err(Error::NotProven);
        }
        Ok(StaffActor { strong_until: Some(after(ctx.now, SIGN_IN_LIFE)), ..actor })
    }

    /// The passkeys of who asks, in order of their making.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless it is somebody who works here.
    pub async fn my_passkeys(&self, ctx: &Ctx) -> Result<Vec<Passkey>> {
        let rows = self.store.passkeys(ctx.staff()?.id).await?;
        let open = |row: PasskeyRow| {
            let name = self.vault.open_message(row.id.as_bytes(), &row.name)?;
            let name = Secret::new(String::from_utf8_lossy(name.expose()).into_owned());
            Ok(Passkey { id: row.id, name, made_at: row.made_at, used_at: row.used_at })
        };
        rows.into_iter().map(open).collect()
    }

    /// Removes a passkey of who asks, and ends every sign-in of theirs.
    ///
    /// # Errors
    ///
    /// [`Error::StaleSignIn`] if the sign-in is older than a quarter of an hour; [`Error::LastFactor`] if
    /// it is the last thing that proves who they are; [`Error::NotFound`] if it is not theirs.
    pub async fn remove_passkey(&self, ctx: &Ctx, id: Uuid) -> Result<()> {
        let staff = Self::freshly(ctx)?;
        if !self.store.remove_passkey(staff.id, id).await? {
            let there = self.store.passkeys(staff.id).await?.iter().any(|row| row.id == id);
            return Err(if there { Error::LastFactor } else { Error::NotFound });
        }
        self.end_sign_ins(ctx, staff).await?;
        self.record_decision(ctx, staff.id, "passkey-removed").await
    }

    /// Whether somebody who works here has a passkey, and whether an app.
    pub(crate) async fn factors_of(&self, staff: StaffId) -> Result<(bool, bool)> {
        let passkeys = self.store.passkeys(staff).await?;
        let app = self.store.totp(Holder::staff(staff)).await?;
        Ok((!passkeys.is_empty(), app.is_some()))
    }

    /// # Shape
    ///
    /// Until when it may be answered, in seconds since 1970 (8 bytes, big endian), 16 random bytes, and a
    /// MAC of occasion, account and both (32); as text in base64url.
    fn make_challenge(&self, ctx: &Ctx, occasion: Ceremony, account: Uuid) -> String {
        let until = after(ctx.now, CHALLENGE_LIFE);
        let mut bytes = until.as_second().to_be_bytes().to_vec();
        bytes.extend(ctx.random::<16>());
        let mac = self.vault.mac(Purpose::StrongSignIn, &parts(occasion, &account, &bytes));
        bytes.extend(mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Uses a challenge of ours up: the first who answers it, in time, does.
    async fn spend_challenge(
        &self,
        ctx: &Ctx,
        challenge: &str,
        occasion: Ceremony,
        account: Uuid,
    ) -> Result<()> {
        let mut bytes = [0; BODY + 32];
        let length = URL_SAFE_NO_PAD.decode_slice(challenge, &mut bytes);
        let (body, mac) = bytes.split_at(BODY);
        let ours = length == Ok(BODY + 32)
            && self.vault.mac_matches(Purpose::StrongSignIn, &parts(occasion, &account, body), mac);
        let seconds = body.first_chunk().map_or(0, |until| i64::from_be_bytes(*until));
        let until = Timestamp::from_second(seconds).map_err(|_| Error::NotProven)?;
        if !ours || until <= ctx.now {
            return Err(Error::NotProven);
        }
        let key = self.vault.mac(Purpose::StrongSignIn, &[USED, body]);
        // Remembered for longer than it may be answered, also where clocks differ.
        let use_of = Bump { key, window: until, by: 1, expires_at: after(until, CHALLENGE_LIFE) };
        if self.store.bump(&[use_of]).await? == [1] { Ok(()) } else { Err(Error::NotProven) }
    }
}

fn parts<'a>(occasion: Ceremony, account: &'a Uuid, body: &'a [u8]) -> [&'a [u8]; 4] {
    let occasion: &[u8] = match occasion {
        Ceremony::Make => b"make",
        Ceremony::Get => b"get",
    };
    [CHALLENGE, occasion, account.as_bytes(), body]
}
