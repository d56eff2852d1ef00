//! A small platform on any store, with a clock that only tests move.

use std::{
    path::PathBuf,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use app::{
    Actor, Ctx, Platform,
    booking::Wish,
    certificates::Paper,
    clock::SeededEntropy,
    ctx::StaffActor,
    doses::Given,
    keys::{KeyRing, KeyUse, RingKey},
    presence::Presence,
    settings::Settings,
};
use certs::{
    signer::{
        Signer,
        key::{LocalKey, make_key},
        make_signer,
    },
    trust::bundle::Bundle,
};
use domain::{
    facility::{Facility, FeeType},
    id::{BeneficiaryId, DistrictId, DoseId, FacilityId, SessionId, StaffId, StateId},
    person::{Details, Gender, IdentityDocument, Mobile, Name},
    place::{District, Pincode, State},
    session::{Channel, SeatPool, Session, SessionState, Slot},
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date, time},
};
use store::{
    StaffRole, Store,
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use uuid::Uuid;
use vault::{Secret, Vault};

use crate::{
    key::{Switch, SwitchedKey},
    postgres,
};

/// Where a small platform keeps what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite inside the program.
    Embedded,
    /// One PostgreSQL server.
    Postgres,
    /// PostgreSQL, with each step in a transaction of its own.
    Sharded,
}

/// What opens its store again after a crash.
#[derive(Clone, Debug)]
enum Address {
    File(PathBuf),
    Url(String, Topology),
}

/// A small platform.
pub struct World {
    /// The platform.
    pub platform: Arc<Platform>,
    /// Takes its signing key away, and brings it back. A crash leaves it as it is.
    pub key: Switch,
    address: Address,
    now: AtomicI64,
    entropy: Arc<SeededEntropy>,
    keys: Keys,
    settings: Settings,
    opened: u64,
    _folder: tempfile::TempDir,
}

/// The district of every facility here.
pub const DISTRICT: DistrictId = DistrictId(391);

impl World {
    /// A platform with two facilities and no sessions, at 9 o'clock on 1 February 2022.
    ///
    /// # Panics
    ///
    /// If the temporary folder cannot be used.
    pub async fn new(seed: u64) -> Self {
        Self::with_settings(seed, Settings { limits: None, ..Settings::default() }).await
    }

    /// The same, with other settings.
    ///
    /// # Panics
    ///
    /// As [`World::new`].
    pub async fn with_settings(seed: u64, settings: Settings) -> Self {
        let world = Self::on(Engine::Embedded, seed, settings).await;
        world.expect("the embedded store needs nothing")
    }

