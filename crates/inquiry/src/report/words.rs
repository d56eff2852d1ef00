//! Words for verdicts, origins, factors and instants.

use certs::print::written::grouped;

use crate::{model::Origin, verdict::Verdict};

/// A sentence for a verdict.
pub fn sentence(verdict: &Verdict) -> String {
    match verdict {
        Verdict::One { origin } => one(*origin).to_owned(),
        Verdict::Mixture { origins } => {
            let parts: Vec<_> = origins.iter().map(|one| origin(*one)).collect();
            match parts[..] {
                [first, second] => format!(
                    "The records are of two origins: one part is {first}, the other {second}."
                ),
                _ => format!(
                    "The records are of two origins: one part is {}; whether the other is {} cannot be told.",
                    parts[0],
                    parts[1..].join(" or ")
                ),
            }
        }
        Verdict::Undetermined { between } if between[..] == [Origin::Ours] => {
            "Records of our register are among these. Whether all of them are cannot be told.".to_owned()
        }
        Verdict::Undetermined { .. } if verdict.is_from_us() == Some(true) => {
            "Records that left our hands are among these. Whether they are from our register or from a list that we gave to somebody, and whether all of them are, cannot be told.".to_owned()
        }
        Verdict::Undetermined { .. } if verdict.is_from_us() == Some(false) => {
            "The records are not from us: neither from our register nor from a list that came to us or left us. Whether they are from another system or made up cannot be told.".to_owned()
        }
        Verdict::Undetermined { between } => {
            let each: Vec<_> = between.iter().map(|one| origin(*one)).collect();
            format!("It cannot be told whose records these are. It remains possible that they come {}.", each.join(", or "))
        }
    }
}

const fn one(origin: Origin) -> &'static str {
    match origin {
        Origin::Ours => "The records are from our register.",
        Origin::Feeder => "The records are from a list that somebody else prepared for us.",
        Origin::Downstream => "The records are from a list that we gave to somebody.",
        Origin::Unrelated => "The records are real people's, and from another system than ours.",
        Origin::Fabricated => "The records are made up.",
    }
}

/// Where records come from, as a part of a sentence.
pub(super) const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Ours => "from our register",
        Origin::Feeder => "from a list prepared for us",
        Origin::Downstream => "from a list that we gave to somebody",
        Origin::Unrelated => "from another system",
        Origin::Fabricated => "from somebody's imagination",
    }
}

/// The same as a label.
pub(super) const fn one_of(origin: Origin) -> &'static str {
    match origin {
        Origin::Ours => "our register",
        Origin::Feeder => "a list prepared for us",
        Origin::Downstream => "a list that we gave away",
        Origin::Unrelated => "another system",
        Origin::Fabricated => "made up",
    }
}

/// How much likelier something is, from powers of ten.
pub(super) fn factor(tens: f64) -> String {
    let size = tens.abs();
    if size < 0.05 {
        return "as likely".to_owned();
    }
    let times = libm::pow(10.0, size);
    let number = match size {
        size if size >= 6.0 => format!("over a million (10^{size:.1})"),
        _ if times >= 100.0 => grouped(significant(times)),
        _ if times >= 10.0 => format!("{times:.0}"),
        _ => format!("{times:.1}"),
    };
    format!("{number} times {}", if tens > 0.0 { "likelier" } else { "less likely" })
}

/// A number below a million with two digits that say something.
fn significant(number: f64) -> u64 {
    let whole = number.round().min(1e6);
    let step = if whole >= 1e5 {
        1e4
    } else if whole >= 1e4 {
        1e3
    } else if whole >= 1e3 {
        1e2
    } else {
        10.0
    };
    let rounded = (whole / step).round() * step;
    format!("{rounded:.0}").parse().unwrap_or(u64::MAX)
}

/// An instant in text.
pub(super) fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "?".to_owned(), |at| at.to_string())
}
