//! A sweep of many small documents on a server beside it, killed on the way, gone on with, and begun
//! again: addresses a second, memory, what a kill costs, what a second turn costs.
//!
//! ```sh
//! cargo run --release -p exposure --example nine_lakh -- 900000 [PROGRAM]
//! ```
//!
//! Without a program it reads documents in its own process; with one (`target/release/teeka`) it has
//! that sweep, in processes that can be killed.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints")]

use std::{
    env, fs,
    io::{BufRead, BufReader, BufWriter, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use exposure::sweep::{
    Sweep,
    folder::Folder,
    reading::{self, Read, Reading},
    scope::Scope,
};
use scan::extract::Unread;

/// Addresses in one sitemap, as the protocol allows.
const IN_ONE: u64 = 50_000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [role, folder, scope] if role == "sweep" => child(Path::new(folder), Path::new(scope)),
        [count] => measure(count.parse().unwrap(), None),
        [count, program] => measure(count.parse().unwrap(), Some(program)),
        _ => println!("say how many documents"),
    }
}

/// What the server was asked.
#[derive(Default)]
struct Asked {
    documents: AtomicU64,
    unchanged: AtomicU64,
}

fn measure(count: u64, program: Option<&str>) {
    let asked = Arc::new(Asked::default());
    let port = serve(count, &asked);
    let folder = env::temp_dir().join(format!("nine-lakh-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let scope = folder.join("scope.toml");
    let text =
        format!("[[host]]\nname = '127.0.0.1'\nports = [{port}]\nrate = 0.0\nconnections = 8\n");
    fs::write(&scope, text).unwrap();
    let begin = || begin(program, &folder.join("job"), &scope);

    let start = Instant::now();
    let mut first = begin();
    let most = watch(&mut first, || asked.documents.load(Relaxed) > count * 2 / 5);
    first.kill().unwrap();
    first.wait().unwrap();
    let (before, killed_after) = (asked.documents.load(Relaxed), start.elapsed());
    println!(
        "killed after {before} documents in {:.1} s, {} MB",
        killed_after.as_secs_f64(),
        most >> 10
    );

    let start = Instant::now();
    let mut second = begin();
    let most = watch(&mut second, || false);
    let took = start.elapsed() + killed_after;
    let documents = asked.documents.load(Relaxed);
    println!("{count} documents in {:.1} s, {} a second", took.as_secs_f64(), rate(count, took));
    println!("asked twice because of the kill: {}", documents - count);
    println!("memory at most: {} MB", most >> 10);
    let size = fs::metadata(folder.join("job/sweep.db")).unwrap().len();
    println!("the sweep's file: {} MB", size >> 20);

    let start = Instant::now();
    let mut third = begin();
    let most = watch(&mut third, || false);
    let (again, took) = (asked.documents.load(Relaxed) - documents, start.elapsed());
    println!(
        "second turn: {again} documents in {:.1} s, {} a second",
        took.as_secs_f64(),
        rate(again, took)
    );
    println!(
        "of them unchanged: {}, memory at most: {} MB",
        asked.unchanged.load(Relaxed),
        most >> 10
    );
    let exposed = fs::read(folder.join("job/exposed.jsonl")).unwrap();
    println!("exposed documents: {}", exposed.split(|byte| *byte == b'\n').count() - 1);
    fs::remove_dir_all(&folder).unwrap();
}

fn rate(count: u64, took: Duration) -> u128 {
    u128::from(count) * 1_000 / took.as_millis().max(1)
}

fn begin(program: Option<&str>, job: &Path, scope: &Path) -> Child {
    let mut command = if let Some(program) = program {
        let mut command = Command::new(program);
        command.args(["expose", "sweep", "--quiet", "--scope"]).arg(scope).arg("--job").arg(job);
        command
    } else {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg("sweep").arg(job).arg(scope);
        command
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

/// Waits until a process ends or something is so, and gives its most memory in kB.
fn watch(child: &mut Child, is_so: impl Fn() -> bool) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() && !is_so() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
        most = most.max(number.unwrap_or(0));
        #[expect(clippy::disallowed_methods, reason = "another process works")]
        thread::sleep(Duration::from_millis(20));
    }
    most
}

/// Sweeps, in a process of its own.
fn child(job: &Path, scope: &Path) {
    struct Here;
    impl Read for Here {
        fn read(&self, bytes: &[u8], _letters: bool) -> Reading {
            reading::read(bytes, &mut |_| Err(Unread::NeedsOcr))
        }
    }
    let mut folder = Folder::open(job).unwrap();
    let scope = Arc::new(Scope::read(&fs::read_to_string(scope).unwrap()).unwrap());
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which time is read")]
    let now = jiff::Timestamp::now;
    let sweep = Sweep { scope, reader: &Here, now: &now };
    sweep.run(&mut folder.job, &[], &mut |_| {}).unwrap();
    folder.write_list().unwrap();
}

/// Serves documents that are made as they are asked for, and sitemaps of them in parts.
fn serve(count: u64, asked: &Arc<Asked>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::clone(asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let asked = Arc::clone(&asked);
            thread::spawn(move || drop(answer(&stream.unwrap(), count, &asked)));
        }
    });
    port
}

