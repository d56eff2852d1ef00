//! Witnesses as processes of their own: they cosign what continues, refuse what does not, whatever
//! kills them; and a server whose checkpoints they cosign goes on without them, and says so.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fmt::Write,
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use ledger::{
    directory::Directory,
    log::Log,
    note::{Algorithm, LocalKey, SigningKey},
    witness::Request,
    witnessed::Witnessed,
};
use serde_json::Value;
use support::{Resident, call};
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");

/// A witness on a folder, which keeps its address over starts.
struct Witness {
    folder: PathBuf,
    log: String,
    address: String,
    key: String,
    child: Child,
}

impl Witness {
    fn start(folder: &Path, name: &str, log: &str) -> Self {
        let arguments = ["--name", name, "--listen", "127.0.0.1:0"];
        let (child, told) = launch(folder, log, &arguments);
        let text = |field: &str| told[field].as_str().unwrap().to_owned();
        let (folder, log) = (folder.to_owned(), log.to_owned());
        Self { folder, log, address: text("address"), key: text("key"), child }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        let listen = self.address.strip_prefix("http://").unwrap();
        let (child, told) = launch(&self.folder, &self.log, &["--listen", listen]);
        assert_eq!(told["key"], *self.key);
        self.child = child;
    }

    /// The answer to a log: status, type and body.
    fn ask(&self, body: &[u8]) -> (u16, String, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.post(format!("{}/add-checkpoint", self.address)).send(body).unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.body_mut().read_to_string().unwrap())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn launch(folder: &Path, log: &str, arguments: &[&str]) -> (Child, Value) {
    fs::create_dir_all(folder).unwrap();
    let stderr = folder.with_extension("log");
    let stderr = fs::File::options().create(true).append(true).open(stderr).unwrap();
    let mut child = Command::new(TEEKA)
        .args(["witness", "--json", "--log", log, "--data"])
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told = serde_json::from_str(&line).unwrap_or_else(|_| panic!("it did not start: {line}"));
    (child, told)
}

#[expect(clippy::disallowed_methods, reason = "other processes are at work")]
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// A server whose log is witnessed, and a resident who looks at their family.
struct Play {
    folder: tempfile::TempDir,
    key: String,
    witnesses: Vec<Witness>,
    program: Option<Program>,
    token: String,
}

impl Play {
    fn new(names: &[&str], quorum: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let mut play = Self {
            folder,
            key: String::new(),
            witnesses: Vec::new(),
            program: None,
            token: String::new(),
        };
        fs::write(play.path("teeka.toml"), "").unwrap();
        play.serve();
        let key = |log: &str| {
            let key = call(play.program(), "GET", &format!("/log/{log}/key"), None, None).1;
            key.as_str().unwrap().trim().to_owned()
        };
        let (accesses, releases) = (key("accesses"), key("releases"));
        play.key.clone_from(&accesses);
        let logs = format!("{accesses},{releases}");
        assert!(play.program.take().unwrap().stop());
        let start = |name: &&str| Witness::start(&play.path(name), name, &logs);
        play.witnesses = names.iter().map(start).collect();
        let mut config = format!("witness_quorum = {quorum}\n");
        for Witness { address, key, .. } in &play.witnesses {
            writeln!(config, "[[witnesses]]\nurl = '{address}/'\nkey = '{key}'").unwrap();
        }
        fs::write(play.path("teeka.toml"), config).unwrap();
        play.serve();
        let resident = Resident::sign_in(play.program(), &play.path("data"), "7500000001");
        resident.register("Anna Demo", "1980", "750000000001");
        play.token = resident.token;
        play
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self) -> &Program {
        self.program.as_ref().unwrap()
    }

    fn serve(&mut self) {
        let messages = format!("file:{}", self.path("data/messages.jsonl").display());
        let config = self.path("teeka.toml").display().to_string();
        let arguments = ["serve", "--messages", &messages, "--limits", "off", "--config", &config];
        self.program = Some(Program::start(TEEKA, &self.path("data"), &arguments));
        until("ready", || {
            (call(self.program(), "GET", "/readyz", None, None).0 == 200).then_some(())
        });
    }

