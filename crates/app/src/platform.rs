//! The platform: what every use case stands on, put together once.

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use domain::{
    id::{AccountId, BeneficiaryId},
    programme::Programme,
};
use jiff::Timestamp;
use store::{
    Batcher, Booking, Cancellation, Done, DoseRecord, Enrolment, Move, NotBooked, NotCancelled,
    NotEnrolled, NotMoved, NotRecorded, PersonRecord, SignInCode, Store,
};
use vault::Vault;

use crate::{
    Result, accesses::Recorder, clock::guard::Clocks, geography::Geography, inventory::Inventory,
    keys::KeyRing, owed::SignerState, release_log::RulesRead, reports::Reports, settings::Settings,
    trust::Bundles, watch::Accounts,
};

/// How many items share a write at most.
const MAX_BATCH: usize = 512;

/// What every use case stands on.
pub struct Platform {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) keys: ArcSwap<KeyRing>,
    pub(crate) signing: SignerState,
    pub(crate) settings: Settings,
    pub(crate) programme: ArcSwap<Programme>,
    pub(crate) rules_read: ArcSwapOption<RulesRead>,
    pub(crate) geography: ArcSwap<Geography>,
    pub(crate) inventory: Inventory,
    pub(crate) reports: Reports,
    pub(crate) bundles: Bundles,
    pub(crate) writes: Writes,
    pub(crate) reads: Reads,
    pub(crate) accesses: Recorder,
    pub(crate) accounts: Accounts,
    pub(crate) clocks: Arc<Clocks>,
}

/// Reads of people go together as writes do: a batch is whatever was asked during the last one.
pub(crate) struct Reads {
    people: Batcher<AccountId, Vec<PersonRecord>>,
    person: Batcher<BeneficiaryId, Option<PersonRecord>>,
}

/// One group commit for each kind of write that a country does at once.
pub(crate) struct Writes {
    pub(crate) enrol: Batcher<Enrolment, std::result::Result<Done, NotEnrolled>>,
    pub(crate) book: Batcher<Booking, std::result::Result<Done, NotBooked>>,
    pub(crate) reschedule: Batcher<Move, std::result::Result<Done, NotMoved>>,
    pub(crate) cancel: Batcher<Cancellation, std::result::Result<Done, NotCancelled>>,
    pub(crate) record: Batcher<DoseRecord, std::result::Result<Done, NotRecorded>>,
    pub(crate) codes: Batcher<SignInCode, ()>,
}

macro_rules! batcher {
    ($store:expr, $method:ident) => {{
        let store = Arc::clone($store);
        Batcher::spawn(MAX_BATCH, move |items: Vec<_>| {
            let store = Arc::clone(&store);
            async move {
                let outcomes = store.$method(&items).await;
                (items, outcomes)
            }
        })
    }};
}

impl Writes {
    fn spawn(store: &Arc<dyn Store>) -> Self {
        let codes = Arc::clone(store);
        Self {
            enrol: batcher!(store, enrol),
            book: batcher!(store, book),
            reschedule: batcher!(store, reschedule),
            cancel: batcher!(store, cancel),
            record: batcher!(store, record_doses),
            codes: Batcher::spawn(MAX_BATCH, move |items: Vec<SignInCode>| {
                let store = Arc::clone(&codes);
                async move {
                    let outcome = store.put_codes(&items).await;
                    let outcomes = outcome.map(|()| vec![(); items.len()]);
                    (items, outcomes)
                }
            }),
        }
    }
}

impl Reads {
    fn spawn(store: &Arc<dyn Store>) -> Self {
        Self { people: batcher!(store, people_of), person: batcher!(store, persons) }
    }
}

impl Platform {
    /// The people of an account with their claims and doses, in order of registration.
    pub(crate) async fn people(&self, account: AccountId) -> Result<Vec<PersonRecord>> {
        Ok(self.reads.people.submit(account).await?)
    }

    /// One person with claims and doses.
    pub(crate) async fn person(&self, id: BeneficiaryId) -> Result<Option<PersonRecord>> {
        Ok(self.reads.person.submit(id).await?)
    }

    /// Puts the platform together and reads what it keeps in memory: places, facilities, the
    /// sessions to come. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn open(
        store: Arc<dyn Store>,
        vault: Vault,
        keys: KeyRing,
        programme: Programme,
        settings: Settings,
        now: Timestamp,
    ) -> Result<Self> {
        let platform = Self {
            writes: Writes::spawn(&store),
            reads: Reads::spawn(&store),
            accesses: Recorder::spawn(&store),
            accounts: Accounts::default(),
            clocks: Arc::default(),
            store,
            vault,
            keys: ArcSwap::from_pointee(keys),
            signing: SignerState::default(),
            settings,
            programme: ArcSwap::from_pointee(programme),
            rules_read: ArcSwapOption::empty(),
            geography: ArcSwap::from_pointee(Geography::new(vec![], vec![], vec![])),
            inventory: Inventory::default(),
            reports: Reports::default(),
            bundles: Bundles::default(),
        };
        platform.reload_places().await?;
        platform.refresh(now).await?;
        platform.follow_accounts(now).await?;
        Ok(platform)
    }

    /// Reads the places again, after an import.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn reload_places(&self) -> Result<()> {
        let (states, districts) = self.store.places().await?;
        let postal = self.store.postal_places().await?;
        self.geography.store(Arc::new(Geography::new(states, districts, postal)));
        Ok(())
    }

    /// The states, districts and post offices.
    pub fn geography(&self) -> Arc<Geography> {
        self.geography.load_full()
    }

    /// The programme in force.
    pub fn programme(&self) -> Arc<Programme> {
        self.programme.load_full()
    }

    /// The store, for the care of it.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Keys and sealing.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What the operator set.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The sessions to come, in memory.
    pub const fn inventory(&self) -> &Inventory {
        &self.inventory
    }
}
