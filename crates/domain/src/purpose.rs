//! Why something is held or opened: one closed list, and for each purpose who may open what. It is the
//! only place where that stands: the data manifest, the record of accesses and the decision whether
//! something opens are made from it.

use crate::manifest::{
    datum::Datum,
    words::{Who, closed},
};

closed! {
    /// Why something is held or opened. There is no other purpose.
    Purpose {
        /// Somebody looks at the records of their own account.
        OwnRecord "own-record" "to show you your own records" "आपको आपके अपने रिकॉर्ड दिखाने के लिए"
        /// Staff or a state's program meet a person who presented themselves.
        Presence "presence" "to give the dose and put it on record, where you showed your code or a password" "जहाँ आपने अपना कोड या पासवर्ड दिखाया, वहाँ खुराक देने और उसे दर्ज करने के लिए"
        /// A certificate is printed or saved for who asks for it.
        Certificate "certificate" "to certify the dose: to print, save and check a certificate" "खुराक प्रमाणित करने के लिए: प्रमाणपत्र छापने, सहेजने और जाँचने के लिए"
        /// The certificate of a dose is signed, sealed and shown to nobody.
        CertificateSigning "certificate-signing" "to sign the certificate of a dose, which nobody sees meanwhile" "खुराक के प्रमाणपत्र पर हस्ताक्षर के लिए, जिसे उस समय कोई नहीं देखता"
        /// A mistake is put right.
        Correction "correction" "to put mistakes right" "गलतियाँ सुधारने के लिए"
        /// Two records of one person are compared, or made one.
        Merge "merge" "to make one record of two of the same person" "एक ही व्यक्ति के दो रिकॉर्ड को एक बनाने के लिए"
        /// Someone is told how far the person of a name is vaccinated.
        Status "status" "to say how far you are vaccinated, to whom you tell your password for that" "जिसे आप इसके लिए अपना पासवर्ड बताएँ, उसे यह बताने के लिए कि आपका टीकाकरण कहाँ तक हुआ है"
        /// Somebody is told something.
        Message "message" "to send you codes and news of your appointment, dose and certificate" "आपको कोड और अपॉइंटमेंट, खुराक व प्रमाणपत्र की सूचना भेजने के लिए"
        /// A certificate for travel is made.
        Travel "travel" "to make the certificate for travel that you asked for" "यात्रा के लिए माँगा गया प्रमाणपत्र बनाने के लिए"
        /// Two members of staff open one record together, of somebody who cannot present themselves.
        Emergency "emergency" "to help you in an emergency, which two members of staff open together and you are told of" "आपात स्थिति में आपकी सहायता के लिए, जिसे दो कर्मचारी मिलकर खोलते हैं और आपको बताया जाता है"
        /// An alleged leak is held beside the register, by the program, which shows nobody what it opens.
        Inquiry "inquiry" "to find out whether an alleged leak has your data, which nobody sees meanwhile" "यह पता लगाने के लिए कि किसी कथित लीक में आपका डेटा है या नहीं, जिसे उस समय कोई नहीं देखता"
        /// What somebody reported is looked into, by the operator.
        Report "report" "to look into what somebody reported" "किसी ने जो सूचना दी, उसकी जाँच के लिए"
        /// A mobile's holder signs in.
        SignIn "sign-in" "to let you sign in with your mobile" "आपको मोबाइल से साइन इन करने देने के लिए"
        /// People are told apart, and nobody is registered twice.
        Identity "identity" "to tell people apart, so that nobody is registered twice" "लोगों में अंतर करने के लिए, ताकि किसी का पंजीकरण दो बार न हो"
        /// The programme's rules are applied.
        Eligibility "eligibility" "to know which dose is due, and when" "यह जानने के लिए कि कौन सी खुराक कब देनी है"
        /// A seat is kept.
        Appointment "appointment" "to keep a seat at a session" "टीकाकरण सत्र में स्थान सुरक्षित रखने के लिए"
        /// What happened after a dose is followed up.
        Safety "safety" "to follow up what happened after a dose" "खुराक के बाद हुई घटना पर ध्यान देने के लिए"
        /// Misuse is stopped, and what is sent twice happens once.
        Protection "protection" "to stop misuse, and to do once what is sent twice" "दुरुपयोग रोकने और दो बार भेजे गए अनुरोध को एक ही बार करने के लिए"
        /// Those who work here are known.
        Staffing "staffing" "to know who works here, where and as what" "यह जानने के लिए कि यहाँ कौन, कहाँ और किस रूप में काम करता है"
        /// Sessions are planned and published.
        Planning "planning" "to plan and publish sessions, and to count" "सत्रों की योजना बनाने, प्रकाशित करने और गिनती के लिए"
        /// The program runs.
        Operation "operation" "to run the platform" "प्लेटफ़ॉर्म चलाने के लिए"
    }
}

/// What some may open or see for a purpose.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Why.
    pub purpose: Purpose,
    /// Who.
    pub who: &'static [Who],
    /// What.
    pub what: &'static [Datum],
}

const fn rule(purpose: Purpose, who: &'static [Who], what: &'static [Datum]) -> Rule {
    Rule { purpose, who, what }
}

