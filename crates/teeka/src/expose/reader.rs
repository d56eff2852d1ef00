//! Documents read in processes that can be killed, as many at a time as there are.

use std::{
    io::Write,
    sync::{Condvar, Mutex, PoisonError, mpsc::RecvTimeoutError},
    time::Duration,
};

use exposure::sweep::reading::{Read, Reading};

use super::worker::Order;
use crate::part::{Part, reason};

/// Processes that read documents.
pub(crate) struct Readers {
    order: Order,
    /// Those that are idle; an empty place is a process that is to be begun.
    idle: Mutex<Vec<Option<Part<Reading>>>>,
    freed: Condvar,
}

impl Readers {
    /// So many of them, begun when they are needed.
    pub(crate) fn new(jobs: usize, patience: u32, ocr: Option<String>) -> Self {
        let idle = (0..jobs.max(1)).map(|_| None).collect();
        Self { order: Order { patience, ocr }, idle: Mutex::new(idle), freed: Condvar::new() }
    }

    fn take(&self) -> Option<Part<Reading>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            // Those that run come first.
            let place = idle.iter().position(Option::is_some).or(idle.len().checked_sub(1));
            if let Some(place) = place {
                return idle.swap_remove(place);
            }
            idle = self.freed.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give(&self, part: Option<Part<Reading>>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(part);
        self.freed.notify_one();
    }
}

impl Read for Readers {
    fn read(&self, bytes: &[u8], letters: bool) -> Reading {
        let begin = || Part::begin("expose-part", &self.order).ok();
        let Some(mut part) = self.take().or_else(begin) else {
            self.give(None);
            return Reading::unread("no process could be begun");
        };
        let head = format!("{} {}\n", bytes.len(), u8::from(letters));
        let sent = part.input.write_all(head.as_bytes()).and_then(|()| part.input.write_all(bytes));
        let patience = Duration::from_secs(self.order.patience.into());
        let heard = match sent.map(|()| part.lines.recv_timeout(patience)) {
            Ok(Ok(reading)) => Ok(reading),
            Ok(Err(RecvTimeoutError::Timeout)) => Err(Some(::scan::extract::Unread::TooSlow)),
            Ok(Err(RecvTimeoutError::Disconnected)) | Err(_) => Err(None),
        };
        match heard {
            Ok(reading) => {
                self.give(Some(part));
                reading
            }
            Err(why) => {
                let ended = part.end();
                self.give(None);
                Reading::unread(why.unwrap_or_else(|| reason(ended)).as_str())
            }
        }
    }
}
