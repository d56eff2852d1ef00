//! A sweep that found somebody, and a takedown that waits for a second person: made by the program, from
//! an nginx, for a server that shows them.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use testkit::nginx::Nginx;

const SERVER: &str = "server {
    listen 127.0.0.1:@PORT@;
    root @FOLDER@/www;
    autoindex on;
}";

fn expose(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    command.current_dir(folder).arg("expose").args(arguments).arg("--json");
    let output = command.stdin(Stdio::null()).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Makes them below a folder, with a configuration that names them (`exposure.toml`), and gives the note
/// by which the second person releases. None if nginx is not installed.
pub(crate) fn make(folder: &Path) -> Option<String> {
    let nginx = Nginx::start(SERVER)?;
    let (www, port) = (nginx.www(), nginx.port());
    fs::create_dir(www.join("lists")).unwrap();
    for at in 0..30 {
        let text = format!("Name: Asha Devi\nMobile: 98290112{at:02}\nPAN: ABCPD12{at:02}F\n");
        fs::write(www.join(format!("lists/asha-devi-{at}.txt")), text).unwrap();
    }
    let scope = format!("[[host]]\nname = '127.0.0.1'\nports = [{port}]\nrate = 0.0\n");
    fs::write(folder.join("scope.toml"), scope).unwrap();
    expose(folder, &["sweep", "--scope", "scope.toml", "--job", "sweep", "--ocr", "none"]);

    let person = |name: &str| {
        let made = expose(folder, &["person", name, "--out", &format!("{name}.person")]);
        made["verifier"].as_str().unwrap().to_owned()
    };
    let (first, second) = (person("meera"), person("binoy"));
    let setup = format!(
        "name = 'ministry.example'\npeople = ['{first}', '{second}']\n[[sites]]\n\
         host = '127.0.0.1:{port}'\norigin = 'http://127.0.0.1:1'\nnginx = {{ folder = 'rules' }}\n"
    );
    fs::write(folder.join("setup.toml"), setup).unwrap();
    let order =
        ["order", "cases/case-7", "--setup", "setup.toml", "--found", "sweep/exposed.jsonl"];
    let why = ["--key", "meera.person", "--reason", "lists of beneficiaries"];
    expose(folder, &[&order[..], &why].concat());
    fs::copy(folder.join("cases/case-7/order"), folder.join("order.txt")).unwrap();
    let signed = expose(folder, &["sign", "order.txt", "--key", "binoy.person"]);
    let config = format!(
        "[exposure]\nsweep = {:?}\ncases = {:?}\n",
        testkit::cdn::text(&folder.join("sweep")),
        testkit::cdn::text(&folder.join("cases")),
    );
    fs::write(folder.join("exposure.toml"), config).unwrap();
    Some(signed["release"].as_str().unwrap().to_owned())
}
