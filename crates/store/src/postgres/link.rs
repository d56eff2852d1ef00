//! Connections, transactions, and when to try again.

use std::{
    error::Error,
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use deadpool_postgres::{Object, Pool, PoolError, Transaction};
use tokio::time::Instant;
use tokio_postgres::{Row, error::SqlState, types::ToSql};

use super::{
    statement::{Kind, Statement},
    tls,
};
use crate::{StoreError, StoreResult};

/// How long a request may try again.
const DEADLINE: Duration = Duration::from_secs(3);
/// How long an import, a migration or a restore may try again.
const LONG_DEADLINE: Duration = Duration::from_mins(5);
/// How often an aborted step is run again.
const MAX_TRIES: u32 = 5;
/// Connections of one process.
const CONNECTIONS: usize = 16;
/// No statement, lock or forgotten transaction lasts longer. Recovery waits far longer than these.
const LIMITS: &str = "-c statement_timeout=5s -c lock_timeout=2s \
    -c idle_in_transaction_session_timeout=10s";
/// For what an operator waits for: as long as it takes, but not for a lock that nobody gives back.
pub(super) const LONG_LIMITS: &str =
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'";

/// How the steps of a write go down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One server: all steps in one transaction.
    Single,
    /// Shards: each step in a transaction of its own, completed by recovery.
    Sharded,
}

/// A database.
pub(super) struct Db {
    pool: Pool,
    pub(super) topology: Topology,
    fenced: bool,
}

impl Db {
    /// Connects to a server; with no topology given, [`Topology::Sharded`] if it has Citus.
    pub(super) async fn connect(
        mut config: tokio_postgres::Config,
        topology: Option<Topology>,
        fenced: bool,
    ) -> StoreResult<Self> {
        let options = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{options} {LIMITS}"));
        config.application_name("teeka");
        config.connect_timeout(DEADLINE);
        let pool = Pool::builder(tls::manager(config)?)
            .max_size(CONNECTIONS)
            .build()
            .map_err(|_| StoreError::broken("the pool of connections"))?;
        let mut db = Self { pool, topology: Topology::Single, fenced };
        db.topology = match topology {
            Some(topology) => topology,
            None if db.has_citus().await? => Topology::Sharded,
            None => Topology::Single,
        };
        Ok(db)
    }

    /// Whether the server shards tables by key.
    pub(super) async fn has_citus(&self) -> StoreResult<bool> {
        let client = self.client().await?;
        let rows = client.query("SELECT 1 FROM pg_extension WHERE extname = 'citus'", &[]).await;
        Ok(!rows.map_err(Failure::from)?.is_empty())
    }

    /// A connection.
    pub(super) async fn client(&self) -> Attempt<Object> {
        match tokio::time::timeout(DEADLINE, self.pool.get()).await {
            Ok(client) => Ok(client?),
            Err(_) => Err(Failure::Away(StoreError::unavailable("no connection is free"))),
        }
    }

    /// Closes all connections.
    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// Why an attempt failed, by what may be done about it.
///
/// # Source
///
/// PostgreSQL, Appendix A, "Error Codes".
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing of it was kept: run the step again.
    Aborted(StoreError),
    /// Nobody knows whether it was kept: run the step again, with the same ids.
    Unknown(StoreError),
    /// The server is overloaded or changing hands: wait.
    Away(StoreError),
    /// It will not help to try again.
    Final(StoreError),
}

/// What an attempt gives.
pub(super) type Attempt<T> = Result<T, Failure>;

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let io = error.source().is_some_and(<dyn Error>::is::<std::io::Error>);
            return if error.is_closed() || io {
                Self::Unknown(StoreError::unavailable("the connection was lost"))
            } else {
                Self::Final(StoreError::broken("the driver refused a value"))
            };
        };
        // Codes and names only: a message can hold values of a row.
        let code = db.code();
        let text = match db.constraint() {
            Some(constraint) => format!("PostgreSQL {} ({constraint})", code.code()),
            None => format!("PostgreSQL {}", code.code()),
        };
        match code.code() {
            // A unique key, or the name of a table, that another transaction was quicker to take:
            // look again.
            "40001" | "40P01" | "55P03" | "57014" | "25P03" | "23505" | "42710" | "42P07" => {
                Self::Aborted(StoreError::unavailable(text))
            }
            "53300" | "25006" => Self::Away(StoreError::unavailable(text)),
            other if other.starts_with("08") || other.starts_with("57P") => {
                Self::Unknown(StoreError::unavailable(text))
            }
            _ if *code == SqlState::DISK_FULL => Self::Away(StoreError::unavailable(text)),
            _ => Self::Final(StoreError::broken(text)),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => match Self::from(error) {
                // Nothing was asked yet.
                Self::Unknown(why) => Self::Away(why),
                other => other,
            },
            PoolError::Closed => Self::Final(StoreError::stopped()),
            _ => Self::Away(StoreError::unavailable("no connection is free")),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Aborted(error)
            | Failure::Unknown(error)
            | Failure::Away(error)
            | Failure::Final(error) => error,
        }
    }
}

