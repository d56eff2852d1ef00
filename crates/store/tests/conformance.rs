//! What every store does, written once and run on each: every method, each of its outcomes.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "conformance/appointments.rs"]
mod appointments;
#[path = "conformance/care.rs"]
mod care;
#[path = "conformance/doses.rs"]
mod doses;
#[path = "conformance/fixture.rs"]
mod fixture;
#[path = "conformance/people.rs"]
mod people;
#[path = "conformance/sign_in.rs"]
mod sign_in;

use std::sync::Arc;

use store::{
    Store,
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};

/// A fresh embedded store.
async fn embedded() -> Option<Arc<dyn Store>> {
    // The folder goes with the test program.
    let folder = tempfile::tempdir().unwrap().keep();
    Some(Arc::new(Sqlite::open(&folder.join("teeka.sqlite")).unwrap()))
}

/// A fresh database on one PostgreSQL server.
async fn postgres() -> Option<Arc<dyn Store>> {
    let url = testkit::postgres::new_database()?;
    Some(Arc::new(Postgres::open(&url, Some(Topology::Single)).await.unwrap()))
}

/// The same, with each step in a transaction of its own that writes under one key only.
async fn sharded() -> Option<Arc<dyn Store>> {
    Some(Arc::new(testkit::postgres::new_sharded().await?.1))
}

/// Runs each part on a fresh store of each kind.
macro_rules! on_every_store {
    ($($part:ident :: $name:ident $(($other:ident))?),+ $(,)?) => {
        on_store!(embedded: $($part::$name $(($other))?),+);
        on_store!(postgres: $($part::$name $(($other))?),+);
        on_store!(sharded: $($part::$name $(($other))?),+);
    };
}

macro_rules! on_store {
    ($kind:ident: $($part:ident :: $name:ident $(($other:ident))?),+) => {
        mod $kind {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let Some(store) = super::$kind().await else { return };
                    $(let Some($other) = super::$kind().await else { return };)?
                    super::$part::$name(&store $(, &$other)?).await;
                    let audit = store.audit().await.unwrap();
                    assert!(audit.holds() && audit.in_motion == 0, "{audit:?}");
                    store.close().await;
                }
            )+
        }
    };
}

on_every_store!(
    care::a_copy_is_whole(empty),
    care::expired_things_are_swept,
    care::messages_are_leased_once_and_retried,
    care::places_rules_and_counts_are_kept,
    people::people_are_enrolled_within_their_limits,
    people::a_repeated_enrolment_is_known_by_its_key,
    people::all_or_none_are_enrolled,
    people::details_change_until_the_first_dose,
    people::a_person_goes_when_nothing_holds_them,
    appointments::seats_are_given_to_all_of_a_group_or_none,
    appointments::a_repeated_request_has_the_same_answer,
    appointments::an_appointment_moves_and_its_old_seat_is_free,
    appointments::a_cancelled_seat_is_free_and_cancelling_twice_is_harmless,
    appointments::sessions_change_within_their_bounds,
    appointments::many_at_once_never_oversell,
    doses::a_dose_is_recorded_once_in_its_place,
    doses::a_dose_elsewhere_gives_the_seat_back,
    doses::a_dose_is_undone_within_the_hour,
    doses::an_adverse_event_needs_a_dose,
    sign_in::a_code_is_single_use_and_a_resend_does_not_void_it,
    sign_in::a_code_dies_of_age_and_of_wrong_tries,
    sign_in::counters_count_by_span,
    sign_in::staff_are_found_by_mobile,
);
