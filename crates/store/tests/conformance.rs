//! What every store does, on each store: the embedded one, one PostgreSQL server, and the same with
//! each step in a transaction of its own that writes under one key only.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::sync::Arc;

use store::{
    Store,
    conformance::{Ground, PARTS},
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};

/// Runs every part on fresh stores. The name of a part that fails is the last that is printed.
macro_rules! on_every_store {
    ($($kind:ident),+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $kind() {
            for part in PARTS {
                println!("{}", part.name);
                let folder = tempfile::tempdir().unwrap();
                let Some(store) = new::$kind().await else { return };
                let empty = if part.copies { new::$kind().await } else { None };
                let ground = Ground { store, empty, folder: folder.path().to_owned() };
                part.run(&ground).await;
                ground.store.close().await;
            }
        }
    )+};
}

on_every_store!(embedded, postgres, sharded);

mod new {
    use super::*;

    pub(super) async fn embedded() -> Option<Arc<dyn Store>> {
        // The folder goes with the test program.
        let folder = tempfile::tempdir().unwrap().keep();
        Some(Arc::new(Sqlite::open(&folder.join("teeka.sqlite")).unwrap()))
    }

    pub(super) async fn postgres() -> Option<Arc<dyn Store>> {
        let url = testkit::postgres::new_database()?;
        Some(Arc::new(Postgres::open(&url, Some(Topology::Single)).await.unwrap()))
    }

    pub(super) async fn sharded() -> Option<Arc<dyn Store>> {
        Some(Arc::new(testkit::postgres::new_sharded().await?.1))
    }
}