/// Who may open or see what, and why: all of it. What is sealed opens for no other, and each such
/// opening is on record.
pub static RULES: &[Rule] = {
    use Datum as D;
    use Purpose as P;
    use Who::{Anybody, Carrier, Desk, Office, Platform, Program, Resident, Verifier};
    &[
        rule(
            P::OwnRecord,
            &[Resident],
            &[
                D::Mobile,
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Priority,
                D::Reference,
                D::Account,
                D::Appointment,
                D::Dose,
                D::Vaccinator,
                D::Access,
            ],
        ),
        rule(
            P::Presence,
            &[Desk, Program],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Priority,
                D::Reference,
                D::Appointment,
                D::Dose,
                D::Vaccinator,
            ],
        ),
        rule(P::Presence, &[Desk], &[D::IdentityCheck]),
        rule(
            P::Certificate,
            &[Resident, Desk, Program],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Reference,
                D::Dose,
                D::Vaccinator,
                D::Certificate,
            ],
        ),
        rule(
            P::Certificate,
            &[Verifier],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Reference,
                D::Dose,
                D::Vaccinator,
                D::Certificate,
            ],
        ),
        rule(P::Certificate, &[Resident, Platform], &[D::Wallet]),
        rule(P::Certificate, &[Anybody], &[D::Signature]),
        rule(
            P::CertificateSigning,
            &[Platform],
            &[D::Name, D::BirthYear, D::Gender, D::Dose, D::Vaccinator, D::Certificate],
        ),
        rule(
            P::Correction,
            &[Resident],
            &[D::Name, D::BirthYear, D::Gender, D::Dose, D::Certificate],
        ),
        rule(P::Correction, &[Platform], &[D::Change]),
        rule(
            P::Merge,
            &[Resident, Desk, Platform],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Priority,
                D::Reference,
                D::Dose,
                D::Vaccinator,
                D::Certificate,
            ],
        ),
        rule(P::Merge, &[Platform], &[D::Change]),
        rule(P::Status, &[Resident], &[D::Name, D::Dose]),
        rule(P::Message, &[Platform, Carrier], &[D::Mobile, D::Message]),
        rule(P::Message, &[Resident], &[D::Message]),
        rule(
            P::Travel,
            &[Resident],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Reference,
                D::Dose,
                D::Vaccinator,
                D::Certificate,
                D::BornOn,
                D::Passport,
                D::Nationality,
                D::Guardian,
            ],
        ),
        rule(P::Travel, &[Verifier], &[D::BornOn, D::Passport, D::Nationality, D::Guardian]),
        rule(
            P::Emergency,
            &[Desk],
            &[D::Name, D::BirthYear, D::Gender, D::Reference, D::Dose, D::Vaccinator],
        ),
        rule(
            P::Inquiry,
            &[Platform],
            &[
                D::Name,
                D::BirthYear,
                D::Gender,
                D::Document,
                D::Priority,
                D::Reference,
                D::Dose,
                D::Vaccinator,
                D::List,
                D::Access,
            ],
        ),
        rule(P::Report, &[Office], &[D::Report]),
        rule(P::SignIn, &[Resident], &[D::Mobile, D::Account]),
        rule(P::SignIn, &[Resident, Platform, Carrier], &[D::SignIn]),
        rule(P::Identity, &[Platform], &[D::Document, D::IdentityCheck]),
        rule(P::Eligibility, &[Platform], &[D::BirthYear, D::Gender, D::Priority, D::Dose]),
        rule(P::Eligibility, &[Anybody], &[D::Rules]),
        rule(P::Appointment, &[Resident, Desk, Program, Platform], &[D::Appointment]),
        rule(P::Protection, &[Platform], &[D::Mobile, D::Account, D::Request, D::Limit, D::Access]),
        rule(P::Protection, &[Office], &[D::Incident, D::Hold]),
        rule(P::Staffing, &[Desk, Office, Platform], &[D::Staff]),
        rule(P::Planning, &[Anybody], &[D::Place, D::Facility, D::Session, D::Count]),
        rule(P::Planning, &[Desk, Office], &[D::Stock]),
        rule(P::Operation, &[Platform], &[D::Technical]),
    ]
};

impl Purpose {
    /// The purposes for which sealed fields of a person open. Each such opening is on record.
    pub const RECORDED: [Self; 12] = [
        Self::OwnRecord,
        Self::Presence,
        Self::Certificate,
        Self::CertificateSigning,
        Self::Correction,
        Self::Merge,
        Self::Status,
        Self::Message,
        Self::Travel,
        Self::Emergency,
        Self::Inquiry,
        Self::Report,
    ];

    /// The purpose with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|purpose| purpose.name() == name).copied()
    }

    /// Whether somebody may open or see a thing for it.
    pub fn opens(self, who: Who, what: Datum) -> bool {
        let fits = |rule: &Rule| {
            rule.purpose == self && rule.who.contains(&who) && rule.what.contains(&what)
        };
        RULES.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_its_rule_or_opens_nothing() {
        let without = |purpose: &&Purpose| !RULES.iter().any(|rule| rule.purpose == **purpose);
        let unopened: Vec<_> = Purpose::ALL.iter().filter(without).collect();
        assert_eq!(unopened, [&Purpose::Safety]);
        for purpose in Purpose::RECORDED {
            assert_eq!(Purpose::from_name(purpose.name()), Some(purpose));
        }
        assert_eq!(Purpose::from_name("curiosity"), None);
    }

    #[test]
    fn each_purpose_opens_what_it_needs_and_no_more() {
        let sealed = [
            (Datum::Name, 10),
            (Datum::Document, 6),
            (Datum::Mobile, 2),
            (Datum::Passport, 1),
            (Datum::Priority, 4),
        ];
        for (what, purposes) in sealed {
            let inside = [Who::Resident, Who::Desk, Who::Program, Who::Platform];
            let opening = |purpose: &&Purpose| inside.iter().any(|who| purpose.opens(*who, what));
            assert_eq!(Purpose::RECORDED.iter().filter(opening).count(), purposes, "{what:?}");
        }
        assert!(!Purpose::Emergency.opens(Who::Desk, Datum::Document));
        assert!(!Purpose::Presence.opens(Who::Desk, Datum::Mobile));
        assert!(!Purpose::Presence.opens(Who::Office, Datum::Name));
    }
}
