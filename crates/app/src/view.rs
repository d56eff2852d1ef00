//! What is opened of somebody for which purpose: each purpose has its own views, with the fewest fields
//! that it needs. There is no other way to a field than one of these.

use domain::purpose::Purpose;
use vault::{BIRTH_YEAR, COMORBIDITY, Field, GENDER};

use crate::opened::{
    BORN_ON, CERTIFICATE, DOCUMENT, GUARDIAN, MOBILE, NAME, NATIONALITY, PASSPORT,
    REPORT as REPORTED,
};

/// Fields that are opened together for a purpose.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) purpose: Purpose,
    pub(crate) fields: &'static [Field],
}

const DETAILS: &[Field] = &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, COMORBIDITY];
const HOLDER: &[Field] = &[NAME, BIRTH_YEAR, GENDER];
/// A certificate is sealed anew with what it says.
const SIGNED: &[Field] = &[NAME, BIRTH_YEAR, GENDER, CERTIFICATE];
const MERGED: &[Field] = &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, COMORBIDITY, CERTIFICATE];

/// A person of one's own account.
pub(crate) const OWN: View = View { purpose: Purpose::OwnRecord, fields: DETAILS };
/// The mobile of one's own account.
pub(crate) const OWN_MOBILE: View = View { purpose: Purpose::OwnRecord, fields: &[MOBILE] };
/// Who stands at the desk.
pub(crate) const PRESENT: View = View { purpose: Purpose::Presence, fields: DETAILS };
/// Whose certificate is signed with a dose.
pub(crate) const SIGNING: View = View { purpose: Purpose::CertificateSigning, fields: SIGNED };
/// Whose details are corrected.
pub(crate) const CORRECTION: View = View { purpose: Purpose::Correction, fields: SIGNED };
/// Two records that may be one person's: they are looked at.
pub(crate) const COMPARE: View = View { purpose: Purpose::Merge, fields: DETAILS };
/// Two records that become one.
pub(crate) const MERGE: View = View { purpose: Purpose::Merge, fields: MERGED };
/// Names, of which one was told.
pub(crate) const STATUS: View = View { purpose: Purpose::Status, fields: &[NAME] };
/// To whom a message goes.
pub(crate) const MESSAGE: View = View { purpose: Purpose::Message, fields: &[MOBILE] };
/// Of whom a certificate is saved.
pub(crate) const CERTIFIED: View = View { purpose: Purpose::Certificate, fields: HOLDER };
/// What a printed certificate has.
pub(crate) const PAPER: View = View {
    purpose: Purpose::Certificate,
    fields: &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, CERTIFICATE],
};
/// What one for travel has.
pub(crate) const PAPER_ABROAD: View = View {
    purpose: Purpose::Travel,
    fields: &[
        NAME,
        BIRTH_YEAR,
        GENDER,
        DOCUMENT,
        CERTIFICATE,
        BORN_ON,
        PASSPORT,
        NATIONALITY,
        GUARDIAN,
    ],
};
/// What somebody gave for travel.
pub(crate) const TRAVEL: View =
    View { purpose: Purpose::Travel, fields: &[BORN_ON, PASSPORT, NATIONALITY, GUARDIAN] };
/// Who needs help and cannot present themselves.
pub(crate) const EMERGENCY: View = View { purpose: Purpose::Emergency, fields: HOLDER };
/// What a specimen is held beside.
pub(crate) const INQUIRY: View = View { purpose: Purpose::Inquiry, fields: DETAILS };
/// What somebody reported.
pub(crate) const REPORT: View = View { purpose: Purpose::Report, fields: &[REPORTED] };

#[cfg(test)]
mod tests {
    use domain::manifest::words::Who;

    use super::*;
    use crate::access::opening::fields_open;

    const ALL: [View; 16] = [
        OWN,
        OWN_MOBILE,
        PRESENT,
        SIGNING,
        CORRECTION,
        COMPARE,
        MERGE,
        STATUS,
        MESSAGE,
        CERTIFIED,
        PAPER,
        PAPER_ABROAD,
        TRAVEL,
        EMERGENCY,
        INQUIRY,
        REPORT,
    ];

    #[test]
    fn no_view_has_a_field_that_its_purpose_does_not_open() {
        for view in ALL {
            let fields = || view.fields.iter().map(|field| field.0);
            let inside = [Who::Resident, Who::Desk, Who::Program, Who::Platform, Who::Office];
            let opens = |who: &&Who| fields_open(**who, view.purpose, fields());
            assert!(inside.iter().any(|who| opens(&who)), "{:?}", view.purpose);
            // One field more, which nothing opens for any of these purposes, is refused.
            let more = || fields().chain(["reason"]);
            assert!(!inside.iter().any(|who| fields_open(*who, view.purpose, more())));
        }
        assert!(Purpose::RECORDED.iter().all(|one| ALL.iter().any(|view| view.purpose == *one)));
    }
}
