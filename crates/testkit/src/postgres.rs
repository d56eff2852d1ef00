//! A PostgreSQL server of one's own: Debian's programs, a data folder and a port that nobody else
//! has. It ends with the test program.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, mpsc},
    time::{Duration, Instant},
};

use store::postgres::{Postgres, Topology};

/// A running server.
pub struct Server {
    data: PathBuf,
    /// The folder of the data, if it goes with the server.
    _folder: Option<tempfile::TempDir>,
    settings: &'static [&'static str],
    programs: PathBuf,
    port: u16,
    process: Mutex<Child>,
}

/// The server that all tests of a program share; none if PostgreSQL is not installed, which is a
/// failure where `CI` is set.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(Server::start).as_ref()
}

/// The URL of a new, empty database on the shared server.
pub fn new_database() -> Option<String> {
    shared().map(Server::new_database)
}

/// Opens a new database on the shared server as a store whose steps are transactions of their own,
/// and holds each of them to one key.
///
/// # Panics
///
/// If the server refuses.
pub async fn new_sharded() -> Option<(String, Postgres)> {
    let server = shared()?;
    let url = server.new_database();
    let opened = Postgres::open(&url, Some(Topology::Sharded)).await;
    server.hold_to_one_key(database_of(&url));
    Some((url, opened.expect("an empty database can be opened")))
}

/// The database that a URL names.
pub fn database_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

impl Server {
    /// Makes a cluster in a temporary folder and starts it.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is there but does not start; or is not there, where `CI` is set.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same for a server that writes down every statement with all of its values, inside its
    /// data folder: what a curious operator may switch on.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    pub fn start_logging() -> Option<Self> {
        Self::start_with(&[
            "logging_collector=on",
            "log_directory=log",
            "log_min_messages=debug1",
            "log_error_verbosity=verbose",
            "log_statement=all",
            "log_parameter_max_length=-1",
            "log_parameter_max_length_on_error=-1",
        ])
    }

    /// The same for a server that speaks only TLS, and its certificate, PEM.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    pub fn start_with_tls() -> Option<(Self, String)> {
        let server = Self::start()?;
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("an address");
        let certificate = own.cert.pem();
        for (file, text) in [
            ("server.crt", &certificate),
            ("server.key", &own.signing_key.serialize_pem()),
            ("pg_hba.conf", &"hostssl all all 127.0.0.1/32 trust\n".to_owned()),
        ] {
            write_as_postgres(&server.data.join(file), text);
        }
        server.sql("postgres", "ALTER SYSTEM SET ssl = on");
        server.sql("postgres", "SELECT pg_reload_conf()");
        Some((server, certificate))
    }

    fn start_with(settings: &'static [&'static str]) -> Option<Self> {
        let Some(programs) = programs() else {
            crate::missing("PostgreSQL");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        if is_root() {
            // The server refuses to run as root.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))
                .expect("a folder of our own");
        }
        let data = folder.path().join("data");
        make_cluster(&programs, &data);
        Some(Self::run_on(programs, data, Some(folder), settings))
    }

    /// Starts a server on a data folder that may be there already, as a machine does that has its
    /// power back. The folder above it must be there, and anybody must be able to write to it.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    pub fn start_on(data: PathBuf) -> Option<Self> {
        let Some(programs) = programs() else {
            crate::missing("PostgreSQL");
            return None;
        };
        if data.exists() {
            // Its process is gone, whatever else has that number now.
            drop(fs::remove_file(data.join("postmaster.pid")));
        } else {
            make_cluster(&programs, &data);
        }
        Some(Self::run_on(programs, data, None, &[]))
    }

    fn run_on(
        programs: PathBuf,
        data: PathBuf,
        folder: Option<tempfile::TempDir>,
        settings: &'static [&'static str],
    ) -> Self {
        let port = free_port();
        let process = run(&programs, &data, port, settings);
        let process = Mutex::new(process);
        let server = Self { data, _folder: folder, settings, programs, port, process };
        server.wait();
        server
    }

    /// Kills it, as a machine does that has no power any more.
    ///
    /// # Panics
    ///
    /// If it cannot be killed.
    pub fn kill(self) {
        let mut process = self.process.lock().expect("nobody panicked");
        process.kill().expect("it can be killed");
        process.wait().expect("it ends");
    }

    /// The folder of everything that the server writes.
    pub fn folder(&self) -> &Path {
        self.data.parent().expect("the data is in a folder of the server's own")
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://teeka@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and gives its URL.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub fn new_database(&self) -> String {
        let name = format!("teeka_{}", uuid::Uuid::now_v7().simple());
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Runs SQL in a database and gives what it prints.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql).unwrap_or_else(|complaint| panic!("{complaint}"))
    }

    /// The same, with the server's complaint if it refuses.
    ///
    /// # Errors
    ///
    /// What `psql` wrote to standard error.
    ///
    /// # Panics
    ///
    /// If `psql` cannot be run.
    pub fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--command", sql, &self.url(database)])
            .output()
            .expect("psql runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Makes a database refuse every transaction that writes under two keys, as shards would:
    /// whatever is distributed remembers which key its transaction has touched. Copies into an empty
    /// store and sweeps of what has expired go to every shard by design.
    ///
    /// # Panics
    ///
    /// If the database has no schema yet.
    pub fn hold_to_one_key(&self, database: &str) {
        const GUARD: &str = r"
            CREATE FUNCTION one_KEY() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                key text := 'KEY ' || CASE TG_OP WHEN 'DELETE' THEN OLD.KEY ELSE NEW.KEY END;
                touched text := current_setting('teeka.touched', true);
            BEGIN
                IF current_query() ~ '^\s*(COPY|DELETE FROM \w+ WHERE expires_at)' THEN
                    NULL;
                ELSIF coalesce(touched, '') = '' THEN
                    PERFORM set_config('teeka.touched', key, true);
                ELSIF touched <> key THEN
                    RAISE EXCEPTION 'one transaction writes under two keys in %', TG_TABLE_NAME;
                END IF;
                RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
            END $$;";
        let guards = ["hb", "facility_id"].map(|key| GUARD.replace("KEY", key)).concat();
        let triggers = store::postgres::distributed().into_iter().map(|(table, key)| {
            format!(
                "CREATE TRIGGER one_key BEFORE INSERT OR UPDATE OR DELETE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION one_{key}();"
            )
        });
        self.sql(database, &(guards + &triggers.collect::<String>()));
    }

    /// Kills every process of the server at once and starts it again.
    ///
    /// # Panics
    ///
    /// If it does not come back.
    pub fn kill_and_restart(&self) {
        let mut process = self.process.lock().expect("nobody panicked");
        // The postmaster's children notice its death and end.
        process.kill().expect("it can be killed");
        process.wait().expect("it ends");
        let begun = Instant::now();
        loop {
            *process = run(&self.programs, &self.data, self.port, self.settings);
            pause(Duration::from_millis(300));
            // It refuses to start while children of the old one still use its shared memory.
            if process.try_wait().expect("a child").is_none() {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "PostgreSQL does not come back");
        }
        drop(process);
        self.wait();
    }

    fn wait(&self) {
        let begun = Instant::now();
        let ready = || {
            Command::new(self.programs.join("pg_isready"))
                .args(["--quiet", "--host=127.0.0.1", "--username=teeka", "--dbname=postgres"])
                .arg(format!("--port={}", self.port))
                .status()
                .is_ok_and(|status| status.success())
        };
        while !ready() {
            assert!(begun.elapsed() < Duration::from_secs(30), "PostgreSQL does not start");
            pause(Duration::from_millis(50));
        }
    }
}

