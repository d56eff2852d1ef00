//! Places, messages, what expires, and copies.

use std::{path::Path, sync::Arc};

use domain::{
    id::{DistrictId, StateId},
    place::{District, Pincode, Position, PostalPlace, State},
};

use super::fixture::{DAY, at, booking, country, dose, message, person, seat};
use crate::{Bump, RulesFile, Settled, Store, Tally, key_copy};

pub(super) async fn places_rules_and_counts_are_kept(store: &Arc<dyn Store>) {
    let state = State {
        id: StateId(21), name: "Maharashtra".into(), name_hi: "महाराष्ट्र".into()
    };
    let district = District {
        id: DistrictId(391),
        state: StateId(21),
        name: "Ahmednagar".into(),
        name_hi: String::new(),
        lgd_code: Some(466),
    };
    let (states, districts) = (vec![state], vec![district]);
    store.put_places(&states, &districts).await.unwrap();
    store.put_places(&states, &districts).await.unwrap();
    assert_eq!(store.places().await.unwrap(), (states, districts));
    let office = PostalPlace {
        pincode: Pincode(414_001),
        name: "Ahmednagar HO".into(),
        district: None,
        position: Position::in_country(19.09, 74.74),
    };
    let known = PostalPlace { district: Some(DistrictId(391)), ..office.clone() };
    store.put_postal_places(std::slice::from_ref(&office)).await.unwrap();
    store.put_postal_places(std::slice::from_ref(&known)).await.unwrap();
    assert_eq!(store.postal_places().await.unwrap(), [known]);
    assert_eq!(store.latest_rules().await.unwrap(), None);
    let rules = |version: &str, seconds| RulesFile {
        version: version.into(),
        text: format!("text of {version}"),
        put_at: at(seconds),
    };
    for kept in [rules("1", 1), rules("2", 2), rules("1", 9)] {
        store.put_rules(&kept).await.unwrap();
    }
    assert_eq!(store.latest_rules().await.unwrap(), Some(rules("2", 2)));
    let tally = |count| Tally { facility: -1, on: DAY, measure: "registered".into(), count };
    store.add_tallies(&[tally(2), tally(3)]).await.unwrap();
    assert_eq!(store.tallies_since(DAY).await.unwrap(), [tally(5)]);
    assert_eq!(store.tallies_since(DAY.tomorrow().unwrap()).await.unwrap(), []);
    store.check().await.unwrap();
}

pub(super) async fn messages_are_leased_once_and_retried(store: &Arc<dyn Store>) {
    store.put_messages(&[message(1), message(2), message(1)]).await.unwrap();
    let lease = async |now, until, limit| {
        let mut leased = store.lease_messages(at(now), at(until), limit).await.unwrap();
        leased.sort_by_key(|message| message.id);
        leased
    };
    assert_eq!(lease(0, 60, 1).await.len(), 1);
    assert_eq!(lease(0, 60, 9).await.len(), 1);
    assert!(lease(0, 60, 9).await.is_empty());
    // Who leased them crashed: they come again, and say so.
    let again = lease(60, 120, 9).await;
    assert_eq!(again.iter().map(|message| message.tries).collect::<Vec<_>>(), [2, 2]);
    assert_eq!((&again[0].sealed, again[0].at), (&message(1).sealed, at(0)));
    let settled = |place: usize, retry_at| Settled {
        id: again[place].id,
        bucket: again[place].bucket,
        retry_at,
    };
    store.settle_messages(&[settled(0, None), settled(1, Some(at(70)))]).await.unwrap();
    assert!(lease(69, 120, 9).await.is_empty());
    assert_eq!(lease(70, 120, 9).await[0].id, message(2).id);
    assert!(lease(9_999, 9_999, 0).await.is_empty());
}

pub(super) async fn expired_things_are_swept(store: &Arc<dyn Store>) {
    let bump = |by| Bump { key: [1; 32], window: at(0), by, expires_at: at(100) };
    store.bump(&[bump(4)]).await.unwrap();
    store.sweep(at(100)).await.unwrap();
    assert_eq!(store.bump(&[bump(0)]).await.unwrap(), [4]);
    store.sweep(at(101)).await.unwrap();
    assert_eq!(store.bump(&[bump(0)]).await.unwrap(), [0]);
}

pub(super) async fn a_copy_is_whole(store: &Arc<dyn Store>, empty: &Arc<dyn Store>, folder: &Path) {
    country(store, 5).await;
    store.book(&[booking(1, 1, &[1], seat(1, 1, 0, 0))]).await.unwrap();
    store.record_doses(&[dose(1, person(1, 2), 1, 1)]).await.unwrap();
    store.backup(folder).await.unwrap();
    empty.restore(folder).await.unwrap();
    // Without wrapped keys nobody in it opens; with those of later, who was erased since is gone.
    let bare = empty.person(person(1, 2)).await.unwrap().unwrap();
    assert!(bare.beneficiary.wrapped_key.is_empty());
    key_copy::write(&**store, folder).await.unwrap();
    let read = key_copy::read(&**empty, folder).await.unwrap();
    assert_eq!((read.given, read.gone), (store.key_count().await.unwrap(), 0));
    let (copied, held) = (empty.audit().await.unwrap(), store.audit().await.unwrap());
    assert_eq!(copied, held);
    assert_eq!((copied.people, copied.doses, copied.booked), (4, 1, 1));
    let (before, after) = (
        store.person(person(1, 2)).await.unwrap().unwrap(),
        empty.person(person(1, 2)).await.unwrap().unwrap(),
    );
    assert_eq!((before.beneficiary, before.doses), (after.beneficiary, after.doses));
}
