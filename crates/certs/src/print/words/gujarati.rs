//! The words in Gujarati.

use super::Words;

pub(super) const GUJARATI: Words = Words {
    title: "રસીકરણ પ્રમાણપત્ર",
    provisional: "કામચલાઉ પ્રમાણપત્ર",
    last_dose: "અંતિમ પ્રમાણપત્ર",
    beneficiary: "લાભાર્થીની વિગતો",
    name: "નામ",
    born_on: "જન્મ તારીખ",
    born_in: "જન્મ વર્ષ",
    gender: "લિંગ",
    female: "સ્ત્રી",
    male: "પુરુષ",
    other: "અન્ય",
    identity: "ઓળખ ચકાસણીનો દસ્તાવેજ",
    reference: "સંદર્ભ નંબર",
    vaccination: "રસીકરણની વિગતો",
    vaccine: "રસી",
    doses_given: "આપેલ ડોઝ",
    dose: "ડોઝ",
    doses: ["પ્રથમ ડોઝ", "બીજો ડોઝ", "ત્રીજો ડોઝ", "ચોથો ડોઝ", "પાંચમો ડોઝ", "છઠ્ઠો ડોઝ"],
    given_on: "તારીખ",
    lot: "બેચ નંબર",
    next_due: "આગામી ડોઝ આ તારીખથી",
    vaccinated_by: "રસી આપનાર",
    vaccinated_at: "રસીકરણનું સ્થળ",
    check_title: "આ પ્રમાણપત્ર ચકાસો",
    check_text: "કોઈપણ પ્રમાણપત્ર ચકાસણી ઍપથી આ કોડ સ્કેન કરો. તે ઇન્ટરનેટ વિના કામ કરે છે અને કોઈ માહિતી ક્યાંય મોકલતી નથી.",
    identifier: "પ્રમાણપત્ર ઓળખ નંબર",
    helpline: "હેલ્પલાઇન",
    code_alt: "સહી કરેલા પ્રમાણપત્રનો ક્યૂઆર કોડ",
};
