//! One login shared by many tasks.
//!
//! Salesforce does not say how long a token lives, so a session keeps its token until a request
//! finds it dead. Three rules keep a thousand tasks that find out at the same time from logging in a
//! thousand times:
//!
//! * a token is thrown away by the name of the token that failed, not by "the current one": a task
//!   whose refusal arrives late does not throw away the token that replaced it;
//! * there is one login at a time, and everyone who needs its token waits for it;
//! * a login that fails, fails for everyone who waits. Who asks later may try again.
//!
//! The login runs in a task of its own: a waiter may give up without taking it away from the others.

use std::{
    fmt, ptr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use tracing::debug;

use crate::{ClientError, Login, Token};

/// A token that is renewed when it dies. Clones share it.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    login: Option<Arc<dyn Login>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    login: Option<Waiting>,
}

type Outcome = Result<Arc<Token>, Arc<ClientError>>;
type Waiting = watch::Receiver<Option<Outcome>>;

impl Session {
    /// A session that logs in when its token is first needed.
    pub fn new(login: Arc<dyn Login>) -> Self {
        Self::start(None, Some(login))
    }

    /// A session that starts with a token. Without a login, its death is the end.
    pub fn with_token(token: Token, login: Option<Arc<dyn Login>>) -> Self {
        Self::start(Some(Arc::new(token)), login)
    }

    fn start(token: Option<Arc<Token>>, login: Option<Arc<dyn Login>>) -> Self {
        let state = State { token, login: None };
        Self(Arc::new(Shared {
            login,
            state: Mutex::new(state),
        }))
    }

    /// The token, from a login if there is none.
    pub async fn token(&self) -> Result<Arc<Token>, ClientError> {
        let mut waiting = match self.look()? {
            Look::Token(token) => return Ok(token),
            Look::Login(waiting) => waiting,
        };
        let outcome = match waiting.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => None,
        };
        match outcome {
            Some(Ok(token)) => Ok(token),
            Some(Err(error)) => Err(ClientError::Shared(error)),
            None => Err(ClientError::LoginAborted),
        }
    }

    /// Throws the token away if it is still the one that failed.
    pub fn invalidate(&self, failed: &Token) {
        let mut state = self.0.lock();
        // By identity, not by value: Salesforce may return the same token for a new login, and that
        // one has not failed yet.
        if state
            .token
            .as_deref()
            .is_some_and(|token| ptr::eq(token, failed))
        {
            debug!("the access token is dead");
            state.token = None;
        }
    }

    /// What there is: a token, a login under way, or a login that starts now.
    fn look(&self) -> Result<Look, ClientError> {
        let mut state = self.0.lock();
        if let Some(token) = &state.token {
            return Ok(Look::Token(token.clone()));
        }
        match &state.login {
            // A login whose task is gone (it panicked) leaves its channel closed.
            Some(waiting) if waiting.has_changed().is_ok() => Ok(Look::Login(waiting.clone())),
            _ => {
                let login = self.0.login.clone().ok_or(ClientError::SessionOver)?;
                let (announce, waiting) = watch::channel(None);
                state.login = Some(waiting.clone());
                tokio::spawn(self.0.clone().run(login, announce));
                Ok(Look::Login(waiting))
            }
        }
    }
}

enum Look {
    Token(Arc<Token>),
    Login(Waiting),
}

impl Shared {
    async fn run(self: Arc<Self>, login: Arc<dyn Login>, announce: watch::Sender<Option<Outcome>>) {
        let outcome = login.login().await.map(Arc::new).map_err(Arc::new);
        let mut state = self.lock();
        state.token = outcome.as_ref().ok().cloned();
        state.login = None;
        drop(state);
        announce.send_replace(Some(outcome));
    }

    /// A panic elsewhere leaves two options behind, and either is a state to go on from.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        f.debug_struct("Session")
            .field("login", &self.0.login)
            .field("token", &state.token)
            .finish()
    }
}
