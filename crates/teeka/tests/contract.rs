//! Programs that others wrote for Co-WIN, unmodified, against the built server. They are fetched
//! from their registries and reach the server through a proxy that ends TLS for their host.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use support::Resident;
use testkit::program::Program;

/// The proxy, ended with the test.
struct Proxy(Child, u16);

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn sources() -> PathBuf {
    support::sources("contract")
}

/// Where packages are installed: kept between runs.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn lines(command: &mut Command) -> Vec<Value> {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn start_proxy(folder: &Path, address: &str) -> Proxy {
    let made = rcgen::generate_simple_self_signed(["cdn-api.co-vin.in".to_owned()]).unwrap();
    std::fs::write(folder.join("host.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("host.key"), made.signing_key.serialize_pem()).unwrap();
    let port = address.rsplit(':').next().unwrap();
    let mut child = Command::new("python3")
        .arg(sources().join("proxy.py"))
        .args([folder.join("host.pem"), folder.join("host.key")])
        .arg(port)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Proxy(child, line.trim().parse().unwrap())
}

fn value<'a>(seen: &'a [Value], client: &str, call: &str) -> &'a Value {
    let line = seen.iter().find(|line| line["client"] == client && line["call"] == call);
    &line.unwrap_or_else(|| panic!("{client} {call} is missing"))["value"]
}

fn len(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

#[test]
fn node_programs_run_unmodified() {
    if !run(Command::new("npm").arg("--version")) {
        testkit::missing("npm");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let packages = installed().join("npm");
    std::fs::create_dir_all(&packages).unwrap();
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(sources().join(file), packages.join(file)).unwrap();
    }
    let quiet = ["ci", "--silent", "--no-audit", "--no-fund"];
    assert!(run(Command::new("npm").args(quiet).current_dir(&packages)), "npm ci");
    let proxy = start_proxy(folder.path(), &program.address());
    let (date, district, pincode) = support::somewhere(&program);
    let seen = lines(
        Command::new("node")
            .arg(sources().join("clients.js"))
            .arg(packages.join("node_modules"))
            .args([&date, &district, &pincode])
            .env("https_proxy", format!("http://127.0.0.1:{}", proxy.1))
            .env("NODE_EXTRA_CA_CERTS", folder.path().join("host.pem")),
    );
    assert_eq!(len(&value(&seen, "cowin", "getStates")["result"]), 36);
    assert!(len(&value(&seen, "cowin", "getListofDistricts")["result"]) > 30);
    for call in ["findByPin", "findByDistrict", "calendarByPin", "calendarByDistrict"] {
        let answer = value(&seen, "cowin", call);
        assert_eq!(answer["status"], true, "{call}");
        assert!(len(&answer["result"]) > 0, "{call}: {answer}");
    }
    assert_eq!(len(&value(&seen, "cowin-api-client", "getStates")["states"]), 36);
    assert!(len(&value(&seen, "cowin-api-client", "getDistricts")["districts"]) > 30);
    for call in ["findByPin", "findByDistrict"] {
        assert!(len(&value(&seen, "cowin-api-client", call)["sessions"]) > 0, "{call}");
    }
    for call in ["calendarByPin", "calendarByDistrict"] {
        assert!(len(&value(&seen, "cowin-api-client", call)["centers"]) > 0, "{call}");
    }
}

#[test]
fn python_programs_run_unmodified() {
    if !run(Command::new("python3").args(["-m", "venv", "--help"])) {
        testkit::missing("python3-venv");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let python = support::python(&installed(), "contract");
    let proxy = start_proxy(folder.path(), &program.address());
    let (date, district, pincode) = support::somewhere(&program);
    let (mobile, reference) = vaccinated(&program, folder.path(), &date);
    let messages = folder.path().join("messages.jsonl");
    let seen = lines(
        Command::new(python)
            .arg(sources().join("clients.py"))
            .args([&date, &district, &pincode, &mobile])
            .arg(&messages)
            .arg(&reference)
            .env("https_proxy", format!("http://127.0.0.1:{}", proxy.1))
            .env("SSL_CERT_FILE", folder.path().join("host.pem"))
            .env("REQUESTS_CA_BUNDLE", folder.path().join("host.pem")),
    );
    assert_eq!(len(&value(&seen, "cowin-async", "get_states")["states"]), 36);
    assert_eq!(len(&value(&seen, "cowin-async", "async get_states")["states"]), 36);
    let hindi = &value(&seen, "cowin-async", "get_states hi")["states"][8];
    assert_eq!((&hindi["state_name"], &hindi["state_name_l"]), (&"Delhi".into(), &"दिल्ली".into()));
    assert!(len(&value(&seen, "cowin-async", "sessions")["centers"]) > 0);
    let token = value(&seen, "cowin-async", "confirm_otp")["token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3);
    assert!(value(&seen, "cowin-async", "get_certificate").as_u64().unwrap() > 5_000);
    assert_eq!(len(&value(&seen, "cowin", "get_states")["states"]), 36);
    assert!(len(&value(&seen, "cowin", "district")["centers"]) > 0);
    assert!(len(&value(&seen, "cowin", "pincode")["centers"]) > 0);
    let ages = value(&seen, "cowin", "age")["centers"].as_array().unwrap();
    let of_45 = |center: &Value| {
        center["sessions"].as_array().unwrap().iter().all(|s| s["min_age_limit"] == 45)
    };
    assert!(ages.iter().all(of_45));
}

/// Somebody who has had a first dose: mobile and reference number.
fn vaccinated(program: &Program, folder: &Path, date: &str) -> (String, String) {
    let resident = Resident::sign_in(program, folder, "7000000001");
    let reference = resident.register("Asha Demo", "1970", "800000000001");
    support::vaccinate(program, &reference, date);
    (resident.mobile.clone(), reference)
}
