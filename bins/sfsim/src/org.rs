//! The org: what it knows, and what may be changed while it runs.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, Millis},
    faults::{Faults, Kind, LiveFaults},
    fidelity::Fidelity,
    ids,
    journal::{Entry, Journal},
    parties::{AppSetup, UserSetup},
    records::Database,
    setup::{OrgType, Setup},
    state::{Session, State},
};

/// Control of a running org from within the process: everything that the admin port can do.
#[derive(Debug, Clone)]
pub struct OrgHandle(pub(crate) Arc<Org>);

#[derive(Debug)]
pub(crate) struct Org {
    pub(crate) id: String,
    pub(crate) edition: OrgType,
    pub(crate) my_domain: String,
    pub(crate) fidelity: Fidelity,
    pub(crate) logins_per_hour: Option<u32>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) faults: LiveFaults,
    database: RwLock<Database>,
    /// Known once the ports are.
    pub(crate) urls: OnceLock<Urls>,
    clock: Clock,
    state: Mutex<State>,
}

/// Where the org is reached, without trailing slashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Urls {
    pub(crate) login: String,
    pub(crate) instance: String,
}

impl Org {
    pub(crate) fn new(setup: Setup) -> Self {
        let org = Self {
            id: ids::id("00D", ids::mix(setup.seed, 0) % 1_000_000),
            edition: setup.org_type,
            my_domain: setup.my_domain,
            fidelity: setup.fidelity,
            logins_per_hour: setup.logins_per_hour,
            journal: Arc::default(),
            faults: LiveFaults::new(setup.faults),
            database: RwLock::new(Database::new(setup.seed, setup.accounts)),
            urls: OnceLock::new(),
            clock: Clock::default(),
            state: Mutex::default(),
        };
        for app in setup.apps.iter().cloned() {
            org.state().add_app(app, org.now());
        }
        for user in &setup.users {
            org.add_user(user.clone());
        }
        if setup.pre_authorized {
            for app in &setup.apps {
                for user in &setup.users {
                    org.state().approve(&user.username, &app.client_id);
                }
            }
        }
        org
    }

    /// Milliseconds on the org's clock, a skew by fault included.
    pub(crate) fn now(&self) -> Millis {
        let skew = self.faults.peek(|kind| match kind {
            Kind::ClockSkew(seconds) => Some(*seconds),
            _ => None,
        });
        self.clock
            .now()
            .saturating_add(skew.unwrap_or(0).saturating_mul(1_000))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read_database(&self) -> RwLockReadGuard<'_, Database> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn urls(&self) -> Urls {
        self.urls.get().cloned().unwrap_or_default()
    }

    /// `https://login.../id/<org>/<user>`.
    pub(crate) fn identity_url(&self, user_id: &str) -> String {
        format!("{}/id/{}/{user_id}", self.urls().login, self.id)
    }

    fn add_user(&self, user: UserSetup) {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let id = database.add_user(&user);
        self.state().add_user(user, id);
    }
}

/// A session as the admin port shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// A short hash of the token, as in the journal.
    pub token: String,
    /// The app.
    pub client_id: String,
    /// The user.
    pub username: String,
    /// Data calls made with it.
    pub calls: u32,
    /// Seconds since 1970 at which it dies if nothing is called.
    pub expires: i64,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            token: crate::journal::fingerprint(&session.token),
            client_id: session.client_id.clone(),
            username: session.username.clone(),
            calls: session.calls,
            expires: session.expires() / 1_000,
        }
    }
}

impl OrgHandle {
    /// What was received, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.0.journal.entries()
    }

    /// Forgets what was received; the numbers go on.
    pub fn clear_journal(&self) {
        self.0.journal.clear();
    }

    /// The current faults.
    pub fn faults(&self) -> Faults {
        self.0.faults.get()
    }

    /// Replaces all faults and starts their counters anew.
    pub fn set_faults(&self, faults: Faults) {
        self.0.faults.set(faults);
    }

    /// Seconds since 1970 on the org's clock.
    pub fn now(&self) -> i64 {
        self.0.now() / 1_000
    }

    /// Moves the org's clock forward.
    pub fn advance_clock(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// Sets the org's clock to a Unix time in seconds; it goes on ticking.
    pub fn set_clock(&self, unix_seconds: i64) {
        self.0.clock.set(unix_seconds);
    }

    /// The 18-character id of the organization.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// How the open questions are decided.
    pub fn fidelity(&self) -> &Fidelity {
        &self.0.fidelity
    }

    /// All apps.
    pub fn apps(&self) -> Vec<AppSetup> {
        self.0.state().apps().cloned().collect()
    }

    /// Adds an app, or replaces the one with the same consumer key. Its propagation starts now.
    pub fn add_app(&self, app: AppSetup) {
        self.0.state().add_app(app, self.0.now());
    }

    /// Removes an app and its sessions; false if there is none.
    pub fn remove_app(&self, client_id: &str) -> bool {
        self.0.state().remove_app(client_id)
    }

    /// All users.
    pub fn users(&self) -> Vec<UserSetup> {
        self.0.state().users().cloned().collect()
    }

    /// Adds a user, or replaces the one with the same username.
    pub fn add_user(&self, user: UserSetup) {
        self.0.add_user(user);
    }

    /// Removes a user's right to log in and her sessions; false if there is none.
    pub fn remove_user(&self, username: &str) -> bool {
        self.0.state().remove_user(username)
    }

    /// Approves the app for the user: assigns her, or stores her own approval, by the app's policy.
    /// False if there is no such app.
    pub fn approve(&self, username: &str, client_id: &str) -> bool {
        self.0.state().approve(username, client_id)
    }

    /// Takes an approval back; tokens already given out live on. False if there was none.
    pub fn withdraw(&self, username: &str, client_id: &str) -> bool {
        self.0.state().withdraw(username, client_id)
    }

    /// Pairs of username and consumer key.
    pub fn approvals(&self) -> Vec<(String, String)> {
        self.0.state().approvals()
    }

    /// The sessions that live now.
    pub fn sessions(&self) -> Vec<SessionView> {
        let now = self.0.now();
        self.0
            .state()
            .live_sessions(now)
            .map(SessionView::from)
            .collect()
    }

    /// Every session dies: the next data call with its token gets a 401.
    pub fn expire_tokens(&self) {
        self.0.state().end_sessions();
    }

    /// Every session dies and every approval is taken back: logging in again fails too.
    pub fn revoke_all(&self) {
        let mut state = self.0.state();
        state.end_sessions();
        for (username, client_id) in state.approvals() {
            state.withdraw(&username, &client_id);
        }
    }
}
