//! Nobody's name, mobile or document can be read anywhere but in an answer to who may see it: not
//! in the store, its logs and copies, not in what the program logs and counts, on either engine.
//! Ten thousand people and ten thousand wrong calls that carry their data.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test file with helpers")]

mod support;

use std::{fmt::Write, fs, path::Path, process::Command, sync::LazyLock};

use serde_json::{Value, json};
use support::{
    Resident, call,
    marks::{Marked, Search, base64, forms, marked},
    session_for, somewhere,
};
use testkit::{postgres::Server, program::Program};

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
/// People in the file that is imported; those after them come through the API.
const IMPORTED: u64 = 9_990;
const PEOPLE: u64 = 10_000;
/// The search for all of them.
static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::new((0..PEOPLE).map(marked)));

#[test]
fn a_planted_mark_is_found_in_every_form() {
    let search = &*SEARCH;
    let folder = tempfile::tempdir().unwrap();
    let person = marked(7_777);
    for value in person.values() {
        for (form, bytes) in forms(value) {
            let around = [b"\x00\x01{\"k\":\"".as_slice(), &bytes, b"\"}\xff\n"].concat();
            assert!(search.hits(&around).contains(&form), "{form}");
            fs::write(folder.path().join("planted"), around).unwrap();
            assert!(!search.below(folder.path()).0.is_empty(), "{form}");
        }
        // However many bytes stand before it in a longer text.
        for before in ["", "a", "ab", "abc"] {
            let whole = base64(0, format!("{before}{value}, and more").as_bytes());
            assert!(search.hits(&whole).iter().any(|form| form.starts_with("base64")));
        }
        for before in ["+91", "0091", "0"] {
            assert!(!search.hits(format!("{before}{value} 1234").as_bytes()).is_empty());
        }
    }
    assert_eq!(search.hits(format!("12{}34", person.mobile).as_bytes()), Vec::<&str>::new());
    assert_eq!(search.hits(b"nobody 6000000000 Qzvmark"), Vec::<&str>::new());
}

#[test]
fn nobody_is_legible_with_the_embedded_store() {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground { folder: folder.path(), database: None };
    ground.live_through_everything(PEOPLE);
    // Where the database's files are is below the folder.
    assert!(folder.path().join("data/teeka.sqlite").exists());
    ground.restore(&SEARCH);
}

#[test]
fn nobody_is_legible_with_postgresql() {
    let Some(server) = Server::start_logging() else { return };
    let folder = tempfile::tempdir().unwrap();
    let database = server.new_database();
    let ground = Ground { folder: folder.path(), database: Some(database) };
    // A quarter of the calls: what they meet before the store is the same, and TEEKA_CALLS sets
    // another number.
    let calls = std::env::var("TEEKA_CALLS").ok().and_then(|text| text.parse().ok());
    ground.live_through_everything(calls.unwrap_or(PEOPLE / 4));
    // The server's files, its write-ahead log, and its own log of every statement with its values.
    server.sql("postgres", "CHECKPOINT");
    let logs = fs::read_dir(server.folder().join("data/log")).unwrap();
    let statements = logs.map(|log| fs::read(log.unwrap().path()).unwrap());
    let written = |log: Vec<u8>| String::from_utf8_lossy(&log).contains("INSERT INTO account ");
    assert!(statements.into_iter().any(written));
    let (found, searched) = SEARCH.below(server.folder());
    assert_eq!(found, Vec::<String>::new());
    println!("{searched} bytes of PostgreSQL");
}

/// Where a program lives through everything.
struct Ground<'a> {
    folder: &'a Path,
    database: Option<String>,
}

