//! The sessions of a token: a few, which threads take in turns. One that is lost is replaced; if
//! the token is away, whoever asks is told so at once for a second, then it is looked for again.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use cryptoki::{
    error::{Error, RvError},
    object::ObjectHandle,
    session::{Session, UserType},
};
use parking_lot::{Condvar, Mutex};

use super::{
    Pin, TokenAway, TokenError, TokenPublicKey,
    module::{Module, Started},
};

/// More sessions than this do not make a token sign faster; small tokens have room for few.
const MOST_SESSIONS: usize = 8;
/// How long a thread waits for another one's session.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a token that was not there is not looked for.
const PAUSE: Duration = Duration::from_secs(1);
/// How many keys a session remembers.
const MOST_HANDLES: usize = 64;

/// Why something did not go through on a session.
pub(super) enum Failure {
    /// The session or the token is gone, in words for the log.
    Lost(Cow<'static, str>),
    /// The token is there and says no.
    Said(TokenError),
}

/// What a session is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Looking and signing.
    Read,
    /// Making and destroying.
    Write,
}

/// A session that is logged in.
pub(super) struct Opened {
    session: Session,
    round: u64,
    /// Where keys are, by their public halves: a name may pass on to another key.
    handles: HashMap<TokenPublicKey, ObjectHandle>,
}

/// The sessions of one token.
pub(super) struct Pool {
    module: Arc<Module>,
    label: String,
    pin: Pin,
    state: Mutex<State>,
    freed: Condvar,
    /// Whether the token refused the PIN; held while it is offered, so that a wrong one is offered
    /// once and not by every thread.
    refused: Mutex<bool>,
}

#[derive(Default)]
struct State {
    idle: Vec<Opened>,
    busy: usize,
    /// When a token that is away is looked for again.
    look_at: Option<Instant>,
    /// Whether the log has it that the token is away.
    told: bool,
}

/// A thread's turn.
struct Turn<'a>(&'a Pool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state.lock().busy -= 1;
        self.0.freed.notify_one();
    }
}

impl Pool {
    pub(super) fn new(module: Arc<Module>, label: String, pin: Pin) -> Self {
        let state = Mutex::default();
        Self { module, label, pin, state, freed: Condvar::new(), refused: Mutex::new(false) }
    }

    /// Does something on a session. What is asked on one that turns out to be lost is asked again
    /// on a new one.
    pub(super) fn run<T>(
        &self,
        access: Access,
        act: impl Fn(&mut Opened) -> Result<T, Failure>,
    ) -> Result<T, TokenError> {
        let _turn = self.turn()?;
        match self.attempt(access, &act) {
            Ok(done) => {
                self.tell_back();
                Ok(done)
            }
            Err(Failure::Said(error)) => Err(error),
            Err(Failure::Lost(cause)) => {
                self.tell_away(&cause);
                Err(TokenAway.into())
            }
        }
    }

