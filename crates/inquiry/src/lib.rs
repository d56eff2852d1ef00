//! A claim's specimen in, a verdict out: ours or not, how sure, through which account.
//!
//! The core is pure: [`specimen`] reads what was shown, a [`register::Register`] says who is found and
//! what was held when, and [`inquire`](inquire::inquire) weighs every story on every record. Two rules
//! stand above all others: nobody is exonerated by columns alone, and nobody is accused by overlap alone.

mod canaries;
pub mod case;
pub mod claim;
pub mod columns;
pub mod copied;
pub mod dating;
pub mod fabrication;
mod hypotheses;
pub mod index;
pub mod inquire;
pub mod made;
mod marks;
pub mod memory;
mod model;
mod normal;
mod number;
pub mod numbered;
mod observe;
pub mod paths;
pub mod platform;
pub mod register;
pub mod report;
pub mod specimen;
pub mod verdict;
pub mod worlds;

pub use model::Origin;
