//! The set-up of a case: who may decide, which hosts serve the documents, what stands before them,
//! and which engines are told. A TOML file; secrets are named in it and kept in the environment.

pub mod server;

use std::{path::PathBuf, str::FromStr};

use ledger::note::{KeyError, KeyRing, VerifierKey};
use serde::Deserialize;

use super::address::Site;

/// The whole set-up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The name of who runs it, which begins the names of logs.
    pub name: String,
    /// The verifier keys of who may order and release; at least two.
    pub people: Vec<String>,
    /// The hosts that serve the documents.
    pub sites: Vec<SiteSetup>,
    /// What stands before them.
    #[serde(default)]
    pub edges: Vec<EdgeSetup>,
    /// The search engines.
    #[serde(default)]
    pub engines: Vec<EngineSetup>,
}

/// A host that serves documents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSetup {
    /// Its name in addresses.
    pub host: String,
    /// Its other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where the origin answers when it is asked directly, without what stands before it:
    /// `http://HOST:PORT` or `https://HOST:PORT`.
    pub origin: String,
    /// The certificates of who signs that of the origin, in PEM, if the machine does not trust them.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// The nginx that is the origin.
    #[serde(default)]
    pub nginx: Option<NginxSetup>,
    /// The bucket that is the origin.
    #[serde(default)]
    pub bucket: Option<BucketSetup>,
    /// The files of its sitemaps.
    #[serde(default)]
    pub sitemaps: Vec<PathBuf>,
    /// Where the sitemap of what was removed is written, and under which path it is served.
    #[serde(default)]
    pub removal: Option<RemovalSetup>,
    /// Folders, as paths with a slash at both ends, of which search engines may hide everything.
    #[serde(default)]
    pub whole: Vec<String>,
    /// Whether it lists its folders, whose names of files may name people: the folders of the documents
    /// go, too.
    #[serde(default)]
    pub listings: bool,
    /// By which tags (surrogate keys) the caches know the documents.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// An nginx that reads our rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NginxSetup {
    /// Where the rules are written: `teeka-http.conf` is for the `http` block, `teeka-WORD.conf` for
    /// the `server` block of a site.
    pub folder: PathBuf,
    /// The command that tests its configuration.
    #[serde(default = "nginx_test")]
    pub test: Vec<String>,
    /// The command that has it read its configuration anew.
    #[serde(default = "nginx_reload")]
    pub reload: Vec<String>,
}

fn nginx_test() -> Vec<String> {
    ["nginx", "-q", "-t"].map(str::to_owned).to_vec()
}

fn nginx_reload() -> Vec<String> {
    ["nginx", "-s", "reload"].map(str::to_owned).to_vec()
}

/// A bucket that speaks the S3 protocol.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketSetup {
    /// Its endpoint, `https://HOST`.
    pub endpoint: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// What comes before a path of the site in the keys of the bucket.
    #[serde(default)]
    pub prefix: String,
    /// The variable with the access key.
    pub access_key_env: String,
    /// The variable with the secret key.
    pub secret_key_env: String,
}

/// Where removed addresses are listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalSetup {
    /// The folder.
    pub folder: PathBuf,
    /// The path under which the site serves it, with a slash at its end.
    pub path: String,
}

/// What stands before the origins and keeps copies.
#[derive(Clone, Debug, Deserialize)]
pub struct EdgeSetup {
    /// Its name in records.
    pub name: String,
    /// Where its servers answer http, `HOST:PORT` each: every one is probed.
    #[serde(default)]
    pub http: Vec<String>,
    /// Where its servers answer https.
    #[serde(default)]
    pub https: Vec<String>,
    /// The certificates of who signs those of its servers, in PEM, if the machine does not trust them.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// What it is.
    #[serde(flatten)]
    pub kind: EdgeKind,
}

