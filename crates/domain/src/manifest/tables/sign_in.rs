//! Signing in, staff, messages, and what stops misuse.

use super::{Column, HB, Table, WRAPPED_KEY, column, label, plain, sealed, table};
use crate::manifest::{
    datum::Datum::{
        Account, Limit, Message, Mobile, Reference, Request, SignIn, Staff, StaffName, Technical,
        Wallet,
    },
    words::{Form, Life},
};

pub(super) static TABLES: &[Table] = &[
    table(
        "sign_in_code",
        "A one-time password on its way",
        Life::Code,
        &[
            HB,
            plain("code_id", SignIn),
            column("mobile_index", Mobile, Form::BlindIndex),
            column("mobile", Mobile, Form::SealedMessage),
            column("code", SignIn, Form::Digest),
            plain("audience", SignIn),
            plain("sent_at", SignIn),
            plain("expires_at", SignIn),
            plain("tries", SignIn),
            plain("used", SignIn),
        ],
    ),
    table(
        "counter",
        "How often something was asked",
        Life::Counted,
        &[
            HB,
            column("key_digest", Limit, Form::Digest),
            plain("window_at", Limit),
            plain("count", Limit),
            plain("expires_at", Limit),
        ],
    ),
    table(
        "idempotency",
        "The answer that a request was given",
        Life::Week,
        &[
            HB,
            column("key_digest", Request, Form::Digest),
            column("request_digest", Request, Form::Digest),
            plain("answer", Request),
            plain("detail", Reference),
            plain("expires_at", Request),
        ],
    ),
    table(
        "staff",
        "Somebody who works here",
        Life::Programme,
        &[
            HB,
            column("mobile_index", Staff, Form::BlindIndex),
            plain("staff_id", Staff),
            WRAPPED_KEY,
            sealed("name", label::NAME, StaffName),
            plain("role", Staff),
            plain("facility_id", Staff),
            plain("district_id", Staff),
            plain("state_id", Staff),
            plain("active", Staff),
        ],
    ),
    table(
        "passkey",
        "A passkey of somebody who works here",
        Life::Programme,
        &[
            HB,
            plain("staff_id", Staff),
            plain("passkey_id", Technical),
            plain("credential", SignIn),
            plain("public_key", SignIn),
            column("name", SignIn, Form::SealedMessage),
            plain("sign_count", SignIn),
            plain("made_at", SignIn),
            plain("used_at", SignIn),
        ],
    ),
    table(
        "totp",
        "The secret of an app that shows codes",
        Life::Factor,
        &[
            HB,
            plain("holder_id", Account),
            column("secret", SignIn, Form::SealedMessage),
            plain("last_step", SignIn),
            plain("made_at", SignIn),
        ],
    ),
    table(
        "staff_access",
        "How somebody who works here comes to a first passkey",
        Life::Programme,
        &[
            HB,
            plain("staff_id", Staff),
            column("mobile_index", Staff, Form::BlindIndex),
            column("code", SignIn, Form::Digest),
            plain("code_until", SignIn),
            plain("tries", SignIn),
            plain("asked_by", Staff),
            plain("asked_at", Staff),
        ],
    ),
    table(
        "message",
        "A message to be delivered",
        Life::Delivery,
        &[
            HB,
            plain("message_id", Technical),
            SEALED_MESSAGE,
            plain("kind", Message),
            plain("written_at", Message),
            plain("due_at", Technical),
            plain("tries", Technical),
        ],
    ),
    table(
        "wallet_offer",
        "A certificate offered to a wallet",
        Life::Offer,
        &[
            HB,
            plain("offer_id", Wallet),
            plain("account_id", Account),
            plain("beneficiary_id", Reference),
            column("code", Wallet, Form::Digest),
            column("transaction_code", Wallet, Form::Digest),
            plain("tries", Wallet),
            column("token", Wallet, Form::Digest),
            plain("expires_at", Wallet),
        ],
    ),
];

/// Address and text; what stands in it is in the manifest's list of messages.
const SEALED_MESSAGE: Column = column("sealed", Message, Form::SealedMessage);
