//! What is held, in plain words: each thing with its basis, its purposes, and who may open it for
//! which of them. A field anywhere (a column, a member of an answer, a key of a certificate) is one of
//! these things.

use super::{
    tables,
    words::{Basis, Who, closed},
};
use crate::purpose::{Purpose, RULES};

closed! {
    /// A thing that is held or sent.
    Datum {
        /// The mobile of whoever registers.
        Mobile "mobile" "Mobile number" "मोबाइल नंबर"
        /// The name of a person.
        Name "name" "Name, as on the document" "नाम, जैसा दस्तावेज़ पर है"
        /// Year of birth.
        BirthYear "birth-year" "Year of birth" "जन्म वर्ष"
        /// Gender.
        Gender "gender" "Gender" "लिंग"
        /// Kind and number of one identity document.
        Document "document" "Kind and number of one identity document" "एक पहचान दस्तावेज़ का प्रकार और नंबर"
        /// That a condition gives priority.
        Priority "priority" "Whether a health condition gives priority; not which" "क्या किसी स्वास्थ्य स्थिति से प्राथमिकता मिलती है; कौन सी, यह नहीं"
        /// The number of a person here.
        Reference "reference" "The person's number here, and the four-digit code of an appointment" "व्यक्ति का यहाँ का नंबर, और अपॉइंटमेंट का चार अंकों का कोड"
        /// Who shares a mobile, since when.
        Account "account" "Who is registered with which mobile, and since when" "किस मोबाइल से कौन पंजीकृत है, और कब से"
        /// From which list somebody came.
        List "list" "From which prepared list the person was registered, if from one" "व्यक्ति किस तैयार सूची से पंजीकृत हुआ, यदि किसी सूची से"
        /// Appointments.
        Appointment "appointment" "Appointments: where, when, for which dose" "अपॉइंटमेंट: कहाँ, कब, किस खुराक के लिए"
        /// That a document was looked at.
        IdentityCheck "identity-check" "When the document was checked, and by which member of staff" "दस्तावेज़ कब और किस कर्मचारी ने जाँचा"
        /// Doses.
        Dose "dose" "Doses: vaccine, lot, day and place, and what follows from them" "खुराकें: टीका, लॉट, दिन और स्थान, और उनसे जो निकलता है"
        /// Who gave a dose.
        Vaccinator "vaccinator" "Name of who gave the dose, as on the certificate" "खुराक देने वाले का नाम, जैसा प्रमाणपत्र पर है"
        /// Signed certificates and what they are called.
        Certificate "certificate" "Certificates: the signed text, its number, whether it was withdrawn" "प्रमाणपत्र: हस्ताक्षरित पाठ, उसका नंबर, वापस लिया गया या नहीं"
        /// What happened after a dose.
        AdverseEvent "adverse-event" "What happened after a dose, if it was noted" "खुराक के बाद क्या हुआ, यदि लिखा गया"
        /// Why staff changed a record.
        Reason "reason" "Why a dose was taken back or records were joined" "खुराक वापस क्यों ली गई या रिकॉर्ड क्यों जोड़े गए"
        /// What was changed in a record.
        Change "change" "When details were corrected or records joined, and by whom" "विवरण कब सुधारे गए या रिकॉर्ड कब जोड़े गए, और किसने"
        /// Day of birth, for travel only.
        BornOn "born-on" "Day of birth, only for a certificate for travel" "जन्म तिथि, केवल यात्रा प्रमाणपत्र के लिए"
        /// Passport, for travel only.
        Passport "passport" "Number of the passport, only for a certificate for travel" "पासपोर्ट नंबर, केवल यात्रा प्रमाणपत्र के लिए"
        /// Nationality, for travel only.
        Nationality "nationality" "Nationality, only for a certificate for travel" "राष्ट्रीयता, केवल यात्रा प्रमाणपत्र के लिए"
        /// Parent or guardian, for travel only.
        Guardian "guardian" "Name of a parent or guardian, only for a certificate for travel" "माता-पिता या अभिभावक का नाम, केवल यात्रा प्रमाणपत्र के लिए"
        /// One-time passwords and tokens.
        SignIn "sign-in" "One-time passwords and tokens; the secret of an app that shows codes, if you set one up; passkeys of staff" "वन-टाइम पासवर्ड और टोकन; कोड दिखाने वाले ऐप का रहस्य, यदि आप उसे जोड़ें; कर्मचारियों की पासकी"
        /// What a wallet is offered and shows.
        Wallet "wallet" "Codes for, and the key of, the wallet that you choose" "आपके चुने वॉलेट के कोड और उसकी कुंजी"
        /// Messages to a mobile.
        Message "message" "Messages to your mobile" "आपके मोबाइल पर संदेश"
        /// Requests, so that one that is repeated happens once.
        Request "request" "Fingerprints of requests, so that a repeated one happens once" "अनुरोधों के फ़िंगरप्रिंट, ताकि दोहराया अनुरोध एक बार ही हो"
        /// How often something was asked.
        Limit "limit" "How often something was asked, for limits" "सीमा के लिए, कितनी बार माँगा गया"
        /// Who opened what of a person.
        Access "access" "Who opened which of your fields, when and why: role and place, and no name" "आपके कौन से क्षेत्र किसने, कब और क्यों खोले: भूमिका और स्थान, नाम नहीं"
        /// What somebody reported.
        Report "report" "What somebody reports to us: what they saw, where, and how to reach them, if they say so" "कोई हमें जो सूचना देता है: क्या देखा, कहाँ, और यदि बताए तो उससे संपर्क कैसे हो"
        /// Incidents.
        Incident "incident" "What happened to data that should not have, and whom it affects" "डेटा के साथ ऐसा क्या हुआ जो नहीं होना चाहिए था, और किस पर असर पड़ा"
        /// That a record must not go.
        Hold "legal-hold" "That a court or authority asks that a record be held, and in which case" "कि कोई न्यायालय या प्राधिकरण रिकॉर्ड रोके रखने को कहता है, और किस मामले में"
        /// Who works here.
        Staff "staff" "Staff: mobile, role and place of work, and what they did" "कर्मचारी: मोबाइल, भूमिका और कार्यस्थल, और उन्होंने क्या किया"
        /// What those who work here are called.
        StaffName "staff-name" "Staff: name" "कर्मचारी: नाम"
        /// Member of an old form that says the same of everybody.
        Empty "empty" "A field of the Co-WIN form that is the same for everybody here" "को-विन रूप का एक क्षेत्र जो यहाँ सबके लिए एक-सा है"
        /// Member of an old form that nobody reads.
        Ignored "ignored" "A field that older programs send, and that is neither read nor kept" "एक क्षेत्र जिसे पुराने प्रोग्राम भेजते हैं, और जो न पढ़ा जाता है न रखा जाता है"
        /// Places of the country.
        Place "place" "States, districts and PIN codes" "राज्य, ज़िले और पिन कोड"
        /// Places that hold sessions.
        Facility "facility" "Facilities: name, address, hours" "केंद्र: नाम, पता, समय"
        /// Planned times of vaccination.
        Session "session" "Sessions and their free seats" "सत्र और उनके खाली स्थान"
        /// Vial-doses.
        Stock "stock" "Vial-doses that a facility received and gave, by lot" "केंद्र को मिली और दी गई खुराकें, लॉट के अनुसार"
        /// Counts.
        Count "count" "Counts, of nobody in particular" "गिनती, किसी एक व्यक्ति की नहीं"
        /// Rules and vaccines.
        Rules "rules" "The programme's rules, vaccines and lists" "कार्यक्रम के नियम, टीके और सूचियाँ"
        /// Signatures and public keys, and which form a certificate has.
        Signature "signature" "Signatures, public keys, the names of forms and of who issues" "हस्ताक्षर, सार्वजनिक कुंजियाँ, रूपों और जारीकर्ता के नाम"
        /// What the program needs to keep order.
        Technical "technical" "What the program needs to keep order; it says nothing about a person" "प्रोग्राम को व्यवस्था के लिए जो चाहिए; यह किसी व्यक्ति के बारे में कुछ नहीं कहता"
    }
}

