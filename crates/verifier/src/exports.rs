//! What the page calls.

#![expect(unsafe_code, reason = "a name that the browser sees could clash with another's")]

use super::STATE;

/// An instant in seconds since 1970, as JavaScript has it.
#[expect(clippy::cast_possible_truncation, reason = "instants are far below 2^53")]
const fn instant(now: f64) -> i64 {
    now as i64
}

/// A length as JavaScript takes it.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Begins an input of a length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn begin(length: u32) {
    STATE.with_borrow_mut(|state| state.begin(length as usize));
}

/// The next four bytes of the input.
#[unsafe(no_mangle)]
pub extern "C" fn push(word: u32) {
    STATE.with_borrow_mut(|state| state.push(word));
}

/// Four bytes of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn pull(place: u32) -> u32 {
    STATE.with_borrow(|state| state.pull(place as usize))
}

/// Takes the input as anchor and trust bundle; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn set_trust() -> u32 {
    length(STATE.with_borrow_mut(super::State::set_trust))
}

/// Checks the certificates in the input, a file; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn check_file(now: f64) -> u32 {
    length(STATE.with_borrow_mut(|state| state.check_file(instant(now))))
}

/// Checks the certificates in the input, a picture in shades of grey, a byte a pixel, row by row;
/// gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn check_picture(width: u32, now: f64) -> u32 {
    length(STATE.with_borrow_mut(|state| state.check_picture(width as usize, instant(now))))
}
