//! Tokens of SoftHSM, which is hardware made of software: each in a temporary folder, with its own
//! configuration. The module reads from the environment where that is, and a process cannot change
//! its own safely, so that a test that loads the module runs in a process of its own.

use std::{
    env, fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

/// Where the module finds its configuration.
pub const CONFIGURATION: &str = "SOFTHSM2_CONF";

/// The folder of the tokens in the process of a test.
const FOLDER: &str = "TESTKIT_SOFTHSM";

/// Where distributions put the module.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// A place for tokens.
pub struct SoftHsm {
    module: &'static Path,
    folder: PathBuf,
    /// The folder, if it goes with this.
    _owned: Option<tempfile::TempDir>,
}

/// A token.
pub struct SoftToken {
    /// A file of mode 0600 with the PIN of its user.
    pub pin_file: PathBuf,
    folder: PathBuf,
    away: PathBuf,
}

/// Runs a test in a process of its own, with a place for tokens of its own; not at all if SoftHSM
/// is not installed, which is a failure where `CI` is set.
///
/// # Examples
///
/// ```no_run
/// #[test]
/// fn a_key_signs() {
///     testkit::softhsm::alone(|hsm| {
///         let token = hsm.make_token("signers", "1234");
///     });
/// }
/// ```
///
/// # Panics
///
/// If the test fails there. It must be called from the test's own function, whose name it learns
/// from the type of what it is given.
pub fn alone<Test: FnOnce(&SoftHsm)>(test: Test) {
    let Some(module) = module() else {
        crate::missing("SoftHSM");
        return;
    };
    if let Some(folder) = env::var_os(FOLDER) {
        return test(&SoftHsm { module, folder: folder.into(), _owned: None });
    }
    let hsm = SoftHsm::start().expect("the module is there");
    let name = std::any::type_name::<Test>().trim_end_matches("::{{closure}}");
    let (_, name) = name.split_once("::").expect("a test is in a crate");
    let output = Command::new(env::current_exe().expect("a test is a program"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CONFIGURATION, hsm.configuration())
        .env(FOLDER, &hsm.folder)
        .output()
        .expect("the test runs again");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    // One that ran no test would succeed, too.
    let passed = output.status.success() && stdout.contains("test result: ok. 1 passed");
    assert!(passed, "{name} in a process of its own, {}:\n{stdout}{stderr}", output.status);
    #[expect(clippy::print_stdout, reason = "what a test measured is its output")]
    {
        print!("{stdout}");
    }
}

impl SoftHsm {
    /// Makes a place for tokens, for a program that is started with [`SoftHsm::configuration`].
    ///
    /// # Panics
    ///
    /// If it is not installed, where `CI` is set.
    pub fn start() -> Option<Self> {
        let Some(module) = module() else {
            crate::missing("SoftHSM");
            return None;
        };
        let owned = tempfile::tempdir().expect("a temporary folder");
        let folder = owned.path().to_owned();
        let hsm = Self { module, folder, _owned: Some(owned) };
        fs::create_dir(hsm.tokens()).expect("a folder of our own");
        let text = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            hsm.tokens().display()
        );
        fs::write(hsm.configuration(), text).expect("a folder of our own");
        Some(hsm)
    }

    /// The module.
    pub const fn module(&self) -> &Path {
        self.module
    }

    /// What a program that loads the module has in the variable [`CONFIGURATION`].
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// Makes a token. A process that has loaded the module does not see it before the module is
    /// started again.
    ///
    /// # Panics
    ///
    /// If the tool refuses.
    pub fn make_token(&self, label: &str, pin: &str) -> SoftToken {
        let before = entries(&self.tokens());
        let output = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "officer"])
            .env(CONFIGURATION, self.configuration())
            .output()
            .expect("softhsm2-util runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let folder = entries(&self.tokens())
            .into_iter()
            .find(|folder| !before.contains(folder))
            .expect("a token is a folder");
        let name = folder.file_name().expect("a folder has a name");
        let away = self.folder.join("away").join(name);
        let pin_file = self.folder.join(name).with_extension("pin");
        let mut options = fs::File::options();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&pin_file);
        let file = file.as_mut().expect("a folder of our own");
        writeln!(file, "{pin}").expect("a folder of our own");
        SoftToken { pin_file, folder, away }
    }

    fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }
}

impl SoftToken {
    /// Takes the token away, as a hand does that pulls a plug.
    ///
    /// # Panics
    ///
    /// If it is away.
    pub fn take_away(&self) {
        fs::create_dir_all(self.away.parent().expect("a place")).expect("a folder of our own");
        fs::rename(&self.folder, &self.away).expect("the token is there");
    }

    /// Brings it back.
    ///
    /// # Panics
    ///
    /// If it is there.
    pub fn bring_back(&self) {
        fs::rename(&self.away, &self.folder).expect("the token is away");
    }

    /// Lets others than its owner use the file of the PIN.
    ///
    /// # Panics
    ///
    /// If the file is gone.
    pub fn open_pin_file(&self, mode: u32) {
        fs::set_permissions(&self.pin_file, fs::Permissions::from_mode(mode))
            .expect("the file is there");
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of our own");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn module() -> Option<&'static Path> {
    MODULES.into_iter().map(Path::new).find(|module| module.exists())
}
