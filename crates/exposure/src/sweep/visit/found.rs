//! What one address leads to.

use store::exposure::{Class, Found, Message};
use url::Url;

use super::{Call, Tell, Visitor};
use crate::{
    exposed::Source,
    sweep::{maps::Entry, pages::Link, robots::Robots, scope::Address, triage::is_map_name},
};

/// What an address becomes in the file of the sweep.
pub(in crate::sweep) fn found(address: &Address, sources: i64, class: Class, depth: i64) -> Found {
    let url = address.url().as_str();
    let digest = crate::exposed::Digest::of(url.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest.0[..16]);
    Found { key, origin: address.origin(), class, url: url.to_owned(), sources, depth, stamp: None }
}

/// What an address is asked for, by how it looks.
pub(in crate::sweep) fn class_of(url: &Url) -> Class {
    let path = url.path();
    if path == "/robots.txt" {
        return Class::Robots;
    }
    if is_map_name(path) {
        return Class::Sitemap;
    }
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let pages = [".html", ".htm", ".php", ".asp", ".aspx", ".jsp"];
    if name.is_empty() || pages.iter().any(|suffix| name.ends_with(suffix)) {
        return Class::Page;
    }
    Class::Document
}

impl Visitor<'_> {
    /// Tells of an address, if the scope admits it and the way there is not too long.
    fn tell(&self, found: Found, tell: Tell<'_>) {
        if found.depth <= self.scope.limits.depth {
            tell(Message::Found(found));
        }
    }

    /// A redirect is another address, and as easily found as this one.
    pub(super) fn redirected(&self, call: &Call<'_>, to: &str, tell: Tell<'_>) {
        if let Some(address) = self.scope.admit_from(call.address.url(), to) {
            let class = call.waiting.class.min(class_of(address.url()));
            let class = class.max(Class::Sitemap);
            self.tell(found(&address, call.waiting.sources, class, call.waiting.depth + 1), tell);
        }
    }

    pub(super) fn tell_robots(&self, call: &Call<'_>, robots: &Robots, tell: Tell<'_>) {
        let base = call.address.url();
        let sitemaps = robots.sitemaps.iter().map(|to| (to, Source::Sitemap, Class::Sitemap));
        let hidden = robots.hidden.iter().map(|to| (to, Source::Link, Class::Page));
        for (to, source, class) in sitemaps.chain(hidden) {
            if let Some(address) = self.scope.admit_from(base, to) {
                self.tell(found(&address, source.bit(), class, call.waiting.depth + 1), tell);
            }
        }
    }

    pub(super) fn tell_link(&self, call: &Call<'_>, link: &Link, tell: Tell<'_>) {
        let Some(address) = self.scope.admit_from(call.address.url(), &link.to) else { return };
        let source = if link.listed { Source::Listing } else { Source::Link };
        let class = class_of(address.url());
        let mut found = found(&address, source.bit(), class, call.waiting.depth + 1);
        // A folder's date says nothing of what is in its folders.
        found.stamp = link.stamp.filter(|_| class == Class::Document);
        self.tell(found, tell);
    }

    pub(super) fn tell_entry(&self, call: &Call<'_>, entry: Entry, tell: Tell<'_>) {
        let base = call.address.url();
        let depth = call.waiting.depth + 1;
        match entry {
            Entry::Page(to) => {
                let Some(address) = self.scope.admit_from(base, &to) else { return };
                let class = class_of(address.url());
                self.tell(found(&address, Source::Sitemap.bit(), class, depth), tell);
            }
            Entry::Sitemap(to) => {
                let Some(address) = self.scope.admit_from(base, &to) else { return };
                self.tell(found(&address, Source::Sitemap.bit(), Class::Sitemap, depth), tell);
            }
            Entry::Object(key, stamp) if is_second_version(base) => {
                let mut bucket = base.clone();
                bucket.set_query(None);
                let Some(address) = self.scope.admit(&format!("{}{key}", folder(&bucket))) else {
                    return;
                };
                let mut found = found(&address, Source::Bucket.bit(), Class::Document, depth);
                found.stamp = stamp;
                self.tell(found, tell);
            }
            // A listing as old as the first version of the protocol says that it is a bucket; the
            // second version goes on where a page ends.
            Entry::Object(..) => {
                if let Some(address) = self.scope.admit(&bucket_page(base, None)) {
                    self.tell(found(&address, Source::Bucket.bit(), Class::Page, depth), tell);
                }
            }
            // The pages of one listing are one step, however many they are.
            Entry::Next(token) => {
                if let Some(address) = self.scope.admit(&bucket_page(base, Some(&token))) {
                    let depth = call.waiting.depth;
                    self.tell(found(&address, Source::Bucket.bit(), Class::Page, depth), tell);
                }
            }
        }
    }
}

fn is_second_version(url: &Url) -> bool {
    url.query_pairs().any(|(name, value)| name == "list-type" && value == "2")
}

/// An address that ends as a folder does.
fn folder(url: &Url) -> String {
    format!("{}/", url.as_str().trim_end_matches('/'))
}

/// The address of a page of a bucket's listing (`ListObjectsV2`).
pub(in crate::sweep) fn bucket_page(bucket: &Url, token: Option<&str>) -> String {
    let mut url = bucket.clone();
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name == "prefix")
        .map(|(a, b)| (a.into(), b.into()))
        .collect();
    url.set_query(None);
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("list-type", "2").append_pair("encoding-type", "url");
        query.append_pair("max-keys", "1000").extend_pairs(kept);
        if let Some(token) = token {
            query.append_pair("continuation-token", token);
        }
    }
    url.into()
}
