//! A bucket as the S3 API describes it, with signatures, a policy, tags and permissions of objects,
//! and links that somebody signed before.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::*;
use crate::takedown::{
    fixture::{Asked, Played, Said, serve},
    world::Told,
};

#[derive(Default)]
struct Object {
    tags: Vec<(String, String)>,
    private: bool,
}

#[derive(Default)]
struct State {
    policy: Option<Value>,
    objects: BTreeMap<String, Object>,
    writes: usize,
}

impl State {
    /// Whether somebody with a signed link may read it: unless the policy denies it.
    fn denies(&self, object: &Object) -> bool {
        let statements = self.policy.as_ref().and_then(|policy| policy["Statement"].as_array());
        statements.into_iter().flatten().any(|statement| {
            let wanted = &statement["Condition"]["StringEquals"]["s3:ExistingObjectTag/teeka-gone"];
            let marked = object.tags.iter().any(|(name, value)| name == TAG && wanted == value);
            statement["Effect"] == "Deny" && marked
        })
    }
}

fn is_signed(asked: &Asked, now: u64) -> bool {
    let signer = Aws {
        access_key: "the-ak".to_owned(),
        secret_key: "the-sk".to_owned(),
        region: "ap-south-1".to_owned(),
        service: "s3",
    };
    let names = asked.header("authorization").split("SignedHeaders=").nth(1);
    let names = names.and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let headers = names.split(';').filter(|name| !["host", "x-amz-date"].contains(name));
    let headers: Vec<_> =
        headers.map(|name| (name.to_owned(), asked.header(name).to_owned())).collect();
    let query = format!("{}=", asked.query);
    let signed = Signed {
        method: &asked.method,
        host: asked.header("host"),
        path: &asked.path,
        query: &query,
        headers: &headers,
        body: asked.body.as_bytes(),
    };
    asked.header("x-amz-content-sha256") == Digest::of(asked.body.as_bytes()).to_string()
        && signer.headers(&signed, now)[1].1 == asked.header("authorization")
}

fn answer(state: &mut State, asked: &Asked, now: u64) -> Said {
    let said = |status: u16, body: String| (status, None, body);
    let key = asked.path.strip_prefix("/papers/").unwrap_or_default().to_owned();
    if asked.query.starts_with("X-Amz-Signature") {
        let object = &state.objects[&key];
        return said(if state.denies(object) { 403 } else { 200 }, String::new());
    }
    if !is_signed(asked, now) {
        return said(403, String::new());
    }
    match (asked.method.as_str(), asked.query.as_str()) {
        ("GET", "policy") => state
            .policy
            .as_ref()
            .map_or_else(|| said(404, String::new()), |policy| said(200, policy.to_string())),
        ("PUT", "policy") => {
            state.policy = Some(serde_json::from_str(&asked.body).unwrap());
            state.writes += 1;
            said(204, String::new())
        }
        ("GET", "tagging") => match state.objects.get(&key) {
            Some(object) => said(200, tagging(&object.tags)),
            None => said(404, String::new()),
        },
        ("PUT", "tagging") => {
            state.objects.get_mut(&key).unwrap().tags = tags(&asked.body).unwrap();
            state.writes += 1;
            said(200, String::new())
        }
        ("PUT", "acl") => {
            let private = asked.header("x-amz-acl") == "private";
            state.objects.get_mut(&key).unwrap().private = private;
            said(200, String::new())
        }
        _ => said(400, String::new()),
    }
}

fn start(world: &Arc<Played>) -> (Arc<Mutex<State>>, BucketSetup) {
    let state = Arc::new(Mutex::new(State::default()));
    for key in ["web/lists/a%20b.pdf", "web/lists/%E0%A4%9F.pdf", "web/open/c.pdf"] {
        let tags = vec![("owner".to_owned(), "a & b".to_owned())];
        let object = Object { tags, private: false };
        state.lock().unwrap().objects.insert(key.to_owned(), object);
    }
    let (serving, clock) = (Arc::clone(&state), Arc::clone(world));
    let endpoint = serve(move |asked| answer(&mut serving.lock().unwrap(), asked, clock.now()));
    let setup = BucketSetup {
        endpoint,
        name: "papers".to_owned(),
        region: "ap-south-1".to_owned(),
        prefix: "web/".to_owned(),
        access_key_env: "AK".to_owned(),
        secret_key_env: "SK".to_owned(),
    };
    (state, setup)
}

