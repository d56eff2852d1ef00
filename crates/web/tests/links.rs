//! Links to certificates: they work for ten minutes, for the account that they were shown to and
//! for what they name, and every answer at such an address is private.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::Settings;
use common::{Answer, Server, between, link, page, vaccinate};
use domain::travel::{Nationality, PassportNumber, TravelDetails};
use jiff::{SignedDuration, civil::date};

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const CERTIFICATE: &str = "/certificate?";
const CARD: &str = "/certificate/card?";
const ICVP: &str = "/certificate/icvp?";
const CREDENTIAL: &str = "/certificate/credential?";
const COWIN: &str = "/certificate/cowin?";

/// A server with a vaccinated person on a mobile, who travels: the number of the person, and the token.
async fn family() -> (Server, String, String) {
    let settings = Settings {
        limits: None,
        public_address: Some("https://teeka.example".to_owned()),
        ..Settings::default()
    };
    let server = Server::start(settings).await;
    let token = server.sign_in(MOBILE).await;
    let reference = server.register(&token, 1, "1980").await;
    vaccinate(&server, MOBILE, &reference).await;
    let travel = TravelDetails {
        born_on: date(1980, 12, 31),
        passport: PassportNumber::parse("K1234567").unwrap(),
        nationality: Nationality::parse("IND").unwrap(),
        guardian: None,
    };
    let (platform, ctx) = (&server.world.platform, server.world.resident(MOBILE));
    let person = platform.by_reference(&reference).unwrap();
    platform.put_travel_details(&ctx, person, &travel).await.unwrap();
    (server, token, reference)
}

/// The links of the page of the family.
async fn links(server: &Server, token: &str) -> [String; 5] {
    let people = page(server, "/people", Some(token)).await;
    [CERTIFICATE, CARD, ICVP, CREDENTIAL, COWIN].map(|start| link(&people, start))
}

/// Whether an answer is what a link to a certificate opens.
fn opened(answer: &Answer) -> bool {
    let begins = |start: &[u8]| answer.bytes.starts_with(start);
    let file = ["application/smart-health-card", "application/vc"]
        .into_iter()
        .any(|kind| answer.header("content-type") == Some(kind));
    answer.status == 200 && (file || begins(b"%PDF") || begins(b"\x89PNG") || begins(b"HC1:"))
}

/// An answer that gives nothing away, with its status, and is kept by nobody.
fn shut(answer: &Answer, status: u16, of: &str) {
    assert_eq!(answer.status, status, "{of}");
    assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{of}");
    private(answer, of);
}

fn private(answer: &Answer, of: &str) {
    assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{of}");
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"), "{of}");
}

#[tokio::test]
async fn a_link_works_for_ten_minutes_and_then_says_what_to_do() {
    let (server, token, reference) = family().await;
    let links = links(&server, &token).await;
    server.world.advance(SignedDuration::from_secs(9 * 60 + 59));
    for link in &links {
        let answer = page(&server, link, Some(&token)).await;
        assert!(opened(&answer), "{link}: {}", answer.status);
        private(&answer, link);
        // Whatever it is printed like.
        if link.starts_with(CERTIFICATE) {
            let abroad = format!("{link}&language=hi&variant=international");
            assert!(opened(&page(&server, &abroad, Some(&token)).await));
        }
    }
    server.world.advance(SignedDuration::from_secs(1));
    for link in &links {
        let answer = page(&server, link, Some(&token)).await;
        shut(&answer, 410, link);
        assert_eq!(between(&answer, "<h1>", "</h1>"), "This link has expired");
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(text.contains("<a class=\"button\" href=\"/people\">"), "{text}");
        assert!(!text.contains("Asha") && !text.contains(&reference), "{text}");
        // Without the sign-in it does not even say that.
        let nobody = page(&server, link, None).await;
        assert!(nobody.status != 410 && !opened(&nobody), "{link}");
        private(&nobody, link);
    }
    // What it says helps.
    for link in self::links(&server, &token).await {
        assert!(opened(&page(&server, &link, Some(&token)).await), "{link}");
    }
}

#[tokio::test]
async fn a_changed_link_opens_nothing() {
    let (server, token, _) = family().await;
    let links = links(&server, &token).await;
    for link in &links {
        let (address, sealed) = link.split_once("&link=").unwrap();
        let sealed = sealed.trim_end_matches("&as=picture");
        let (until, mac) = sealed.split_once('.').unwrap();
        let later = until.parse::<i64>().unwrap() + 600;
        let other = if mac.starts_with('0') { "1" } else { "0" };
        for changed in [
            address.to_owned(),
            format!("{address}&link="),
            format!("{address}&link={until}"),
            format!("{address}&link={until}."),
            format!("{address}&link=.{mac}"),
            format!("{address}&link={later}.{mac}"),
            format!("{address}&link=-{until}.{mac}"),
            format!("{address}&link={until}.{other}{}", &mac[1..]),
            format!("{address}&link={until}.{}", &mac[..62]),
            format!("{address}&link={until}.{mac}00"),
            format!("{address}&link={until}.{}", "é".repeat(10_000)),
            format!("{address}&link={}.{mac}", "9".repeat(100)),
        ] {
            shut(&page(&server, &changed, Some(&token)).await, 404, &changed);
        }
        assert!(opened(&page(&server, link, Some(&token)).await), "{link}");
    }
    // The link of one thing does not open the other.
    let sealed = |link: &str| {
        let sealed = link.split_once("&link=").unwrap().1;
        sealed.trim_end_matches("&as=picture").to_owned()
    };
    let pairs = (0..5).flat_map(|one| (0..5).map(move |other| (one, other)));
    for (one, other) in pairs.filter(|(one, other)| one != other) {
        let swapped = links[one].replace(&sealed(&links[one]), &sealed(&links[other]));
        shut(&page(&server, &swapped, Some(&token)).await, 404, &swapped);
    }
}

#[tokio::test]
async fn a_link_of_one_person_or_account_does_not_open_another() {
    let (server, token, _) = family().await;
    server.register(&token, 2, "1981").await;
    let links = links(&server, &token).await;
    let other = server.sign_in(OTHER).await;
    for link in &links {
        shut(&page(&server, link, Some(&other)).await, 404, link);
    }
    // Another person of the same account, under the link of the first one.
    let people = page(&server, "/people", Some(&token)).await;
    let first = between(&people, "/people/correct?person=", "\"");
    let handle = between(&people, "/people/change?person=", "\"");
    assert_ne!(first, handle);
    for link in &links {
        let swapped = link.replace(&first, &handle);
        assert_ne!(&swapped, link);
        shut(&page(&server, &swapped, Some(&token)).await, 404, &swapped);
    }
}

#[tokio::test]
async fn the_call_of_the_contract_needs_no_link() {
    let (server, token, reference) = family().await;
    server.world.advance(SignedDuration::from_mins(11));
    let call =
        format!("/api/v2/registration/certificate/download?beneficiary_reference_id={reference}");
    let answer = server.get(&call, Some(&token)).await;
    assert!(opened(&answer), "{}", answer.status);
    private(&answer, &call);
}