impl Ground<'_> {
    fn live_through_everything(&self, calls: u64) {
        let search = &*SEARCH;
        let data = self.folder.join("data");
        let temporary = self.folder.join("tmp");
        fs::create_dir_all(&data).unwrap();
        fs::create_dir_all(&temporary).unwrap();
        let file = tempfile::tempdir().unwrap();
        self.start().stop();
        self.import(file.path(), search);
        let program = self.start();
        self.use_everything(&program);
        let calls = wrong_calls(&program, search, calls);
        let (_, metrics) = call(&program, "GET", "/metrics", None, None);
        assert_eq!(search.hits(metrics.as_str().unwrap().as_bytes()), Vec::<&str>::new());
        // With the write-ahead log as it is while the program runs, and after it has ended.
        self.backup();
        let (found, searched) = search.below(self.folder);
        assert_eq!(found, Vec::<String>::new());
        assert!(program.stop());
        let log = fs::read_to_string(data.join("stderr.log")).unwrap();
        assert!(!log.contains("panicked at"), "{log}");
        assert_eq!(search.below(self.folder).0, Vec::<String>::new());
        println!("{calls} wrong calls, {searched} bytes of the program");
    }

    fn arguments<'a>(&'a self, first: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = first.to_vec();
        if let Some(database) = &self.database {
            arguments.extend(["--database", database]);
        }
        arguments
    }

    fn start(&self) -> Program {
        let arguments = self.arguments(&[
            "demo",
            "--people",
            "50",
            "--facilities",
            "400",
            "--limits",
            "off",
            "--quiet",
        ]);
        let temporary = self.folder.join("tmp");
        let environment = [("TEEKA_LOG", "debug"), ("TMPDIR", temporary.to_str().unwrap())];
        Program::start_in(TEEKA, &self.folder.join("data"), &arguments, &environment)
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(TEEKA)
            .args(self.arguments(arguments))
            .arg("--data")
            .arg(self.folder.join("data"))
            .env("TMPDIR", self.folder.join("tmp"))
            .output()
            .unwrap()
    }

    /// Imports a file of most people, after one that is full of mistakes.
    fn import(&self, file: &Path, search: &Search) {
        let head = "name,birth_year,gender,mobile,photo_id_type,photo_id_number\n";
        let (mut good, mut bad) = (head.to_owned(), head.to_owned());
        for Marked { name, mobile, document } in (0..IMPORTED).map(marked) {
            writeln!(good, "{name},1980,2,{mobile},1,{document}").unwrap();
        }
        for Marked { name, mobile, document } in (0..500).map(marked) {
            writeln!(bad, "{mobile},{document},{name},{name},{document},{mobile}").unwrap();
            writeln!(bad, "{name},{name},1,{mobile}1,1,{document}9").unwrap();
        }
        let (bad_file, good_file) = (file.join("bad.csv"), file.join("good.csv"));
        fs::write(&bad_file, bad).unwrap();
        fs::write(&good_file, good).unwrap();
        for arguments in
            [["import", "beneficiaries"].as_slice(), &["import", "beneficiaries", "--json"]]
        {
            let said = self.run(&[arguments, &[bad_file.to_str().unwrap()]].concat());
            assert_eq!(said.status.code(), Some(1));
            let text = [said.stdout, said.stderr].concat();
            assert_eq!(search.hits(&text), Vec::<&str>::new());
        }
        let good_file = good_file.to_str().unwrap();
        let said = self.run(&["import", "beneficiaries", good_file, "--json"]);
        let report: Value = serde_json::from_slice(&said.stdout).unwrap();
        assert_eq!(
            (&report["rows"], &report["imported"]),
            (&json!(IMPORTED), &json!(true)),
            "{report}"
        );
        // The documents of some with the mobiles of others: the store refuses every row.
        let mut taken = head.to_owned();
        for number in 0..300 {
            let (name, mobile) = (marked(number + 300).name, marked(number + 300).mobile);
            writeln!(taken, "{name},1980,2,{mobile},1,{}", marked(number).document).unwrap();
        }
        fs::write(good_file, taken).unwrap();
        let said = self.run(&["import", "beneficiaries", good_file]);
        assert_eq!(said.status.code(), Some(1));
        let text = [said.stdout, said.stderr].concat();
        assert_eq!(search.hits(&text), Vec::<&str>::new());
    }

    /// The last people register, book, are vaccinated and read what is theirs.
    fn use_everything(&self, program: &Program) {
        let data = self.folder.join("data");
        let (date, ..) = somewhere(program);
        let (session, _) = session_for(program, &date, 46);
        for number in IMPORTED..PEOPLE {
            let Marked { name, mobile, document } = marked(number);
            let resident = Resident::sign_in(program, &data, &mobile);
            let reference = resident.register(&name, "1980", &document);
            assert_eq!(resident.people()[0]["name"], name.as_str());
            let wish = json!({
                "session_id": session["session_id"], "slot": session["slots"][0],
                "beneficiaries": [reference],
            });
            let (status, booked) = resident.post("/api/v2/appointment/schedule", &wish);
            assert_eq!(status, 200, "{booked}");
            let id = booked["appointment_id"].as_str().unwrap();
            // To print takes a while.
            if number % 5 == 0 {
                let slip =
                    format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
                assert_eq!(resident.get(&slip).0, 200);
                let cancel = json!({ "appointment_id": id });
                assert_eq!(resident.post("/api/v2/appointment/cancel", &cancel).0, 204);
                support::vaccinate(program, &reference, &date);
                let certificate = format!(
                    "/api/v2/registration/certificate/download?beneficiary_reference_id={reference}"
                );
                assert_eq!(resident.get(&certificate).0, 200);
            }
        }
    }

    fn backup(&self) {
        let copy = self.folder.join("copy");
        let said = self.run(&["backup", copy.to_str().unwrap()]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }

    /// A copy is read back into an empty store, whole.
    fn restore(&self, search: &Search) {
        let empty = tempfile::tempdir().unwrap();
        let output = Command::new(TEEKA)
            .args(["restore", "--json", "--data"])
            .args([empty.path(), &self.folder.join("copy")])
            .output()
            .unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&said["people"], &said["holds"]), (&json!(10_050), &json!(true)), "{said}");
        assert_eq!(search.below(empty.path()).0, Vec::<String>::new());
    }
}

