use super::*;

fn read(html: &str) -> (Vec<Link>, bool) {
    let mut found = Vec::new();
    let own = Url::parse("https://a.example/reports/").unwrap();
    let (listing, whole) = links(html.as_bytes(), &own, &mut |link| found.push(link));
    assert!(whole);
    (found, listing)
}

fn targets(links: &[Link]) -> Vec<&str> {
    links.iter().map(|link| link.to.as_str()).collect()
}

const APACHE: &str = r#"<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /reports</title></head><body><h1>Index of /reports</h1>
<table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td></tr>
<tr><td><a href="a%20b.pdf">a b.pdf</a></td><td align="right">2026-01-14 09:12  </td><td>1.2K</td></tr>
<tr><td><a href="c.pdf">c.pdf</a></td><td align="right">2026-01-14 09:12  </td><td>SIZE</td></tr>
</table></body></html>"#;

const NGINX: &str = "<html>\r\n<head><title>Index of /reports/</title></head>\r\n<body>\r\n\
<h1>Index of /reports/</h1><hr><pre><a href=\"../\">../</a>\r\n\
<a href=\"inner/\">inner/</a>              14-Jan-2026 09:12                   -\r\n\
<a href=\"c.pdf\">c.pdf</a>                14-Jan-2026 09:12                SIZE\r\n\
</pre><hr></body>\r\n</html>\r\n";

const LIGHTTPD: &str = r#"<!DOCTYPE html><html><head><title>Index of /reports/</title></head><body>
<h2>Index of /reports/</h2><div class="list"><table><tbody>
<tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td></tr>
<tr><td class="n"><a href="c.pdf">c.pdf</a></td><td class="m">2026-Jan-14 09:12:33</td><td class="s">SIZE</td></tr>
</tbody></table></div><div class="foot">lighttpd</div></body></html>"#;

const IIS: &str = "<html><head><title>files.example - /reports/</title></head><body>\
<H1>files.example - /reports/</H1><hr>\r\n<pre><A HREF=\"/\">[To Parent Directory]</A><br><br>\
 1/14/2026  9:12 AM         SIZE <A HREF=\"/reports/c.pdf\">c.pdf</A><br>\
 1/14/2026  9:13 AM        &lt;dir&gt; <A HREF=\"/reports/inner/\">inner</A><br></pre><hr></body></html>";

const PYTHON: &str = r#"<!DOCTYPE HTML><html lang="en"><head><meta charset="utf-8">
<title>Directory listing for /reports/</title></head><body><h1>Directory listing for /reports/</h1>
<hr><ul><li><a href="c.pdf">c.pdf</a></li><li><a href="inner/">inner/</a></li></ul><hr></body></html>"#;

#[test]
fn listings_of_every_server_are_known() {
    #[rustfmt::skip]
    let cases = [
        ("Apache",   APACHE,   vec!["/", "a%20b.pdf", "c.pdf"],               "c.pdf",          true),
        ("nginx",    NGINX,    vec!["../", "inner/", "c.pdf"],                "c.pdf",          true),
        ("lighttpd", LIGHTTPD, vec!["../", "c.pdf"],                          "c.pdf",          true),
        ("IIS",      IIS,      vec!["/", "/reports/c.pdf", "/reports/inner/"], "/reports/c.pdf", true),
        ("Python",   PYTHON,   vec!["c.pdf", "inner/"],                       "c.pdf",          false),
    ];
    for (server, html, expected, document, dated) in cases {
        let (found, listing) = read(html);
        assert!(listing && found.iter().all(|link| link.listed), "{server}");
        assert_eq!(targets(&found), expected, "{server}");
        let stamp = |size: &str| {
            let (found, _) = read(&html.replace("SIZE", size));
            found.into_iter().find(|link| link.to == document).unwrap().stamp
        };
        assert_eq!(stamp("4096").is_some(), dated, "{server}");
        assert_eq!(stamp("4096"), stamp("4096"), "{server}");
        assert_eq!(stamp("4096") != stamp("4097"), dated, "{server}: another length");
    }
}

#[test]
fn a_page_gives_its_links_and_not_what_makes_it_pretty() {
    let html = r##"<html><head><title>Reports</title><link rel="stylesheet" href="/a.css">
        <link rel=alternate href=/feed.xml><meta http-equiv="Refresh" content="0; url='/new/'">
        <script src="/a.js">document.write('<a href="/not-a-link">')</script></head>
        <body><!-- <a href="/commented"> --><A HREF='a.pdf?x=1&amp;y=2'>A</A><a name=top></a>
        <a href="#top">up</a><img src=scan.png><iframe src="/frame.html"></iframe>
        <object data="o.pdf"></object><a href=" b.pdf ">unclosed"##;
    let (found, listing) = read(html);
    assert!(!listing);
    assert_eq!(
        targets(&found),
        ["/feed.xml", "/new/", "a.pdf?x=1&y=2", "scan.png", "/frame.html", "o.pdf", "b.pdf"]
    );
    assert!(found.iter().all(|link| link.stamp.is_none() && !link.listed));
}

#[test]
fn a_page_may_say_from_where_its_links_are_read() {
    for (base, target) in [
        ("https://b.example/x/", "https://b.example/x/a.pdf"),
        ("../x/", "https://a.example/x/a.pdf"),
    ] {
        let (found, _) = read(&format!("<base href='{base}'><a href='a.pdf'>a</a>"));
        assert_eq!(targets(&found), [target]);
    }
}
