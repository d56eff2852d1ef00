//! The whole access policy: who may do what, and how far it reaches; whose fields open for whom is in
//! [`opening`].

pub mod opening;

use domain::{
    facility::Facility,
    id::{AccountId, FacilityId},
};
use store::StaffRole;

use crate::{Actor, Ctx, Error, Result, ctx::StaffActor};

/// What can be permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Publish, change, stop and cancel sessions.
    ManageSessions,
    /// See a facility's list of the day.
    SeeDayList,
    /// Reach a person by what they present, check their identity.
    MeetBeneficiary,
    /// Put a dose on record, take it back, note an adverse event.
    RecordDose,
    /// Register someone who came without registration.
    RegisterWalkIn,
    /// Make one record of two whose person presents both.
    MergeRecords,
    /// Import places, facilities, sessions, staff and beneficiaries.
    Import,
    /// See counts.
    SeeReports,
    /// See what stands out.
    SeeAlarms,
    /// Release and sign out accounts of others.
    ReleaseAccount,
    /// Put received vial-doses into stock.
    ReceiveStock,
    /// Say, as one of two people, that an account lost all its passkeys.
    RestoreAccess,
    /// Let an erasure go that somebody asked for.
    ReleaseErasure,
    /// Let the notices of an incident go.
    ReleaseNotices,
    /// See which public documents expose somebody, and how far it is that they go.
    SeeExposure,
    /// Hand in what a second person signed: that a takedown may go on.
    ReleaseTakedown,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 16] = [
        Self::ManageSessions,
        Self::SeeDayList,
        Self::MeetBeneficiary,
        Self::RecordDose,
        Self::RegisterWalkIn,
        Self::MergeRecords,
        Self::Import,
        Self::SeeReports,
        Self::SeeAlarms,
        Self::ReleaseAccount,
        Self::ReceiveStock,
        Self::RestoreAccess,
        Self::ReleaseErasure,
        Self::ReleaseNotices,
        Self::SeeExposure,
        Self::ReleaseTakedown,
    ];
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Nowhere,
    /// The facility where they work.
    OwnFacility,
    /// The facilities of their district.
    OwnDistrict,
    /// Everywhere.
    Everywhere,
}

/// The whole access policy for people who work here.
pub const fn reach(role: StaffRole, permission: Permission) -> Reach {
    use Permission as P;
    use Reach::{Everywhere, Nowhere, OwnDistrict, OwnFacility};
    use StaffRole as R;
    match (role, permission) {
        (
            R::Vaccinator | R::FacilityManager,
            P::SeeDayList
            | P::MeetBeneficiary
            | P::RecordDose
            | P::RegisterWalkIn
            | P::MergeRecords,
        )
        | (
            R::FacilityManager,
            P::ManageSessions | P::SeeAlarms | P::ReceiveStock | P::RestoreAccess,
        ) => OwnFacility,
        (
            R::DistrictOfficer,
            P::ManageSessions | P::Import | P::SeeAlarms | P::ReleaseAccount | P::RestoreAccess,
        ) => OwnDistrict,
        // What was asked for has no place, and neither has whom an incident affects.
        (R::DistrictOfficer, P::ReleaseErasure | P::ReleaseNotices)
        | (R::DistrictOfficer | R::Auditor, P::SeeReports)
        | (R::Auditor, P::SeeAlarms | P::SeeExposure | P::ReleaseTakedown) => Everywhere,
        _ => Nowhere,
    }
}

