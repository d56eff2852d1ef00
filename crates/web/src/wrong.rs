//! Errors on pages: which field is meant, and what to do. The texts of use cases name the fields
//! of the API; here they are said to people.

use app::{
    Error,
    error_kinds::{
        NotAmended, NotCancelled, NotCorrected, NotEnrolled, NotKept, NotMergeable, NotMerged,
        NotRecorded, NotRemoved,
    },
};
use axum::http::StatusCode;
use domain::{
    person::BadDetail, schedule::NotEligible, session::BadSession, travel::BadTravelDetail,
};

use crate::{
    page::{day_words, time_words},
    problem::log_fault,
};

/// What went wrong with a form.
pub(crate) struct Wrong {
    /// The field that is meant, or nothing.
    pub(crate) field: &'static str,
    /// What to do. It repeats nothing that a person gave.
    pub(crate) text: String,
    /// Whom it is about, to be said before the text on the page, but not in its title.
    pub(crate) who: String,
    /// The status of the answer.
    pub(crate) status: StatusCode,
}

impl Wrong {
    /// A field cannot be used.
    pub(crate) fn field(field: &'static str, text: &str) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self { field, text: text.to_owned(), who: String::new(), status }
    }
}

/// What is said of a code of an app that does not fit: also to who has no app.
pub(crate) const APP_CODE: &str = "This code does not fit. Each code counts once: wait for the next one, and see that the \
     clock of the device is right.";

/// What an error is on a page.
pub(crate) fn wrong(error: &Error) -> Wrong {
    log_fault(error);
    let (field, text) = said(error);
    let text = text.unwrap_or_else(|| sentence(&error.to_string()));
    Wrong { field, text, who: String::new(), status: status(error) }
}

