//! Apps, users, approvals, sessions and cursors. In memory only: an org in miniature forgets
//! everything when it stops, which is one reason why it is of no use in production.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::rand;

use crate::{
    clock::Millis,
    data::Cursor,
    ids,
    parties::{AppSetup, PermittedUsers, UserSetup},
};

/// An hour, the window in which logins are counted.
const LOGIN_WINDOW: Millis = 3_600_000;

/// Far more than a test keeps open, and few enough for an org that runs for days.
const OPEN_CURSORS: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct State {
    apps: BTreeMap<String, App>,
    users: BTreeMap<String, User>,
    self_approvals: BTreeSet<(String, String)>,
    sessions: BTreeMap<String, Session>,
    logins: BTreeMap<String, Vec<Millis>>,
    used_jti: BTreeSet<(String, String)>,
    cursors: BTreeMap<String, Cursor>,
    cursors_made: u64,
    pub(crate) api_calls: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) setup: AppSetup,
    created: Millis,
}

impl App {
    /// New apps and policies take minutes to become effective in real orgs.
    pub(crate) fn is_effective(&self, now: Millis) -> bool {
        let delay = seconds(self.setup.propagation_seconds);
        // Without a delay an app is effective whatever the clock says: it may have been set back.
        delay == 0 || now.saturating_sub(self.created) >= delay
    }
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) setup: UserSetup,
}

/// What an access token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) user_id: String,
    pub(crate) calls: u32,
    last_used: Millis,
    timeout: Millis,
}

impl Session {
    /// Activity extends a session.
    pub(crate) fn expires(&self) -> Millis {
        self.last_used.saturating_add(self.timeout)
    }
}

/// The operating system has no randomness to give.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoRandomness;

impl State {
    pub(crate) fn add_app(&mut self, setup: AppSetup, now: Millis) {
        self.apps.insert(
            setup.client_id.clone(),
            App {
                setup,
                created: now,
            },
        );
    }

