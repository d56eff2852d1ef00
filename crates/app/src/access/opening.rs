//! Whether somebody's fields open: by who asks, for which purpose, and on what ground. The decision is
//! one pure function of these; what it permits stands in `policy/openings.cedar`, too, and a test holds
//! the two to each other.

use domain::{
    id::{AccountId, FacilityId, StaffId},
    manifest::{datum::Datum, words::Who},
    purpose::Purpose,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Permission, Reach, reach};
use crate::Actor;

/// Whom a ground is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// One person.
    Person(Uuid),
    /// Everybody of one account: they have the mobile that the password was sent to.
    Account(Uuid),
}

/// What an opening for others than the person's own account stands on. It has no Debug: it names a
/// person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The person presented themselves: by code, password or appointment.
    Presented {
        /// Who did.
        whom: Whom,
        /// To whom.
        to: To,
        /// Until when it counts.
        until: Timestamp,
    },
    /// Two of a facility opened one record together, in an emergency.
    Emergency {
        /// Whose record.
        person: Uuid,
        /// Who asked.
        by: StaffId,
        /// Who agreed.
        second: StaffId,
        /// Where both work.
        facility: FacilityId,
        /// Until when it counts.
        until: Timestamp,
    },
}

/// To whom somebody presented themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The staff of a facility.
    Facility(FacilityId),
    /// A state's program.
    Program,
    /// Another resident, who makes one record of two.
    Resident(AccountId),
}

/// Whose fields are to open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The person, or the account whose mobile it is.
    pub person: Uuid,
    /// The account that they are of.
    pub account: Uuid,
}

/// A request to open fields. It has no Debug: it names a person.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// Why.
    pub purpose: Purpose,
    /// Whose.
    pub target: Target,
    /// On what grounds.
    pub grounds: &'a [Ground],
}

/// Whether the fields open.
pub fn may_open(asked: &Asked<'_>) -> bool {
    match asked.actor {
        Actor::Resident { account } => resident_may(asked, account),
        Actor::Staff(staff) => {
            let meets = |facility| {
                staff.facility == Some(facility)
                    && reach(staff.role, Permission::MeetBeneficiary) == Reach::OwnFacility
            };
            staff.is_strong(asked.now)
                && asked.grounds.iter().any(|ground| staff_may(asked, *ground, staff.id, meets))
        }
        Actor::StateProgram { .. } => program_may(asked),
        Actor::System => {
            use Purpose::{CertificateSigning, Inquiry, Merge, Message, Report};
            matches!(asked.purpose, Message | CertificateSigning | Merge | Inquiry | Report)
        }
        Actor::Anyone => false,
    }
}

/// Their own account's records, and for a merge another one that was presented to them.
fn resident_may(asked: &Asked<'_>, account: AccountId) -> bool {
    let own = asked.target.account == account.uuid;
    match asked.purpose {
        Purpose::OwnRecord
        | Purpose::Certificate
        | Purpose::Correction
        | Purpose::Status
        | Purpose::Travel => own,
        Purpose::Merge => own || presented(asked, |to| to == To::Resident(account)),
        _ => false,
    }
}

/// A person who presented themselves to the facility, or whose record was opened by two.
fn staff_may(
    asked: &Asked<'_>,
    ground: Ground,
    id: StaffId,
    meets: impl Fn(FacilityId) -> bool,
) -> bool {
    match (asked.purpose, ground) {
        (
            Purpose::Presence | Purpose::Certificate | Purpose::CertificateSigning | Purpose::Merge,
            Ground::Presented { whom, to: To::Facility(facility), until },
        ) => meets(facility) && until > asked.now && is_of(whom, asked.target),
        (Purpose::Emergency, Ground::Emergency { person, by, second, facility, until }) => {
            meets(facility)
                && by == id
                && second != id
                && until > asked.now
                && person == asked.target.person
        }
        _ => false,
    }
}

/// A person who presented themselves to the program.
fn program_may(asked: &Asked<'_>) -> bool {
    let purpose = matches!(
        asked.purpose,
        Purpose::Presence | Purpose::Certificate | Purpose::CertificateSigning
    );
    purpose && presented(asked, |to| to == To::Program)
}

fn presented(asked: &Asked<'_>, fits: impl Fn(To) -> bool) -> bool {
    asked.grounds.iter().any(|ground| match *ground {
        Ground::Presented { whom, to, until } => {
            fits(to) && until > asked.now && is_of(whom, asked.target)
        }
        Ground::Emergency { .. } => false,
    })
}

fn is_of(whom: Whom, target: Target) -> bool {
    match whom {
        Whom::Person(person) => person == target.person,
        Whom::Account(account) => account == target.account,
    }
}

/// In which capacity an actor opens something for a purpose, as the rules of purposes name it; none for
/// those who open nothing for it. What nobody is shown is opened by the program itself.
pub const fn capacity(actor: Actor, purpose: Purpose) -> Option<Who> {
    match (actor, purpose) {
        // Whoever operates the platform reads it.
        (Actor::System, Purpose::Report) => Some(Who::Office),
        (_, Purpose::CertificateSigning) | (Actor::System, _) => Some(Who::Platform),
        (Actor::Resident { .. }, _) => Some(Who::Resident),
        (Actor::Staff(_), _) => Some(Who::Desk),
        (Actor::StateProgram { .. }, _) => Some(Who::Program),
        (Actor::Anyone, _) => None,
    }
}

/// Whether every field of these names may be opened for a purpose in this capacity.
pub fn fields_open(
    who: Who,
    purpose: Purpose,
    mut fields: impl Iterator<Item = &'static str>,
) -> bool {
    let opens = |what| purpose.opens(who, what);
    fields.all(|field| Datum::sealed_as(field).is_some_and(opens))
}
