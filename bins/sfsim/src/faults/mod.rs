//! What goes wrong on request: one list of faults, each with the same four limits.
//!
//! A fault is written `NAME=VALUE[,share=S][,times=N][,after=N][,on=SCOPE]`, the same on the command
//! line, at the admin port and in code: `"rate_limit=0.2,retry_after=1,on=data".parse::<Fault>()`.

mod kind;
mod layer;
mod live;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use kind::{Kind, RetryAfter};
pub(crate) use layer::{misbehave, truncate};
pub(crate) use live::LiveFaults;

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

/// Why a text is not a fault.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No `=`.
    #[error("a fault is written NAME=VALUE")]
    NoValue,
    /// No fault of that name.
    #[error("there is no fault named '{0}'")]
    UnknownName(String),
    /// The value is not of the fault's type.
    #[error("the value of '{name}' is {expected}")]
    Value {
        /// The fault or option.
        name: String,
        /// What its value looks like.
        expected: &'static str,
    },
    /// An option that no fault has, or not this one.
    #[error("'{0}' is not an option of this fault (share, times, after, on, retry_after)")]
    UnknownOption(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, rest) = text.split_once('=').ok_or(FaultError::NoValue)?;
        let (value, options) = split_options(rest);
        let (kind, share) = Kind::parse(name, value)?;
        let mut fault = Self::new(kind).share(share);
        for (option, value) in options {
            fault.set(option, value)?;
        }
        Ok(fault)
    }
}

impl Fault {
    fn set(&mut self, option: &str, value: &str) -> Result<(), FaultError> {
        let wrong = |expected| FaultError::Value {
            name: option.to_owned(),
            expected,
        };
        match option {
            "share" => self.share = kind::share(option, value)?,
            "times" => self.times = Some(value.parse().map_err(|_| wrong("a count"))?),
            "after" => self.after = value.parse().map_err(|_| wrong("a count"))?,
            "on" => {
                let scopes = [Scope::Token, Scope::Data, Scope::Identity];
                let found = scopes.into_iter().find(|scope| scope.name() == value);
                self.on = Some(found.ok_or_else(|| wrong("token, data or identity"))?);
            }
            "retry_after" => match &mut self.kind {
                Kind::RateLimit(after) | Kind::Unavailable(after) => *after = value.parse()?,
                _ => return Err(FaultError::UnknownOption(option.to_owned())),
            },
            _ => return Err(FaultError::UnknownOption(option.to_owned())),
        }
        Ok(())
    }
}

/// Options stand at the end. Only their names end a value, since URLs and descriptions have commas.
fn split_options(rest: &str) -> (&str, Vec<(&str, &str)>) {
    let mut value = rest;
    let mut options = Vec::new();
    while let Some((before, last)) = value.rsplit_once(',') {
        let Some(option) = last
            .split_once('=')
            .filter(|(name, _)| ["share", "times", "after", "on", "retry_after"].contains(name))
        else {
            break;
        };
        options.push(option);
        value = before;
    }
    options.reverse();
    (value, options)
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}={}",
            self.kind.name(),
            self.kind.value(self.share)
        )?;
        if let Kind::RateLimit(after) | Kind::Unavailable(after) = &self.kind {
            write!(formatter, ",retry_after={after}")?;
        }
        if self.share < 1.0 && !self.kind.is_bare() {
            write!(formatter, ",share={}", self.share)?;
        }
        if let Some(times) = self.times {
            write!(formatter, ",times={times}")?;
        }
        if self.after > 0 {
            write!(formatter, ",after={}", self.after)?;
        }
        if let Some(scope) = self.on {
            write!(formatter, ",on={}", scope.name())?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Fault {
    type Error = FaultError;

    fn try_from(text: String) -> Result<Self, FaultError> {
        text.parse()
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_written_as_it_is_read() {
        for text in [
            "token_error=invalid_grant:ip restricted, or so,times=2",
            "token_status=503",
            "instance_url=https://elsewhere.example",
            "missing_description=1",
            "empty_500=0.5",
            "rate_limit=0.2,retry_after=7,times=3,on=data",
            "unavailable=1,retry_after=date:7",
            "drop_connection=0.1",
            "redirect=https://elsewhere.example/?a=b,share=0.5",
            "huge_body=3000000000",
            "html=200",
            "slow_ms=20",
            "drip_ms=20",
            "cut_body_after=100,after=1",
            "truncated_json=1",
            "oversized_header=100000",
            "expire_after=3",
            "unauthorized=1,times=1",
            "unauthorized_code=INVALID_JWT_FORMAT",
            "wrong_total=-3",
            "lost_page=10",
            "next_url=https://elsewhere.example/next",
            "clock_skew=-600",
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn an_unknown_fault_is_refused_by_name() {
        let refused = "rain=1".parse::<Fault>().unwrap_err();
        assert_eq!(refused.to_string(), "there is no fault named 'rain'");
    }

    #[test]
    fn a_share_above_one_is_refused() {
        assert!("rate_limit=20".parse::<Fault>().is_err());
    }

    #[test]
    fn retry_after_belongs_to_two_faults_only() {
        assert!("html=200,retry_after=3".parse::<Fault>().is_err());
    }
}
