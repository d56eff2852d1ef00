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
    let Some(packages) = outsiders::node(&sources(), &installed().join("npm")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let proxy = start_proxy(folder.path(), &program.address());
    let (date, district, pincode) = support::somewhere(&program);
    let seen = lines(
        Command::new("node")
            .arg(sources().join("clients.js"))
            .arg(packages)
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
    // This one leaves out leading zeros of a date.
    let wrapper = |call| value(&seen, "cowin-api-wrapper", call);
    assert_eq!(len(wrapper("getStates")), 36);
    assert!(len(wrapper("getDistricts")) > 30);
    for call in ["byPin", "byPin week", "byDistrict"] {
        assert_eq!(wrapper(call)["isError"], false, "{call}");
        assert!(len(&wrapper(call)["appointments"]) > 0, "{call}");
    }
    assert_eq!(wrapper("byPin wrong")["error"]["errorCode"], "APPOIN0018");
}

#[test]
fn python_programs_run_unmodified() {
    let Some(python) = support::python(&installed(), "contract") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
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
    for call in ["get_districts", "async get_districts"] {
        assert!(len(&value(&seen, "cowin-async", call)["districts"]) > 30, "{call}");
    }
    let hindi = &value(&seen, "cowin-async", "get_states hi")["states"][8];
    assert_eq!((&hindi["state_name"], &hindi["state_name_l"]), (&"Delhi".into(), &"दिल्ली".into()));
    for call in ["sessions", "async sessions"] {
        assert!(len(&value(&seen, "cowin-async", call)["centers"]) > 0, "{call}");
    }
    let token = value(&seen, "cowin-async", "confirm_otp")["token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3);
    for call in ["get_certificate", "async get_certificate"] {
        assert!(value(&seen, "cowin-async", call).as_u64().unwrap() > 5_000, "{call}");
    }
    assert_eq!(len(&value(&seen, "cowin", "get_states")["states"]), 36);
    assert!(len(&value(&seen, "cowin", "get_districts")["districts"]) > 30);
    for call in ["district", "pincode", "base"] {
        assert!(len(&value(&seen, "cowin", call)["centers"]) > 0, "{call}");
    }
    let ages = value(&seen, "cowin", "age")["centers"].as_array().unwrap();
    let of_45 = |center: &Value| {
        center["sessions"].as_array().unwrap().iter().all(|s| s["min_age_limit"] == 45)
    };
    assert!(ages.iter().all(of_45));
}

/// What a package prints of its calls, run in a folder of its own: several have a module of the
/// same name.
fn package(
    (program, folder): (&Program, &Path),
    proxy: &Proxy,
    python: &Path,
    (name, requirements): (&str, &[&str]),
) -> Vec<Value> {
    let packages = installed().join(name);
    if !packages.exists() {
        let target = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"];
        let fresh = packages.with_extension("new");
        let mut install = Command::new(python);
        assert!(run(install.args(target).arg(&fresh).args(requirements)), "pip install {name}");
        std::fs::rename(&fresh, &packages).unwrap();
    }
    let (date, district, pincode) = support::somewhere(program);
    // A day later: appointments of the next day can be cancelled until midnight only.
    let later = jiff::civil::Date::strptime("%d-%m-%Y", &date).unwrap().tomorrow().unwrap();
    let later = later.strftime("%d-%m-%Y").to_string();
    lines(
        Command::new(python)
            .arg(sources().join("more.py"))
            .args([name, &later, &district, &pincode, "7000000002"])
            .arg(folder.join("messages.jsonl"))
            .arg("demo-key-of-a-made-up-country")
            .env("PYTHONPATH", packages)
            .env("https_proxy", format!("http://127.0.0.1:{}", proxy.1))
            .env("SSL_CERT_FILE", folder.join("host.pem"))
            .env("REQUESTS_CA_BUNDLE", folder.join("host.pem")),
    )
}

#[test]
fn more_python_programs_run_unmodified() {
    let Some(python) = support::python(&installed(), "contract") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let proxy = start_proxy(folder.path(), &program.address());
    let seen = |name, requirements| {
        package((&program, folder.path()), &proxy, &python, (name, requirements))
    };

    let lists = seen("cowinpy", &["cowinpy==0.1.0", "requests==2.32.5"]);
    assert_eq!(len(&value(&lists, "cowinpy", "getStates")["states"]), 36);
    assert!(len(&value(&lists, "cowinpy", "getDistricts")["districts"]) > 30);

    // These two write the year in two digits.
    let name = "cowin-vaccine-api";
    let wrapper = ["cowin-vaccine-api==0.0.3", "fake-useragent==0.1.11", "requests==2.32.5"];
    let searches = seen(name, &wrapper);
    assert_eq!(len(&value(&searches, name, "get_states")["states"]), 36);
    assert!(len(&value(&searches, name, "get_districts")["districts"]) > 30);
    for call in ["get_availability_by_district", "get_availability_by_pincode"] {
        assert!(len(&value(&searches, name, call)["sessions"]) > 0, "{call}");
    }
    assert!(len(&value(&searches, name, "get_availability_by_pincode_week")["centers"]) > 0);
    assert_eq!(value(&searches, name, "get_availability_by_district_week"), 404);
    let line = seen("cowincli", &["cowincli==0.0.1"]);
    assert_eq!(value(&line, "cowincli", "today").as_str().unwrap().len(), 8);
    assert!(value(&line, "cowincli", "get_centers").as_str().unwrap().contains("Available: "));

    generated_client(&seen(
        "cowin-api",
        &["cowin-api==1.0.1", "pydantic==1.10.27", "fastapi==0.115.14", "httpx==0.28.1"],
    ));
}

/// The client that was generated from the specification of the partners' calls books, moves and
/// cancels.
fn generated_client(seen: &[Value]) {
    let value = |call| value(seen, "cowin-api", call);
    assert_eq!((value("states"), value("id_types")), (&36.into(), &13.into()));
    assert_eq!(value("states hi"), &Value::from(vec!["दिल्ली"]));
    assert_eq!(value("genders"), &Value::from(vec!["Male", "Female", "Others"]));
    assert!(value("districts").as_u64().unwrap() > 30);
    assert!(len(&value("find_by_lat_long")["centers"]) > 0);
    assert_eq!(value("confirm_otp"), &serde_json::json!([2, "Y"]));
    assert_eq!(value("new").as_str().unwrap().len(), 14);
    assert_eq!(value("calendar_by_pin"), &Value::from(vec!["COVISHIELD"]));
    for call in ["calendar_by_district", "find_by_district", "public_calendar_by_district"] {
        assert!(value(call).as_u64().unwrap() > 0, "{call}");
    }
    assert!(len(value("find_by_pin")) > 0);
    assert_eq!(
        value("schedule"),
        &Value::from(vec!["appointment_confirmation_no", "appointment_id"])
    );
    // 204 is no answer that it has a type for.
    for call in ["reschedule_appointment", "cancel_appointment", "delete_beneficiary"] {
        assert_eq!(value(call), 204, "{call}");
    }
    let slots = value("slots").as_array().unwrap();
    assert_eq!(value("beneficiaries"), &Value::from(vec![slots.last().unwrap().clone()]));
    assert!(value("public_find_by_pin").as_u64().unwrap() > 0);
    assert!(value("public_find_by_district").as_u64().unwrap() > 0);
    assert_eq!(value("public_calendar_by_pin")[0], "");
    assert_eq!(value("public_confirm_otp"), 400);
}

/// Somebody who has had a first dose: mobile and reference number.
fn vaccinated(program: &Program, folder: &Path, date: &str) -> (String, String) {
    let resident = Resident::sign_in(program, folder, "7000000001");
    let reference = resident.register("Asha Demo", "1970", "800000000001");
    support::vaccinate(program, &reference, date);
    (resident.mobile.clone(), reference)
}
