//! Each interface that is not on this machine, as its documentation describes it: what it takes, how
//! much of it, and what it says when that is too much. Time is played.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Edge, EdgeError, Folder, What, open};
use crate::takedown::{
    address::Site,
    budget::Budget,
    fixture::{Asked, Limit, Played, Said, contained, serve},
    setup::EdgeSetup,
    sign::{Aws, EdgeGrid, Signed},
};

fn secrets(name: &str) -> Option<String> {
    (name != "MISSING").then(|| format!("the-{}", name.to_lowercase()))
}

fn edge(toml: &str, world: &Played) -> Box<dyn Edge> {
    let setup: EdgeSetup = toml::from_str(toml).unwrap();
    open(&setup, &secrets, world).map_err(|error| error.to_string()).unwrap()
}

fn ok(body: &str) -> Said {
    (200, None, body.to_owned())
}

fn refused(status: u16) -> Said {
    (status, None, String::new())
}

/// Purges as the driver does, within the budget, and gives the first refusal.
fn purge_all(edge: &dyn Edge, urls: &[String], world: &Played) -> Result<(), EdgeError> {
    let budget = Budget::new(edge.means().addresses.unwrap(), world);
    for batch in edge.batches(urls, budget.quota()) {
        budget.take(batch.len(), world);
        edge.purge(What::Addresses(batch), contained(), world)?;
    }
    Ok(())
}

fn urls(number: usize) -> Vec<String> {
    (0..number).map(|n| format!("https://files.example/lists/list-of-ward-{n}.pdf")).collect()
}

fn folders() -> Vec<Folder> {
    let aliases = vec!["www.files.example".to_owned()];
    let site = Site { host: "files.example".to_owned(), aliases };
    vec![Folder { site, path: "/lists/".to_owned() }]
}

/// What came, beside the clock that limits go by.
#[derive(Clone, Default)]
struct Log {
    asked: Arc<Mutex<Vec<Asked>>>,
    world: Arc<Played>,
}

impl Log {
    fn add(&self, asked: &Asked) {
        self.asked.lock().unwrap().push(asked.clone());
    }

    fn bodies(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|asked| serde_json::from_str(&asked.body).unwrap_or_default()).collect()
    }
}

#[test]
fn cloudflare_is_told_within_its_limits() {
    let log = Log::default();
    let (limit, stub) = (Limit::new(800.0, 800.0), log.clone());
    let url = serve(move |asked| {
        stub.add(asked);
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let files = body["files"].as_array().map_or(0, Vec::len);
        let known = asked.method == "POST"
            && asked.path == "/zones/z1/purge_cache"
            && asked.header("authorization") == "Bearer the-token";
        match () {
            () if !known => refused(403),
            () if files > 100 => refused(400),
            () if !limit.takes(files, &stub.world) => refused(429),
            () => ok("{\"success\":true}"),
        }
    });
    let toml = format!(
        "name = \"cf\"\nkind = \"cloudflare\"\nzone = \"z1\"\ntoken_env = \"TOKEN\"\nendpoint = \"{url}\""
    );
    let edge = edge(&toml, &log.world);
    purge_all(&*edge, &urls(4000), &log.world).unwrap();
    assert_eq!(log.asked.lock().unwrap().len(), 40, "no call was refused and made again");
    assert!(log.world.elapsed_seconds() >= 4);
    edge.purge(What::Folders(&folders()), contained(), &*log.world).unwrap();
    edge.purge(What::Tags(&["ward".to_owned()]), contained(), &*log.world).unwrap();
    let bodies = log.bodies();
    let prefixes = json!({ "prefixes": ["files.example/lists/", "www.files.example/lists/"] });
    assert_eq!(bodies[40..], [prefixes, json!({ "tags": ["ward"] })]);
}

