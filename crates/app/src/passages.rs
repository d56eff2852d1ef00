//! Through whose hands people's records went, as an inquiry asks: the lists by which they came, and the
//! accounts of staff that opened them. An account is known by its id; no name of staff is opened.

use std::collections::{BTreeMap, HashMap};

use domain::{
    appointment::AppointmentState,
    id::{BeneficiaryId, DistrictId, FacilityId, StaffId},
    purpose::Purpose,
};
use futures_util::future::try_join_all;
use jiff::{Timestamp, ToSpan, civil::Date};
use ledger::leaf::{Subject, entry::Act};
pub use store::{CameBy, ListNo, ListRow};
use store::{PersonRecord, StaffPlace, StaffRole};
use vault::Sealed;

use crate::{
    Ctx, Error, Platform, Result,
    accesses::{entry_of, role_label},
    error::BrokenCause,
    my_accesses::facility_of,
    opened::{ACCESS, DOCUMENT},
};

/// Of how many people the lists of accesses are read at once.
const AT_ONCE: usize = 32;
/// The most accesses that are read of one person, the oldest first.
const MOST_ACCESSES: u32 = 1_000;
/// A day in seconds.
const A_DAY: i64 = 86_400;
/// How many visitors of one facility and week stand for all.
const MOST_VISITORS: usize = 100;

/// An account of staff.
#[derive(Clone, Debug)]
pub struct StaffAccount {
    /// Its id.
    pub id: StaffId,
    /// What its holder is, in a word.
    pub role: &'static str,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district or facility.
    pub district: Option<DistrictId>,
    /// How often it met somebody; none where that is not counted.
    pub met: Option<u64>,
}

/// All accounts of staff, in order of their ids.
pub struct StaffAccounts {
    all: Vec<StaffAccount>,
    by_desk: HashMap<(&'static str, Option<FacilityId>), Vec<usize>>,
}

impl StaffAccounts {
    fn new(all: Vec<StaffAccount>) -> Self {
        let mut by_desk: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, account) in all.iter().enumerate() {
            by_desk.entry((account.role, account.facility)).or_default().push(place);
        }
        Self { all, by_desk }
    }

    /// All of them.
    pub fn all(&self) -> &[StaffAccount] {
        &self.all
    }
}

/// That an account opened somebody's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedBy {
    /// Which, by its place among [`StaffAccounts::all`].
    pub account: usize,
    /// When, the last time that day.
    pub at: Timestamp,
    /// Whether the identity document was opened.
    pub document: bool,
}

impl Platform {
    /// The lists that came in.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator.
    pub async fn inquire_lists(&self, ctx: &Ctx) -> Result<Vec<ListRow>> {
        ctx.only_operator()?;
        Ok(self.store.lists().await?)
    }

    /// How many people of each facility came by each list, of those who were registered until an instant.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_lists`].
    pub async fn inquire_counts(&self, ctx: &Ctx, until: Timestamp) -> Result<Vec<CameBy>> {
        ctx.only_operator()?;
        Ok(self.store.came_by(until).await?)
    }

    /// The accounts of staff.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_lists`].
    pub async fn inquire_accounts(&self, ctx: &Ctx) -> Result<StaffAccounts> {
        ctx.only_operator()?;
        let watched = self.store.watched_since(Timestamp::UNIX_EPOCH).await?;
        let met: HashMap<StaffId, u64> = watched.iter().map(|one| (one.who, one.reads.0)).collect();
        let counted = self.settings.limits.is_some();
        let account = |place: StaffPlace| {
            let facility = place.facility.and_then(|id| self.inventory.facility(id));
            StaffAccount {
                id: place.id,
                role: role_label(place.role),
                facility: place.facility,
                district: facility.map(|facility| facility.district).or(place.district),
                met: counted.then(|| met.get(&place.id).copied().unwrap_or(0)),
            }
        };
        let places = self.store.staff_places().await?;
        Ok(StaffAccounts::new(places.into_iter().map(account).collect()))
    }

    /// Which accounts opened the records of people before an instant, of each person each account once a
    /// day.
    /// It belongs to the access of the inquiry that opened the same people.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_lists`].
    ///
    /// # Privacy
    ///
    /// Says who opened the records of these people: for an inquiry that weighs it, and nothing else.
    pub async fn inquire_opened(
        &self,
        ctx: &Ctx,
        ids: &[BeneficiaryId],
        accounts: &StaffAccounts,
        before: Timestamp,
    ) -> Result<Vec<Vec<OpenedBy>>> {
        ctx.only_operator()?;
        self.opened_each(&self.store.persons(ids).await?, accounts, before).await
    }

