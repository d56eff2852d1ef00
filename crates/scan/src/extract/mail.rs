//! E-mail: one message, or a box of them.

use mail_parser::{
    Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use super::{Unread, Work, grid::Page, html};

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
    if !is_box(bytes) {
        return one(work, bytes);
    }
    let (mut start, mut number) = (0, 0);
    while start < bytes.len() {
        let next = memchr::memmem::find(&bytes[start..], b"\n\nFrom ").map(|at| start + at + 2);
        let end = next.unwrap_or(bytes.len());
        number += 1;
        let message = &bytes[start..end];
        let body = memchr::memchr(b'\n', message).map_or(message.len(), |at| at + 1);
        if !work.within(&number.to_string(), |work| one(work, &message[body..])) {
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
        let value = said(&header.value);
        if !matches!(header.name.as_str(), "Received" | "DKIM-Signature" | "Content-Type") {
            page.labelled(header.name.as_str(), &value);
        }
    }
    page.record();
    for part in message.parts.iter().filter(|part| is_body(part)) {
        if let PartType::Text(text) = &part.body {
            page.push(text);
            page.record();
        }
    }
    page
}

fn read_message(work: &mut Work<'_>, message: &Message<'_>, depth: usize) {
    let page = said_by(message, work.limits.text);
    work.finish(&page);
    for (place, part) in message.parts.iter().enumerate() {
        let unnamed = || format!("part {place}");
        let name = part.attachment_name().map_or_else(unnamed, str::to_owned);
        let more = match &part.body {
            PartType::Text(_) if is_body(part) => true,
            PartType::Html(text) if is_body(part) => {
                work.within(&name, |work| html::read(work, text))
            }
            PartType::Text(text) | PartType::Html(text) => work.inside(&name, text.as_bytes()),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => work.inside(&name, bytes),
            PartType::Message(_) if depth >= DEEPEST => {
                work.within(&name, |work| work.unread(Unread::TooDeep))
            }
            PartType::Message(message) => {
                work.within(&name, |work| read_message(work, message, depth + 1))
            }
            PartType::Multipart(_) => true,
        };
        if !more {
            return;
        }
    }
}

/// What a field of the head says.
fn said(value: &HeaderValue<'_>) -> String {
    match value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(list) => list.join(", "),
        HeaderValue::Address(Address::List(list)) => addresses(list),
        HeaderValue::Address(Address::Group(groups)) => {
            let each = groups.iter().map(|group| addresses(&group.addresses));
            each.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn addresses(list: &[mail_parser::Addr<'_>]) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (&address.name, &address.address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.as_deref().or(address.as_deref()).unwrap_or_default().to_owned(),
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}
