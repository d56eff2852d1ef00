//! What all pages share: what stands on top of one, showing a template, going elsewhere, the
//! sign-in cookie, dates and times for people.

use app::{access::Permission, clock, opened::Person};
use askama::Template;
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER},
    },
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{
    person::{
        BadDetail, DOCUMENT_KINDS, Details, Gender, IdentityDocument, Name, parse_birth_year,
    },
    session::Slot,
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use uuid::Uuid;

use crate::{
    Web,
    caller::{Caller, SIGN_IN},
    form::Query,
    token::{Claims, Scope},
    wrong::{APP_CODE, Wrong, wrong},
};

/// What stands on top of every page: who is signed in, and what came of the last form.
#[derive(Default)]
pub(crate) struct Top {
    /// Whether a resident is signed in.
    pub(crate) resident: bool,
    /// Whether staff is signed in.
    pub(crate) staff: bool,
    /// What of the desk is for who is signed in.
    pub(crate) desk: DeskLinks,
    /// What went wrong.
    pub(crate) wrong: Option<Wrong>,
    /// What went well.
    pub(crate) done: Option<String>,
}

/// What of the desk is for somebody.
#[derive(Clone, Copy, Default)]
pub(crate) struct DeskLinks {
    /// The list of the day, walk-ins and sessions of a facility.
    pub(crate) facility: bool,
    /// What is public and should not be.
    pub(crate) exposure: bool,
}

impl Top {
    /// Nothing to say.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self {
            resident: caller.has(&[Scope::Resident]),
            staff: caller.has(&[Scope::Staff]),
            desk: DeskLinks {
                facility: caller.ctx.own_facility().is_ok(),
                exposure: caller.ctx.allow_somewhere(Permission::SeeExposure).is_ok(),
            },
            ..Self::default()
        }
    }

    /// Something went wrong.
    pub(crate) fn error(caller: &Caller, error: &app::Error) -> Self {
        Self { wrong: Some(wrong(error)), ..Self::of(caller) }
    }

    /// A field cannot be used.
    pub(crate) fn field(caller: &Caller, field: &'static str, text: &str) -> Self {
        Self { wrong: Some(Wrong::field(field, text)), ..Self::of(caller) }
    }

    /// Something went wrong with the code of an app.
    pub(crate) fn app_code(caller: &Caller, error: &app::Error) -> Self {
        match error {
            app::Error::WrongCode => Self::field(caller, "app_code", APP_CODE),
            app::Error::CodeExpired => {
                let text = "That took too long. Here is a new secret for the app.";
                Self::field(caller, "app_code", text)
            }
            other => Self::error(caller, other),
        }
    }

    /// Something went well.
    pub(crate) fn done(caller: &Caller, text: impl Into<String>) -> Self {
        Self { done: Some(text.into()), ..Self::of(caller) }
    }

    /// The page's title: the problem comes first, so that it is read out first.
    pub(crate) fn title(&self, page: &str) -> String {
        match (&self.wrong, &self.done) {
            (Some(wrong), _) => format!("Error: {} | {page} | Teeka", wrong.text),
            (None, Some(done)) => format!("{done} | {page} | Teeka"),
            (None, None) => format!("{page} | Teeka"),
        }
    }

    /// What is wrong, for the field that is meant.
    pub(crate) fn text(&self) -> &str {
        self.wrong.as_ref().map_or("", |wrong| &wrong.text)
    }

    /// Whether a field is the one that cannot be used.
    pub(crate) fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_ref().is_some_and(|wrong| wrong.field == field)
    }

    /// The status of the page.
    pub(crate) fn status(&self) -> StatusCode {
        self.wrong.as_ref().map_or(StatusCode::OK, |wrong| wrong.status)
    }
}

/// A page of a template.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// An answer that is about people: nobody on the way keeps it, and no search engine lists it.
pub(crate) async fn personal(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Says when to ask again for a certificate that is owed.
pub(crate) fn later(mut response: Response, error: &app::Error) -> Response {
    if let app::Error::CertificateOwed { retry_after_seconds } = error {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
    response
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "plain.html")]
struct Plain<'a> {
    top: Top,
    heading: &'a str,
    text: &'a str,
}

/// A page that says one thing.
pub(crate) fn plain_page(
    caller: &Caller,
    status: StatusCode,
    heading: &str,
    text: &str,
) -> Response {
    show(status, &Plain { top: Top::of(caller), heading, text })
}