    /// Two accesses, and waits until they are in the published log; gives its size.
    fn look(&self) -> u64 {
        let before = self.size();
        let (status, answer) = call(
            self.program(),
            "GET",
            "/api/v2/appointment/beneficiaries",
            Some(&self.token),
            None,
        );
        assert_eq!(status, 200, "{answer}");
        until("published", || Some(self.size()).filter(|size| *size >= before + 2))
    }

    /// The size of the log that is published.
    fn size(&self) -> u64 {
        let (status, text) = call(self.program(), "GET", "/log/accesses/checkpoint", None, None);
        let line = text.as_str().and_then(|text| text.lines().nth(1));
        if status == 404 { 0 } else { line.unwrap().parse().unwrap() }
    }

    /// What `teeka ledger verify` says, with these witnesses and that quorum.
    fn verify(&self, quorum: &str) -> (Option<i32>, Value) {
        let mut command = Command::new(TEEKA);
        let log = format!("{}/log/accesses", self.program().address());
        command.args(["ledger", "verify", &log, "--json", "--key", &self.key, "--quorum", quorum]);
        for witness in &self.witnesses {
            command.args(["--witness", &witness.key]);
        }
        told(&command.output().unwrap())
    }

    fn doctor(&self) -> (Option<i32>, Value) {
        let mut command = Command::new(TEEKA);
        command.args(["doctor", "--json", "--data"]).arg(self.path("data"));
        told(&command.arg("--config").arg(self.path("teeka.toml")).output().unwrap())
    }

    /// A metric of the log of accesses, of all or of one witness.
    fn metric(&self, name: &str, witness: Option<usize>) -> String {
        let text = call(self.program(), "GET", "/metrics", None, None).1;
        let of = witness.map(|at| self.path_name(at)).unwrap_or_default();
        let of = witness.map_or_else(String::new, |_| format!(",witness=\"{of}\""));
        let begin = format!("{name}{{log=\"accesses\"{of}}} ");
        let lines: Vec<_> = text.as_str().unwrap().lines().collect();
        let value = lines.iter().find_map(|line| line.strip_prefix(begin.as_str()));
        value.unwrap_or_default().to_owned()
    }

    /// The file in which a witness keeps what it cosigned last of the log of accesses.
    fn kept(&self, witness: usize) -> PathBuf {
        let folder = self.witnesses[witness].folder.join("logs");
        let origin = self.key.split('+').next().unwrap();
        folder.join(support::sha256(origin))
    }

