//! Messages to people: what they say, and how they wait in the outbox, sealed.

use domain::id::AccountId;
use serde::{Deserialize, Serialize};
use store::Message;
use uuid::Uuid;
use vault::Secret;

use crate::{Ctx, Error, Platform, Result, error::BrokenCause, view::MESSAGE};

/// What waits in the outbox, before it is sealed.
#[derive(Serialize, Deserialize)]
enum Waiting {
    /// To a mobile that is known now.
    Mobile(String, String),
    /// To the mobile of an account, which is opened at delivery only.
    Account(u16, Uuid, String),
}

/// A message about to be delivered.
///
/// # Privacy
///
/// Holds a mobile and a text: for the gateway only.
pub struct Outgoing {
    /// Its id, for the gateway to know a repeated one.
    pub id: Uuid,
    /// The mobile, ten digits.
    pub to: Secret<String>,
    /// The text.
    pub text: Secret<String>,
}

impl Platform {
    /// Seals a message to a mobile.
    pub(crate) fn message_to_mobile(
        &self,
        ctx: &Ctx,
        bucket: u16,
        mobile: &str,
        kind: &str,
        text: String,
    ) -> Message {
        self.sealed_message(ctx, bucket, kind, &Waiting::Mobile(mobile.to_owned(), text))
    }

    /// Seals a message to whoever holds an account's mobile.
    pub(crate) fn message_to_account(
        &self,
        ctx: &Ctx,
        account: AccountId,
        kind: &str,
        text: String,
    ) -> Message {
        let waiting = Waiting::Account(account.bucket.0, account.uuid, text);
        self.sealed_message(ctx, account.bucket.0, kind, &waiting)
    }

    /// The same of a message with an id of its own: put twice it is there once.
    pub(crate) fn message_to_account_once(
        &self,
        ctx: &Ctx,
        id: Uuid,
        account: AccountId,
        (kind, text): (&str, String),
    ) -> Message {
        let waiting = Waiting::Account(account.bucket.0, account.uuid, text);
        self.sealed_as(ctx, id, account.bucket.0, (kind, &waiting))
    }

    fn sealed_message(&self, ctx: &Ctx, bucket: u16, kind: &str, waiting: &Waiting) -> Message {
        self.sealed_as(ctx, ctx.ordered_uuid(), bucket, (kind, waiting))
    }

    fn sealed_as(
        &self,
        ctx: &Ctx,
        id: Uuid,
        bucket: u16,
        (kind, waiting): (&str, &Waiting),
    ) -> Message {
        let plain = Secret::new(serde_json::to_vec(waiting).expect("two texts are JSON"));
        Message {
            id,
            bucket,
            sealed: self.vault.seal_message(id.as_bytes(), plain.expose()),
            kind: kind.to_owned(),
            at: ctx.now,
            tries: 0,
        }
    }

    /// Opens a leased message for delivery; none if the account is gone.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the store is; [`Error::Broken`] if it does not open.
    pub async fn open_message(&self, ctx: &Ctx, message: &Message) -> Result<Option<Outgoing>> {
        let plain = self.vault.open_message(message.id.as_bytes(), &message.sealed)?;
        let waiting: Waiting =
            serde_json::from_slice(plain.expose()).map_err(|_| Error::Broken(BrokenCause::Seal))?;
        Ok(match waiting {
            Waiting::Mobile(to, text) => {
                Some(Outgoing { id: message.id, to: Secret::new(to), text: Secret::new(text) })
            }
            Waiting::Account(bucket, uuid, text) => {
                if self.is_canary(uuid) {
                    return Ok(None);
                }
                let account = AccountId { bucket: domain::id::HomeBucket(bucket), uuid };
                let to = self.mobile_of(ctx, MESSAGE, account).await?;
                to.map(|to| Outgoing { id: message.id, to, text: Secret::new(text) })
            }
        })
    }
}
