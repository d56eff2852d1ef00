//! E-mail: one message, or a box of them.

mod quoted;

use std::ops::Range;

use mail_parser::{
    Addr, Address, Encoding, Header, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders,
    PartType,
};

use super::{
    Unread, Work,
    grid::Page,
    html,
    trace::{Piece, Traced},
};

/// Messages inside messages that are followed.
const DEEPEST: usize = 8;

/// Whether these bytes are a message, by the fields at their head.
pub(super) fn is_message(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1 << 14)];
    let head = if is_box(head) { head.splitn(2, |byte| *byte == b'\n').nth(1) } else { Some(head) };
    let (mut known, mut strong) = (0, false);
    for line in head.unwrap_or_default().split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else { return false };
        let name = line[..colon].to_ascii_lowercase();
        if !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        let fields: [&[u8]; 6] = [b"from", b"to", b"subject", b"date", b"cc", b"reply-to"];
        known += usize::from(fields.contains(&name.as_slice()));
        let of_mail: [&[u8]; 5] =
            [b"mime-version", b"message-id", b"received", b"return-path", b"delivered-to"];
        strong |= of_mail.contains(&name.as_slice());
    }
    known >= 3 || (strong && known >= 1)
}

fn is_box(bytes: &[u8]) -> bool {
    bytes.starts_with(b"From ")
}

/// Reads a message, or each of a box.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8]) {
    work.at(0, None, |work| {
        if is_box(bytes) {
            each(work, bytes);
        } else {
            one(work, bytes);
        }
    });
}

fn each(work: &mut Work<'_>, bytes: &[u8]) {
    let (mut start, mut number) = (0, 0);
    while start < bytes.len() {
        let next = memchr::memmem::find(&bytes[start..], b"\n\nFrom ").map(|at| start + at + 2);
        let end = next.unwrap_or(bytes.len());
        number += 1;
        let message = &bytes[start..end];
        let body = memchr::memchr(b'\n', message).map_or(message.len(), |at| at + 1);
        let more = work.within(&number.to_string(), |work| {
            work.part_at(Some(start + body), |work| one(work, &message[body..]));
        });
        if !more {
            return;
        }
        start = end;
    }
}

fn one(work: &mut Work<'_>, bytes: &[u8]) {
    match MessageParser::default().parse(bytes) {
        Some(message) => read_message(work, &message, 0),
        None => work.unread(Unread::Malformed),
    }
}

/// Whether a part is of the message itself.
fn is_body(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_none()
}

/// What a message says at its head and in plain text.
fn said_by(message: &Message<'_>, limit: usize) -> Page {
    let mut page = Page::new(limit);
    for header in &message.root_part().headers {
        if !matches!(header.name.as_str(), "Received" | "DKIM-Signature" | "Content-Type") {
            page.labelled(header.name.as_str(), &said(message, header));
        }
    }
    page.record();
    for part in message.parts.iter().filter(|part| is_body(part)) {
        if let PartType::Text(text) = &part.body {
            page.push(&body(message, part, text));
            page.record();
        }
    }
    page
}

/// A body, with where it stands in the message.
fn body(message: &Message<'_>, part: &MessagePart<'_>, text: &str) -> Traced {
    let mut traced = Traced::default();
    if let Some(at) = place(message, text) {
        traced.push(Piece::at(text, at));
        return traced;
    }
    let (from, to) = (part.offset_body as usize, part.offset_end as usize);
    let written = message.raw_message.get(from..to).unwrap_or_default();
    if part.encoding == Encoding::QuotedPrintable
        && let Some(undone) = quoted::undone(written, from)
        && *undone == *text
    {
        return undone;
    }
    text.into()
}

/// Where a text lies in a message, if nothing of it had to be undone.
fn place(message: &Message<'_>, text: &str) -> Option<usize> {
    let whole = message.raw_message.as_ptr().addr();
    let at = text.as_ptr().addr().checked_sub(whole)?;
    (at + text.len() <= message.raw_message.len()).then_some(at)
}

fn read_message(work: &mut Work<'_>, message: &Message<'_>, depth: usize) {
    let page = said_by(message, work.limits.text);
    work.finish(&page);
    for (number, part) in message.parts.iter().enumerate() {
        let unnamed = || format!("part {number}");
        let name = part.attachment_name().map_or_else(unnamed, str::to_owned);
        let more = match &part.body {
            PartType::Text(_) if is_body(part) => true,
            PartType::Html(text) if is_body(part) => work.within(&name, |work| {
                work.part_at(place(message, text), |work| html::read(work, text));
            }),
            PartType::Text(text) | PartType::Html(text) => work.inside(&name, text.as_bytes()),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => work.inside(&name, bytes),
            PartType::Message(_) if depth >= DEEPEST => {
                work.within(&name, |work| work.unread(Unread::TooDeep))
            }
            PartType::Message(inner) => {
                work.within(&name, |work| inner_message(work, message, inner, depth + 1))
            }
            PartType::Multipart(_) => true,
        };
        if !more {
            return;
        }
    }
}

/// Reads a message that lies in another as it is, or was packed in it.
fn inner_message(work: &mut Work<'_>, outer: &Message<'_>, inner: &Message<'_>, depth: usize) {
    // One that lies in it has the bytes of the other, from its beginning on.
    let shared = inner.raw_message.as_ptr() == outer.raw_message.as_ptr();
    work.part_at(shared.then_some(0), |work| read_message(work, inner, depth));
}

/// What a field of the head says.
fn said(message: &Message<'_>, header: &Header<'_>) -> Traced {
    let field = header.offset_start as usize..header.offset_end as usize;
    let written = message.raw_message.get(field.clone()).unwrap_or_default();
    let start = field.start + (written.len() - written.trim_ascii_start().len());
    let field = start..start + written.trim_ascii().len();
    let mut said = Said { message, field, text: Traced::default() };
    match &header.value {
        HeaderValue::Text(text) => said.push(text),
        HeaderValue::TextList(list) => {
            for (number, text) in list.iter().enumerate() {
                said.text.push(if number > 0 { ", " } else { "" });
                said.push(text);
            }
        }
        HeaderValue::Address(Address::List(list)) => said.addresses(list),
        HeaderValue::Address(Address::Group(groups)) => {
            for group in groups {
                said.addresses(&group.addresses);
            }
        }
        _ => {}
    }
    said.text
}

/// What a field says, as it is put together.
struct Said<'m> {
    message: &'m Message<'m>,
    /// Where it is written.
    field: Range<usize>,
    text: Traced,
}

impl Said<'_> {
    fn push(&mut self, text: &str) {
        match place(self.message, text) {
            Some(at) => self.text.push(Piece::at(text, at)),
            // It is written in signs of the head's own, somewhere in the field.
            None => self.text.push_for(text, self.field.clone()),
        }
    }

    fn addresses(&mut self, list: &[Addr<'_>]) {
        for address in list {
            if !self.text.is_empty() {
                self.text.push(", ");
            }
            if let Some(name) = &address.name {
                self.push(name);
            }
            let Some(mailbox) = &address.address else { continue };
            let bare = address.name.is_none();
            self.text.push(if bare { "" } else { " <" });
            self.push(mailbox);
            self.text.push(if bare { "" } else { ">" });
        }
    }
}
