//! A platform of its own to measure on, served over loopback, and the requests that are asked.

use std::{future, net::SocketAddr, sync::Arc};

use anyhow::Context;
use app::{Platform, clock::SystemEntropy, keys::KeyRing, settings::Settings};
use domain::{
    id::{FacilityId, SessionId},
    person::Mobile,
    session::{Channel, SeatPool, Session, SessionState, Slot},
};
use jiff::civil::Time;
use serde_json::{Value, json};
use store::{Store, postgres::scratch::Scratch, sqlite::Sqlite};
use uuid::Uuid;
use vault::Vault;
use web::{ApiKey, SystemClock, Web};

use super::{
    client::{self, Measured, ask, ask_and_keep},
    raw,
};
use crate::{
    crowd,
    demo::Country,
    platform::{Folder, system},
};

/// The key of the measurement's own program of a state.
const KEY: &str = "bench";
/// Over how many sessions bookings are spread.
const SPREAD: usize = 1_000;
/// How many people share a mobile.
const FAMILY: usize = 5;
/// The slot of every session here.
const SLOT: &str = "12:00AM-11:59PM";

/// A platform to measure on.
pub(crate) struct Ground {
    platform: Arc<Platform>,
    web: Web,
    address: SocketAddr,
    people: usize,
    connections: usize,
    registered: std::sync::Mutex<Vec<String>>,
    engine: Engine,
}

/// A store of the measurement's own, which goes with it.
enum Engine {
    Embedded(Folder),
    Postgres(Box<Scratch>),
}

impl Engine {
    /// A store inside the program, or a new schema in the database that a URL names.
    async fn start(database: Option<&str>) -> anyhow::Result<(Self, Arc<dyn Store>)> {
        if let Some(url) = database {
            let scratch = Scratch::create(url).await.context("cannot make a schema there")?;
            let store = Arc::new(scratch.open().await?);
            return Ok((Self::Postgres(Box::new(scratch)), store));
        }
        let folder = Folder::new("bench")?;
        let store = Arc::new(Sqlite::open(&folder.0.join("teeka.sqlite"))?);
        Ok((Self::Embedded(folder), store))
    }
}

