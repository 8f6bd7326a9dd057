//! What an org is started with.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{certificate::Certificate, faults::Faults, fidelity::Fidelity, tls::Tls};

/// Builder of an org; [`crate::Server::start`] takes it.
#[derive(Debug, Clone)]
pub struct Setup {
    pub(crate) apps: Vec<AppSetup>,
    pub(crate) users: Vec<UserSetup>,
    pub(crate) accounts: u64,
    pub(crate) fidelity: Fidelity,
    pub(crate) faults: Faults,
    pub(crate) seed: u64,
    pub(crate) tls: Tls,
    pub(crate) port: u16,
    pub(crate) separate_instance: bool,
    pub(crate) pre_authorized: bool,
    pub(crate) org_type: OrgType,
    pub(crate) my_domain: String,
    pub(crate) logins_per_hour: Option<u32>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            apps: Vec::new(),
            users: Vec::new(),
            accounts: 0,
            fidelity: Fidelity::observed(),
            faults: Faults::none(),
            seed: 1,
            tls: Tls::Off,
            port: 0,
            separate_instance: true,
            pre_authorized: true,
            org_type: OrgType::Production,
            my_domain: "https://sfsim.my.salesforce.com".to_owned(),
            logins_per_hour: None,
        }
    }
}

impl Setup {
    /// An org without apps, users and accounts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an app.
    #[must_use]
    pub fn app(mut self, app: AppSetup) -> Self {
        self.apps.push(app);
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, user: UserSetup) -> Self {
        self.users.push(user);
        self
    }

    /// So many generated Account records that are not deleted.
    #[must_use]
    pub fn accounts(mut self, accounts: u64) -> Self {
        self.accounts = accounts;
        self
    }

    /// How the open questions about real orgs are decided.
    #[must_use]
    pub fn fidelity(mut self, fidelity: Fidelity) -> Self {
        self.fidelity = fidelity;
        self
    }

    /// What goes wrong from the start.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// The same seed gives the same records.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether and how it speaks https.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// The port of the login URL; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether the instance URL has a port of its own, as it has another host in real life. Default: yes.
    #[must_use]
    pub fn separate_instance(mut self, separate: bool) -> Self {
        self.separate_instance = separate;
        self
    }

    /// Whether every user of this setup is approved for every app of it. Default: yes.
    #[must_use]
    pub fn pre_authorized(mut self, pre_authorized: bool) -> Self {
        self.pre_authorized = pre_authorized;
        self
    }

    /// Which of the two public login hosts is this org's audience.
    #[must_use]
    pub fn org_type(mut self, org_type: OrgType) -> Self {
        self.org_type = org_type;
        self
    }

    /// The org's My Domain URL, accepted as an audience. Nothing listens there.
    #[must_use]
    pub fn my_domain(mut self, url: impl Into<String>) -> Self {
        self.my_domain = url.into();
        self
    }

    /// Refuses (#16) when a user logs in more often than this in an hour. Default: never.
    #[must_use]
    pub fn logins_per_hour(mut self, logins: u32) -> Self {
        self.logins_per_hour = Some(logins);
        self
    }
}

/// The kind of org, which decides the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgType {
    /// `https://login.salesforce.com`.
    Production,
    /// `https://test.salesforce.com`.
    Sandbox,
}

impl OrgType {
    pub(crate) fn audience(self) -> &'static str {
        match self {
            Self::Production => "https://login.salesforce.com",
            Self::Sandbox => "https://test.salesforce.com",
        }
    }
}

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
