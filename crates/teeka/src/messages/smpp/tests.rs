use std::sync::Arc;

use rusmpp::{
    Command, CommandStatus, Pdu,
    pdus::{BindTransmitterResp, SubmitSmResp},
    tlvs::TlvValue,
    values::DataCoding,
};
use rustls::pki_types::PrivateKeyDer;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::{super::tests::message, line::Connection, *};

/// What a stub does with a submission.
#[derive(Clone, Copy)]
enum Reply {
    Status(CommandStatus),
    HangUp,
}

const TAKEN: Reply = Reply::Status(CommandStatus::EsmeRok);

/// A message centre that replies so to submissions, one after the other, then takes everything,
/// and tells what it got.
async fn stub(replies: Vec<Reply>) -> (u16, UnboundedReceiver<Command>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = unbounded_channel();
    let mut replies = replies.into_iter();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut connection = Connection::new(stream);
            while let Ok(command) = connection.next().await {
                let (id, number) = (command.id(), command.sequence_number());
                drop(tell.send(command));
                let reply = match id {
                    rusmpp::CommandId::SubmitSm => replies.next().unwrap_or(TAKEN),
                    _ => TAKEN,
                };
                let Reply::Status(status) = reply else { break };
                let pdu: Pdu = match id {
                    rusmpp::CommandId::BindTransmitter => BindTransmitterResp::default().into(),
                    rusmpp::CommandId::SubmitSm => SubmitSmResp::default().into(),
                    rusmpp::CommandId::EnquireLink => Pdu::EnquireLinkResp,
                    rusmpp::CommandId::Unbind => Pdu::UnbindResp,
                    _ => continue,
                };
                connection.send(status, number, pdu).await.unwrap();
            }
        }
    });
    (port, told)
}

fn centre(port: u16, settings: &str) -> MessageCentre {
    let url = format!("smpp://teeka:secret@127.0.0.1:{port}/?source=TEEKAA{settings}");
    MessageCentre::parse(&url, &|_| None).unwrap()
}

fn with_text(text: &str) -> Outgoing {
    let mut message = message();
    message.text = Secret::new(text.to_owned());
    message
}

async fn next_submission(told: &mut UnboundedReceiver<Command>) -> SubmitSm {
    loop {
        let command = told.recv().await.unwrap();
        if let Some(Pdu::SubmitSm(submission)) = command.pdu() {
            return submission.clone();
        }
    }
}

fn bytes_under(submission: &SubmitSm, tag: u16) -> Option<Vec<u8>> {
    submission.tlvs().iter().find_map(|tlv| match tlv.value()? {
        TlvValue::Other { tag: known, value } if u16::from(*known) == tag => {
            Some(value.clone().into_vec())
        }
        TlvValue::UserMessageReference(reference) if tag == 0x0204 => {
            Some(reference.value.to_be_bytes().to_vec())
        }
        TlvValue::MessagePayload(payload) if tag == 0x0424 => {
            Some(payload.value.clone().into_vec())
        }
        _ => None,
    })
}

#[tokio::test]
async fn a_message_is_submitted_as_the_url_says() {
    let (port, mut told) = stub(vec![]).await;
    let settings = "&system_type=OTP&tlv.1400=1101&template.otp=1107&template.dose=9";
    centre(port, settings).deliver(&with_text("Your code is 123456")).await.unwrap();
    let bind = told.recv().await.unwrap();
    let Some(Pdu::BindTransmitter(bind)) = bind.pdu() else { panic!("{:?}", bind.id()) };
    assert_eq!((bind.system_id.as_str(), bind.password.as_str()), ("teeka", "secret"));
    assert_eq!(bind.system_type.as_str(), "OTP");
    let submission = next_submission(&mut told).await;
    assert_eq!(submission.source_addr.as_str(), "TEEKAA");
    assert_eq!(submission.source_addr_ton, Ton::Alphanumeric);
    assert_eq!(submission.destination_addr.as_str(), "916000000001");
    assert_eq!(submission.dest_addr_ton, Ton::International);
    assert_eq!(u8::from(submission.esm_class), 0);
    assert_eq!(submission.data_coding, DataCoding::McSpecific);
    assert_eq!(submission.short_message().to_str().unwrap(), "Your code is 123456");
    assert_eq!(bytes_under(&submission, 0x0204).unwrap(), [0, 7]);
    assert_eq!(bytes_under(&submission, 0x1400).unwrap(), b"1101");
    assert_eq!(bytes_under(&submission, 0x1401).unwrap(), b"1107");
}

