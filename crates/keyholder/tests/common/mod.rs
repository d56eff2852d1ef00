//! A keyholder in a folder, a public log beside it, and the way to it.

use std::{path::Path, sync::Arc, time::SystemTime};

use keyholder::{
    client::Client,
    process::{Keyholder, Options},
    provider::{Provider, file::KeyFile},
    server::{Callers, Listening},
};
use ledger::{
    directory::Directory,
    leaf::{
        Commitment, Opening, Salt,
        chain::ChainHead,
        entry::{Act, Actor, Entry},
    },
    log::Log,
    note::{Algorithm, LocalKey},
};
use vault::{Holder, PersonId, Safe, Secret};

/// The root key of these tests.
pub(crate) fn root() -> Secret<[u8; 32]> {
    Secret::new([7; 32])
}

pub(crate) fn open(folder: &Path) -> Keyholder {
    let own: Box<dyn Provider> = Box::new(KeyFile::new(Safe::new(&root()).folder_key()));
    let (log, indexes_a_day) = (folder.join("log"), 40_000);
    let options = Options { folder: folder.to_owned(), log, indexes_a_day };
    Keyholder::open(&root(), vec![own], options).unwrap()
}

/// A keyholder that listens for as long as the test runs.
pub(crate) fn start(folder: &Path, others: Vec<u32>) -> (Arc<Keyholder>, Client) {
    let keyholder = Arc::new(open(folder));
    let socket = folder.join("socket");
    let callers = Callers { others };
    let listening = Listening::bind(&socket, Arc::clone(&keyholder), callers).unwrap();
    std::thread::spawn(move || listening.run());
    (keyholder, Client::new(&socket))
}

/// The public log of a folder.
pub(crate) fn log(folder: &Path, seed: &[u8; 32]) -> Log<Directory, LocalKey> {
    let key = LocalKey::from_seed("teeka.example/log/accesses", Algorithm::Ed25519, seed).unwrap();
    Log::open(Directory::new(folder.join("log")), key).unwrap()
}

/// The log, signed with the key that a server has.
pub(crate) fn own_log(folder: &Path) -> Log<Directory, LocalKey> {
    log(folder, Safe::new(&root()).log_seed().expose())
}

#[expect(clippy::disallowed_methods, reason = "the keyholder has the machine's clock")]
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Salt and entry of an access to a name.
pub(crate) fn access(person: PersonId, salt: u8, at: u64) -> Opening {
    salted(person, [salt; 32], at)
}

/// The same with this salt.
pub(crate) fn salted(person: PersonId, salt: [u8; 32], at: u64) -> Opening {
    let entry = Entry {
        act: Act::Access,
        link: Some(ChainHead::next(person.0, None)),
        at,
        actor: Actor { role: "vaccinator".into(), facility: None, account: Commitment([3; 32]) },
        purpose: "presence".into(),
        fields: vec!["name".into()],
    };
    Opening::new(Salt(salt), &entry).unwrap()
}

/// Fresh keys of somebody, wrapped.
pub(crate) async fn wrapped(client: &Client, person: PersonId) -> Vec<u8> {
    let (data, rules) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let told = client.ask(vec![vault::Ask::Wrap { person, data, rules }]).await.unwrap();
    match &told[0] {
        vault::Told::Wrapped(wrapped) => wrapped.clone(),
        _ => panic!("it is not wrapped"),
    }
}
