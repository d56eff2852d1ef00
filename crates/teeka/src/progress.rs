//! Progress on standard error, with an honest time left.

use std::{fmt::Write, time::Duration};

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

/// How long it takes from here. Before anything is done nobody can know.
fn left(state: &ProgressState, line: &mut dyn Write) {
    let written = if state.pos() == 0 {
        line.write_str("estimating")
    } else {
        write!(line, "{:#} left", HumanDuration(state.eta()))
    };
    written.expect("a line takes what is written");
}
