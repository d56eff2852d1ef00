//! Through the socket: keys are had against what is on record and in the public log, and not else.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::{
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream, process::CommandExt},
};

use common::{access, log, now, open, own_log, start, wrapped};
use ledger::leaf::Opening;
use vault::{Ask, Holder, Index, NotDone, PersonId, Refusal, Secret, Told, Vault};

const ANNA: PersonId = PersonId([1; 16]);

fn ask(wrapped: &[u8], evidence: &Opening) -> Ask {
    Ask::Open {
        person: ANNA,
        wrapped: wrapped.to_vec(),
        fields: vec!["name".to_owned()],
        evidence: evidence.to_bytes(),
    }
}

fn refusal(told: &Told) -> Option<Refusal> {
    match told {
        Told::Refused(why) => Some(*why),
        _ => None,
    }
}

#[tokio::test]
async fn keys_are_had_against_an_access_that_is_on_record_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let (keyholder, client) = start(folder.path(), vec![]);
    let wrapped = wrapped(&client, ANNA).await;
    let first = access(ANNA, 1, now());
    let others = access(PersonId([2; 16]), 2, now());
    let old = access(ANNA, 3, now() - 3_600);
    let asks = vec![
        ask(&wrapped, &first),
        ask(&wrapped, &first),
        ask(&wrapped, &others),
        ask(&wrapped, &old),
        ask(&[2; 127], &access(ANNA, 4, now())),
    ];
    let told = client.ask(asks).await.unwrap();
    let Told::Opened(keys) = &told[0] else { panic!("it does not open") };
    assert_eq!(keys.len(), 1);
    let no = Some(Refusal::NotRecorded);
    let refused: Vec<_> = told.iter().map(refusal).collect();
    assert_eq!(refused, [None, no, no, no, Some(Refusal::DoesNotOpen)]);
    let counts = keyholder.status().counts;
    assert_eq!((counts.opened, counts.waiting), (1, 1));
    // What it gave stands in the journal, whatever becomes of the process.
    assert_eq!(open(folder.path()).status().counts.opened, 1);
}

#[tokio::test]
async fn what_is_in_the_public_log_is_told_from_what_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (keyholder, client) = start(folder.path(), vec![]);
    let wrapped = wrapped(&client, ANNA).await;
    let accesses: Vec<_> = (1..=9).map(|salt| access(ANNA, salt, now())).collect();
    let asks = accesses[..8].iter().map(|one| ask(&wrapped, one)).collect();
    assert!(client.ask(asks).await.unwrap().iter().all(|told| refusal(told).is_none()));
    let leaves: Vec<_> = accesses.iter().map(|one| one.commitment().leaf()).collect();
    let mut log = own_log(folder.path());
    log.append(0, &leaves[..5]).unwrap();
    keyholder.turn();
    let counts = keyholder.status().counts;
    assert_eq!((counts.opened, counts.logged, counts.waiting, counts.unopened), (8, 5, 3, 0));
    // The ninth was recorded, and whoever recorded it stopped.
    log.append(5, &leaves[5..]).unwrap();
    keyholder.turn();
    let counts = keyholder.status().counts;
    assert_eq!((counts.opened, counts.logged, counts.waiting, counts.unopened), (8, 8, 0, 1));
    assert_eq!(counts.log_size, counts.opened + counts.unopened);
}

#[tokio::test]
async fn a_log_that_was_rewritten_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (keyholder, client) = start(folder.path(), vec![]);
    let wrapped = wrapped(&client, ANNA).await;
    let (first, second) = (access(ANNA, 1, now()), access(ANNA, 2, now()));
    assert!(refusal(&client.ask(vec![ask(&wrapped, &first)]).await.unwrap()[0]).is_none());
    own_log(folder.path()).append(0, &[first.commitment().leaf()]).unwrap();
    keyholder.turn();
    assert!(keyholder.status().log_believed);
    // Without what was opened, and signed with the real key.
    std::fs::rename(folder.path().join("log"), folder.path().join("real")).unwrap();
    let leaves = [access(ANNA, 8, now()).commitment().leaf(), second.commitment().leaf()];
    own_log(folder.path()).append(0, &leaves).unwrap();
    keyholder.turn();
    assert!(!keyholder.status().log_believed);
    let told = client.ask(vec![ask(&wrapped, &second)]).await.unwrap();
    assert_eq!(refusal(&told[0]), Some(Refusal::LedgerBehind));
    // Another key's log is no better.
    std::fs::remove_dir_all(folder.path().join("log")).unwrap();
    log(folder.path(), &[9; 32]).append(0, &leaves).unwrap();
    keyholder.turn();
    assert!(!keyholder.status().log_believed);
    std::fs::remove_dir_all(folder.path().join("log")).unwrap();
    std::fs::rename(folder.path().join("real"), folder.path().join("log")).unwrap();
    keyholder.turn();
    assert!(refusal(&client.ask(vec![ask(&wrapped, &second)]).await.unwrap()[0]).is_none());
}