#[expect(clippy::unnecessary_wraps, reason = "a look-up may find nothing")]
fn secrets(name: &str) -> Option<String> {
    Some(format!("the-{}", name.to_lowercase()))
}

#[test]
fn a_signed_link_opens_nothing_that_is_gone() {
    let world = Arc::new(Played::default());
    let (state, setup) = start(&world);
    let other = json!({ "Sid": "Other", "Effect": "Allow", "Principal": "*" });
    // A statement alone is not a list.
    state.lock().unwrap().policy = Some(json!({ "Version": "2012-10-17", "Statement": other }));
    let work = Work { world: &*world, tell: &|_: Told| {}, threads: 2 };
    let link = |key: &str| {
        let url = format!("{}/papers/{key}?X-Amz-Signature=00", setup.endpoint);
        let request = Request::get(url).body(Vec::new()).unwrap();
        Client::by_name().ask(request).unwrap().status
    };
    let paths = ["/lists/a%20b.pdf", "/lists/%E0%A4%9F.pdf", "/lists/not-there.pdf"];
    assert_eq!(link("web/lists/a%20b.pdf"), 200);
    put(&setup, &paths, true, &secrets, work).unwrap();
    let answers = ["web/lists/a%20b.pdf", "web/lists/%E0%A4%9F.pdf", "web/open/c.pdf"].map(link);
    assert_eq!(answers, [403, 403, 200]);
    {
        let state = state.lock().unwrap();
        let statements = state.policy.as_ref().unwrap()["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0], other);
        let object = &state.objects["web/lists/a%20b.pdf"];
        assert!(object.private && object.tags[0].1 == "a & b");
        assert_eq!(state.writes, 3);
    }
    // Once more writes nothing, and taking it back leaves what others had.
    put(&setup, &paths, true, &secrets, work).unwrap();
    assert_eq!(state.lock().unwrap().writes, 3);
    put(&setup, &paths, false, &secrets, work).unwrap();
    assert_eq!(link("web/lists/a%20b.pdf"), 200);
    let state = state.lock().unwrap();
    assert_eq!(state.objects["web/lists/a%20b.pdf"].tags, [("owner".into(), "a & b".into())]);
    assert!(state.objects["web/lists/a%20b.pdf"].private, "who wants it public again says so");
}

#[test]
fn a_bucket_that_refuses_is_told() {
    let world = Arc::new(Played::default());
    let (_, mut setup) = start(&world);
    let work = Work { world: &*world, tell: &|_: Told| {}, threads: 2 };
    let none = |_: &str| None;
    assert_eq!(put(&setup, &["/a"], true, &none, work), Err(BucketError::NoKey));
    setup.region = "eu-west-1".to_owned();
    let refused = put(&setup, &["/a"], true, &secrets, work);
    assert_eq!(refused, Err(BucketError::Refused("GetBucketPolicy", 403)));
}

#[test]
fn tags_are_read_and_written() {
    let written = [("a & b".to_owned(), "<1>".to_owned()), (TAG.to_owned(), "1".to_owned())];
    assert_eq!(tags(&tagging(&written)).unwrap(), written);
    assert_eq!(tags("<Tagging><TagSet/></Tagging>").unwrap(), []);
    let numbered = tags("<Tag><Key>owner</Key><Value>Asha&#39;s &#x26; others</Value></Tag>");
    assert_eq!(numbered.unwrap(), [("owner".to_owned(), "Asha's & others".to_owned())]);
    assert!(tags("<Tagging>&unknown;").is_none());
}
