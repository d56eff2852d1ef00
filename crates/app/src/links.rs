//! Links to what a resident may download: each names one thing of one person for one account and
//! ends after a while, so that an address that stays behind in a history or a log opens nothing,
//! not even for whoever is still signed in.

use domain::id::BeneficiaryId;
use jiff::{SignedDuration, Timestamp};
use vault::Purpose;

use crate::{Actor, Ctx, Error, Platform, Result};

/// How long a link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Download {
    /// The certificate as PDF, in any language and variant.
    Certificate,
    /// The SMART Health Card.
    HealthCard,
    /// The WHO's certificate, as text or picture.
    Icvp,
    /// The W3C's credential.
    Credential,
    /// The certificate in Co-WIN's form, as archive or picture.
    Cowin,
}

impl Download {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Certificate => b"certificate",
            Self::HealthCard => b"health card",
            Self::Icvp => b"icvp",
            Self::Credential => b"credential",
            Self::Cowin => b"cowin",
        }
    }
}

/// Why a link opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    /// It was good for its account, person and thing, and is too old.
    #[error("the link has expired")]
    Expired,
    /// It is of another account, person or thing, or of nobody here.
    #[error("this is no link of this account to this")]
    Wrong,
}

impl Platform {
    /// A link for the resident who asks.
    ///
    /// # Shape
    ///
    /// The second at which it ends, in decimal, a full stop, and 64 hex digits: a MAC over the
    /// account, the person, the thing and that second. Nothing in it tells who is meant.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] unless a resident asks.
    pub fn make_link(&self, ctx: &Ctx, person: BeneficiaryId, what: Download) -> Result<String> {
        let until = ctx.now.saturating_add(LINK_LIFE).unwrap_or(ctx.now).as_second();
        let parts = parts(ctx, person, what, until).ok_or(Error::Unauthenticated)?;
        let mac = self.vault.mac(Purpose::Link, &parts.each_ref().map(Vec::as_slice));
        Ok(format!("{until}.{}", hex::encode(mac)))
    }

    /// Whether a link still opens something for the resident who asks.
    ///
    /// # Errors
    ///
    /// [`BadLink::Expired`] if it did once, [`BadLink::Wrong`] if it never did.
    pub fn check_link(
        &self,
        ctx: &Ctx,
        person: BeneficiaryId,
        what: Download,
        link: &str,
    ) -> std::result::Result<(), BadLink> {
        let (until, mac) = link.split_once('.').ok_or(BadLink::Wrong)?;
        let until: i64 = until.parse().map_err(|_| BadLink::Wrong)?;
        let mac = hex::decode(mac).map_err(|_| BadLink::Wrong)?;
        let parts = parts(ctx, person, what, until).ok_or(BadLink::Wrong)?;
        if !self.vault.mac_matches(Purpose::Link, &parts.each_ref().map(Vec::as_slice), &mac) {
            return Err(BadLink::Wrong);
        }
        let open = Timestamp::from_second(until).is_ok_and(|until| ctx.now < until);
        if open { Ok(()) } else { Err(BadLink::Expired) }
    }
}

fn parts(ctx: &Ctx, person: BeneficiaryId, what: Download, until: i64) -> Option<[Vec<u8>; 4]> {
    let Actor::Resident { account } = &ctx.actor else {
        return None;
    };
    Some([
        account.uuid.as_bytes().to_vec(),
        person.number().to_be_bytes().to_vec(),
        what.name().to_vec(),
        until.to_be_bytes().to_vec(),
    ])
}
