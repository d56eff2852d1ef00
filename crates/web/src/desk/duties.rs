//! What two officers let go: erasures that residents asked for, by number and day and no name, and the
//! notices of incidents.

use app::{erasure::desk::Waiting, incident::notices::WaitingNotices};
use askama::Template;
use axum::{body::Bytes, extract::State, response::Response};

use super::signed_in;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_of, moment_words, show, uuid},
    portal::STAFF,
};

struct ErasureView {
    reference: String,
    asked: String,
    due: String,
    held: bool,
    /// What is said instead of a button; empty where there is one.
    said: &'static str,
    /// The words of the button.
    button: &'static str,
}

struct NoticeView {
    id: String,
    people: u64,
    due: String,
    late: bool,
    text: String,
    begun: bool,
    /// Whether who looks let it go.
    mine: bool,
}

#[derive(Template)]
#[template(path = "desk_duties.html")]
struct Duties {
    top: Top,
    erasures: Vec<ErasureView>,
    notices: Vec<NoticeView>,
}

fn erasure(caller: &Caller, one: &Waiting) -> ErasureView {
    let mine = one.first.is_some_and(|first| caller.ctx.is_staff(first));
    let said = match (one.released, mine) {
        (true, _) => "Two let it go",
        (false, true) => "You let it go; another officer has to agree",
        (false, false) => "",
    };
    ErasureView {
        reference: one.reference.to_string(),
        asked: day_of(one.asked_at),
        due: day_of(one.due_at),
        held: one.held,
        said,
        button: if one.first.is_some() { "Agree" } else { "Let it go" },
    }
}

fn notice(caller: &Caller, one: WaitingNotices) -> NoticeView {
    NoticeView {
        id: one.id.to_string(),
        people: one.people,
        due: moment_words(one.tell_by),
        late: one.tell_by < caller.ctx.now,
        text: one.text,
        begun: one.first.is_some(),
        mine: one.first.is_some_and(|first| caller.ctx.is_staff(first)),
    }
}

async fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    let platform = &web.0.platform;
    let read = async {
        let erasures = platform.waiting_erasures(&caller.ctx).await?;
        Ok::<_, app::Error>((erasures, platform.waiting_notices(&caller.ctx).await?))
    };
    let (erasures, notices) = match read.await {
        Ok(read) => read,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let page = Duties {
        erasures: erasures.iter().map(|one| erasure(caller, one)).collect(),
        notices: notices.into_iter().map(|one| notice(caller, one)).collect(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    signed_in!(strong, &caller);
    page(&web, &caller, Top::of(&caller)).await
}

/// Lets an erasure or notices go, or agrees to it.
pub(super) async fn act(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    signed_in!(strong, &caller);
    let form = Query::form(&body);
    let platform = &web.0.platform;
    let done = async {
        if let Some(reference) = form.get("reference") {
            let both = platform.release_erasure(&caller.ctx, reference).await?;
            return Ok(if both { "It is erased on its day" } else { ANOTHER });
        }
        let id = uuid(&form, "id").ok_or(app::Error::NotFound)?;
        let both = platform.release_notices(&caller.ctx, id).await?;
        Ok::<_, app::Error>(if both { "The notices are on their way" } else { ANOTHER })
    };
    let top = match done.await {
        Ok(said) => Top::done(&caller, said),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, top).await
}

/// What is said to the first of two.
const ANOTHER: &str = "Another officer has to agree";
