//! One address: asked, looked at, read.

pub(super) mod found;

use std::{
    io::{self, BufRead as _, BufReader, Cursor, Read as _},
    time::Duration,
};

use flate2::read::MultiGzDecoder;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use store::exposure::{Class, Document, Fate, Known, Message, Visit, Waiting};

use super::{
    gate::{Answer, Ask, Gate, Trouble, read_up_to},
    line::{Courtesy, Task},
    maps, pages,
    reading::{Read, Reading},
    robots,
    scope::{Address, Scope},
    triage::{GZIP, HEAD, Triage, is_text, triage},
};
use crate::exposed::Digest;

/// Asks addresses and reads what is there.
pub(super) struct Visitor<'v> {
    pub(super) scope: &'v Scope,
    pub(super) gate: &'v Gate,
    pub(super) known: Mutex<Known>,
    pub(super) reader: &'v dyn Read,
    pub(super) now: &'v (dyn Fn() -> Timestamp + Sync),
    /// Held by whoever has a large document in memory: one at a time.
    pub(super) large: Mutex<()>,
}

/// From here on a document is large.
const LARGE: u64 = 4 << 20;
/// Rules for robots are read so far (RFC 9309, section 2.5).
const ROBOTS: u64 = 500 << 10;
/// So often is an address tried.
const MOST_TRIES: i64 = 4;

/// Where messages go.
pub(super) type Tell<'t> = &'t mut dyn FnMut(Message);

/// A visit under way.
struct Call<'c> {
    waiting: &'c Waiting,
    address: Address,
    letters: bool,
    visit: Visit,
}

