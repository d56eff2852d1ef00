use super::*;

fn scope(text: &str) -> Scope {
    Scope::read(text).unwrap()
}

fn files() -> Scope {
    scope(
        "[[host]]\nname = 'Files.Example'\npaths = ['/public']\n\
         [[host]]\nname = '127.0.0.1'\nports = [8080]\n\
         [[host]]\nname = '[::1]'\nports = [8080]",
    )
}

#[test]
fn only_what_is_in_the_scope_is_admitted() {
    let scope = files();
    #[rustfmt::skip]
    let cases = [
        ("https://files.example/public/a.pdf",              true),
        ("HTTPS://FILES.EXAMPLE:443/public/",               true),
        ("http://files.example/public",                     true),
        ("https://files.example/publications/a.pdf",        false),
        ("https://files.example/",                          false),
        ("https://files.example/public/../secret",          false),
        ("https://files.example/public/%2e%2e/secret",      false),
        ("https://files.example:8443/public/",              false),
        ("https://other.example/public/",                   false),
        ("https://files.example.other.example/public/",     false),
        ("https://sub.files.example/public/",               false),
        ("https://files.example./public/",                  false),
        ("https://files.example@other.example/public/",     false),
        ("https://other.example@files.example/public/",     false),
        ("https://files.example:443@other.example/public/", false),
        ("https://other.example\\@files.example/public/",   false),
        ("https://files.example%2eother.example/public/",   false),
        ("https:files.example/public/",                     true),  // as browsers read it
        ("//files.example/public/",                         false),
        ("ftp://files.example/public/",                     false),
        ("file:///public/",                                 false),
        ("http://127.0.0.1:8080/",                          true),
        ("http://2130706433:8080/",                         true),  // the same host
        ("http://127.0.0.2:8080/",                          false),
        ("http://localhost:8080/",                          false),
        ("http://[::1]:8080/",                              true),
        ("http://[::ffff:127.0.0.1]:8080/",                 false),
        ("https://ｆiles.example/public/",                  true),  // the same host
        ("https://fi\u{430}les.example/public/",            false),
    ];
    for (text, admitted) in cases {
        assert_eq!(scope.admit(text).is_some(), admitted, "{text}");
    }
    let long = format!("https://files.example/public/{}", "a".repeat(5_000));
    assert!(scope.admit(&long).is_none());
}

#[test]
fn what_an_address_points_to_is_held_to_the_same() {
    let scope = files();
    let base = scope.admit("https://files.example/public/list/").unwrap();
    #[rustfmt::skip]
    let cases = [
        ("a.pdf",                     Some("https://files.example/public/list/a.pdf")),
        ("a.pdf#page=2",              Some("https://files.example/public/list/a.pdf")),
        ("../b.pdf?x=1",              Some("https://files.example/public/b.pdf?x=1")),
        ("/etc/passwd",               None),
        ("//other.example/public/",   None),
        ("\\\\other.example/public/", None),
        ("javascript:alert(1)",       None),
        ("mailto:asha@files.example", None),
    ];
    for (reference, address) in cases {
        let admitted = scope.admit_from(base.url(), reference);
        assert_eq!(admitted.as_ref().map(|one| one.url().as_str()), address, "{reference}");
    }
    assert_eq!(base.origin(), "https://files.example:443");
}

#[test]
fn a_name_leads_only_where_it_may() {
    let scope = scope(
        "[[host]]\nname = 'files.example'\n\
         [[host]]\nname = 'inside.example'\nnetworks = ['10.0.0.0/8']\n\
         [[host]]\nname = '127.0.0.1'",
    );
    let leads =
        |name: &str, to: &str| scope.host(name, 443).unwrap().may_lead_to(to.parse().unwrap());
    assert!(leads("files.example", "164.100.58.1") && !leads("files.example", "127.0.0.1"));
    assert!(leads("inside.example", "10.2.3.4") && !leads("inside.example", "164.100.58.1"));
    assert!(leads("127.0.0.1", "127.0.0.1") && !leads("127.0.0.1", "127.0.0.2"));
}

#[test]
fn a_scope_that_is_none_is_refused_without_repeating_it() {
    #[rustfmt::skip]
    let cases = [
        ("",                                                     "the scope is not as it should be"),
        ("host = []",                                            "the scope names no host"),
        ("[[host]]\nname = '*.example'",                         "host 1 of the scope: its name must be a host name or an IP address, and nothing else"),
        ("[[host]]\nname = 'https://a.example'",                 "host 1 of the scope: its name must be a host name or an IP address, and nothing else"),
        ("[[host]]\nname = 'a.example:80'",                      "host 1 of the scope: its name must be a host name or an IP address, and nothing else"),
        ("[[host]]\nname = 'a.example'\nports = []",             "host 1 of the scope: it has no port"),
        ("[[host]]\nname = 'a.example'\npaths = ['public']",     "host 1 of the scope: a path begins with a slash"),
        ("[[host]]\nname = 'a.example'\nrate = -1.0",            "host 1 of the scope: its rate is a number of requests a second, or 0"),
        ("[[host]]\nname = 'a.example'\nconnections = 0",        "host 1 of the scope: it has between 1 and 64 connections"),
        ("[[host]]\nname = 'a.example'\nevil = 1",               "the scope is not as it should be"),
        ("start = ['https://b.example/']\n[[host]]\nname = 'a.example'", "start 1 of the scope is not an address of one of its hosts"),
    ];
    for (text, error) in cases {
        assert_eq!(Scope::read(text).unwrap_err().to_string(), error, "{text}");
    }
}

#[test]
fn what_a_host_wishes_counts_where_the_operator_says_nothing() {
    let scope = scope(
        "[[host]]\nname = 'a.example'\n[[host]]\nname = 'b.example'\nrate = 4.0\n\
         [[host]]\nname = 'c.example'\nrate = 0.0",
    );
    let gap = |name: &str, wish: Option<u64>| {
        scope.host(name, 443).unwrap().gap(wish.map(Duration::from_secs)).as_millis()
    };
    assert_eq!((gap("a.example", None), gap("a.example", Some(3))), (100, 3_000));
    assert_eq!(gap("a.example", Some(900)), 60_000);
    assert_eq!(gap("b.example", Some(3)), 250);
    assert_eq!(gap("c.example", Some(3)), 0);
}
