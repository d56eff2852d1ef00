//! The words in Bengali.

use super::Words;

pub(super) const BENGALI: Words = Words {
    title: "টিকাকরণের শংসাপত্র",
    provisional: "অস্থায়ী শংসাপত্র",
    last_dose: "চূড়ান্ত শংসাপত্র",
    beneficiary: "সুবিধাভোগীর বিবরণ",
    name: "নাম",
    born_on: "জন্ম তারিখ",
    born_in: "জন্ম সাল",
    gender: "লিঙ্গ",
    female: "মহিলা",
    male: "পুরুষ",
    other: "অন্যান্য",
    identity: "পরিচয় যাচাইয়ের নথি",
    reference: "রেফারেন্স নম্বর",
    vaccination: "টিকাকরণের বিবরণ",
    vaccine: "টিকা",
    doses_given: "দেওয়া ডোজ",
    dose: "ডোজ",
    doses: ["প্রথম ডোজ", "দ্বিতীয় ডোজ", "তৃতীয় ডোজ", "চতুর্থ ডোজ", "পঞ্চম ডোজ", "ষষ্ঠ ডোজ"],
    given_on: "তারিখ",
    lot: "ব্যাচ নম্বর",
    next_due: "পরবর্তী ডোজ এই তারিখ থেকে",
    vaccinated_by: "টিকাদাতা",
    vaccinated_at: "টিকাকরণের স্থান",
    check_title: "এই শংসাপত্র যাচাই করুন",
    check_text: "যে কোনও শংসাপত্র যাচাইকারী অ্যাপ দিয়ে কোডটি স্ক্যান করুন। এটি ইন্টারনেট ছাড়াই কাজ করে এবং কোনও তথ্য কোথাও পাঠায় না।",
    identifier: "শংসাপত্রের শনাক্তকরণ নম্বর",
    helpline: "হেল্পলাইন",
    code_alt: "স্বাক্ষরিত শংসাপত্রের কিউআর কোড",
};
