//! Claim -6: the WHO's digital International Certificate of Vaccination or Prophylaxis, in all its
//! revisions.

use super::{
    cbor::{Value, needed, only, text, under},
    content::{Content, begins},
};
use crate::{
    icvp::Revision,
    trust::Trust,
    verdict::{Claims, Event, EventKind, Format, NotValid},
};

/// Reads one: of one dose, and with the name of a clinician or of the authority.
pub(super) fn read(
    certificate: &Value<'_>,
    issued_at: i64,
    trust: &Trust,
    now: i64,
) -> Result<Content, NotValid> {
    let of = |revision: &Revision| {
        let found = under(certificate, revision.names().vaccination)?;
        let found = only(found).unwrap_or(found);
        found.as_map().is_some().then_some((*revision, found))
    };
    let mut newest_first = Revision::ALL.iter().rev();
    let (revision, dose) = newest_first.find_map(of).ok_or(NotValid::Content)?;
    // Between the second and the third only the date's name changed.
    let on = text(dose, "dv").or_else(|| text(dose, "dt")).ok_or(NotValid::Content)?;
    let issuer = text(dose, "is").or_else(|| text(dose, "cn")).ok_or(NotValid::Content)?;
    let (from, until) = match revision {
        Revision::First => (text(dose, "vls"), text(dose, "vle")),
        Revision::Second | Revision::Third => (None, None),
    };
    let event = Event {
        kind: EventKind::Vaccination,
        disease: text(dose, "tg").map(str::to_owned),
        product: Some(needed(dose, "vp")?),
        manufacturer: text(dose, "ma").map(str::to_owned),
        lot: Some(needed(dose, "bo")?),
        on: Some(on.to_owned()),
        until: until.map(str::to_owned),
        ..Event::default()
    };
    let mut content = Content::new(Claims {
        format: Format::Icvp,
        name: Some(needed(certificate, "n")?),
        born: Some(needed(certificate, "dob")?),
        events: vec![event],
        issuer: issuer.to_owned(),
        id: None,
        issued_at: None,
        expires_at: None,
    });
    content.look_up(trust, &[("icvp-product", text(dose, "vp"))]);
    content.count_from_to(from, until, now)?;
    // Nobody can certify a dose that was not given yet.
    if begins(on).ok_or(NotValid::Content)? > issued_at {
        return Err(NotValid::Content);
    }
    Ok(content)
}
