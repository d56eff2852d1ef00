//! One person with two records: which of them, what will happen, and the word to do it. The other
//! record may be of another mobile, which is proven by a password of its own.

use app::{
    Error,
    merge::{Outlook, other::Other},
    opened::Person,
    sign_in::CODE_LIFE,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{id::BeneficiaryId, person::Mobile};
use uuid::Uuid;

use super::{account::family, sign_in::Sent};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, form_key, go, handle, show, time_words, uuid},
};

/// Where a resident begins.
const BEGIN: &str = "/people/merge";

#[derive(Template)]
#[template(path = "merge.html")]
struct Merging {
    top: Top,
    mine: Vec<Choice>,
    /// A password that was sent to another mobile.
    sent: Option<Sent>,
    /// The people of that mobile, once the password was told.
    other: Option<Others>,
}

/// A record to choose.
struct Choice {
    handle: String,
    name: String,
    about: String,
    stays: bool,
    goes: bool,
}

struct Others {
    proof: String,
    people: Vec<Choice>,
}

/// Records to choose from, as chosen in a form before.
fn choices(people: &[Person], form: &Query) -> Vec<Choice> {
    let chosen = |name, of: &str| form.get(name).is_some_and(|held| held == of);
    let one = |person: &Person| {
        let handle = handle(person);
        Choice {
            name: person.details.name.text().to_owned(),
            about: about(person),
            stays: chosen("stays", &handle) || chosen("person", &handle),
            goes: chosen("goes", &handle),
            handle,
        }
    };
    people.iter().map(one).collect()
}

/// What tells a record from another one of the same name.
fn about(person: &Person) -> String {
    let doses = match person.doses.last() {
        None => "no dose".to_owned(),
        Some(dose) => {
            format!("dose {} of {} on {}", dose.number, dose.vaccine, day_words(dose.given_on))
        }
    };
    format!("Number {}, born {}, {doses}", person.reference, person.details.birth_year)
}

/// The page on which records are chosen; with those of another mobile if the form has its proof.
async fn page(web: &Web, caller: &Caller, top: Top, form: &Query, sent: Option<Sent>) -> Response {
    let mine = match family(web, caller, BEGIN).await {
        Ok(mine) => mine,
        Err(elsewhere) => return *elsewhere,
    };
    let other = match form.get("proof") {
        Some(proof) => web
            .0
            .platform
            .other_people(&caller.ctx, proof)
            .await
            .ok()
            .map(|people| Others { proof: proof.to_owned(), people: choices(&people, form) }),
        None => None,
    };
    show(top.status(), &Merging { top, mine: choices(&mine, form), sent, other })
}

pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let chosen = Query::parse(query.as_deref()).but("proof");
    page(&web, &caller, Top::of(&caller), &chosen, None).await
}

/// Sends a password to the other mobile.
pub(super) async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    if let Err(elsewhere) = super::account::signed_in(&caller, BEGIN) {
        return *elsewhere;
    }
    let form = Query::form(&body);
    let sent = async {
        let mobile = Mobile::parse(form.get("mobile").unwrap_or(""))?;
        let platform = &web.0.platform;
        let asked = platform.ask_other_mobile(&caller.ctx, &mobile, &caller.source).await?;
        Ok::<_, Error>((asked, mobile))
    };
    match sent.await {
        Ok((transaction, mobile)) => {
            let until = caller.ctx.now.saturating_add(CODE_LIFE).unwrap_or(caller.ctx.now);
            let sent = Sent {
                transaction: transaction.to_string(),
                ends: mobile.last_four().to_owned(),
                until: time_words(until),
                ..Sent::default()
            };
            page(&web, &caller, Top::of(&caller), &form, Some(sent)).await
        }
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &form, None).await,
    }
}

/// Tries the password, and shows who is registered with the other mobile.
pub(super) async fn confirm(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let mine = match family(&web, &caller, BEGIN).await {
        Ok(mine) => mine,
        Err(elsewhere) => return *elsewhere,
    };
    let form = Query::form(&body);
    let transaction = uuid(&form, "transaction").unwrap_or(Uuid::nil());
    let hashed = app::sign_in::sha256_hex(form.get("otp").unwrap_or(""));
    let proven = web.0.platform.prove_other_mobile(&caller.ctx, transaction, &hashed).await;
    match proven {
        Ok(found) => {
            let top = match found.people[..] {
                [] => Top::error(&caller, &Error::NotRegistered),
                _ => Top::of(&caller),
            };
            let people = choices(&found.people, &form);
            let other = Others { proof: found.proof, people };
            let other = (!other.people.is_empty()).then_some(other);
            let mine = choices(&mine, &form);
            show(top.status(), &Merging { top, mine, sent: None, other })
        }
        Err(error @ Error::WrongCode) => {
            let sent = Some(Sent::form(&form));
            page(&web, &caller, Top::error(&caller, &error), &form, sent).await
        }
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &form, None).await,
    }
}

