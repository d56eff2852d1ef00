//! Adding a person to the family, changing their details until the first dose, removing them.

use app::opened::Person;
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::account::{self, family, signed_in};
use crate::{
    Web,
    caller::Caller,
    data::notice,
    form::Query,
    page::{Top, Typed, details, form_key, genders, go, handle, kinds, named, show, uuid},
};

#[derive(Template)]
#[template(path = "member.html")]
struct Member {
    top: Top,
    /// Whose details are changed; empty for a new person.
    handle: String,
    name: String,
    typed: Typed,
    genders: Vec<(i64, &'static str)>,
    kinds: Vec<(i64, &'static str)>,
    key: String,
    /// What is asked for, and why.
    notice: Vec<(&'static str, String)>,
}

fn page(top: Top, person: Option<&Person>, typed: Typed, key: String) -> Response {
    let page = Member {
        handle: person.map(handle).unwrap_or_default(),
        name: person.map(|person| person.details.name.text().to_owned()).unwrap_or_default(),
        typed,
        genders: genders(),
        kinds: kinds(),
        key,
        notice: notice(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn ask(caller: Caller) -> Response {
    match signed_in(&caller, "/people/add") {
        Ok(()) => page(Top::of(&caller), None, Typed::default(), form_key(&caller)),
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn add(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(elsewhere) = signed_in(&caller, "/people/add") {
        return *elsewhere;
    }
    let form = Query::form(&body);
    let key = uuid(&form, "key").map_or_else(|| form_key(&caller), |key| key.to_string());
    let enrolled = async {
        let details = details(&form, caller.ctx.today())?;
        let mobile = caller.mobile(&web, &headers);
        web.0.platform.enrol(&caller.ctx, &mobile, &details, Some(&key)).await
    };
    match enrolled.await {
        Ok(_) => go("/people?done=added"),
        // Another document is another request: the key that was refused is used up.
        Err(error) => {
            let typed = Typed::form(&form);
            page(Top::error(&caller, &error), None, typed, form_key(&caller))
        }
    }
}

/// The person that a query or form names, or the page to show instead.
pub(super) async fn chosen(
    web: &Web,
    caller: &Caller,
    form: &Query,
) -> Result<Person, Box<Response>> {
    let mut people = family(web, caller, "/people").await?;
    let id = named(&people, form).first().map(|person| person.id);
    let place = people.iter().position(|person| Some(person.id) == id);
    if let Some(place) = place {
        return Ok(people.swap_remove(place));
    }
    let top = Top::error(caller, &app::Error::NotFound);
    Err(Box::new(account::page(web, caller, top).await))
}

pub(super) async fn edit(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match chosen(&web, &caller, &Query::parse(query.as_deref())).await {
        Ok(person) => {
            page(Top::of(&caller), Some(&person), Typed::of(&person.details), String::new())
        }
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn change(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let person = match chosen(&web, &caller, &form).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let amended = async {
        let details = details(&form, caller.ctx.today())?;
        web.0.platform.amend(&caller.ctx, person.id, &details).await
    };
    match amended.await {
        Ok(()) => go("/people?done=changed"),
        Err(error) => {
            let top = Top::error(&caller, &error);
            page(top, Some(&person), Typed::form(&form), String::new())
        }
    }
}

#[derive(Template)]
#[template(path = "member_remove.html")]
struct Removing {
    top: Top,
    handle: String,
    name: String,
}

fn removing(top: Top, person: &Person) -> Response {
    let name = person.details.name.text().to_owned();
    let page = Removing { top, handle: handle(person), name };
    show(page.top.status(), &page)
}

pub(super) async fn ask_removal(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match chosen(&web, &caller, &Query::parse(query.as_deref())).await {
        Ok(person) => removing(Top::of(&caller), &person),
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn remove(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let person = match chosen(&web, &caller, &Query::form(&body)).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.remove(&caller.ctx, person.id).await {
        Ok(()) => go("/people?done=removed"),
        Err(error) => removing(Top::error(&caller, &error), &person),
    }
}