#[tokio::test]
async fn a_long_text_goes_in_parts_that_a_telephone_joins() {
    let (port, mut told) = stub(vec![]).await;
    let text = "सीता, ".repeat(30);
    centre(port, "").deliver(&with_text(&text)).await.unwrap();
    let (mut joined, mut places) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let submission = next_submission(&mut told).await;
        assert_eq!(u8::from(submission.esm_class), 0x40);
        assert_eq!(submission.data_coding, DataCoding::Ucs2);
        let bytes = submission.short_message().clone().into_vec();
        assert!(bytes.len() <= 140);
        assert_eq!(bytes[..5], [5, 0, 3, 7, 3]);
        places.push(bytes[5]);
        joined.extend_from_slice(&bytes[6..]);
    }
    assert_eq!(places, [1, 2, 3]);
    let units: Vec<u16> =
        joined.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    assert_eq!(String::from_utf16(&units).unwrap(), text);
}

#[tokio::test]
async fn a_long_text_goes_as_one_payload_if_the_url_says_so() {
    let (port, mut told) = stub(vec![]).await;
    let text = "a".repeat(300);
    centre(port, "&long=payload").deliver(&with_text(&text)).await.unwrap();
    let submission = next_submission(&mut told).await;
    assert_eq!(submission.short_message().len(), 0);
    assert_eq!(bytes_under(&submission, 0x0424).unwrap(), text.as_bytes());
}

#[tokio::test]
async fn what_is_wrong_with_the_message_is_final_and_all_else_is_not() {
    let later = |why: &'static str| Err(Undelivered::later(why));
    for (reply, expected) in [
        (TAKEN, Ok(())),
        (Reply::Status(CommandStatus::EsmeRinvdstadr), Err(Undelivered::never("status 0xb"))),
        (Reply::Status(CommandStatus::EsmeRthrottled), later("status 0x58")),
        (Reply::Status(CommandStatus::Other(0x500)), later("status 0x500")),
        (Reply::HangUp, later("the connection is lost")),
    ] {
        let (port, _told) = stub(vec![reply]).await;
        let centre = centre(port, "");
        assert_eq!(centre.deliver(&message()).await, expected);
        // And the next one goes through, over a new connection if need be.
        assert_eq!(centre.deliver(&message()).await, Ok(()));
    }
}

#[tokio::test]
async fn many_messages_share_one_connection_and_its_window() {
    let (port, mut told) = stub(vec![]).await;
    let centre = Arc::new(centre(port, "&window=3"));
    let sent: Vec<_> = (0..50)
        .map(|_| {
            let centre = Arc::clone(&centre);
            tokio::spawn(async move { centre.deliver(&message()).await })
        })
        .collect();
    for sent in sent {
        assert_eq!(sent.await.unwrap(), Ok(()));
    }
    let mut numbers = Vec::new();
    let mut binds = 0;
    while let Ok(command) = told.try_recv() {
        binds += usize::from(command.id() == rusmpp::CommandId::BindTransmitter);
        numbers.push(command.sequence_number());
    }
    assert_eq!((binds, numbers.len()), (1, 51));
    assert!(numbers.is_sorted());
}