/// Who may open a thing, and for which purpose.
pub type Opening = (Who, Purpose);

impl Datum {
    /// On what basis it is processed.
    pub const fn basis(self) -> Basis {
        match self {
            Self::Mobile
            | Self::Name
            | Self::BirthYear
            | Self::Gender
            | Self::Document
            | Self::Reference
            | Self::Account
            | Self::List
            | Self::Appointment
            | Self::IdentityCheck
            | Self::Dose
            | Self::Certificate
            | Self::Reason
            | Self::Change
            | Self::SignIn
            | Self::Message
            | Self::Request
            | Self::Limit
            | Self::Incident
            | Self::Hold
            | Self::Access => Basis::Service,
            Self::Priority | Self::AdverseEvent => Basis::PublicHealth,
            Self::Report => Basis::Volunteered,
            Self::BornOn | Self::Passport | Self::Nationality | Self::Guardian | Self::Wallet => {
                Basis::Consent
            }
            Self::Vaccinator | Self::Staff | Self::StaffName => Basis::Employment,
            Self::Empty
            | Self::Ignored
            | Self::Place
            | Self::Facility
            | Self::Session
            | Self::Stock
            | Self::Count
            | Self::Rules
            | Self::Signature
            | Self::Technical => Basis::NotPersonal,
        }
    }

    /// Whether it is about a person.
    pub fn is_personal(self) -> bool {
        self.basis() != Basis::NotPersonal
    }

    /// Who may open it, for which purpose: nobody else, and for no other. Some things are sealed and
    /// opened by nothing in this program.
    pub fn openings(self) -> Vec<Opening> {
        let of = RULES.iter().filter(|rule| rule.what.contains(&self));
        let each = of.flat_map(|rule| rule.who.iter().map(|who| (*who, rule.purpose)));
        let mut openings: Vec<_> = each.collect();
        openings.sort_unstable();
        openings
    }

    /// Why it is held: each purpose for which somebody may open it, once, in the order of the list.
    pub fn purposes(self) -> Vec<Purpose> {
        let unopened: &[Purpose] = match self {
            Self::AdverseEvent => &[Purpose::Safety],
            Self::Reason => &[Purpose::Correction, Purpose::Emergency],
            Self::StaffName => &[Purpose::Staffing],
            _ => &[],
        };
        let whys: Vec<_> = self.openings().into_iter().map(|(_, why)| why).collect();
        let held = |why: &&Purpose| whys.contains(why) || unopened.contains(why);
        Purpose::ALL.iter().filter(held).copied().collect()
    }

    /// What a sealed field of this name holds.
    pub fn sealed_as(label: &str) -> Option<Self> {
        let mut columns = tables::all().flat_map(|table| table.columns);
        columns.find(|column| column.label == Some(label)).map(|column| column.datum)
    }
}