fn answer(stream: &TcpStream, count: u64, asked: &Asked) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = BufWriter::new(stream);
    let (mut line, mut header) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut known = false;
        loop {
            header.clear();
            reader.read_line(&mut header)?;
            if header.trim().is_empty() {
                break;
            }
            known |= header.to_ascii_lowercase().starts_with("if-none-match");
        }
        let path = line.split(' ').nth(1).unwrap_or_default();
        let number = path.strip_prefix("/reports/").and_then(|name| name.strip_suffix(".csv"));
        let (status, body) = match (path, number.and_then(|number| number.parse().ok())) {
            (_, Some(number)) => {
                asked.documents.fetch_add(1, Relaxed);
                asked.unchanged.fetch_add(u64::from(known), Relaxed);
                if known { (304, String::new()) } else { (200, document(number)) }
            }
            ("/robots.txt", _) => (200, "Sitemap: /maps/sitemap.xml\n".to_owned()),
            ("/maps/sitemap.xml", _) => (200, index(count)),
            _ => match path.strip_prefix("/maps/").and_then(|part| part.parse().ok()) {
                Some(part) => (200, map(part, count)),
                None => (404, String::new()),
            },
        };
        let etag = if number.is_some() { "ETag: \"a\"\r\n" } else { "" };
        let length = body.len();
        write!(writer, "HTTP/1.1 {status} X\r\n{etag}Content-Length: {length}\r\n\r\n{body}")?;
        writer.flush()?;
    }
}

/// One in ten names a person.
fn document(number: u64) -> String {
    let text = "The district's stock of vaccine was counted on the first of the month; the cold chain \
                was in order, and no vial was lost.\n";
    match number % 10 {
        0 => format!(
            "Report {number}\nName: Asha Devi\nMobile: 98{:08}\n{text}",
            number * 7_919 % 100_000_000
        ),
        _ => format!("Report {number}\n{text}{text}"),
    }
}

fn index(count: u64) -> String {
    let parts = (0..count.div_ceil(IN_ONE))
        .map(|part| format!("<sitemap><loc>/maps/{part}</loc></sitemap>"));
    format!("<sitemapindex>{}</sitemapindex>", parts.collect::<Vec<_>>().concat())
}

fn map(part: u64, count: u64) -> String {
    let some = part * IN_ONE..((part + 1) * IN_ONE).min(count);
    let some = some.map(|number| format!("<url><loc>/reports/{number}.csv</loc></url>\n"));
    format!("<urlset>{}</urlset>", some.collect::<Vec<_>>().concat())
}
