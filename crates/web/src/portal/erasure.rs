//! Erasing a record: asking for it, seeing how it stands, taking it back, and the certificate.

use app::{
    erasure::{Erasure, State as Stand},
    opened::Person,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::id::BeneficiaryId;

use super::account::{family, signed_in};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_of, show},
};

const HERE: &str = "/people/erasure";

struct AskedView {
    reference: String,
    asked: String,
    state: String,
    done: bool,
}

struct PersonView {
    reference: String,
    name: String,
}

#[derive(Template)]
#[template(path = "erasure.html")]
struct Page {
    top: Top,
    asked: Vec<AskedView>,
    family: Vec<PersonView>,
}

impl AskedView {
    fn of(one: &Erasure) -> Self {
        let state = match one.state {
            Stand::Asked => format!("It is erased after {}", day_of(one.due_at)),
            Stand::Waiting => "Two officers have to let it go".to_owned(),
            Stand::Held => "A court or authority asks that it be held".to_owned(),
            Stand::Due => "It is erased in a moment".to_owned(),
            Stand::Done => {
                format!("Erased on {}", one.erased_at.map_or_else(String::new, day_of))
            }
        };
        Self {
            reference: one.reference.to_string(),
            asked: day_of(one.asked_at),
            state,
            done: one.state == Stand::Done,
        }
    }
}

async fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    let people: Vec<Person> = match family(web, caller, HERE).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let (top, asked) = match web.0.platform.my_erasures(&caller.ctx).await {
        Ok(asked) => (top, asked),
        Err(error) => (Top::error(caller, &error), Vec::new()),
    };
    let is_asked = |person: &Person| asked.iter().any(|one| one.beneficiary == person.id);
    let others = people.iter().filter(|person| !is_asked(person)).map(|person| PersonView {
        reference: person.reference.to_string(),
        name: person.details.name.text().to_owned(),
    });
    let page =
        Page { family: others.collect(), asked: asked.iter().map(AskedView::of).collect(), top };
    show(page.top.status(), &page)
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    page(&web, &caller, Top::of(&caller)).await
}

fn named(web: &Web, form: &Query) -> app::Result<BeneficiaryId> {
    let id = form.get("reference").and_then(|text| web.0.platform.by_reference(text));
    id.ok_or(app::Error::NotFound)
}

/// Asks for it, takes it back, or gives the certificate.
pub(super) async fn act(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    if let Err(elsewhere) = signed_in(&caller, HERE) {
        return *elsewhere;
    }
    let form = Query::form(&body);
    if form.get("to") == Some("certificate") {
        return certificate(&web, &caller, &form).await;
    }
    let platform = &web.0.platform;
    let done = async {
        let id = named(&web, &form)?;
        if form.get("to") == Some("keep") {
            platform.withdraw_erasure(&caller.ctx, id).await?;
            return Ok("It was taken back, and the record stays".to_owned());
        }
        let asked = platform.ask_erasure(&caller.ctx, id).await?;
        Ok::<_, app::Error>(format!("The record is erased after {}", day_of(asked.due_at)))
    };
    let top = match done.await {
        Ok(said) => Top::done(&caller, said),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, top).await
}

/// The certificate that a record was erased, to save: asked for by a form, as no number of a person
/// stands in an address.
async fn certificate(web: &Web, caller: &Caller, form: &Query) -> Response {
    let made = async {
        let id = named(web, form)?;
        web.0.platform.my_erasure_certificate(&caller.ctx, id).await
    };
    match made.await {
        Ok(text) => {
            let headers = [
                (CONTENT_TYPE, "application/json"),
                (CONTENT_DISPOSITION, "attachment; filename=\"erasure.json\""),
            ];
            (headers, text).into_response()
        }
        Err(error) => page(web, caller, Top::error(caller, &error)).await,
    }
}
