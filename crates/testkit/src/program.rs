//! The built program as a process: started on a free port, stopped or killed.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A running `teeka demo` or `teeka serve`.
pub struct Program {
    child: Child,
    /// What it announced.
    pub announced: Value,
}

impl Program {
    /// Starts the program and waits until it serves. `arguments` begin with the subcommand.
    ///
    /// # Panics
    ///
    /// If it ends before it serves.
    pub fn start(binary: &str, data: &Path, arguments: &[&str]) -> Self {
        Self::start_in(binary, data, arguments, &[])
    }

    /// The same in another environment.
    ///
    /// # Panics
    ///
    /// As [`Program::start`].
    pub fn start_in(
        binary: &str,
        data: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(data.join("stderr.log"))
            .expect("the data folder can be written");
        let mut child = Command::new(binary)
            .args(arguments)
            .arg("--json")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0"])
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it writes");
        let announced = serde_json::from_str(&line).unwrap_or_else(|_| {
            let log = std::fs::read_to_string(data.join("stderr.log")).unwrap_or_default();
            panic!("the program did not start: {line}{log}")
        });
        Self { child, announced }
    }

    /// Where it serves: `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If it announced no address.
    pub fn address(&self) -> String {
        let api = self.announced["api"].as_str();
        let api = api.unwrap_or_else(|| panic!("no address: {}", self.announced));
        api.trim_end_matches("/api").to_owned()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power failure of the process would.
    ///
    /// # Panics
    ///
    /// If it cannot be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, and gives whether it ended well.
    ///
    /// # Panics
    ///
    /// If it cannot be asked.
    pub fn stop(mut self) -> bool {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "it can be asked to end");
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended, if it was killed or stopped.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The one-time password last sent to a mobile, waiting for it a little.
///
/// # Panics
///
/// If none comes.
pub fn code_of(messages: &PathBuf, mobile: &str, after: usize) -> String {
    for _ in 0..200 {
        let text = std::fs::read_to_string(messages).unwrap_or_default();
        let found = text.lines().skip(after).filter_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let fits = message["to"].as_str()?.ends_with(mobile)
                && message["kind"].as_str()?.ends_with("otp");
            let text = message["text"].as_str()?.to_owned();
            let code: String =
                text.split(' ').find(|word| is_code(word))?.chars().take(6).collect();
            fits.then_some(code)
        });
        if let Some(code) = found.last() {
            return code;
        }
        #[expect(clippy::disallowed_methods, reason = "another process writes the file")]
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no one-time password came");
}

fn is_code(word: &str) -> bool {
    word.len() == 7 && word.ends_with('.') && word[..6].bytes().all(|byte| byte.is_ascii_digit())
}

/// How many messages have been sent.
pub fn messages_sent(messages: &PathBuf) -> usize {
    std::fs::read_to_string(messages).unwrap_or_default().lines().count()
}
