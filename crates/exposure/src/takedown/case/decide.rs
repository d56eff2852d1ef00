//! What people decide about a case, and that two of them did.

use std::{fs, io};

use ledger::note::{SigningKey, VerifierKey};

use super::{Case, CaseError};
use crate::{
    files,
    takedown::{
        order::{Kind, Order, OrderError, Release},
        stage::{OutOfOrder, Step},
        world::World,
    },
};

impl Case {
    /// Releases the order, signed by a second person.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if it is released already, or by the same person.
    pub fn release(&mut self, key: &impl SigningKey, world: &dyn World) -> Result<(), CaseError> {
        self.standing.then(Step::Released)?;
        let (order, _) = self.takedown()?;
        let signed = Release::of(&order, world.now()).sign(key)?;
        self.accept_takedown(signed.as_bytes(), world)
    }

    /// Orders that everything comes back, signed by a first person.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if that is ordered already.
    pub fn order_withdrawal(
        &mut self,
        reason: String,
        key: &impl SigningKey,
        world: &dyn World,
    ) -> Result<(), CaseError> {
        self.standing.then(Step::WithdrawalOrdered)?;
        let takedown = self.takedown()?.0;
        let order = Order { kind: Kind::Withdrawal, reason, at: world.now(), ..takedown };
        let signed = order.sign(key)?;
        let by = Order::open(signed.as_bytes(), &self.people)?.1;
        files::replace(&self.folder.join("withdrawal"), signed.as_bytes(), 0o644)?;
        let facts = vec![format!("reason: {}", order.reason)];
        self.record(Step::WithdrawalOrdered, ("first person", by.name()), facts, world)
    }

    /// Signs that a second person agrees to the withdrawal; [`crate::takedown::contain::withdraw`] then
    /// takes the rules back and records it.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if nobody ordered it, or the same person did.
    pub fn release_withdrawal(
        &mut self,
        key: &impl SigningKey,
        world: &dyn World,
    ) -> Result<(), CaseError> {
        self.standing.withdrawal_ordered()?;
        let (order, _) = self.withdrawal()?;
        let signed = Release::of(&order, world.now()).sign(key)?;
        self.accept_withdrawal(signed.as_bytes())
    }

    /// Takes what a second person signed elsewhere, with a key that never was on this machine: the
    /// release of whichever order waits for one.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if none waits, or it is not signed by a second person, or is of another order.
    pub fn accept_release(&mut self, signed: &[u8], world: &dyn World) -> Result<(), CaseError> {
        if self.standing.withdrawal_ordered().is_ok() {
            self.accept_withdrawal(signed)
        } else {
            self.accept_takedown(signed, world)
        }
    }

    fn accept_takedown(&mut self, signed: &[u8], world: &dyn World) -> Result<(), CaseError> {
        self.standing.then(Step::Released)?;
        let (order, by) = self.takedown()?;
        let (_, second) = Release::open(signed, &order, &by, &self.people)?;
        files::replace(&self.folder.join("release"), signed, 0o644)?;
        self.record(Step::Released, ("second person", second.name()), Vec::new(), world)
    }

    fn accept_withdrawal(&self, signed: &[u8]) -> Result<(), CaseError> {
        let (order, by) = self.withdrawal()?;
        Release::open(signed, &order, &by, &self.people)?;
        Ok(files::replace(&self.folder.join("withdrawal-release"), signed, 0o644)?)
    }

    /// Who agreed to the withdrawal; the rules are taken back for nobody else.
    pub(in crate::takedown) fn withdrawal_released_by(&self) -> Result<VerifierKey, CaseError> {
        let (order, by) = self.withdrawal()?;
        let signed = match fs::read(self.folder.join("withdrawal-release")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OutOfOrder::NotYet(Step::Withdrawn).into());
            }
            signed => signed?,
        };
        Ok(Release::open(&signed, &order, &by, &self.people)?.1)
    }

    /// What was recorded as released has to be signed by a second person.
    pub(super) fn check_releases(&self, order: &Order, by: &VerifierKey) -> Result<(), CaseError> {
        if self.standing.reached() >= Some(Step::Released) {
            let signed = fs::read(self.folder.join("release"))?;
            Release::open(&signed, order, by, &self.people)?;
        }
        if self.standing.withdrawal() == Some(Step::Withdrawn) {
            let (order, by) = self.withdrawal()?;
            let signed = fs::read(self.folder.join("withdrawal-release"))?;
            Release::open(&signed, &order, &by, &self.people)?;
        }
        Ok(())
    }

    fn takedown(&self) -> Result<(Order, VerifierKey), CaseError> {
        Ok(Order::open(&fs::read(self.folder.join("order"))?, &self.people)?)
    }

    fn withdrawal(&self) -> Result<(Order, VerifierKey), CaseError> {
        let (order, by) = Order::open(&fs::read(self.folder.join("withdrawal"))?, &self.people)?;
        let takedown = self.takedown()?.0;
        if order.takes_back(&takedown) { Ok((order, by)) } else { Err(OrderError::Changed.into()) }
    }
}
