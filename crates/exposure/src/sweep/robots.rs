//! Rules for robots: where sitemaps are, how fast to come, and what is hidden from engines only.

use std::time::Duration;

use crate::robots::lines;

/// What such a file says to us.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Robots {
    /// Sitemaps.
    pub(super) sitemaps: Vec<String>,
    /// How long to wait from one request to the next.
    pub(super) delay: Option<Duration>,
    /// Paths that engines shall not ask for. Whoever looks for what is hidden begins with these.
    pub(super) hidden: Vec<String>,
}

/// Reads the rules for everybody, as RFC 9309 has them, with `Crawl-delay` and `Sitemap` beside.
pub(super) fn read(text: &str) -> Robots {
    let mut robots = Robots::default();
    let (mut ours, mut naming) = (false, false);
    for (key, value) in lines(text) {
        match key.as_str() {
            "sitemap" => robots.sitemaps.push(value.to_owned()),
            "user-agent" => {
                // Several names in a row begin one group.
                ours =
                    (naming && ours) || value == "*" || value.eq_ignore_ascii_case("teeka-sweep");
                naming = true;
            }
            "crawl-delay" if ours => {
                let seconds: Option<f64> = value.parse().ok();
                let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                robots.delay = robots.delay.max(delay);
            }
            "disallow" if !value.is_empty() && !value.contains(['*', '$']) => {
                robots.hidden.push(value.to_owned());
            }
            _ => {}
        }
        naming &= key == "user-agent";
    }
    robots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_everybody_and_what_is_hidden_is_read() {
        let text = "\u{feff}# rules\nUser-agent: slow\nUser-Agent: *\nDisallow: /hidden/ # not for you\n\
                    Crawl-Delay: 2.5\nDisallow: /*.php$\nDisallow:\n\nuser-agent: other\n\
                    crawl-delay: 99\nDisallow: /theirs\nSitemap: https://a.example/map.xml\n";
        let robots = read(text);
        assert_eq!(robots.sitemaps, ["https://a.example/map.xml"]);
        assert_eq!(robots.delay, Some(Duration::from_millis(2_500)));
        assert_eq!(robots.hidden, ["/hidden/", "/theirs"]);
        assert_eq!(read("<html>Not: found</html>"), Robots::default());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        let robots = read("\u{feff}User-agent: *\nCrawl-delay: 10\n");
        assert_eq!(robots.delay, Some(Duration::from_secs(10)));
    }
}
