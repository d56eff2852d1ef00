//! Numbers where a library asks for random ones: only to name the nodes of a graph apart, for which
//! counting is enough. Nothing secret is made in the verifier, and so it needs nothing from outside.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![expect(unsafe_code, reason = "the library asks by a pointer")]

use std::sync::atomic::{AtomicU64, Ordering};

/// The next numbers. It has the name and the form that the library `getrandom` asks for.
///
/// # Safety
///
/// `to` must point to `length` bytes that may be written.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    to: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    for place in 0..length {
        // An odd multiplier spreads the count over all bits; the topmost are the most mixed.
        let next = COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // SAFETY: the caller says that there are `length` bytes.
        unsafe { to.add(place).write((next >> 56) as u8) };
    }
    Ok(())
}
