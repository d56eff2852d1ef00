//! What stands on the pages for reports, in each language.

use app::clock;
use domain::reported::{BadReport, Outcome};
use jiff::Timestamp;

use crate::form::Query;

/// The words of the pages in one language.
pub(super) struct Frame {
    pub(super) code: &'static str,
    /// The other language: its code, where the form is, its name.
    pub(super) other: (&'static str, &'static str, &'static str),
    pub(super) problem: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) promise: &'static str,
    pub(super) sealed: &'static str,
    pub(super) no_data: &'static str,
    pub(super) seen: &'static str,
    pub(super) found_at: &'static str,
    pub(super) claimed: &'static str,
    pub(super) reach: &'static str,
    pub(super) send: &'static str,
    pub(super) receipt_title: &'static str,
    pub(super) keep: &'static str,
    pub(super) receipt: &'static str,
    pub(super) state: &'static str,
    pub(super) received: &'static str,
    pub(super) looked_at: &'static str,
    pub(super) closed: &'static str,
    pub(super) came: &'static str,
    pub(super) look_by: &'static str,
    pub(super) looked: &'static str,
    pub(super) close_by: &'static str,
    pub(super) was_closed: &'static str,
    pub(super) late: &'static str,
    pub(super) outcome: &'static str,
    pub(super) too_many: &'static str,
    pub(super) no_receipt: &'static str,
    place: &'static str,
    bad: [&'static str; 4],
}

/// The words in the language that is asked for.
pub(super) fn frame(asked: &Query) -> &'static Frame {
    if asked.get("language") == Some("hi") { &HINDI } else { &ENGLISH }
}

impl Frame {
    /// What is wrong with a report.
    pub(super) const fn bad(&self, bad: BadReport) -> &'static str {
        let [seen, found_at, reach, claimed] = self.bad;
        match bad {
            BadReport::Seen => seen,
            BadReport::FoundAt => found_at,
            BadReport::Reach => reach,
            BadReport::Claimed => claimed,
        }
    }

    fn is_hindi(&self) -> bool {
        self.code == HINDI.code
    }

    /// What came of a report.
    pub(super) fn outcome(&self, outcome: Outcome) -> &'static str {
        let words = outcome.words();
        if self.is_hindi() { words.hindi } else { words.english }
    }

    /// Where the page of a receipt is, in this language.
    pub(super) fn receipt_page(&self, receipt: &str) -> String {
        let language = if self.is_hindi() { "?language=hi" } else { "" };
        format!("/report/{receipt}{language}")
    }

    /// And in the other one.
    pub(super) fn of_other(&self, receipt: &str) -> String {
        if self.is_hindi() { &ENGLISH } else { &HINDI }.receipt_page(receipt)
    }

    /// An instant, by the clocks of the country.
    pub(super) fn instant(&self, at: Timestamp) -> String {
        let there = clock::time_zone().to_datetime(at);
        format!("{} {}", there.strftime("%d-%m-%Y %H:%M"), self.place)
    }
}

static ENGLISH: Frame = Frame {
    code: "en",
    other: ("hi", "/report?language=hi", "यह पृष्ठ हिन्दी में"),
    problem: "There is a problem",
    title: "Report a leak or a weakness",
    lead: "Did you find personal data that is public, a weakness of this platform, or somebody who \
           offers its data? Tell us. You need no account and need not say who you are.",
    promise: "Somebody looks at it within 72 hours, and it is closed within 90 days. You get a receipt \
              that says how it stands.",
    sealed: "What you write is kept sealed, is opened by who operates this platform only, and each \
             opening is on record. It is removed a year after it is closed.",
    no_data: "Do not send us the data itself: where it is, is enough.",
    seen: "What did you see?",
    found_at: "Where? An address, or the name of a forum or channel (optional)",
    claimed: "If data is offered: which columns, how many people, at what price (optional)",
    reach: "How can we reach you? (optional)",
    send: "Send the report",
    receipt_title: "Your report",
    keep: "Keep the address of this page, or this number. It is told now only, and whoever has it sees \
           this page, which repeats nothing of what you wrote.",
    receipt: "Number of the receipt",
    state: "State",
    received: "Received",
    looked_at: "Being looked at",
    closed: "Closed",
    came: "Came",
    look_by: "Somebody looks at it by",
    looked: "Somebody looked at it",
    close_by: "It is closed by",
    was_closed: "Closed",
    late: "late",
    outcome: "What came of it",
    too_many: "Too many reports came from this connection today. Try again tomorrow.",
    no_receipt: "There is no report with this receipt. Check the address; a year after it was closed, \
                 a report is removed.",
    place: "Indian time",
    bad: [
        "Say what you saw, in 4000 characters at most.",
        "Say where in one line of 1000 characters at most.",
        "Say how to reach you in one line of 200 characters at most.",
        "Say what is claimed in 2000 characters at most.",
    ],
};

