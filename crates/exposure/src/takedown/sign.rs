//! How requests are signed for those who want more than a token: AWS Signature Version 4 and Akamai
//! EdgeGrid. Both are HMAC-SHA-256 over a text made of the request.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{digest, world::instant};
use crate::exposed::Digest;

/// What signs a request to AWS, or to who speaks its protocols.
pub struct Aws {
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: &'static str,
}

/// A request as it is signed.
pub struct Signed<'a> {
    /// Its method.
    pub method: &'a str,
    /// The host, with its port if that is not the scheme's own.
    pub host: &'a str,
    /// The path, escaped once.
    pub path: &'a str,
    /// The query, sorted and escaped.
    pub query: &'a str,
    /// Other headers that are signed: small names, in order.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text).as_ref().to_vec()
}

/// A time as both protocols need it.
fn utc(at: u64, format: &str) -> String {
    instant(at).strftime(format).to_string()
}

impl Aws {
    /// The headers that sign a request: `x-amz-date` and `authorization`. `x-amz-content-sha256` is
    /// to be among the other headers where the service wants it.
    ///
    /// # Source
    ///
    /// AWS, "Create a signed AWS API request", Signature Version 4.
    pub fn headers(&self, request: &Signed<'_>, at: u64) -> [(&'static str, String); 2] {
        let (time, date) = (utc(at, "%Y%m%dT%H%M%SZ"), utc(at, "%Y%m%d"));
        let mut headers = vec![
            ("host".to_owned(), request.host.to_owned()),
            ("x-amz-date".to_owned(), time.clone()),
        ];
        headers.extend_from_slice(request.headers);
        headers.sort();
        let lines: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect();
        let lines = lines.join("\n");
        let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let Signed { method, path, query, body, .. } = request;
        let canonical = format!("{method}\n{path}\n{query}\n{lines}\n\n{names}\n{}", digest(body));
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", digest(canonical.as_bytes()));
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [date.as_str(), &self.region, self.service, "aws4_request"] {
            key = hmac(&key, part.as_bytes());
        }
        let signature = hex::encode(hmac(&key, text.as_bytes()));
        let by = &self.access_key;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={by}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        [("x-amz-date", time), ("authorization", authorization)]
    }
}

/// What signs a request to Akamai.
pub struct EdgeGrid {
    /// The client token.
    pub client_token: String,
    /// The client secret.
    pub client_secret: String,
    /// The access token.
    pub access_token: String,
}

impl EdgeGrid {
    /// The header `authorization` of a request; `path` has the query with it.
    ///
    /// # Source
    ///
    /// Akamai, "Authentication with EdgeGrid", signing steps.
    pub fn authorization(
        &self,
        method: &str,
        host: &str,
        path: &str,
        body: &[u8],
        at: u64,
        nonce: &str,
    ) -> String {
        let time = utc(at, "%Y%m%dT%H:%M:%S+0000");
        let unsigned = format!(
            "EG1-HMAC-SHA256 client_token={};access_token={};timestamp={time};nonce={nonce};",
            self.client_token, self.access_token
        );
        let key = STANDARD.encode(hmac(self.client_secret.as_bytes(), time.as_bytes()));
        let hash = if method == "POST" && !body.is_empty() {
            STANDARD.encode(Digest::of(body).0)
        } else {
            String::new()
        };
        let text = format!("{method}\thttps\t{host}\t{path}\t\t{hash}\t{unsigned}");
        format!("{unsigned}signature={}", STANDARD.encode(hmac(key.as_bytes(), text.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws(access_key: &str, service: &'static str) -> Aws {
        Aws {
            access_key: access_key.to_owned(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            region: "us-east-1".to_owned(),
            service,
        }
    }

    fn signature(headers: &[(&str, String); 2]) -> String {
        headers[1].1.rsplit("Signature=").next().unwrap().to_owned()
    }

    /// The two examples that AWS publishes.
    #[test]
    fn aws_requests_are_signed_as_in_its_documentation() {
        let list = Signed {
            method: "GET",
            host: "iam.amazonaws.com",
            path: "/",
            query: "Action=ListUsers&Version=2010-05-08",
            headers: &[(
                "content-type".to_owned(),
                "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
            )],
            body: b"",
        };
        let mut iam = aws("AKIDEXAMPLE", "iam");
        iam.secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
        let signed = signature(&iam.headers(&list, 1_440_938_160));
        assert_eq!(signed, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
        let get = Signed {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test.txt",
            query: "",
            headers: &[
                ("range".to_owned(), "bytes=0-9".to_owned()),
                ("x-amz-content-sha256".to_owned(), digest(b"")),
            ],
            body: b"",
        };
        let signed = signature(&aws("AKIAIOSFODNN7EXAMPLE", "s3").headers(&get, 1_369_353_600));
        assert_eq!(signed, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    /// From the test data of Akamai's own clients.
    #[test]
    fn akamai_requests_are_signed_as_in_its_test_data() {
        let signer = EdgeGrid {
            client_token: "akab-client-token-xxx-xxxxxxxxxxxxxxxx".to_owned(),
            client_secret: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=".to_owned(),
            access_token: "akab-access-token-xxx-xxxxxxxxxxxxxxxx".to_owned(),
        };
        let host = "akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net";
        let nonce = "nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        let data = b"datadatadatadatadatadatadatadata".as_slice();
        for (method, path, body, expected) in [
            ("GET", "/", b"".as_slice(), "tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU="),
            (
                "GET",
                "/testapi/v1/t1?p1=1&p2=2",
                b"",
                "hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA=",
            ),
            ("POST", "/testapi/v1/t3", data, "hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4="),
            ("POST", "/testapi/v1/t6", b"", "1gEDxeQGD5GovIkJJGcBaKnZ+VaPtrc4qBUHixjsPCQ="),
        ] {
            let header = signer.authorization(method, host, path, body, 1_395_430_461, nonce);
            assert!(header.ends_with(&format!("signature={expected}")), "{path}: {header}");
        }
    }
}
