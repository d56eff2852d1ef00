//! Doses as a FHIR bundle.

use serde_json::{Value, json};

use crate::vaccination::Vaccination;

/// Codes of vaccines.
pub(super) const CVX: &str = "http://hl7.org/fhir/sid/cvx";
const SNOMED: &str = "http://snomed.info/sct";
/// Where the person stands in the bundle.
const PERSON: &str = "resource:0";

/// A person and their doses. What the profile of data minimization leaves out is left out: the
/// place in the series too, which verifiers count themselves.
pub(super) fn bundle(person: &Vaccination<'_>, doses: &[Vaccination<'_>]) -> Value {
    let patient = json!({
        "resourceType": "Patient",
        "name": [{ "family": person.name }],
        "birthDate": person.born.text(),
    });
    let resources = std::iter::once(patient).chain(doses.iter().map(immunization));
    let entries = resources.enumerate().map(
        |(place, resource)| json!({ "fullUrl": format!("resource:{place}"), "resource": resource }),
    );
    json!({
        "resourceType": "Bundle",
        "type": "collection",
        "entry": entries.collect::<Vec<_>>(),
    })
}

fn immunization(dose: &Vaccination<'_>) -> Value {
    let (system, code) = match dose.codes.cvx {
        "" => (SNOMED, dose.codes.prophylaxis),
        cvx => (CVX, cvx),
    };
    let mut resource = json!({
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": { "coding": [{ "system": system, "code": code }] },
        "patient": { "reference": PERSON },
        "occurrenceDateTime": dose.given_on.to_string(),
    });
    // FHIR knows no empty texts: what is not known is not there.
    if !dose.lot.trim().is_empty() {
        resource["lotNumber"] = dose.lot.into();
    }
    if !dose.place.facility.trim().is_empty() {
        resource["performer"] = json!([{ "actor": { "display": dose.place.facility } }]);
    }
    resource
}