static HINDI: Frame = Frame {
    code: "hi",
    other: ("en", "/report", "This page in English"),
    problem: "एक समस्या है",
    title: "डेटा लीक या कमज़ोरी की सूचना दें",
    lead: "क्या आपको सार्वजनिक रूप से दिखता निजी डेटा, इस प्लेटफ़ॉर्म की कोई कमज़ोरी, या इसका डेटा देने वाला \
           कोई मिला? हमें बताएँ। न खाता चाहिए, न यह बताना ज़रूरी है कि आप कौन हैं।",
    promise: "72 घंटे के भीतर कोई इसे देखेगा, और 90 दिन के भीतर यह बंद होगी। आपको एक रसीद मिलेगी, जो \
              स्थिति बताती है।",
    sealed: "आप जो लिखते हैं वह कूटबद्ध रखा जाता है, केवल इस प्लेटफ़ॉर्म का संचालक उसे खोलता है, और हर बार \
             खोलना दर्ज होता है। बंद होने के एक वर्ष बाद वह हटा दिया जाता है।",
    no_data: "डेटा स्वयं हमें न भेजें: वह कहाँ है, इतना ही काफ़ी है।",
    seen: "आपने क्या देखा?",
    found_at: "कहाँ? कोई पता, या किसी फ़ोरम या चैनल का नाम (वैकल्पिक)",
    claimed: "यदि डेटा दिया जा रहा है: कौन से कॉलम, कितने लोग, किस दाम पर (वैकल्पिक)",
    reach: "हम आपसे कैसे संपर्क करें? (वैकल्पिक)",
    send: "सूचना भेजें",
    receipt_title: "आपकी सूचना",
    keep: "इस पृष्ठ का पता या यह नंबर सँभाल कर रखें। यह केवल अभी बताया जा रहा है, और जिसके पास यह हो वह यह \
           पृष्ठ देख सकता है, जिसमें आपके लिखे में से कुछ नहीं है।",
    receipt: "रसीद का नंबर",
    state: "स्थिति",
    received: "प्राप्त",
    looked_at: "देखी जा रही है",
    closed: "बंद",
    came: "प्राप्त हुई",
    look_by: "कोई इसे तब तक देखेगा",
    looked: "किसी ने इसे देखा",
    close_by: "तब तक यह बंद होगी",
    was_closed: "बंद हुई",
    late: "देर से",
    outcome: "क्या निकला",
    too_many: "आज इस कनेक्शन से बहुत अधिक सूचनाएँ आईं। कल फिर प्रयास करें।",
    no_receipt: "इस रसीद की कोई सूचना नहीं है। पता जाँचें; बंद होने के एक वर्ष बाद सूचना हटा दी जाती है।",
    place: "भारतीय समय",
    bad: [
        "बताएँ कि आपने क्या देखा, अधिक से अधिक 4000 अक्षरों में।",
        "बताएँ कि कहाँ, एक पंक्ति में और अधिक से अधिक 1000 अक्षरों में।",
        "संपर्क का तरीका एक पंक्ति में और अधिक से अधिक 200 अक्षरों में बताएँ।",
        "बताएँ कि क्या दावा है, अधिक से अधिक 2000 अक्षरों में।",
    ],
};
