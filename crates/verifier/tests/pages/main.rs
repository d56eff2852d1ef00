//! The verifier of the browser with what nobody in their right mind hands in: the body of the fuzz
//! target `pages`, and here a short run of it.

#![expect(clippy::unwrap_used, reason = "what is made here can be made")]

#[path = "../../../certs/tests/decoders/mutate.rs"]
mod mutate;
mod page;
mod seeds;

#[test]
fn the_page_gets_an_answer_whatever_it_hands_in() {
    mutate::run(page::decode, &seeds::seeds(), 60);
}
