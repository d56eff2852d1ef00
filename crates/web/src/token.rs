//! Tokens: JWT of the contract, HS256, fifteen minutes.

use app::{
    Actor,
    ctx::{StaffActor, StaffRole},
};
use domain::id::{AccountId, DistrictId, FacilityId, StaffId, StateId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a token counts.
///
/// # Units
///
/// Seconds.
pub(crate) const TOKEN_LIFE: i64 = 900;

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
}

/// What a token says of someone who works here.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct StaffClaims {
    role: Role,
    facility: Option<i64>,
    district: Option<i32>,
    state: Option<i32>,
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
        }
    }

    pub(crate) fn make(&self, claims: &Claims) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
            .expect("claims are JSON")
    }

    /// Reads a token that counts at an instant, in seconds since 1970.
    pub(crate) fn read(&self, token: &str, now: i64) -> Option<Claims> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        (data.claims.exp > now && data.claims.iat <= now + 60).then_some(data.claims)
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
            }),
            // A shift, not a quarter of an hour.
            exp: now + 8 * 3_600,
            ..Self::new(staff.id.0, txn_id, now, Scope::Staff)
        }
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
            }),
            (Scope::Staff, None) | (Scope::Guest, _) => Actor::Anyone,
            _ => Actor::Resident { account },
        }
    }
}
