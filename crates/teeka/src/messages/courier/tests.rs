use app::{Actor, clock::SystemEntropy, sign_in::Audience};
use domain::person::Mobile;
use jiff::SignedDuration;
use testkit::world::World;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::{super::http::Gateway, *};

const SLOW: &str = "6000000001";

/// A gateway that takes every message but that to [`SLOW`], whose sender it leaves without an
/// answer. Tells the bodies it got.
async fn stub() -> (Arc<Sink>, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut text = String::new();
                while !text.ends_with('}') {
                    let mut bytes = [0; 4096];
                    let read = stream.read(&mut bytes).await.unwrap();
                    text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
                }
                let slow = text.contains(SLOW);
                drop(tell.send(text));
                if slow {
                    std::future::pending::<()>().await;
                }
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
        }
    });
    let gateway = Gateway::hook(&url, &|_| None).unwrap();
    let mut sink = Sink::new(Way::Http(Box::new(gateway)));
    sink.ctx = || ctx(0);
    (Arc::new(sink), told)
}

/// The world's first moment, and some seconds.
fn ctx(seconds: i64) -> Ctx {
    let start: Timestamp = "2022-02-01T03:30:00Z".parse().unwrap();
    let now = start + SignedDuration::from_secs(seconds);
    Ctx::new(Actor::System, now, Arc::new(SystemEntropy::default()))
}

async fn send_code(world: &World, mobile: &str) {
    let mobile = Mobile::parse(mobile).unwrap();
    world.platform.send_code(&ctx(0), &mobile, Audience::Resident, "here").await.unwrap();
}

#[tokio::test]
async fn one_slow_answer_holds_nobody_else_up() {
    let world = World::new(1).await;
    let (sink, mut told) = stub().await;
    for mobile in [SLOW, "6000000002", "6000000003"] {
        send_code(&world, mobile).await;
    }
    deliver_due(&world.platform, &sink).await.unwrap();
    // All but the slow one are settled, and their places free again.
    let others = u32::try_from(AT_ONCE - 1).unwrap();
    drop(sink.places.acquire_many(others).await.unwrap());
    send_code(&world, "6000000004").await;
    deliver_due(&world.platform, &sink).await.unwrap();
    drop(sink.places.acquire_many(others).await.unwrap());
    for _ in 0..4 {
        assert!(told.recv().await.unwrap().contains("Your OTP"));
    }
    // Had this process ended now, the slow one alone would be sent again.
    let left = world.platform.due_messages(&ctx(61), 10).await.unwrap();
    let left: Vec<_> =
        left.iter().map(|(_, opened)| opened.as_ref().unwrap().to.expose()).collect();
    assert_eq!(left, [SLOW]);
}

#[tokio::test]
async fn a_code_past_its_time_is_not_sent() {
    let world = World::new(1).await;
    let (mut sink, mut told) = stub().await;
    send_code(&world, "6000000002").await;
    Arc::get_mut(&mut sink).unwrap().ctx = || ctx(181);
    deliver_due(&world.platform, &sink).await.unwrap();
    sink.finish().await;
    assert!(told.try_recv().is_err());
    assert!(world.platform.due_messages(&ctx(1_000), 10).await.unwrap().is_empty());
}
