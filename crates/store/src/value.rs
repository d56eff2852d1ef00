//! How values of the domain sit in the columns of either engine.

use domain::{id::BeneficiaryId, session::Slot};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};

/// Days since 1970-01-01.
pub(crate) fn day(date: Date) -> i32 {
    let days = date.since(EPOCH).map(|span| span.get_days());
    days.unwrap_or_default()
}

/// The date so many days after 1970-01-01.
pub(crate) fn date(days: i32) -> Date {
    EPOCH.saturating_add(days.days())
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The instant so many milliseconds after 1970.
pub(crate) fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// How long something is, in milliseconds.
pub(crate) fn milliseconds(long: SignedDuration) -> i64 {
    i64::try_from(long.as_millis()).unwrap_or(i64::MAX)
}

/// A beneficiary's number as a column holds it.
pub(crate) fn number(id: BeneficiaryId) -> i64 {
    i64::try_from(id.number()).expect("14 digits fit")
}

/// The beneficiary with the number that a column holds.
pub(crate) fn beneficiary(number: i64) -> Option<BeneficiaryId> {
    BeneficiaryId::from_number(u64::try_from(number).ok()?)
}

/// Minutes after midnight.
pub(crate) fn minutes(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

/// The time so many minutes after midnight.
pub(crate) fn time(minutes: i32) -> Time {
    let part = |value: i32| i8::try_from(value).unwrap_or(0);
    Time::new(part(minutes / 60), part(minutes % 60), 0, 0).unwrap_or(Time::midnight())
}

/// Slots as a column holds them: `540-660,660-780`, minutes after midnight.
pub(crate) fn slots_text(slots: &[Slot]) -> String {
    let texts: Vec<_> =
        slots.iter().map(|slot| format!("{}-{}", minutes(slot.from), minutes(slot.to))).collect();
    texts.join(",")
}

/// Reads what [`slots_text`] wrote.
pub(crate) fn slots_from(text: &str) -> Vec<Slot> {
    let slot = |part: &str| {
        let (from, to) = part.split_once('-')?;
        Some(Slot { from: time(from.parse().ok()?), to: time(to.parse().ok()?) })
    };
    text.split(',').filter_map(slot).collect()
}