fn make_cluster(programs: &Path, data: &Path) {
    let made = as_postgres(&programs.join("initdb"))
        .args(["--username=teeka", "--auth=trust", "--encoding=UTF8", "--no-sync"])
        .arg("--pgdata")
        .arg(data)
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
}

#[expect(clippy::disallowed_methods, reason = "another process takes real time")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Starts the server from a thread that lives as long as the program: the kernel ends the server
/// when the thread that started it ends.
fn run(programs: &Path, data: &Path, port: u16, settings: &[&str]) -> Child {
    let mut command = as_postgres(&programs.join("postgres"));
    command
        .arg("-D")
        .arg(data)
        .arg("-p")
        .arg(port.to_string())
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
        .args(["-c", "max_connections=200", "-c", "shared_buffers=64MB"])
        .args(["-c", "log_min_messages=fatal"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let (started, child) = mpsc::channel();
    std::thread::spawn(move || {
        drop(started.send(command.spawn()));
        loop {
            std::thread::park();
        }
    });
    child.recv().expect("the thread answers").expect("postgres runs")
}

/// Writes a file that belongs to the user of the server, and nobody else reads.
fn write_as_postgres(path: &Path, text: &str) {
    let mut command = as_postgres(Path::new("sh"));
    command.args(["-c", "umask 077; cat >\"$0\""]).arg(path).stdin(Stdio::piped());
    let mut child = command.spawn().expect("a shell runs");
    let mut into = child.stdin.take().expect("a pipe");
    into.write_all(text.as_bytes()).expect("it reads");
    drop(into);
    assert!(child.wait().expect("it ends").success(), "it writes");
}

/// A command as a user that PostgreSQL accepts, which ends when its parent does.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program);
    command
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|of| of.uid() == 0)
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    listener.local_addr().expect("an address").port()
}

/// The folder of the newest installed version.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let version = folder.file_name()?.to_str()?.parse().ok()?;
            let programs = folder.join("bin");
            programs.join("postgres").exists().then_some((version, programs))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs)
}
