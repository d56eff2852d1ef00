//! Certificates: build, pack, print, read, verify. No network and no clock: time is passed in.

mod canonical;
pub mod dcc;
pub mod divoc;
mod hcert;
pub mod icvp;
mod inflate;
mod jws;
mod linked;
pub mod name;
#[cfg(feature = "issue")]
pub mod print;
pub mod product;
pub mod qr;
pub mod read;
pub mod sd_jwt;
pub mod shc;
pub mod signature;
pub mod signer;
pub mod status;
pub mod trust;
pub mod vaccination;
pub mod vc;
mod vds;
pub mod verdict;
pub mod verify;

#[cfg(not(any(feature = "issue", feature = "portable")))]
compile_error!(
    "one of the features `issue` and `portable` is needed, for the arithmetic of signatures"
);
