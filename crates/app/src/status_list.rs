//! Where a credential says that its issuer tells whether it was withdrawn: an entry of a status list.
//!
//! One list serves the whole country until a home bucket has half of its places in it taken; then
//! that bucket goes on in the next. Which bit stands for which place is known with the vault's key
//! only. So neither the address of a list nor a bit of it tells who holds a credential, or that two
//! credentials are of one household.

use certs::status::Purpose;
use store::{CertificateRow, STATUS_SLOTS, StatusEntry, StatusUse, StatusWish};
use vault::Vault;

use crate::{Ctx, Error, Platform, Result};

/// What every bit of our lists means.
pub(crate) const PURPOSE: Purpose = Purpose::Revocation;

const NO_ADDRESS: Error = Error::Invalid(
    "credentials with a status are not issued here: the platform has no public https address",
);

/// Where a credential says that its status is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusPlace {
    /// The address of the list.
    pub address: String,
    /// Which bit of it.
    pub index: usize,
}

impl Platform {
    /// A new entry for one credential that is made of a certificate and of which nothing else is to
    /// be known: no other has it. A certificate has 32 of them.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the platform has no public address, where the list would be;
    /// [`Error::NotAllotted`] if the certificate was withdrawn, or has as many as it may have.
    pub async fn allot_status(
        &self,
        ctx: &Ctx,
        certificate: &CertificateRow,
    ) -> Result<StatusPlace> {
        self.status_place(ctx, certificate, StatusUse::Single).await
    }

    /// The entry of a certificate, the same each time: for forms that tell the certificate's id, so
    /// that asking again costs nothing.
    ///
    /// # Errors
    ///
    /// As [`Platform::allot_status`], but it is never too many.
    pub async fn kept_status(
        &self,
        ctx: &Ctx,
        certificate: &CertificateRow,
    ) -> Result<StatusPlace> {
        self.status_place(ctx, certificate, StatusUse::Kept).await
    }

    async fn status_place(
        &self,
        ctx: &Ctx,
        certificate: &CertificateRow,
        of_use: StatusUse,
    ) -> Result<StatusPlace> {
        let address = self.settings.public_address.as_deref().ok_or(NO_ADDRESS)?;
        let wish = StatusWish {
            beneficiary: certificate.beneficiary,
            certificate: certificate.id,
            of_use,
            random: u64::from_be_bytes(ctx.random()),
            at: ctx.now,
        };
        let entry = self.store.allot_status(&[wish]).await?.pop().ok_or(Error::NotFound)??;
        Ok(StatusPlace {
            address: list_address(address, entry.list),
            index: index_of(&self.vault, entry),
        })
    }
}

/// The address of a list.
pub(crate) fn list_address(public_address: &str, list: u32) -> String {
    format!("{public_address}/status/{list}")
}

/// Which bit of its list stands for an entry.
pub(crate) fn index_of(vault: &Vault, entry: StatusEntry) -> usize {
    // 65,536 buckets with 64 places each are the four million of a list.
    let place = u32::from(entry.bucket.0) * u32::from(STATUS_SLOTS) + u32::from(entry.slot);
    usize::try_from(vault.status_index(entry.list, place))
        .expect("an index below four million fits")
}

#[cfg(test)]
mod tests {
    use domain::id::HomeBucket;

    use super::*;

    #[test]
    fn the_places_of_all_buckets_fill_a_list() {
        let last = (u32::from(u16::MAX) + 1) * u32::from(STATUS_SLOTS);
        assert_eq!(last, Vault::STATUS_PLACES);
        let vault = Vault::from_root_key([1; 32]);
        let index = |bucket, list, slot| {
            index_of(&vault, StatusEntry { bucket: HomeBucket(bucket), list, slot })
        };
        let most = index(u16::MAX, 0, STATUS_SLOTS - 1);
        assert!(most < usize::try_from(Vault::STATUS_PLACES).unwrap());
        let some = [index(0, 0, 0), index(0, 0, 1), index(1, 0, 0), index(0, 1, 0), most];
        let distinct: std::collections::BTreeSet<_> = some.iter().collect();
        assert_eq!(distinct.len(), some.len(), "{some:?}");
    }
}
