//! Progress on standard error, with an honest time left.

use std::{fmt::Write, time::Duration};

use exposure::sweep::Progress;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar for `total` things. Invisible if quiet or if nobody is watching.
pub(crate) fn things(total: u64, what: &str, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len}, {left}")
        .expect("the template is valid")
        .with_key("left", left);
    let bar = ProgressBar::with_draw_target(Some(total), target);
    bar.set_style(style);
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A bar for work whose parts differ: `total` is the sum of their weights. Invisible like the other.
pub(crate) fn weighed(total: u64, what: &str, quiet: bool) -> ProgressBar {
    let bar = things(total, what, quiet);
    let style = ProgressStyle::with_template("{msg} {bar:30} {percent} %, {left}")
        .expect("the template is valid")
        .with_key("left", left);
    bar.set_style(style);
    bar
}

/// What is done in one go, with the time that it took so far. Invisible like the others.
pub(crate) fn waiting(what: &str, quiet: bool) -> ProgressBar {
    let bar = things(0, what, quiet);
    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed} so far");
    bar.set_style(style.expect("the template is valid"));
    bar
}

/// How long it takes from here. Before anything is done nobody can know.
fn left(state: &ProgressState, line: &mut dyn Write) {
    let written = if state.pos() == 0 {
        line.write_str("estimating")
    } else {
        write!(line, "{:#} left", HumanDuration(state.eta()))
    };
    written.expect("a line takes what is written");
}

/// The progress of a sweep: its end moves as long as addresses are found. Invisible like the others.
pub(crate) struct SweepBar(ProgressBar);

/// Shows how far a sweep is.
pub(crate) fn sweep(quiet: bool) -> SweepBar {
    let bar = things(0, "finding addresses", quiet);
    let style = ProgressStyle::with_template("{msg} {bar:20} {human_pos}/{human_len}, {prefix}")
        .expect("the template is valid");
    bar.set_style(style);
    SweepBar(bar)
}

impl SweepBar {
    /// Shows it.
    pub(crate) fn show(&self, progress: &Progress) {
        let words = match progress {
            Progress { letters: true, .. } => "reading pictures",
            Progress { left: None, .. } => "finding addresses",
            Progress { .. } => "reading documents",
        };
        let left = match progress.left {
            Some(left) => format!("{:#} left", HumanDuration(left)),
            None => "estimating".to_owned(),
        };
        self.0.set_message(words);
        self.0.set_length(progress.addresses);
        self.0.set_position(progress.addresses.saturating_sub(progress.waiting));
        self.0.set_prefix(format!("{} exposing somebody, {left}", progress.exposed));
    }

    /// Takes it away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
