//! A small government's web of one's own: an nginx with documents, and before it a Varnish that keeps
//! copies of them. Both read the rules of a takedown, as `docs/takedown.md` tells an operator to have
//! them read.

use std::path::Path;

use crate::{nginx::Nginx, varnish::Varnish};

/// The host that it serves.
pub const HOST: &str = "files.example";

/// An nginx and a Varnish that are running.
pub struct Cdn {
    /// The origin: what lies in its folder `www` is served.
    pub nginx: Nginx,
    /// What stands before it.
    pub varnish: Varnish,
}

const ORIGIN: &str = "
    include @FOLDER@/rules/teeka-http*.conf;
    server {
        listen 127.0.0.1:@PORT@;
        root @FOLDER@/www;
        include @FOLDER@/rules/teeka-files_example*.conf;
        add_header Cache-Control \"public, max-age=86400\";
        @MORE@
    }
";

const CACHE: &str = "
vcl 4.1;
include \"@FOLDER@/gone.vcl\";
backend origin { .host = \"127.0.0.1\"; .port = \"@ORIGIN@\"; .max_connections = 1000; }
acl purgers { \"127.0.0.1\"; }
sub vcl_recv {
    if (req.method == \"PURGE\") {
        if (client.ip !~ purgers) { return (synth(405)); }
        return (purge);
    }
    unset req.http.Cookie;
}
sub vcl_backend_response {
    set beresp.ttl = 6h;
    set beresp.grace = 1h;
}
";

impl Cdn {
    /// Starts both; none if one is not installed. `more` stands in the `server` block of the origin;
    /// the cache has so many megabytes.
    ///
    /// # Panics
    ///
    /// If one is there and does not start; or is not there, where `CI` is set.
    pub fn start(more: &str, megabytes: u32) -> Option<Self> {
        Self::with(ORIGIN, more, megabytes)
    }

    /// The same with an origin that does not read the rules.
    ///
    /// # Panics
    ///
    /// As [`Self::start`].
    pub fn start_without_rules(more: &str, megabytes: u32) -> Option<Self> {
        Self::with(&ORIGIN.replace("include", "# include"), more, megabytes)
    }

    fn with(origin: &str, more: &str, megabytes: u32) -> Option<Self> {
        let nginx = Nginx::start(&origin.replace("@MORE@", more))?;
        let vcl = CACHE.replace("@ORIGIN@", &nginx.port().to_string());
        let varnish = Varnish::start(&vcl, megabytes)?;
        Some(Self { nginx, varnish })
    }

    /// The set-up of a takedown there: who decides, the site with whatever else stands in its part,
    /// and the cache.
    pub fn setup(&self, people: [&str; 2], site: &str) -> String {
        let (test, reload) = self.nginx.commands();
        let varnish = self.varnish.folder();
        format!(
            "name = \"ministry.example\"
people = {people:?}
[[sites]]
host = \"{HOST}\"
origin = \"http://{origin}\"
nginx = {{ folder = {rules:?}, test = {test:?}, reload = {reload:?} }}
{site}
[[edges]]
kind = \"varnish\"
name = \"cdn\"
http = [\"{cdn}\"]
admin = {admin:?}
vcl = {vcl:?}
rules = {gate:?}
",
            origin = self.nginx.authority(),
            rules = text(&self.nginx.folder().join("rules")),
            cdn = self.varnish.authority(),
            admin = self.varnish.admin(),
            vcl = text(&varnish.join("main.vcl")),
            gate = text(&varnish.join("gone.vcl")),
        )
    }
}

/// A path for a set-up.
pub fn text(path: &Path) -> String {
    path.display().to_string()
}