/// Two records, as a form names them.
struct Picked {
    stays: BeneficiaryId,
    goes: BeneficiaryId,
    proof: Option<String>,
}

impl Picked {
    fn other(&self) -> Other<'_> {
        match &self.proof {
            Some(proof) => Other::Proven { id: self.goes, proof },
            None => Other::Mine(self.goes),
        }
    }
}

/// The records that a form names, or the page that says which is missing. The one that goes may be
/// gone already: then the form has its number.
async fn picked(web: &Web, caller: &Caller, form: &Query) -> Result<Picked, Box<Response>> {
    let mine = family(web, caller, BEGIN).await?;
    let proof = form.get("proof").map(str::to_owned);
    let others = match &proof {
        Some(proof) => match web.0.platform.other_people(&caller.ctx, proof).await {
            Ok(people) => people,
            Err(error) => {
                let top = Top::error(caller, &error);
                return Err(Box::new(page(web, caller, top, form, None).await));
            }
        },
        None => Vec::new(),
    };
    let theirs = if proof.is_some() { &others } else { &mine };
    let find = |people: &[Person], name| {
        let wanted = form.get(name)?;
        people.iter().find(|person| handle(person) == wanted).map(|person| person.id)
    };
    let number = form.get("goes_number").and_then(|text| web.0.platform.by_reference(text));
    let missing = match (find(&mine, "stays"), find(theirs, "goes").or(number)) {
        (Some(stays), Some(goes)) => return Ok(Picked { stays, goes, proof }),
        (None, _) => Top::field(caller, "stays", "Choose the record that stays."),
        (_, None) => Top::field(caller, "goes", "Choose the record that goes into it."),
    };
    Err(Box::new(page(web, caller, missing, form, None).await))
}

#[derive(Template)]
#[template(path = "merge_look.html")]
struct Look {
    top: Top,
    name: String,
    stays: String,
    stays_about: String,
    goes_name: String,
    goes_about: String,
    goes_number: u64,
    other_mobile: bool,
    travels: bool,
    proof: String,
    doses: Vec<(u8, String)>,
    key: String,
}

/// Says what will happen, and asks for the word.
pub(super) async fn look(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let picked = match picked(&web, &caller, &form).await {
        Ok(picked) => picked,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.look_at_mine(&caller.ctx, picked.stays, &picked.other()).await {
        Ok(outlook) => {
            let page = looked(&caller, &outlook, picked.proof.unwrap_or_default());
            show(page.top.status(), &page)
        }
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &form, None).await,
    }
}

fn looked(caller: &Caller, Outlook { stays, goes, series }: &Outlook, proof: String) -> Look {
    Look {
        top: Top::of(caller),
        name: stays.details.name.text().to_owned(),
        stays: handle(stays),
        stays_about: about(stays),
        goes_name: goes.details.name.text().to_owned(),
        goes_about: about(goes),
        goes_number: goes.reference,
        other_mobile: goes.account != stays.account,
        travels: goes.travels,
        proof,
        doses: doses(series),
        key: form_key(caller),
    }
}

/// Each dose in words, by its number.
pub(crate) fn doses(series: &[domain::dose::Dose]) -> Vec<(u8, String)> {
    let words = |dose: &domain::dose::Dose| {
        (dose.number, format!("{} on {}", dose.vaccine, day_words(dose.given_on)))
    };
    series.iter().map(words).collect()
}

/// Makes one record of the two.
pub(super) async fn merge(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let picked = match picked(&web, &caller, &form).await {
        Ok(picked) => picked,
        Err(elsewhere) => return *elsewhere,
    };
    let key = uuid(&form, "key").map(|key| key.to_string());
    let (platform, other) = (&web.0.platform, picked.other());
    match platform.merge_mine(&caller.ctx, picked.stays, &other, key.as_deref()).await {
        Ok(()) => go("/people?done=merged"),
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &form, None).await,
    }
}
