//! What an org is started with.

use serde::{Deserialize, Serialize};

use crate::{
    faults::Faults,
    fidelity::Fidelity,
    parties::{AppSetup, UserSetup},
    tls::Tls,
};

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
