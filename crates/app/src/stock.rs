//! Vial-doses: what a facility received, and that each dose takes one of them, if the operator keeps
//! stock. So no more certificates can be made than doses were delivered.

use domain::{dose::Dose, id::FacilityId};
use store::{StockRow, StockUse};

use crate::{Ctx, Error, Platform, Result, access::Permission};

/// The most vial-doses of one delivery.
const MOST: u32 = 1_000_000;

impl Platform {
    /// Adds vial-doses that a facility received.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor manages the facility; [`Error::Invalid`] for a vaccine
    /// that is not of the programme, a lot that is missing, or a count that is none.
    pub async fn receive_stock(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        (vaccine, lot): (&str, &str),
        doses: u32,
    ) -> Result<()> {
        let held = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::ReceiveStock, &held)?;
        let programme = self.programme();
        let vaccine = programme.vaccine(vaccine).ok_or(UNKNOWN_VACCINE)?.name.to_ascii_uppercase();
        let lot = lot.trim();
        if lot.is_empty() || lot.chars().count() > 40 || lot.chars().any(char::is_control) {
            return Err(Error::Invalid("lot must be 1 to 40 characters"));
        }
        if !(1..=MOST).contains(&doses) {
            return Err(Error::Invalid("doses must be a whole number from 1 to 1,000,000"));
        }
        let lot = lot.to_owned();
        let row = StockRow { facility, vaccine, lot, received: doses, given: 0 };
        Ok(self.store.receive_stock(&row).await?)
    }

    /// The stock of a facility, in order of vaccine and lot.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor sees the facility's lists.
    pub async fn stock(&self, ctx: &Ctx, facility: FacilityId) -> Result<Vec<StockRow>> {
        let held = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::SeeDayList, &held)
            .or_else(|_| ctx.allow_at(Permission::ReceiveStock, &held))?;
        Ok(self.store.stock(facility).await?)
    }

    /// Takes a vial-dose for a dose that is about to be recorded.
    pub(crate) async fn take_vial_dose(&self, dose: &Dose) -> Result<()> {
        if !self.settings.keeps_stock || self.store.take_stock(&StockUse::of(dose)).await? {
            return Ok(());
        }
        Err(Error::NoStock)
    }

    /// Gives it back, as the dose was not recorded: that is known, and not only not heard of.
    pub(crate) async fn return_vial_dose(&self, dose: &Dose) -> Result<()> {
        if self.settings.keeps_stock {
            self.store.return_stock(&StockUse::of(dose)).await?;
        }
        Ok(())
    }
}

const UNKNOWN_VACCINE: Error = Error::Invalid("vaccine must be one of the programme's");
