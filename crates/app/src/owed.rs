//! Certificates that are owed: while the key that signs is away a dose is recorded without its
//! certificate, and a worker has that signed once the key is back.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use certs::signer::key::NotSigned;
use domain::{dose::Dose, id::BeneficiaryId};
use store::{CertificateRow, LateCertificate, OwedCertificate, OwedPlace, PersonRecord};
use tokio::runtime::{Handle, RuntimeFlavor};
use uuid::Uuid;
use vault::{NotDone, OpenKey, PersonKey, Refusal};

use crate::{Ctx, Error, Platform, Result, error::BrokenCause, opened::CERTIFICATE, view::SIGNING};

/// How many certificates a worker signs in one turn at most.
const BATCH: u32 = 128;
/// How long a worker waits when all is signed.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it waits at most while nothing can be signed.
const LONGEST_PAUSE: Duration = Duration::from_secs(64);
/// A key that takes longer is slow. One in memory takes a fiftieth of that.
const SLOW_MICROS: u32 = 1_000;
/// When whoever asks for a certificate that is owed should ask again.
pub(crate) const ASK_AGAIN_SECONDS: u32 = 300;

/// Whether the key that signs answers, and how fast, as it was seen the last time.
#[derive(Debug, Default)]
pub(crate) struct SignerState {
    away: AtomicBool,
    micros: AtomicU32,
}

impl SignerState {
    /// Runs what asks the key to sign. While the key is slow, in hardware or behind a network that
    /// makes one wait, other tasks are taken off this thread first.
    pub(crate) fn ask<T>(&self, sign: impl FnOnce() -> T) -> T {
        let slow = self.micros.load(Ordering::Relaxed) > SLOW_MICROS;
        let begun = Instant::now();
        let outcome = if slow && may_block() { tokio::task::block_in_place(sign) } else { sign() };
        let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
        self.micros.store(micros, Ordering::Relaxed);
        outcome
    }

    /// Notes what the key said.
    pub(crate) fn heard<T>(&self, answer: &std::result::Result<T, NotSigned>) {
        self.away.store(answer.is_err(), Ordering::Relaxed);
    }

    /// Whether the key did not answer the last time.
    fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }
}

/// Only a runtime of several threads has another one for the rest.
fn may_block() -> bool {
    Handle::try_current().is_ok_and(|on| on.runtime_flavor() == RuntimeFlavor::MultiThread)
}

/// Where the worker that has owed certificates signed stands.
#[derive(Clone, Debug)]
pub struct OwedWorker {
    place: OwedPlace,
    pause: Duration,
    owed: u64,
}

impl Default for OwedWorker {
    fn default() -> Self {
        Self { place: OwedPlace::BEGIN, pause: PAUSE, owed: 0 }
    }
}

impl OwedWorker {
    /// How long to wait before the next turn. While nothing can be signed it grows.
    pub const fn pause(&self) -> Duration {
        self.pause
    }

    /// How many certificates are owed, as of the last turn.
    pub const fn owed(&self) -> u64 {
        self.owed
    }

    /// Takes a turn into account: what was looked at, how many of it were kept, and whether the key
    /// was there.
    fn turned(&mut self, seen: &[OwedCertificate], kept: u64, away: bool) {
        let last = seen.last().filter(|_| !away && seen.len() >= BATCH as usize);
        // What could not be signed for another reason does not hold up what stands behind it.
        self.place = last.map_or(OwedPlace::BEGIN, OwedCertificate::place);
        self.owed = self.owed.saturating_sub(kept);
        self.pause = if !seen.is_empty() && kept == 0 {
            self.pause.max(PAUSE).saturating_mul(2).min(LONGEST_PAUSE)
        } else if last.is_some() {
            Duration::ZERO
        } else {
            PAUSE
        };
    }
}

