//! Who logs in: apps, and the users they log in for.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;

/// A connected app or external client app.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSetup {
    /// The consumer key: `iss` of its assertions.
    pub client_id: String,
    /// Any of them may verify an assertion; a real app has one.
    #[serde(default)]
    pub certificates: Vec<Certificate>,
    /// OAuth scopes. Without `refresh_token` the JWT grant refuses (#1).
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Who may use it.
    #[serde(default)]
    pub policy: PermittedUsers,
    /// Seconds without a call after which its tokens die.
    #[serde(default = "default_session_seconds")]
    pub session_seconds: u64,
    /// Seconds for which a new app is not effective yet (#1).
    #[serde(default)]
    pub propagation_seconds: u64,
    /// An external client app that this login host does not see is `app_not_found` (#4).
    #[serde(default)]
    pub kind: AppKind,
}

fn default_scopes() -> Vec<String> {
    ["api", "web", "refresh_token"].map(str::to_owned).to_vec()
}

/// Two hours, the usual default of an org.
fn default_session_seconds() -> u64 {
    7_200
}

impl AppSetup {
    /// An admin-approved app without a certificate.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            certificates: Vec::new(),
            scopes: default_scopes(),
            policy: PermittedUsers::default(),
            session_seconds: default_session_seconds(),
            propagation_seconds: 0,
            kind: AppKind::default(),
        }
    }

    /// Registers a certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// Replaces the scopes.
    #[must_use]
    pub fn scopes<'a>(mut self, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        self.scopes = scopes.into_iter().map(str::to_owned).collect();
        self
    }

    /// Who may use it.
    #[must_use]
    pub fn policy(mut self, policy: PermittedUsers) -> Self {
        self.policy = policy;
        self
    }

    /// How long a token lives without a call.
    #[must_use]
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.session_seconds = timeout.as_secs();
        self
    }

    /// How long a new app is not effective yet.
    #[must_use]
    pub fn propagation(mut self, delay: Duration) -> Self {
        self.propagation_seconds = delay.as_secs();
        self
    }

    /// Connected app, external client app, or one of another org.
    #[must_use]
    pub fn kind(mut self, kind: AppKind) -> Self {
        self.kind = kind;
        self
    }
}

/// Whether the login host sees the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    /// A connected app of this org.
    #[default]
    ConnectedApp,
    /// An external client app of this org.
    ExternalClientApp,
    /// An external client app that is disabled, or local to another org.
    NotInstalled,
}

/// The app policy "Permitted Users".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermittedUsers {
    /// Anyone may approve the app for herself, in a browser, once.
    SelfAuthorized,
    /// Administrators assign users.
    AdminApproved {
        /// Usernames, compared without regard to case.
        assigned: BTreeSet<String>,
    },
}

impl PermittedUsers {
    /// Admin-approved, nobody assigned yet.
    pub fn admin_approved() -> Self {
        Self::AdminApproved {
            assigned: BTreeSet::new(),
        }
    }
}

impl Default for PermittedUsers {
    fn default() -> Self {
        Self::admin_approved()
    }
}

/// A user who may log in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSetup {
    /// `sub` of the assertions; compared without regard to case.
    pub username: String,
    /// Full name; by default made from the username.
    #[serde(default)]
    pub name: Option<String>,
    /// Inactive users cannot log in (#14).
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl UserSetup {
    /// An active user.
    pub fn new(username: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            name: None,
            active: true,
        }
    }

    /// Sets the full name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Deactivates the user.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        self.active = false;
        self
    }
}