/// The status that goes with an error on a page.
const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unavailable(_) | Error::SignerAway(_) | Error::CertificateOwed { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden
        | Error::WrongPresence
        | Error::Held
        | Error::SecondPerson
        | Error::WeakSignIn
        | Error::StaleSignIn
        | Error::PasskeyNeeded
        | Error::NotProven
        | Error::WrongStaffCode => StatusCode::FORBIDDEN,
        Error::TooMany { .. } | Error::CodesBlocked { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Full { .. }
        | Error::AppointmentExists { .. }
        | Error::NotBooked(_)
        | Error::NotMergeable(_)
        | Error::NotMerged(_)
        | Error::NotPublished(_)
        | Error::NoStock
        | Error::LastFactor
        | Error::QuestionUsed => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The field, and the sentence where the error's own would not do.
fn said(error: &Error) -> (&'static str, Option<String>) {
    if let Some((field, text)) = said_of_sign_in(error) {
        return (field, Some(text.to_owned()));
    }
    let (field, text) = match error {
        Error::BadDetail(detail) => bad_detail(*detail),
        Error::BadTravelDetail(bad) => bad_travel_detail(*bad),
        Error::BadSession(bad) => bad_session(*bad),
        Error::Invalid(text) => return invalid(text),
        Error::NotEligible { rule, .. } => return ("person", Some(not_eligible(*rule))),
        Error::TooMany { retry_after_seconds } => {
            let minutes = retry_after_seconds.div_ceil(60);
            return ("", Some(format!("Too many tries. Try again in {minutes} minutes.")));
        }
        Error::WrongCode => {
            ("otp", "This is not the password that we sent. Check it and try again.")
        }
        Error::CodeExpired => {
            ("mobile", "The one-time password is no longer valid. Ask for another.")
        }
        Error::CodesBlocked { .. } => {
            ("mobile", "No more passwords are sent to this mobile today. Try again tomorrow.")
        }
        Error::NotRegistered => ("mobile", "Nobody is registered with this mobile."),
        Error::WrongPresence => (
            "reference",
            "The reference number and the code do not belong together here. Ask to see both again.",
        ),
        Error::Held => (
            "",
            "This account is held, because what it did stood out. Your district officer can release it.",
        ),
        Error::NoStock => ("lot", "No received dose of this lot is left here. Check the lot."),
        Error::NoSuchSlot => ("slot", "Choose one of the times."),
        Error::Full { .. } => ("slot", "No seat is free any more at this time. Choose another."),
        Error::NotBookable => {
            ("", "This session is over, was cancelled, or is not open for booking yet.")
        }
        Error::TooLate => (
            "",
            "On its day an appointment can no longer be cancelled. If nobody comes, the seat is \
             given to someone else.",
        ),
        Error::NotEnrolled(NotEnrolled::DocumentTaken)
        | Error::NotAmended(NotAmended::DocumentTaken) => {
            ("number", "Someone is registered with this document already.")
        }
        Error::NotEnrolled(NotEnrolled::AccountFull) => {
            ("", "This mobile has as many people as it may have. Use another mobile.")
        }
        Error::NotAmended(NotAmended::Vaccinated) => {
            ("", "Details can be changed only until the first dose.")
        }
        Error::NotCorrected(why) => return not_corrected(*why),
        Error::NotMergeable(why) => return ("goes", Some(not_mergeable(*why))),
        Error::NotMerged(NotMerged::Booked) => {
            ("goes", "One of the records has an appointment. Cancel it first.")
        }
        Error::NotKept(NotKept::NotVaccinated) => {
            ("", "Details for travel are kept only once a dose is on record.")
        }
        Error::NotRemoved(NotRemoved::Vaccinated) => {
            ("", "A person can be removed only until the first dose.")
        }
        Error::AppointmentExists { .. } => {
            ("person", "There is an appointment for this dose already. Move or cancel that one.")
        }
        Error::NotCancelled(NotCancelled::Done) => {
            ("", "The dose has been given, so there is nothing to cancel.")
        }
        Error::NotRecorded(NotRecorded::PlaceTaken) => {
            ("", "This dose is on record already. Look at the doses above.")
        }
        Error::NotFound => ("", "This does not exist, or not any more."),
        Error::CertificateOwed { .. } => (
            "",
            "The dose is on record. Its certificate is not signed yet and will be ready later: we \
             send a message when it is.",
        ),
        Error::SignerAway(_) => {
            ("", "Certificates cannot be signed right now. Try again in a few minutes.")
        }
        Error::Unavailable(_) => {
            ("", "We are too busy right now. Wait a moment, then send it again.")
        }
        _ => return ("", None),
    };
    (field, Some(text.to_owned()))
}

/// What is said to staff about how they sign in.
const fn said_of_sign_in(error: &Error) -> Option<(&'static str, &'static str)> {
    Some(match error {
        Error::WeakSignIn => ("", "Sign in with your passkey or the code of your app first."),
        Error::StaleSignIn => (
            "",
            "This can be changed only in the first 15 minutes after signing in. Sign out, sign in \
             again, then change it.",
        ),
        Error::PasskeyNeeded => (
            "",
            "This account signs in with its passkey. Begin again, and choose to sign in with it.",
        ),
        Error::NotProven => (
            "",
            "This does not prove who you are. Load the page again, look at its address, and try once \
             more.",
        ),
        Error::WrongStaffCode => (
            "staff_code",
            "This is not the code that you were handed, or it is too old. Ask where you got it.",
        ),
        Error::LastFactor => {
            ("", "This is the last thing that proves who you are. Add another one first.")
        }
        _ => return None,
    })
}

fn not_mergeable(why: NotMergeable) -> String {
    match why {
        NotMergeable::SameRecord => "Choose two different records.".to_owned(),
        NotMergeable::OtherPerson => {
            "Name, year of birth and gender of both records must be the same. If one of them is \
             wrong, correct it first."
                .to_owned()
        }
        NotMergeable::NoDose => {
            "The record that would go has no dose, so there is nothing to take over. Remove it \
             instead."
                .to_owned()
        }
        NotMergeable::Undoable { until } => format!(
            "A dose was recorded a short while ago and can still be undone. Try again at {}.",
            time_words(until)
        ),
        NotMergeable::SameDay { on } => format!(
            "Both records have a dose of {}, and they are not the same dose. The facility must undo \
             the wrong one.",
            day_words(on)
        ),
        NotMergeable::NotASeries { number, rule } => {
            format!("Together the doses are no series. Dose {number}: {}", not_eligible(rule))
        }
    }
}

fn not_corrected(why: NotCorrected) -> (&'static str, Option<String>) {
    let text = match why {
        NotCorrected::LimitReached => "This was corrected as often as it can be.",
        NotCorrected::SameDetails => "Nothing is different. Change what is wrong, then send it.",
        NotCorrected::NotVaccinated => {
            "There is no certificate yet. Go back to your family and choose to change details."
        }
        NotCorrected::Changed => "The details or the doses have changed meanwhile. Send it again.",
        NotCorrected::NoSuchBeneficiary | NotCorrected::OtherRequest => return ("", None),
    };
    ("", Some(text.to_owned()))
}

const fn bad_detail(detail: BadDetail) -> (&'static str, &'static str) {
    match detail {
        BadDetail::Mobile => {
            ("mobile", "Enter a mobile number of ten digits that begins with 6, 7, 8 or 9.")
        }
        BadDetail::Name => ("name", "Enter the name as on the document, at most 100 characters."),
        BadDetail::BirthYear => {
            ("birth_year", "Enter the year of birth with four digits, like 1980.")
        }
        BadDetail::Gender => ("gender", "Choose a gender."),
        BadDetail::DocumentKind => ("kind", "Choose the kind of document."),
        BadDetail::DocumentNumber => (
            "number",
            "Enter the number of the document: 12 digits for Aadhaar, else 4 to 20 letters and \
             digits.",
        ),
    }
}

const fn bad_travel_detail(bad: BadTravelDetail) -> (&'static str, &'static str) {
    match bad {
        BadTravelDetail::BirthDate => {
            ("birth_date", "Enter the date of birth, with year, month and day.")
        }
        BadTravelDetail::OtherBirthYear => (
            "birth_date",
            "This day is not in the year of birth on record. Enter the day of that year, or correct \
             the year first.",
        ),
        BadTravelDetail::PassportNumber => {
            ("passport_number", "Enter the number of the passport: 6 to 9 letters and digits.")
        }
        BadTravelDetail::Nationality => {
            ("nationality", "Enter the three letters of the nationality in the passport, like IND.")
        }
        BadTravelDetail::Guardian => (
            "guardian_name",
            "Enter the name of the parent or guardian, at most 100 characters, or leave it empty.",
        ),
    }
}

const fn bad_session(bad: BadSession) -> (&'static str, &'static str) {
    match bad {
        BadSession::Slots => ("slots", "Enter at least one slot."),
        BadSession::SlotOrder => {
            ("slots", "Each slot must end after it begins, and begin after the one before it ends.")
        }
        BadSession::Seats => ("capacity", "Enter at least one seat."),
        BadSession::Ages => ("max_age", "The oldest age must not be below the youngest."),
        BadSession::Pool => ("capacity", "A capacity names a slot that the session does not have."),
    }
}

fn not_eligible(rule: NotEligible) -> String {
    match rule {
        NotEligible::TooSoon { valid_from } => {
            format!(
                "Too soon after the dose before. It is possible from {}.",
                day_words(valid_from)
            )
        }
        NotEligible::OtherVaccine => "The dose before was of another vaccine.".to_owned(),
        NotEligible::OtherAge { min_age } => {
            format!("The session is for another age: from {min_age}.")
        }
        NotEligible::NotOpen => {
            "The programme is not open yet for this age, vaccine and dose.".to_owned()
        }
        NotEligible::Complete => "All doses have been given.".to_owned(),
        other => sentence(&other.to_string()),
    }
}

/// Texts of [`Error::Invalid`] by their beginning: the field, and what to do.
const INVALID: [(&str, &str, &str); 14] = [
    ("key_name", "key_name", "Give the passkey a name, at most 40 characters."),
    ("passkeys are", "", "You have as many passkeys as you may have, or this one already."),
    ("an app is", "", "An app is set up already. Remove it first."),
    ("lot ", "lot", "Enter the lot as printed on the vial, at most 40 characters."),
    ("vaccinator_name", "vaccinator", "Enter who gave the dose, at most 40 characters."),
    ("a reason", "reason", "Say why the dose is undone."),
    ("merge_reason", "reason", "Say how you know that both records are one person's."),
    ("mobile must be another", "mobile", "This is the mobile that you are signed in with."),
    ("a note", "note", "Say what happened."),
    ("beneficiaries", "person", "Choose at least one person."),
    ("date", "date", "Enter a day that is not in the past."),
    ("vaccine", "vaccine", "Choose a vaccine of the programme."),
    ("this certificate needs details", "", "Give the details for travel first."),
    ("a dose cannot", "", "A dose cannot be dated in the future."),
];

fn invalid(text: &str) -> (&'static str, Option<String>) {
    let found = INVALID.iter().find(|(beginning, ..)| text.starts_with(beginning));
    found.map_or(("", None), |(_, field, said)| (field, Some((*said).to_owned())))
}

/// A text as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use domain::id::SessionId;

    use super::*;

    #[test]
    fn an_error_names_the_field_of_the_form_and_says_what_to_do() {
        let session = SessionId(uuid::Uuid::nil());
        let full = Error::Full { session, dose_number: 1, next: None };
        let cases: [(Error, &str, &str); 5] = [
            (BadDetail::BirthYear.into(), "birth_year", "four digits"),
            (Error::Invalid("lot must be 1 to 40 characters"), "lot", "vial"),
            (full, "slot", "another"),
            (Error::TooMany { retry_after_seconds: 61 }, "", "in 2 minutes"),
            (Error::Forbidden, "", "Not permitted."),
        ];
        for (error, field, part) in cases {
            let said = wrong(&error);
            assert_eq!(said.field, field);
            assert!(said.text.contains(part), "{}", said.text);
            assert!(said.status.is_client_error());
        }
    }
}
