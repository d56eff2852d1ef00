//! Every call, one entry each. Paths of generation 2 stand for generation 4 as well: both are
//! served by the same handlers, and the document has both.

use super::call::{Auth, Call, Gives, delete, get, post, put};

const BY_PIN: &[&str] = &["pincode: pincode", "date: day", "vaccine?: vaccine"];
const BY_DISTRICT: &[&str] = &["district_id: id", "date: day", "vaccine?: vaccine"];
const REPORT: &[&str] =
    &["state_id?: id_or_empty", "district_id?: id_or_empty", "date?: iso_day_or_empty"];
const REFERENCE: &[&str] = &["beneficiary_reference_id: reference"];
const PRESENTED: &[&str] = &["beneficiary_reference_id: reference", "secret_code?: secret_code"];

pub(crate) const CALLS: &[Call] = &[
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
    // Ours.
    get("/api/teeka/v1/places", "places", "Places by the beginning of their name")
        .query(&["name: place_name"])
        .gives(Gives::Json("Places")),
    get(
        "/api/teeka/v1/sessions",
        "sessions",
        "Seven days by pincode, by district_id, or by lat and long, with filters",
    )
    .query(&[
        "pincode?: pincode",
        "district_id?: id",
        "lat?: latitude",
        "long?: longitude",
        "from?: iso_day",
        "vaccine?: vaccine",
        "fee_type?: fee_type",
        "age?: age",
        "dose?: dose",
    ])
    .in_local_language()
    .gives(Gives::Json("Calendar")),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}",
        "readBeneficiary",
        "One person of the account",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .in_local_language()
    .gives(Gives::Json("Beneficiary")),
    put(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}",
        "amend",
        "Change a person's details until the first dose",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .body("PersonRequest")
    .gives(Gives::Nothing)
    .errors(&[409]),
    put(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/travel",
        "keepTravel",
        "Keep what a certificate for travel needs to know, once a dose is on record",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .body("TravelDetails")
    .gives(Gives::Nothing)
    .errors(&[409]),
    delete(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/travel",
        "removeTravel",
        "Remove what was given for travel",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Nothing),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses",
        "accesses",
        "Who opened which fields of a person, when and why: the first 500 behind a number",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .query(&["after?: count"])
    .gives(Gives::Json("Accesses")),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses/{number}/proof",
        "accessProof",
        "The proof that one of them is in the public log, as C2SP tlog-proof",
    )
    .needs(Auth::Resident)
    .path(&["beneficiary_reference_id: reference", "number: access_number"])
    .gives(Gives::Text("text/plain")),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/credential",
        "credential",
        "The last dose as a Verifiable Credential of the W3C",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Object("application/vc"))
    .errors(&[409]),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/cowin",
        "cowinArchive",
        "The last dose in Co-WIN's form: what its code holds, a ZIP archive",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Bytes("application/zip")),
    get(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/cowin/picture",
        "cowinPicture",
        "The last dose in Co-WIN's form, as a picture of its code",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Bytes("image/png")),
    post(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/wallet-offers",
        "offerToWallet",
        "Offer a person's certificate to a wallet, and send six digits to the mobile",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Json("WalletOffer")),
    // Those of wallets.
    post("/api/openid4vci/token", "walletToken", "A token for an offer's code and its six digits")
        .form("WalletTokenRequest")
        .gives(Gives::Json("WalletToken")),
    post("/api/openid4vci/nonce", "walletNonce", "A number to prove a key over")
        .gives(Gives::Json("WalletNonce"))
        .errors(&[400]),
    post("/api/openid4vci/credential", "walletCredential", "The certificate, bound to a key")
        .needs(Auth::Wallet)
        .body("WalletCredentialRequest")
        .gives(Gives::Json("WalletCredentials")),
    get("/.well-known/openid-credential-issuer", "walletIssuer", "What wallets can get, and where")
        .gives(Gives::Document)
        .errors(&[404]),
    get("/.well-known/oauth-authorization-server", "walletAuthorization", "Where codes are taken")
        .gives(Gives::Document)
        .errors(&[404]),
    get("/.well-known/jwt-vc-issuer", "walletKeys", "The keys of certificates for wallets")
        .gives(Gives::Document)
        .errors(&[404]),
    post("/api/teeka/v1/corrections", "correct", "Correct details after the first dose")
        .needs(Auth::Resident)
        .body("Correction")
        .gives(Gives::Nothing)
        .errors(&[409])
        .once(),
    post("/api/teeka/v1/merges", "merge", "Make one record of two of the same person")
        .needs(Auth::Resident)
        .body("Merge")
        .gives(Gives::Nothing)
        .errors(&[403, 409])
        .once(),
    post(
        "/api/teeka/v1/merges/otp",
        "askOtherMobile",
        "Send a one-time password to another mobile of the resident",
    )
    .needs(Auth::Resident)
    .body("MobileRequest")
    .gives(Gives::Json("Transaction")),
    post(
        "/api/teeka/v1/merges/people",
        "proveOtherMobile",
        "The people of that mobile, and the proof to merge one of them",
    )
    .needs(Auth::Resident)
    .body("OtpRequest")
    .in_local_language()
    .gives(Gives::Json("OtherPeople"))
    .errors(&[403]),
    get("/api/openapi.json", "document", "This document").gives(Gives::Document),
    get("/.well-known/document-signers.pem", "signers", "Certificates of the document signers")
        .gives(Gives::Text("application/x-pem-file")),
    get("/.well-known/jwks.json", "keys", "The keys of SMART Health Cards and of wallets")
        .gives(Gives::Document),
    get("/.well-known/did.json", "didDocument", "The document of this platform's DID")
        .gives(Gives::Object("application/did+json"))
        .errors(&[404]),
    get(
        "/.well-known/trust-list.json",
        "trustList",
        "The document signers, as countries list them",
    )
    .gives(Gives::Document),
    get(
        "/.well-known/trust-anchor.json",
        "trustAnchor",
        "The key that the trust bundle is signed with",
    )
    .gives(Gives::Document),
    get(
        "/.well-known/data-manifest.json",
        "dataManifest",
        "Every field that is kept, sent or read, and why: signed",
    )
    .gives(Gives::Document)
    .tagged(),
    get("/.well-known/trust-bundle", "trustBundle", "Keys and withdrawn certificates, signed")
        .gives(Gives::Text("application/jose")),
    get(
        "/status/{list}",
        "statusList",
        "Which credentials were withdrawn: a status list of the W3C",
    )
    .path(&["list: count"])
    .gives(Gives::Object("application/vc"))
    .errors(&[404])
    .tagged(),
    get("/.well-known/crl/{file}", "withdrawnCards", "The withdrawn SMART Health Cards of a key")
        .path(&["file: card_list"])
        .gives(Gives::Document)
        .errors(&[404])
        .tagged(),
];
