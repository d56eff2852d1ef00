//! Typed identifiers.
//!
//! What belongs to a person is kept in its *home bucket*, which the ids of people carry; what
//! belongs to a facility is kept with the facility. So an id routes to its shard by itself.

use std::fmt;

use uuid::Uuid;

/// Where everything about one person is kept: one of 65,536 buckets, fixed for life.
///
/// # Source
///
/// The first 16 bits of the blind index of the mobile at the time the account was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HomeBucket(pub u16);

/// The smallest 14-digit number, where the numbers of beneficiaries begin.
const FIRST_NUMBER: u64 = 10_000_000_000_000;
/// One more than the largest 14-digit number.
const PAST_NUMBERS: u64 = 100_000_000_000_000;
/// How many home buckets there are.
const BUCKETS: u64 = 1 << 16;

/// A person who is, or may be, vaccinated, by the number under which the platform keeps them.
///
/// # Shape
///
/// A 14-digit number whose remainder by 65,536 is the home bucket. It is never shown: the world
/// sees the reference number, which is a keyed permutation of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BeneficiaryId(u64);

impl BeneficiaryId {
    /// The number that a random draw gives in a home bucket.
    pub fn draw(bucket: HomeBucket, random: u64) -> Self {
        // The first and last few numbers of the range do not have every remainder.
        let first = FIRST_NUMBER.div_ceil(BUCKETS);
        let past = PAST_NUMBERS / BUCKETS;
        Self((first + random % (past - first)) * BUCKETS + u64::from(bucket.0))
    }

    /// The id with this number, if it has 14 digits.
    pub fn from_number(number: u64) -> Option<Self> {
        (FIRST_NUMBER..PAST_NUMBERS).contains(&number).then_some(Self(number))
    }

    /// The number, for a database column.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Where everything about this person is kept.
    pub fn bucket(self) -> HomeBucket {
        HomeBucket(u16::try_from(self.0 % BUCKETS).expect("a remainder by 65,536 fits"))
    }

    /// The bytes that name this person to the vault.
    pub fn person_bytes(self) -> [u8; 16] {
        let mut bytes = *b"beneficiary-----";
        bytes[8..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }

    /// The same as an id.
    pub fn person_uuid(self) -> Uuid {
        Uuid::from_bytes(self.person_bytes())
    }
}

impl fmt::Debug for BeneficiaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The number names a person: a log line shows only where they are kept.
        write!(f, "beneficiary in bucket {}", self.bucket().0)
    }
}

/// The people who share one mobile, and where they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountId {
    /// Where everything about this account is kept.
    pub bucket: HomeBucket,
    /// Derived from the mobile's blind index, so that nobody needs to look it up.
    pub uuid: Uuid,
}

/// A place where sessions are held: the `center_id` of the Co-WIN contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacilityId(pub i64);

/// A state or union territory: the `state_id` of the Co-WIN contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub i32);

/// A district: the `district_id` of the Co-WIN contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistrictId(pub i32);

macro_rules! define_uuid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

define_uuid!(
    /// A planned time of vaccination at a facility.
    SessionId
);
define_uuid!(
    /// A beneficiary's place in a session. Derived from the account and the idempotency key, so
    /// that a repeated request names the same appointment.
    AppointmentId
);
define_uuid!(
    /// One administered dose, chosen by who records it.
    DoseId
);
define_uuid!(
    /// A person who works on the platform.
    StaffId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_number_has_fourteen_digits_and_remembers_its_bucket() {
        for bucket in [0, 1, 255, 40_000, u16::MAX] {
            for random in [0, 1, 7_919, u64::MAX / 3, u64::MAX] {
                let id = BeneficiaryId::draw(HomeBucket(bucket), random);
                assert_eq!(id.number().to_string().len(), 14);
                assert_eq!(id.bucket(), HomeBucket(bucket));
                assert_eq!(BeneficiaryId::from_number(id.number()), Some(id));
            }
        }
    }

    #[test]
    fn a_debug_line_does_not_name_the_person() {
        let id = BeneficiaryId::draw(HomeBucket(7), 123);
        assert_eq!(format!("{id:?}"), "beneficiary in bucket 7");
    }
}
