//! What `--help` says: as in the files beside this test, no wider than 80 columns, and with an
//! example that the command line itself understands. `TEEKA_UPDATE=1` writes the files anew.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn help(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    command.args(arguments).arg("--help");
    // What the machine has set would be printed.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TEEKA_")) {
        command.env_remove(name);
    }
    let output = command.env("COLUMNS", "80").output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The subcommands that a help text lists: the words that stand two columns in.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| line.starts_with("  ")).filter_map(|line| {
        let line = line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?;
        line.split(' ').next().map(str::to_owned)
    });
    names.filter(|name| name != "help").collect()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help").join(format!("{name}.txt"))
}

#[test]
fn help_is_as_in_the_files_fits_into_80_columns_and_has_an_example() {
    let all = help(&[]);
    let mut pages = vec![("teeka".to_owned(), all.clone())];
    pages.extend(listed(&all).into_iter().map(|name| {
        let text = help(&[&name]);
        (name, text)
    }));
    assert!(pages.len() > 9, "{} commands are listed", pages.len());
    for (name, text) in pages {
        if std::env::var_os("TEEKA_UPDATE").is_some() {
            std::fs::create_dir_all(file(&name).parent().unwrap()).unwrap();
            std::fs::write(file(&name), &text).unwrap();
        }
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{name}: {wide:?}");
        let example = text.lines().find_map(|line| line.strip_prefix("Example: teeka "));
        let example = example.unwrap_or_else(|| panic!("{name} has no example"));
        assert!(name == "teeka" || example.starts_with(&name), "{name}: {example}");
        let kept = std::fs::read_to_string(file(&name)).unwrap_or_default();
        assert_eq!(text, kept, "{name}: TEEKA_UPDATE=1 cargo test -p teeka --test help");
    }
}
