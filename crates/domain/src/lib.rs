//! The words and the rules of vaccination: people, places, sessions, doses and the programme that
//! says what may be given to whom and when. Pure: no I/O, no clock, no randomness and no
//! serialization. Time and ids come in as arguments.

pub mod appointment;
pub mod clock;
pub mod country;
pub mod dose;
pub mod facility;
pub mod id;
pub mod incident;
pub mod manifest;
pub mod merge;
pub mod person;
pub mod place;
pub mod programme;
pub mod purpose;
pub mod reported;
pub mod retention;
pub mod schedule;
pub mod session;
pub mod travel;
pub mod watching;
