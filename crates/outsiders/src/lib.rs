//! Programs of others, from the public registries: tests have them judge what the platform makes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

/// One installs, the others wait.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A tool that a test needs is missing: a failure where `CI` is set, else the test is skipped and
/// says so.
///
/// # Panics
///
/// Where `CI` is set.
pub fn missing(tool: &str) {
    assert!(env::var_os("CI").is_none(), "{tool} is missing, and CI runs every test");
    #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
    {
        eprintln!("not run: {tool} is missing");
    }
}

/// A Python with what `requirements.txt` of the folder `sources` names, installed into `folder` if
/// it is not there in that form; none if there is no Python.
///
/// # Panics
///
/// Where `CI` is set and there is none, or if the packages cannot be installed.
pub fn python(sources: &Path, folder: &Path) -> Option<PathBuf> {
    let _one_at_a_time = INSTALLING.lock();
    if !runs(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        missing("python3-venv");
        return None;
    }
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    let requirements = sources.join("requirements.txt");
    once(folder, "python", std::slice::from_ref(&requirements), || {
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        runs(Command::new("python3").args(["-m", "venv"]).arg(&venv))
            && runs(Command::new(&python).args(pip).arg(&requirements))
    });
    Some(python)
}

/// The folder `node_modules` with what `package.json` of the folder `sources` names, installed into
/// `folder` if it is not there in that form; none if there is no npm. No package runs a script of
/// its own.
///
/// # Panics
///
/// Where `CI` is set and there is none, or if the packages cannot be installed.
pub fn node(sources: &Path, folder: &Path) -> Option<PathBuf> {
    let _one_at_a_time = INSTALLING.lock();
    if !runs(Command::new("npm").arg("--version")) {
        missing("npm");
        return None;
    }
    let wanted = ["package.json", "package-lock.json"].map(|file| sources.join(file));
    once(folder, "node", &wanted, || {
        for file in &wanted {
            let name = file.file_name().expect("a file");
            fs::copy(file, folder.join(name)).expect("a folder of the build can be written");
        }
        let quiet = ["ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"];
        runs(Command::new("npm").args(quiet).current_dir(folder))
    });
    Some(folder.join("node_modules"))
}

/// Installs what files name, unless the same was installed before.
fn once(folder: &Path, what: &str, files: &[PathBuf], install: impl FnOnce() -> bool) {
    fs::create_dir_all(folder).expect("a folder of the build can be made");
    let text = |file: &PathBuf| fs::read_to_string(file).expect("the repository has it");
    let wanted: String = files.iter().map(text).collect();
    let done = folder.join(format!("{what}-installed"));
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return;
    }
    assert!(install(), "packages of {what} can be installed");
    fs::write(done, wanted).expect("a folder of the build can be written");
}

fn runs(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
