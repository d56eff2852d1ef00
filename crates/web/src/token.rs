//! Tokens: JWT of the contract, HS256, fifteen minutes. One comes with each request of somebody, so
//! what a token says is remembered for a while, under its signature. The mobile is not.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    mem,
    sync::Arc,
};

use app::{
    Actor, Secret,
    ctx::{StaffActor, StaffRole},
};
use domain::id::{AccountId, DistrictId, FacilityId, StaffId, StateId};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a token counts.
///
/// # Units
///
/// Seconds.
pub(crate) const TOKEN_LIFE: i64 = 900;

/// How many tokens are remembered before those are forgotten that were not seen since as many others
/// came: in all 16,384 at most, of half a kilobyte each.
const MOST_REMEMBERED: usize = 8_192;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// Certificates of the account.
    Public,
    /// Everything of the account.
    Resident,
    /// Whether somebody is vaccinated.
    Status,
    /// Nothing that is not public.
    Guest,
    /// The desk.
    Staff,
}

/// What a token says.
///
/// # Source
///
/// The contract, section 2, JWT; `scope` and the staff fields are ours.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) user_name: Uuid,
    pub(crate) user_type: String,
    pub(crate) user_id: Uuid,
    #[serde(default)]
    pub(crate) mobile_number: u64,
    #[serde(default)]
    pub(crate) beneficiary_reference_id: u64,
    #[serde(rename = "txnId")]
    pub(crate) txn_id: Uuid,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ua: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) staff: Option<StaffClaims>,
    /// The account that `user_id` names, once the token was read.
    #[serde(skip)]
    pub(crate) account: Option<AccountId>,
}

/// The mobile in a token.
#[derive(Deserialize)]
struct MobileClaim {
    #[serde(default)]
    mobile_number: u64,
}

/// What a token says of someone who works here.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct StaffClaims {
    role: Role,
    facility: Option<i64>,
    district: Option<i32>,
    state: Option<i32>,
    /// Until when it counts that they proved who they are, by as much as the operator asks.
    #[serde(default)]
    strong_until: Option<i64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Vaccinator,
    FacilityManager,
    DistrictOfficer,
    Auditor,
}

/// Makes and reads tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    remembered: Mutex<Remembered>,
}

impl Tokens {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Checked below against the caller's clock, not the computer's.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
            remembered: Mutex::default(),
        }
    }

    pub(crate) fn make(&self, claims: &Claims) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
            .expect("claims are JSON")
    }

    /// Reads a token that counts at an instant, in seconds since 1970. What comes of it has no mobile.
    pub(crate) fn read(
        &self,
        token: &str,
        now: i64,
        account: impl FnOnce(Uuid) -> AccountId,
    ) -> Option<Arc<Claims>> {
        let held = self.remembered.lock().of(token);
        let claims = match held {
            Some(claims) => claims,
            None => self.verified(token, account)?,
        };
        (claims.exp > now && claims.iat <= now + 60).then_some(claims)
    }

    fn verified(
        &self,
        token: &str,
        account: impl FnOnce(Uuid) -> AccountId,
    ) -> Option<Arc<Claims>> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        let account = Some(account(data.claims.user_id));
        let claims = Arc::new(Claims { mobile_number: 0, account, ..data.claims });
        self.remembered.lock().put(token, &claims);
        Some(claims)
    }

    /// The mobile in a token with a signature of ours, whenever that ends: ask [`Tokens::read`] first.
    ///
    /// # Privacy
    ///
    /// Gives a mobile.
    pub(crate) fn mobile(&self, token: &str) -> Option<Secret<String>> {
        let data = jsonwebtoken::decode::<MobileClaim>(token, &self.decoding, &self.validation);
        Some(Secret::new(format!("{:010}", data.ok()?.claims.mobile_number)))
    }
}

/// What tokens said that were read lately. The last part of a token, its signature, is as secret as
/// the whole and says nothing of anybody; with it goes a digest of all of it under a key of this
/// process, so that a token with another's signature is not that other.
#[derive(Default)]
struct Remembered {
    digests: RandomState,
    new: HashMap<Signature, Arc<Claims>>,
    old: HashMap<Signature, Arc<Claims>>,
}

/// The signature of a token, and the digest of the whole.
type Signature = (Box<str>, u64);

impl Remembered {
    fn key(&self, token: &str) -> Option<Signature> {
        let (_, signature) = token.rsplit_once('.')?;
        Some((signature.into(), self.digests.hash_one(token)))
    }

    fn of(&mut self, token: &str) -> Option<Arc<Claims>> {
        let key = self.key(token)?;
        if let Some(claims) = self.new.get(&key) {
            return Some(Arc::clone(claims));
        }
        let claims = self.old.remove(&key)?;
        self.keep(key, Arc::clone(&claims));
        Some(claims)
    }

    fn put(&mut self, token: &str, claims: &Arc<Claims>) {
        if let Some(key) = self.key(token) {
            self.keep(key, Arc::clone(claims));
        }
    }

    fn keep(&mut self, key: Signature, claims: Arc<Claims>) {
        if self.new.len() >= MOST_REMEMBERED {
            self.old = mem::take(&mut self.new);
        }
        self.new.insert(key, claims);
    }
}

