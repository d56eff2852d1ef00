//! Addresses of servers: URLs with a user, a password and settings after the question mark.

use anyhow::{Context, bail};
use app::Secret;
use url::Url;

use super::{Environment, PASSWORD};

/// A URL taken apart. No error of it holds any of its values.
pub(super) struct Parsed {
    pub(super) scheme: String,
    pub(super) user: Option<String>,
    /// Of the URL, or else of the environment.
    pub(super) password: Option<Secret<String>>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    settings: Vec<(String, String)>,
}

impl Parsed {
    pub(super) fn parse(text: &str, environment: Environment<'_>) -> anyhow::Result<Self> {
        let url = Url::parse(text).context("the URL cannot be read")?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            bail!("a server's URL has no path; settings follow a question mark");
        }
        let host = url.host_str().filter(|host| !host.is_empty()).context("the URL has no host")?;
        let user = Some(url.username()).filter(|user| !user.is_empty()).map(decode).transpose()?;
        let password = match url.password() {
            Some(password) => Some(decode(password)?),
            None => environment(PASSWORD),
        };
        Ok(Self {
            scheme: url.scheme().to_owned(),
            user,
            password: password.map(Secret::new),
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port(),
            settings: url.query_pairs().into_owned().collect(),
        })
    }

    /// Takes a setting out.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let place = self.settings.iter().position(|(known, _)| known == key)?;
        Some(self.settings.remove(place).1)
    }

    /// Takes a number out.
    pub(super) fn take_number(&mut self, key: &str) -> anyhow::Result<Option<u32>> {
        self.take(key)
            .map(|text| text.parse().ok().with_context(|| format!("{key} is a number")))
            .transpose()
    }

    /// Takes all settings out whose key has a prefix.
    pub(super) fn take_all(&mut self, prefix: &str) -> Vec<(String, String)> {
        let (taken, left) = std::mem::take(&mut self.settings)
            .into_iter()
            .partition(|(key, _)| key.starts_with(prefix));
        self.settings = left;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(key, value)| (key[prefix.len()..].to_owned(), value)).collect()
    }

    /// Whether every setting was known.
    ///
    /// # Errors
    ///
    /// If one is left.
    pub(super) fn end(&self) -> anyhow::Result<()> {
        match self.settings.first() {
            Some((key, _)) => bail!("there is no setting {key}, or it is given twice"),
            None => Ok(()),
        }
    }
}

/// A part of a URL without its percent signs.
fn decode(text: &str) -> anyhow::Result<String> {
    // A form's plus is a space; a URL's is not.
    let form = format!("v={}", text.replace('+', "%2B"));
    let decoded = url::form_urlencoded::parse(form.as_bytes()).next();
    let (_, decoded) = decoded.context("the user or the password cannot be read")?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_decoded_and_settings_taken_once() {
        let text = "smtp://a%40b:p%26w%2B+%3D@host.example:25/?x=1&y.a=2&y.b=%7Bto%7D";
        let mut url = Parsed::parse(text, &|_| None).unwrap();
        assert_eq!(url.user.as_deref(), Some("a@b"));
        assert_eq!(url.password.as_ref().unwrap().expose(), "p&w++=");
        assert_eq!((url.host.as_str(), url.port), ("host.example", Some(25)));
        assert!(url.end().is_err());
        assert_eq!(url.take_number("x").unwrap(), Some(1));
        let all = url.take_all("y.");
        assert_eq!(all, [("a".into(), "2".into()), ("b".into(), "{to}".into())]);
        assert!(url.end().is_ok());
    }

    #[test]
    fn a_password_may_come_from_the_environment() {
        let set = |name: &str| (name == PASSWORD).then(|| "secret".to_owned());
        let url = Parsed::parse("smpp://id@host.example", &set).unwrap();
        assert_eq!(url.password.unwrap().expose(), "secret");
    }
}
