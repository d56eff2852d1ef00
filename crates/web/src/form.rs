//! Query strings and forms: the last value of each name, unknown names ignored.

/// Decoded names and values.
#[derive(Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=2`; what is not of that form is left out.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = text.unwrap_or_default().split('&').take(200).filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name)?, decode(value)?))
        });
        Self(pairs.collect())
    }

    /// Reads the body of a form.
    pub(crate) fn form(body: &[u8]) -> Self {
        Self::parse(std::str::from_utf8(body).ok())
    }

    /// A value that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(held, _)| held == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A number that people write in groups: without the spaces in it, and empty if it is not given.
    pub(crate) fn in_one(&self, name: &str) -> String {
        self.get(name).unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// Whether a name comes without a value.
    pub(crate) fn has_empty(&self) -> bool {
        self.0.iter().any(|(_, value)| value.trim().is_empty())
    }

    /// Everything but some names, encoded as `&a=1&b=2`, to be put behind something else.
    pub(crate) fn without(&self, names: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, value)| {
            !names.contains(&name.as_str()) && !value.is_empty() && value.len() <= 100
        });
        kept.flat_map(|(name, value)| ["&".to_owned(), encode(name), "=".to_owned(), encode(value)])
            .collect()
    }

    /// The same without a name.
    pub(crate) fn but(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(held, _)| held != name).cloned().collect())
    }

    /// All values of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(held, _)| held == name).map(|(_, value)| value.as_str())
    }
}

/// A value as it may stand in an address.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_nonsense_is_left_out() {
        let query = Query::parse(Some("a=1&b=x+y%20z&c&a=2&d=%ff&e="));
        assert_eq!(query.get("a"), Some("2"));
        assert_eq!(query.get("b"), Some("x y z"));
        assert_eq!((query.get("c"), query.get("d"), query.get("e")), (None, None, None));
        assert_eq!(query.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(query.without(&["a"]), "&b=x%20y%20z");
    }
}
