//! Modules, the libraries that speak to hardware: each is loaded once in a process and never
//! unloaded. A module that has lost a token for good is started again; whoever had sessions of it
//! sees by its round that they are gone.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    slot::Slot,
};
use parking_lot::{Mutex, RwLock, RwLockReadGuard};

use super::{TokenError, pool::Failure};

/// A module that is loaded.
pub(super) struct Module(RwLock<Started>);

/// A module between two starts.
pub(super) struct Started {
    pub(super) context: Pkcs11,
    /// Which start this is: sessions of another round mean nothing any more.
    pub(super) round: u64,
}

/// What is loaded, by the path without links: a second start of one module would be refused.
static LOADED: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// The module of a path, loaded and started.
pub(super) fn load(path: &Path) -> Result<Arc<Module>, TokenError> {
    let complain = |error: &dyn std::error::Error| {
        tracing::warn!(cause = %error, "a PKCS #11 module cannot be loaded");
        TokenError::Module
    };
    let path = path.canonicalize().map_err(|error| complain(&error))?;
    let mut loaded = LOADED.lock();
    if let Some(module) = loaded.get(&path) {
        return Ok(module.clone());
    }
    let context = Pkcs11::new(&path).map_err(|error| complain(&error))?;
    start(&context).map_err(|error| complain(&error))?;
    let module = Arc::new(Module(RwLock::new(Started { context, round: 0 })));
    loaded.insert(path, module.clone());
    Ok(module)
}

fn start(context: &Pkcs11) -> Result<(), Error> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // By someone else in this process.
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        started => started,
    }
}

impl Module {
    /// The module as it is, which nobody starts again meanwhile.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Started> {
        self.0.read()
    }

    /// Starts it again, unless another thread did since `round`: some modules look for tokens only
    /// at their start.
    pub(super) fn restart(&self, round: u64) {
        let mut started = self.0.write();
        if started.round != round {
            return;
        }
        // If this does not work, opening a session says so.
        drop(started.context.clone().finalize());
        drop(start(&started.context));
        started.round += 1;
    }
}

impl Started {
    /// Where the token of a label is.
    pub(super) fn slot_of(&self, label: &str) -> Result<Slot, Failure> {
        let mut found = None;
        for slot in self.context.get_slots_with_token()? {
            // A slot that does not answer is not the only one.
            let Ok(token) = self.context.get_token_info(slot) else { continue };
            if token.token_initialized() && token.label() == label {
                if found.is_some() {
                    return Err(Failure::Said(TokenError::SeveralTokens));
                }
                found = Some(slot);
            }
        }
        found.ok_or_else(|| Failure::lost("no token of this label is there"))
    }
}
