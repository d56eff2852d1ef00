//! Databases that are made for a measurement or a trial, and dropped again.

use std::time::{Duration, Instant};

use tokio_postgres::Config;
use uuid::Uuid;

use super::{Postgres, link::Failure, tls};
use crate::StoreResult;

/// A database of one's own on a server.
pub struct Scratch {
    server: Config,
    name: String,
}

impl Scratch {
    /// Makes an empty database on the server that a URL names.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`] if the server is away or the role may not make databases.
    pub async fn create(url: &str) -> StoreResult<Self> {
        let server = tls::config(url)?;
        let name = format!("teeka_scratch_{}", Uuid::now_v7().simple());
        run(&server, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self { server, name })
    }

    /// Opens the database as a store.
    ///
    /// # Errors
    ///
    /// As [`Postgres::open`].
    pub async fn open(&self) -> StoreResult<Postgres> {
        Postgres::open_config(self.config(), None, true).await
    }

    fn config(&self) -> Config {
        let mut config = self.server.clone();
        config.dbname(&self.name);
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

    /// Drops the database.
    ///
    /// # Errors
    ///
    /// If the server refuses.
    pub async fn drop_database(self) -> StoreResult<()> {
        run(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }
}

async fn run(server: &Config, sql: &str) -> StoreResult<()> {
    let client = tls::connect(server).await?;
    Ok(client.batch_execute(sql).await.map_err(Failure::from)?)
}
