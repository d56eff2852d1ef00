//! Tells search engines, each as it wants it, after making sure that their robots may see for
//! themselves that everything is gone.

use std::{collections::BTreeMap, fs, io, iter};

use serde::{Deserialize, Serialize};
use ureq::http::Request;

use super::{
    address::Address,
    case::{Case, CaseError},
    contain::Secrets,
    engine::{
        EngineError,
        bing::{Bing, Entity},
        google::{self, WorkOrder},
        indexnow::{IndexNow, MOST_ADDRESSES},
    },
    http::{Client, Unreachable},
    robots::Robots,
    setup::{EdgeSetup, EngineSetup, server::Server},
    stage::{OutOfOrder, Step, Submitted, Unlisted},
    world::Work,
};
use crate::files;

/// The robots of the engines that are told.
const ROBOTS: [&str; 2] = ["Googlebot", "bingbot"];

/// Why engines are not told.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Robots may not fetch what they shall find gone.
    #[error(
        "robots.txt of {host} hides {hidden} of the addresses from {robot}: it would never see \
         that they are gone, and keep listing them; take those lines out first"
    )]
    Hidden {
        /// Which site.
        host: String,
        /// How many addresses.
        hidden: usize,
        /// Which robot.
        robot: &'static str,
    },
    /// Its robots.txt cannot be read.
    #[error("robots.txt of {0} cannot be read: {1}")]
    Robots(String, #[source] Unreachable),
    /// An engine refuses.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<OutOfOrder> for SubmitError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

impl From<io::Error> for SubmitError {
    fn from(error: io::Error) -> Self {
        Self::Case(error.into())
    }
}

/// Tells all engines of the set-up and records it. What an engine's daily limit leaves is told by
/// doing it again the next day.
///
/// # Errors
///
/// [`SubmitError`] if robots may not look, or an engine refuses.
pub fn submit(
    case: &mut Case,
    unlisted: Unlisted,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<Submitted, SubmitError> {
    let robots = check_robots(case)?;
    let mut facts = vec![format!("robots may look at: {robots}")];
    for engine in &case.setup().engines {
        let secret =
            |name: &String| secrets(name).ok_or_else(|| EngineError::NoSecret(name.clone()));
        let told = Telling { case, unlisted, work };
        match engine {
            EngineSetup::Indexnow { endpoint, key_env } => {
                let engine = IndexNow::new(endpoint, secret(key_env)?);
                let told = told.indexnow(endpoint, &engine)?;
                facts.push(format!("IndexNow: {told} addresses received"));
            }
            EngineSetup::Bing { endpoint, key_env, per_day } => {
                let bing = Bing::new(endpoint, secret(key_env)?);
                let (done, all) = told.bing(endpoint, &bing, *per_day as usize)?;
                facts.push(format!("Bing: {done} of {all} folders and addresses blocked"));
            }
            EngineSetup::Google { property } => {
                let orders = told.google(property.as_deref())?;
                facts.push(format!("Google: {orders} work orders for a person"));
            }
            EngineSetup::Inspection { .. } | EngineSetup::GoogleIndexing {} => {}
        }
    }
    case.did(Step::Submitted, facts, work.world)?;
    Ok(case.standing().submitted()?)
}

/// Whether robots may fetch every address, by the robots.txt of the origins, and by the one that
/// edges may have kept.
fn check_robots(case: &Case) -> Result<usize, SubmitError> {
    let mut looked = 0;
    for (number, site) in case.setup().sites.iter().enumerate() {
        let addresses = case.of_site(number);
        let unread = |error| SubmitError::Robots(site.host.clone(), error);
        let edges = case.setup().edges.iter().flat_map(EdgeSetup::servers);
        for server in iter::once(site.server().map_err(unread)?).chain(edges) {
            let text = fetch_robots(&server, &site.host).map_err(unread)?;
            for robot in ROBOTS {
                let robots = Robots::of(&text, robot);
                let hidden = addresses.iter().filter(|address| !robots.allow(&address.path));
                let (host, hidden) = (site.host.clone(), hidden.count());
                if hidden > 0 {
                    return Err(SubmitError::Hidden { host, hidden, robot });
                }
            }
        }
        looked += addresses.len();
    }
    Ok(looked)
}

fn fetch_robots(server: &Server, host: &str) -> Result<String, Unreachable> {
    let request = Request::get(format!("{}://{host}/robots.txt", server.scheme()));
    let request = request.body(Vec::new()).map_err(|_| Unreachable("the call failed"))?;
    let answer = Client::at(server)?.ask(request)?;
    match answer.status {
        200 => Ok(answer.body),
        // Without one, everything may be fetched (RFC 9309, 2.3.1.3).
        400..=499 => Ok(String::new()),
        _ => Err(Unreachable("it is answered with an error, which hides everything")),
    }
}

/// What is kept of a daily limit.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
struct Day {
    number: u64,
    today: usize,
    done: usize,
}

struct Telling<'a> {
    case: &'a Case,
    unlisted: Unlisted,
    work: Work<'a>,
}

impl Telling<'_> {
    fn indexnow(&self, endpoint: &str, engine: &IndexNow) -> Result<usize, SubmitError> {
        let case = self.case;
        let cursor = format!("indexnow {endpoint}");
        let begun = case.cursor(&cursor);
        let mut done = 0;
        for (number, site) in case.setup().sites.iter().enumerate() {
            for some in case.of_site(number).chunks(MOST_ADDRESSES) {
                done += some.len();
                if done <= begun {
                    continue;
                }
                let urls: Vec<_> = some.iter().map(|address| address.url(case.sites())).collect();
                let scheme = if some[0].secure { "https" } else { "http" };
                engine.submit(scheme, &site.host, &urls, self.unlisted, self.work.world)?;
                case.keep_cursor(&cursor, done)?;
                self.work.told("telling IndexNow", done, case.addresses().len());
            }
        }
        Ok(done)
    }

    /// Folders first, then what lies outside of them, as far as today's limit goes.
    fn bing(
        &self,
        endpoint: &str,
        engine: &Bing,
        per_day: usize,
    ) -> Result<(usize, usize), SubmitError> {
        let path = self.case.folder().join("bing.json");
        let read = fs::read(&path).ok();
        let mut days: BTreeMap<String, Day> =
            read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let mut kept = days.get(endpoint).copied().unwrap_or_default();
        let today = self.work.world.now() / 86_400;
        if kept.number != today {
            kept = Day { number: today, today: 0, done: kept.done };
        }
        let wanted = self.blocked();
        while kept.done < wanted.len() && kept.today < per_day {
            let (site, url, entity) = &wanted[kept.done];
            engine.block(site, url, *entity, self.unlisted, self.work.world)?;
            kept.done += 1;
            kept.today += 1;
            days.insert(endpoint.to_owned(), kept);
            let bytes = serde_json::to_vec(&days).map_err(io::Error::from)?;
            files::replace(&path, &bytes, 0o600)?;
            self.work.told("telling Bing", kept.done, wanted.len());
        }
        Ok((kept.done, wanted.len()))
    }

    fn blocked(&self) -> Vec<(String, String, Entity)> {
        let mut folders = Vec::new();
        let mut pages = Vec::new();
        for number in 0..self.case.sites().len() {
            let (base, whole, others) = self.split(number);
            let site = format!("{base}/");
            folders.extend(whole.into_iter().map(|url| (site.clone(), url, Entity::Directory)));
            pages.extend(others.into_iter().map(|url| (site.clone(), url, Entity::Page)));
        }
        folders.into_iter().chain(pages).collect()
    }

    /// A site's address, its folders of which everything may be hidden, and what lies outside.
    fn split(&self, number: usize) -> (String, Vec<String>, Vec<String>) {
        let case = self.case;
        let (site, addresses) = (&case.setup().sites[number], case.of_site(number));
        let base = case.base(number);
        let whole: Vec<_> = site.whole.iter().map(|path| format!("{base}{path}")).collect();
        let outside = |address: &&Address| {
            !site.whole.iter().any(|folder| address.path.starts_with(folder.as_str()))
        };
        let others = addresses.iter().filter(outside).map(|address| address.url(case.sites()));
        let others = others.collect();
        (base, whole, others)
    }

    fn google(&self, property: Option<&str>) -> Result<usize, SubmitError> {
        let case = self.case;
        let evidence: Vec<_> = case
            .told()
            .iter()
            .map(|told| format!("{} {} {}", told.at, told.what, told.facts.join("; ")))
            .chain([format!(
                "log {} {}",
                case.decisions().head().size,
                case.decisions().verifier()
            )])
            .collect();
        for (number, site) in case.setup().sites.iter().enumerate() {
            let (base, prefixes, addresses) = self.split(number);
            let removal =
                site.removal.as_ref().map(|removal| format!("{base}{}removed.xml", removal.path));
            let own = format!("sc-domain:{}", site.host);
            let order = WorkOrder {
                case: case.name(),
                property: property.unwrap_or(&own),
                prefixes: &prefixes,
                addresses: &addresses,
                removal: removal.as_deref(),
                evidence: &evidence,
            };
            let folder = case.folder().join("google").join(case.sites()[number].word());
            google::write(&folder, &order, self.unlisted)?;
        }
        Ok(case.sites().len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::takedown::{
        fixture::{Played, case_until, serve},
        world::Told,
    };

    /// The set-up of a site whose origin answers everything.
    fn site(origin: &str) -> String {
        format!(
            "[[sites]]\nhost = \"files.example\"\norigin = \"{origin}\"\n\
             nginx = {{ folder = \"rules\" }}\n"
        )
    }

    #[test]
    fn robots_are_asked_of_the_origin_that_was_contained() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let url = serve(|_| (404, None, String::new()));
        let setup = site(&format!("{url}/"));
        let case = case_until(Step::Unlisted, &folder.path().join("case"), &setup, 3, &world);
        assert_eq!(check_robots(&case).unwrap(), 3);
    }

    /// Two engines of each kind: both are told of everything.
    #[test]
    fn every_engine_is_told() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let told = Arc::new(Mutex::new(BTreeMap::<_, usize>::new()));
        let count = Arc::clone(&told);
        let url = serve(move |asked| {
            *count.lock().unwrap().entry(asked.path.clone()).or_default() += 1;
            (if asked.path == "/robots.txt" { 404 } else { 200 }, None, String::new())
        });
        let engines = ["one", "two"].map(|at| {
            format!(
                "[[engines]]\nkind = \"indexnow\"\nendpoint = \"{url}/{at}\"\nkey_env = \"K\"\n\
                 [[engines]]\nkind = \"bing\"\nendpoint = \"{url}/{at}\"\nkey_env = \"K\"\n"
            )
        });
        let setup = site(&url) + &engines.concat();
        let mut case = case_until(Step::Unlisted, &folder.path().join("case"), &setup, 3, &world);
        let unlisted = case.standing().unlisted().unwrap();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        submit(&mut case, unlisted, &|_| Some("key".to_owned()), work).unwrap();
        let told = told.lock().unwrap().clone();
        let told: Vec<_> = told.iter().map(|(path, times)| (path.as_str(), *times)).collect();
        let [one, two] = [("/one", 1), ("/two", 1)];
        let [pages, others] = [("/one/AddBlockedUrl", 3), ("/two/AddBlockedUrl", 3)];
        assert_eq!(told, [one, pages, ("/robots.txt", 1), two, others]);
    }
}
