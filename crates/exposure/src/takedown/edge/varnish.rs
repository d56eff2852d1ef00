//! Varnish: a ban of whole folders over `varnishadm`, which takes every spelling of whatever lies in
//! them at once; `PURGE` by address or by surrogate key where its configuration takes that.

use super::{Edge, EdgeError, Folder, Means, Purgers, What};
use crate::takedown::{
    budget::Quota,
    contain::{
        ContainError, run,
        varnish::{ODD, expression, hosts, inside},
    },
    setup::EdgeSetup,
    stage::Contained,
    world::World,
};

/// A Varnish.
pub struct Varnish {
    servers: Purgers,
    /// Where the first of them is: one has to be named, whatever is purged by tag.
    first: String,
    admin: Vec<String>,
    xkey: bool,
}

impl Varnish {
    /// A Varnish at its servers, with the command that speaks with it if there is one.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] if a server cannot be found.
    pub fn new(setup: &EdgeSetup, admin: Vec<String>, xkey: bool) -> Result<Self, EdgeError> {
        let servers = setup.http.iter().chain(&setup.https);
        let first = servers.map(String::clone).next().unwrap_or_default();
        Ok(Self { servers: Purgers::new(setup)?, first, admin, xkey })
    }

    fn ban(&self, hosts: &str, expression: &str) -> Result<(), EdgeError> {
        let ban = format!("req.http.host ~ {} && req.url ~ {}", quoted(hosts), quoted(expression));
        run(&self.admin, &["ban", &ban]).map(drop).map_err(|error| match error {
            ContainError::Refused(..) => EdgeError::Local("it does not take the ban".to_owned()),
            other => EdgeError::Local(other.to_string()),
        })
    }

    fn ban_folders(&self, folders: &[Folder]) -> Result<(), EdgeError> {
        for of_site in folders.chunk_by(|one, other| one.site == other.site) {
            let hosts = hosts(&of_site[0].site);
            let paths: Vec<_> = of_site.iter().map(|folder| expression(&folder.path)).collect();
            for expression in inside(&paths).iter().map(String::as_str).chain([ODD]) {
                self.ban(&hosts, expression)?;
            }
        }
        Ok(())
    }
}

/// A word of its command line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Edge for Varnish {
    fn means(&self) -> Means {
        Means {
            tags: self.xkey.then_some(Quota::unlimited(1)),
            folders: (!self.admin.is_empty()).then_some(Quota::unlimited(usize::MAX)),
            addresses: Some(Quota::unlimited(1)),
        }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        match what {
            What::Tags(tags) => tags.iter().try_for_each(|tag| {
                let url = format!("http://{}/", self.first);
                self.servers.purge(&url, Some(tag), world)
            }),
            What::Folders(folders) => self.ban_folders(folders),
            What::Addresses(urls) => {
                urls.iter().try_for_each(|url| self.servers.purge(url, None, world))
            }
        }
    }
}
