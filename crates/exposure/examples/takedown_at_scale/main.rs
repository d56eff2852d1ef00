//! Takes a great number of addresses down, from a real nginx, a real Varnish that has kept each of
//! them twice, and a small search engine that has them all in its index, and says how long each step
//! takes, what is still to be seen where meanwhile, how true the told times were, and what two kills
//! cost.
//!
//! ```sh
//! cargo run --release -p exposure --example takedown_at_scale -- 900000
//! ```

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement is run by hand")]

#[path = "../../tests/takedown/engine.rs"]
mod engine;
mod ground;
#[path = "../../tests/takedown/net.rs"]
mod net;
mod seen;
mod told;
mod work;

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use ground::Ground;
use seen::Eyes;
use told::{Line, Times};

/// How long it goes on the first time.
const FIRST_KILL: Duration = Duration::from_secs(4);
/// How far it comes with this the second time.
const SECOND_KILL: (&str, f64) = ("probing", 0.4);
/// How often it is looked what is still to be seen.
const LOOK: Duration = Duration::from_secs(5);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [role, folder] if role == "work" => work::run(Path::new(folder)),
        [number] => measure(number.parse().unwrap()),
        _ => println!("say how many documents"),
    }
}

fn measure(number: usize) {
    let ground = Ground::start(number);
    timed("the CDN keeps each twice", || ground.fill());
    timed("the engine has visited all", || ground.engine.pass(1));
    let mut eyes = Eyes::of(&ground);
    timed("ordered and signed", || ground.order());
    eyes.look("before the release");
    timed("released", || ground.release());
    let clock = Clock(Instant::now());
    println!("seconds since the release:");
    let mut last = None;
    for (name, kill) in
        [("first", Kill::After(FIRST_KILL)), ("second", Kill::At), ("third", Kill::No)]
    {
        println!("{:>9.1} a {name} process begins", clock.seconds());
        let mut run = Run { clock, times: Times::default(), eyes: &mut eyes, resumed: last };
        last = run.until(&ground.case_folder(), kill);
        run.times.tell();
    }
    println!("{:>9.1} all steps are done", clock.seconds());
    let mut hours = 0;
    while ground.engine.kept(ground::WORD) > 0 && hours < 48 {
        ground.engine.pass(1);
        hours += 1;
    }
    println!("the engine's index has forgotten all after {hours} hours of its own");
    ground.verify();
    eyes.look("in the end");
}

/// Seconds since the release.
#[derive(Clone, Copy)]
struct Clock(Instant);

impl Clock {
    fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// When a process is killed.
#[derive(Clone, Copy)]
enum Kill {
    No,
    After(Duration),
    At,
}

/// One process that works on the case.
struct Run<'a> {
    clock: Clock,
    times: Times,
    eyes: &'a mut Eyes,
    /// How far the one before was with what it did when it was killed.
    resumed: Option<(String, u64)>,
}

impl Run<'_> {
    /// Watches it until it ends or is killed, and gives how far it was then.
    fn until(&mut self, case: &Path, kill: Kill) -> Option<(String, u64)> {
        let (mut child, lines) = begin(case);
        let (begun, mut looked, mut most) = (Instant::now(), Instant::now(), 0);
        loop {
            let line = lines.recv_timeout(Duration::from_millis(100));
            most = most.max(memory(&child));
            if let Ok(line) = &line {
                self.heard(line);
            }
            if looked.elapsed() > LOOK {
                self.eyes.look_if_changed(self.clock.seconds());
                looked = Instant::now();
            }
            let now = match kill {
                Kill::No => false,
                Kill::After(time) => begun.elapsed() > time,
                Kill::At => self.times.is_past(SECOND_KILL.0, SECOND_KILL.1),
            };
            if now || line == Err(RecvTimeoutError::Disconnected) {
                // On Unix this is SIGKILL.
                child.kill().unwrap();
                let status = child.wait().unwrap();
                let how = if now { "killed" } else { "ended" };
                println!("{:>9.1} {how}; memory at most {} MB", self.clock.seconds(), most >> 10);
                assert!(now || status.success(), "{status}");
                return self.times.last();
            }
        }
    }

    fn heard(&mut self, line: &str) {
        match Line::read(line) {
            Some(Line::Done(step, facts)) => {
                println!("{:>9.1} {step}: {facts}", self.clock.seconds());
                self.eyes.look_if_changed(self.clock.seconds());
            }
            Some(Line::Told(what, done, total)) => {
                if let Some((before, at)) = self.resumed.take_if(|(before, _)| *before == what) {
                    println!(
                        "{:>9.1} {before} goes on at {done}; it was at {at}",
                        self.clock.seconds()
                    );
                }
                self.times.add(what, done, total);
            }
            None => {}
        }
    }
}

fn begin(case: &Path) -> (Child, Receiver<String>) {
    let mut command = Command::new(env::current_exe().unwrap());
    let mut child = command.arg("work").arg(case).stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = channel();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            drop(send.send(line));
        }
    });
    (child, lines)
}

/// The most memory that a process had so far, in kB.
fn memory(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or_default()
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = act();
    println!("{:>9.1} s {what}", begun.elapsed().as_secs_f64());
    done
}
