//! Every pair of origins in every share, but for those that explain nothing.

use super::{
    Case, Component, DIRT, DIRT_OF_OURS, Label, REST_OF_A_LIST, SHARES, STRAYS, Scale,
    realized::Realized,
    story::{LEAST_SHARES, Story},
};
use crate::{
    model::{Origin, Setting},
    number::{ln, real},
    verdict::decide::LEAST_TO_NAME,
};

/// Mixtures that are less likely than the likeliest story by so much, as a logarithm, are not told.
pub(super) const UNTOLD: f64 = 22.0;
/// And pairs that can be no better than this are not weighed in every share: what canaries say of a share
/// is left out of that bound.
const HOPELESS: f64 = 60.0;

impl Case {
    /// Every pair in every share: the weight, the places of both, and the share of the first. Pairs that no
    /// share helps are left out.
    pub(super) fn grid(
        &self,
        parts: &[Component],
        least: f64,
        scale: &Scale<'_>,
    ) -> Vec<(f64, usize, usize, f64)> {
        let mut tried = Vec::new();
        let mut most = least;
        for (place, one) in parts.iter().enumerate() {
            for (with, other) in parts.iter().enumerate().skip(place + 1) {
                if !mixes(one, other) || self.is_hopeless(one, other, most, scale) {
                    continue;
                }
                for share in SHARES {
                    let weight = self.of_two(one, other, share, scale);
                    most = most.max(weight);
                    tried.push((weight, place, with, share));
                }
            }
        }
        tried
    }

    /// Whether no share of a pair explains the records nearly as well as something known does. What a
    /// share makes of them is concave in it, so that it stays under its tangents.
    fn is_hopeless(
        &self,
        one: &Component,
        other: &Component,
        most: f64,
        scale: &Scale<'_>,
    ) -> bool {
        let at = |share: f64| {
            let (mut height, mut slope) = (0.0, 0.0);
            for (place, group) in self.groups.iter().enumerate() {
                let (a, b) = (one.likely[place], other.likely[place]);
                let likely =
                    (1.0 - STRAYS) * (share * a + (1.0 - share) * b) + STRAYS * scale.strays[place];
                height += group.count * ln(likely);
                slope += group.count * (1.0 - STRAYS) * (a - b) / likely;
            }
            (height, slope)
        };
        let middle = 0.5;
        let rest = self.of_two(one, other, middle, scale);
        let (height, slope) = at(middle);
        let rest = rest - height;
        let enough = most - HOPELESS - rest;
        if height + slope.abs() * (middle - SHARES[0]) < enough {
            return true;
        }
        let side = if slope > 0.0 { 0.88 } else { 0.12 };
        let (there, steep) = at(side);
        let ceiling = if (steep > 0.0) == (slope > 0.0) {
            steep.abs().mul_add(1.0 - SHARES[0] - side.max(1.0 - side), there)
        } else {
            // Where the two tangents meet.
            let x = (there - height - steep * side + slope * middle) / (slope - steep);
            slope.mul_add(x - middle, height)
        };
        ceiling < enough
    }

    pub(super) fn mixed(
        &self,
        one: &Component,
        other: &Component,
        share: f64,
        weight: f64,
        strays: &[f64],
    ) -> Story {
        let mut shares = [0.0; 5];
        shares[one.origin as usize] += share;
        shares[other.origin as usize] += 1.0 - share;
        let label = label_of((one.origin, share), (other.origin, 1.0 - share), self.rows);
        let list = one.list.or(other.list);
        let settings = [Some(one.setting), Some(other.setting)];
        let plain = |from_us: f64| Story {
            label: (label, 1.0, label),
            weight,
            shares,
            list,
            from_us: [from_us; 6],
            settings,
        };
        match (one.origin.is_from_us(), other.origin.is_from_us()) {
            (true, true) => plain(1.0),
            (false, false) => plain(0.0),
            (first, _) => {
                let realized = self.realized(one, other, share, (first, strays));
                let compared = self.compared();
                let least = |part: f64| ceiling(part * compared);
                let few = real(LEAST_TO_NAME) * compared / self.rows.max(1.0);
                let dirt = least(DIRT_OF_OURS).min(ceiling(few)).max(1);
                let rest = Label::One(if first { other.origin } else { one.origin });
                Story {
                    label: (label, realized.at_least(dirt), rest),
                    from_us: LEAST_SHARES.map(|part| realized.at_least(least(part).max(1))),
                    ..plain(0.0)
                }
            }
        }
    }

    /// How many of the records compared are of the first of two, or of the second.
    fn realized(
        &self,
        one: &Component,
        other: &Component,
        share: f64,
        (first, strays): (bool, &[f64]),
    ) -> Realized {
        let records = self.groups.iter().enumerate().map(|(place, group)| {
            let (a, b) = (share * one.likely[place], (1.0 - share) * other.likely[place]);
            let all = (1.0 - STRAYS) * (a + b) + STRAYS * strays[place];
            (group.count, (1.0 - STRAYS) * if first { a } else { b } / all)
        });
        Realized::of(&records.collect::<Vec<_>>())
    }

    fn compared(&self) -> f64 {
        self.groups.iter().map(|group| group.count).sum()
    }
}

/// Whether two origins are considered together, or two copies of one that are worn in different ways.
fn mixes(one: &Component, other: &Component) -> bool {
    use Origin::{Downstream, Fabricated, Feeder, Ours, Unrelated};
    let copies = matches!(one.setting, Setting::Copy { .. });
    (copies && one.origin == other.origin && one.list == other.list)
        || matches!(
            (one.origin, other.origin),
            (Ours | Feeder | Downstream, Unrelated | Fabricated)
                | (Ours, Feeder | Downstream)
                | (Unrelated, Fabricated)
        )
}

fn label_of(one: (Origin, f64), other: (Origin, f64), rows: f64) -> Label {
    let of_a_list = one.0 == Origin::Feeder;
    // What is from us beside what is not is counted record by record.
    let counted = one.0.is_from_us() != other.0.is_from_us();
    let is_dirt = |(origin, share): (Origin, f64)| match origin {
        _ if origin.is_from_us() && counted => false,
        Origin::Ours | Origin::Downstream => {
            share < DIRT_OF_OURS && share * rows < real(LEAST_TO_NAME)
        }
        Origin::Unrelated if of_a_list => share < REST_OF_A_LIST,
        _ => share < DIRT,
    };
    match () {
        () if one.0 == other.0 || is_dirt(one) => Label::One(other.0),
        () if is_dirt(other) => Label::One(one.0),
        () => Label::Two(one.0, other.0),
    }
}

/// So many records at least.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of records")]
fn ceiling(count: f64) -> u64 {
    libm::ceil(count - 1e-9) as u64
}
