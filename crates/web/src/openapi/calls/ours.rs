//! Our own calls, those of wallets, and what is published for everybody.

use super::REFERENCE;
use crate::openapi::call::{Auth, Call, Gives, delete, get, post, put};

pub(super) const OURS: &[Call] = &[
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
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/erasure",
        "erasure",
        "Whether the erasure of a person was asked for or done; then with its signed certificate",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Json("Erasure")),
    put(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/erasure",
        "askErasure",
        "Ask that a person be erased after some days, in which it can be taken back",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Json("Erasure"))
    .errors(&[409]),
    delete(
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/erasure",
        "keepPerson",
        "Take back that a person be erased",
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
        "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses/completeness",
        "accessCompleteness",
        "The proof that none of them is left out, for `teeka ledger accesses`",
    )
    .needs(Auth::Resident)
    .path(REFERENCE)
    .gives(Gives::Object("application/vnd.teeka.accesses+json")),
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
    post("/api/teeka/v1/reports", "sendReport", "Report a leak or a weakness")
        .body("ReportRequest")
        .links(&[("reportStanding", "receipt", "/receipt")])
        .gives(Gives::Json("ReportReceipt")),
    get("/api/teeka/v1/reports/{receipt}", "reportStanding", "How a report stands, by its receipt")
        .path(&["receipt: receipt"])
        .gives(Gives::Json("ReportStanding"))
        .errors(&[404]),
    get("/api/teeka/v1/exposure", "exposure", "What is public and exposes somebody, in numbers")
        .needs(Auth::Staff)
        .gives(Gives::Json("Exposure")),
    get("/api/teeka/v1/exposure/findings", "exposureFindings", "Single documents, 100 at a time")
        .needs(Auth::Staff)
        .query(&["after?: count"])
        .gives(Gives::Json("ExposureFindings")),
    get("/api/teeka/v1/exposure/cases/{case}", "exposureCase", "How far a takedown is")
        .needs(Auth::Staff)
        .path(&["case: case_name"])
        .gives(Gives::Json("ExposureCaseDetail")),
    put("/api/teeka/v1/exposure/cases/{case}/release", "releaseTakedown", "Hand in a release")
        .needs(Auth::Staff)
        .path(&["case: case_name"])
        .body("ExposureRelease")
        .gives(Gives::Nothing),
    post("/api/teeka/v1/questions", "confirmQuestions", "Confirm questions to rolls, unseen")
        .needs(Auth::Resident)
        .body("QuestionRequest")
        .gives(Gives::Json("Confirmed")),
    get("/api/teeka/v1/rolls", "rolls", "Rolls of alleged dumps, which can be asked blind")
        .gives(Gives::Json("Rolls")),
    post("/api/teeka/v1/rolls/{roll}/answers", "answerQuestion", "Evaluate a blinded number")
        .path(&["roll: roll_id"])
        .body("Question")
        .gives(Gives::Json("Answer"))
        .errors(&[404, 409]),
    get("/api/teeka/v1/rolls/{roll}/buckets/{bucket}", "rollBucket", "A part of a roll")
        .path(&["roll: roll_id", "bucket: bucket_number"])
        .gives(Gives::Bytes("application/octet-stream"))
        .errors(&[404]),
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
    get("/.well-known/security.txt", "securityContact", "Whom to tell of a weakness: RFC 9116")
        .gives(Gives::Text("text/plain"))
        .errors(&[404])
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
