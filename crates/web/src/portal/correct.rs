//! Correcting details after the first dose: the certificates that say otherwise are withdrawn.

use app::{correction::Change, opened::Person};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::person::BadDetail;
use jiff::civil::Date;

use super::member::chosen;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, Typed, count, form_key, genders, go, handle, show, uuid, who},
};

#[derive(Template)]
#[template(path = "correct.html")]
struct Correct {
    top: Top,
    handle: String,
    name: String,
    typed: Typed,
    genders: Vec<(i64, &'static str)>,
    key: String,
    times: String,
}

fn page(web: &Web, caller: &Caller, top: Top, person: &Person, typed: Typed) -> Response {
    let page = Correct {
        handle: handle(person),
        name: person.details.name.text().to_owned(),
        typed,
        genders: genders(),
        key: form_key(caller),
        times: count(web.0.platform.settings().corrections.into(), "time", "times"),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match chosen(&web, &caller, &Query::parse(query.as_deref())).await {
        Ok(person) => {
            let typed = Typed::of(&person.details);
            page(&web, &caller, Top::of(&caller), &person, typed)
        }
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn correct(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let person = match chosen(&web, &caller, &form).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let key = uuid(&form, "key").map(|key| key.to_string());
    let corrected = async {
        let change = change(&form, caller.ctx.today())?;
        let platform = &web.0.platform;
        platform.correct_my_details(&caller.ctx, person.id, &change, key.as_deref()).await
    };
    match corrected.await {
        Ok(()) => go("/people?done=corrected"),
        // What is changed then is another request: the key that was refused is used up.
        Err(error) => {
            let top = Top::error(&caller, &error);
            page(&web, &caller, top, &person, Typed::form(&form))
        }
    }
}

/// What a form says is right. What is right already is not corrected by it.
fn change(form: &Query, today: Date) -> Result<Change, BadDetail> {
    let (name, birth_year, gender) = who(form, today)?;
    Ok(Change { name: Some(name), birth_year: Some(birth_year), gender: Some(gender) })
}