    pub(crate) fn remove_app(&mut self, client_id: &str) -> bool {
        self.sessions
            .retain(|_, session| session.client_id != client_id);
        self.apps.remove(client_id).is_some()
    }

    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.apps.get(client_id)
    }

    pub(crate) fn apps(&self) -> impl Iterator<Item = &AppSetup> {
        self.apps.values().map(|app| &app.setup)
    }

    pub(crate) fn add_user(&mut self, setup: UserSetup, id: String) {
        self.users
            .insert(folded(&setup.username), User { id, setup });
    }

    pub(crate) fn remove_user(&mut self, username: &str) -> bool {
        let username = folded(username);
        self.sessions
            .retain(|_, session| folded(&session.username) != username);
        self.users.remove(&username).is_some()
    }

    pub(crate) fn user(&self, username: &str) -> Option<&User> {
        self.users.get(&folded(username))
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &UserSetup> {
        self.users.values().map(|user| &user.setup)
    }

    pub(crate) fn approve(&mut self, username: &str, client_id: &str) -> bool {
        let Some(app) = self.apps.get_mut(client_id) else {
            return false;
        };
        match &mut app.setup.policy {
            PermittedUsers::AdminApproved { assigned } => assigned.insert(folded(username)),
            PermittedUsers::SelfAuthorized => self
                .self_approvals
                .insert((folded(username), client_id.to_owned())),
        };
        true
    }

    pub(crate) fn withdraw(&mut self, username: &str, client_id: &str) -> bool {
        let by_herself = (folded(username), client_id.to_owned());
        let was_own = self.self_approvals.remove(&by_herself);
        let app = self.apps.get_mut(client_id);
        let was_assigned = app.is_some_and(|app| match &mut app.setup.policy {
            PermittedUsers::AdminApproved { assigned } => {
                let before = assigned.len();
                assigned.retain(|name| folded(name) != by_herself.0);
                assigned.len() < before
            }
            PermittedUsers::SelfAuthorized => false,
        });
        was_own || was_assigned
    }

    pub(crate) fn approvals(&self) -> Vec<(String, String)> {
        let assigned = self.apps.values().flat_map(|app| match &app.setup.policy {
            PermittedUsers::AdminApproved { assigned } => assigned
                .iter()
                .map(|name| (name.clone(), app.setup.client_id.clone()))
                .collect(),
            PermittedUsers::SelfAuthorized => Vec::new(),
        });
        assigned
            .chain(self.self_approvals.iter().cloned())
            .collect()
    }

    /// Whether the user once completed a browser flow that issued a refresh token for the app.
    pub(crate) fn has_approved(&self, username: &str, client_id: &str) -> bool {
        self.self_approvals
            .contains(&(folded(username), client_id.to_owned()))
    }

    /// Counts one login and says how many there were in the last hour, this one included.
    pub(crate) fn count_login(&mut self, username: &str, now: Millis) -> usize {
        let logins = self.logins.entry(folded(username)).or_default();
        logins.retain(|&login| now.saturating_sub(login) < LOGIN_WINDOW);
        logins.push(now);
        logins.len()
    }

    /// Remembers a `jti`; false if this app has used it before.
    pub(crate) fn remember_jti(&mut self, client_id: &str, jti: &str) -> bool {
        self.used_jti.insert((client_id.to_owned(), jti.to_owned()))
    }

    /// The live session of this user and app, or a new one: repeated grants give the same token.
    pub(crate) fn session(
        &mut self,
        org_id: &str,
        user: &User,
        app: &AppSetup,
        now: Millis,
    ) -> Result<Session, NoRandomness> {
        let live = self.sessions.values_mut().find(|session| {
            session.client_id == app.client_id
                && session.user_id == user.id
                && session.expires() > now
        });
        if let Some(session) = live {
            session.last_used = now;
            return Ok(session.clone());
        }
        let session = Session {
            token: new_token(org_id)?,
            client_id: app.client_id.clone(),
            username: user.setup.username.clone(),
            user_id: user.id.clone(),
            calls: 0,
            last_used: now,
            timeout: seconds(app.session_seconds),
        };
        self.sessions.insert(session.token.clone(), session.clone());
        Ok(session)
    }

    /// The session of a token that is alive; this use of it extends its life.
    pub(crate) fn use_token(&mut self, token: &str, now: Millis) -> Option<&mut Session> {
        let session = self
            .sessions
            .get_mut(token)
            .filter(|session| session.expires() > now)?;
        session.last_used = now;
        Some(session)
    }

    pub(crate) fn live_sessions(&self, now: Millis) -> impl Iterator<Item = &Session> {
        self.sessions
            .values()
            .filter(move |session| session.expires() > now)
    }

    /// Ends one session; false if there is none.
    pub(crate) fn end_session(&mut self, token: &str) -> bool {
        self.sessions.remove(token).is_some()
    }

    /// Keeps a query for its next pages and returns its locator. The oldest goes when there are too
    /// many.
    pub(crate) fn keep_cursor(&mut self, cursor: Cursor) -> String {
        let locator = ids::id("01g", self.cursors_made);
        self.cursors_made += 1;
        if self.cursors.len() == OPEN_CURSORS {
            // Locators sort in the order in which they were made.
            self.cursors.pop_first();
        }
        self.cursors.insert(locator.clone(), cursor);
        locator
    }

    pub(crate) fn cursor(&self, locator: &str) -> Option<Cursor> {
        self.cursors.get(locator).cloned()
    }

    pub(crate) fn end_sessions(&mut self) {
        self.sessions.clear();
    }
}

/// `<15-character org id>!<90 characters>`, of which the first after the `!` is followed by a dot, so
/// that every token has both of the characters that badly written clients trip over.
fn new_token(org_id: &str) -> Result<String, NoRandomness> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
    let mut bytes = [0_u8; 88];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    // Six bits: below 64, the length of the table.
    let random: String = bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
        .collect();
    let short = org_id.get(..15).unwrap_or(org_id);
    Ok(format!("{short}!A.{random}"))
}

fn folded(username: &str) -> String {
    username.to_lowercase()
}

fn seconds(seconds: u64) -> Millis {
    Millis::try_from(seconds)
        .unwrap_or(Millis::MAX)
        .saturating_mul(1_000)
}