#[test]
fn who_says_later_is_asked_later_and_who_refuses_is_told() {
    let log = Log::default();
    let stub = log.clone();
    let url = serve(move |asked| {
        stub.add(asked);
        match stub.asked.lock().unwrap().len() {
            1 => (429, Some(("retry-after", "90".to_owned())), String::new()),
            2 => refused(503),
            3 => ok("{\"success\":true}"),
            4 => ok("{\"success\":false,\"errors\":[{\"code\":1}]}"),
            5 => ok("<html>"),
            _ => refused(401),
        }
    });
    let toml = format!(
        "name = \"cf\"\nkind = \"cloudflare\"\nzone = \"z\"\ntoken_env = \"T\"\nendpoint = \"{url}\""
    );
    let edge = edge(&toml, &log.world);
    let purge = || edge.purge(What::Tags(&["a".to_owned()]), contained(), &*log.world);
    assert_eq!(purge(), Ok(()));
    assert!((91..100).contains(&log.world.elapsed_seconds()), "as long as it asked for, and a bit");
    assert_eq!(purge(), Err(EdgeError::Shape("purge_cache")));
    assert_eq!(purge(), Err(EdgeError::Shape("purge_cache")));
    assert_eq!(purge(), Err(EdgeError::Refused("purge_cache", 401)));
    let setup: EdgeSetup = toml::from_str(&toml.replace("\"T\"", "\"MISSING\"")).unwrap();
    let missing = open(&setup, &secrets, &*log.world).err().unwrap();
    assert_eq!(missing, EdgeError::NoSecret("MISSING".to_owned()));
}

#[test]
fn fastly_is_told_by_256_keys_or_by_address() {
    let log = Log::default();
    let stub = log.clone();
    let url = serve(move |asked| {
        stub.add(asked);
        let keys = asked.header("surrogate-key").split(' ').count();
        let known = asked.header("fastly-key") == "the-token" && asked.method == "POST";
        let soft = asked.headers.contains_key("fastly-soft-purge");
        match asked.path.as_str() {
            _ if !known || soft => refused(403),
            "/service/s1/purge" if keys > 256 => refused(400),
            "/service/s1/purge" => ok("{}"),
            path if path.starts_with("/purge/files.example/lists/") => ok("{\"status\":\"ok\"}"),
            _ => refused(404),
        }
    });
    let toml = format!(
        "name = \"f\"\nkind = \"fastly\"\nservice = \"s1\"\ntoken_env = \"TOKEN\"\nendpoint = \"{url}\""
    );
    let edge = edge(&toml, &log.world);
    let tags: Vec<_> = (0..600).map(|n| format!("ward-{n}")).collect();
    for some in tags.chunks(edge.means().tags.unwrap().per_request) {
        edge.purge(What::Tags(some), contained(), &*log.world).unwrap();
    }
    assert_eq!(log.asked.lock().unwrap().len(), 3);
    purge_all(&*edge, &urls(10), &log.world).unwrap();
    let folders = edge.purge(What::Folders(&folders()), contained(), &*log.world);
    assert_eq!(folders, Err(EdgeError::NoMeans));
}

#[test]
fn akamai_is_told_in_bodies_of_50_kb_that_are_signed_within_its_buckets() {
    let log = Log::default();
    let (limit, stub) = (Limit::new(10_000.0, 200.0), log.clone());
    let url = serve(move |asked| {
        stub.add(asked);
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let objects = body["objects"].as_array().unwrap().len();
        // Signed again by who knows the secret, with the time and the nonce of the header.
        let header = asked.header("authorization");
        let nonce = header.split("nonce=").nth(1).unwrap().split(';').next().unwrap();
        let signer = EdgeGrid {
            client_token: "the-ct".to_owned(),
            client_secret: "the-cs".to_owned(),
            access_token: "the-at".to_owned(),
        };
        let now = crate::takedown::world::World::now(&*stub.world);
        let host = asked.header("host");
        let body = asked.body.as_bytes();
        let expected = signer.authorization("POST", host, &asked.path, body, now, nonce);
        match () {
            () if header != expected => refused(401),
            () if asked.body.len() > 50_000 => refused(413),
            () if !limit.takes(objects, &stub.world) => refused(429),
            () => (201, None, "{\"httpStatus\":201,\"estimatedSeconds\":5}".to_owned()),
        }
    });
    let toml = format!(
        "name = \"a\"\nkind = \"akamai\"\nclient_token_env = \"CT\"\nclient_secret_env = \"CS\"\n\
         access_token_env = \"AT\"\nendpoint = \"{url}\""
    );
    let edge = edge(&toml, &log.world);
    purge_all(&*edge, &urls(34_000), &log.world).unwrap();
    // 10,000 at once, the others at 200 a second.
    assert_eq!(log.world.elapsed_seconds(), 120);
    let told: usize =
        log.bodies().iter().map(|body| body["objects"].as_array().unwrap().len()).sum();
    assert_eq!(told, 34_000);
    let nonces: std::collections::BTreeSet<_> =
        log.asked.lock().unwrap().iter().map(|a| a.header("authorization").to_owned()).collect();
    assert_eq!(nonces.len(), log.asked.lock().unwrap().len());
}

