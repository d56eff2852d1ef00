//! The words in Assamese.

use super::Words;

pub(super) const ASSAMESE: Words = Words {
    title: "টিকাকৰণৰ প্ৰমাণপত্ৰ",
    provisional: "অস্থায়ী প্ৰমাণপত্ৰ",
    last_dose: "চূড়ান্ত প্ৰমাণপত্ৰ",
    beneficiary: "হিতাধিকাৰীৰ বিৱৰণ",
    name: "নাম",
    born_on: "জন্মৰ তাৰিখ",
    born_in: "জন্মৰ বছৰ",
    gender: "লিংগ",
    female: "মহিলা",
    male: "পুৰুষ",
    other: "অন্যান্য",
    identity: "পৰিচয় পৰীক্ষাৰ নথি",
    reference: "প্ৰসংগ নম্বৰ",
    vaccination: "টিকাকৰণৰ বিৱৰণ",
    vaccine: "টিকা",
    doses_given: "দিয়া পালি",
    dose: "পালি",
    doses: ["প্ৰথম পালি", "দ্বিতীয় পালি", "তৃতীয় পালি", "চতুৰ্থ পালি", "পঞ্চম পালি", "ষষ্ঠ পালি"],
    given_on: "তাৰিখ",
    lot: "বেটচ নম্বৰ",
    next_due: "পৰৱৰ্তী পালি এই তাৰিখৰ পৰা",
    vaccinated_by: "টিকা দিওঁতা",
    vaccinated_at: "টিকাকৰণৰ স্থান",
    check_title: "এই প্ৰমাণপত্ৰ পৰীক্ষা কৰক",
    check_text: "প্ৰমাণপত্ৰ পৰীক্ষা কৰা যিকোনো এপেৰে ক’ডটো স্কেন কৰক। ই ইণ্টাৰনেট অবিহনে কাম কৰে আৰু কোনো তথ্য ক’লৈকো নপঠিয়ায়।",
    identifier: "প্ৰমাণপত্ৰৰ চিনাক্তকৰণ নম্বৰ",
    helpline: "হেল্পলাইন",
    code_alt: "স্বাক্ষৰ কৰা প্ৰমাণপত্ৰৰ কিউআৰ ক’ড",
};
