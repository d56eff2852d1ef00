//! Progress on standard error, with an honest time left.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for `total` things. Invisible if quiet or if nobody is watching.
pub(crate) fn things(total: u64, what: &str, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len}, {eta} left");
    let bar = ProgressBar::with_draw_target(Some(total), target);
    bar.set_style(style.expect("the template is valid"));
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
