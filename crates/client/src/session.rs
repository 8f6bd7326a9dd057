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
            None => Err(ClientError::Aborted),
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use tokio::sync::{Barrier, Semaphore};

    use super::*;

    /// A login that waits for a permit, then does what it was told, and counts.
    #[derive(Debug)]
    struct Told {
        permits: Semaphore,
        logins: AtomicUsize,
        outcome: fn(usize) -> Result<Token, ClientError>,
    }

    impl Told {
        fn new(outcome: fn(usize) -> Result<Token, ClientError>) -> Arc<Self> {
            Arc::new(Self {
                permits: Semaphore::new(0),
                logins: AtomicUsize::new(0),
                outcome,
            })
        }

        fn logins(&self) -> usize {
            self.logins.load(Ordering::SeqCst)
        }
    }

    #[async_trait]
    impl Login for Told {
        async fn login(&self) -> Result<Token, ClientError> {
            let number = self.logins.fetch_add(1, Ordering::SeqCst);
            self.permits.acquire().await.unwrap().forget();
            (self.outcome)(number)
        }
    }

    fn token(text: &str) -> Token {
        Token::new(
            text.into(),
            "https://acme.my.salesforce.com".parse().unwrap(),
        )
    }

    fn numbered(number: usize) -> Token {
        token(&format!("00D!{number}"))
    }

    /// Lets everything run that can run.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_thousand_tasks_whose_token_died_cause_one_login() {
        let login = Told::new(|number| Ok(numbered(number)));
        login.permits.add_permits(usize::from(u16::MAX));
        let session = Session::with_token(token("00D!dead"), Some(login.clone()));
        let together = Arc::new(Barrier::new(1000));
        let tasks: Vec<_> = (0..1000)
            .map(|_| {
                let (session, together) = (session.clone(), together.clone());
                tokio::spawn(async move {
                    let dead = session.token().await.unwrap();
                    together.wait().await;
                    session.invalidate(&dead);
                    session
                        .token()
                        .await
                        .unwrap()
                        .expose_access_token()
                        .to_owned()
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), "00D!0");
        }
        assert_eq!(login.logins(), 1);
    }

    #[tokio::test]
    async fn a_refusal_that_arrives_late_does_not_throw_away_the_new_token() {
        let login = Told::new(|number| Ok(numbered(number)));
        login.permits.add_permits(10);
        let session = Session::with_token(token("00D!dead"), Some(login.clone()));
        let dead = session.token().await.unwrap();
        for _ in 0..5 {
            session.invalidate(&dead);
            session.token().await.unwrap();
        }
        assert_eq!(login.logins(), 1);
    }

    #[tokio::test]
    async fn a_failed_login_fails_for_everyone_who_waits_and_may_be_tried_again_later() {
        let login = Told::new(|_| Err(ClientError::SessionOver));
        let session = Session::new(login.clone());
        let waiters: Vec<_> = (0..10)
            .map(|_| {
                let session = session.clone();
                tokio::spawn(async move { session.token().await })
            })
            .collect();
        settle().await;
        login.permits.add_permits(1);
        for waiter in waiters {
            assert!(matches!(waiter.await.unwrap(), Err(ClientError::Shared(_))));
        }
        assert_eq!(login.logins(), 1);

        login.permits.add_permits(1);
        assert!(session.token().await.is_err());
        assert_eq!(login.logins(), 2);
    }

    #[tokio::test]
    async fn a_waiter_that_gives_up_does_not_take_the_login_with_it() {
        let login = Told::new(|number| Ok(numbered(number)));
        let session = Session::new(login.clone());
        let (first, second) = (session.clone(), session.clone());
        let first = tokio::spawn(async move { first.token().await });
        settle().await;
        let second = tokio::spawn(async move { second.token().await });
        settle().await;
        first.abort();
        settle().await;
        login.permits.add_permits(1);
        assert!(second.await.unwrap().is_ok());
        assert_eq!(login.logins(), 1);
    }

    #[tokio::test]
    async fn a_login_that_panics_is_an_error_and_not_the_end_of_the_session() {
        let login = Told::new(|number| match number {
            0 => panic!("a defect"),
            _ => Ok(numbered(number)),
        });
        login.permits.add_permits(2);
        let session = Session::new(login);
        assert!(matches!(session.token().await, Err(ClientError::Aborted)));
        assert!(session.token().await.is_ok());
    }

    #[tokio::test]
    async fn without_a_login_a_dead_token_is_the_end() {
        let session = Session::with_token(token("00D!dead"), None);
        let dead = session.token().await.unwrap();
        session.invalidate(&dead);
        assert!(matches!(
            session.token().await,
            Err(ClientError::SessionOver)
        ));
    }

    #[tokio::test]
    async fn debug_does_not_show_the_token() {
        let session = Session::with_token(token("00D!canary"), None);
        assert!(!format!("{session:?}").contains("canary"));
    }
}
