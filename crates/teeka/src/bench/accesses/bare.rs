//! The same fields opened without a record, with the keys in the program; and the keyholder asked
//! alone, with records that nobody keeps.

use std::{
    convert::Infallible,
    future::{Future, ready},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use app::{Ctx, Platform, keys::KeyRing, settings::Settings};
use domain::{id::AccountId, manifest::tables::label};
use ledger::leaf::{
    Commitment, Opening, Salt,
    chain::ChainHead,
    entry::{Act, Actor, Entry},
};
use store::{BeneficiaryRow, Store, sqlite::Sqlite};
use vault::{
    Access, AccessLog, BIRTH_YEAR, COMORBIDITY, Field, GENDER, PersonId, PersonKey, Sealed, Vault,
    Who,
};

use super::{Measured, enrol, micros, spread};
use crate::platform::{Folder, system};

const FIELDS: &[Field] =
    &[Field(label::NAME), BIRTH_YEAR, GENDER, Field(label::DOCUMENT), COMORBIDITY];
const ROLE: &str = "resident";
const PURPOSE: &str = "own-record";

/// Records nothing.
struct Unrecorded;

/// An access, and what is shown to the keyholder for it.
struct Shown(Access, Vec<u8>);

impl AsRef<Access> for Shown {
    fn as_ref(&self) -> &Access {
        &self.0
    }
}

impl AccessLog for Unrecorded {
    type Entry = Shown;
    type Error = Infallible;

    fn record(
        &self,
        entries: Vec<Shown>,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, Infallible>> + Send {
        ready(Ok(entries.into_iter().map(|Shown(_, evidence)| evidence).collect()))
    }
}

fn access(person: PersonId) -> Access {
    let who = Who { role: ROLE, facility: None, account: person.0 };
    let at = u64::try_from(system().now.as_second()).unwrap_or(0);
    Access { person, who, purpose: PURPOSE, fields: FIELDS, at }
}

/// A platform whose keyholder is inside the program, with one person in each account.
pub(super) struct Bare {
    platform: Arc<Platform>,
    accounts: Vec<AccountId>,
    /// As a server reads people: what many ask for at once is one read.
    reads: Arc<store::Batcher<AccountId, Vec<store::PersonRecord>>>,
    _folder: Folder,
}

impl Bare {
    pub(super) async fn new(count: usize, quiet: bool) -> anyhow::Result<Self> {
        let ctx = system();
        let folder = Folder::new("bench-bare")?;
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&folder.0.join("teeka.sqlite"))?);
        let settings = Settings { limits: None, ..Settings::default() };
        let keys = KeyRing::make(&settings, ctx.today())?;
        let programme = app::rules::read(app::rules::INDIA_2021_22)?;
        let vault = Vault::from_root_key(ctx.random());
        let opened = Platform::open(Arc::clone(&store), vault, keys, programme, settings, ctx.now);
        let platform = Arc::new(opened.await?);
        let bar = crate::progress::things(2, "stores filled", quiet);
        bar.inc(1);
        let accounts = enrol(&platform, count).await?;
        bar.finish_and_clear();
        let reads = Arc::new(store::Batcher::spawn(512, move |accounts: Vec<AccountId>| {
            let store = Arc::clone(&store);
            async move {
                let people = store.people_of(&accounts).await;
                (accounts, people)
            }
        }));
        Ok(Self { platform, accounts, reads, _folder: folder })
    }

    /// Opens everybody once.
    pub(super) async fn round(&self, tasks: usize) -> anyhow::Result<Measured> {
        spread(&self.accounts, tasks, |account| {
            let (platform, reads) = (Arc::clone(&self.platform), Arc::clone(&self.reads));
            async move {
                let mut people = reads.submit(account).await?;
                let person = people.pop().context("an account has nobody")?.beneficiary;
                open(platform.vault(), &person).await
            }
        })
        .await
    }

    pub(super) async fn end(self) {
        self.platform.store().close().await;
    }
}

fn key_of(vault: &Vault, row: &BeneficiaryRow) -> anyhow::Result<Arc<PersonKey>> {
    let person = PersonId(row.id.person_uuid().into_bytes());
    Ok(Arc::new(vault.person_key(person, &row.wrapped_key)?))
}

async fn open(vault: &Vault, row: &BeneficiaryRow) -> anyhow::Result<()> {
    let key = key_of(vault, row)?;
    let Ok(receipts) =
        vault.record(&Unrecorded, vec![Shown(access(key.person()), Vec::new())]).await;
    let open = vault.open(vec![key].into_iter().zip(receipts).collect()).await?;
    let open = open.into_iter().next().context("one key for one receipt")??;
    let details = &row.details;
    let sealed = [
        &details.name,
        &details.birth_year,
        &details.gender,
        &details.document,
        &details.comorbidity,
    ];
    for (field, sealed) in FIELDS.iter().zip(sealed) {
        std::hint::black_box(open.open(*field, &Sealed::from_bytes(sealed.clone()))?);
    }
    Ok(())
}

/// The keyholder is asked for keys against accesses that it has never seen, by so many tasks at once.
pub(super) async fn unwrapped(
    platform: &Arc<Platform>,
    accounts: &[AccountId],
    tasks: usize,
    span: Duration,
) -> anyhow::Result<Measured> {
    let tasks = tasks.clamp(1, accounts.len());
    let some = platform.store().people_of(&accounts[..tasks]).await?;
    let begun = Instant::now();
    let mut running = Vec::with_capacity(tasks);
    for people in some {
        let row = people.into_iter().next().context("an account has nobody")?.beneficiary;
        let (platform, ctx) = (Arc::clone(platform), system());
        running.push(tokio::spawn(async move {
            let (vault, mut latencies) = (platform.vault(), Vec::new());
            let key = key_of(vault, &row)?;
            while begun.elapsed() < span {
                let shown = Shown(access(key.person()), evidence(&ctx, key.person())?);
                let Ok(receipts) = vault.record(&Unrecorded, vec![shown]).await;
                let asked = Instant::now();
                let open = vault.open(vec![Arc::clone(&key)].into_iter().zip(receipts).collect());
                ensure!(open.await?.len() == 1, "one key for one receipt");
                latencies.push(micros(asked));
            }
            Ok(latencies)
        }));
    }
    let mut latencies = Vec::new();
    for task in running {
        latencies.extend(task.await??);
    }
    Ok(Measured::of(latencies, begun.elapsed()))
}

/// Salt and entry of an access.
fn evidence(ctx: &Ctx, person: PersonId) -> anyhow::Result<Vec<u8>> {
    let entry = Entry {
        act: Act::Access,
        link: Some(ChainHead::next(person.0, None)),
        at: access(person).at,
        actor: Actor { role: ROLE.to_owned(), facility: None, account: Commitment(ctx.random()) },
        purpose: PURPOSE.to_owned(),
        fields: FIELDS.iter().map(|field| field.0.to_owned()).collect(),
    };
    Ok(Opening::new(Salt(ctx.random()), &entry)?.to_bytes())
}
