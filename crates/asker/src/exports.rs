//! What the page calls.

#![expect(unsafe_code, reason = "a name that the browser sees could clash with another's")]

use super::STATE;

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

/// Blinds numbers of new questions; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn blind_questions() -> u32 {
    length(STATE.with_borrow_mut(|state| state.act(super::blind_questions)))
}

/// Makes questions of what was confirmed; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn keep_questions() -> u32 {
    length(STATE.with_borrow_mut(|state| state.act(super::keep_questions)))
}

/// Blinds what is asked about; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn blind_number() -> u32 {
    length(STATE.with_borrow_mut(|state| state.act(super::blind_number)))
}

/// Says where it would stand in a list; gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn place_number() -> u32 {
    length(STATE.with_borrow_mut(|state| state.act(super::place_number)))
}

/// Whether a bucket holds a tag: 1 if it does, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn holds() -> u32 {
    STATE.with_borrow_mut(|state| u32::from(state.holds()))
}