/// Decides whether a step is run again: the only place that does.
pub(super) struct Tries {
    until: Instant,
    count: u32,
    /// Whether every attempt had a definite end. Without it, an answer may not undo anything.
    pub(super) definite: bool,
}

impl Tries {
    pub(super) fn new() -> Self {
        Self::within(DEADLINE)
    }

    /// For what takes long by itself.
    pub(super) fn long() -> Self {
        Self::within(LONG_DEADLINE)
    }

    fn within(deadline: Duration) -> Self {
        Self { until: Instant::now() + deadline, count: 0, definite: true }
    }

    /// The result, if it is one; otherwise waits a moment, and the step is to be run again.
    pub(super) async fn judge<T>(&mut self, attempt: Attempt<T>) -> Option<StoreResult<T>> {
        let error = match attempt {
            Ok(value) => return Some(Ok(value)),
            Err(Failure::Final(error)) => return Some(Err(error)),
            Err(Failure::Unknown(error)) => {
                self.definite = false;
                error
            }
            Err(Failure::Aborted(error) | Failure::Away(error)) => error,
        };
        self.count += 1;
        // Full jitter, so that those who met do not meet again.
        let most = Duration::from_millis(10) * 2_u32.pow(self.count.min(6));
        let random = RandomState::new().build_hasher().finish() % 1_000;
        let pause = most * u32::try_from(random).unwrap_or(0) / 1_000;
        if self.count >= MAX_TRIES || Instant::now() + pause > self.until {
            return Some(Err(error));
        }
        tokio::time::sleep(pause).await;
        None
    }
}

/// Runs a body in a transaction, again where that helps; gives its result, and whether every
/// attempt had a definite end. The body may use `?` on an [`Attempt`] and must borrow only.
macro_rules! attempted {
    ($db:expr, $tx:ident => $body:expr) => {
        $crate::postgres::link::attempted!(
            $db, $crate::postgres::link::Tries::new(), $tx => $body
        )
    };
    ($db:expr, $tries:expr, $tx:ident => $body:expr) => {{
        let mut tries = $tries;
        loop {
            let attempt = async {
                let mut client = $db.client().await?;
                let $tx = client.transaction().await?;
                let value = $body;
                $tx.commit().await?;
                Ok::<_, $crate::postgres::link::Failure>(value)
            };
            let attempt = attempt.await;
            if let Some(result) = tries.judge(attempt).await {
                break (result, tries.definite);
            }
        }
    }};
}
pub(super) use attempted;

/// Runs a body in a transaction, again where that helps.
macro_rules! transaction {
    ($db:expr, $tx:ident => $body:expr) => {
        $crate::postgres::link::attempted!($db, $tx => $body).0
    };
}
pub(super) use transaction;

/// The same for what an operator waits for, which no statement's time limit cuts short.
macro_rules! long_transaction {
    ($db:expr, $tx:ident => $body:expr) => {
        $crate::postgres::link::attempted!($db, $crate::postgres::link::Tries::long(), $tx => {
            $tx.batch_execute($crate::postgres::link::LONG_LIMITS).await?;
            $body
        })
        .0
    };
}
pub(super) use long_transaction;

/// How the steps of one write go down.
#[derive(Clone, Copy)]
pub(super) enum Steps<'t> {
    /// All in this transaction.
    Whole(&'t Transaction<'t>),
    /// Each in its own.
    Each(&'t Db),
}