    /// The same, on this kind of store; none if its server is not installed.
    ///
    /// # Panics
    ///
    /// As [`World::new`].
    pub async fn on(engine: Engine, seed: u64, settings: Settings) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = match engine {
            Engine::Embedded => Address::File(folder.path().join("teeka.sqlite")),
            Engine::Postgres => Address::Url(postgres::new_database()?, Topology::Single),
            Engine::Sharded => {
                let (url, opened) = postgres::new_sharded().await?;
                opened.close().await;
                Address::Url(url, Topology::Sharded)
            }
        };
        let keys = Keys::make();
        let now: Timestamp = "2022-02-01T09:00:00+05:30".parse().expect("an instant");
        let key = Switch::default();
        let platform = open(&address, keys.ring(&key), settings.clone(), now).await;
        let world = Self {
            platform: Arc::new(platform),
            key,
            address,
            now: AtomicI64::new(now.as_millisecond()),
            entropy: Arc::new(SeededEntropy::new(seed)),
            keys,
            settings,
            opened: 0,
            _folder: folder,
        };
        world.add_places().await;
        Some(world)
    }

    async fn add_places(&self) {
        let state = StateId(21);
        let states = [State {
            id: state, name: "Maharashtra".into(), name_hi: "महाराष्ट्र".into()
        }];
        let districts = [District {
            id: DISTRICT,
            state,
            name: "Ahmednagar".into(),
            name_hi: String::new(),
            lgd_code: None,
        }];
        let store = self.platform.store();
        store.put_places(&states, &districts).await.expect("the store works");
        self.platform.reload_places().await.expect("the store works");
        let facility = |number: i64| Facility {
            id: FacilityId(number),
            name: format!("PHC {number}"),
            address: "1 Main Road".into(),
            block: "Block".into(),
            district: DISTRICT,
            pincode: Pincode(414_001),
            position: None,
            opens: time(9, 0, 0, 0),
            closes: time(17, 0, 0, 0),
            fee_type: FeeType::Free,
        };
        let ctx = self.ctx(Actor::System);
        let facilities = [facility(1), facility(2)];
        self.platform.import_facilities(&ctx, &facilities).await.expect("the store works");
    }

    /// Drops the platform without closing it and opens its files again: what a crash leaves.
    ///
    /// # Panics
    ///
    /// If it does not open again.
    pub async fn crash(&mut self) {
        let now = self.now();
        self.opened += self.platform.vault().openings();
        let keys = self.keys.ring(&self.key);
        self.platform = Arc::new(open(&self.address, keys, self.settings.clone(), now).await);
    }

    /// The database that it is in; none if that is a file.
    pub fn database(&self) -> Option<&str> {
        match &self.address {
            Address::File(_) => None,
            Address::Url(url, _) => Some(postgres::database_of(url)),
        }
    }

    /// How often somebody's fields were opened here, before every crash and since.
    pub fn openings(&self) -> u64 {
        self.opened + self.platform.vault().openings()
    }

    /// The file that it is in; none if that is a database of a server.
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.address {
            Address::File(path) => Some(path),
            Address::Url(..) => None,
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now.load(Ordering::SeqCst)).expect("an instant")
    }

    /// Moves the clock.
    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).expect("a short time");
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Time goes by while a server runs, which looks at its clock now and then.
    ///
    /// # Panics
    ///
    /// If the store does not work.
    pub async fn live_through(&self, by: SignedDuration) {
        const STEP: SignedDuration = SignedDuration::from_hours(47);
        let mut left = by;
        while left > SignedDuration::ZERO {
            self.advance(left.min(STEP));
            left -= STEP;
            let system = self.ctx(Actor::System);
            self.platform.look_at_clock(&system).await.expect("the store works");
        }
    }

    /// A request's view of the world.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(actor, self.now(), self.entropy.clone())
    }

    /// A resident's view, by mobile.
    ///
    /// # Panics
    ///
    /// If it is no mobile.
    pub fn resident(&self, mobile: &str) -> Ctx {
        let mobile = Mobile::parse(mobile).unwrap_or_else(|why| panic!("{why}"));
        let account = at_once(self.platform.account_of(&mobile)).expect("a keyholder inside");
        self.ctx(Actor::Resident { account })
    }

    /// A staff member's view, at a facility.
    pub fn staff(&self, role: StaffRole, facility: i64) -> Ctx {
        self.ctx(Actor::Staff(StaffActor {
            id: StaffId(Uuid::from_u128(7)),
            role,
            facility: Some(FacilityId(facility)),
            district: Some(DISTRICT),
            state: None,
            strong_until: Some(Timestamp::MAX),
        }))
    }

    /// A session of COVISHIELD for adults with these seats for the first, second and third dose.
    pub fn session(&self, number: u128, facility: i64, on: Date, seats: [u32; 3]) -> Session {
        let pools = (1..).zip(seats).flat_map(|(dose_number, capacity)| {
            [Channel::Online, Channel::OnSite].map(|channel| SeatPool {
                channel,
                dose_number,
                slot: None,
                capacity,
            })
        });
        Session {
            id: SessionId(Uuid::from_u128(number)),
            facility: FacilityId(facility),
            on,
            vaccine: "COVISHIELD".into(),
            min_age: 18,
            max_age: None,
            fee: 0,
            state: SessionState::Open,
            slots: vec![
                Slot { from: time(9, 0, 0, 0), to: time(13, 0, 0, 0) },
                Slot { from: time(13, 0, 0, 0), to: time(17, 0, 0, 0) },
            ],
            pools: pools.collect(),
        }
    }

    /// Publishes a session.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub async fn publish(&self, session: Session) -> SessionId {
        let id = session.id;
        let ctx = self.ctx(Actor::System);
        self.platform.publish_sessions(&ctx, &[session]).await.expect("a good session");
        id
    }

    /// Registers somebody born in 1980.
    ///
    /// # Errors
    ///
    /// As the use case.
    pub async fn enrol(&self, mobile: &str, document: u64) -> app::Result<BeneficiaryId> {
        let details = details("Asha Demo", 1980, document);
        let ctx = self.resident(mobile);
        self.platform.enrol(&ctx, &Secret::new(mobile.to_owned()), &details, None).await
    }

    /// Registers somebody as [`World::enrol`] does and gives them a first dose today.
    ///
    /// # Panics
    ///
    /// If a step is refused.
    pub async fn vaccinate(&self, mobile: &str, document: u64) -> BeneficiaryId {
        let id = self.enrol(mobile, document).await.expect("a new person");
        self.give(mobile, id, &first_dose(document.into())).await;
        id
    }

    /// Gives somebody a dose in a session of today of their own, at the first facility.
    ///
    /// # Panics
    ///
    /// If a step is refused.
    pub async fn give(&self, mobile: &str, id: BeneficiaryId, given: &Given<'_>) -> Visit {
        let (platform, facility) = (&self.platform, FacilityId(1));
        let today = self.ctx(Actor::System).today();
        let session = self.session(given.id.0.as_u128(), facility.0, today, [5, 5, 5]);
        let wish = Wish {
            session: self.publish(session).await,
            slot: "01:00PM-05:00PM",
            dose_number: given.number,
            beneficiaries: &[id],
            idempotency_key: None,
        };
        let booked = platform.book(&self.resident(mobile), &wish).await.expect("seats are free");
        let staff = self.staff(StaffRole::Vaccinator, facility.0);
        let (reference, code) =
            (platform.reference(id).to_string(), platform.security_code(booked));
        let presented = platform.present_code(&staff, facility, &reference, &code);
        let presence = presented.await.expect("it is their code").presence;
        platform.record_dose(&staff, &presence, given).await.expect("a dose that is due");
        Visit { reference, code, presence }
    }

    /// The signed text on somebody's certificate.
    ///
    /// # Panics
    ///
    /// If they have none.
    pub async fn certificate(&self, mobile: &str, id: BeneficiaryId) -> String {
        let ctx = self.resident(mobile);
        let pdf = self.platform.my_certificate(&ctx, id, Paper::default()).await;
        certs::read::certificates(&pdf.expect("a certificate")).remove(0)
    }

    /// What an offline verifier knows from now on.
    ///
    /// # Panics
    ///
    /// If the store or the key is away.
    pub async fn bundle(&self) -> Bundle {
        let bundle = self.platform.trust_bundle(&self.ctx(Actor::Anyone)).await.expect("a bundle");
        Bundle::read(&bundle, &self.platform.trust_anchor(self.now())).expect("its own anchor")
    }
}

