//! Every call, one entry each. Paths of generation 2 stand for generation 4 as well: both are
//! served by the same handlers, and the document has both.

mod ours;

use super::call::{Auth, Call, Gives, get, post};

const BY_PIN: &[&str] = &["pincode: pincode", "date: day", "vaccine?: vaccine"];
const BY_DISTRICT: &[&str] = &["district_id: id", "date: day", "vaccine?: vaccine"];
const REPORT: &[&str] =
    &["state_id?: id_or_empty", "district_id?: id_or_empty", "date?: iso_day_or_empty"];
const REFERENCE: &[&str] = &["beneficiary_reference_id: reference"];
const PRESENTED: &[&str] = &["beneficiary_reference_id: reference", "secret_code?: secret_code"];

/// Every call: those of the contract, then ours.
pub(crate) fn calls() -> impl Iterator<Item = &'static Call> {
    CONTRACT.iter().chain(ours::OURS)
}

const CONTRACT: &[Call] = &[
    // Signing in.
    post("/api/v2/auth/public/generateOTP", "sendPublicCode", "Send a one-time password")
        .body("MobileRequest")
        .gives(Gives::Json("Transaction"))
        .errors(&[429]),
    post("/api/v2/auth/public/confirmOTP", "confirmPublicCode", "Sign in for certificates")
        .body("OtpRequest")
        .gives(Gives::Json("Token"))
        .errors(&[401, 429]),
    post("/api/v2/auth/generateOTP", "sendPartnerCode", "Send a one-time password (partner)")
        .needs(Auth::Partner)
        .body("MobileRequest")
        .gives(Gives::Json("Transaction"))
        .errors(&[429]),
    post("/api/v2/auth/confirmOTP", "confirmPartnerCode", "Sign in (partner)")
        .needs(Auth::Partner)
        .body("OtpRequest")
        .gives(Gives::Json("Token"))
        .errors(&[401, 429]),
    post("/api/v2/auth/generateMobileOTP", "sendWebCode", "Send a one-time password (web)")
        .body("WebMobileRequest")
        .gives(Gives::Json("Transaction"))
        .errors(&[429]),
    post("/api/v2/auth/validateMobileOtp", "confirmWebCode", "Sign in (web)")
        .body("OtpRequest")
        .gives(Gives::Json("Token"))
        .errors(&[401, 429]),
    post("/api/v2/auth/getRecaptcha", "captcha", "A picture for clients of May 2021")
        .needs(Auth::Resident)
        .gives(Gives::Json("Captcha")),
    post("/api/v1/auth/guest/login", "guestLogin", "A guest's token, which opens nothing")
        .may_have_body("GuestRequest")
        .gives(Gives::Text("text/plain")),
    // Places and lists.
    get("/api/v2/admin/location/states", "states", "States and union territories")
        .in_local_language()
        .gives(Gives::Json("States")),
    get("/api/v2/admin/location/districts/{state_id}", "districts", "Districts of a state")
        .path(&["state_id: id"])
        .in_local_language()
        .gives(Gives::Json("Districts")),
    get("/assets/json/csvjson.json", "allDistricts", "All districts")
        .gives(Gives::List("PlainDistrict")),
    get("/api/v2/registration/beneficiary/idTypes", "documentKinds", "Kinds of identity document")
        .gives(Gives::Json("DocumentKinds")),
    get("/api/v2/registration/beneficiary/genders", "genders", "Genders")
        .gives(Gives::Json("Genders")),
    // Searches.
    get(
        "/api/v2/appointment/sessions/public/findByPin",
        "findByPin",
        "Sessions of a day by PIN code",
    )
    .search(BY_PIN, "Sessions"),
    get(
        "/api/v2/appointment/sessions/public/findByDistrict",
        "findByDistrict",
        "Sessions of a day by district",
    )
    .search(BY_DISTRICT, "Sessions"),
    get(
        "/api/v2/appointment/sessions/public/calendarByPin",
        "calendarByPin",
        "Seven days by PIN code",
    )
    .search(BY_PIN, "Calendar"),
    get(
        "/api/v2/appointment/sessions/public/calendarByDistrict",
        "calendarByDistrict",
        "Seven days by district",
    )
    .search(BY_DISTRICT, "Calendar"),
    get(
        "/api/v2/appointment/sessions/public/calendarByCenter",
        "calendarByCenter",
        "Seven days of one centre",
    )
    .search(&["center_id: center_id", "date: day"], "CenterCalendar"),
    get("/api/v2/appointment/centers/public/findByLatLong", "centersNear", "Centres near a point")
        .query(&["lat: latitude", "long: longitude"])
        .gives(Gives::Json("NearCenters")),
    get("/api/v2/appointment/centers/findByLatLong", "partnerCentersNear", "Centres near a point")
        .query(&["lat: latitude", "long: longitude"])
        .gives(Gives::Json("NearCenters")),
    get("/api/v2/appointment/sessions/findByPin", "residentFindByPin", "Sessions by PIN code")
        .needs(Auth::Resident)
        .search(BY_PIN, "Sessions"),
    get(
        "/api/v2/appointment/sessions/findByDistrict",
        "residentFindByDistrict",
        "Sessions by district",
    )
    .needs(Auth::Resident)
    .search(BY_DISTRICT, "Sessions"),
    get(
        "/api/v2/appointment/sessions/calendarByPin",
        "residentCalendarByPin",
        "Seven days by PIN code",
    )
    .needs(Auth::Resident)
    .search(BY_PIN, "Calendar"),
    get(
        "/api/v2/appointment/sessions/calendarByDistrict",
        "residentCalendarByDistrict",
        "Seven days by district",
    )
    .needs(Auth::Resident)
    .search(BY_DISTRICT, "Calendar"),
    // The resident's people.
    post("/api/v2/registration/beneficiary/new", "register", "Register a person")
        .needs(Auth::Resident)
        .body("PersonRequest")
        .once()
        .gives(Gives::Json("Reference"))
        .links(&[
            ("readBeneficiary", "path.beneficiary_reference_id", "/beneficiary_reference_id"),
            ("certificate", "query.beneficiary_reference_id", "/beneficiary_reference_id"),
        ]),
    post("/api/v2/registration/beneficiary/delete", "remove", "Remove a person before any dose")
        .needs(Auth::Resident)
        .body("ReferenceRequest")
        .gives(Gives::Nothing),
    get("/api/v2/appointment/beneficiaries", "beneficiaries", "The people of the account")
        .needs(Auth::Resident)
        .in_local_language()
        .gives(Gives::Json("Beneficiaries")),
    // The resident's appointments and certificates.
    post("/api/v2/appointment/schedule", "schedule", "Book seats for people of the account")
        .needs(Auth::Resident)
        .body("ScheduleRequest")
        .once()
        .gives(Gives::Json("Booked"))
        .links(&[("slip", "query.appointment_id", "/appointment_id")])
        .errors(&[409]),
    post("/api/v2/appointment/reschedule", "reschedule", "Move an appointment")
        .needs(Auth::Resident)
        .body("RescheduleRequest")
        .gives(Gives::Nothing)
        .errors(&[409]),
    post("/api/v2/appointment/cancel", "cancel", "Cancel an appointment, for all or for some")
        .needs(Auth::Resident)
        .body("CancelRequest")
        .gives(Gives::Nothing),
    get("/api/v2/appointment/appointmentslip/download", "slip", "The slip of an appointment")
        .needs(Auth::Resident)
        .query(&["appointment_id: uuid"])
        .gives(Gives::Pdf),
    get("/api/v2/registration/certificate/download", "certificate", "A certificate")
        .needs(Auth::Resident)
        .query(REFERENCE)
        .gives(Gives::Pdf),
    get("/api/v2/registration/certificate/public/download", "publicCertificate", "A certificate")
        .needs(Auth::Certificates)
        .query(REFERENCE)
        .gives(Gives::Pdf),
    // A state government's program.
    post("/api/v2/vaccinator/beneficiaries/new", "registerWalkIn", "Register a walk-in")
        .needs(Auth::Program)
        .body("WalkInRequest")
        .once()
        .gives(Gives::Json("Reference")),
    get(
        "/api/v2/vaccinator/beneficiaries/findByReferenceId",
        "presentedByCode",
        "A person who shows the secret code of an appointment",
    )
    .needs(Auth::Program)
    .query(PRESENTED)
    .in_local_language()
    .gives(Gives::Json("Beneficiary"))
    .errors(&[429]),
    get(
        "/api/v2/vaccinator/beneficiaries/findByMobile",
        "presentedByMobile",
        "People who tell a one-time password that was sent to their mobile",
    )
    .needs(Auth::Program)
    .query(&["mobile_number: mobile", "txnId?: uuid", "otp?: otp"])
    .in_local_language()
    .gives(Gives::Json("Beneficiaries")),
    post("/api/v2/vaccinator/onspots/schedule", "scheduleOnSite", "Seats on site")
        .needs(Auth::Program)
        .body("ScheduleRequest")
        .once()
        .gives(Gives::Json("Booked"))
        .errors(&[409]),
    post("/api/v2/vaccinator/beneficiaries/vaccinate", "recordDose", "Record a dose")
        .needs(Auth::Program)
        .body("DoseRequest")
        .gives(Gives::Json("DoseAnswer")),
    get(
        "/api/v2/vaccinator/certificate/download",
        "presentedCertificate",
        "The certificate of who shows the secret code of an appointment",
    )
    .needs(Auth::Program)
    .query(PRESENTED)
    .gives(Gives::Pdf)
    .errors(&[429]),
    // The status of someone who agrees.
    post("/api/v3/vaccination/generateOTP", "sendStatusCode", "Ask someone for their status")
        .body("StatusRequest")
        .gives(Gives::Json("Transaction"))
        .errors(&[429]),
    post("/api/v3/vaccination/confirmOTP", "confirmStatusCode", "Sign in for the status")
        .body("OtpRequest")
        .gives(Gives::Json("Token"))
        .errors(&[401, 429]),
    get("/api/v3/vaccination/status", "status", "Whether someone is vaccinated")
        .needs(Auth::Status)
        .gives(Gives::Json("StatusAnswer")),
    // Counts.
    get("/api/v1/reports/v2/getPublicReports", "publicReport", "Counts")
        .query(REPORT)
        .gives(Gives::Json("PublicReport")),
    get("/api/v1/reports/v2/getVacPublicReports", "vaccinationReport", "Counts by week")
        .query(REPORT)
        .gives(Gives::Json("VaccinationReport")),
];
