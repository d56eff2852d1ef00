//! Texts and documents that nobody in their right mind wrote: the bodies of the fuzz targets, and here
//! a short run of each over its seeds and changes of them.

#![expect(clippy::unwrap_used, reason = "what is made here can be made")]

mod archive;
mod document;
#[path = "../../../certs/tests/decoders/mutate.rs"]
mod mutate;
mod packed;
mod text;

#[test]
fn whatever_a_text_is_what_is_found_is_a_part_of_it() {
    mutate::run(text::decode, &text::seeds(), 600);
}

#[test]
fn whatever_a_document_is_it_is_read_as_far_as_it_can_be() {
    std::thread::scope(|scope| {
        for target in document::TARGETS {
            scope.spawn(|| {
                let seeds = (target.seeds)();
                for (number, seed) in seeds.iter().enumerate() {
                    assert!((target.decode)(seed), "seed {number} of {} has nobody", target.name);
                }
                mutate::run(target.decode, &seeds, 300);
            });
        }
    });
}
