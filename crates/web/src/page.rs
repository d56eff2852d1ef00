//! What all pages share: showing a template, going elsewhere, the sign-in cookie.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{
    id::BeneficiaryId,
    person::{
        BadDetail, DOCUMENT_KINDS, Details, Gender, IdentityDocument, Name, parse_birth_year,
    },
};
use jiff::civil::Date;

use crate::{
    Web,
    caller::{COOKIE, Caller},
    form::Query,
    problem::log_fault,
    token::Claims,
};

/// A page of a template.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Goes to another page.
pub(crate) fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// What is shown of an error: its text holds nothing of what a person gave.
pub(crate) fn words(error: &app::Error) -> String {
    log_fault(error);
    let text = error.to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// The status that goes with an error on a page.
pub(crate) const fn status(error: &app::Error) -> StatusCode {
    match error {
        app::Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        app::Error::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        app::Error::NotFound => StatusCode::NOT_FOUND,
        app::Error::Forbidden | app::Error::WrongPresence => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Keeps a token in the browser: not for scripts, not for other sites.
pub(crate) fn with_cookie(
    mut response: Response,
    web: &Web,
    claims: &Claims,
    now: i64,
) -> Response {
    let token = web.0.tokens.make(claims);
    let life = claims.exp - now;
    let cookie = format!("{COOKIE}={token}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// Forgets the token.
pub(crate) fn without_cookie(mut response: Response) -> Response {
    let value =
        HeaderValue::from_static("teeka_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    response.headers_mut().insert(header::SET_COOKIE, value);
    response
}

/// The genders for a choice.
pub(crate) fn genders() -> Vec<(i64, &'static str)> {
    Gender::ALL.iter().map(|gender| (gender.number(), gender.label())).collect()
}

/// The kinds of document for a choice.
pub(crate) fn kinds() -> Vec<(i64, &'static str)> {
    DOCUMENT_KINDS.iter().map(|(id, label, _)| (*id, *label)).collect()
}

/// What a form tells about a person.
pub(crate) fn details(form: &Query, today: Date) -> Result<Details, BadDetail> {
    let text = |name| form.get(name).unwrap_or("");
    let number = |name, or| text(name).parse().map_err(|_| or);
    Ok(Details {
        name: Name::parse(text("name"))?,
        birth_year: parse_birth_year(text("birth_year"), today.year())?,
        gender: Gender::from_number(number("gender", BadDetail::Gender)?)?,
        document: IdentityDocument::parse(
            number("kind", BadDetail::DocumentKind)?,
            text("number"),
        )?,
        comorbidity: form.get("comorbidity") == Some("Y"),
    })
}

/// The person that a form names by reference number.
pub(crate) fn person(web: &Web, form: &Query) -> app::Result<BeneficiaryId> {
    let reference = form.get("person").ok_or(app::Error::NotFound)?;
    web.0.platform.by_reference(reference).ok_or(app::Error::NotFound)
}

/// A key that makes a form sent twice the same request.
pub(crate) fn form_key(caller: &Caller) -> String {
    caller.ctx.random_uuid().to_string()
}

/// A day for people.
pub(crate) fn day_words(date: Date) -> String {
    date.strftime("%a %d %b %Y").to_string()
}

/// Ages for people.
pub(crate) fn ages(min_age: u8, max_age: Option<u8>) -> String {
    max_age.map_or_else(|| format!("{min_age}+"), |max| format!("{min_age} to {max}"))
}
