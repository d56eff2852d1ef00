//! How those who work here come in: what a one-time password opens to whom, how somebody comes to a
//! first passkey, and how to another one if all are lost.

use domain::{id::StaffId, person::Mobile};
use jiff::{SignedDuration, Timestamp};
use store::{Restoration, Restored, StaffCode, StaffCodeTry, StaffRow};
use vault::{Index, Purpose, Secret};

use crate::{
    Ctx, Error, Platform, Result,
    access::Permission,
    ctx::{StaffActor, StaffRole},
    import::records::StaffLine,
    settings::StaffSignIn,
    sign_in::Span,
    watch::AlarmKind,
};

/// How long staff are signed in: a shift.
pub const SIGN_IN_LIFE: SignedDuration = SignedDuration::from_hours(8);
/// How long after signing in somebody may change by what they sign in.
const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// How long the code counts that somebody is handed with a new account.
const NEW_CODE_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long the code counts that somebody is handed who lost all passkeys, and how long after the first
/// person the second one may agree.
const RESTORED_CODE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Wrong tries after which a code is dead.
const MOST_TRIES: i16 = 10;
/// How many accounts one person may say in a day to have lost their passkeys.
const MOST_RESTORATIONS: u32 = 20;

/// The letters of codes: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Platform {
    /// Who works here under a mobile that was proven by a one-time password, and how far that goes: by the
    /// operator's choice, and by what they have. Whoever has a passkey only is sent to it.
    ///
    /// # Errors
    ///
    /// [`Error::PasskeyNeeded`] if the account signs in with its passkey.
    pub async fn enter_by_code(
        &self,
        ctx: &Ctx,
        mobile: &Secret<String>,
    ) -> Result<Option<StaffActor>> {
        let index = self.vault.index(Index::StaffMobile, mobile.expose()).await?.0;
        let Some(staff) = self.staff_at(index).await? else { return Ok(None) };
        let asks = self.settings.staff_sign_in;
        let (has_passkey, has_app) = self.factors_of(staff.id).await?;
        let by_app = has_app && asks != StaffSignIn::Passkey;
        if has_passkey && !by_app {
            return Err(Error::PasskeyNeeded);
        }
        self.store.know_staff(staff.id, index).await?;
        let enough = asks == StaffSignIn::Otp && !has_passkey && !has_app;
        let strong_until = enough.then(|| after(ctx.now, SIGN_IN_LIFE));
        Ok(Some(StaffActor { strong_until, ..staff }))
    }

    /// Lets somebody who works here have one thing more that proves who they are: after a sign-in of
    /// just now that proves enough, or if they have nothing yet, with the code that they were handed.
    pub(crate) async fn allow_new_factor(
        &self,
        ctx: &Ctx,
        staff: StaffActor,
        code: Option<&str>,
    ) -> Result<()> {
        if staff.is_strong(ctx.now) {
            return Self::freshly(ctx).map(drop);
        }
        if self.factors_of(staff.id).await? != (false, false) {
            return Err(Error::WeakSignIn);
        }
        self.check_failures(ctx, 0).await?;
        let code = code.ok_or(Error::WrongStaffCode)?;
        let typed = self.staff_code_digest(staff.id, &in_one(code));
        let tried = StaffCodeTry { staff: staff.id, typed, at: ctx.now, max_tries: MOST_TRIES };
        if self.store.try_staff_code(&tried).await? {
            return Ok(());
        }
        self.check_failures(ctx, 1).await?;
        Err(Error::WrongStaffCode)
    }

    /// Who works here and asks, and proved enough in the last quarter of an hour.
    pub(crate) fn freshly(ctx: &Ctx) -> Result<StaffActor> {
        let staff = ctx.staff()?;
        let until = staff.strong_until.filter(|until| *until > ctx.now).ok_or(Error::WeakSignIn)?;
        let stale = until.saturating_sub(SIGN_IN_LIFE).and_then(|at| at.checked_add(FRESH));
        if stale.is_ok_and(|stale| stale <= ctx.now) {
            return Err(Error::StaleSignIn);
        }
        Ok(staff)
    }

    /// Makes a code for each of these who has nothing yet that proves who they are, to be handed to them:
    /// in the order of the lines, none for who needs none.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the operator asks.
    pub async fn make_staff_codes(
        &self,
        ctx: &Ctx,
        lines: &[StaffLine],
    ) -> Result<Vec<Option<Secret<String>>>> {
        ctx.only_operator()?;
        let (mut made, mut rows) = (Vec::with_capacity(lines.len()), Vec::new());
        for line in lines {
            let index = self.vault.index(Index::StaffMobile, line.mobile.digits()).await?.0;
            let staff = self.staff_at(index).await?;
            let needs = match staff {
                Some(staff) => self.factors_of(staff.id).await? == (false, false),
                None => false,
            };
            let Some(staff) = staff.filter(|_| needs) else {
                made.push(None);
                continue;
            };
            let (code, row) = self.new_code(ctx, staff.id, index, NEW_CODE_LIFE);
            made.push(Some(code));
            rows.push(row);
        }
        self.store.put_staff_codes(&rows).await?;
        Ok(made)
    }

    fn new_code(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        mobile_index: [u8; 32],
        life: SignedDuration,
    ) -> (Secret<String>, StaffCode) {
        // Sixty bits, in three groups of four letters.
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte & 31)]);
        let text: String = ctx.random::<12>().into_iter().map(letter).collect();
        let code = self.staff_code_digest(staff, &text);
        let shown = [&text[..4], &text[4..8], &text[8..]].join("-");
        let until = after(ctx.now, life);
        (Secret::new(shown), StaffCode { staff, mobile_index, code, until })
    }

    fn staff_code_digest(&self, staff: StaffId, code: &str) -> [u8; 32] {
        self.vault.mac(Purpose::StrongSignIn, &[b"code", staff.0.as_bytes(), code.as_bytes()])
    }

    /// Says, as one of two people, that a colleague lost all passkeys. If another person said so before,
    /// they are taken away, every sign-in of the account ends, and the code is given with which its owner
    /// comes to a new one: to be handed to them.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for one's own account; [`Error::NotFound`] for a mobile of nobody whom the
    /// actor may help; [`Error::Held`] to an account that is held; [`Error::TooMany`] beyond twenty a day.
    pub async fn restore_access(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
    ) -> Result<Option<Secret<String>>> {
        ctx.allow_somewhere(Permission::RestoreAccess)?;
        self.allow_watched(ctx).await?;
        let asks = ctx.staff()?;
        let whose = format!("restorations {}", asks.id.0);
        let asked = self.bump(ctx, "restorations", &whose, Span::Day, 1);
        if self.store.bump(&[asked]).await?[0] > MOST_RESTORATIONS {
            return Err(Error::TooMany { retry_after_seconds: Span::Day.left(ctx) });
        }
        let index = self.vault.index(Index::StaffMobile, mobile.digits()).await?.0;
        let row = self.store.staff_by_mobile(index).await?.filter(|row| row.active);
        let row = row.ok_or(Error::NotFound)?;
        if row.id == asks.id {
            return Err(Error::Forbidden);
        }
        self.allow_restoring(ctx, asks, &row)?;
        let (text, code) = self.new_code(ctx, row.id, index, RESTORED_CODE_LIFE);
        let asked_after = ctx.now.saturating_sub(RESTORED_CODE_LIFE).unwrap_or(ctx.now);
        let asked = Restoration { by: asks.id, at: ctx.now, asked_after, code };
        match self.store.restore_access(&asked).await? {
            Restored::Asked => {
                self.record_decision(ctx, row.id, "access-lost").await?;
                Ok(None)
            }
            Restored::Agreed => {
                self.end_sign_ins(ctx, actor_of(&row)).await?;
                self.raise_alarm(ctx, AlarmKind::Restored, row.id, row.facility).await?;
                self.record_decision(ctx, row.id, "access-restored").await?;
                Ok(Some(text))
            }
        }
    }

    fn allow_restoring(&self, ctx: &Ctx, asks: StaffActor, row: &StaffRow) -> Result<()> {
        let may = match row.facility.and_then(|id| self.inventory.facility(id)) {
            Some(held) => ctx.allow_at(Permission::RestoreAccess, &held).is_ok(),
            // Officers of one district help one another.
            None => {
                asks.role == StaffRole::DistrictOfficer
                    && row.district.is_some()
                    && row.district == asks.district
            }
        };
        if may { Ok(()) } else { Err(Error::NotFound) }
    }
}

fn actor_of(row: &StaffRow) -> StaffActor {
    StaffActor {
        id: row.id,
        role: row.role,
        facility: row.facility,
        district: row.district,
        state: row.state,
        strong_until: None,
    }
}

/// A code as it is compared: without what sets its groups apart, and with the letters that people take
/// for others.
fn in_one(code: &str) -> String {
    let plain = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(40);
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    plain.map(letter).collect()
}

/// An instant after another one.
pub(crate) fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        for typed in ["0A1B-2C3D-4E5F", "oaib 2c3d4e5f", " 0AlB-2C3D-4E5F "] {
            assert_eq!(in_one(typed), "0A1B2C3D4E5F", "{typed}");
        }
    }
}