#[tokio::test]
async fn no_more_wait_for_an_answer_than_the_window_holds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let centre = Arc::new(centre(listener.local_addr().unwrap().port(), "&window=3"));
    for _ in 0..4 {
        let centre = Arc::clone(&centre);
        tokio::spawn(async move { centre.deliver(&message()).await });
    }
    let mut connection = Connection::new(listener.accept().await.unwrap().0);
    let ok = CommandStatus::EsmeRok;
    let bind = connection.next().await.unwrap().sequence_number();
    connection.send(ok, bind, BindTransmitterResp::default()).await.unwrap();
    let first = connection.next().await.unwrap().sequence_number();
    for _ in 0..2 {
        connection.next().await.unwrap();
    }
    let fourth = tokio::time::timeout(Duration::from_millis(50), connection.next()).await;
    assert!(fourth.is_err());
    connection.send(ok, first, SubmitSmResp::default()).await.unwrap();
    assert_eq!(connection.next().await.unwrap().id(), rusmpp::CommandId::SubmitSm);
}

#[tokio::test]
async fn no_more_go_out_a_second_than_the_rate() {
    let (port, _told) = stub(vec![]).await;
    let centre = centre(port, "&rate=50");
    let start = Instant::now();
    for _ in 0..4 {
        centre.deliver(&message()).await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn silence_is_asked_about() {
    let (port, mut told) = stub(vec![]).await;
    let mut centre = centre(port, "");
    centre.dial.quiet = Duration::from_millis(10);
    centre.deliver(&message()).await.unwrap();
    loop {
        if told.recv().await.unwrap().id() == rusmpp::CommandId::EnquireLink {
            break;
        }
    }
    assert_eq!(centre.deliver(&message()).await, Ok(()));
}

#[tokio::test]
async fn the_line_is_closed_politely() {
    let (port, mut told) = stub(vec![]).await;
    let centre = centre(port, "");
    centre.deliver(&message()).await.unwrap();
    drop(centre);
    let mut last = None;
    while let Some(command) = told.recv().await {
        last = Some(command.id());
        if last == Some(rusmpp::CommandId::Unbind) {
            break;
        }
    }
    assert_eq!(last, Some(rusmpp::CommandId::Unbind));
}

#[tokio::test]
async fn a_message_centre_that_does_not_answer_is_left_alone_for_a_while() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let centre = centre(port, "");
    let first = centre.deliver(&message()).await.unwrap_err();
    assert_eq!(first, Undelivered::later("it cannot be reached: connection refused"));
    let second = centre.deliver(&message()).await.unwrap_err();
    assert_eq!(second, Undelivered::later("it could not be reached just now"));
    let mail = Outgoing { to: Secret::new("a@b.example".to_owned()), ..message() };
    let why = centre.deliver(&mail).await.unwrap_err();
    assert_eq!(why, Undelivered::never("it has no mobile"));
}

#[tokio::test]
async fn a_line_over_tls_is_only_to_whom_it_should_be() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let mut connection = Connection::new(stream);
            while let Ok(command) = connection.next().await {
                let pdu: Pdu = match command.id() {
                    rusmpp::CommandId::BindTransmitter => BindTransmitterResp::default().into(),
                    _ => SubmitSmResp::default().into(),
                };
                let (ok, number) = (CommandStatus::EsmeRok, command.sequence_number());
                connection.send(ok, number, pdu).await.unwrap();
            }
        }
    });
    let url = format!("smpps://teeka:secret@localhost:{port}/?source=TEEKAA");
    let stranger = MessageCentre::parse(&url, &|_| None).unwrap();
    assert!(matches!(stranger.deliver(&message()).await, Err(Undelivered::Later(_))));

    let mut roots = rustls::RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let trusting = rustls::ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut friend = MessageCentre::parse(&url, &|_| None).unwrap();
    friend.dial.tls = Some(Arc::new(trusting));
    assert_eq!(friend.deliver(&message()).await, Ok(()));
}