    fn path_name(&self, at: usize) -> String {
        self.witnesses[at].folder.file_name().unwrap().to_str().unwrap().to_owned()
    }
}

fn told(output: &Output) -> (Option<i32>, Value) {
    let text = String::from_utf8_lossy(&output.stdout);
    let told = serde_json::from_str(&text);
    (output.status.code(), told.unwrap_or_else(|_| panic!("{text}")))
}

/// What the doctor says of a witness.
fn says(told: &Value, witness: usize) -> &str {
    told["logs"][0]["witnesses"][witness]["says"].as_str().unwrap()
}

#[test]
fn checkpoints_are_cosigned_by_those_who_are_there_and_published_without_those_who_are_not() {
    let mut play = Play::new(&["w1", "w2", "w3"], 2);
    play.witnesses[2].kill();
    for _ in 0..5 {
        play.look();
        // Whenever somebody looks, enough have cosigned what is published.
        assert_eq!(play.verify("2").0, Some(0));
    }
    until("the one that is away is told", || {
        (play.metric("teeka_witness_up", Some(2)) == "0").then_some(())
    });
    assert_eq!(play.metric("teeka_witness_up", Some(0)), "1");
    assert_eq!(play.metric("teeka_log_uncosigned_seconds", None), "0");
    assert_eq!(play.metric("teeka_witness_refuses", Some(2)), "0");
    let (status, doctor) = play.doctor();
    assert_eq!((status, says(&doctor, 0)), (Some(0), "cosigned"), "{doctor}");
    assert!(says(&doctor, 2).starts_with("is away: it cannot be reached"), "{doctor}");

    // With two away there are too few, and the log goes on.
    let kept = play.kept(0);
    play.witnesses[0].kill();
    let size = play.look();
    let (status, verified) = play.verify("2");
    assert_eq!((status, &verified["findings"][0]["name"]), (Some(1), &"unwitnessed".into()));
    assert_eq!(play.verify("1").0, Some(0));
    until("it is told", || {
        (play.metric("teeka_log_uncosigned_seconds", None).parse::<f64>().unwrap() > 0.0)
            .then_some(())
    });
    assert_eq!(play.doctor().0, Some(1));
    let before: u64 = fs::read_to_string(&kept).unwrap().lines().nth(1).unwrap().parse().unwrap();
    assert!(before < size);

    // It knows where it was, and is asked again; the checkpoint that stands has its signature, too.
    play.witnesses[0].start_again();
    let cosigned = until("cosigned again", || {
        let (status, told) = play.verify("2");
        (status == Some(0)).then_some(told)
    });
    assert_eq!((&cosigned["cosigned"], &cosigned["size"]), (&2.into(), &size.into()));
    play.look();
    assert_eq!(play.verify("2").0, Some(0));
    let log = fs::read_to_string(play.witnesses[0].folder.with_extension("log")).unwrap();
    assert!(log.contains(r#""status":200"#) && !log.contains(r#""status":422"#), "{log}");
}

#[test]
fn a_kill_between_request_and_answer_takes_nothing_back() {
    let mut play = Play::new(&["w1"], 1);
    for round in 0..4 {
        play.look();
        // Requests are under way while it dies.
        let asked: Vec<_> = (0..3 + round).map(|_| play.look()).collect();
        play.witnesses[0].kill();
        let published = play.size();
        assert!(published >= *asked.last().unwrap());
        let (status, told) = play.verify("1");
        let kept = fs::read_to_string(play.kept(0)).unwrap();
        let kept: u64 = kept.lines().nth(1).unwrap().parse().unwrap();
        // What it signed and gave out it has on disk.
        assert!(status == Some(1) || kept >= told["size"].as_u64().unwrap(), "{told}");
        play.witnesses[0].start_again();
        until("cosigned again", || (play.verify("1").0 == Some(0)).then_some(()));
        assert_eq!(play.metric("teeka_witness_refuses", Some(0)), "0");
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(copied.success());
}

#[test]
fn a_server_that_was_rolled_back_to_a_backup_is_refused_and_says_so() {
    let mut play = Play::new(&["w1", "w2"], 2);
    play.look();
    assert!(play.program.take().unwrap().stop());
    copy(&play.path("data"), &play.path("backup"));
    play.serve();
    let size = (0..4).map(|_| play.look()).fold(0, u64::max);
    assert_eq!(play.verify("2").0, Some(0));
    assert!(play.program.take().unwrap().stop());
    fs::remove_dir_all(play.path("data")).unwrap();
    copy(&play.path("backup"), &play.path("data"));
    play.serve();
    // Also before anybody opens anything.
    until("it is told", || (play.metric("teeka_witness_refuses", Some(0)) == "1").then_some(()));
    let (status, doctor) = play.doctor();
    assert_eq!(status, Some(1), "{doctor}");
    let expected = format!("refuses: it cosigned {size} leaves, more than there are");
    assert_eq!((says(&doctor, 0), says(&doctor, 1)), (&*expected, &*expected));
    // The server answers, its log grows, and no witness follows: not even once it is larger.
    let mut now = 0;
    while now <= size {
        now = play.look();
    }
    let (status, verified) = play.verify("2");
    assert_eq!((status, &verified["findings"][0]["name"]), (Some(1), &"unwitnessed".into()));
    let (status, doctor) = play.doctor();
    let other = "refuses: it cosigned another history of this log";
    assert_eq!((status, says(&doctor, 0)), (Some(1), other));
    assert!(play.metric("teeka_log_uncosigned_seconds", None).parse::<f64>().unwrap() > 0.0);
}

const ORIGIN: &str = "example.org/accesses";

fn log_key(origin: &str, seed: u8) -> LocalKey {
    LocalKey::from_seed(origin, Algorithm::Ed25519, &[seed; 32]).unwrap()
}

/// A log of a word, grown up to a number, and the request to cosign it.
fn request(folder: &Path, (origin, seed, word): (&str, u8, &str), old: u64, to: u64) -> Vec<u8> {
    let mut log = Log::open(Directory::new(folder), log_key(origin, seed)).unwrap();
    let from = log.head().size;
    let leaves: Vec<_> = (from..to).map(|number| format!("{word} {number}")).collect();
    log.append(from, &leaves).unwrap();
    let log = Witnessed::new(Directory::new(folder), log_key(origin, seed));
    log.request(&log.promised().unwrap().unwrap(), old).unwrap()
}

#[test]
fn a_second_history_with_the_same_key_is_refused_by_the_specification() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let key = log_key(ORIGIN, 1).verifier().to_string();
    let mut witness = Witness::start(&place("witness"), "witness.example/w1", &key);
    let (ours, theirs) = ((ORIGIN, 1, "leaf"), (ORIGIN, 1, "another"));
    let size = |number: u64| (409, "text/x.tlog.size".to_owned(), format!("{number}\n"));
    let (status, _, lines) = witness.ask(&request(&place("log"), ours, 0, 100));
    assert!(status == 200 && lines.starts_with("\u{2014} witness.example/w1 "), "{lines}");
    // The same size with another root, a larger one, and one that pretends to be the first.
    assert_eq!(witness.ask(&request(&place("split"), theirs, 100, 100)), size(100));
    let larger = request(&place("split"), theirs, 100, 200);
    assert_eq!(witness.ask(&larger).0, 422);
    assert_eq!(witness.ask(&request(&place("split"), theirs, 0, 200)), size(100));
    // Killed, it knows the same.
    witness.kill();
    witness.start_again();
    assert_eq!(witness.ask(&larger).0, 422);
    assert_eq!(witness.ask(&request(&place("log"), ours, 100, 300)).0, 200);
    witness.kill();
    witness.start_again();
    let mut short = Request::parse(&request(&place("short"), ours, 100, 200)).unwrap();
    assert_eq!(witness.ask(&short.to_body()), size(300));
    short.old = 201;
    assert_eq!(witness.ask(&short.to_body()).0, 400);
    assert_eq!(witness.ask(b"old 0\n").0, 400);
    assert_eq!(witness.ask(&vec![b'x'; 400_000]).0, 413);
    assert_eq!(witness.ask(&request(&place("forged"), (ORIGIN, 9, "leaf"), 0, 10)).0, 403);
    let stranger = ("example.org/stranger", 1, "leaf");
    assert_eq!(witness.ask(&request(&place("stranger"), stranger, 0, 10)).0, 404);
    let log = fs::read_to_string(place("witness.log")).unwrap();
    for said in [r#""origin":"example.org/accesses","size":300,"status":200"#, r#""status":422"#] {
        assert!(log.contains(said), "{said}: {log}");
    }
    assert!(!log.contains("stranger"), "a name that anybody can write is not repeated");
}

#[test]
fn a_witness_has_one_key_and_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("witness");
    let teeka = |arguments: &[&str]| {
        // One that is not refused would go on for ever.
        let mut command = Command::new("timeout");
        command.args(["20", TEEKA, "witness"]).args(arguments).arg("--data").arg(&place);
        let output = command.output();
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (status, key, _) = teeka(&["key", "--name", "witness.example/w1"]);
    assert!(status == Some(0) && key.starts_with("witness.example/w1+"), "{key}");
    let file = place.join("witness.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(teeka(&["key"]).1, key);
    let (status, _, error) = teeka(&["key", "--name", "other.example"]);
    assert!(status == Some(2) && error.contains("has another name"), "{error}");

    let log = log_key(ORIGIN, 1).verifier().to_string();
    let witness = Witness::start(&place, "witness.example/w1", &log);
    assert_eq!(witness.key, key);
    let (status, _, error) = teeka(&["--log", &log, "--listen", "127.0.0.1:0"]);
    assert!(status == Some(2) && error.contains("another witness works in"), "{error}");
    let first = request(&folder.path().join("log"), (ORIGIN, 1, "leaf"), 0, 5);
    assert_eq!(witness.ask(&first).0, 200);
    drop(witness);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (status, _, error) = teeka(&["--log", &log, "--listen", "127.0.0.1:0"]);
    assert!(status == Some(2) && error.starts_with("error: cannot read the secret"), "{error}");
    // Who has cosigned does not begin again under a new key.
    fs::remove_file(&file).unwrap();
    let (status, _, error) = teeka(&["key"]);
    assert!(status == Some(2) && error.contains("the key of the witness is missing"), "{error}");
    assert_eq!(teeka(&["--log", "no key"]).0, Some(2));
    assert_eq!(teeka(&[]).0, Some(2));
}
