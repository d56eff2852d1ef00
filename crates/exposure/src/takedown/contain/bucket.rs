//! A bucket that serves documents itself: each object is marked by a tag, and one statement of the
//! bucket's policy denies reading whatever is marked. A denial beats every permission, also that of
//! a link that somebody signed before. An object's own permissions are made private as well.
//!
//! # Source
//!
//! The S3 API: `GetBucketPolicy`, `PutBucketPolicy`, `GetObjectTagging`, `PutObjectTagging`,
//! `PutObjectAcl`; the condition key `s3:ExistingObjectTag`.

use std::sync::Mutex;

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use quick_xml::{Reader, events::Event};
use serde_json::{Value, json};
use ureq::http::Request;

use super::Secrets;
use crate::{
    escape::{self, reference},
    exposed::Digest,
    takedown::{
        http::{Answer, Client, Unreachable},
        setup::BucketSetup,
        sign::{Aws, Signed},
        world::{Work, World},
    },
};

/// The name of our statement and of our tag.
const STATEMENT: &str = "TeekaGone";
const TAG: &str = "teeka-gone";

/// Why a bucket does not do what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// A variable with a key is not set.
    #[error("the variable with its access key or its secret key is not set")]
    NoKey,
    /// It does not answer.
    #[error(transparent)]
    Away(#[from] Unreachable),
    /// It refuses.
    #[error("it answers {1} to {0}")]
    Refused(&'static str, u16),
    /// Its policy or its tags are not of the documented shape.
    #[error("what it says of itself is not of the documented shape")]
    Shape,
}

struct Bucket<'a> {
    setup: &'a BucketSetup,
    host: String,
    client: Client,
    signer: Aws,
    world: &'a dyn World,
}