#[tokio::test]
async fn only_who_is_named_may_ask_and_only_the_own_user_destroys() {
    let folder = tempfile::tempdir().unwrap();
    let (_, client) = start(folder.path(), vec![]);
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path().join("socket")), 0o600);
    assert_eq!(mode(folder.path().join("journal")), 0o600);
    assert!(client.destroy_kek(1).await.is_err(), "the one that wraps");
    assert!(client.destroy_kek(7).await.is_err(), "one that is not there");
    assert_eq!(client.make_kek().await.unwrap(), 2);
    assert_eq!(client.status().await.unwrap().versions, [1, 2]);
}

#[tokio::test]
async fn an_index_is_the_same_for_every_server_and_is_found_with_the_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let (_, client) = start(folder.path(), vec![]);
    let vault = Vault::connect(std::sync::Arc::new(client)).await.unwrap();
    let index = vault.index(Index::Mobile, "6000000001").await.unwrap();
    let inside = Vault::from_root_key([7; 32]);
    assert_eq!(index, inside.index(Index::Mobile, "6000000001").await.unwrap());
    assert_eq!(vault.reference_number(12_345_678_901_234), 34_006_737_447_234);
}

/// A server that was taken over asks for every number that there is: through the socket, it has as many as
/// it may have in a day, and the keyholder knows that it was no crowd of people.
#[tokio::test]
async fn who_asks_for_every_number_has_a_day_s_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (keyholder, client) = start(folder.path(), vec![]);
    let mobile = |number: u64| Ask::Index {
        column: Index::Mobile,
        text: Secret::new((6_000_000_000 + number).to_string()),
    };
    let mut given = 0;
    for from in (0..60_000).step_by(500) {
        let told = client.ask((from..from + 500).map(mobile).collect()).await.unwrap();
        let had = told.iter().filter(|told| matches!(told, Told::Index(_))).count();
        let spent = told.iter().filter(|one| refusal(one) == Some(Refusal::BudgetSpent)).count();
        assert_eq!(had + spent, 500);
        given += had;
    }
    assert_eq!(given, 40_000);
    let indexes = keyholder.status().indexes;
    assert_eq!((indexes.given, indexes.refused, indexes.spent), (40_000, 20_000, 1_000));
    assert!(indexes.sweeps >= 1);
    // Whatever becomes of the process.
    let again = open(folder.path());
    let told = again.answer(&[mobile(70_000)], rustix::process::geteuid().as_raw()).unwrap();
    assert_eq!(refusal(&told[0]), Some(Refusal::BudgetSpent));
    // People are served on: what opens and seals is another thing.
    wrapped(&client, ANNA).await;
    let vault = Vault::connect(std::sync::Arc::new(client)).await.unwrap();
    let none = vault.index(Index::Mobile, "6000000001").await;
    assert_eq!(none.err(), Some(NotDone::Refused(Refusal::BudgetSpent)));
    assert!(vault.index(Index::StaffMobile, "6000000001").await.is_ok());
}

#[tokio::test]
async fn who_talks_nonsense_is_let_go_and_nobody_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let (_, client) = start(folder.path(), vec![]);
    for nonsense in [&[0, 0, 0, 1, 99][..], &[255; 64], &[0, 0, 0, 9, 1, 0, 0, 0, 1, 4, 1, 1, 1]] {
        let mut stream = UnixStream::connect(folder.path().join("socket")).unwrap();
        stream.write_all(nonsense).unwrap();
        let mut answer = Vec::new();
        // Closed at once, or with what was not read.
        drop(stream.read_to_end(&mut answer));
        assert!(answer.is_empty());
    }
    let asks = (0..3_000).map(|number: u32| Ask::Index {
        column: Index::Mobile,
        text: Secret::new(number.to_string()),
    });
    let told = client.ask(asks.collect()).await.unwrap();
    let distinct: std::collections::HashSet<_> = told
        .iter()
        .map(|told| match told {
            Told::Index(index) => index.0,
            _ => panic!("no index"),
        })
        .collect();
    assert_eq!(distinct.len(), 3_000);
}