/// The kinds of edges. What [`EdgeSetup`] does not know comes here, so this refuses what nobody knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum EdgeKind {
    /// Varnish.
    Varnish {
        /// The command that speaks with it, `varnishadm` with its options.
        #[serde(default)]
        admin: Vec<String>,
        /// Its configuration, which includes the file of the rules before its own subroutines.
        #[serde(default)]
        vcl: Option<PathBuf>,
        /// The file of the rules.
        #[serde(default)]
        rules: Option<PathBuf>,
        /// Whether its configuration takes `PURGE` with a header `xkey`.
        #[serde(default)]
        xkey: bool,
    },
    /// nginx as a cache, purged by the method `PURGE`.
    Nginx {
        /// Its rules, if it reads ours.
        #[serde(default)]
        rules: Option<NginxSetup>,
        /// The folder of its cache, if that is on this machine.
        #[serde(default)]
        cache: Option<PathBuf>,
    },
    /// Cloudflare.
    Cloudflare {
        /// The zone.
        zone: String,
        /// The variable with the API token.
        token_env: String,
        /// The plan, which sets the limits: free, pro, business or enterprise.
        #[serde(default)]
        plan: Plan,
        /// Where its API is.
        #[serde(default = "cloudflare")]
        endpoint: String,
    },
    /// Fastly.
    Fastly {
        /// The service.
        service: String,
        /// The variable with the API token.
        token_env: String,
        /// Where its API is.
        #[serde(default = "fastly")]
        endpoint: String,
    },
    /// Akamai.
    Akamai {
        /// Where its API is, `https://HOST`.
        endpoint: String,
        /// The variable with the client token.
        client_token_env: String,
        /// The variable with the client secret.
        client_secret_env: String,
        /// The variable with the access token.
        access_token_env: String,
    },
    /// CloudFront.
    Cloudfront {
        /// The distribution.
        distribution: String,
        /// The variable with the access key.
        access_key_env: String,
        /// The variable with the secret key.
        secret_key_env: String,
        /// Where its API is.
        #[serde(default = "cloudfront")]
        endpoint: String,
    },
}

/// The plan of a zone at Cloudflare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Without a contract.
    #[default]
    Free,
    /// The first paid plan.
    Pro,
    /// The second.
    Business,
    /// By contract.
    Enterprise,
}

fn cloudflare() -> String {
    "https://api.cloudflare.com/client/v4".to_owned()
}

fn fastly() -> String {
    "https://api.fastly.com".to_owned()
}

fn cloudfront() -> String {
    "https://cloudfront.amazonaws.com".to_owned()
}

/// A search engine, or a protocol that several read.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EngineSetup {
    /// IndexNow.
    Indexnow {
        /// Where it takes addresses.
        #[serde(default = "indexnow")]
        endpoint: String,
        /// The variable with the key, which is published at `/KEY.txt` of each site.
        key_env: String,
    },
    /// Bing Webmaster.
    Bing {
        /// Where its API is.
        #[serde(default = "bing")]
        endpoint: String,
        /// The variable with the API key.
        key_env: String,
        /// How many addresses a day it lets us block.
        #[serde(default = "bing_daily")]
        per_day: u32,
    },
    /// Google: a work order for a person, because its removal tool has no interface.
    Google {
        /// The property in the Search Console, for each site `sc-domain:HOST` if it is not given.
        #[serde(default)]
        property: Option<String>,
    },
    /// Google's URL inspection, by sample.
    Inspection {
        /// Where its API is.
        #[serde(default = "inspection")]
        endpoint: String,
        /// The variable with the access token.
        token_env: String,
        /// The property, `sc-domain:HOST` or `https://HOST/`.
        property: String,
        /// How many addresses are looked at.
        #[serde(default = "inspection_sample")]
        sample: usize,
    },
    /// Google's Indexing API, which is refused.
    GoogleIndexing {},
}

fn indexnow() -> String {
    "https://api.indexnow.org/indexnow".to_owned()
}

fn bing() -> String {
    "https://ssl.bing.com/webmaster/api.svc/json".to_owned()
}

fn bing_daily() -> u32 {
    100
}

fn inspection() -> String {
    "https://searchconsole.googleapis.com/v1".to_owned()
}

fn inspection_sample() -> usize {
    2000
}

/// Why a set-up cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// It is not TOML of the documented shape.
    #[error("the set-up is not of the documented shape: {}", .0.message())]
    Shape(Box<toml::de::Error>),
    /// A key of a person cannot be used.
    #[error("a key of a person cannot be used: {0}")]
    Key(#[from] KeyError),
    /// Fewer than two people are named.
    #[error("the set-up names fewer than two people: one orders, another releases")]
    People,
    /// No site is named, or two have one host.
    #[error("the set-up names no site, or one host twice")]
    Sites,
    /// A host has letters that no host has, or is not in small letters.
    #[error("a host of the set-up is not a host name in small letters")]
    Host,
    /// A site says nothing about how its origin is made to answer 410.
    #[error("a site of the set-up has neither nginx nor bucket: its origin could not be contained")]
    Origin,
    /// The Indexing API must not be used for documents.
    #[error(
        "Google's Indexing API takes job postings and livestreams only: documents that are sent \
         to it are not removed, and the account may lose its access; use kind = \"google\""
    )]
    Indexing,
}

impl FromStr for Setup {
    type Err = SetupError;