/// Marks objects as gone and denies reading them, or takes the marks back. What was private before
/// stays private: who wants it public again says so.
///
/// # Errors
///
/// [`BucketError`] if it does not do all of it. Some objects may be marked then; doing it again does
/// the rest.
pub fn put(
    setup: &BucketSetup,
    paths: &[&str],
    gone: bool,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<(), BucketError> {
    let key = |name: &str| secrets(name).ok_or(BucketError::NoKey);
    let signer = Aws {
        access_key: key(&setup.access_key_env)?,
        secret_key: key(&setup.secret_key_env)?,
        region: setup.region.clone(),
        service: "s3",
    };
    let host = setup.endpoint.split("://").nth(1).unwrap_or_default();
    let host = host.trim_end_matches('/').to_owned();
    let bucket = Bucket { setup, host, client: Client::by_name(), signer, world: work.world };
    if gone {
        bucket.deny()?;
    }
    let failed = Mutex::new(None);
    work.each("marking objects", paths, |path| {
        if let Err(error) = bucket.mark(path, gone) {
            failed.lock().expect("nobody panicked").get_or_insert(error);
        }
    });
    failed.into_inner().expect("nobody panicked").map_or(Ok(()), Err)
}

impl Bucket<'_> {
    fn ask(
        &self,
        what: &'static str,
        method: &str,
        key: &str,
        query: &str,
        extra: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, BucketError> {
        let path = format!("/{}/{key}", self.setup.name);
        let hash = Digest::of(&body);
        let sum = STANDARD.encode(hash.0);
        let mut headers = vec![("x-amz-content-sha256".to_owned(), hash.to_string())];
        if !body.is_empty() {
            headers.push(("x-amz-checksum-sha256".to_owned(), sum));
            headers.push(("x-amz-sdk-checksum-algorithm".to_owned(), "SHA256".to_owned()));
        }
        headers.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let host = self.host.as_str();
        // What is signed has a sign of equality after a name without a value, too.
        let query_signed = format!("{query}=");
        let (path, body_ref, query_ref) = (path.as_str(), body.as_slice(), query_signed.as_str());
        let signed =
            Signed { method, host, path, query: query_ref, headers: &headers, body: body_ref };
        let signature = self.signer.headers(&signed, self.world.now());
        let url = format!("{}{path}?{query}", self.setup.endpoint.trim_end_matches('/'));
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        for (name, value) in signature {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|_| BucketError::Shape)?;
        let answer = self.client.ask_patiently(&request, self.world)?;
        match answer.status {
            200..=299 | 404 => Ok(answer),
            status => Err(BucketError::Refused(what, status)),
        }
    }

    /// Puts our statement into the policy, beside what is there.
    fn deny(&self) -> Result<(), BucketError> {
        let answer = self.ask("GetBucketPolicy", "GET", "", "policy", &[], Vec::new())?;
        let mut policy = if answer.status == 404 {
            json!({ "Version": "2012-10-17", "Statement": [] })
        } else {
            serde_json::from_str(&answer.body).map_err(|_| BucketError::Shape)?
        };
        let ours = json!({
            "Sid": STATEMENT,
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": format!("arn:aws:s3:::{}/*", self.setup.name),
            "Condition": { "StringEquals": { format!("s3:ExistingObjectTag/{TAG}"): "1" } },
        });
        let statements = policy.get_mut("Statement").ok_or(BucketError::Shape)?;
        if !statements.is_array() {
            *statements = Value::Array(vec![statements.take()]);
        }
        let statements = statements.as_array_mut().ok_or(BucketError::Shape)?;
        if statements.contains(&ours) {
            return Ok(());
        }
        statements.retain(|statement| statement["Sid"] != STATEMENT);
        statements.push(ours);
        let body = policy.to_string().into_bytes();
        let put = self.ask("PutBucketPolicy", "PUT", "", "policy", &[], body)?;
        if put.status == 404 { Err(BucketError::Refused("PutBucketPolicy", 404)) } else { Ok(()) }
    }

    fn mark(&self, path: &str, gone: bool) -> Result<(), BucketError> {
        let decoded: Vec<u8> = percent_decode_str(path.trim_start_matches('/')).collect();
        let key = [self.setup.prefix.as_bytes(), &decoded].concat();
        let key = escape::key(&key).to_string();
        let answer = self.ask("GetObjectTagging", "GET", &key, "tagging", &[], Vec::new())?;
        if answer.status == 404 {
            // It is gone by itself.
            return Ok(());
        }
        let before = tags(&answer.body).ok_or(BucketError::Shape)?;
        let mut after = before.clone();
        after.retain(|(name, _)| name != TAG);
        if gone {
            after.push((TAG.to_owned(), "1".to_owned()));
        }
        if after != before {
            let body = tagging(&after).into_bytes();
            self.ask("PutObjectTagging", "PUT", &key, "tagging", &[], body)?;
        }
        if gone {
            let acl = [("x-amz-acl", "private")];
            match self.ask("PutObjectAcl", "PUT", &key, "acl", &acl, Vec::new()) {
                // A bucket may have no permissions of single objects at all; then the policy is all.
                Err(BucketError::Refused(_, 400)) => {}
                other => drop(other?),
            }
        }
        Ok(())
    }
}

/// The tags of an object.
fn tags(xml: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader::from_str(xml);
    let (mut tags, mut name, mut text) = (Vec::new(), String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(part) => text.push_str(&reference(&part)?),
            Event::End(end) if end.name().as_ref() == "Key" => name = std::mem::take(&mut text),
            Event::End(end) if end.name().as_ref() == "Value" => {
                tags.push((std::mem::take(&mut name), std::mem::take(&mut text)));
            }
            Event::Eof => return Some(tags),
            _ => {}
        }
    }
}

fn tagging(tags: &[(String, String)]) -> String {
    let tag = |(name, value): &(String, String)| {
        let (name, value) = (quick_xml::escape::escape(name), quick_xml::escape::escape(value));
        format!("<Tag><Key>{name}</Key><Value>{value}</Value></Tag>")
    };
    let tags: String = tags.iter().map(tag).collect();
    format!(
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>{tags}</TagSet></Tagging>"
    )
}

#[cfg(test)]
mod tests;
