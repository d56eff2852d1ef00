//! The contexts that are built in. None is ever fetched: whoever chose what a fetch gives would
//! choose what the signature means.
//!
//! Each file states which IRI a term stands for, as far as certificates use it, and gives the same
//! statements as the published context: only terms that no certificate has are left out. Documents
//! that use one of those are refused, as [`super::coverage`] finds it undefined.

use std::borrow::Cow;

use serde_json::Value;

use crate::verdict::NotValid;

/// W3C Verifiable Credentials 1.1.
pub(crate) const CREDENTIALS_1: &str = "https://www.w3.org/2018/credentials/v1";
/// W3C Verifiable Credentials 2.0.
pub(crate) const CREDENTIALS_2: &str = "https://www.w3.org/ns/credentials/v2";
/// The context that proofs of 2018 are read in, whatever context the document has.
pub(crate) const SECURITY_2: &str = "https://w3id.org/security/v2";
/// Co-WIN, first form.
pub(crate) const COWIN_1: &str = "https://cowin.gov.in/credentials/vaccination/v1";
/// Co-WIN, second form: with the codes of the WHO's data set.
pub(crate) const COWIN_2: &str = "https://cowin.gov.in/credentials/vaccination/v2";
/// Indonesia's copy of [`COWIN_2`].
const INDONESIA: &str = "https://www.pedulilindungi.id/credentials/vaccination/v2";
/// Ours: one IRI for each term.
pub(crate) const OURS: &str = "https://w3id.org/teeka/v1";

/// Our context document, for whoever serves it.
pub(crate) const OUR_DOCUMENT: &str = include_str!("contexts/teeka-v1.json");

/// The most contexts of a document.
const MOST: usize = 4;

/// The text of a context.
///
/// `nonTransferable` is defined for all of a Co-WIN document, not only within
/// `ProofOfVaccinationCredential`: oxjsonld 0.2.7 forgets the first of two contexts that come with
/// the types of one node. The statements are the same.
pub(super) fn text(url: &str) -> Option<Cow<'static, str>> {
    let text = match url {
        CREDENTIALS_1 => include_str!("contexts/credentials-v1.json"),
        CREDENTIALS_2 => include_str!("contexts/credentials-v2.json"),
        SECURITY_2 => include_str!("contexts/security-v2.json"),
        COWIN_1 => include_str!("contexts/cowin-v1.json"),
        COWIN_2 | INDONESIA => include_str!("contexts/cowin-v2.json"),
        OURS => OUR_DOCUMENT,
        #[cfg(test)]
        _ => return super::tests::context_of_a_test(url).map(Cow::Owned),
        #[cfg(not(test))]
        _ => return None,
    };
    Some(text.into())
}

/// The addresses of a document's contexts, all of which are built in.
pub(crate) fn of(document: &Value) -> Result<Vec<&str>, NotValid> {
    let all = match &document["@context"] {
        Value::Array(all) => all.as_slice(),
        Value::Null => return Err(NotValid::Content),
        one => std::slice::from_ref(one),
    };
    if all.is_empty() || all.len() > MOST {
        return Err(NotValid::Context);
    }
    // A context that is written out in the document could give any name any meaning.
    let known = |one: &Value| text(one.as_str()?).is_some().then_some(());
    let address = |one| known(one).and(one.as_str()).ok_or(NotValid::Context);
    all.iter().map(address).collect()
}

/// Whether all contexts of a document are built in.
pub(super) fn check(document: &Value) -> Result<(), NotValid> {
    of(document).map(|_| ())
}