    /// Reads a set-up and checks what can be checked without asking anybody.
    fn from_str(text: &str) -> Result<Self, SetupError> {
        let setup: Self = toml::from_str(text).map_err(|error| SetupError::Shape(error.into()))?;
        if setup.people()?.keys().len() < 2 {
            return Err(SetupError::People);
        }
        let sites = setup.sites();
        let mut hosts: Vec<_> = sites.iter().flat_map(Site::hosts).collect();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:".contains(c);
        if hosts.iter().any(|host| host.is_empty() || !host.chars().all(plain)) {
            return Err(SetupError::Host);
        }
        let number = hosts.len();
        hosts.sort_unstable();
        hosts.dedup();
        if hosts.is_empty() || hosts.len() < number {
            return Err(SetupError::Sites);
        }
        if setup.sites.iter().any(|site| site.nginx.is_none() && site.bucket.is_none()) {
            return Err(SetupError::Origin);
        }
        let refused = |engine: &EngineSetup| matches!(engine, EngineSetup::GoogleIndexing {});
        if setup.engines.iter().any(refused) {
            return Err(SetupError::Indexing);
        }
        Ok(setup)
    }
}

impl Setup {
    /// Who may decide.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if a text is not a key.
    pub fn people(&self) -> Result<KeyRing, KeyError> {
        let keys = self.people.iter().map(|key| key.parse::<VerifierKey>());
        KeyRing::new(keys.collect::<Result<Vec<_>, _>>()?)
    }

    /// The sites by their names only.
    pub fn sites(&self) -> Vec<Site> {
        let sites = self.sites.iter();
        sites.map(|site| Site { host: site.host.clone(), aliases: site.aliases.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use ledger::note::{Algorithm, LocalKey, SigningKey};

    use super::*;

    fn text(sites: &str) -> String {
        let key = |name, seed| {
            let key = LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]).unwrap();
            key.verifier().to_string()
        };
        format!(
            "name = \"x.example\"\npeople = [\"{}\", \"{}\"]\n{sites}",
            key("a", 1),
            key("b", 2)
        )
    }

    const SITE: &str = "
        [[sites]]
        host = \"files.example\"
        aliases = [\"www.files.example\"]
        origin = \"http://127.0.0.1:80\"
        nginx = { folder = \"/etc/nginx/teeka\" }
    ";

    #[test]
    fn a_set_up_says_what_is_wrong_with_it() {
        let indexing = format!("{SITE}\n[[engines]]\nkind = \"google-indexing\"");
        let edge = |key| format!("{SITE}\n[[edges]]\nname = \"cdn\"\nkind = \"varnish\"\n{key}");
        let bare = SITE.replace("nginx = { folder = \"/etc/nginx/teeka\" }", "");
        for (sites, expected) in [
            (SITE.to_owned(), ""),
            (String::new(), "missing field `sites`"),
            (format!("{SITE}{SITE}"), "one host twice"),
            (SITE.replace("files.example\"\n", "Files.example\"\n"), "small letters"),
            (SITE.replace("\"www.files.example\"", "\"a b\""), "small letters"),
            (bare, "neither nginx nor bucket"),
            (indexing, "job postings"),
            (SITE.replace("origin", "orgin"), "unknown field"),
            (edge("vcl = \"/etc/varnish/default.vcl\""), ""),
            (edge("cvl = \"/etc/varnish/default.vcl\""), "unknown field"),
            (edge("htpt = [\"127.0.0.1:80\"]"), "unknown field"),
        ] {
            let said = text(&sites)
                .parse::<Setup>()
                .map_or_else(|error| error.to_string(), |_| String::new());
            assert!(said.contains(expected), "{said}");
            assert_eq!(said.is_empty(), expected.is_empty(), "{said}");
        }
        let one = text(SITE).replacen("people = [", "people = [\"nobody\", ", 1);
        assert!(matches!(one.parse::<Setup>(), Err(SetupError::Key(_))));
    }

    #[test]
    fn an_origin_has_a_port_that_may_go_without_saying() {
        for (origin, expected) in [
            ("http://origin.example", Some((false, "origin.example:80"))),
            ("https://origin.example/", Some((true, "origin.example:443"))),
            ("https://origin.example:8443", Some((true, "origin.example:8443"))),
            ("http://[::1]", Some((false, "[::1]:80"))),
            ("origin.example:80", None),
            ("ftp://origin.example", None),
        ] {
            let mut setup: Setup = text(SITE).parse().unwrap();
            setup.sites[0].origin = origin.to_owned();
            let server = setup.sites[0].server().ok();
            let server = server.as_ref().map(|server| (server.secure, server.at.as_str()));
            assert_eq!(server, expected, "{origin}");
        }
    }
}