    fn turn(&self) -> Result<Turn<'_>, TokenAway> {
        let until = Instant::now() + PATIENCE;
        let mut state = self.state.lock();
        while state.busy >= MOST_SESSIONS {
            if self.freed.wait_until(&mut state, until).timed_out() {
                drop(state);
                self.tell_away("its sessions do not come free");
                return Err(TokenAway);
            }
        }
        if state.look_at.is_some_and(|at| Instant::now() < at) {
            return Err(TokenAway);
        }
        state.busy += 1;
        Ok(Turn(self))
    }

    fn attempt<T>(
        &self,
        access: Access,
        act: &impl Fn(&mut Opened) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let module = self.module.read();
        if access == Access::Read {
            while let Some(opened) = self.idle(&module) {
                match self.act_on(opened, &module, access, act) {
                    Err(Failure::Lost(_)) => self.forget_idle(&module),
                    done => return done,
                }
            }
        }
        if let Ok(opened) = self.open_unless_said(&module, access)? {
            return self.act_on(opened, &module, access, act);
        }
        let round = module.round;
        drop(module);
        self.module.restart(round);
        let module = self.module.read();
        let opened = self.open_unless_said(&module, access)?.map_err(|cause| {
            self.state.lock().look_at = Some(Instant::now() + PAUSE);
            Failure::Lost(cause)
        })?;
        self.act_on(opened, &module, access, act)
    }

    /// Acts, and keeps the session if it is worth it.
    fn act_on<T>(
        &self,
        mut opened: Opened,
        module: &Started,
        access: Access,
        act: &impl Fn(&mut Opened) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let done = act(&mut opened);
        if access == Access::Write || matches!(done, Err(Failure::Lost(_))) {
            opened.close(module);
        } else {
            self.state.lock().idle.push(opened);
        }
        done
    }

    fn idle(&self, module: &Started) -> Option<Opened> {
        let mut state = self.state.lock();
        // What is of another round is nobody's; it must not even be closed, as its number may be
        // that of another session now.
        state.idle.retain(|opened| opened.round == module.round);
        state.idle.pop()
    }

    fn forget_idle(&self, module: &Started) {
        let idle = std::mem::take(&mut self.state.lock().idle);
        for opened in idle {
            opened.close(module);
        }
    }

    /// A new session; inside, why there is none because the token is not there.
    fn open_unless_said(
        &self,
        module: &Started,
        access: Access,
    ) -> Result<Result<Opened, Cow<'static, str>>, Failure> {
        match self.open(module, access) {
            Ok(opened) => Ok(Ok(opened)),
            Err(Failure::Lost(cause)) => Ok(Err(cause)),
            Err(said) => Err(said),
        }
    }

    fn open(&self, module: &Started, access: Access) -> Result<Opened, Failure> {
        let slot = module.slot_of(&self.label)?;
        // None that closes by itself when it goes: see `idle`.
        let session = match access {
            Access::Read => module.context.open_ro_session_no_drop(slot)?,
            Access::Write => module.context.open_rw_session_no_drop(slot)?,
        };
        let opened = Opened { session, round: module.round, handles: HashMap::new() };
        match self.log_in(&opened.session) {
            Ok(()) => Ok(opened),
            Err(failure) => {
                opened.close(module);
                Err(failure)
            }
        }
    }

    fn log_in(&self, session: &Session) -> Result<(), Failure> {
        let mut refused = self.refused.lock();
        if *refused {
            return Err(Failure::Said(TokenError::PinRefused));
        }
        match session.login(UserType::User, Some(&self.pin.for_login())) {
            // A login is the whole process's.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(error) => {
                let failure = Failure::from(error);
                if matches!(failure, Failure::Said(TokenError::PinRefused)) {
                    *refused = true;
                    tracing::warn!(
                        token = self.label,
                        "the token does not take the PIN, which is not offered again before a restart"
                    );
                }
                Err(failure)
            }
        }
    }

    fn tell_away(&self, cause: &str) {
        if !std::mem::replace(&mut self.state.lock().told, true) {
            tracing::warn!(token = self.label, cause, "the token cannot be reached");
        }
    }

    fn tell_back(&self) {
        let mut state = self.state.lock();
        state.look_at = None;
        if std::mem::take(&mut state.told) {
            drop(state);
            tracing::info!(token = self.label, "the token is back");
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.forget_idle(&self.module.read());
    }
}

impl Opened {
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// Where a key is on the token, looked for once in a session.
    pub(super) fn handle(
        &mut self,
        key: &TokenPublicKey,
        look: impl FnOnce(&Session) -> Result<ObjectHandle, Failure>,
    ) -> Result<ObjectHandle, Failure> {
        if let Some(handle) = self.handles.get(key) {
            return Ok(*handle);
        }
        let handle = look(&self.session)?;
        if self.handles.len() >= MOST_HANDLES {
            self.handles.clear();
        }
        self.handles.insert(key.clone(), handle);
        Ok(handle)
    }

    fn close(self, module: &Started) {
        if self.round == module.round {
            // If it is lost, there is nothing to close.
            drop(self.session.close());
        }
    }
}

impl Failure {
    pub(super) const fn lost(cause: &'static str) -> Self {
        Self::Lost(Cow::Borrowed(cause))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        use RvError as Rv;
        match error {
            Error::Pkcs11(
                Rv::PinIncorrect
                | Rv::PinInvalid
                | Rv::PinLenRange
                | Rv::PinExpired
                | Rv::PinLocked
                | Rv::UserPinNotInitialized,
                _,
            ) => Self::Said(TokenError::PinRefused),
            Error::Pkcs11(
                Rv::MechanismInvalid
                | Rv::MechanismParamInvalid
                | Rv::CurveNotSupported
                | Rv::DomainParamsInvalid
                | Rv::KeySizeRange
                | Rv::FunctionNotSupported
                | Rv::TemplateInconsistent
                | Rv::AttributeTypeInvalid
                | Rv::AttributeValueInvalid
                | Rv::KeyTypeInconsistent
                | Rv::KeyFunctionNotPermitted,
                _,
            )
            | Error::NullFunctionPointer => Self::Said(TokenError::Kind),
            // In the names of the specification, without the essay that it has on each.
            Error::Pkcs11(value, function) => Self::Lost(format!("{function}: {value:?}").into()),
            other => Self::Lost(other.to_string().into()),
        }
    }
}
