use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

use super::{super::tests::message, *};

/// A mail server that answers the recipient with a line, and tells what it was told.
async fn stub(to_recipient: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let told = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 stub\r\n").await.unwrap();
        let (mut told, mut in_mail) = (String::new(), false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap() == 0 {
                return told;
            }
            told.push_str(&line);
            let answer = match line.split([' ', '\r']).next().unwrap() {
                "." => {
                    in_mail = false;
                    "250 taken"
                }
                _ if in_mail => continue,
                "EHLO" => "250-stub\r\n250 AUTH PLAIN",
                "RCPT" => to_recipient,
                "DATA" => {
                    in_mail = true;
                    "354 go on"
                }
                "QUIT" => return told,
                _ => "250 fine",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        }
    });
    (address, told)
}

fn server(address: &str, settings: &str) -> MailServer {
    let url = format!("smtp://{address}/?from=vaccines@health.example&tls=none{settings}");
    MailServer::parse(&url, &|_| None).unwrap()
}

#[tokio::test]
async fn a_mobile_is_reached_through_the_gateways_domain() {
    let (address, told) = stub("250 fine").await;
    let settings = "&to={digits}@sms.example&subject={kind}";
    let server = server(&address, settings);
    server.deliver(&message()).await.unwrap();
    drop(server);
    let told = told.await.unwrap();
    for expected in [
        "EHLO health.example\r\n",
        "MAIL FROM:<vaccines@health.example>",
        "RCPT TO:<916000000001@sms.example>",
        "Message-ID: <00000000-0000-0000-0000-000000000007@health.example>\r\n",
        "Subject: otp\r\n",
        "Date: Mon, 03 May 2021 04:30:00",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "say \"hi\" & {to} \\ 50% =E2=82=B9\r\n",
    ] {
        assert!(told.contains(expected), "{expected} is not in {told}");
    }
}

#[tokio::test]
async fn a_mail_address_is_used_as_it_is() {
    let (address, told) = stub("250 fine").await;
    let server = server(&address, "");
    let mut mail = message();
    mail.to = app::Secret::new("anna@home.example".to_owned());
    server.deliver(&mail).await.unwrap();
    let why = server.deliver(&message()).await.unwrap_err();
    assert_eq!(why, Undelivered::never("no mail address, and no gateway for mobiles"));
    drop(server);
    assert!(told.await.unwrap().contains("RCPT TO:<anna@home.example>"));
}

#[tokio::test]
async fn a_server_is_given_user_and_password() {
    let (address, told) = stub("250 fine").await;
    let url = format!("smtp://me@{address}/?from=v@h.example&to={{to}}@s.example&tls=none");
    let set = |_: &str| Some("secret".to_owned());
    MailServer::parse(&url, &set).unwrap().deliver(&message()).await.unwrap();
    // In base 64: NUL, me, NUL, secret.
    assert!(told.await.unwrap().contains("AUTH PLAIN AG1lAHNlY3JldA=="));
}

#[tokio::test]
async fn a_refusal_is_told_from_a_delay_and_no_address_is_repeated() {
    for (answer, expected) in [
        ("550 no 916000000001 here", Undelivered::never("status 550")),
        ("450 later, 916000000001", Undelivered::later("status 450")),
        ("535 who are you", Undelivered::later("status 535")),
    ] {
        let (address, told) = stub(answer).await;
        let server = server(&address, "&to={digits}@sms.example");
        assert_eq!(server.deliver(&message()).await.unwrap_err(), expected);
        drop(server);
        told.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_unless_it_was_said_so() {
    let (address, told) = stub("250 fine").await;
    let url = format!("smtp://{address}/?from=v@health.example&to={{digits}}@sms.example");
    let server = MailServer::parse(&url, &|_| None).unwrap();
    let why = server.deliver(&message()).await.unwrap_err();
    assert!(matches!(why, Undelivered::Later(_)));
    drop(server);
    assert!(!told.await.unwrap().contains("MAIL"));
}
