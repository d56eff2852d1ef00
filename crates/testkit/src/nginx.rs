//! An nginx of one's own: Debian's program, a folder and a port that nobody else has. It ends with
//! the value.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::postgres::{free_port, is_root};

/// A running server.
pub struct Nginx {
    folder: tempfile::TempDir,
    port: u16,
    process: Child,
}

impl Nginx {
    /// Starts a server; none if nginx is not installed, which is a failure where `CI` is set.
    ///
    /// `http` stands inside its `http` block. `@PORT@` is the port, `@FOLDER@` the server's own
    /// folder, of which `@FOLDER@/www` is there to be served.
    ///
    /// # Panics
    ///
    /// If nginx is there and does not start; or is not there, where `CI` is set.
    pub fn start(http: &str) -> Option<Self> {
        Self::start_with("", http)
    }

    /// The same with lines before its `http` block, which load modules.
    ///
    /// # Panics
    ///
    /// As [`Self::start`].
    pub fn start_with(main: &str, http: &str) -> Option<Self> {
        let Some(program) = program() else {
            crate::missing("nginx");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("www")).expect("a folder of our own");
        let port = free_port();
        let configuration = configuration(folder.path(), port, [main, http]);
        fs::write(folder.path().join("nginx.conf"), configuration).expect("a file of our own");
        let process = command(&program, folder.path())
            .args(["-g", "daemon off;"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let mut server = Self { folder, port, process };
        server.wait();
        Some(server)
    }

    /// The server's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that is there to be served.
    pub fn www(&self) -> PathBuf {
        self.folder.path().join("www")
    }

    /// Where it serves: `127.0.0.1:PORT`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port at which it serves.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The command line that tests its configuration, and the one that has it read anew.
    pub fn commands(&self) -> (Vec<String>, Vec<String>) {
        let program = program().expect("it runs").display().to_string();
        let folder = self.folder.path().display();
        let base = [program, "-p".into(), folder.to_string(), "-c".into()];
        let base = base.into_iter().chain(["nginx.conf".into(), "-e".into(), "error.log".into()]);
        let base: Vec<String> = base.collect();
        let with = |more: &[&str]| {
            base.iter().cloned().chain(more.iter().map(|&more| more.to_owned())).collect()
        };
        (with(&["-q", "-t"]), with(&["-s", "reload"]))
    }

    /// What it wrote about errors.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().expect("it can be asked");
            let waited = begun.elapsed() < Duration::from_secs(20);
            assert!(ended.is_none() && waited, "nginx did not start: {}", self.errors());
            #[expect(clippy::disallowed_methods, reason = "another process starts")]
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A killed master would leave its workers behind: it is asked.
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
    }
}

fn configuration(folder: &Path, port: u16, [main, http]: [&str; 2]) -> String {
    let user = if is_root() { "user root;" } else { "" };
    let folder = folder.display().to_string();
    let http = http.replace("@PORT@", &port.to_string()).replace("@FOLDER@", &folder);
    format!(
        "{user}
{main}
worker_processes 2;
worker_rlimit_nofile 4096;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 1000000;
    types {{ application/pdf pdf; text/html html; text/csv csv; text/plain txt; application/xml xml; }}
{http}
}}
"
    )
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "error.log"]);
    command
}

fn program() -> Option<PathBuf> {
    let places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
    places.iter().map(PathBuf::from).find(|place| place.is_file())
}
