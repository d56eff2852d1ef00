//! What stands out: alarms, for those who have to look at them, and what they may do about an account.

use app::watch::{Alarm, account_id};
use askama::Template;
use axum::{body::Bytes, extract::State, response::Response};

use super::signed_in;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, moment_words, show},
    portal::STAFF,
};

/// An alarm, in words.
struct AlarmView {
    when: String,
    what: &'static str,
    facility: String,
    account: String,
}

#[derive(Template)]
#[template(path = "desk_alarms.html")]
struct Alarms {
    top: Top,
    shown: Vec<AlarmView>,
    /// Whether who looks may release and sign out.
    releases: bool,
}

fn what(kind: &str) -> &'static str {
    match kind {
        "reads" => "People were opened whom no appointment explains",
        "lookups" => "Codes or passwords were tried in vain, again and again",
        "canary" => "Somebody was looked for who does not exist",
        "emergency" => "A record was opened in an emergency",
        "passkey" => "A passkey signed in whose copy signed in before",
        "restored" => "Two people took away all passkeys of an account that lost them",
        "clock" => "The clock of a server is not believed: nothing is deleted until it is",
        "sweep" => "Fingerprints of more numbers were asked for than people come",
        _ => "Something stood out",
    }
}

async fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    let platform = &web.0.platform;
    let alarms = match platform.alarms(&caller.ctx).await {
        Ok(alarms) => alarms,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let view = |alarm: Alarm| AlarmView {
        when: moment_words(alarm.at),
        what: what(&alarm.kind),
        facility: alarm.facility.map_or_else(String::new, |id| super::name_of(web, id)),
        account: alarm.who.0.to_string(),
    };
    let page = Alarms {
        shown: alarms.into_iter().map(view).collect(),
        releases: caller.ctx.allow_somewhere(app::access::Permission::ReleaseAccount).is_ok(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    signed_in!(strong, &caller);
    page(&web, &caller, Top::of(&caller)).await
}

/// Releases an account, or signs it out everywhere.
pub(super) async fn act(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    signed_in!(strong, &caller);
    let form = Query::form(&body);
    let platform = &web.0.platform;
    let done = async {
        let account = form.get("account").and_then(account_id).ok_or(app::Error::NotFound)?;
        if form.get("to") == Some("release") {
            platform.release_account(&caller.ctx, account).await?;
            return Ok("The account may go on");
        }
        platform.sign_out_account(&caller.ctx, account).await?;
        Ok::<_, app::Error>("Every sign-in of the account is ended")
    };
    let top = match done.await {
        Ok(said) => Top::done(&caller, said),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, top).await
}
