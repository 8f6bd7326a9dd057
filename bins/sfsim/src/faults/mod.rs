//! What goes wrong on request: one list of faults, each with the same four limits.
//!
//! A fault is written `NAME=VALUE[,share=S][,times=N][,after=N][,on=SCOPE]`, the same on the command
//! line, at the admin port and in code: `"rate_limit=0.2,retry_after=1,on=data".parse::<Fault>()`.

mod kind;
mod layer;
mod live;
mod text;

use serde::{Deserialize, Serialize};

pub use kind::{Kind, RetryAfter};
pub(crate) use layer::{misbehave, truncate};
pub(crate) use live::LiveFaults;
pub use text::FaultError;

/// The faults of a server, and the seed that decides which requests a `share` hits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The same seed and the same requests give the same faults.
    pub seed: u64,
    /// In the order in which they are tried; the first that replaces an answer wins.
    pub faults: Vec<Fault>,
}

impl Faults {
    /// None.
    pub fn none() -> Self {
        Self::default()
    }

    /// None yet, with this seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            faults: Vec::new(),
        }
    }

    /// Adds a fault.
    #[must_use]
    pub fn with(mut self, fault: impl Into<Fault>) -> Self {
        self.faults.push(fault.into());
        self
    }
}

/// One thing that goes wrong, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// The share of matching requests that it hits, 0 to 1.
    pub share: f64,
    /// How often in all; `None` is for ever.
    pub times: Option<u32>,
    /// How many matching requests are spared first.
    pub after: u32,
    /// Where; `None` is wherever it makes sense.
    pub on: Option<Scope>,
}

impl Fault {
    /// A fault that hits every matching request.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            share: 1.0,
            times: None,
            after: 0,
            on: None,
        }
    }

    /// Only so often in all.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only after so many matching requests.
    #[must_use]
    pub fn after(mut self, after: u32) -> Self {
        self.after = after;
        self
    }

    /// Only that share of matching requests, 0 to 1.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Only there.
    #[must_use]
    pub fn on(mut self, scope: Scope) -> Self {
        self.on = Some(scope);
        self
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

/// A group of paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `/services/oauth2/token`.
    Token,
    /// `/services/data/...`.
    Data,
    /// userinfo, identity URL, revoke, and everything else.
    Identity,
}

impl Scope {
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/services/oauth2/token") {
            Self::Token
        } else if path.starts_with("/services/data") {
            Self::Data
        } else {
            Self::Identity
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Data => "data",
            Self::Identity => "identity",
        }
    }
}
