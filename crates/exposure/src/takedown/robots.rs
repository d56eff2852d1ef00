//! What robots are told not to fetch: a document that they may not fetch is one that they cannot see
//! to be gone, and its address stays in the index.

use percent_encoding::percent_decode_str;

use crate::robots::lines;

/// The rules of a `robots.txt` for one robot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allows: bool,
    pattern: Pattern,
}

/// What a path begins with: parts with anything between them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// How long it is as it is written, by which the longest is known.
    length: usize,
    /// The parts, decoded.
    parts: Vec<Vec<u8>>,
    /// Whether the path ends with it, too.
    whole: bool,
}

impl Robots {
    /// The rules for a robot: those of its own group, or those for everybody.
    ///
    /// # Source
    ///
    /// RFC 9309, sections 2.2.1 and 2.2.2.
    pub fn of(text: &str, robot: &str) -> Self {
        let (mut own, mut everybody) = (None::<Vec<_>>, Vec::new());
        let (mut agents, mut in_rules) = (Vec::<String>::new(), false);
        for (name, value) in lines(text) {
            if name == "user-agent" {
                if in_rules {
                    agents.clear();
                    in_rules = false;
                }
                agents.push(value.to_ascii_lowercase());
                continue;
            }
            let allows = match name.as_str() {
                "allow" => true,
                "disallow" => false,
                _ => continue,
            };
            in_rules = true;
            let rule = (!value.is_empty()).then(|| Rule { allows, pattern: Pattern::of(value) });
            if agents.iter().any(|agent| agent == &robot.to_ascii_lowercase()) {
                own.get_or_insert_default().extend(rule.clone());
            }
            if agents.iter().any(|agent| agent == "*") {
                everybody.extend(rule);
            }
        }
        Self { rules: own.unwrap_or(everybody) }
    }

    /// Whether a path may be fetched: the longest pattern that fits decides, and one that allows
    /// before one that does not.
    pub fn allow(&self, path: &str) -> bool {
        let path: Vec<u8> = percent_decode_str(path).collect();
        let fitting = self.rules.iter().filter(|rule| rule.pattern.fits(&path));
        let longest = fitting.max_by_key(|rule| (rule.pattern.length, rule.allows));
        longest.is_none_or(|rule| rule.allows)
    }
}

impl Pattern {
    /// A pattern as it is written: `*` is anything, `$` at its end is the end.
    fn of(text: &str) -> Self {
        let whole = text.ends_with('$');
        let parts = text.strip_suffix('$').unwrap_or(text).split('*');
        let parts = parts.map(|part| percent_decode_str(part).collect()).collect();
        Self { length: text.len(), parts, whole }
    }

    /// Whether it fits the beginning of a path.
    fn fits(&self, path: &[u8]) -> bool {
        let Some((first, parts)) = self.parts.split_first() else { return true };
        let Some(mut rest) = path.strip_prefix(first.as_slice()) else { return false };
        for (number, part) in parts.iter().enumerate() {
            if self.whole && number + 1 == parts.len() {
                return rest.ends_with(part);
            }
            let found = if part.is_empty() {
                Some(0)
            } else {
                rest.windows(part.len()).position(|bytes| bytes == part.as_slice())
            };
            match found {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        !self.whole || rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pattern_of_the_own_group_decides() {
        let text = "User-agent: *\nDisallow: /lists/\nAllow: /lists/open/ # these\n\
                    Disallow: /*.xlsx$\n\nuser-agent: bingbot\nUser-Agent: Slurp\nDisallow: /\n\
                    Sitemap: https://f.example/s.xml\n\nUser-agent: calm\nDisallow:\n";
        let everybody = Robots::of(text, "Googlebot");
        for (path, allowed) in [
            ("/", true),
            ("/lists/a.pdf", false),
            ("/%6Cists/a.pdf", false),
            ("/lists/open/a.pdf", true),
            ("/a.xlsx", false),
            ("/a.xlsx?x=1", true),
            ("/listsand", true),
        ] {
            assert_eq!(everybody.allow(path), allowed, "{path}");
        }
        assert!(!Robots::of(text, "bingbot").allow("/x"));
        assert!(!Robots::of(text, "SLURP").allow("/x"));
        assert!(Robots::of(text, "calm").allow("/lists/a.pdf"));
        assert!(Robots::of("<html>", "x").allow("/"));
    }
}