impl Ground {
    pub(crate) async fn new(
        people: usize,
        connections: usize,
        database: Option<&str>,
    ) -> anyhow::Result<Self> {
        let ctx = system();
        let (engine, store) = Engine::start(database).await?;
        let settings = Settings { limits: None, ..Settings::default() };
        let keys = KeyRing::make(&settings, ctx.today())?;
        let programme = app::rules::read(app::rules::INDIA_2021_22)?;
        let vault = Vault::from_root_key(ctx.random());
        let platform = Platform::open(store, vault, keys, programme, settings, ctx.now).await?;
        let country = Country::new(1, ctx.today(), 2_000);
        platform.store().put_places(&country.states, &country.districts).await?;
        platform.reload_places().await?;
        // All of the first fifty facilities in one district: what a search gives at most.
        let mut facilities = country.facilities;
        for facility in facilities.iter_mut().take(50) {
            facility.district = domain::id::DistrictId(391);
        }
        platform.import_facilities(&ctx, &facilities).await?;
        // One session a day in each: of the size that the goal is about.
        let mut sessions = country.sessions;
        sessions.sort_by_key(|session| (session.facility, session.on));
        sessions.dedup_by_key(|session| (session.facility, session.on));
        for chunk in sessions.chunks(1_000) {
            platform.store().publish_sessions(chunk, ctx.now).await?;
        }
        platform.refresh(ctx.now).await?;
        let platform = Arc::new(platform);
        let options = web::Options {
            api_keys: vec![ApiKey {
                sha256: app::sign_in::sha256_hex(KEY),
                vaccinator: true,
                state: None,
            }],
            metrics: None,
            trusts_proxy: false,
            security_contact: None,
            relying_party: None,
            exposure: exposure::console::Console::default(),
        };
        let entropy = Arc::new(SystemEntropy::default());
        let web = Web::new(Arc::clone(&platform), Arc::new(SystemClock), entropy, options);
        let listener = crowd::listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let router = web.clone().router();
        tokio::spawn(crowd::serve(listener, router, crowd::PATIENCE, future::pending()));
        // The inventory follows commits, as it does in every server.
        let follower = Arc::clone(&platform);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(250)).await;
                drop(follower.refresh(system().now).await);
            }
        });
        let registered = std::sync::Mutex::default();
        Ok(Self { platform, web, address, people, connections, registered, engine })
    }

    /// Rows of a person's size a second, 256 a commit, each commit durable, on the same engine.
    pub(crate) async fn raw_inserts(&self) -> anyhow::Result<f64> {
        Ok(match &self.engine {
            Engine::Embedded(folder) => {
                store::sqlite::raw_inserts(&folder.0.join("raw.sqlite"), raw::SPAN)?
            }
            Engine::Postgres(scratch) => scratch.raw_inserts(raw::SPAN).await?,
        })
    }

    /// Closes the store and takes it away.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.platform.store().close().await;
        if let Engine::Postgres(scratch) = self.engine {
            scratch.drop_all().await?;
        }
        Ok(())
    }

    /// Puts made-up people on disk who take no part.
    pub(crate) async fn fill(&self, count: usize, quiet: bool) -> anyhow::Result<()> {
        crate::demo::enrol(&self.platform, count, quiet).await
    }

    /// A sign-in for each family.
    async fn tokens(&self) -> anyhow::Result<Vec<String>> {
        let mut tokens = Vec::new();
        for family in 0..=self.people / FAMILY {
            // None of those that the others have.
            let mobile = Mobile::parse(&(9_000_000_000 + family as u64).to_string());
            let mobile = mobile.expect("a made-up mobile is a mobile");
            let token = self.web.resident_token(&mobile).await?;
            tokens.push(format!("authorization: Bearer {token}"));
        }
        Ok(tokens)
    }

    /// A session with these seats for the first dose, published and seen.
    async fn publish(&self, count: usize, seats: u32) -> anyhow::Result<Vec<SessionId>> {
        let ctx = system();
        let pool = |channel| SeatPool { channel, dose_number: 1, slot: None, capacity: seats };
        let sessions: Vec<_> = (0..count)
            .map(|number| Session {
                id: SessionId(ctx.random_uuid()),
                facility: FacilityId(100_001 + i64::try_from(number).unwrap_or(0)),
                on: ctx.today(),
                vaccine: "COVISHIELD".to_owned(),
                min_age: 18,
                max_age: None,
                fee: 0,
                state: SessionState::Open,
                slots: vec![Slot {
                    from: Time::constant(0, 0, 0, 0),
                    to: Time::constant(23, 59, 0, 0),
                }],
                pools: vec![pool(Channel::Online), pool(Channel::OnSite)],
            })
            .collect();
        self.platform.publish_sessions(&ctx, &sessions).await?;
        Ok(sessions.into_iter().map(|session| session.id).collect())
    }

    pub(crate) async fn discovery(&self) -> anyhow::Result<(Measured, usize)> {
        let today = system().today();
        let path = format!(
            "/api/v2/appointment/sessions/public/calendarByDistrict?district_id=391&date={}",
            today.strftime("%d-%m-%Y")
        );
        let requests = |count| vec![client::get(&path); count];
        ask(self.address, self.connections, requests(2_000), &[]).await?;
        let measured = ask(self.address, self.connections, requests(5 * self.people), &[]).await?;
        let bytes = self.bytes_of(&path).await?;
        Ok((measured, bytes))
    }

    /// How many bytes an answer has, compressed.
    async fn bytes_of(&self, path: &str) -> anyhow::Result<usize> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(self.address).await?;
        let request = String::from_utf8(client::get(path))?;
        let closing = request.replacen("host:", "connection: close\r\nhost:", 1);
        stream.write_all(closing.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer.len())
    }

    pub(crate) async fn register(&self) -> anyhow::Result<Measured> {
        let tokens = self.tokens().await?;
        let requests = (0..self.people)
            .map(|number| {
                let body = json!({
                    "name": format!("Asha Demo {number}"),
                    "birth_year": "1980",
                    "gender_id": 2,
                    "photo_id_type": 1,
                    "photo_id_number": format!("{:012}", 500_000_000_000 + number as u64),
                    "comorbidity_ind": "N",
                    "consent_version": "1",
                });
                let path = "/api/v2/registration/beneficiary/new";
                client::post(path, &tokens[number / FAMILY], &body.to_string())
            })
            .collect();
        let (measured, bodies) =
            ask_and_keep(self.address, self.connections, requests, &[], <[u8]>::to_vec).await?;
        let references = bodies.iter().map(|body| {
            let body: Value = serde_json::from_slice(body)?;
            let reference = body["beneficiary_reference_id"].as_str();
            reference.map(str::to_owned).context("a registration failed")
        });
        let references = references.collect::<anyhow::Result<_>>()?;
        *self.registered.lock().expect("nobody panics with it") = references;
        Ok(measured)
    }

    fn references(&self) -> Vec<String> {
        self.registered.lock().expect("nobody panics with it").clone()
    }

    fn booking(token: &str, reference: &str, session: Uuid) -> Vec<u8> {
        let body = json!({
            "dose": 1, "session_id": session, "slot": SLOT, "beneficiaries": [reference],
        });
        client::post("/api/v2/appointment/schedule", token, &body.to_string())
    }

    /// Everyone on one session that has seats for a few; who got one cancels nothing, so that
    /// booking after it meets them as people who hold an appointment.
    pub(crate) async fn stampede(&self) -> anyhow::Result<(Measured, usize, usize)> {
        let seats = self.people / 20;
        let session = self.publish(1, u32::try_from(seats)?).await?[0];
        let (references, tokens) = (self.references(), self.tokens().await?);
        let requests = references
            .iter()
            .enumerate()
            .map(|(number, reference)| {
                Self::booking(&tokens[number / FAMILY], reference, session.0)
            })
            .collect();
        let measured = ask(self.address, self.connections, requests, &[409]).await?;
        let sold = measured.fine;
        Ok((measured, sold, seats))
    }

    pub(crate) async fn book(&self) -> anyhow::Result<Measured> {
        let seats = u32::try_from(self.people / SPREAD + 10)?;
        let sessions = self.publish(SPREAD, seats).await?;
        let (references, tokens) = (self.references(), self.tokens().await?);
        let requests = references
            .iter()
            .enumerate()
            .map(|(number, reference)| {
                // Not in step with the families, so that no session gets more than its share.
                Self::booking(&tokens[number / FAMILY], reference, sessions[number % SPREAD].0)
            })
            .collect();
        // Who holds a seat since the stampede is told so.
        let measured = ask(self.address, self.connections, requests, &[400]).await?;
        Ok(measured)
    }

    pub(crate) async fn dose(&self) -> anyhow::Result<Measured> {
        let mut requests = Vec::new();
        for reference in self.references() {
            let id = self.platform.by_reference(&reference).context("a reference")?;
            let person = self.platform.store().person(id).await?.context("a person")?;
            let Some(claim) = person.claims.first() else { continue };
            let body = json!({
                "beneficiary_reference_id": reference,
                "center_id": claim.seat.facility.0,
                "vaccine": "COVISHIELD",
                "vaccine_batch": "LOT1",
                "dose": 1,
                "vaccinator_name": "Meera Pillai",
            });
            let path = "/api/v2/vaccinator/beneficiaries/vaccinate";
            requests.push(client::post(path, "x-api-key: bench", &body.to_string()));
        }
        let measured = ask(self.address, self.connections, requests, &[]).await?;
        Ok(measured)
    }

    /// What must hold after all of it.
    pub(crate) async fn check(&self) -> anyhow::Result<()> {
        let audit = self.platform.store().audit().await?;
        anyhow::ensure!(audit.holds(), "the store does not agree with itself: {audit:?}");
        Ok(())
    }
}