/// Wrong calls through every route, each with somebody's data wherever data can be put; no refusal
/// repeats any of it. Gives how many there were.
fn wrong_calls(program: &Program, search: &Search, most: u64) -> u64 {
    let list = include_str!("../../web/routes.txt");
    let routes: Vec<_> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace();
            (words.next().unwrap(), words.next().unwrap())
        })
        .collect();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let address = program.address();
    let mut asked = 0;
    while asked < most {
        for (method, path) in &routes {
            let person = marked(asked % PEOPLE);
            // A body that nobody read ends the connection, which is seen at the next call.
            let request = || wrong_call(&address, method, path, &person, asked);
            let mut answer = agent.run(request()).or_else(|_| agent.run(request())).unwrap();
            asked += 1;
            let status = answer.status().as_u16();
            let mut said = format!("{:?}", answer.headers()).into_bytes();
            said.extend(answer.body_mut().read_to_vec().unwrap());
            assert!(status < 500, "{method} {path} {status}");
            assert_eq!(search.hits(&said), Vec::<&str>::new(), "{method} {path} {status}");
        }
    }
    asked
}

/// A call that carries somebody's data where it does not belong.
fn wrong_call(
    address: &str,
    method: &str,
    path: &str,
    person: &Marked,
    number: u64,
) -> ureq::http::Request<String> {
    let Marked { name, mobile, document } = person;
    let filled = path.replace("{state_id}", name).replace("{beneficiary_reference_id}", document);
    let filled = filled.replace("{list}", document).replace("{file}", &format!("{name}.json"));
    let query = format!(
        "name={name}&mobile_number={document}&beneficiary_reference_id={document}&otp={mobile}\
         &txnId={name}&secret_code={mobile}&date={name}&pincode={mobile}&district_id={document}\
         &center_id={name}&lat={name}&long={mobile}&appointment_id={document}&{name}={mobile}"
    );
    let fields = json!({
        "name": document, "mobile": document, "mobile_number": name, "otp": mobile, "txnId": name,
        "birth_year": mobile, "gender_id": document, "photo_id_type": name, "slot": name,
        "photo_id_number": name, "session_id": document, "beneficiaries": [name, document],
        "appointment_id": mobile, "beneficiary_reference_id": document, "dose": name,
        "vaccine": name, "vaccine_batch": mobile, "vaccinator_name": document, "center_id": mobile,
        "comorbidity_ind": name, "beneficiariesToCancel": name, (name): document,
    });
    let whole = fields.to_string();
    let form = query.clone();
    let body = match number % 5 {
        // A body that nobody reads would end the connection.
        _ if method == "GET" => String::new(),
        0 => whole,
        1 => whole[..whole.len() / 2].to_owned(),
        2 => form,
        3 => format!("[\"{name}\", {mobile}, {{\"{document}\": null}}]"),
        _ => format!("{name}\u{0}{mobile}\n{document}"),
    };
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{address}{filled}?{query}"))
        .header("referer", format!("{address}/{name}?mobile={mobile}"))
        .header("user-agent", format!("{name} {document}"))
        .header("accept-language", name)
        .header("idempotency-key", format!("{name} {mobile}"))
        .header("cookie", format!("teeka_sign_in={name}.{mobile}.{document}"))
        .header("x-forwarded-for", name);
    let request = match number % 3 {
        0 => request,
        1 => request.header("authorization", format!("Bearer {name}.{document}.{mobile}")),
        _ => request.header("x-api-key", "demo-key-of-a-made-up-country"),
    };
    request.body(body).unwrap()
}
