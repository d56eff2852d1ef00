//! A Varnish of one's own: Debian's program, a folder and two ports that nobody else has. It ends
//! with the value.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::postgres::free_port;

/// A running cache.
pub struct Varnish {
    folder: tempfile::TempDir,
    port: u16,
    admin: u16,
    process: Child,
}

impl Varnish {
    /// Starts a cache of so many megabytes; none if Varnish is not installed, which is a failure
    /// where `CI` is set.
    ///
    /// `vcl` is the whole configuration, kept as `main.vcl` in its folder, where `gone.vcl` is an
    /// empty file beside it. `@FOLDER@` is that folder.
    ///
    /// # Panics
    ///
    /// If Varnish is there and does not start; or is not there, where `CI` is set.
    pub fn start(vcl: &str, megabytes: u32) -> Option<Self> {
        let Some(program) = program() else {
            crate::missing("Varnish");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path();
        let vcl = vcl.replace("@FOLDER@", &path.display().to_string());
        for (file, text) in
            [("main.vcl", vcl.as_str()), ("gone.vcl", ""), ("secret", "a secret of a test\n")]
        {
            fs::write(path.join(file), text).expect("a file of our own");
        }
        let (port, admin) = (free_port(), free_port());
        let log = fs::File::create(path.join("log")).expect("a file of our own");
        let process = Command::new(program)
            .args(["-F", "-j", "none", "-n"])
            .arg(path.join("work"))
            .args(["-a", &format!("127.0.0.1:{port}"), "-T", &format!("127.0.0.1:{admin}")])
            .arg("-S")
            .arg(path.join("secret"))
            .arg("-f")
            .arg(path.join("main.vcl"))
            .args(["-s", &format!("malloc,{megabytes}m")])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("Varnish starts");
        let mut server = Self { folder, port, admin, process };
        server.wait();
        Some(server)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it serves: `127.0.0.1:PORT`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The command line that speaks with it; what to say follows.
    pub fn admin(&self) -> Vec<String> {
        let secret = self.folder.path().join("secret").display().to_string();
        let address = format!("127.0.0.1:{}", self.admin);
        ["varnishadm", "-T", &address, "-S", &secret].map(str::to_owned).to_vec()
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().expect("it can be asked");
            let waited = begun.elapsed() < Duration::from_secs(30);
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(ended.is_none() && waited, "Varnish did not start: {}", log());
            #[expect(clippy::disallowed_methods, reason = "another process starts")]
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Varnish {
    fn drop(&mut self) {
        // A killed master would leave its worker behind: it is asked.
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
    }
}

fn program() -> Option<PathBuf> {
    let places = ["/usr/sbin/varnishd", "/usr/local/sbin/varnishd"];
    places.iter().map(PathBuf::from).find(|place| place.is_file())
}