#[tokio::test]
async fn without_a_keyholder_nothing_is_had_and_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let client = keyholder::client::Client::new(&folder.path().join("socket"));
    let ask = Ask::Index { column: Index::Mobile, text: Secret::new("1".to_owned()) };
    let begun = std::time::Instant::now();
    assert_eq!(client.ask(vec![ask.clone()]).await.err(), Some(NotDone::Away));
    assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    // As soon as it is there, it is asked.
    let (_, _) = start(folder.path(), vec![]);
    assert!(client.ask(vec![ask]).await.is_ok());
}

/// What another user is told, when the test below runs this file again as one.
#[tokio::test]
async fn somebody_else_asks() {
    let Some(socket) = std::env::var_os(SOCKET) else { return };
    let client = keyholder::client::Client::new(socket.as_ref());
    let keys = client.server_keys().await.is_ok();
    let made = client.make_kek().await.is_ok();
    println!("had keys: {keys}, made one: {made}");
}

const SOCKET: &str = "KEYHOLDER_TEST_SOCKET";

/// Only root can be somebody else.
#[tokio::test]
async fn other_users_are_let_in_by_number_and_make_no_keys() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: only root can be somebody else");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let open_to_all = || std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open_to_all()).unwrap();
    let program = folder.path().join("asker");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::fs::set_permissions(&program, open_to_all()).unwrap();
    let ask = |folder: &std::path::Path, user: u32| {
        let output = std::process::Command::new(&program)
            .args(["--exact", "somebody_else_asks", "--nocapture"])
            .env(SOCKET, folder.join("socket"))
            .current_dir("/")
            .uid(user)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.contains("had keys: ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let [named, own] = ["named", "own"].map(|name| folder.path().join(name));
    for (folder, others) in [(&named, vec![65_533]), (&own, vec![])] {
        std::fs::create_dir(folder).unwrap();
        std::fs::set_permissions(folder, open_to_all()).unwrap();
        start(folder, others);
    }
    assert!(ask(&named, 65_533).ends_with("had keys: true, made one: false"));
    assert!(ask(&named, 65_532).ends_with("had keys: false, made one: false"));
    assert!(ask(&own, 65_533).ends_with("had keys: false, made one: false"));
    // Whatever the mode of the file.
    let open = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(own.join("socket"), open).unwrap();
    assert!(ask(&own, 65_533).ends_with("had keys: false, made one: false"));
    assert!(ask(&own, 0).ends_with("had keys: true, made one: true"));
}

/// What the way through the socket and the journal costs, told and not judged: other work is on the
/// machine.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_share_frames_and_presses_to_disk() {
    const EACH: usize = 200;
    const MANY: u32 = 8_000;
    let folder = tempfile::tempdir().unwrap();
    let (keyholder, client) = start(folder.path(), vec![]);
    let wrapped = wrapped(&client, ANNA).await;
    let salted = |number: u32| {
        let mut salt = [0; 32];
        salt[..4].copy_from_slice(&number.to_be_bytes());
        common::salted(ANNA, salt, now())
    };
    let accesses: Vec<_> = (0..MANY).map(salted).collect();
    let client = std::sync::Arc::new(client);
    let begun = std::time::Instant::now();
    let tasks: Vec<_> = accesses
        .chunks(EACH)
        .map(|part| {
            let asks: Vec<_> = part.iter().map(|one| ask(&wrapped, one)).collect();
            let client = std::sync::Arc::clone(&client);
            tokio::spawn(async move {
                for ask in asks {
                    assert!(refusal(&client.ask(vec![ask]).await.unwrap()[0]).is_none());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let socket = f64::from(MANY) / begun.elapsed().as_secs_f64();
    let safe = vault::Safe::new(&common::root());
    safe.add_kek(1, &Secret::new([1; 32]));
    safe.wrap_with(1);
    let own = Ask::Wrap { person: ANNA, data: Secret::new([1; 32]), rules: Secret::new([2; 32]) };
    let Told::Wrapped(own) = safe.answer(&own) else { panic!("it is not wrapped") };
    let begun = std::time::Instant::now();
    for one in &accesses {
        assert!(refusal(&safe.answer(&ask(&own, one))).is_none());
    }
    let inside = f64::from(MANY) / begun.elapsed().as_secs_f64();
    let ratio = socket / inside;
    println!("unwraps a second: {socket:.0} through the socket, {inside:.0} without: {ratio:.2}");
    assert_eq!(keyholder.status().counts.opened, accesses.len() as u64);
}
