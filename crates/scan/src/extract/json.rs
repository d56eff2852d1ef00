//! JSON, one value or one a line: objects as records of labels and values.

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{Work, grid::Page};

/// Whether a text is JSON: it opens as such, and what follows fits.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let mut rest = text.chars().filter(|c| !c.is_whitespace());
    match (rest.next(), rest.next()) {
        (Some('{'), Some('"' | '}')) => true,
        (Some('['), Some('{' | '[' | ']' | '"')) => {
            // `[draft]` is none, and `["…` may be the beginning of anything.
            let head = &text[..crate::weak::floor(text, 256)];
            let mut stream = serde_json::Deserializer::from_str(head).into_iter::<IgnoredAny>();
            stream.next().is_some_and(|first| first.is_ok_and(|_| true) || text.len() > head.len())
        }
        _ => false,
    }
}

/// Reads JSON. Where it stops being JSON, the rest is read as it is.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    let mut page = Page::new(work.limits.text);
    let mut done = 0;
    loop {
        let rest = &text[done..];
        let mut stream = serde_json::Deserializer::from_str(rest);
        let seed = Value { page: &mut page, label: "", place: Place::Top };
        let result = seed.deserialize(&mut stream);
        page.record();
        // After a fault this is the place of the fault.
        let read = stream.into_iter::<IgnoredAny>().byte_offset();
        done = crate::weak::floor(text, done + read);
        let between = [' ', '\t', '\r', '\n', ',', ';', '\u{1e}'];
        done = text.len() - text[done..].trim_start_matches(between).len();
        if result.is_err() || page.is_full() || read == 0 || done == text.len() {
            break;
        }
    }
    if done < text.len() && !page.is_full() {
        page.push(&text[done..]);
    }
    work.finish(&page);
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Array,
    /// In an array that is in an array: a row.
    Row,
    Object,
}

/// One value, on its way to the page.
struct Value<'p> {
    page: &'p mut Page,
    label: &'p str,
    place: Place,
}

impl Value<'_> {
    fn scalar(self, value: &str) {
        if self.place == Place::Row {
            self.page.words(value);
            self.page.push("\t");
        } else {
            self.page.pair(self.label, value);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.scalar(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.scalar(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.scalar(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.scalar(&value.to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.scalar(value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar("");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let is_row = self.place == Place::Array;
        let place = if is_row { Place::Row } else { Place::Array };
        if is_row {
            self.page.line();
        }
        loop {
            let seed = Value { page: self.page, label: self.label, place };
            if items.next_element_seed(seed)?.is_none() {
                if is_row {
                    self.page.line();
                }
                return Ok(());
            }
            if self.page.is_full() {
                return Err(A::Error::custom("full"));
            }
        }
    }

    /// An object is a record, unless it is a part of one.
    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.place != Place::Object {
            self.page.record();
        }
        while let Some(key) = items.next_key::<String>()? {
            let seed = Value { page: self.page, label: &key, place: Place::Object };
            items.next_value_seed(seed)?;
            if self.page.is_full() {
                return Err(A::Error::custom("full"));
            }
        }
        if self.place != Place::Object {
            self.page.record();
        }
        Ok(())
    }
}