/// A page that says what went wrong where there is nothing else to show.
pub(crate) fn refused_page(caller: &Caller, heading: &str, error: &app::Error) -> Response {
    let wrong = wrong(error);
    plain_page(caller, wrong.status, heading, &wrong.text)
}

/// Goes to another page.
pub(crate) fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// Keeps a token in the browser.
pub(crate) fn sign_in(response: Response, web: &Web, caller: &Caller, claims: &Claims) -> Response {
    let life = claims.exp - caller.ctx.now.as_second();
    SIGN_IN.keep(response, caller, &web.0.tokens.make(claims), life)
}

/// The fields of a form about a person, as typed: a page that complains shows them again. The
/// number of the document is not among them, so that no page holds it.
#[derive(Default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) birth_year: String,
    pub(crate) gender: i64,
    pub(crate) kind: i64,
    pub(crate) comorbidity: bool,
}

impl Typed {
    /// What a form holds.
    pub(crate) fn form(form: &Query) -> Self {
        let text = |name| form.get(name).unwrap_or_default().chars().take(100).collect();
        let number = |name| form.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Self {
            name: text("name"),
            birth_year: text("birth_year"),
            gender: number("gender"),
            kind: number("kind"),
            comorbidity: form.get("comorbidity") == Some("Y"),
        }
    }

    /// What is known of a person.
    pub(crate) fn of(details: &Details) -> Self {
        Self {
            name: details.name.text().to_owned(),
            birth_year: details.birth_year.to_string(),
            gender: details.gender.number(),
            kind: details.document.kind(),
            comorbidity: details.comorbidity,
        }
    }
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
    let (name, birth_year, gender) = who(form, today)?;
    let kind = form.get("kind").unwrap_or("").parse().map_err(|_| BadDetail::DocumentKind)?;
    let number = form.get("number").unwrap_or("");
    Ok(Details {
        name,
        birth_year,
        gender,
        document: IdentityDocument::parse(kind, number)?,
        comorbidity: form.get("comorbidity") == Some("Y"),
    })
}

/// Name, year of birth and gender in a form.
pub(crate) fn who(form: &Query, today: Date) -> Result<(Name, i16, Gender), BadDetail> {
    let text = |name| form.get(name).unwrap_or("");
    let name = Name::parse(text("name"))?;
    let birth_year = parse_birth_year(text("birth_year"), today.year())?;
    let gender = text("gender").parse().map_err(|_| BadDetail::Gender)?;
    Ok((name, birth_year, Gender::from_number(gender)?))
}

/// The name of a person in addresses and forms of their own account. It is not the reference
/// number, which would stay behind in histories and logs of addresses.
pub(crate) fn handle(person: &Person) -> String {
    Uuid::new_v5(&person.account.uuid, &person.reference.to_be_bytes()).to_string()
}

/// The people that a form names.
pub(crate) fn named<'a>(people: &'a [Person], form: &Query) -> Vec<&'a Person> {
    let chosen: Vec<_> = form.all("person").collect();
    people.iter().filter(|person| chosen.contains(&handle(person).as_str())).collect()
}

/// An id in a form.
pub(crate) fn uuid(form: &Query, name: &str) -> Option<Uuid> {
    form.get(name).and_then(|text| Uuid::try_parse(text).ok())
}

/// A key that makes a form sent twice the same request. One that came with a form that was
/// refused is kept.
pub(crate) fn form_key(caller: &Caller) -> String {
    caller.ctx.random_uuid().to_string()
}

/// A day for people.
pub(crate) fn day_words(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

/// The day of an instant in the country, for people.
pub(crate) fn day_of(at: Timestamp) -> String {
    day_words(clock::date_at(at))
}

/// Day and time of an instant in the country, for people.
pub(crate) fn moment_words(at: Timestamp) -> String {
    format!("{}, {}", day_of(at), time_words(at))
}

/// A time of the country for people.
pub(crate) fn time_words(at: Timestamp) -> String {
    clock::time_zone().to_datetime(at).strftime("%-I:%M %p").to_string()
}

/// A slot for people: `9:00 am to 11:00 am`.
pub(crate) fn slot_words(slot: Slot) -> String {
    let words = |time: Time| time.strftime("%-I:%M %p").to_string().to_lowercase();
    format!("{} to {}", words(slot.from), words(slot.to))
}

/// Ages for people.
pub(crate) fn ages(min_age: u8, max_age: Option<u8>) -> String {
    max_age
        .map_or_else(|| format!("age {min_age} and over"), |max| format!("age {min_age} to {max}"))
}

/// A number of things for people.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
