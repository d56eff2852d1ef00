//! Someone at the desk presents a second record of theirs: what will happen, and the word to do it.

use app::{
    Error,
    merge::Outlook,
    presence::{Presence, Presented},
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::id::FacilityId;

use super::{day, facility, person};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, form_key, show, uuid},
    portal::merge_doses,
};

#[derive(Template)]
#[template(path = "desk_merge.html")]
struct Look {
    top: Top,
    name: String,
    stays: Side,
    goes: Side,
    doses: Vec<(u8, String)>,
    key: String,
}

/// One of the two records.
struct Side {
    presence: String,
    reference: String,
    born: String,
    document: String,
    doses: Vec<(u8, String)>,
}

impl Side {
    fn of(web: &Web, person: &app::opened::Person, presence: &Presence) -> Self {
        let details = &person.details;
        Self {
            presence: web.0.platform.seal_presence(presence),
            reference: person.reference.to_string(),
            born: details.birth_year.to_string(),
            document: format!("{} {}", details.document.label(), details.document.masked()),
            doses: merge_doses(&person.doses),
        }
    }
}

/// The proof of presence in a field of a form, or the list of the day, which says so.
async fn proof(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    text: &str,
) -> Result<Presence, Box<Response>> {
    if let Ok(presence) = web.0.platform.check_presence(&caller.ctx, facility, text) {
        return Ok(presence);
    }
    let text = "This person was opened too long ago. Ask for the number and the code.";
    let mut top = Top::field(caller, "reference", text);
    if let Some(wrong) = &mut top.wrong {
        wrong.status = StatusCode::FORBIDDEN;
    }
    Err(Box::new(day::page(web, caller, facility, top, &Query::default()).await))
}

/// Shows the person again who was open, with what came of the form.
async fn open(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    presence: Presence,
    top: Top,
) -> Response {
    match web.0.platform.see_again(&caller.ctx, &presence).await {
        Ok(found) => {
            let presented = Presented { person: found, presence };
            person::page(web, caller, headers, &presented, top)
        }
        Err(error) => {
            let top = Top::error(caller, &error);
            day::page(web, caller, presence.facility, top, &Query::default()).await
        }
    }
}

/// The other record that a form presents: by its proof, or by its number and a code.
async fn second(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    form: &Query,
) -> app::Result<Presence> {
    let platform = &web.0.platform;
    if let Some(proof) = form.get("other") {
        return platform.check_presence(&caller.ctx, facility, proof);
    }
    let reference = form.in_one("second");
    let code = form.get("second_code").unwrap_or("");
    let found = platform.present_code(&caller.ctx, facility, &reference, code).await?;
    Ok(found.presence)
}

/// Says what will happen, and asks for the word.
pub(super) async fn look(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let stays = match proof(&web, &caller, facility, form.get("presence").unwrap_or("")).await {
        Ok(presence) => presence,
        Err(elsewhere) => return *elsewhere,
    };
    let looked = async {
        let goes = second(&web, &caller, facility, &form).await?;
        let outlook = web.0.platform.look_at_presented(&caller.ctx, &stays, &goes).await?;
        Ok::<_, Error>((outlook, goes))
    };
    match looked.await {
        Ok((outlook, goes)) => page(&web, &caller, Top::of(&caller), &outlook, (&stays, &goes)),
        Err(error) => open(&web, &caller, &headers, stays, said(&caller, &error)).await,
    }
}

/// What went wrong, at the field of the second record.
fn said(caller: &Caller, error: &Error) -> Top {
    let mut top = Top::error(caller, error);
    if let Some(wrong) = &mut top.wrong
        && ["reference", "goes"].contains(&wrong.field)
    {
        wrong.field = "second";
    }
    top
}

fn page(
    web: &Web,
    caller: &Caller,
    top: Top,
    outlook: &Outlook,
    (stays, goes): (&Presence, &Presence),
) -> Response {
    let page = Look {
        name: outlook.stays.details.name.text().to_owned(),
        stays: Side::of(web, &outlook.stays, stays),
        goes: Side::of(web, &outlook.goes, goes),
        doses: merge_doses(&outlook.series),
        key: form_key(caller),
        top,
    };
    show(page.top.status(), &page)
}

/// Makes one record of the two.
pub(super) async fn merge(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let text = |name| form.get(name).unwrap_or("");
    let stays = match proof(&web, &caller, facility, text("presence")).await {
        Ok(presence) => presence,
        Err(elsewhere) => return *elsewhere,
    };
    let goes = match proof(&web, &caller, facility, text("other")).await {
        Ok(presence) => presence,
        Err(elsewhere) => return *elsewhere,
    };
    let (platform, key) = (&web.0.platform, uuid(&form, "key").map(|key| key.to_string()));
    let pair = (&stays, &goes);
    match platform.merge_presented(&caller.ctx, pair, text("reason"), key.as_deref()).await {
        Ok(()) => {
            let top = Top::done(&caller, "The two records are one, and the certificate is new");
            open(&web, &caller, &headers, stays, top).await
        }
        Err(error @ Error::Invalid(_)) => {
            match platform.look_at_presented(&caller.ctx, &stays, &goes).await {
                Ok(outlook) => page(&web, &caller, Top::error(&caller, &error), &outlook, pair),
                Err(error) => open(&web, &caller, &headers, stays, said(&caller, &error)).await,
            }
        }
        Err(error) => open(&web, &caller, &headers, stays, said(&caller, &error)).await,
    }
}
