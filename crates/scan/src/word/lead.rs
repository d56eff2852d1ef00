//! Where in a text of ASCII the next digit stands, and the words that it may be joined to.

use super::{LONGEST_JOINT, MASK, PARTS, SHORT, is_joint};
use crate::eight::Eight;

/// Where the next digit of ASCII stands.
pub(super) fn digit(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        let digits = Eight::at(bytes, at).digits();
        if digits != 0 {
            return Some(at + digits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    None
}

/// Where the words begin that the one with the digit at `digit` may be joined to, from `from` on: in
/// ASCII, behind a long word or what joins nothing.
pub(super) fn beginning(bytes: &[u8], from: usize, digit: usize) -> usize {
    let (mut at, mut letters, mut own, mut masked, mut gap) = (digit, 0, true, false, 0);
    while at > from {
        let byte = bytes[at - 1];
        let part = PARTS[usize::from(byte)];
        if part != 0 {
            letters += 1;
            masked |= part & MASK != 0;
            gap = 0;
        } else if is_joint(byte) {
            if letters > SHORT && !own && !masked {
                return at + letters;
            }
            (letters, own, masked) = (0, false, false);
            gap += 1;
        } else {
            break;
        }
        if gap > LONGEST_JOINT {
            break;
        }
        at -= 1;
    }
    at
}
