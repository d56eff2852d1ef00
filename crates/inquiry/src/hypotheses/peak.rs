//! Between the steps of a grid: where a story fits best, and how much of what was thought possible lies
//! about that place. With many records a fit is sharper than any grid, and a grid that one story meets
//! by luck and another one misses would decide between them.

use crate::number::ln;

/// Steps of the climb, in parts of the whole way between two ends: the first, and the last.
const FIRST: f64 = 0.08;
const LAST: f64 = 0.004;

/// The place of a peak, and the logarithm of the likelihood summed about it: its height times the part
/// of the way between the ends that it is wide, for each direction (Laplace's approximation).
pub(super) struct Peak<const N: usize> {
    pub(super) at: [f64; N],
    pub(super) weight: f64,
}

/// Climbs from a start to the nearest peak between the ends.
pub(super) fn climb<const N: usize>(
    start: [f64; N],
    ends: [(f64, f64); N],
    height: impl Fn([f64; N]) -> f64,
) -> Peak<N> {
    let mut at = start;
    for (x, (low, high)) in at.iter_mut().zip(ends) {
        *x = x.clamp(low, high);
    }
    let moved = |at: [f64; N], way: usize, step: f64| {
        let (low, high) = ends[way];
        let mut there = at;
        there[way] = step.mul_add(high - low, at[way]).clamp(low, high);
        there
    };
    let mut top = height(at);
    let mut step = FIRST;
    while step >= LAST {
        let mut risen = false;
        for way in 0..N {
            for side in [step, -step] {
                let there = moved(at, way, side);
                let here = height(there);
                if here > top + 1e-9 {
                    (at, top, risen) = (there, here, true);
                    break;
                }
            }
        }
        if !risen {
            step /= 2.0;
        }
    }
    Peak { at, weight: about(at, ends, height) }
}

/// The logarithm of the likelihood summed about a place that is a peak or close to one.
pub(super) fn about<const N: usize>(
    at: [f64; N],
    ends: [(f64, f64); N],
    height: impl Fn([f64; N]) -> f64,
) -> f64 {
    let top = height(at);
    let wide: f64 = (0..N)
        .map(|way| {
            let (low, high) = ends[way];
            let fall = |side: f64| {
                let mut there = at;
                there[way] = side.mul_add(high - low, at[way]).clamp(low, high);
                top - height(there)
            };
            // Beside the peak one side may rise: what counts is how the fall bends.
            let (up, down) = (fall(LAST * 2.0), fall(-LAST * 2.0));
            width((up + down).max(0.0), 0.0)
        })
        .map(ln)
        .sum();
    top + wide
}

/// The part of the way that a peak is wide which falls so far to each side within a small step: a
/// Gaussian's area over its height.
fn width(up: f64, down: f64) -> f64 {
    let step = LAST * 2.0;
    let bend = (up + down) / (step * step);
    let wide = libm::sqrt(2.0 * core::f64::consts::PI / bend.max(1e-9));
    wide.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_between_the_steps_is_found_with_its_width() {
        // Two sharp Gaussians off any grid, and a way that says nothing.
        let height = |[x, y, _]: [f64; 3]| {
            let (a, b) = ((x - 0.371) / 0.02, (y - 7.13) / 0.3);
            -0.5 * b.mul_add(b, a * a)
        };
        let peak = climb([0.3, 6.0, 0.5], [(0.0, 1.0), (0.0, 10.0), (0.0, 1.0)], height);
        assert!((peak.at[0] - 0.371).abs() < 0.005 && (peak.at[1] - 7.13).abs() < 0.05);
        let area = 2.0 * core::f64::consts::PI * 0.02 * 0.03;
        assert!((peak.weight - ln(area)).abs() < 0.1, "{} {}", peak.weight, ln(area));
    }

    #[test]
    fn a_peak_at_an_end_stays_between_the_ends() {
        let peak = climb([0.9], [(0.2, 0.95)], |[x]: [f64; 1]| 50.0 * x);
        assert!((peak.at[0] - 0.95).abs() < 1e-9 && peak.weight <= 50.0 * 0.95);
    }
}