impl Platform {
    /// The signed certificate of a dose that is about to be recorded; none if the key is away, or
    /// was the last time: then only the worker tries whether it is back, and nobody waits for it. Nor
    /// is there one while accesses cannot be recorded: nothing is opened then, and care goes on.
    pub(crate) async fn sign_or_owe(
        &self,
        ctx: &Ctx,
        record: PersonRecord,
        dose: &Dose,
        key: Arc<PersonKey>,
    ) -> Result<Option<CertificateRow>> {
        if self.signing.is_away() {
            return Ok(None);
        }
        let key = match self.unlock_with(ctx, SIGNING, &record.beneficiary, key).await {
            Ok(key) => key,
            Err(Error::Unavailable(_) | Error::Broken(BrokenCause::Store(_))) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (holder, id) = (self.holder_of(&key, record)?, ctx.random_uuid());
        match self.sign_certificate(ctx, &holder, dose, id) {
            Ok(signed) => Ok(Some(certificate_row(ctx, &key, dose, id, &signed)?)),
            Err(Error::SignerAway(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The latest certificate of a person.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if no dose is on record; [`Error::CertificateOwed`] if the certificate of
    /// the latest is not signed yet.
    pub(crate) async fn certificate_of(
        &self,
        id: BeneficiaryId,
        doses: &[Dose],
    ) -> Result<CertificateRow> {
        let last = doses.last().ok_or(Error::NotFound)?;
        let row = self.store.certificate(id).await?;
        row.filter(|row| row.dose_number >= last.number)
            .ok_or(Error::CertificateOwed { retry_after_seconds: ASK_AGAIN_SECONDS })
    }

    /// The latest certificate of one dose of a person.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if the dose is not on record; [`Error::CertificateOwed`] if its certificate
    /// is not signed yet.
    pub(crate) async fn certificate_of_dose(
        &self,
        id: BeneficiaryId,
        doses: &[Dose],
        number: u8,
    ) -> Result<CertificateRow> {
        let dose = doses.iter().find(|dose| dose.number == number).ok_or(Error::NotFound)?;
        let row = self.store.certificate_of_dose(id, dose.number).await?;
        row.ok_or(Error::CertificateOwed { retry_after_seconds: ASK_AGAIN_SECONDS })
    }

    /// Has some of the owed certificates signed and keeps them, each with a message to its person's
    /// account. Gives how many. Whatever ends it in between loses nothing: what was not kept is owed
    /// still, and what was signed but not kept has not been shown to anybody.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn sign_owed(&self, ctx: &Ctx, worker: &mut OwedWorker) -> Result<u64> {
        let owed = self.store.owed_certificates(worker.place, BATCH).await?;
        if worker.place == OwedPlace::BEGIN {
            worker.owed = if owed.is_empty() { 0 } else { self.store.owed_count().await? };
        }
        let ids: Vec<_> = owed.iter().map(|one| one.beneficiary).collect();
        let people = self.store.persons(&ids).await?.into_iter().flatten();
        let people: HashMap<_, _> = people.map(|one| (one.beneficiary.id, one)).collect();
        let (late, away) = self.sign_late(ctx, &owed, &people).await?;
        let kept = self.store.settle_owed(&late).await?.iter().filter(|one| one.is_ok()).count();
        let kept = u64::try_from(kept).unwrap_or(u64::MAX);
        worker.turned(&owed, kept, away);
        Ok(kept)
    }

    /// Signs certificates, in order of their people, until the key does not; says whether it did
    /// not. Who they are for is opened one by one until one is signed, then for all others: while the
    /// key is away, nobody else is opened in vain.
    async fn sign_late(
        &self,
        ctx: &Ctx,
        owed: &[OwedCertificate],
        people: &HashMap<BeneficiaryId, PersonRecord>,
    ) -> Result<(Vec<LateCertificate>, bool)> {
        let mut owed = owed.to_vec();
        // As others who write to several people do: so they do not wait in a circle.
        owed.sort_by_key(|one| (one.beneficiary.bucket().0, one.beneficiary));
        // Those taken back in the meantime are left out.
        owed.retain(|one| people.get(&one.beneficiary).is_some_and(|held| has_dose(held, one)));
        let (mut late, mut unusable) = (Vec::with_capacity(owed.len()), 0_u32);
        let mut left = owed.as_slice();
        while !left.is_empty() {
            let part;
            (part, left) = left.split_at(if late.is_empty() { 1 } else { left.len() });
            let records = part.iter().filter_map(|one| people.get(&one.beneficiary));
            let opened = self.open_owed(ctx, records).await?;
            for (one, key) in part.iter().zip(opened) {
                let record = &people[&one.beneficiary];
                match key.and_then(|key| self.late(ctx, one, record, &key)) {
                    Ok(certificate) => late.extend(certificate),
                    Err(Error::SignerAway(_)) => return Ok((late, true)),
                    Err(_) => unusable += 1,
                }
            }
        }
        if unusable > 0 {
            tracing::error!(unusable, "owed certificates whose person does not open");
        }
        Ok((late, false))
    }

    /// The keys of people whose certificates are owed, once it is recorded what they open; an error
    /// in the place of one who cannot be opened.
    async fn open_owed<'a>(
        &self,
        ctx: &Ctx,
        records: impl Iterator<Item = &'a PersonRecord>,
    ) -> Result<Vec<Result<OpenKey>>> {
        let whose: Vec<_> = records.map(|record| self.whose(&record.beneficiary)).collect();
        let (mut usable, mut errors) = (Vec::new(), Vec::new());
        for one in whose {
            match one {
                Ok(whose) => {
                    usable.push(whose);
                    errors.push(None);
                }
                Err(error) => errors.push(Some(error)),
            }
        }
        let mut keys = self.unlock_each(ctx, SIGNING, usable).await?.into_iter();
        let key = |error: Option<Error>| match error {
            Some(error) => Ok(Err(error)),
            None => match keys.next().unwrap_or(Err(NotDone::Away)) {
                Ok(key) => Ok(Ok(key)),
                Err(why @ NotDone::Refused(Refusal::DoesNotOpen)) => Ok(Err(why.into())),
                // Nobody else opens either.
                Err(why) => Err(why.into()),
            },
        };
        errors.into_iter().map(key).collect()
    }

    /// A certificate that was owed; none if its dose is not on record any more.
    fn late(
        &self,
        ctx: &Ctx,
        owed: &OwedCertificate,
        record: &PersonRecord,
        key: &OpenKey,
    ) -> Result<Option<LateCertificate>> {
        let holder = self.holder_of(key, record.clone())?;
        let Some(dose) = holder.doses.iter().find(|dose| dose.id == owed.dose) else {
            return Ok(None);
        };
        let id = ctx.random_uuid();
        let signed = self.sign_certificate(ctx, &holder, dose, id)?;
        let text = format!(
            "Your certificate for dose {} of {} is ready in the portal now. - CoWIN",
            dose.number, dose.vaccine
        );
        Ok(Some(LateCertificate {
            dose: dose.id,
            changes: holder.changes,
            certificate: certificate_row(ctx, key, dose, id, &signed)?,
            message: Some(self.message_to_account(ctx, holder.account, "certificate", text)),
        }))
    }
}

/// Whether the dose that is owed a certificate is on record still.
fn has_dose(record: &PersonRecord, owed: &OwedCertificate) -> bool {
    record.doses.iter().any(|dose| dose.id == owed.dose)
}

/// A signed certificate as it is kept.
pub(crate) fn certificate_row(
    ctx: &Ctx,
    key: &OpenKey,
    dose: &Dose,
    id: Uuid,
    signed: &str,
) -> Result<CertificateRow> {
    Ok(CertificateRow {
        id,
        beneficiary: dose.beneficiary,
        dose_number: dose.number,
        sealed: key.seal(CERTIFICATE, signed.as_bytes())?.as_bytes().to_vec(),
        issued_at: ctx.now,
    })
}

#[cfg(test)]
mod tests {
    use domain::id::DoseId;
    use jiff::Timestamp;

    use super::*;

    fn seen(count: u128) -> Vec<OwedCertificate> {
        let one = |number| OwedCertificate {
            beneficiary: BeneficiaryId::draw(domain::id::HomeBucket(1), 1),
            dose: DoseId(Uuid::from_u128(number)),
            since: Timestamp::UNIX_EPOCH,
        };
        (1..=count).map(one).collect()
    }

    #[test]
    fn the_pause_grows_while_nothing_can_be_signed_and_is_short_again_after() {
        let mut worker = OwedWorker { owed: 200, ..OwedWorker::default() };
        let full = seen(u128::from(BATCH));
        let mut pauses = Vec::new();
        for _ in 0..8 {
            worker.turned(&full, 0, true);
            assert_eq!(worker.place, OwedPlace::BEGIN, "what was not signed is looked at again");
            pauses.push(worker.pause().as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 64, 64]);
        worker.turned(&full, 128, false);
        assert_eq!((worker.pause(), worker.owed()), (Duration::ZERO, 72));
        assert_eq!(worker.place, full[127].place());
        worker.turned(&seen(72), 72, false);
        assert_eq!((worker.pause(), worker.owed()), (PAUSE, 0));
        assert_eq!(worker.place, OwedPlace::BEGIN);
    }

    #[test]
    fn what_cannot_be_signed_does_not_hold_up_what_stands_behind_it() {
        let mut worker = OwedWorker::default();
        let full = seen(u128::from(BATCH));
        worker.turned(&full, 0, false);
        assert_eq!(worker.place, full[127].place());
        assert!(worker.pause() > PAUSE);
    }
}
