//! Faults as they are written: one grammar for the command line, the admin port and code.

use std::{fmt, str::FromStr};

use super::{Fault, Kind, Scope, kind};

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