impl Claims {
    pub(crate) fn new(account: Uuid, txn_id: Uuid, now: i64, scope: Scope) -> Self {
        Self {
            user_name: account,
            user_type: "BENEFICIARY".to_owned(),
            user_id: account,
            mobile_number: 0,
            beneficiary_reference_id: 0,
            txn_id,
            iat: now,
            exp: now + TOKEN_LIFE,
            scope,
            secret_key: None,
            ua: None,
            staff: None,
            account: None,
        }
    }

    pub(crate) fn staff(staff: &StaffActor, txn_id: Uuid, now: i64) -> Self {
        let role = match staff.role {
            StaffRole::Vaccinator => Role::Vaccinator,
            StaffRole::FacilityManager => Role::FacilityManager,
            StaffRole::DistrictOfficer => Role::DistrictOfficer,
            StaffRole::Auditor => Role::Auditor,
        };
        Self {
            user_type: "STAFF".to_owned(),
            staff: Some(StaffClaims {
                role,
                facility: staff.facility.map(|id| id.0),
                district: staff.district.map(|id| id.0),
                state: staff.state.map(|id| id.0),
                strong_until: staff.strong_until.map(Timestamp::as_second),
            }),
            // A shift, not a quarter of an hour; unless nothing was proven but a mobile.
            exp: staff.strong_until.map_or(now + TOKEN_LIFE, Timestamp::as_second),
            ..Self::new(staff.id.0, txn_id, now, Scope::Staff)
        }
    }

    /// Whether this sign-in was ended before its time.
    pub(crate) fn is_ended(&self, platform: &app::Platform) -> bool {
        self.staff.is_some() && platform.is_signed_out(StaffId(self.user_id), self.iat)
    }

    pub(crate) fn actor(&self, account: AccountId) -> Actor {
        match (self.scope, self.staff) {
            (Scope::Staff, Some(staff)) => Actor::Staff(StaffActor {
                id: StaffId(self.user_id),
                role: match staff.role {
                    Role::Vaccinator => StaffRole::Vaccinator,
                    Role::FacilityManager => StaffRole::FacilityManager,
                    Role::DistrictOfficer => StaffRole::DistrictOfficer,
                    Role::Auditor => StaffRole::Auditor,
                },
                facility: staff.facility.map(FacilityId),
                district: staff.district.map(DistrictId),
                state: staff.state.map(StateId),
                strong_until: staff.strong_until.and_then(|at| Timestamp::from_second(at).ok()),
            }),
            (Scope::Staff, None) | (Scope::Guest, _) => Actor::Anyone,
            _ => Actor::Resident { account },
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::HomeBucket;

    use super::*;

    fn account(uuid: Uuid) -> AccountId {
        AccountId { bucket: HomeBucket(7), uuid }
    }

    fn known(_: Uuid) -> AccountId {
        panic!("the token is remembered")
    }

    fn token(tokens: &Tokens, number: u128) -> String {
        let claims = Claims::new(Uuid::from_u128(number), Uuid::nil(), 1_000, Scope::Resident);
        tokens.make(&Claims { mobile_number: 9_876_543_210, ..claims })
    }

    #[test]
    fn a_token_is_remembered_without_its_mobile_and_ends_in_time() {
        let tokens = Tokens::new(&[1; 32]);
        let token = token(&tokens, 1);
        let first = tokens.read(&token, 1_000, account).unwrap();
        let again = tokens.read(&token, 999 + TOKEN_LIFE, known).unwrap();
        assert_eq!(again.account, Some(account(Uuid::from_u128(1))));
        assert!(first.mobile_number == 0 && Arc::ptr_eq(&first, &again));
        assert_eq!(tokens.mobile(&token).unwrap().expose(), "9876543210");
        assert!(tokens.read(&token, 1_000 + TOKEN_LIFE, known).is_none(), "it is over");
        assert!(tokens.read(&token, 900, known).is_none(), "it is of the future");
    }

    #[test]
    fn a_signature_that_is_remembered_signs_nothing_else() {
        let tokens = Tokens::new(&[1; 32]);
        let (one, two) = (token(&tokens, 1), token(&tokens, 2));
        assert!(tokens.read(&one, 1_000, account).is_some());
        assert!(tokens.read(&two, 1_000, account).is_some());
        let (said, _) = one.rsplit_once('.').unwrap();
        let (_, signature) = two.rsplit_once('.').unwrap();
        let others = token(&Tokens::new(&[2; 32]), 1);
        for forged in [format!("{said}.{signature}"), format!("{said}."), others, said.to_owned()] {
            assert!(tokens.read(&forged, 1_000, account).is_none());
            assert!(tokens.mobile(&forged).is_none());
        }
    }

    #[test]
    fn what_is_in_use_stays_and_the_rest_is_forgotten() {
        let claims = Claims::new(Uuid::nil(), Uuid::nil(), 0, Scope::Guest);
        let (mut remembered, claims) = (Remembered::default(), Arc::new(claims));
        remembered.put("used.0", &claims);
        for number in 0..4 * MOST_REMEMBERED {
            remembered.put(&format!("seen.{number}"), &claims);
            assert!(remembered.of("used.0").is_some());
        }
        assert!(remembered.new.len() + remembered.old.len() <= 2 * MOST_REMEMBERED);
        assert!(remembered.of("seen.0").is_none());
    }
}