    /// The same of people who came to a facility for a first dose in the seven days from a day on: of
    /// some who stand for all. That their lists of accesses are read is an access to each of them.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_lists`], or if the accesses cannot be recorded.
    ///
    /// # Privacy
    ///
    /// As [`Platform::inquire_opened`]; who they are is not told.
    pub async fn inquire_visitors(
        &self,
        ctx: &Ctx,
        (facility, from): (FacilityId, Date),
        accounts: &StaffAccounts,
        before: Timestamp,
    ) -> Result<Vec<Vec<OpenedBy>>> {
        ctx.only_operator()?;
        let ids = self.visitors(facility, from).await?;
        let records = self.store.persons(&ids).await?;
        self.note_lists_read(ctx, records.iter().flatten()).await?;
        self.opened_each(&records, accounts, before).await
    }

    /// Those who were vaccinated, or who have an appointment if nobody was yet.
    async fn visitors(&self, facility: FacilityId, from: Date) -> Result<Vec<BeneficiaryId>> {
        let (mut given, mut booked) = (Vec::new(), Vec::new());
        for day in 0..7 {
            let list = self.store.day_list(facility, from.saturating_add(day.days())).await?;
            for one in list.iter().filter(|one| one.dose_number == 1) {
                match one.state {
                    AppointmentState::Done => given.push(one.beneficiary),
                    AppointmentState::Booked => booked.push(one.beneficiary),
                    AppointmentState::Cancelled | AppointmentState::Full => {}
                }
            }
        }
        // Their order is that of numbers that were drawn: the first of them are any of them.
        let mut all = if given.is_empty() { booked } else { given };
        all.sort_by_key(|id| id.number());
        all.dedup();
        all.truncate(MOST_VISITORS);
        Ok(all)
    }

    /// Notes that lists of accesses are read, each in itself. All at once: they go down in one write.
    pub(crate) async fn note_lists_read(
        &self,
        ctx: &Ctx,
        records: impl IntoIterator<Item = &PersonRecord>,
    ) -> Result<()> {
        let noted = records.into_iter().map(|record| async {
            let whose = self.whose(&record.beneficiary)?;
            self.note_access(ctx, whose, (Purpose::Inquiry, &[ACCESS])).await
        });
        try_join_all(noted).await.map(drop)
    }

    async fn opened_each(
        &self,
        records: &[Option<PersonRecord>],
        accounts: &StaffAccounts,
        before: Timestamp,
    ) -> Result<Vec<Vec<OpenedBy>>> {
        let mut all = Vec::with_capacity(records.len());
        for some in records.chunks(AT_ONCE) {
            let each = some.iter().map(|one| self.opened_by(one.as_ref(), accounts, before));
            all.extend(try_join_all(each).await?);
        }
        Ok(all)
    }

    async fn opened_by(
        &self,
        record: Option<&PersonRecord>,
        accounts: &StaffAccounts,
        before: Timestamp,
    ) -> Result<Vec<OpenedBy>> {
        let Some(record) = record else { return Ok(Vec::new()) };
        let whose = self.whose(&record.beneficiary)?;
        let mut daily: BTreeMap<(usize, i64), OpenedBy> = BTreeMap::new();
        for kept in self.store.accesses_after(whose.of, 0, MOST_ACCESSES).await? {
            let bytes = whose.key.read_access(&Sealed::from_bytes(kept.sealed))?.into_inner();
            if let Some(opened) = self.actor_of(&bytes, accounts)?
                && opened.at < before
            {
                let day = opened.at.as_second().div_euclid(A_DAY);
                let kept = daily.entry((opened.account, day)).or_insert(opened);
                kept.at = kept.at.max(opened.at);
                kept.document |= opened.document;
            }
        }
        Ok(daily.into_values().collect())
    }

    /// Which account made an entry: that of its role and place which it commits to. None for whoever is
    /// no staff, or has another place by now.
    fn actor_of(&self, bytes: &[u8], accounts: &StaffAccounts) -> Result<Option<OpenedBy>> {
        let (entry, salt) = entry_of(&self.vault, bytes)?;
        if entry.act != Act::Access {
            return Ok(None);
        }
        let facility = entry.actor.facility.map(facility_of);
        let role =
            StaffRole::ALL.map(role_label).into_iter().find(|role| *role == entry.actor.role);
        let Some(those) = role.and_then(|role| accounts.by_desk.get(&(role, facility))) else {
            return Ok(None);
        };
        let is = |place: &&usize| {
            let id = accounts.all[**place].id.0.into_bytes();
            salt.commit(Subject::Actor, &id) == entry.actor.account
        };
        let Some(account) = those.iter().find(is) else { return Ok(None) };
        let at = i64::try_from(entry.at).ok().and_then(|at| Timestamp::from_second(at).ok());
        let document = entry.fields.iter().any(|field| field == DOCUMENT.0);
        Ok(Some(OpenedBy {
            account: *account,
            at: at.ok_or(Error::Broken(BrokenCause::Seal))?,
            document,
        }))
    }
}
