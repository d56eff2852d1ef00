//! What is certified for the judges from outside.

use certs::vaccination::{Born, Codes, Gender, Place, Vaccination};
use jiff::civil::date;
use uuid::Uuid;

/// A vaccination of a made-up person.
pub(crate) fn vaccination(name: &str) -> Vaccination<'_> {
    Vaccination {
        id: Uuid::from_bytes([3; 16]),
        name,
        born: Born::Year(1980),
        gender: Gender::Female,
        reference: "12345678901234",
        vaccine: "COVISHIELD",
        codes: Codes {
            disease: "840539006",
            icd11: "RA01",
            prophylaxis: "29061000087103",
            product: "Covishield",
            manufacturer: "ORG-100001981",
            maker: "Serum Institute of India",
            cvx: "210",
        },
        lot: "4121Z008",
        vaccinator: "Meera Nair",
        place: Place {
            facility: "PHC \"Old Town\", Ward 3",
            district: "Pune",
            state: "Maharashtra",
            pincode: 411_001,
        },
        dose_number: 2,
        doses_total: 2,
        given_on: date(2021, 12, 1),
        country: "IN",
        issuer: "Ministry of Health",
    }
}
