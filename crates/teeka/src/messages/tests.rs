use super::*;

/// A message with what is hard to escape.
pub(super) fn message() -> Outgoing {
    Outgoing {
        id: Uuid::from_u128(7),
        to: Secret::new("+916000000001".to_owned()),
        text: Secret::new("say \"hi\" & {to} \\ 50% ₹\n".to_owned()),
        kind: "otp".to_owned(),
        at: "2021-05-03T04:30:00Z".parse().unwrap(),
    }
}

/// Why a sink's name is refused.
pub(super) fn refusal(name: &str) -> String {
    let set = |variable: &str| (variable == PASSWORD).then(|| "geheim".to_owned());
    let error = way(name, &set).err().map(|error| format!("{error:#}"));
    error.unwrap_or_else(|| panic!("{name} is taken"))
}

#[tokio::test]
async fn every_kind_of_sink_is_known_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("gateway.toml"), "url = 'https://gateway.example'").unwrap();
    for name in [
        "stdout".to_owned(),
        format!("file:{}", path("messages.jsonl")),
        format!("http:{}", path("gateway.toml")),
        "https://gateway.example/hook".to_owned(),
        "http://127.0.0.1:8081/hook".to_owned(),
        "smtp://user:secret@mail.example/?from=vaccines@health.example".to_owned(),
        "smtps://mail.example/?from=vaccines@health.example&to={digits}@sms.example".to_owned(),
        "smpp://id:secret@centre.example/?source=TEEKAA&rate=50&tlv.1400=11&template.otp=12"
            .to_owned(),
    ] {
        assert!(way(&name, &|_| None).is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_right_is_refused_without_repeating_it() {
    for (name, why) in [
        ("carrier-pigeon", "a sink is"),
        ("file", "a sink is"),
        ("http:/nowhere/gateway.toml", "cannot read"),
        ("http://gateway.example/", "allow_clear"),
        ("smtp://u:geheim@mail.example/", "from is missing"),
        ("smtp://u:geheim@mail.example/?from=nobody", "from"),
        ("smtp://u:geheim@mail.example/?from=a@b.example&tls=maybe", "tls is"),
        ("smtp://u:geheim@mail.example/?from=a@b.example&fron=1", "fron"),
        ("smtp://u:geheim@mail.example/?from=a@b.example&to={mobile}@c.example", "{mobile}"),
        ("smpp://id:geheim@centre.example/", "source is missing"),
        ("smpp://centre.example/?source=A", "system id"),
        ("smpp://id:geheim123@centre.example/?source=A", "at most 8"),
        ("smpp://id:geheim@centre.example/?source=A&rate=0", "at least 1"),
        ("smpp://id:geheim@centre.example/?source=A&rate=fast", "a number"),
        ("smpp://id:geheim@centre.example/?source=A&alphabet=klingon", "gsm or ucs2"),
        ("smpp://id:geheim@centre.example/?source=A&tlv.xyz=1", "hex"),
        ("smpp://id:geheim@centre.example/path?source=A", "no path"),
        ("smpp://id:geheim@/?source=A", "URL"),
    ] {
        let refused = refusal(name);
        assert!(refused.contains(why), "{name}: {refused}");
        assert!(!refused.contains("geheim"), "{refused}");
    }
}

#[test]
fn a_mobile_gets_the_country_code_and_a_mail_address_does_not() {
    let to = |to: &str| {
        let opened = Opened {
            id: Uuid::nil(),
            to: Secret::new(to.to_owned()),
            text: Secret::new(String::new()),
        };
        let message = Message {
            id: Uuid::nil(),
            bucket: 0,
            sealed: vec![],
            kind: "otp".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            tries: 0,
        };
        let outgoing = Outgoing::new(&message, &opened);
        (outgoing.to.expose().clone(), outgoing.digits().map(str::to_owned))
    };
    assert_eq!(to("6000000001"), ("+916000000001".into(), Some("916000000001".into())));
    assert_eq!(to("+447700900123"), ("+447700900123".into(), Some("447700900123".into())));
    assert_eq!(to("a@b.example"), ("a@b.example".into(), None));
}

#[tokio::test]
async fn a_file_gets_a_line_for_each_message_and_is_its_owners_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let name = format!("file:{}", path.display());
    for _ in 0..2 {
        // Opened anew, it is continued.
        way(&name, &|_| None).unwrap().deliver(&message()).await.unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        serde_json::json!({
            "to": "+916000000001",
            "text": "say \"hi\" & {to} \\ 50% ₹\n",
            "kind": "otp",
            "at": "2021-05-03T04:30:00Z",
        })
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
