//! Texts that nobody in their right mind wrote: the body of the fuzz target `scan`, and here a short
//! run of it over its seeds and changes of them.

#![expect(clippy::unwrap_used, reason = "what is made here can be made")]

#[path = "../../../certs/tests/decoders/mutate.rs"]
mod mutate;
mod text;

#[test]
fn whatever_a_text_is_what_is_found_is_a_part_of_it() {
    mutate::run(text::decode, &text::seeds(), 600);
}
