//! The words in Punjabi.

use super::Words;

pub(super) const PUNJABI: Words = Words {
    title: "ਟੀਕਾਕਰਨ ਸਰਟੀਫਿਕੇਟ",
    provisional: "ਆਰਜ਼ੀ ਸਰਟੀਫਿਕੇਟ",
    last_dose: "ਅੰਤਿਮ ਸਰਟੀਫਿਕੇਟ",
    beneficiary: "ਲਾਭਪਾਤਰੀ ਦਾ ਵੇਰਵਾ",
    name: "ਨਾਮ",
    born_on: "ਜਨਮ ਮਿਤੀ",
    born_in: "ਜਨਮ ਦਾ ਸਾਲ",
    gender: "ਲਿੰਗ",
    female: "ਔਰਤ",
    male: "ਮਰਦ",
    other: "ਹੋਰ",
    identity: "ਪਛਾਣ ਤਸਦੀਕ ਦਾ ਦਸਤਾਵੇਜ਼",
    reference: "ਹਵਾਲਾ ਨੰਬਰ",
    vaccination: "ਟੀਕਾਕਰਨ ਦਾ ਵੇਰਵਾ",
    vaccine: "ਟੀਕਾ",
    doses_given: "ਦਿੱਤੀਆਂ ਖੁਰਾਕਾਂ",
    dose: "ਖੁਰਾਕ",
    doses: ["ਪਹਿਲੀ ਖੁਰਾਕ", "ਦੂਜੀ ਖੁਰਾਕ", "ਤੀਜੀ ਖੁਰਾਕ", "ਚੌਥੀ ਖੁਰਾਕ", "ਪੰਜਵੀਂ ਖੁਰਾਕ", "ਛੇਵੀਂ ਖੁਰਾਕ"],
    given_on: "ਮਿਤੀ",
    lot: "ਬੈਚ ਨੰਬਰ",
    next_due: "ਅਗਲੀ ਖੁਰਾਕ ਇਸ ਮਿਤੀ ਤੋਂ",
    vaccinated_by: "ਟੀਕਾ ਲਗਾਉਣ ਵਾਲੇ",
    vaccinated_at: "ਟੀਕਾਕਰਨ ਦੀ ਥਾਂ",
    check_title: "ਇਸ ਸਰਟੀਫਿਕੇਟ ਦੀ ਜਾਂਚ ਕਰੋ",
    check_text: "ਇਸ ਕੋਡ ਨੂੰ ਕਿਸੇ ਵੀ ਸਰਟੀਫਿਕੇਟ ਤਸਦੀਕ ਐਪ ਨਾਲ ਸਕੈਨ ਕਰੋ। ਇਹ ਇੰਟਰਨੈੱਟ ਤੋਂ ਬਿਨਾਂ ਕੰਮ ਕਰਦਾ ਹੈ ਅਤੇ ਕੋਈ ਜਾਣਕਾਰੀ ਕਿਤੇ ਨਹੀਂ ਭੇਜਦਾ।",
    identifier: "ਸਰਟੀਫਿਕੇਟ ਪਛਾਣ ਨੰਬਰ",
    helpline: "ਹੈਲਪਲਾਈਨ",
    code_alt: "ਦਸਤਖ਼ਤ ਕੀਤੇ ਸਰਟੀਫਿਕੇਟ ਦਾ ਕਿਊਆਰ ਕੋਡ",
};
