//! Google: its removal tool has no interface, so a person uses it, by a work order that says what to
//! enter and what to attach.
//!
//! The Indexing API has one and must not be used: it takes job postings and livestreams only, and
//! ignores or punishes what else is sent.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::{files, takedown::stage::Unlisted};

/// What a work order is made of.
pub struct WorkOrder<'a> {
    /// The name of the case.
    pub case: &'a str,
    /// The property in the Search Console.
    pub property: &'a str,
    /// Folders of which everything may be hidden, as addresses.
    pub prefixes: &'a [String],
    /// Addresses outside of these folders.
    pub addresses: &'a [String],
    /// The address of the sitemap of what was removed, if there is one.
    pub removal: Option<&'a str>,
    /// What was recorded: a line each.
    pub evidence: &'a [String],
}

/// Writes the files of a work order into a folder.
///
/// # Errors
///
/// If they cannot be written.
pub fn write(folder: &Path, order: &WorkOrder<'_>, _unlisted: Unlisted) -> io::Result<()> {
    let lines = |name: &str, lines: &[String]| {
        files::write_with(&folder.join(name), 0o600, |file| {
            lines.iter().try_for_each(|line| writeln!(file, "{line}"))
        })
    };
    lines("prefixes.txt", order.prefixes)?;
    lines("addresses.txt", order.addresses)?;
    lines("evidence.txt", order.evidence)?;
    files::replace(&folder.join("work-order.txt"), text(order).as_bytes(), 0o600)
}

fn text(order: &WorkOrder<'_>) -> String {
    let sitemap = order.removal.map_or_else(
        || "4. There is no sitemap of what was removed: set `removal` for the site.\n".to_owned(),
        |address| format!("4. Sitemaps: add {address}\n   so that its addresses are visited soon and found gone.\n"),
    );
    format!(
        "Work order for case {}: temporary removal from Google\n\
         \n\
         Who: an owner of the property {} in the Search Console.\n\
         \n\
         1. Removals, New request, \"Remove all URLs with this prefix\":\n\
         \x20  each of the {} lines of prefixes.txt.\n\
         2. Removals, New request, \"Remove this URL only\":\n\
         \x20  the lines of addresses.txt ({} of them), in their order, as far as the tool\n\
         \x20  lets you. More than some hundreds are not feasible by hand: have their folders\n\
         \x20  named as `whole` in the set-up if nothing else is in them.\n\
         3. \"Clear cached URL\" is part of either request; do not ask for that alone.\n\
         {sitemap}\
         5. Write down the day and hour of each request in the case.\n\
         \n\
         A request hides for about six months and is usually followed within a day.\n\
         Within that time Google has to see the 410 by itself, so robots.txt must not\n\
         hide these addresses from it.\n\
         \n\
         Do not use the Indexing API: it takes job postings and livestreams only.\n\
         \n\
         To attach if you are asked: evidence.txt, which holds no personal data.\n",
        order.case,
        order.property,
        order.prefixes.len(),
        order.addresses.len(),
    )
}