impl Steps<'_> {
    /// Whether what comes late is fenced off; see [`super::Options`].
    pub(super) const fn fenced(self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Each(db) => db.fenced,
        }
    }

    /// Whether others may see what lies between two steps.
    pub(super) const fn each(self) -> bool {
        matches!(self, Self::Each(_))
    }
}

/// Runs a step on what belongs to one key: `step!(steps, Home(bucket), home => body)`.
macro_rules! step {
    ($steps:expr, $view:ident($key:expr), $name:ident => $body:expr) => {
        match $steps {
            $crate::postgres::link::Steps::Whole(tx) => {
                let $name = $view::within($crate::postgres::link::Link::Within(tx), $key);
                $body
            }
            $crate::postgres::link::Steps::Each(db) => {
                $crate::postgres::link::transaction!(db, tx => {
                    let $name = $view::within($crate::postgres::link::Link::Within(&tx), $key);
                    $body
                })?
            }
        }
    };
}
pub(super) use step;

/// Where statements run.
#[derive(Clone, Copy)]
pub(super) enum Link<'t> {
    /// By themselves.
    Pooled(&'t Object),
    /// In a transaction.
    Within(&'t Transaction<'t>),
}

/// Values of a statement.
pub(super) type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

impl Link<'_> {
    pub(super) async fn rows(
        &self,
        statement: &Statement,
        values: Values<'_>,
    ) -> Attempt<Vec<Row>> {
        Ok(match self {
            Self::Pooled(client) => {
                let prepared = client.prepare_cached(statement.sql).await?;
                client.query(&prepared, values).await?
            }
            Self::Within(tx) => {
                let prepared = tx.prepare_cached(statement.sql).await?;
                tx.query(&prepared, values).await?
            }
        })
    }

    pub(super) async fn execute(&self, statement: &Statement, values: Values<'_>) -> Attempt<u64> {
        Ok(match self {
            Self::Pooled(client) => {
                let prepared = client.prepare_cached(statement.sql).await?;
                client.execute(&prepared, values).await?
            }
            Self::Within(tx) => {
                let prepared = tx.prepare_cached(statement.sql).await?;
                tx.execute(&prepared, values).await?
            }
        })
    }
}

macro_rules! define_view {
    ($(#[$doc:meta])* $name:ident, $key:ty, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name<'t> {
            link: Link<'t>,
            key: $key,
        }

        impl<'t> $name<'t> {
            pub(super) const fn within(link: Link<'t>, key: $key) -> Self {
                Self { link, key }
            }

            /// Rows of a statement whose first parameter is the key.
            pub(super) async fn rows(
                &self,
                statement: &Statement,
                values: Values<'_>,
            ) -> Attempt<Vec<Row>> {
                debug_assert_eq!(statement.kind, Kind::$kind, "{}", statement.name);
                let mut all: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(values.len() + 1);
                all.push(&self.key);
                all.extend_from_slice(values);
                self.link.rows(statement, &all).await
            }

            /// How many rows a statement changed.
            pub(super) async fn execute(
                &self,
                statement: &Statement,
                values: Values<'_>,
            ) -> Attempt<u64> {
                debug_assert_eq!(statement.kind, Kind::$kind, "{}", statement.name);
                let mut all: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(values.len() + 1);
                all.push(&self.key);
                all.extend_from_slice(values);
                self.link.execute(statement, &all).await
            }
        }
    };
}

define_view!(
    /// What belongs to the people of one home bucket, and nothing else.
    Home, i32, Home
);
define_view!(
    /// What belongs to one facility, and nothing else.
    Place, i64, Facility
);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_aborted_step_is_run_again_a_few_times() {
        let aborted = || Err::<(), _>(Failure::Aborted(StoreError::unavailable("40P01")));
        let mut tries = Tries::new();
        let mut runs = 1;
        while tries.judge(aborted()).await.is_none() {
            runs += 1;
        }
        assert_eq!((runs, tries.definite), (MAX_TRIES, true));
        let mut tries = Tries::new();
        assert!(tries.judge(Err::<(), _>(Failure::Final(StoreError::broken("")))).await.is_some());
        let lost = || Err::<(), _>(Failure::Unknown(StoreError::unavailable("08006")));
        assert!(tries.judge(lost()).await.is_none() && !tries.definite);
    }
}
