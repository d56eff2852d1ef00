//! Stores that are made for a measurement or a trial on an operator's server, and dropped again: each
//! in a schema of its own, so that nothing else there is touched.

use std::time::{Duration, Instant};

use tokio_postgres::Config;
use uuid::Uuid;

use super::{Postgres, link::Failure, tls};
use crate::StoreResult;

/// A schema of one's own in a database.
pub struct Scratch {
    server: Config,
    name: String,
}

impl Scratch {
    /// Makes an empty schema in the database that a URL names.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`] if the server is away or the role may not make schemas.
    pub async fn create(url: &str) -> StoreResult<Self> {
        let server = tls::config(url)?;
        let name = format!("teeka_scratch_{}", Uuid::now_v7().simple());
        run(&server, &format!("CREATE SCHEMA {name}")).await?;
        Ok(Self { server, name })
    }

    /// One that another process made, by its name.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`] if the URL cannot be read.
    pub fn named(url: &str, name: &str) -> StoreResult<Self> {
        Ok(Self { server: tls::config(url)?, name: name.to_owned() })
    }

    /// The schema's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens it as a store, sharded if the server has Citus.
    ///
    /// # Errors
    ///
    /// As [`Postgres::open`].
    pub async fn open(&self) -> StoreResult<Postgres> {
        Postgres::open_config(self.config(), None, true).await
    }

    fn config(&self) -> Config {
        let mut config = self.server.clone();
        let options = config.get_options().unwrap_or_default().to_owned();
        // The extensions of the database stay within reach.
        config.options(format!("{options} -c search_path={},public", self.name));
        config
    }

    /// Rows of a person's size that this server keeps in a second, 256 a commit, each commit
    /// durable: what every other figure of this engine is measured against.
    ///
    /// # Errors
    ///
    /// If the server refuses.
    pub async fn raw_inserts(&self, span: Duration) -> StoreResult<f64> {
        const INSERT: &str = "
            INSERT INTO raw (id, body)
            SELECT given.* FROM unnest($1::bigint[], $2::bytea[]) AS given";
        let client = tls::connect(&self.config()).await?;
        let table = "CREATE TABLE raw (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)";
        client.batch_execute(table).await.map_err(Failure::from)?;
        let insert = client.prepare(INSERT).await.map_err(Failure::from)?;
        let bodies = vec![vec![7_u8; 420]; 256];
        let (begun, mut rows) = (Instant::now(), 0_i32);
        while begun.elapsed() < span {
            let ids: Vec<i64> = (rows..rows + 256).map(i64::from).collect();
            client.execute(&insert, &[&ids, &bodies]).await.map_err(Failure::from)?;
            rows += 256;
        }
        let rate = f64::from(rows) / begun.elapsed().as_secs_f64();
        client.batch_execute("DROP TABLE raw").await.map_err(Failure::from)?;
        Ok(rate)
    }

    /// Drops the schema and everything in it.
    ///
    /// # Errors
    ///
    /// If the server refuses.
    pub async fn drop_all(self) -> StoreResult<()> {
        run(&self.server, &format!("DROP SCHEMA {} CASCADE", self.name)).await
    }
}

async fn run(server: &Config, sql: &str) -> StoreResult<()> {
    let client = tls::connect(server).await?;
    Ok(client.batch_execute(sql).await.map_err(Failure::from)?)
}