impl Ctx {
    /// Allows the call to go on, if its actor may do this at `facility`.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] if nobody is signed in, [`Error::Forbidden`] if it is not
    /// permitted, [`Error::WeakSignIn`] if it would be to who proved better who they are.
    pub fn allow_at(&self, permission: Permission, facility: &Facility) -> Result<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Staff(staff) => match reach(staff.role, permission) {
                Reach::Everywhere => self.strongly(staff),
                Reach::OwnFacility if staff.facility == Some(facility.id) => self.strongly(staff),
                Reach::OwnDistrict if staff.district == Some(facility.district) => {
                    self.strongly(staff)
                }
                _ => Err(Error::Forbidden),
            },
            Actor::StateProgram { .. } => match permission {
                Permission::RecordDose | Permission::RegisterWalkIn => Ok(()),
                _ => Err(Error::Forbidden),
            },
            Actor::Resident { .. } => Err(Error::Forbidden),
            Actor::Anyone => Err(Error::Unauthenticated),
        }
    }

    /// Allows the call to go on, if its actor may do this anywhere at all.
    ///
    /// # Errors
    ///
    /// As [`Ctx::allow_at`].
    pub fn allow_somewhere(&self, permission: Permission) -> Result<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Staff(staff) => match reach(staff.role, permission) {
                Reach::Nowhere => Err(Error::Forbidden),
                _ => self.strongly(staff),
            },
            Actor::Anyone => Err(Error::Unauthenticated),
            Actor::Resident { .. } | Actor::StateProgram { .. } => Err(Error::Forbidden),
        }
    }

    /// Whoever works here and did not prove well enough who they are may do nothing but that.
    fn strongly(&self, staff: StaffActor) -> Result<()> {
        if staff.is_strong(self.now) { Ok(()) } else { Err(Error::WeakSignIn) }
    }

    /// Who works here and asks, however well they proved who they are.
    ///
    /// # Errors
    ///
    /// As [`Ctx::resident`], for people who work here.
    pub const fn staff(&self) -> Result<StaffActor> {
        match self.actor {
            Actor::Staff(staff) => Ok(staff),
            Actor::Anyone => Err(Error::Unauthenticated),
            _ => Err(Error::Forbidden),
        }
    }

    /// Whether the actor may do this everywhere.
    pub(crate) const fn sees_everywhere(&self, permission: Permission) -> bool {
        match self.actor {
            Actor::Staff(staff) => matches!(reach(staff.role, permission), Reach::Everywhere),
            _ => false,
        }
    }

    /// Allows the call to go on, if it is of what operates the platform itself.
    ///
    /// # Errors
    ///
    /// As [`Ctx::allow_at`].
    pub(crate) const fn only_operator(&self) -> Result<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Anyone => Err(Error::Unauthenticated),
            _ => Err(Error::Forbidden),
        }
    }

    /// The account of the resident who asks.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] if nobody is signed in, [`Error::Forbidden`] if it is not a
    /// resident.
    pub const fn resident(&self) -> Result<AccountId> {
        match self.actor {
            Actor::Resident { account } => Ok(account),
            Actor::Anyone => Err(Error::Unauthenticated),
            _ => Err(Error::Forbidden),
        }
    }

    /// The facility where the actor works.
    ///
    /// # Errors
    ///
    /// As [`Ctx::resident`], for people of a facility.
    pub fn own_facility(&self) -> Result<FacilityId> {
        match self.actor {
            Actor::Staff(staff) => staff.facility.ok_or(Error::Forbidden),
            Actor::Anyone => Err(Error::Unauthenticated),
            _ => Err(Error::Forbidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of policy shows up in review as a change of this table.
    #[test]
    fn the_policy_is_this_table() {
        let every = Permission::ALL.iter().flat_map(|p| StaffRole::ALL.iter().map(|r| (*p, *r)));
        let granted = every.map(|(p, r)| (p, r, reach(r, p))).filter(|g| g.2 != Reach::Nowhere);
        let table: Vec<_> = granted.map(|(p, r, to)| format!("{p:?}: {r:?} {to:?}")).collect();
        assert_eq!(
            table,
            [
                "ManageSessions: FacilityManager OwnFacility",
                "ManageSessions: DistrictOfficer OwnDistrict",
                "SeeDayList: Vaccinator OwnFacility",
                "SeeDayList: FacilityManager OwnFacility",
                "MeetBeneficiary: Vaccinator OwnFacility",
                "MeetBeneficiary: FacilityManager OwnFacility",
                "RecordDose: Vaccinator OwnFacility",
                "RecordDose: FacilityManager OwnFacility",
                "RegisterWalkIn: Vaccinator OwnFacility",
                "RegisterWalkIn: FacilityManager OwnFacility",
                "MergeRecords: Vaccinator OwnFacility",
                "MergeRecords: FacilityManager OwnFacility",
                "Import: DistrictOfficer OwnDistrict",
                "SeeReports: DistrictOfficer Everywhere",
                "SeeReports: Auditor Everywhere",
                "SeeAlarms: FacilityManager OwnFacility",
                "SeeAlarms: DistrictOfficer OwnDistrict",
                "SeeAlarms: Auditor Everywhere",
                "ReleaseAccount: DistrictOfficer OwnDistrict",
                "ReceiveStock: FacilityManager OwnFacility",
                "RestoreAccess: FacilityManager OwnFacility",
                "RestoreAccess: DistrictOfficer OwnDistrict",
                "ReleaseErasure: DistrictOfficer Everywhere",
                "ReleaseNotices: DistrictOfficer Everywhere",
                "SeeExposure: Auditor Everywhere",
                "ReleaseTakedown: Auditor Everywhere",
            ]
        );
    }
}