impl Visitor<'_> {
    /// Visits one address, tells what was found on the way and at last what came of it.
    pub(super) fn visit(&self, task: &Task, tell: Tell<'_>) -> Courtesy {
        let waiting = &task.waiting;
        let visit = Visit {
            id: waiting.id,
            fate: Fate::Unasked,
            status: 0,
            tries: waiting.tries,
            again_at: None,
            etag: None,
            modified: None,
            digest: None,
            document: None,
        };
        // The scope may have become narrower since the address was met.
        let Some(address) = self.scope.admit(&waiting.url) else {
            tell(Message::Visited(visit));
            return Courtesy::Fine;
        };
        let mut call = Call { waiting, address, letters: task.letters, visit };
        let courtesy = match self.ask(&call, waiting.class == Class::Document && !task.letters) {
            Ok(answer) => self.answered(&mut call, answer, tell),
            Err(Trouble::Away) => {
                self.try_again(&mut call.visit, None);
                Courtesy::Away
            }
            Err(Trouble::Outside | Trouble::Garbled) => {
                call.visit.fate = Fate::Failed;
                Courtesy::Fine
            }
        };
        tell(Message::Visited(call.visit));
        courtesy
    }

    fn ask(&self, call: &Call<'_>, in_parts: bool) -> Result<Answer, Trouble> {
        let waiting = call.waiting;
        let again = !call.letters;
        let ask = Ask {
            etag: waiting.etag.as_deref().filter(|_| again),
            modified: waiting.modified.as_deref().filter(|_| again),
            range: in_parts.then_some((0, Some(HEAD as u64 - 1))),
            packed: waiting.class < Class::Document,
            ..Ask::default()
        };
        self.gate.ask(&call.address, ask, (self.now)())
    }

    fn answered(&self, call: &mut Call<'_>, mut answer: Answer, tell: Tell<'_>) -> Courtesy {
        call.visit.status = answer.status;
        if !matches!(answer.status, 200 | 203 | 206) {
            drain(&mut answer.body);
        }
        call.visit.fate = match answer.status {
            200 | 203 | 206 => return self.open(call, answer, tell),
            // An empty document has no first byte.
            416 if call.waiting.class == Class::Document => match self.ask(call, false) {
                Ok(answer) if answer.status == 200 => return self.open(call, answer, tell),
                _ => Fate::Failed,
            },
            304 => Fate::Unchanged,
            301 | 302 | 303 | 307 | 308 => {
                if let Some(to) = &answer.location {
                    self.redirected(call, to, tell);
                }
                Fate::Elsewhere
            }
            404 | 410 => Fate::Gone,
            401 | 402 | 403 | 407 | 451 => Fate::Closed,
            408 | 425 | 429 | 500 | 502 | 503 | 504 => {
                self.try_again(&mut call.visit, answer.retry_after);
                return Courtesy::Busy(answer.retry_after);
            }
            _ => Fate::Failed,
        };
        Courtesy::Fine
    }

    /// Has an address tried again later, if that was not done often enough.
    fn try_again(&self, visit: &mut Visit, wish: Option<Duration>) {
        visit.fate = Fate::Failed;
        visit.tries += 1;
        if visit.tries < MOST_TRIES {
            let wait = wish.unwrap_or_else(|| Duration::from_secs(1 << visit.tries));
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_mins(15));
            visit.again_at = (self.now)().checked_add(wait).ok();
        }
    }

    /// Opens what is there.
    fn open(&self, call: &mut Call<'_>, mut answer: Answer, tell: Tell<'_>) -> Courtesy {
        call.visit.etag.clone_from(&answer.etag);
        call.visit.modified.clone_from(&answer.modified);
        if call.waiting.class == Class::Robots {
            return self.robots(call, &mut answer, tell);
        }
        if let Ok(fate) = self.look(call, answer, tell) {
            call.visit.fate = fate;
        } else {
            self.try_again(&mut call.visit, None);
        }
        Courtesy::Fine
    }

    fn robots(&self, call: &mut Call<'_>, answer: &mut Answer, tell: Tell<'_>) -> Courtesy {
        let mut bytes = Vec::new();
        let read = read_up_to(&mut answer.body, ROBOTS, &mut bytes);
        call.visit.fate = if read.is_ok() { Fate::Read } else { Fate::Failed };
        let robots = robots::read(&String::from_utf8_lossy(&bytes));
        self.tell_robots(call, &robots, tell);
        let url = call.address.url();
        let host = url.host_str().zip(url.port_or_known_default());
        let rule = host.and_then(|(name, port)| self.scope.host(name, port));
        rule.map_or(Courtesy::Fine, |rule| Courtesy::Wish(rule.gap(robots.delay)))
    }

    /// Looks at the first bytes, and decides.
    fn look(&self, call: &mut Call<'_>, mut answer: Answer, tell: Tell<'_>) -> io::Result<Fate> {
        let mut head = Vec::new();
        (&mut answer.body).take(HEAD as u64).read_to_end(&mut head)?;
        let path = call.address.url().path().to_owned();
        let mut todo = triage(&head, &answer.media, &path);
        if todo == Triage::Nothing {
            if answer.status == 206 {
                drain(&mut answer.body);
            }
            return Ok(Fate::PassedOver);
        }
        if todo == Triage::Document && call.waiting.class == Class::Sitemap {
            todo = if head.starts_with(&GZIP) { Triage::PackedMap } else { Triage::Map };
        }
        let most = match todo {
            Triage::Document => Some(self.scope.limits.document_bytes),
            _ => None,
        };
        self.rest(call, &mut answer, &mut head, most)?;
        match todo {
            Triage::Page if !pages::is_listing(&head, call.address.url()) => {
                self.page(call, answer, head, tell)
            }
            Triage::Page => {
                let reader = Cursor::new(head).chain(answer.body);
                self.listing(call, reader.take(self.scope.limits.page_bytes), tell)
            }
            Triage::Map => self.map(call, Cursor::new(head).chain(answer.body), tell),
            Triage::PackedMap => {
                let reader = MultiGzDecoder::new(Cursor::new(head).chain(answer.body));
                self.map(call, reader, tell)
            }
            Triage::Document | Triage::Nothing => {
                let bytes = self.whole(&mut answer, head)?;
                Ok(self.document(call, &answer, bytes))
            }
        }
    }

    /// Reads a sitemap, or the listing of a bucket: this one anew each time, as any listing.
    fn map(&self, call: &mut Call<'_>, reader: impl io::Read, tell: Tell<'_>) -> io::Result<Fate> {
        let mut reader = BufReader::new(reader.take(self.scope.limits.page_bytes));
        let begin = reader.fill_buf()?;
        let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
        let is_xml = begin.trim_ascii_start().starts_with(b"<");
        let mut is_bucket = false;
        let mut take = |entry| {
            is_bucket |= matches!(entry, maps::Entry::Object(..));
            self.tell_entry(call, entry, tell);
        };
        let whole =
            if is_xml { maps::xml(reader, &mut take) } else { maps::lines(reader, &mut take) };
        if is_bucket {
            (call.visit.etag, call.visit.modified) = (None, None);
        }
        read_to_its_end(whole)
    }

    /// Gets the rest of what was asked for in parts, if there is more.
    fn rest(
        &self,
        call: &Call<'_>,
        answer: &mut Answer,
        head: &mut Vec<u8>,
        most: Option<u64>,
    ) -> io::Result<()> {
        let length = head.len() as u64;
        let is_all = answer.whole.is_some_and(|whole| whole <= length) || length < HEAD as u64;
        if answer.status != 206 || is_all {
            return Ok(());
        }
        if most.is_some_and(|most| answer.whole > Some(most)) && !is_text(head) {
            return Ok(());
        }
        let strong = answer.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        let ask = Ask {
            range: Some((length, most.map(|most| most.max(length)))),
            if_range: strong.or(answer.modified.as_deref()),
            ..Ask::default()
        };
        drain(&mut answer.body);
        let gone = |_| io::Error::from(io::ErrorKind::ConnectionAborted);
        let rest = self.gate.ask(&call.address, ask, (self.now)()).map_err(gone)?;
        match rest.status {
            206 if rest.whole == answer.whole => answer.body = rest.body,
            // It has changed in the meantime, or its server does not know parts any more.
            200 => {
                *answer = rest;
                head.clear();
                (&mut answer.body).take(HEAD as u64).read_to_end(head)?;
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    }

    /// All of a document, or the beginning of one that is too large.
    fn whole(&self, answer: &mut Answer, head: Vec<u8>) -> io::Result<(Vec<u8>, bool)> {
        let mut bytes = head;
        let most = self.scope.limits.document_bytes;
        let left = most.saturating_sub(bytes.len() as u64);
        let expected = answer.whole.unwrap_or(0);
        if expected > most && !is_text(&bytes) {
            return Ok((bytes, true));
        }
        let over = read_up_to(&mut answer.body, left, &mut bytes)?;
        Ok((bytes, over || expected > most))
    }

    /// Reads a page: its links, and what is on it.
    fn page(
        &self,
        call: &mut Call<'_>,
        mut answer: Answer,
        head: Vec<u8>,
        tell: Tell<'_>,
    ) -> io::Result<Fate> {
        let (bytes, over) = self.whole(&mut answer, head)?;
        let own = call.address.url().clone();
        pages::links(&bytes[..], &own, &mut |link| self.tell_link(call, &link, tell));
        Ok(self.document(call, &answer, (bytes, over)))
    }

    /// Reads a listing: anew each time, because what it says of each document saves asking for it.
    fn listing(
        &self,
        call: &mut Call<'_>,
        reader: impl io::Read,
        tell: Tell<'_>,
    ) -> io::Result<Fate> {
        (call.visit.etag, call.visit.modified) = (None, None);
        let own = call.address.url();
        let (_, whole) = pages::links(reader, own, &mut |link| self.tell_link(call, &link, tell));
        read_to_its_end(whole)
    }

    /// Has a document read, unless the same bytes were read before.
    fn document(
        &self,
        call: &mut Call<'_>,
        answer: &Answer,
        (bytes, over): (Vec<u8>, bool),
    ) -> Fate {
        let digest = Digest::of(&bytes);
        call.visit.digest = Some(digest.0);
        let same = call.waiting.digest.as_deref() == Some(&digest.0[..]);
        // If the file of the sweep cannot say, the document is read once more.
        if !call.letters && self.known.lock().has(&digest.0).unwrap_or(false) {
            return if same { Fate::Read } else { Fate::Copy };
        }
        let length = bytes.len() as u64;
        let _alone = (length > LARGE).then(|| self.large.lock());
        let mut reading = if over && !is_text(&bytes[..bytes.len().min(HEAD)]) {
            Reading::unread("too large")
        } else {
            self.reader.read(&bytes, call.letters)
        };
        if over {
            reading.unread = Some("too large".to_owned());
        }
        call.visit.document = Some(Document {
            digest: digest.0,
            near: reading.near.0,
            bytes: answer.whole.unwrap_or(length).max(length),
            media: answer.media.clone(),
            people: reading.people,
            kinds: serde_json::to_string(&reading.kinds).expect("counts are JSON"),
            unread: reading.unread,
            letters: reading.letters && !call.letters,
        });
        if over { Fate::Beginning } else { Fate::Read }
    }
}

/// What names addresses is read whole or once more: else what it names at its end would be missed,
/// and never again be asked for.
fn read_to_its_end(whole: bool) -> io::Result<Fate> {
    if whole { Ok(Fate::Read) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads what is left of a short answer, so that its connection can be used again.
fn drain(body: &mut dyn io::Read) {
    // A connection that is closed meanwhile is not used again, and that is all.
    let _ = io::copy(&mut body.take(HEAD as u64), &mut io::sink());
}
