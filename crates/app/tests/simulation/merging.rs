//! The operation of somebody who is registered twice, and what must be true of the one record after.

use std::collections::BTreeSet;

use app::{Error, error_kinds::NotMergeable, merge::other::Other};
use domain::id::BeneficiaryId;
use store::NotMerged;

use super::Play;

impl Play {
    /// Somebody turns out to be registered twice. The certificates of both are withdrawn, and the
    /// appointments of the past stay where they are.
    pub(crate) async fn merge(&mut self, number: usize) -> &'static str {
        let vaccinated: Vec<_> =
            self.told.people.iter().filter(|one| self.told.doses.contains_key(&one.1)).collect();
        if vaccinated.len() < 2 {
            return "nobody to merge";
        }
        let one = vaccinated[self.below(vaccinated.len())].clone();
        let other = vaccinated[self.below(vaccinated.len())].clone();
        let (stays, goes) = (one.1, other.1);
        let platform = &self.world.platform;
        let code = self.told.booked.get(&goes).and_then(|booked| booked.values().next());
        let code = code.map_or_else(String::new, |booked| platform.security_code(*booked));
        let reference = platform.reference(goes).to_string();
        let shown = if one.0 == other.0 {
            Other::Mine(goes)
        } else {
            Other::Shown { reference: &reference, code: &code }
        };
        let (ctx, key) = (self.world.resident(&one.0), format!("merge {number}"));
        let merged = platform.merge_mine(&ctx, stays, &shown, Some(&key)).await;
        let again = platform.merge_mine(&ctx, stays, &shown, Some(&key)).await;
        match (&merged, &again) {
            (Ok(()), Ok(())) => {}
            (Err(first), Err(again)) => assert_eq!(first.to_string(), again.to_string()),
            _ => panic!("a repeated request was answered otherwise: {merged:?} {again:?}"),
        }
        match merged {
            Ok(()) => self.told_of_merge(stays, goes).await,
            Err(Error::NotMerged(NotMerged::Booked)) => "merge: booked",
            Err(Error::NotMergeable(NotMergeable::SameRecord)) => "merge: itself",
            Err(Error::NotMergeable(NotMergeable::Undoable { .. })) => "merge: undoable",
            Err(Error::NotMergeable(_)) => "merge: no series",
            Err(Error::WrongPresence) if code.is_empty() => "merge: no code",
            Err(other) => panic!("{other}"),
        }
    }

    /// Doses of both are there once each, and a dose that both had is there once.
    async fn told_of_merge(&mut self, stays: BeneficiaryId, goes: BeneficiaryId) -> &'static str {
        let theirs = self.told.doses.remove(&goes).unwrap();
        let own = &self.told.doses[&stays];
        let record = self.world.platform.store().person(stays).await.unwrap().unwrap();
        let held: Vec<_> = record.doses.iter().map(|dose| dose.id).collect();
        let known: BTreeSet<_> = own.values().chain(theirs.values()).copied().collect();
        assert!(own.values().all(|dose| held.contains(dose)), "its own doses stay");
        assert!(held.iter().all(|dose| known.contains(dose)), "no dose comes from nowhere");
        let missing = theirs.values().filter(|dose| !held.contains(dose)).count();
        let series = (1..).zip(held).collect();
        self.told.doses.insert(stays, series);
        self.told.people.retain(|(_, id)| *id != goes);
        self.told.gone.insert(goes, stays);
        if missing == 0 { "merged" } else { "merged, with a dose in common" }
    }
}