/// A distribution in which an invalidation takes a minute, and 15 wildcards may be in progress.
fn distribution(log: &Log) -> String {
    let stub = log.clone();
    let running = Mutex::new(Vec::<(u64, usize)>::new());
    serve(move |asked| {
        stub.add(asked);
        let now = stub.world.elapsed_seconds();
        let date = asked.header("x-amz-date").to_owned();
        let signer = Aws {
            access_key: "the-ak".to_owned(),
            secret_key: "the-sk".to_owned(),
            region: "us-east-1".to_owned(),
            service: "cloudfront",
        };
        let signed = Signed {
            method: &asked.method,
            host: asked.header("host"),
            path: &asked.path,
            query: "",
            headers: &[],
            body: asked.body.as_bytes(),
        };
        let at = crate::takedown::world::World::now(&*stub.world);
        let expected = signer.headers(&signed, at);
        if expected[1].1 != asked.header("authorization") || expected[0].1 != date {
            return refused(403);
        }
        let mut running = running.lock().unwrap();
        if asked.method == "GET" {
            let number: usize = asked.path.rsplit('I').next().unwrap().parse().unwrap();
            let done = now >= running[number].0 + 60;
            let status = if done { "Completed" } else { "InProgress" };
            return ok(&format!("<Invalidation><Status>{status}</Status></Invalidation>"));
        }
        let wild = asked.body.matches("*</Path>").count();
        let busy: usize = running.iter().filter(|(at, _)| now < at + 60).map(|(_, n)| n).sum();
        if busy + wild > 15 {
            return (400, None, "<Code>TooManyInvalidationsInProgress</Code>".to_owned());
        }
        running.push((now, wild));
        let id = running.len() - 1;
        (
            201,
            None,
            format!("<Invalidation><Id>I{id}</Id><Status>InProgress</Status></Invalidation>"),
        )
    })
}

#[test]
fn cloudfront_is_told_by_15_wildcards_at_a_time_and_waited_for() {
    let log = Log::default();
    let url = distribution(&log);
    let toml = format!(
        "name = \"c\"\nkind = \"cloudfront\"\ndistribution = \"D1\"\naccess_key_env = \"AK\"\n\
         secret_key_env = \"SK\"\nendpoint = \"{url}\""
    );
    let edge = edge(&toml, &log.world);
    let site = folders()[0].site.clone();
    let folders: Vec<_> =
        (0..40).map(|n| Folder { site: site.clone(), path: format!("/a&b/{n}/") }).collect();
    for some in folders.chunks(edge.means().folders.unwrap().per_request) {
        edge.purge(What::Folders(some), contained(), &*log.world).unwrap();
    }
    assert!((180..200).contains(&log.world.elapsed_seconds()));
    let asked = log.asked.lock().unwrap();
    let posted: Vec<_> = asked.iter().filter(|asked| asked.method == "POST").collect();
    assert_eq!(posted.len(), 3);
    assert!(posted[0].body.contains("<Quantity>15</Quantity><Items><Path>/a&amp;b/0/*</Path>"));
}
