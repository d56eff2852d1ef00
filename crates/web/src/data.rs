//! What is held of whom, said to everybody: the signed data manifest for programs, and a page in plain
//! words that is made from the same tables.

use askama::Template;
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::manifest::{
    ASKED,
    datum::Datum,
    kept,
    words::{Form, Life, Words},
};
use domain::purpose::Purpose;

use crate::{
    Web,
    caller::Caller,
    file::public_text,
    form::Query,
    page::{Top, show},
    problem::Problem,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/.well-known/data-manifest.json", get(manifest)).route("/data", get(page))
}

/// The manifest, signed.
async fn manifest(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let made = web.0.platform.data_manifest(&caller.ctx)?;
    Ok(public_text("application/json", &made, &headers))
}

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tongue {
    English,
    Hindi,
}

impl Tongue {
    const fn of(self, words: Words) -> &'static str {
        match self {
            Self::English => words.english,
            Self::Hindi => words.hindi,
        }
    }

    fn list(self, words: impl IntoIterator<Item = Words>) -> String {
        words.into_iter().map(|words| self.of(words)).collect::<Vec<_>>().join("; ")
    }

    const fn frame(self) -> &'static Frame {
        match self {
            Self::English => &ENGLISH,
            Self::Hindi => &HINDI,
        }
    }
}

/// What stands on the page besides the tables.
struct Frame {
    code: &'static str,
    title: &'static str,
    lead: &'static str,
    signed: &'static str,
    /// The other language: its code, where the page is, its name.
    other: (&'static str, &'static str, &'static str),
    people: &'static str,
    things: &'static str,
    why: &'static str,
    basis: &'static str,
    kept: &'static str,
    until: &'static str,
    opened: &'static str,
    nobody: &'static str,
    passing: &'static str,
    purposes: &'static str,
}

const ENGLISH: Frame = Frame {
    code: "en",
    title: "What is held about you, and why",
    lead: "This is everything that this platform holds about people. What is not here \
           is not collected: no address, no test result, no income, no religion.",
    signed: "For programs there is the same list, field by field and signed",
    other: ("hi", "/data?language=hi", "यह पृष्ठ हिन्दी में"),
    people: "About people",
    things: "About no person",
    why: "Why",
    basis: "On what basis",
    kept: "How it is kept",
    until: "Until when",
    opened: "Who may open it",
    nobody: "Nothing in this program opens it.",
    passing: "Not kept: it is only on the way to you.",
    purposes: "The purposes, and no others",
};

const HINDI: Frame = Frame {
    code: "hi",
    title: "आपके बारे में क्या रखा जाता है, और क्यों",
    lead: "यह प्लेटफ़ॉर्म लोगों के बारे में जो कुछ रखता है, वह सब यहाँ है। जो यहाँ नहीं है, वह \
           लिया नहीं जाता: न पता, न जाँच का परिणाम, न आय, न धर्म।",
    signed: "प्रोग्रामों के लिए यही सूची, क्षेत्र-दर-क्षेत्र और हस्ताक्षरित",
    other: ("en", "/data", "This page in English"),
    people: "लोगों के बारे में",
    things: "किसी व्यक्ति के बारे में नहीं",
    why: "क्यों",
    basis: "किस आधार पर",
    kept: "कैसे रखा जाता है",
    until: "कब तक",
    opened: "कौन खोल सकता है",
    nobody: "इस प्रोग्राम में कुछ भी इसे नहीं खोलता।",
    passing: "रखा नहीं जाता: यह केवल आप तक जाता है।",
    purposes: "उद्देश्य, इनके अलावा कोई नहीं",
};

/// A thing as the page says it.
struct Said {
    what: &'static str,
    why: String,
    basis: &'static str,
    forms: String,
    until: String,
    opened: Vec<String>,
}

fn said(datum: Datum, tongue: Tongue) -> Said {
    let held = kept(datum);
    let opened = datum
        .openings()
        .into_iter()
        .map(|(who, why)| format!("{}: {}", tongue.of(who.words()), tongue.of(why.words())));
    Said {
        what: tongue.of(datum.words()),
        why: tongue.list(datum.purposes().into_iter().map(Purpose::words)),
        basis: tongue.of(datum.basis().words()),
        forms: tongue.list(held.forms.into_iter().map(Form::words)),
        until: tongue.list(held.lives.into_iter().map(Life::words)),
        opened: opened.collect(),
    }
}

#[derive(Template)]
#[template(path = "data.html")]
struct Page {
    top: Top,
    frame: &'static Frame,
    people: Vec<Said>,
    things: Vec<&'static str>,
    purposes: Vec<&'static str>,
    released: &'static str,
}

async fn page(caller: Caller, RawQuery(query): RawQuery) -> impl IntoResponse {
    let hindi = Query::parse(query.as_deref()).get("language") == Some("hi");
    let tongue = if hindi { Tongue::Hindi } else { Tongue::English };
    let (people, things): (Vec<_>, Vec<_>) =
        Datum::ALL.iter().copied().partition(|datum| datum.is_personal());
    let page = Page {
        top: Top::of(&caller),
        frame: tongue.frame(),
        people: people.into_iter().map(|datum| said(datum, tongue)).collect(),
        things: things.into_iter().map(|datum| tongue.of(datum.words())).collect(),
        purposes: Purpose::ALL.iter().map(|why| tongue.of(why.words())).collect(),
        released: env!("CARGO_PKG_VERSION"),
    };
    // Not the same for everybody: the top says who is signed in.
    ([(CACHE_CONTROL, "private, no-cache")], show(StatusCode::OK, &page))
}

/// What the public is told about what is held of it: the name of each text and the text itself, as the
/// log of releases has its digest.
///
/// # Shape
///
/// `registration`: what the form asks for, a colon, why, a newline, for each thing. `data.en` and
/// `data.hi`: title and lead of the page `/data`, and for each thing what, why, basis, form, until when
/// and who may open it, each with a newline.
pub fn notices() -> Vec<(&'static str, String)> {
    let asked = notice()
        .into_iter()
        .flat_map(|(what, why)| [what.to_owned(), ": ".to_owned(), why, "\n".to_owned()]);
    let asked = asked.collect();
    let page = |tongue: Tongue| {
        let frame = tongue.frame();
        let mut text = format!("{}\n{}\n", frame.title, frame.lead);
        for datum in Datum::ALL.iter().copied().filter(|datum| datum.is_personal()) {
            let Said { what, why, basis, forms, until, opened } = said(datum, tongue);
            for line in [what, &why, basis, &forms, &until, &opened.join("; ")] {
                text.extend([line, "\n"]);
            }
        }
        text
    };
    vec![
        ("registration", asked),
        ("data.en", page(Tongue::English)),
        ("data.hi", page(Tongue::Hindi)),
    ]
}

/// What somebody who registers a person is told: each thing that is asked for, and why. The mobile is
/// known from the sign-in.
pub(crate) fn notice() -> Vec<(&'static str, String)> {
    let asked = ASKED.into_iter().filter(|datum| *datum != Datum::Mobile);
    asked
        .map(|datum| {
            let said = said(datum, Tongue::English);
            (said.what, said.why)
        })
        .collect()
}
