//! Links of web pages, and the listings of folders that servers make when a folder has no page.

use std::{convert::Infallible, io::Read};

use html5gum::{
    IoReader, Span, Tokenizer,
    emitters::callback::{CallbackEmitter, CallbackEvent},
};
use url::Url;

use super::stamp;

/// A link of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// What it points to, as it is written.
    pub(super) to: String,
    /// Hash of what a listing says beside it: when it was changed, and how long it is.
    pub(super) stamp: Option<i64>,
    /// Whether the page is a listing.
    pub(super) listed: bool,
}

/// Reads the page at an address as it comes, as leniently as browsers do, and gives its links. Says whether the
/// page is a listing, and whether it was read to its end.
pub(super) fn links(reader: impl Read, own: &Url, take: &mut dyn FnMut(Link)) -> (bool, bool) {
    let mut page = Page { own, take, state: State::default() };
    let emitter = CallbackEmitter::<_, Infallible>::new(|event: CallbackEvent<'_>, _: Span<()>| {
        page.event(&event);
        None
    });
    let mut emitter = emitter;
    emitter.naively_switch_states(true);
    let whole = Tokenizer::new_with_emitter(IoReader::new(reader), emitter).finish().is_ok();
    page.flush();
    (page.state.kind != Kind::Page, whole)
}

/// Whether the beginning of a page is that of a listing.
pub(super) fn is_listing(head: &[u8], own: &Url) -> bool {
    links(head, own, &mut |_| {}).0
}

/// Which server has made a listing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Page,
    /// What stands beside a link comes behind it: Apache, nginx, lighttpd, Python.
    After,
    /// It comes before it: IIS.
    Before,
}

#[derive(Default)]
struct State {
    kind: Kind,
    /// The start tag that is being read, and its attributes.
    tag: Vec<u8>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Text since the last link.
    between: String,
    in_heading: bool,
    in_link: bool,
    /// A link that waits for what stands behind it, with what stands before.
    waiting: Option<(String, String)>,
    base: Option<String>,
}

struct Page<'t> {
    own: &'t Url,
    take: &'t mut dyn FnMut(Link),
    state: State,
}

/// Longest text beside a link that is kept, in bytes.
const LONGEST: usize = 512;

impl Page<'_> {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        let state = &mut self.state;
        match event {
            CallbackEvent::OpenStartTag { name } => {
                state.tag.clear();
                state.tag.extend_from_slice(name);
                state.attributes.clear();
            }
            CallbackEvent::AttributeName { name } => {
                state.attributes.push((name.to_vec(), Vec::new()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = state.attributes.last_mut() {
                    last.extend_from_slice(value);
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.start(),
            CallbackEvent::EndTag { name } => match *name {
                b"title" | b"h1" => state.heading(),
                b"a" => state.in_link = false,
                _ => state.gap(),
            },
            CallbackEvent::String { value } => state.text(value),
            CallbackEvent::Comment { .. }
            | CallbackEvent::Doctype { .. }
            | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self) {
        let tag = std::mem::take(&mut self.state.tag);
        match &tag[..] {
            b"title" | b"h1" => {
                self.state.between.clear();
                self.state.in_heading = true;
            }
            b"base" => {
                self.state.base = self.state.base.take().or_else(|| self.state.value(b"href"));
            }
            b"a" | b"area" => {
                if let Some(to) = self.state.value(b"href") {
                    self.flush();
                    let before = std::mem::take(&mut self.state.between);
                    self.state.waiting = Some((to, before));
                    self.state.in_link = tag == b"a";
                }
            }
            b"link" if self.state.leads() => self.give(b"href"),
            b"iframe" | b"frame" | b"embed" | b"img" => self.give(b"src"),
            b"object" => self.give(b"data"),
            b"meta" => {
                let refresh = self.state.value(b"http-equiv");
                let content = self.state.value(b"content").unwrap_or_default();
                let to =
                    content.split_once(['=']).map(|(_, to)| to.trim().trim_matches(['\'', '"']));
                if let (Some(name), Some(to)) = (refresh, to)
                    && name.eq_ignore_ascii_case("refresh")
                {
                    self.tell(to.to_owned(), None);
                }
            }
            _ => self.state.gap(),
        }
        self.state.tag = tag;
    }

    /// Gives what an attribute points to.
    fn give(&mut self, attribute: &[u8]) {
        if let Some(to) = self.state.value(attribute) {
            self.tell(to, None);
        }
    }

    /// Gives the link that waits, now that it is known what stands behind it.
    fn flush(&mut self) {
        let Some((to, before)) = self.state.waiting.take() else { return };
        let beside = match self.state.kind {
            Kind::Page => None,
            Kind::After => Some(self.state.between.as_str()),
            Kind::Before => Some(before.as_str()),
        };
        let stamp = beside.filter(|text| has_time(text)).map(|text| stamp(text.trim()));
        // What a listing is sorted by leads to the same listing.
        if self.state.kind == Kind::Page || !to.starts_with('?') {
            self.tell(to, stamp);
        }
    }

    fn tell(&mut self, to: String, stamp: Option<i64>) {
        let base = self.state.base.as_deref().filter(|_| !to.starts_with('#'));
        let base = base.and_then(|base| self.own.join(base).ok());
        let to = base.and_then(|base| base.join(&to).ok()).map_or(to, String::from);
        if !to.starts_with('#') && !to.is_empty() {
            (self.take)(Link { to, stamp, listed: self.state.kind != Kind::Page });
        }
    }
}

impl State {
    fn value(&self, name: &[u8]) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(own, _)| own == name)?;
        Some(String::from_utf8_lossy(value).trim().to_owned())
    }

    /// Whether a `link` leads to something to read, and not to how the page looks.
    fn leads(&self) -> bool {
        let relation = self.value(b"rel").unwrap_or_default().to_ascii_lowercase();
        ["alternate", "next", "prev", "canonical"].iter().any(|word| relation.contains(word))
    }

    fn text(&mut self, bytes: &[u8]) {
        if self.in_link && !self.in_heading {
            // An IIS listing of the first folder has no such link, but a telling title.
            if bytes == b"[To Parent Directory]" {
                self.kind = Kind::Before;
            }
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        if self.between.len() + text.len() <= LONGEST {
            self.between.push_str(&text);
        }
    }

    /// Cells of a table stand apart.
    fn gap(&mut self) {
        if self.between.len() < LONGEST && !self.between.ends_with(' ') {
            self.between.push(' ');
        }
    }

    /// Says by a heading whether the page is a listing.
    fn heading(&mut self) {
        self.in_heading = false;
        let heading = std::mem::take(&mut self.between);
        let heading = heading.trim();
        let begins = ["Index of ", "Directory listing for ", "Directory: ", "Listing directory "];
        if begins.iter().any(|begin| heading.starts_with(begin)) {
            self.kind = Kind::After;
        } else if heading.contains(" - /") && self.kind == Kind::Page {
            self.kind = Kind::Before;
        }
    }
}

/// Whether a text tells a time: without one it does not say whether a document has changed.
fn has_time(text: &str) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let colon = |place: usize| {
        bytes[place] == b':'
            && digit(bytes.get(place.wrapping_sub(1)))
            && digit(bytes.get(place + 1))
    };
    (1..bytes.len()).any(colon)
}

#[cfg(test)]
mod tests;
