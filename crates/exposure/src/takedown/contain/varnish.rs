//! A gate in Varnish: whatever is asked for in a folder that holds something gone is asked of the
//! origin, which knows what is gone by every spelling. A configuration with 900,000 addresses would
//! not compile; one with the folders loads in a second, and is right for spellings nobody thought of.
//!
//! The other documents of such a folder are fetched each time, too, as long as the gate stands.
//!
//! # Shape
//!
//! The operator's VCL includes the file of the rules before its own subroutines, whose statements
//! then come after ours. Beside it is the folder `FILE.d` with a file for each case.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use super::{ContainError, cases::Cases, run};
use crate::{
    files,
    takedown::{
        address::{Site, folders},
        case::Case,
        world::World,
    },
};

/// The most folders of a site that the gate knows by name; of more, it takes those above them.
pub const MOST_FOLDERS: usize = 200;
/// The most bytes of one expression.
const MOST_EXPRESSION: usize = 4000;

/// A spelling that a server decodes or folds: an escape of what needs none, a raw byte of what does,
/// a part that is empty or a dot.
pub const ODD: &str = r#"(?i)^[^?]*(%(2[^0235]|3[^cef]|4|5[^bcde]|6[^0]|7[^bcdf])|[^\x21-\x7e]|["<>\[\\\]^`{|}]|//|/\.\.?(/|\?|$))"#;

/// The gate of a Varnish.
pub struct Gate<'a> {
    /// The command that speaks with it.
    pub admin: &'a [String],
    /// Its configuration.
    pub vcl: &'a Path,
    /// The file of the rules.
    pub rules: &'a Path,
}

impl Gate<'_> {
    /// Says in a case's name that its documents are gone, or are no more, and loads the
    /// configuration. If it does not compile, the rules are as before.
    ///
    /// # Errors
    ///
    /// [`ContainError`] if the rules cannot be written or are not taken.
    pub fn put(&self, case: &Case, gone: bool, world: &dyn World) -> Result<(), ContainError> {
        let mut folder = self.rules.as_os_str().to_owned();
        folder.push(".d");
        let folder = PathBuf::from(folder);
        let cases = Cases { lock: folder.join(".lock"), folder, rules: self.rules };
        let said =
            gone.then_some(|file: &mut BufWriter<File>| file.write_all(lines(case).as_bytes()));
        cases.put(case.name(), said, |lines| self.render(lines), || self.load(world))
    }

    fn render(&self, lines: &[Vec<u8>]) -> io::Result<()> {
        let lines: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(line)).collect();
        let lines = lines.iter().filter_map(|line| line.split_once('\t'));
        files::replace(self.rules, vcl(&lines.collect::<Vec<_>>()).as_bytes(), 0o644)
    }

    /// Loads the configuration under a new name, and forgets those that we loaded before.
    fn load(&self, world: &dyn World) -> Result<(), ContainError> {
        let mut random = [0; 8];
        world.fill(&mut random);
        let name = format!("teeka_{}_{}", world.now(), hex::encode(random));
        let vcl = std::path::absolute(self.vcl).unwrap_or_else(|_| self.vcl.to_owned());
        run(self.admin, &["vcl.load", &name, &vcl.display().to_string()])?;
        run(self.admin, &["vcl.use", &name])?;
        for line in run(self.admin, &["vcl.list"])?.lines() {
            let old = line.split_whitespace().find(|word| word.starts_with("teeka_"));
            if let Some(old) = old.filter(|old| *old != name) {
                // One that is still busy goes the next time.
                drop(run(self.admin, &["vcl.discard", old]));
            }
        }
        Ok(())
    }
}

/// What a case says: a line for each host and folder.
fn lines(case: &Case) -> String {
    let mut text = String::new();
    for (number, site) in case.sites().iter().enumerate() {
        for folder in folders(case.of_site(number), MOST_FOLDERS) {
            let _ = writeln!(text, "{}\t{}", hosts(site), expression(&folder));
        }
    }
    text
}

/// A folder as an expression for the beginning of a path; what follows it is a slash, a query or the
/// end.
pub fn expression(folder: &str) -> String {
    literal(folder.trim_end_matches('/'))
}

/// An expression for all names of a site.
pub fn hosts(site: &Site) -> String {
    let hosts = site.hosts().map(|host| literal(host.split(':').next().unwrap_or(host)));
    format!("(?i)^({})\\.?(:[0-9]+)?$", hosts.collect::<Vec<_>>().join("|"))
}

/// Expressions for whatever lies in one of these folders, none of them too long.
pub fn inside(folders: &[String]) -> Vec<String> {
    let mut expressions = Vec::new();
    let mut names = String::new();
    for folder in folders {
        if !names.is_empty() && names.len() + folder.len() > MOST_EXPRESSION {
            expressions.push(format!("(?i)^({names})([/?]|$)"));
            names.clear();
        }
        if !names.is_empty() {
            names.push('|');
        }
        names.push_str(folder);
    }
    expressions.push(format!("(?i)^({names})([/?]|$)"));
    expressions
}

/// A text that stands for itself in an expression.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() && !"/-_%~:".contains(letter) {
            literal.push('\\');
        }
        literal.push(letter);
    }
    literal
}

/// The rules of all cases: pairs of hosts and folder.
fn vcl(lines: &[(&str, &str)]) -> String {
    let mut text = "# Written by teeka; changes are lost.\n".to_owned();
    if lines.is_empty() {
        return text;
    }
    text += "sub vcl_recv {\n";
    for site in lines.chunk_by(|one, other| one.0 == other.0) {
        let hosts = site[0].0;
        let folders: Vec<_> = site.iter().map(|(_, folder)| (*folder).to_owned()).collect();
        let _ = writeln!(text, "    if (req.http.host ~ {{\"{hosts}\"}}) {{");
        for expression in inside(&folders).iter().map(String::as_str).chain([ODD]) {
            // A text of this form cannot hold its own end.
            let expression = expression.replace("\"}", "\"\\x7d");
            let _ = writeln!(
                text,
                "        if (req.url ~ {{\"{expression}\"}}) {{ set req.hash_always_miss = true; }}"
            );
        }
        text += "    }\n";
    }
    text += "}\n";
    text += BACKEND;
    text
}

/// Whatever the rest of the configuration does with answers, this one is kept by nobody.
const BACKEND: &str = "sub vcl_backend_response {
    if (beresp.status == 410) {
        set beresp.http.Cache-Control = \"no-store\";
        set beresp.http.X-Robots-Tag = \"noindex, noarchive\";
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
}
";
