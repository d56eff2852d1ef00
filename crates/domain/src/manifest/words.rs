//! The closed lists of the manifest: on what basis something is held, how long, in what form, and who
//! may open it; why, is in [`crate::purpose`]. Each has a name for programs and words for people.

/// A sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub english: &'static str,
    /// In Hindi.
    pub hindi: &'static str,
}

/// Makes a closed list: its values with their names and words.
macro_rules! closed {
    ($(#[$what:meta])* $list:ident { $($(#[$doc:meta])* $value:ident $name:literal $english:literal $hindi:literal)+ }) => {
        $(#[$what])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list { $($(#[$doc])* $value),+ }

        impl $list {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// Its name for programs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// Its words for people.
            pub const fn words(self) -> $crate::manifest::words::Words {
                match self {
                    $(Self::$value => $crate::manifest::words::Words { english: $english, hindi: $hindi }),+
                }
            }
        }
    };
}
pub(crate) use closed;

closed! {
    /// On what basis something of a person is processed: the Digital Personal Data Protection Act, 2023.
    Basis {
        /// A service of the State.
        Service "dpdp-7b" "a service and certificate that the State provides (DPDP Act 2023, section 7(b))" "राज्य द्वारा दी जाने वाली सेवा और प्रमाणपत्र (डीपीडीपी अधिनियम 2023, धारा 7(ख))"
        /// Care in an epidemic.
        PublicHealth "dpdp-7g" "health services during an epidemic or another threat to public health (DPDP Act 2023, section 7(g))" "महामारी या जन-स्वास्थ्य के अन्य खतरे में स्वास्थ्य सेवा (डीपीडीपी अधिनियम 2023, धारा 7(छ))"
        /// What somebody gives because they want something of it.
        Consent "dpdp-6" "your consent, which you can take back (DPDP Act 2023, section 6)" "आपकी सहमति, जिसे आप वापस ले सकते हैं (डीपीडीपी अधिनियम 2023, धारा 6)"
        /// What somebody gives by themselves, for what they say.
        Volunteered "dpdp-7a" "what you gave of your own will, for this (DPDP Act 2023, section 7(a))" "जो आपने अपनी इच्छा से, इसी के लिए दिया (डीपीडीपी अधिनियम 2023, धारा 7(क))"
        /// Of those who work here.
        Employment "dpdp-7i" "employment (DPDP Act 2023, section 7(i))" "रोज़गार (डीपीडीपी अधिनियम 2023, धारा 7(झ))"
        /// Of no person.
        NotPersonal "not-personal" "not about any person" "किसी व्यक्ति के बारे में नहीं"
    }
}

closed! {
    /// Until when something is kept.
    Life {
        /// With the record of a person.
        Record "record" "with the record: until it is removed, which its mobile's holder may do before the first dose; from then on as long as the programme runs" "रिकॉर्ड के साथ: जब तक वह हटाया न जाए, जो मोबाइल धारक पहली खुराक से पहले कर सकता है; उसके बाद जब तक कार्यक्रम चलता है"
        /// While the programme runs.
        Programme "programme" "as long as the programme runs" "जब तक कार्यक्रम चलता है"
        /// Travel details.
        Wanted "while-wanted" "until you remove it, or it no longer fits your details" "जब तक आप इसे न हटाएँ, या यह आपके विवरण से मेल न खाए"
        /// While a merge is under way.
        Merge "until-merged" "until the two records are joined, some seconds" "दोनों रिकॉर्ड जुड़ने तक, कुछ सेकंड"
        /// While a certificate is owed.
        Owed "until-signed" "until the certificate is signed" "प्रमाणपत्र पर हस्ताक्षर होने तक"
        /// While a message waits.
        Delivery "until-delivered" "until the message is delivered, or given up after about a day" "संदेश पहुँचने तक, या लगभग एक दिन बाद छोड़ दिए जाने तक"
        /// A one-time password.
        Code "4-minutes" "about four minutes" "लगभग चार मिनट"
        /// An app that shows codes.
        Factor "until-removed" "until you remove the app, or the last person of the mobile is erased" "जब तक आप ऐप न हटाएँ, या मोबाइल का अंतिम व्यक्ति न मिटाया जाए"
        /// An offer to a wallet.
        Offer "7-minutes" "some minutes" "कुछ मिनट"
        /// The answer to a request.
        Week "7-days" "seven days" "सात दिन"
        /// A report.
        Reported "365-days-closed" "a year after it is closed" "बंद होने के एक वर्ष बाद तक"
        /// A count for a limit.
        Counted "2-days" "two days at most" "अधिक से अधिक दो दिन"
        /// What was opened and decided.
        Logged "3-years" "three years, and longer while a court or authority asks that it be held" "तीन वर्ष, और जब तक कोई न्यायालय या प्राधिकरण रोके रखने को कहे तब तक"
        /// Who was affected by an incident.
        Affected "366-days-closed" "a year after the incident is closed" "घटना बंद होने के एक वर्ष बाद तक"
    }
}

closed! {
    /// In what form something is kept.
    Form {
        /// Encrypted under the person's own key.
        Sealed "sealed" "encrypted under the person's own key" "व्यक्ति की अपनी कुंजी से कूटबद्ध"
        /// Encrypted under the key of messages.
        SealedMessage "sealed-message" "encrypted under the key of messages" "संदेशों की कुंजी से कूटबद्ध"
        /// A keyed digest by which something is found.
        BlindIndex "blind-index" "as a keyed fingerprint, by which it is found and from which it cannot be read" "कुंजी वाले फ़िंगरप्रिंट के रूप में, जिससे वह खोजा जाता है पर पढ़ा नहीं जा सकता"
        /// A keyed digest that is only compared.
        Digest "keyed-digest" "as a keyed fingerprint that is only compared" "कुंजी वाले फ़िंगरप्रिंट के रूप में, जिसकी केवल तुलना होती है"
        /// A key, encrypted under another.
        Wrapped "wrapped-key" "as a key that is encrypted itself" "ऐसी कुंजी के रूप में जो स्वयं कूटबद्ध है"
        /// As it is.
        Plain "plain" "as it is" "जैसा है वैसा"
    }
}

closed! {
    /// Who may open something.
    Who {
        /// The holder of the mobile.
        Resident "resident" "the holder of the mobile" "मोबाइल धारक"
        /// Staff of a facility.
        Desk "desk" "staff of the facility where the person shows their number and code" "उस केंद्र के कर्मचारी जहाँ व्यक्ति अपना नंबर और कोड दिखाता है"
        /// A state's program.
        Program "state-program" "the program of a state, of a person who shows their number and code" "राज्य का प्रोग्राम, उस व्यक्ति के लिए जो अपना नंबर और कोड दिखाता है"
        /// This program.
        Platform "platform" "this program, to apply the rules and to sign; nobody sees it" "यह प्रोग्राम, नियम लागू करने और हस्ताक्षर के लिए; कोई इसे नहीं देखता"
        /// The carrier of messages.
        Carrier "carrier" "the carrier of messages" "संदेश पहुँचाने वाला"
        /// Whoever is shown a certificate.
        Verifier "verifier" "whoever you show the certificate to" "जिसे आप प्रमाणपत्र दिखाएँ"
        /// Those who import and those who plan.
        Office "office" "district officers and the operator" "ज़िला अधिकारी और संचालक"
        /// Anybody.
        Anybody "anybody" "anybody" "कोई भी"
    }
}
