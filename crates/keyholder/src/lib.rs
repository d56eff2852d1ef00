//! The keyholder: the process that alone has the keys that wrap people's data keys and those that find
//! people again. It gives the keys of somebody's fields against an access that is on record, writes
//! each such giving into a journal of its own before the keys leave, and holds the public log to that
//! journal: what it gave and does not see in the log stops it.

pub mod book;
pub mod budget;
pub mod client;
pub mod follow;
mod frame;
pub mod journal;
pub mod keks;
pub mod process;
pub mod provider;
pub mod server;
