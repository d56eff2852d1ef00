//! Texts with places for what a message holds. Values are escaped for where they stand and never
//! read as template themselves.

use std::fmt::Write;

use anyhow::{Context, bail};

use super::{Environment, Outgoing};

/// A text with places.
///
/// # Shape
///
/// | place | holds |
/// | --- | --- |
/// | `{to}` | the mobile with `+` and country code, or the mail address |
/// | `{digits}` | the mobile with country code, digits only |
/// | `{national}` | the mobile without country code |
/// | `{text}` | the text |
/// | `{kind}` | what it is about: `otp`, `merge-otp`, `appointment`, `dose` |
/// | `{id}` | the id, the same when it is sent again |
/// | `{template}` | the id under which the text's form is registered, by kind |
/// | `${NAME}` | a variable of the environment, read at the start |
pub(super) struct Template {
    pieces: Vec<Piece>,
    escape: Escape,
}

/// How values are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Inside a JSON string.
    Json,
    /// Percent-encoded: in a URL or a form.
    Percent,
    /// As they are.
    None,
}

enum Piece {
    Text(String),
    Place(Place),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    To,
    Digits,
    National,
    Text,
    Kind,
    Id,
    Template,
}

impl Place {
    const ALL: [(&'static str, Self); 7] = [
        ("to", Self::To),
        ("digits", Self::Digits),
        ("national", Self::National),
        ("text", Self::Text),
        ("kind", Self::Kind),
        ("id", Self::Id),
        ("template", Self::Template),
    ];
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// If it names a place that does not exist or a variable that is not set.
    pub(super) fn parse(
        text: &str,
        escape: Escape,
        environment: Environment<'_>,
    ) -> anyhow::Result<Self> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (before, after) = rest.split_at(start);
            let Some(name) = place_name(&after[1..]) else {
                literal.push_str(&rest[..=start]);
                rest = &rest[start + 1..];
                continue;
            };
            if let Some(before) = before.strip_suffix('$') {
                let value =
                    environment(name).with_context(|| format!("the variable {name} is not set"))?;
                literal.push_str(before);
                literal.push_str(&escape.apply(&value));
            } else {
                let Some((_, place)) = Place::ALL.iter().find(|(known, _)| *known == name) else {
                    bail!("there is no place {{{name}}}");
                };
                literal.push_str(before);
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
                pieces.push(Piece::Place(*place));
            }
            rest = &after[name.len() + 2..];
        }
        literal.push_str(rest);
        pieces.push(Piece::Text(literal));
        Ok(Self { pieces, escape })
    }

    /// Whether a place is in it.
    pub(super) fn holds(&self, place: Place) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Place(held) if *held == place))
    }

    /// The text for a message; none if it has a place for a mobile and the message has none.
    pub(super) fn fill(&self, message: &Outgoing, registered: &str) -> Option<String> {
        let id = message.id.to_string();
        let mut filled = String::new();
        for piece in &self.pieces {
            let value = match piece {
                Piece::Text(text) => {
                    filled.push_str(text);
                    continue;
                }
                Piece::Place(Place::To) => message.to.expose(),
                Piece::Place(Place::Digits) => message.digits()?,
                Piece::Place(Place::National) => message.national()?,
                Piece::Place(Place::Text) => message.text.expose(),
                Piece::Place(Place::Kind) => &message.kind,
                Piece::Place(Place::Id) => &id,
                Piece::Place(Place::Template) => registered,
            };
            filled.push_str(&self.escape.apply(value));
        }
        Some(filled)
    }
}

impl Escape {
    fn apply(self, value: &str) -> String {
        match self {
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::Percent => percent_encode(value),
            Self::None => value.to_owned(),
        }
    }
}

/// What stands between a brace and the next, if it is a name.
fn place_name(after: &str) -> Option<&str> {
    let name = &after[..after.find('}')?];
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
}

/// # Source
///
/// RFC 3986, section 2.3: everything but the unreserved characters.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string can be written to");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{super::tests::message, *};

    fn filled(template: &str, escape: Escape) -> String {
        let set = |name: &str| (name == "KEY").then(|| "k\"1".to_owned());
        Template::parse(template, escape, &set).unwrap().fill(&message(), "1107").unwrap()
    }

    #[test]
    fn values_are_escaped_and_never_read_as_template() {
        let json = filled(r#"{"m":"{to}","t":"{text}","k":"${KEY}","o":{"x":{}}}"#, Escape::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["m"], "+916000000001");
        assert_eq!(json["t"], "say \"hi\" & {to} \\ 50% ₹\n");
        assert_eq!(json["k"], "k\"1");
        assert_eq!(
            filled("m={to}&t={text}", Escape::Percent),
            "m=%2B916000000001&t=say%20%22hi%22%20%26%20%7Bto%7D%20%5C%2050%25%20%E2%82%B9%0A"
        );
    }

    #[test]
    fn every_place_is_filled() {
        assert_eq!(
            filled("{digits} {national} {kind} {id} {template}", Escape::None),
            "916000000001 6000000001 otp 00000000-0000-0000-0000-000000000007 1107"
        );
    }

    #[test]
    fn a_misspelt_place_or_an_unset_variable_is_found_at_the_start() {
        let parse = |text: &str| Template::parse(text, Escape::Json, &|_| None).err();
        assert!(parse("{txt}").unwrap().to_string().contains("{txt}"));
        assert!(parse("${TOKEN}").unwrap().to_string().contains("TOKEN"));
        assert!(parse(r#"{"a":{"b":"{to}"},"c":{}}"#).is_none());
        assert!(parse("{").is_none());
    }
}
