//! HTML, as lenient as browsers are.

mod reference;

use std::{convert::Infallible, ops::Range};

use html5gum::{
    Span, Tokenizer,
    emitters::callback::{CallbackEmitter, CallbackEvent},
};

use super::{
    Work,
    flow::{Flow, Role},
    trace::{Piece, Traced},
};

/// Whether a text is HTML, by its first tags.
pub(super) fn is_html(text: &str) -> bool {
    let head = text.trim_start();
    let head = head[..crate::weak::floor(head, 1 << 13)].to_ascii_lowercase();
    let tags = ["<!doctype html", "<html", "<head", "<body", "<table", "<div", "<meta ", "<script"];
    if head.starts_with("<?xml") {
        return head.contains("<html");
    }
    head.starts_with('<') && tags.iter().any(|tag| head.contains(tag))
}

/// Reads HTML: what is shown, and what is in it unseen.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    let flow = Flow::new(work.limits.text);
    let mut page = Reader { text, flow, tag: Vec::new(), attributes: Vec::new() };
    let emitter = CallbackEmitter::<_, Infallible, usize>::new(
        |event: CallbackEvent<'_>, span: Span<usize>| {
            page.event(&event, span.start..span.end);
            None
        },
    );
    let mut emitter = emitter;
    emitter.naively_switch_states(true);
    // All is told to the reader, and a text cannot fail to be read.
    let read: Result<(), Infallible> = Tokenizer::new_with_emitter(text, emitter).finish();
    let Ok(()) = read;
    let page = page.flow.end();
    work.finish(&page);
}

struct Reader<'t> {
    text: &'t str,
    flow: Flow,
    /// The start tag that is being read.
    tag: Vec<u8>,
    attributes: Vec<(Vec<u8>, Traced)>,
}

impl Reader<'_> {
    fn event(&mut self, event: &CallbackEvent<'_>, place: Range<usize>) {
        if self.flow.is_full() {
            return;
        }
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = name.to_vec();
                self.attributes.clear();
            }
            CallbackEvent::AttributeName { name } => {
                self.attributes.push((name.to_vec(), Traced::default()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = self.attributes.last_mut() {
                    *last = reference::undone(self.text, place, &String::from_utf8_lossy(value));
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.start(),
            CallbackEvent::EndTag { name } => self.flow.close(role(name)),
            CallbackEvent::String { value } => {
                let text = reference::undone(self.text, place, &String::from_utf8_lossy(value));
                self.flow.text(&text);
            }
            CallbackEvent::Comment { value } => {
                self.flow.open(Role::Break);
                let text = reference::comment(self.text, place, &String::from_utf8_lossy(value));
                self.flow.text(&text);
                self.flow.open(Role::Break);
            }
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        self.flow.open(role(&tag));
        let attributes = std::mem::take(&mut self.attributes);
        let value = |name: &[u8]| {
            attributes.iter().find(|(other, _)| other == name).map(|(_, value)| Piece::from(value))
        };
        // A field of a form is known by its name.
        let label = value(b"name").or_else(|| value(b"property")).or_else(|| value(b"id"));
        let none = Piece::from("");
        for (name, text) in &attributes {
            match &**name {
                b"value" | b"content" => self.flow.pair(label.unwrap_or(none), text),
                b"alt" | b"title" | b"placeholder" | b"aria-label" => self.flow.pair(none, text),
                b"href" => self.link(text.into()),
                name if name.starts_with(b"data-") => {
                    let name = String::from_utf8_lossy(&name[5..]);
                    self.flow.pair(Piece::from(&*name), Piece::from(text));
                }
                _ => {}
            }
        }
    }

    /// A link that leads to a person, or says one: to a mailbox, to a telephone, with a question.
    fn link(&mut self, link: Piece<'_>) {
        let text = link.text();
        let Some((scheme, rest)) = text.split_once([':', '?']) else { return };
        if matches!(scheme, "mailto" | "tel" | "sms") {
            self.flow.pair("", link.part(rest));
        } else if let Some((_, query)) = text.split_once('?') {
            for pair in query.split('&') {
                let (name, value) = pair.split_once('=').unwrap_or(("", pair));
                self.flow.pair(link.part(name), link.part(value));
            }
        }
    }
}

fn role(tag: &[u8]) -> Role {
    match tag {
        b"table" => Role::Table,
        b"tr" => Role::Row,
        b"td" | b"th" => Role::Cell,
        b"br" | b"hr" => Role::Break,
        b"a" | b"abbr" | b"b" | b"bdi" | b"bdo" | b"big" | b"cite" | b"code" | b"del" | b"em"
        | b"font" | b"i" | b"img" | b"ins" | b"kbd" | b"mark" | b"q" | b"s" | b"small"
        | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"tt" | b"u" | b"var" | b"wbr"
        | b"tbody" | b"thead" | b"tfoot" | b"colgroup" | b"col" => Role::Inline,
        b"input" | b"button" | b"select" | b"label" | b"time" => Role::Space,
        _ => Role::Block,
    }
}