/// Somebody's visit at a facility.
pub struct Visit {
    /// Their reference number.
    pub reference: String,
    /// The code of their appointment.
    pub code: String,
    /// That they are there.
    pub presence: Presence,
}

/// A first dose of a number.
pub const fn first_dose(number: u128) -> Given<'static> {
    Given {
        id: DoseId(Uuid::from_u128(number)),
        number: Some(1),
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    }
}

/// What is told about somebody.
///
/// # Panics
///
/// If it cannot be used.
pub fn details(name: &str, birth_year: i16, document: u64) -> Details {
    Details {
        name: Name::parse(name).unwrap_or_else(|why| panic!("{why}")),
        birth_year,
        gender: Gender::Female,
        document: IdentityDocument::parse(1, &format!("{document:012}"))
            .unwrap_or_else(|why| panic!("{why}")),
        comorbidity: false,
    }
}

/// The keys of a platform, so that it opens again with the same.
struct Keys {
    signer: (String, String),
    others: Vec<(KeyUse, String)>,
}

impl Keys {
    fn make() -> Self {
        let new = make_signer("IN", "Ministry", date(2021, 1, 1)).expect("a signer can be made");
        let others = KeyUse::ALL.into_iter().filter(|used_for| *used_for != KeyUse::Document);
        let make = |used_for: KeyUse| make_key(used_for.scheme()).expect("a key can be made");
        Self {
            signer: (new.key_pem, new.certificate_pem),
            others: others.map(|used_for| (used_for, make(used_for))).collect(),
        }
    }

    fn ring(&self, switch: &Switch) -> KeyRing {
        let from = Timestamp::UNIX_EPOCH;
        let key = SwitchedKey::from_pem(&self.signer.0, switch.clone());
        let signer = Signer::new(Box::new(key), &self.signer.1).expect("a signer");
        let mut keys = vec![RingKey::signer(signer, from)];
        keys.extend(self.others.iter().map(|(used_for, pem)| {
            let key = LocalKey::from_pem(pem).expect("a key");
            RingKey::new(*used_for, Box::new(key), from).expect("of the use")
        }));
        KeyRing::new(keys).expect("one for each use")
    }
}

async fn open(address: &Address, keys: KeyRing, settings: Settings, now: Timestamp) -> Platform {
    let store: Arc<dyn Store> = match address {
        Address::File(path) => Arc::new(Sqlite::open(path).expect("the store opens")),
        Address::Url(url, topology) => {
            Arc::new(Postgres::open(url, Some(*topology)).await.expect("the store opens"))
        }
    };
    let programme = app::rules::read(app::rules::INDIA_2021_22).expect("the shipped rules");
    let vault = Vault::from_root_key([7; 32]);
    Platform::open(store, vault, keys, programme, settings, now).await.expect("it opens")
}

/// What is ready at once: a keyholder inside the program never waits.
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
